"""``python3 -m benchmarks.protocol``: everything that may be asked by the app's own protocol, as every viewer.

The suite tries a part of it (``tests/protocol/``). The status is 1 when anything was told beyond a viewer's scope.
"""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import raw
from tests.protocol import strangers, sweep
from tests.protocol.practice import made
from tests.protocol.trial import Trial

AT_ONCE = 3
COMMAND = ("-m", "tests.protocol.serving")


def main() -> None:
    """Serve a made-up practice, ask it everything, and print what was told of others."""
    with tempfile.TemporaryDirectory() as passing:
        practice = made(Path(passing))
        with raw.served(practice.store, Path(passing) / "log.txt", command=COMMAND) as server:
            trial = Trial(practice, server)
            trial.learn()
            with ThreadPoolExecutor(AT_ONCE) as threads:
                list(threads.map(lambda who: sweep.whole(trial, who), sweep.viewers()))
            strangers.take_what_is_anothers(trial, *sweep.viewers())
            strangers.come_without_having_been_let_in(trial)
    leaks = [*trial.found.leaks, *strangers.written_beyond_the_scope(trial)]
    print(f"{trial.found.combinations} combinations of viewer and attempt: {len(leaks)} leaks", *leaks, sep="\n")
    raise SystemExit(bool(leaks))


if __name__ == "__main__":
    main()

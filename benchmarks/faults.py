"""The long run of faults: ``python -m benchmarks.faults --kills 1000 --states 4000``. It is not part of the tests."""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from tests.faults.killing import run
from tests.faults.power_loss import each_sync_left_out, examine, journal_of, without


def main() -> None:
    """Kill importers while readers ask, lose the power at any moment, and write down what came of it."""
    chosen = _chosen()
    folder = Path(tempfile.mkdtemp(dir=chosen.folder))
    wrong = _power_loss(folder / "power", chosen.states, chosen.seed) if chosen.states else 0
    if chosen.kills:
        wrong += _kills(folder / "kills", chosen.kills, chosen.seed, chosen.figures)
    raise SystemExit(1 if wrong else 0)


def _chosen() -> argparse.Namespace:
    words = argparse.ArgumentParser(prog="python -m benchmarks.faults", description=__doc__)
    words.add_argument("--kills", type=int, default=1000, help="importers to kill (0: none)")
    words.add_argument("--states", type=int, default=4000, help="states of the disk after a power loss (0: none)")
    words.add_argument("--seed", type=int, default=1, help="of everything that is drawn")
    words.add_argument("--folder", type=Path, help="where the stores are made; the disk of it is what is tried")
    words.add_argument("--figures", type=Path, help="a file that holds the figures so far while the kills go on")
    return words.parse_args()


def _kills(folder: Path, number: int, seed: int, figures_so_far: Path | None) -> int:
    folder.mkdir()
    began = time.monotonic()

    def say(figures: str) -> None:
        if figures_so_far is not None:
            figures_so_far.write_text(
                f"{figures}\nseconds           {time.monotonic() - began:>9,.0f}\n", encoding="utf-8"
            )

    figures = run(folder, number, seed, say=say)
    say(figures.as_text())
    print(f"\nKills\n{figures.as_text()}\nseconds           {time.monotonic() - began:>8,.0f}", flush=True)
    return len(figures.wrong) + figures.rows_lost


def _power_loss(folder: Path, states: int, seed: int) -> int:
    """Then with no wait for the disk at all, and without each alone: what is then lost shows what they are for."""
    (folder / "recorded").mkdir(parents=True)
    journal = journal_of(folder / "recorded")
    found = examine(journal.events, states, folder, seed)
    print(f"Power loss\nstates            {found.states:>8,}\nwrong             {len(found.wrong):>8,}", flush=True)
    for sentence in found.wrong[:20]:
        print(sentence)
    control = examine(without(journal.events, lambda event: True), min(states, 400), folder, seed)
    print(f"wrong, no syncs   {len(control.wrong):>8,} of {control.states:,}", flush=True)
    alone = each_sync_left_out(journal.events, states // 10, folder)
    print(f"missed alone      {sum(alone):>8,} of {len(alone):,} syncs", flush=True)
    return len(found.wrong) + (0 if control.wrong else 1)


if __name__ == "__main__":
    main()

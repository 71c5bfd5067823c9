"""``python -m benchmarks``: how fast the app is, size by size, each figure a ratio measured side by side in one run.

Each group of figures is measured in a process of its own, so that none finds the memory or the answers of another; one
that fails says so and the rest goes on.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from benchmarks.figures import Figure, keep, read, with_before
from benchmarks.groups import GROUPS, measured
from benchmarks.tables import goals, groups, met, plain
from benchmarks.tiers import Tier

USUAL = (2_400, 100_000)


def main() -> None:
    """Read the words, measure group by group, keep what was found, and print it."""
    words = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    words.add_argument("--operations", type=int, nargs="+", default=list(USUAL), help="the sizes, one after the other")
    words.add_argument("--folder", type=Path, help="keep the records and the stores here, and use them again")
    words.add_argument("--only", nargs="+", choices=list(GROUPS), default=list(GROUPS), help="these groups alone")
    words.add_argument("--repeats", type=int, default=5)
    words.add_argument("--json", type=Path, help="keep the figures here, beside those of the run before that lie there")
    chosen = words.parse_args()
    old = read(chosen.json) if chosen.json else []
    found: list[Figure] = []
    with nullcontext(chosen.folder) if chosen.folder else tempfile.TemporaryDirectory() as folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        for operations in chosen.operations:
            tier = Tier(operations, Path(folder).absolute(), chosen.repeats)
            for group in chosen.only:
                found += measured(group, tier)
                if chosen.json:  # what a long run has found is there even where it ends early
                    keep(chosen.json, with_before(found, old))
    told(with_before(found, old))


def told(figures: Sequence[Figure]) -> None:
    """Print the groups, and the goals last: they are what is looked for."""
    for group, rows in groups(figures):
        print(f"\n{group}\n{plain(rows)}")
    print(f"\nthe goals\n{plain(goals(figures))}\n\n{met(figures)}")


if __name__ == "__main__":
    main()

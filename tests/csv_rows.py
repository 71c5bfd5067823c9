"""The rows of a file of records, read to be changed, and written again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path


def read(path: Path) -> list[dict[str, str]]:
    """Every row, by the names of its columns."""
    with path.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def write(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """The file with these rows, which have the columns of the first."""
    with path.open("w", encoding="utf-8", newline="") as written:
        table = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
        table.writeheader()
        table.writerows(rows)

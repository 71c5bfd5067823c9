"""The sample as CSV files, chunk by chunk, so that any number of operations fits in memory."""

from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from dashboard.definitions.canonical import TABLES
from dashboard.errors import WrongUsage
from dashboard.sample.draws import Draws
from dashboard.sample.faults import spoil
from dashboard.sample.rules import Rules, read_rules
from dashboard.sample.tables import Chunk, TextColumns, tables

CHUNK = 50_000
ABOUT = '# Every screen says so while these records are loaded.\nmade_up = true\npractice = "Made-up practice"\n'
RECORDS, FAULTS = 0, 1  # the two streams of chance of a chunk: faults leave every other record as it is


def write(folder: Path, operations: int, seed: int, *, dirty: float = 0.0, rules: Path) -> dict[str, int]:
    """Writes made-up records as canonical tables, with an about.toml that says so, and returns the rows of each.

    The same operations, seed, share of faults and rules give the same bytes. Each 50,000 operations are drawn on
    their own, so that 60,000 begin with the same records as 50,000.

    operations: rows of operations.csv, at least 1. dirty: share of each table's rows that get one fault (0 to 1).
    Raises WrongUsage when a number is out of range.
    """
    if operations < 1 or seed < 0 or not 0 <= dirty <= 1:
        raise WrongUsage(
            f"operations {operations}, seed {seed}, dirty {dirty}: write at least 1 operation, a seed of 0 or more, "
            "and a dirty share from 0 to 1."
        )
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "about.toml").write_text(ABOUT, encoding="utf-8", newline="")
    rows = dict.fromkeys(TABLES, 0)
    read = read_rules(rules)
    with ExitStack() as open_files:
        files = {
            name: open_files.enter_context((folder / f"{name}.csv").open("w", encoding="utf-8", newline=""))
            for name in TABLES
        }
        for number, first in enumerate(range(0, operations, CHUNK)):
            chunk = Chunk(number, first, min(CHUNK, operations - first))
            for name, table in _chunk(read, seed, chunk, dirty).items():
                rows[name] += _append(files[name], table, header=number == 0)
    return rows


def _chunk(rules: Rules, seed: int, chunk: Chunk, dirty: float) -> dict[str, TextColumns]:
    drawn = tables(rules, Draws(seed, chunk.number, RECORDS), chunk)
    if dirty:
        spoil(drawn, dirty, Draws(seed, chunk.number, FAULTS))
    return drawn


def _append(file: TextIO, table: TextColumns, *, header: bool) -> int:
    """No value holds a comma, a quote or a line break, so that joining is writing CSV (20 times faster than csv)."""
    if header:
        file.write(",".join(table) + "\n")
    columns = [values.tolist() for values in table.values()]
    file.write("\n".join(map(",".join, zip(*columns, strict=True))))
    file.write("\n" if columns[0] else "")
    return len(columns[0])

"""Take in what there is: every table landed, converted and judged, in the order in which rows depend on one another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

from dashboard.definitions import Definitions
from dashboard.definitions.canonical import TABLES, Table
from dashboard.engines.digests import sha256
from dashboard.engines.opted_out import NOBODY, OptedOut
from dashboard.engines.writer import UnreadableFile, Writer
from dashboard.importing.checking import (
    checks,
    conversion,
    distributions,
    flat,
    identity,
    no_records,
    notation,
    opting_out,
    visits,
)  # fmt: skip
from dashboard.importing.checking.ages import read_completed_years
from dashboard.importing.checking.asked import ask_for_yes_and_no
from dashboard.importing.checking.columns import columns_of, named
from dashboard.importing.checking.landing import (
    UNUSED,
    Columns,
    Landed,
    land_lines,
    land_parquet,
    land_rows,
    land_text,
    parquet_columns,
    text_rows,
)
from dashboard.importing.formats.sheets import Lines
from dashboard.importing.formats.sources import Delivery
from dashboard.importing.formats.text_files import TextFile, first_lines, look
from dashboard.importing.mapping import FLAT, SiteMapping
from dashboard.importing.result import Issues, TableCount

Say = Callable[[str], None]


@dataclass
class Import:
    """What one import has come to know so far.

    first: the number of the first file that is read; files of a lower one are in the store already, where these records
    are added to it. beside: by kind of record, how many are in the store and not looked at.
    """

    writer: Writer
    scratch: Path
    mapping: SiteMapping
    say: Say
    today: date
    definitions: Definitions
    opted_out: OptedOut = NOBODY
    issues: Issues = field(default_factory=Issues)
    files: dict[int, str] = field(default_factory=dict)
    sources: list[tuple[int, str, str, int]] = field(default_factory=list)
    digests: dict[Path, str] = field(default_factory=dict)
    read: dict[str, int] = field(default_factory=dict)
    theirs: dict[str, dict[str, str]] = field(default_factory=dict)
    with_commas: dict[str, list[tuple[int, str, bool]]] = field(default_factory=dict)
    direct: dict[str, list[tuple[TextFile, Columns]]] = field(default_factory=dict)
    first: int = 0
    beside: dict[str, int] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, TableCount]:
        """Rows read and accepted so far, by table."""
        accepted = {name: self._accepted(name) for name in self.read}
        return {name: TableCount(read, accepted[name], read - accepted[name]) for name, read in self.read.items()}

    def _accepted(self, name: str) -> int:
        return int(self.writer.run(f"select count(*) from staged_{name} where source >= {self.first}")[0][0])

    @property
    def delivered(self) -> frozenset[str]:
        """The kept tables of which a file or a sheet came, though empty; a flat file may tell of failures too."""
        told = {TABLES[name].kept for name in self.theirs if name in TABLES}
        tells_failures = {flat.STATUS, flat.FAILED_ON} & self.theirs.get(FLAT, {}).keys()
        return frozenset(told | ({TABLES["diagnoses"].kept} if tells_failures else set()))


def nothing_stored(job: Import) -> None:
    """Of records that stand for themselves nothing is brought back from the store."""


def accept(job: Import, found: Delivery, key: bytes, bring_back: Callable[[Import], None] = nothing_stored) -> None:
    """Land and convert every table, then check each in the order in which rows depend on one another.

    All are there before the first is checked: whether a death can be right, the visits long after it say.
    bring_back: puts beside them what the store has of the same patients, where they are added to it.
    """
    conversion.put_words(job.writer, job.definitions)
    conversion.make_unread(job.writer)
    opting_out.prepare(job.writer)
    identity.prepare(job.writer, found, job.mapping)
    unfolded: tuple[str, ...] = ()
    if found.is_flat:
        _accept_flat(job, found, key)
        unfolded = flat.UNFOLDED
    for table in TABLES.values():
        if table.name not in unfolded:
            job.say(f"read {table.name}")
            job.read[table.name] = land(job, table, found, dict(job.mapping.of(table.name).columns))
            convert(job, table)
    bring_back(job)
    if not unfolded:
        visits.date_by_months(job.writer)
    checks.gather_days(job.writer)
    if not unfolded:
        checks.settle_deaths(job.writer)
    for table in TABLES.values():
        job.say(f"check {table.name}: {job.read[table.name]:,} rows")
        if job.read[table.name] or job.first:
            checks.judge(job.writer, table.name, job.files, job.issues)
    checks.judge_together(job.writer, job.files, job.issues, job.beside)
    job.issues += found.reading.issues


def _accept_flat(job: Import, found: Delivery, key: bytes) -> None:
    """Take the rows of a flat file that hold, and unfold them."""
    job.say("read the flat file")
    job.mapping = flat.spread(job.mapping)
    table = flat.table(job.mapping)
    rows = land(job, table, found, flat.columns(job.mapping))
    convert(job, table)
    flat.name_operations(job.writer, job.mapping, key)
    telling = visits.Telling(job.writer, job.files, job.theirs[FLAT], job.issues)
    if job.mapping.visit:
        rows -= visits.join(telling, job.mapping.visit)
    checks.judge(job.writer, FLAT, job.files, job.issues)
    flat.unfold(job.writer, job.mapping)
    visits.of_one_day(telling)
    for name in flat.UNFOLDED:
        job.read[name] = int(job.writer.run(f"select count(*) from staged_{name}")[0][0])
    job.read["operations"] = rows


def convert(job: Import, table: Table) -> None:
    """Give every landed cell its type, and look at each column as a whole; what cannot be read is left out then.

    Alone, or with its row.
    """
    theirs = job.theirs.get(table.name, {})
    landed = bool(job.writer.run(f"select count(*) from landed_{table.name}")[0][0])
    if landed:
        values = flat.values(job.mapping) if table.name == FLAT else job.mapping.of(table.name).values
        conversion.rename_values(job.writer, table.name, values)
        if table.name == FLAT:
            flat.name_states(job.writer, job.mapping.follow_up)
        for source, name, typed in job.with_commas.get(table.name, []):
            told = job.mapping.decimal
            job.issues += notation.read_decimal_commas(job.writer, table, source, name, told, typed=typed)
        conversion.convert(job.writer, table, job.mapping, job.today)
    conversion.read_levels(job.writer, table)
    opting_out.leave_out(job.writer, table, job.opted_out, job.issues)
    for file, columns in job.direct.get(table.name, []):
        if conversion.anything_wrong(job.writer, table, columns.source):
            land_lines(job.writer, table.name, file, columns)
            landed = True
    if landed:
        notation.refuse_other_orders(job.writer, table, job.mapping, theirs)
        ask_for_yes_and_no(job.writer, table, job.files, theirs)
        read_completed_years(job.writer, table, job.files, theirs, job.issues)
    job.issues += distributions.ask(job.writer, table, job.mapping.of(table.name), job.files, theirs)
    conversion.unreadable(job.writer, table, job.files, theirs, job.issues, job.mapping.required)
    if table.name != FLAT:
        job.writer.run(f"drop table landed_{table.name}")


def land(job: Import, table: Table, found: Delivery, mapped: dict[str, str]) -> int:
    """Land the files of one table one under the other; a table without a file is there, and empty."""
    columns = ", ".join(f"{column} varchar" for column in _landing(table))
    job.writer.run(f"create or replace temp table landed_{table.name} (line integer, source integer, {columns})")
    conversion.make_readable(job.writer, table)
    total = 0
    for path in found.tables.get(table.name, []):
        total += (_land_parquet if path.suffix == ".parquet" else _land_text)(job, table, path, mapped)
    for sheet in found.reading.sheets:
        if sheet.table == table.name:
            of_sheet = _columns(job, table, sheet.name, sheet.header, mapped, sheet.first_lines)
            if job.mapping.decimal == ",":
                job.with_commas.setdefault(table.name, []).append((of_sheet.source, sheet.name, True))
            landed = land_rows(job.writer, table.name, sheet.rows, of_sheet, job.scratch, Path(sheet.name))
            total += _landed(job, table, sheet.name, sheet.path, of_sheet, landed)
    return total


def _columns(
    job: Import, table: Table, name: str, header: Sequence[str], mapped: dict[str, str], lines: Lines | None = None
) -> Columns:
    """How the columns of the next file become ours."""
    said = job.mapping.of(table.name)
    parts = [named(name, one, header) for one in said.identity]
    theirs = columns_of(table, name, header, mapped, job.issues, lines, parts, said.constants)
    return Columns(len(job.files), header, theirs, _landing(table), job.mapping.missing, parts, said.constants)


def _landing(table: Table) -> list[str]:
    """The columns that land: ours; and of a flat file a digest, to tell a row that repeats one from a row like it."""
    return [*table.columns, *([UNUSED] if table.name == FLAT else [])]


def _land_parquet(job: Import, table: Table, path: Path, mapped: dict[str, str]) -> int:
    columns = _columns(job, table, path.name, parquet_columns(job.writer, path), mapped)
    return _landed(job, table, path.name, path, columns, land_parquet(job.writer, table.name, path, columns))


def _land_text(job: Import, table: Table, path: Path, mapped: dict[str, str]) -> int:
    file = no_records.careful(
        look(path, job.mapping.delimiter, job.mapping.encoding, header_rows=job.mapping.header_rows)
    )
    job.issues += file.notes
    columns = _columns(job, table, path.name, file.header, mapped, partial(first_lines, file))
    with_semicolons = file.delimiter == ";" or job.mapping.decimal == ","
    if with_semicolons:
        job.with_commas.setdefault(table.name, []).append((columns.source, path.name, False))
    renamed = table.name == FLAT or bool(job.mapping.of(table.name).values)
    if file.rows_if_plain is not None and not with_semicolons and not renamed:
        try:
            conversion.convert_directly(
                job.writer, table, job.mapping, job.today, columns.source, text_rows(file, columns), file.rows_if_plain
            )
        except UnreadableFile:
            pass  # an uneven row: the careful road names it
        else:
            job.direct.setdefault(table.name, []).append((file, columns))
            return _landed(job, table, path.name, path, columns, Landed(file.rows_if_plain, Issues()))
    landed = land_text(job.writer, table.name, file, columns, job.scratch)
    return _landed(job, table, path.name, path, columns, landed)


def _landed(job: Import, table: Table, name: str, path: Path, columns: Columns, landed: Landed) -> int:
    """Write down what came of a file; returns its rows, those left out among them."""
    job.files[columns.source] = name
    job.theirs.setdefault(table.name, {}).update(columns.theirs)
    job.issues.take(landed.issues)
    job.issues.read(name, landed.rows + landed.issues.rows_left_out)
    # A workbook or a database file holds many tables, and may be large: it is read once for its digest.
    if path not in job.digests:
        job.digests[path] = sha256(path)
    job.sources.append((columns.source, name, job.digests[path], landed.rows))
    return landed.rows + landed.issues.rows_left_out

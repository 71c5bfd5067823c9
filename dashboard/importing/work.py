"""The whole of one import, inside its own process: land, convert, check, build, verify, publish."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

from dashboard import sql
from dashboard.definitions import Definitions, load
from dashboard.engines.generations import Store, sha256
from dashboard.engines.writer import VERSION, Writer, rows_of
from dashboard.importing import building, checks, conversion, flat, late
from dashboard.importing.canonical import TABLES, Table
from dashboard.importing.landing import File, header_of, land
from dashboard.importing.mapping import FLAT, SiteMapping
from dashboard.importing.mapping import read as read_mapping
from dashboard.importing.result import ImportResult, Issue, TableCount, refused
from dashboard.importing.sources import Found, find

SCHEMA = 2
"""Which tables and marts a generation holds: goes up when a reader of it would miss one."""
VERIFIED = ("operation", "patient", "operation_outcome", "symptom_event", "code", "facts")

Say = Callable[[str], None]


@dataclass
class Import:
    """What one import has come to know so far."""

    writer: Writer
    scratch: Path
    mapping: SiteMapping
    say: Say
    today: date
    definitions: Definitions = field(default_factory=load)
    issues: list[Issue] = field(default_factory=list)
    files: dict[int, str] = field(default_factory=dict)
    sources: list[tuple[int, str, str, int]] = field(default_factory=list)
    read: dict[str, int] = field(default_factory=dict)
    months: late.Months = field(default_factory=dict)
    data_date: str = ""

    @property
    def counts(self) -> dict[str, TableCount]:
        """Rows read and accepted so far, by table."""
        accepted = {name: int(self.writer.run(f"select count(*) from staged_{name}")[0][0]) for name in self.read}
        return {name: TableCount(read, accepted[name], read - accepted[name]) for name, read in self.read.items()}


def work(sources: Sequence[Path], root: Path, mapping: Path | None, check: bool, say: Say) -> ImportResult:
    """Import these sources into the store at ``root``; with ``check`` everything but the publishing.

    Raises ImportRefused (nothing was changed) or StoreBusy.
    """
    store = Store(root)
    site = read_mapping(mapping)
    found = find(sources, site)
    with store.writing():
        scratch = store.scratch()
        try:
            return _build(store, scratch, found, site, check, say)
        finally:
            building.remove(scratch)


def _build(store: Store, scratch: Path, found: Found, site: SiteMapping, check: bool, say: Say) -> ImportResult:
    built = scratch / "generation.duckdb"
    writer = Writer(built, [path.parent for paths in found.tables.values() for path in paths])
    job = Import(writer, scratch, site, say, datetime.now(UTC).date())
    try:
        _accept(job, found)
        counts = job.counts
        _refuse_if_empty(job, counts)
        writer.begin()
        building.build(writer, job.definitions, building.pseudonym_key(store.root), _about(found), say)
        _keep_provenance(job)
        job.months = late.months_of(writer)
        _keep_late_entries(job, store)
        job.data_date = str(writer.run("select data_date from facts")[0][0])
        writer.finish()
    except BaseException:
        writer.close()
        raise
    result = ImportResult(None, counts, job.issues)
    if check:
        return result
    say("verify")
    rows = rows_of(built, VERIFIED)
    _verify(rows, counts, job.definitions)
    say("publish")
    generation = store.publish(built, _manifest(job, rows, made_up=bool(_about(found).get("made_up"))))
    return ImportResult(generation.number, counts, job.issues)


def _accept(job: Import, found: Found) -> None:
    """Land, convert and check every table, in the order in which rows depend on one another."""
    conversion.put_words(job.writer, job.definitions)
    if job.mapping.is_flat:
        _land_flat(job, found.tables[FLAT])
    for table in TABLES.values():
        job.say(f"read {table.name}")
        if not (job.mapping.is_flat and table.name in ("patients", "operations", "diagnoses")):
            _land_table(job, table, found.tables.get(table.name, []))
        date_format = "%Y-%m-%d" if job.mapping.is_flat else job.mapping.date_format
        conversion.convert(job.writer, table, date_format, job.today)
        if job.read.get(table.name):
            job.issues += conversion.unreadable(job.writer, table, job.files)
            for rule in checks.checks_of(table.name):
                job.issues += checks.broken(job.writer, rule, job.files)


def _land_flat(job: Import, paths: Sequence[Path]) -> None:
    rows = _land(job, FLAT, paths, flat.OURS, flat.columns(job.mapping))
    conversion.rename_values(job.writer, FLAT, job.mapping.of(FLAT))
    flat.name_states(job.writer, job.mapping)
    for rule in checks.checks_of(FLAT):
        job.issues += checks.broken(job.writer, rule, job.files)
    flat.unfold(job.writer, job.mapping)
    for name in ("patients", "operations", "diagnoses"):
        job.read[name] = int(job.writer.run(f"select count(*) from landed_{name}")[0][0])
    job.read["operations"] = rows


def _land_table(job: Import, table: Table, paths: Sequence[Path]) -> None:
    ours = list(table.columns)
    job.read[table.name] = _land(job, table.name, paths, ours, dict(job.mapping.of(table.name).columns))
    conversion.rename_values(job.writer, table.name, job.mapping.of(table.name))


def _land(job: Import, name: str, paths: Sequence[Path], ours: list[str], mapped: dict[str, str]) -> int:
    """Land the files of one table one under the other; a table without a file is there, and empty."""
    columns = ", ".join(f"{column} varchar" for column in ours)
    job.writer.run(f"create or replace temp table landed_{name} (line integer, source integer, {columns})")
    total = 0
    for path in paths:
        number = len(job.files)
        job.files[number] = path.name
        header, delimiter = header_of(job.writer, path, job.mapping.delimiter)
        theirs = _columns(job, name, path, header, ours, mapped)
        landed = land(job.writer, "arrived", File(path, number, delimiter, header, theirs), ours, job.scratch)
        job.writer.run(f"insert into landed_{name} select line, source, {', '.join(ours)} from landed_arrived")
        job.writer.run("drop table landed_arrived")
        job.issues += landed.issues
        total += landed.rows + len(landed.issues)
        job.sources.append((number, path.name, sha256(path), landed.rows))
    return total


def _columns(
    job: Import, name: str, path: Path, header: list[str], ours: list[str], mapped: dict[str, str]
) -> dict[str, str]:
    """Ours -> theirs, from the mapping, else by equal name; what is not used is named, what is needed must be there."""
    spelled = {column.strip().lower().replace(" ", "_"): column for column in header}
    theirs = {column: mapped.get(column) or spelled.get(column, "") for column in ours}
    if gone := [column for column in mapped.values() if column not in header]:
        raise refused([_stop(path, f'has no column "{gone[0]}", which the mapping names. It has {", ".join(header)}.')])
    needed = [column for column in ours if name in TABLES and TABLES[name].columns[column].required]
    if gone := [column for column in needed if not theirs[column]]:
        raise refused(
            [_stop(path, f'has no column "{gone[0]}", which is needed. Add it, or name the column in a mapping.')]
        )
    if unused := [column for column in header if column and column not in theirs.values()]:
        what = f"{path.name}: not used, because no table has such a column: {', '.join(unused)}."
        job.issues.append(Issue("note", "column_not_used", path.name, what, 1))
    return {column: their for column, their in theirs.items() if their}


def _refuse_if_empty(job: Import, counts: dict[str, TableCount]) -> None:
    if counts["operations"].accepted == 0:
        why = "No operation could be accepted." if counts["operations"].read else "There are no operations in it."
        job.issues.append(Issue("stop", "no_operation", "operations", why))
        raise refused(job.issues, counts)


def _about(found: Found) -> dict[str, object]:
    return tomllib.loads(found.about.read_text(encoding="utf-8")) if found.about else {}


def _keep_provenance(job: Import) -> None:
    for name in ("source", "issue"):
        job.writer.run(sql.load(f"tables/{name}").text)
    job.writer.put("source", ("source", "file", "sha256", "rows"), job.sources)
    building.put_issues(job.writer, job.issues)


def _keep_late_entries(job: Import, store: Store) -> None:
    """What this import brought that the one before should have had; nothing at the first import."""
    before = store.current_or_none()
    job.writer.run(sql.load("tables/late_entry").text)
    rows = late.late_entries(job.months, before.manifest if before else None)
    job.writer.put("late_entry", ("kind", "month", "records"), rows)


def _verify(rows: dict[str, int], counts: dict[str, TableCount], definitions: Definitions) -> None:
    """The file, read again from disk, holds what was accepted: nothing lost between accepting and writing."""
    operations = counts["operations"].accepted
    expected = {
        "operation": operations,
        "patient": counts["patients"].accepted,
        "operation_outcome": operations * len(definitions.outcomes),
        "facts": 1,
    }
    for table, count in expected.items():
        if rows[table] != count:
            raise refused(
                [Issue("stop", "not_whole", table, f"{table}: {rows[table]} rows were written, {count} expected.")]
            )


def _manifest(job: Import, rows: dict[str, int], *, made_up: bool) -> dict[str, object]:
    return {
        "published": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": rows,
        "sources": [{"file": file, "sha256": digest, "rows": count} for _, file, digest, count in job.sources],
        "duckdb": VERSION,
        "schema": SCHEMA,
        "made_up": made_up,
        "data_date": job.data_date,
        "months": job.months,
        "definitions": job.definitions.version,
    }


def _stop(path: Path, what: str) -> Issue:
    return Issue("stop", "wrong_columns", path.name, f"{path.name} {what}")

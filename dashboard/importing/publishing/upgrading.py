"""A generation of an earlier version made anew from its own kept tables, without the files it was imported from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from dashboard import sql
from dashboard.definitions import Definitions, load
from dashboard.definitions.canonical import OPERATION, TABLES, Table
from dashboard.definitions.forms import in_form
from dashboard.engines.generations import Generation, Store
from dashboard.engines.pseudonym_key import key_if_there
from dashboard.engines.versions import READING, news, outdated, refuse_newer
from dashboard.engines.writer import UnreadableFile, Writer, rows_of
from dashboard.errors import NoData, Refused
from dashboard.importing import kept_report
from dashboard.importing.publishing import building, since
from dashboard.importing.publishing.marts import marts

EARLIER = "earlier"
"""What the generation before is called while it is read."""
COPIED = ("source", "issue_count", "late_entry", "unreadable_cell")
"""What an import wrote down beside the records, and no definition changes."""
# No key is null, here or there: what is kept was accepted, and what is left behind was asked from it.
STAYS = "operation not in (select operation from left_operation)"
# Nor is any of these null.
OF_PATIENTS = "patient not in (select patient from left_patient)"
"""Who is not left behind."""
NOT_OF_OPERATION = {"outcome", "onset"}
"""Dimensions that are not the operation's alone, but of what became of it."""
MOST_TOLD = 30
IMPORT_AGAIN = "It cannot be made anew from what it holds: import the records again. Nothing was changed."

Say = Callable[[str], None]


def upgrade(store: Store, say: Say, definitions: Definitions | None = None) -> Generation:
    """Publish the current generation anew, with the tables and the definitions of today.

    Its manifest says from which it was made, and ``changes``: which figures are others now, and why.
    Raises NoData when nothing is published, Refused when it is of this version already, or of a newer one.
    """
    today = definitions or load()
    with store.writing():
        shown = store.last_whole()
        if shown is None:
            raise NoData("Nothing is published, so there is nothing to bring up to date.")
        if shown.warning:
            raise Refused(
                f"{shown.warning} Import the records of the damaged one again, or go back to an earlier one by "
                "`outcomes store restore`, before anything is brought up to date: its records would be passed over."
            )
        before = shown.generation
        refuse_newer(before.manifest)
        if not outdated(before.manifest, today.version):
            raise Refused("These records are up to date already. Nothing was changed.")
        scratch = store.scratch()
        try:
            built = scratch / "generation.duckdb"
            with closing(Writer(built, [before.path.parent])) as writer:
                as_published = _as_published(before)
                about = rebuilt(
                    writer, before, today, key_if_there(store), say, held_against=lambda writer: as_published
                )
            say("verify")
            about["rows"] = rows_of(built, building.VERIFIED)
            _verify(about["rows"], before)
            say("publish")
            made = store.publish(built, {**_kept_of(before), **_of_upgrade(before, today), **about})
            kept_report.keep_for(made, before)
            return made
        finally:
            building.remove(scratch)


def steps() -> int:
    """How many steps an upgrade says."""
    return len(TABLES) + len(marts()) + 3


def rebuilt(
    writer: Writer,
    before: Generation,
    definitions: Definitions,
    key: bytes | None,
    say: Say,
    without: Collection[int] = (),
    held_against: Callable[[Writer], since.Earlier | None] = lambda writer: None,
) -> dict[str, Any]:
    """Fill the new database from the generation before; what the manifest says of it.

    without: pseudonyms of patients who are left behind, with all that is recorded of their operations. held_against:
    what the records are then held against, attached before anything is written.
    """
    writer.attach(before.path, EARLIER)
    against = held_against(writer)
    writer.begin()
    writer.run("create temp table left_patient (patient ubigint)")
    writer.put("left_patient", ("patient",), [(patient,) for patient in sorted(without)])
    left = "patient in (select patient from left_patient)"
    writer.make("left_operation", f"select operation from {EARLIER}.operation where {left}")
    with_key = _keys_of_operations(writer, key)
    for table in TABLES.values():
        say(f"table {table.kept}")
        writer.run(_copied(writer, table, with_key=with_key))
    for name in COPIED:
        writer.run(sql.load(f"tables/{name}").text)
        if writer.columns(EARLIER, name):
            both = [column for column in writer.columns("", name) if column in writer.columns(EARLIER, name)]
            stays = f" where {STAYS}" if "operation" in both else ""
            writer.run(f"insert into {name} by name select {', '.join(both)} from {EARLIER}.{name}{stays}")
    made_up, practice = writer.run(f"select made_up, practice from {EARLIER}.facts")[0]
    building.derive(writer, definitions, building.About(made_up, practice), _delivered(writer), say)
    since.keep(writer, against)
    told = list(_changes(writer))
    about = building.manifest(writer, definitions) | {"changes": told[:MOST_TOLD], "changes_told": len(told)}
    writer.finish()
    return about


def _as_published(before: Generation) -> since.Earlier | None:
    """The generation that is brought up to date, as what has changed since: nothing but the definitions."""
    published = since.published_on(before.manifest)
    return since.Earlier(EARLIER, "", published, datetime.now(UTC).date()) if published else None


def _delivered(writer: Writer) -> set[str]:
    """The kept tables that came with the generation before; of one that did not write it down, by its files' names."""
    if writer.columns(EARLIER, "missing_kind"):
        missing = {kind for (kind,) in writer.run(f"select kind from {EARLIER}.missing_kind")}
        return {table.kept for table in TABLES.values()} - missing
    files = {str(file).split(".")[0] for (file,) in writer.run(f"select file from {EARLIER}.source")}
    return {table.kept for table in TABLES.values() if table.name in files}


def _keys_of_operations(writer: Writer, key: bytes | None) -> bool:
    """Whether the operations' own numbers, which an earlier version kept, now have pseudonyms to stand for them."""
    there = writer.columns(EARLIER, "operation")
    if key is None or OPERATION not in there or building.OPERATION_KEY in there:
        return False
    writer.view(f"{EARLIER}_operation", f"select * from {EARLIER}.operation")
    building.pseudonyms(writer, key, OPERATION, f"{EARLIER}_operation")
    return True


def _copied(writer: Writer, table: Table, *, with_key: bool) -> str:
    """The statement that keeps a table of the generation before; a column that it lacks is not recorded.

    A text that has not the form of its column, which an earlier version kept, is left behind.
    with_key: whether table ``operation_pseudonym`` is there.
    """
    there = set(writer.columns(EARLIER, table.kept))
    wanted = building.kept_columns(table)
    if there and not set(building.NUMBERS[table.kept]) - {building.OPERATION_KEY} <= there:
        raise Refused(f"Table {table.kept} of this generation is of an unknown form. {IMPORT_AGAIN}")
    keyed = with_key and table.kept == "operation"
    there |= {building.OPERATION_KEY} if keyed else set()
    cells = ", ".join(
        f"{in_form(f'{table.kept}.{name}', name) if name in there else f'cast(null as {kind})'} as {name}"
        for name, kind in wanted.items()
    )
    joined = f" left join operation_pseudonym using ({OPERATION})" if keyed else ""
    order = " order by operation" if keyed else ""
    joined += f" where {OF_PATIENTS if table.kept == 'patient' else STAYS}{order}"
    return f"create table {table.kept} as select {cells} from " + (
        f"{EARLIER}.{table.kept}{joined}" if there else "(select 1) where false"
    )


def _changes(writer: Writer) -> Iterator[str]:
    """Every count of operations by what became of them, or by a band, that is another than it was.

    What one of the two does not know, such as an outcome defined since, is no change.
    """
    for name in ("operation_outcome", "code"):
        writer.view(f"{EARLIER}_{name}", f"select * from {EARLIER}.{name}")
    try:
        before, now = _counted(writer, f"{EARLIER}_"), _counted(writer, "")
    except UnreadableFile:
        yield "The figures before could not be compared: the tables of that version are too different."
        return
    named = {name for name, _ in before} & {name for name, _ in now}
    for place in [*now, *(place for place in before if place not in now)]:
        was, is_now = before.get(place, 0), now.get(place, 0)
        if was != is_now and place[0] in named:
            yield f"{place[0]}, {place[1].lower()}: {was:,} operations before, {is_now:,} now."


def _counted(writer: Writer, prefix: str) -> dict[tuple[str, str], int]:
    """By outcome what became of the index operations, and by dimension and band how many operations there are."""
    slots = {"outcomes": f"{prefix}operation_outcome", "codes": f"{prefix}code"}
    found: dict[tuple[str, str], int] = {}
    for label, failed, operations in writer.tried(sql.load("upgrades/failures", slots).text):
        found |= {(label, "failed"): failed, (label, "index operations"): operations}
    dimensions = {name for (name,) in writer.tried(f"select distinct dimension from {slots['codes']}")}
    for name in writer.columns("", "operation_outcome"):
        if name in dimensions - NOT_OF_OPERATION:
            rows = writer.tried(sql.load("upgrades/bands", {**slots, "dimension": name}).text)
            found |= {(name.replace("_", " ").capitalize(), label): count for label, count in rows}
    return found


def _verify(rows: Mapping[str, int], before: Generation) -> None:
    """Every record of the generation before is in the new one."""
    for table in ("operation", "patient"):
        if rows[table] != before.manifest["rows"][table]:
            raise Refused(f"{table}: {rows[table]} rows were written, {before.manifest['rows'][table]} expected.")


def _kept_of(before: Generation) -> dict[str, Any]:
    """What the manifest before says of the records themselves: which files they came from, and how they were read."""
    return {name: before.manifest[name] for name in ("sources", "made_up", "reading", "key") if name in before.manifest}


def _of_upgrade(before: Generation, definitions: Definitions) -> dict[str, Any]:
    why = [f"New in this version: {what}." for what in news(before.manifest)]
    if before.manifest.get("definitions") != definitions.version:
        why.append("The definitions are others than those that these records were published with.")
    return {"upgraded_from": before.number, "rebuilt": READING, "why": why}

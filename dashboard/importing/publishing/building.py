"""From accepted rows to a whole generation: the kept tables, the codes, and the marts that every read scans."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard import sql
from dashboard.definitions import Definitions, Outcome
from dashboard.definitions.canonical import (
    ANSWERS,
    OF_OPERATIONS,
    OPERATION,
    PATIENT,
    STAND_IN,
    TABLES,
    TRAITS,
    TYPES,
    UNDATED,
    Table,
)
from dashboard.engines.pseudonym_key import key_of_operations
from dashboard.engines.versions import SCHEMA
from dashboard.engines.writer import VERSION, Writer
from dashboard.importing.mapping import FLAT
from dashboard.importing.publishing.bands import bands
from dashboard.importing.publishing.late import months_of
from dashboard.importing.publishing.marts import Mart, each, marts, slots
from dashboard.importing.publishing.prepared import prepare
from dashboard.importing.publishing.states import states

LISTS = (
    "code", "factor_field", "onset_day", "outcome_event", "outcome_landmark", "visit_window", "rule", "missing_kind",
)  # fmt: skip
VERIFIED = ("operation", "patient", "operation_outcome", "symptom_event", "code", "facts")
"""Tables whose rows are counted again in the finished file."""
OPERATION_KEY = "operation_key"
"""What stands in the place of an operation's own number."""
LEFT_BEHIND = {"patient": (PATIENT, "birth_date", "birth_year"), "operation": (OPERATION, PATIENT)}
"""By kept table, the columns that do not go into a generation; of a record of an operation, whose it is."""
NUMBERS = {
    "patient": {"patient": "ubigint", "birth_year": "smallint"},
    "operation": {"operation": "integer", "patient": "ubigint", OPERATION_KEY: "ubigint"},
    **{table.kept: {"operation": "integer"} for table in OF_OPERATIONS},
}
"""By kept table, what takes their place, with its type."""
ORIGIN = {"source": "smallint", "line": "integer"}
LONGEST_DAY = 32_767
BLOCK = 64
"""Bytes that SHA-256 takes at a time: HMAC pads its key to them."""
NOT_RECORDED = ("not recorded", "Not recorded")
UNITS = ("surgeon", "site")
"""Columns whose words are those of the records, and no definition's."""
OWN = "{own}"

Say = Callable[[str], None]


@dataclass(frozen=True)
class About:
    """What records say of themselves: every screen says so where they are made up."""

    made_up: bool = False
    practice: str = ""


@dataclass(frozen=True)
class AlreadyThere:
    """What is there already where records are an addition to others.

    units: by column of UNITS the names that have a code, in order; recorded: the kinds of record that are not missing;
    marts: by mart a select around its own, which stands there as OWN.
    """

    units: Mapping[str, Sequence[str]] = field(default_factory=dict)
    recorded: Collection[str] = ()
    marts: Mapping[str, str] = field(default_factory=dict)


ALONE = AlreadyThere()


def nothing_known(writer: Writer) -> None:
    """Of records that stand for themselves nothing is known before."""


def keep(writer: Writer, key: bytes, say: Say, known: Callable[[Writer], None] = nothing_known) -> None:
    """Keep the accepted rows, with a number or a pseudonym in the place of what names a person.

    key: of the pseudonyms; known: gives those who have a pseudonym or a number already theirs, in the passing tables.
    """
    say("pseudonyms")
    pseudonyms(writer, key, PATIENT, "staged_patients")
    pseudonyms(writer, key, OPERATION, "staged_operations")
    writer.make("operation_number", sql.load("marts/operation_number").text)
    known(writer)
    for table in TABLES.values():
        say(f"table {table.kept}")
        writer.run(_kept(table))
    _unreadable_cells(writer)


def let_go_of_accepted(writer: Writer) -> None:
    """Give up the accepted rows once they are kept, and who is who: the marts need the room."""
    staged = (f"staged_{name}" for name in (FLAT, *TABLES))
    writer.let_go([*staged, "pseudonym", "operation_pseudonym", "operation_number"])


def derive(
    writer: Writer,
    definitions: Definitions,
    about: About,
    delivered: Collection[str],
    say: Say,
    beside: AlreadyThere = ALONE,
) -> None:
    """Make of the kept tables all that is read: the codes, the marts and what is counted of them beforehand.

    about: what the records say of themselves; delivered: the kept tables of which a file or a sheet came, though empty;
    beside: what is there already where they are an addition.
    """
    _lists(writer, definitions, about, beside.units)
    missing = [kind for kind in _missing_kinds(writer, delivered) if kind not in beside.recorded]
    writer.put("missing_kind", ("kind",), [(kind,) for kind in missing])
    for mart in marts():
        say(f"mart {mart.name}")
        make(writer, mart, definitions, beside.marts.get(mart.name, OWN))
    say("prepared counts")
    prepare(writer, definitions)


def manifest(writer: Writer, definitions: Definitions) -> dict[str, Any]:
    """What is written down of every generation once it is derived: how it was made, and what it holds."""
    return {
        "published": datetime.now(UTC).isoformat(timespec="seconds"),
        "duckdb": VERSION,
        "schema": SCHEMA,
        "definitions": definitions.version,
        "data_date": str(writer.run("select data_date from facts")[0][0]),
        "months": months_of(writer),
    }


def make(writer: Writer, mart: Mart, definitions: Definitions, around: str = OWN) -> None:
    """Make one mart; what it reads is there. around: a select in which OWN stands for the mart's."""
    name = f"marts/{mart.name}"
    wanted = sql.slots_of(name)
    columns = {slot: names for slot, names in slots(definitions).items() if slot in wanted}
    made = {**bands(definitions), **states(definitions)} if wanted - columns.keys() else {}
    made = {slot: text for slot, text in made.items() if slot in wanted}
    parts = each(mart.of_each, definitions) if mart.of_each else [{}]
    selects = [sql.load(name, columns, {**made, **of_one}).text for of_one in parts]
    select = " union all ".join(f"({one})" for one in selects) if mart.of_each else selects[0]
    select = around.replace(OWN, select)
    if mart.by:
        codes = writer.run("select code from code where dimension = $by and code > 0 order by code", {"by": mart.by})
        writer.keep_in_parts(mart.name, select, [code for (code,) in codes])
    else:
        made_as: dict[str, Callable[[str, str], object]] = {
            "kept": writer.keep, "passing": writer.make, "view": writer.view, "shown": writer.show,
        }  # fmt: skip
        made_as[mart.made](mart.name, select)


def remove(scratch: Path) -> None:
    """Take away what an import left on its bench."""
    shutil.rmtree(scratch, ignore_errors=True)


def kept_columns(table: Table) -> dict[str, str]:
    """The columns of a kept table with their types, in order."""
    return {**NUMBERS[table.kept], **_of_record(table), **ORIGIN}


def _of_record(table: Table) -> dict[str, str]:
    left = LEFT_BEHIND.get(table.kept, (OPERATION,))
    return {name: TYPES[column.kind] for name, column in table.columns.items() if name not in {*left, *STAND_IN}}


def _kept(table: Table) -> str:
    """The statement that keeps the accepted rows of a table, without what names a person."""
    columns = list(_of_record(table))
    if table not in OF_OPERATIONS:
        return sql.load(f"tables/{table.kept}", {"columns": columns}).text
    slots = {"kept": table.kept, "staged": f"staged_{table.name}", "columns": columns, "dated": table.day}
    return sql.load("tables/of_operation", slots).text


def _unreadable_cells(writer: Writer) -> None:
    """Keep of each operation which cells were left out alone; those of a row that was left out went with it."""
    writer.run(sql.load("tables/unreadable_cell").text)
    # A row of a flat file is an operation, whatever else it says.
    for staged, kept in ((FLAT, "operation"), *((table.name, table.kept) for table in TABLES.values())):
        of_patient = "inner join operation using (patient)" if kept == "patient" else ""
        writer.run(
            "insert into unreadable_cell select operation, unread.field from unread"
            f" inner join {kept} as kept on unread.source = kept.source and unread.line = kept.line {of_patient}"
            f" where unread.staged = '{staged}'"
        )


def pseudonyms(writer: Writer, key: bytes, identifier: str, holder: str) -> None:
    """Each identifier as the first 64 bits of its HMAC: a plain digest of a short number can be reversed.

    identifier: of patients, in table ``pseudonym``, or of operations, in ``operation_pseudonym``; holder: the table
    that has them.
    """
    of_patients = identifier == PATIENT
    key = key if of_patients else key_of_operations(key)
    slots = {"identifier": identifier, "pseudonym": "patient" if of_patients else OPERATION_KEY, "holder": holder}
    block = (hashlib.sha256(key).digest() if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    keys = {"inner_key": bytes(byte ^ 0x36 for byte in block), "outer_key": bytes(byte ^ 0x5C for byte in block)}
    writer.make("pseudonym" if of_patients else "operation_pseudonym", sql.load("marts/pseudonym", slots).text, keys)


def _lists(writer: Writer, definitions: Definitions, about: About, units: Mapping[str, Sequence[str]]) -> None:
    for name in LISTS:
        writer.run(sql.load(f"tables/{name}").text)
    writer.put("code", ("dimension", "code", "name", "label", "family"), _codes(writer, definitions, units))
    writer.put("onset_day", ("day", "onset"), _onset_days(definitions))
    fed = [
        (code, field) for code, factor in enumerate(definitions.factors.values(), start=1)
        for field in TRAITS.get(factor.trait, ())
    ]  # fmt: skip
    writer.put("factor_field", ("factor", "field"), fed)
    outcomes = list(enumerate(definitions.outcomes.values(), start=1))
    events = [row for code, outcome in outcomes for row in _events(code, outcome)]
    writer.put("outcome_event", ("outcome", "source", "value", "first_symptom", "within_days", "with_implant"), events)
    landmarks = [_landmark(code, outcome, definitions) for code, outcome in outcomes if outcome.kind == "landmark"]
    columns = ("outcome", "low", "high", "measure", "improvement", "sign", "bound", "strict")
    writer.put("outcome_landmark", columns, landmarks)
    windows = [
        (code, visit.low, visit.high, visit.high + definitions.overdue_days)
        for code, visit in enumerate(definitions.visits.values(), start=1)
    ]
    writer.put("visit_window", ("visit", "low", "high", "overdue_until"), windows)
    about_it = (about.made_up, about.practice, definitions.version, definitions.default_outcome.name)
    names = ("reoperation_window_days", "fbss_code", "made_up", "practice", "definitions_version", "care_outcome")
    writer.put("rule", names, [(definitions.reoperation_window_days, definitions.fbss_code, *about_it)])


def _missing_kinds(writer: Writer, delivered: Collection[str]) -> Iterator[str]:
    """The tables that did not come and have no row, and the measures of visits that nobody has answered."""
    for table in OF_OPERATIONS:
        if table.kept not in delivered and not writer.run(f"select 1 from {table.kept} limit 1"):
            yield table.kept
    for name in ANSWERS:
        if not writer.run(f"select 1 from {TABLES['follow_ups'].kept} where {name} is not null limit 1"):
            yield name


def _codes(
    writer: Writer, definitions: Definitions, units: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, int, str, str, str | None]]:
    words = {
        name: [(t.name, t.label, t.group) for t in terms.values()] for name, terms in definitions.vocabularies.items()
    }
    words["field"] = [
        (f"{table.kept}.{name}", f"{(table.noun or table.kept).capitalize()}: {name.replace('_', ' ')}", None)
        for table in TABLES.values() for name in table.columns
    ]  # fmt: skip
    words["factor"] = [(factor.name, factor.label, None) for factor in definitions.factors.values()]
    words["family"] = [(name, label, None) for name, label in definitions.families.items()]
    words["outcome"] = [(outcome.name, outcome.label, None) for outcome in definitions.outcomes.values()]
    words["step"] = [(name, label, None) for name, label in definitions.groups("treatment").items()]
    words["visit"] = [(str(visit.months), visit.label, None) for visit in definitions.visits.values()]
    words["onset"] = [(category.name, category.label, None) for category in definitions.onset_categories]
    words["undated"] = [(name, label, None) for name, label in UNDATED.items()]
    words |= {f.name: [(band.name, band.label, None) for band in f.bands] for f in definitions.factors.values()}
    for column in UNITS:
        rows = writer.run(f"select distinct {column} from operation where {column} is not null order by {column}")
        names = dict.fromkeys([*units.get(column, ()), *(str(name) for (name,) in rows)])
        words[column] = [(name, name, None) for name in names]
    for dimension, entries in words.items():
        yield (dimension, 0, *NOT_RECORDED, None)
        yield from ((dimension, code, *entry) for code, entry in enumerate(entries, start=1))


def _onset_days(definitions: Definitions) -> Iterator[tuple[int, int]]:
    """Each day's category; the category without days of its own (never relieved) stands at day -1."""
    for code, category in enumerate(definitions.onset_categories, start=1):
        low, high = (-1, -1) if category.low is None else (category.low, category.high or LONGEST_DAY)
        yield from ((day, code) for day in range(low, high + 1))


def _events(code: int, outcome: Outcome) -> Iterator[tuple[int, str, str | None, bool, int | None, int | None]]:
    for event in outcome.events:
        for value in event.values or (None,):
            days = event.within_days
            with_implant = days if event.within_days_with_implant is None else event.within_days_with_implant
            yield code, event.source, value, event.clock == "first_symptom", days, with_implant


def _landmark(code: int, outcome: Outcome, definitions: Definitions) -> tuple[object, ...]:
    visit = definitions.visits[outcome.visit or 0]
    sign = 1 if outcome.comparison in (">", ">=") else -1
    bound = sign * float(outcome.threshold or 0)
    strict = outcome.comparison in ("<", ">")
    return code, visit.low, visit.high, outcome.measure, outcome.reading == "improvement", sign, bound, strict

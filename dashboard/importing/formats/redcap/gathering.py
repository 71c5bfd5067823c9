"""From the rows of an export to our tables: one patient a record, its operations, and what belongs to which of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from dashboard.definitions.canonical import TABLES
from dashboard.importing.dates import day_of
from dashboard.importing.formats.attach import Operation, operation_of, operations_of_visit
from dashboard.importing.formats.redcap.answers import Reader
from dashboard.importing.formats.redcap.entries import Export, ExportEntry, Wanted, left_out
from dashboard.importing.formats.redcap.planning import Plan
from dashboard.importing.formats.sheets import UNREAD, Place, Row, Sheet, Written
from dashboard.importing.result import Issue

CORRECT = {
    "patients": "Correct one of them, or name the one event that holds it in the mapping.",
    "operations": "Correct one of them. If these are two operations, give each its own: columns = { operation_id = "
    '"…" } in the mapping.',
}
"""What to do where two rows contradict each other on what is the same."""


@dataclass
class Draft:
    """A patient or an operation as far as it is known; wrong: why it is left out."""

    table: str
    place: Place
    record: str
    cells: dict[str, str] = field(default_factory=dict)
    wrong: Issue | None = None


@dataclass(frozen=True)
class Part:
    """A row of another table, or further columns of an operation, before it is known to which it belongs."""

    table: str
    place: Place
    record: str
    cells: Mapping[str, str]
    operation: str


@dataclass
class Gathered:
    """All that the exports hold. written: what is handed over; general: issues of no table; rows: those that count."""

    date_format: str | None
    written: Written = field(default_factory=Written)
    patients: dict[str, Draft] = field(default_factory=dict)
    operations: dict[str, Draft] = field(default_factory=dict)
    of_record: dict[str, list[str]] = field(default_factory=dict)
    on_line: dict[Place, str] = field(default_factory=dict)
    unclear: set[str] = field(default_factory=set)
    further: list[Part] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    general: list[Issue] = field(default_factory=list)
    filled: set[tuple[int, str]] = field(default_factory=set)
    events: set[str] = field(default_factory=set)
    rows: int = 0


def gather(exports: Sequence[Export], plans: Sequence[Plan], reader: Reader, date_format: str | None) -> Gathered:
    """Read all exports through, once to find what stands twice and once for their rows."""
    gathered = Gathered(date_format)
    wanted: Wanted = frozenset().union(*(plan.columns | plan.witnesses for plan in plans))
    for export in exports:
        for entry in _single(export, wanted, gathered.general):
            gathered.rows += 1
            gathered.events.add(entry.event)
            gathered.patients.setdefault(entry.record, Draft("patients", entry.place, entry.record))
            for order, plan in enumerate(plans):
                if plan.columns.isdisjoint(entry.cells):
                    continue
                for row in reader.rows(plan, entry):
                    _take(gathered, order, plan, entry, row)
    _add_further(gathered)
    return gathered


def _single(export: Export, wanted: Wanted, issues: list[Issue]) -> Iterator[ExportEntry]:
    """The rows whose record, event and repeat stand once; the same again plays no part, two that differ neither."""
    seen: dict[tuple[str, str, str, str], tuple[Place, int]] = {}
    again: set[Place] = set()
    for entry in export.entries(wanted):
        if isinstance(entry, Issue):
            issues.append(entry)
        elif not entry.record:
            what = "the record has no name: the row says whose it is nowhere. Export again."
            issues.append(left_out("record_missing", entry.place, what))
        else:
            told = hash(frozenset(entry.cells.items()))
            first, before = seen.setdefault(entry.key, (entry.place, told))
            if first != entry.place:
                again.add(entry.place)
                issues.append(_twice(first, entry.place, same=told == before))
                again |= set() if told == before else {first}
    for entry in export.entries(wanted):
        if isinstance(entry, ExportEntry) and entry.record and entry.place not in again:
            yield entry


def _twice(first: Place, place: Place, *, same: bool) -> Issue:
    if same:
        what = f"{place}: says the same as row {first.number}, and is not counted again."
        return Issue("note", "duplicate_row", place.file, what, place.number)
    what = (
        f"the record, event and repeat of row {first.number} again, with other answers. Neither row is taken. Export "
        "again, and do not put exports together by hand."
    )
    return left_out("duplicate_conflict", place, what)


def _take(gathered: Gathered, order: int, plan: Plan, entry: ExportEntry, row: dict[str, str] | Issue) -> None:
    """Put one row where it belongs, or the issue that stands for it."""
    if isinstance(row, dict):
        gathered.filled |= {(order, ours) for ours in row}
    elif row.severity == "cell":
        gathered.general.append(row)
        return
    if plan.table == "patients":
        _merge(gathered.patients[entry.record], entry.place, row)
    elif plan.table == "operations" and any(one.ours == TABLES["operations"].day for one in plan.given):
        _take_operation(gathered, entry, row)
    elif isinstance(row, Issue):
        gathered.written.leave_out(plan.table, entry.place, row)
    else:
        parts = gathered.further if plan.table == "operations" else gathered.parts
        parts.append(Part(plan.table, entry.place, entry.record, row, _operation(entry, row)))


def _operation(entry: ExportEntry, row: Mapping[str, str] | Issue) -> str:
    """What an operation on this row is called, where no field names it: the record, and its repeat if it has one."""
    name = f"{entry.record}-{entry.instance}" if entry.instance else entry.record
    return name if isinstance(row, Issue) else row.get("operation_id", name)


def _take_operation(gathered: Gathered, entry: ExportEntry, row: dict[str, str] | Issue) -> None:
    place, name = entry.place, _operation(entry, row)
    draft = gathered.operations.get(name)
    if draft is None:
        draft = gathered.operations[name] = Draft("operations", place, entry.record, {"operation_id": name})
        gathered.of_record.setdefault(entry.record, []).append(name)
    elif draft.record != entry.record:
        gathered.unclear.add(entry.record)
        what = "its operation has the identifier of another record's. Give each operation its own."
        gathered.written.leave_out("operations", place, left_out("operation_twice", place, what))
        return
    gathered.on_line[place] = name
    _merge(draft, place, row)


def _merge(draft: Draft, place: Place, row: Mapping[str, str] | Issue) -> None:
    """Add what another row says of the same patient or operation; two that contradict each other are left out."""
    if isinstance(row, Issue):
        draft.wrong = draft.wrong or row
        return
    for ours, cell in row.items():
        if draft.cells.get(ours, UNREAD) == UNREAD or cell == UNREAD:
            draft.cells[ours] = draft.cells.get(ours, cell) if cell == UNREAD else cell
        elif draft.cells[ours] != cell and draft.wrong is None:
            first, noun = f"row {draft.place.number} of {draft.place.file}", TABLES[draft.table].kept
            what = f"differs from {first}, which is the same {noun}. {CORRECT[draft.table]}"
            draft.wrong = left_out(f"{noun}_contradicted", place, what, ours)


def _add_further(gathered: Gathered) -> None:
    """Columns of an operation that stand on other rows: of the same repeat, else of the record's only operation."""
    for part in gathered.further:
        own = gathered.of_record.get(part.record, [])
        name = part.operation if part.operation in own else own[0] if len(own) == 1 else None
        if name is None:
            rule, what = _of_no_operation(len(own))
            gathered.written.leave_out("operations", part.place, left_out(rule, part.place, what))
        else:
            cells = {ours: cell for ours, cell in part.cells.items() if ours != "operation_id"}
            _merge(gathered.operations[name], part.place, cells)


def _of_no_operation(known: int) -> tuple[str, str]:
    if not known:
        return "operation_missing", "says something of an operation, but the record has none."
    what = (
        f"does not say which of the record's {known} operations it is about. Ask it where the operation is, or name "
        "the operation in a field: operation_id."
    )
    return "operation_unclear", what


def tables_of(gathered: Gathered) -> list[Sheet]:
    """The tables, in their order. A line that gives several rows of a table stands once in each of as many sheets."""
    written = gathered.written
    for draft in (*gathered.patients.values(), *gathered.operations.values()):
        if draft.wrong is not None:
            written.leave_out(draft.table, draft.place, draft.wrong)
        else:
            written.put(draft.table, draft.place, {"patient_id": draft.record, **draft.cells})
    for part in gathered.parts:
        found = _operations_of(gathered, part)
        if isinstance(found, Issue):
            written.leave_out(part.table, part.place, found)
            continue
        for name in found:
            written.put(part.table, part.place, {**part.cells, "operation_id": name})
    return [layer for sheet in written.reading({}, []).sheets for layer in _layers(sheet)]


def _layers(sheet: Sheet) -> Iterator[Sheet]:
    """The sheet as several, none of which names a line twice."""
    layers: defaultdict[int, list[Row | Issue]] = defaultdict(list)
    times: Counter[int] = Counter()
    for row in sheet.rows:
        if isinstance(row, Issue):
            layers[0].append(row)
        else:
            layers[times[row[0]]].append(row)
            times[row[0]] += 1
    return (replace(sheet, rows=iter(rows)) for rows in layers.values())


def _operations_of(gathered: Gathered, part: Part) -> list[str] | Issue:
    """The operation that a row names; else that of its own row, the record's only one, or the last one before it."""
    own = gathered.of_record.get(part.record, [])
    if named := part.cells.get("operation_id"):
        found = [name for name in own if name in (named, f"{part.record}-{named}")]
        return found if len(found) == 1 else _astray(part, "names no operation of its record.", "operation_id")
    if part.place in gathered.on_line:
        return [gathered.on_line[part.place]]
    if not own:
        return _astray(part, "belongs to a record without an operation.")
    if len(own) == 1 and part.record not in gathered.unclear:
        return own
    day = day_of(part.cells.get(TABLES[part.table].day, ""), date.max, gathered.date_format)
    dated = _dated(gathered, own)
    if day is None or len(dated) < len(own) or part.record in gathered.unclear:
        return _astray(part, f"cannot be told to belong to one of its record's {len(own)} operations: a date "
                       "is missing or cannot be read. Name the operation in a field: operation_id.")  # fmt: skip
    last = operation_of(day, dated)
    found = operations_of_visit(day, dated) if part.table == "follow_ups" else [last] if last else []
    return found or _astray(part, "is dated before every operation of its record.")


def _astray(part: Part, what: str, column: str | None = None) -> Issue:
    return left_out("operation_unclear", part.place, f"this row of {part.table} {what}", column)


def _dated(gathered: Gathered, names: Sequence[str]) -> list[Operation]:
    """The operations whose day is known, in order; those that are left out are not among them."""
    found = []
    for name in names:
        draft = gathered.operations[name]
        day = day_of(draft.cells.get(TABLES["operations"].day, ""), date.max, gathered.date_format)
        if day is not None and draft.wrong is None:
            found.append((day, name))
    return sorted(found)

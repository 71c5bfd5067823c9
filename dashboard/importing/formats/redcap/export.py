"""A CSV export of records, raw or with labels: its column names as a raw export has them, and its rows as entries."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.importing.formats.redcap.entries import (
    Export,
    ExportEntry,
    UnknownLabel,
    Wanted,
    event_name,
    left_out,
    slug,
)
from dashboard.importing.formats.redcap.project import (
    ALLOWED,
    EVENT,
    INSTANCE,
    INSTRUMENT,
    OF_THE_SYSTEM,
    TICK,
    Field,
    Project,
    plain,
)
from dashboard.importing.formats.redcap.settings import ProjectSettings
from dashboard.importing.formats.sheets import Place
from dashboard.importing.formats.text_files import TextFile, check_names, look, rows, stop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import Issue

SYSTEM_LABELS = {
    "Event Name": EVENT,
    "Repeat Instrument": INSTRUMENT,
    "Repeat Instance": INSTANCE,
    "Data Access Group": "redcap_data_access_group",
    "Survey Identifier": "redcap_survey_identifier",
}
OF_NO_FIELD = ("Complete?", "Survey Timestamp")
CHOICE = " (choice="
TICKED = {"Checked": "1", "Unchecked": "0"}
ENOUGH_ROWS = 2_000
NAME = re.compile(r"[a-z][a-z0-9_]*")
LABELLED = "looks like a REDCap export with labels. Export 'raw data' instead, or give the data dictionary beside it."


@dataclass(frozen=True)
class Layout:
    """How a file is written: the raw name of each of its columns (empty: not read), the column of the record.

    labelled: whether its cells are labels.
    """

    columns: Sequence[str]
    record: str
    labelled: bool = False


def is_raw(header: Sequence[str]) -> bool:
    """Whether these are column names that REDCap alone writes."""
    if any(name in header for name in OF_THE_SYSTEM):
        return True
    own = any(TICK in name or name.endswith("_complete") for name in header[1:])
    return bool(header) and header[0].lower() == "record_id" and own


def is_labelled(header: Sequence[str]) -> bool:
    """Whether these are the labels that REDCap writes in the place of column names."""
    marks = ("Record ID", "Event Name", "Repeat Instrument", "Complete?", "Survey Identifier")
    return bool(header) and (header[0] == marks[0] or any(CHOICE in n for n in header) or len({*marks} & {*header}) > 1)


def export_of(path: Path, project: Project, settings: ProjectSettings, mapping: SiteMapping) -> Export:
    """The export in this file. Raises ImportRefused when it is none, or cannot be understood without a dictionary."""
    file = look(path, mapping.delimiter, mapping.encoding, ALLOWED)
    record = settings.record or project.record or file.header[0]
    if not project.fields:
        _check_enough_is_said(path, file.header, record, settings)
    columns, same = file.header, dict[str, str]()
    if record in file.header:
        check_names(path.name, file.header)
        _check_same_project(path, file.header, project)
    else:
        columns, same = _named(path, file.header, project, record)
    labelled = _cells_are_labels(file, columns, project, default=columns is not file.header)
    layout = Layout(columns, record, labelled)
    return Export(path, frozenset(columns) - {""}, lambda wanted: _entries(file, layout, project, wanted), same)


def _check_enough_is_said(path: Path, header: Sequence[str], record: str, settings: ProjectSettings) -> None:
    """Refuse an export without a dictionary unless its columns are named as they are and the mapping says the rest."""
    if is_labelled(header) and (settings.record is None or record not in header):
        raise stop(path, LABELLED)
    if not settings.rows:
        raise stop(
            path,
            "is a REDCap export, but its data dictionary is missing. Download the dictionary (CSV) and give it beside "
            "the data.",
        )
    if record not in header:
        raise stop(path, f'has no column "{record}", which the mapping names as the record.')


def _check_same_project(path: Path, header: Sequence[str], project: Project) -> None:
    """Refuse a dictionary that knows fewer than half of the columns."""
    own = [name for name in header if name and name not in project.of_the_system]
    known = [name for name in own if project.owner(name)]
    if project.fields and len(known) * 2 < len(own):
        raise _other_project(path, project, f"only {len(known)} of its {len(own)} columns are fields of it")


def _other_project(path: Path, project: Project, why: str) -> Exception:
    return stop(path, f"does not fit {project.source}: {why}. Is that the data dictionary of another project?")


def _named(path: Path, header: Sequence[str], project: Project, record: str) -> tuple[list[str], dict[str, str]]:
    """The raw names of columns that bear labels, and those that share a label with another column."""
    by_label: dict[str, list[str]] = {}
    for one in project.fields.values():
        for column in one.columns:
            by_label.setdefault(_label(one, column), []).append(column)
    plain_header = [plain(name) for name in header]
    found = [SYSTEM_LABELS.get(name) or next(iter(by_label.get(name, [])), "") for name in plain_header]
    if record not in found:
        raise _other_project(path, project, f'it has neither the column "{record}" nor one with its label')
    own = [name for name in plain_header if name and name not in SYSTEM_LABELS and name not in OF_NO_FIELD]
    if sum(name in by_label for name in own) * 2 < len(own):
        raise _other_project(path, project, "few of its columns bear the label of a field")
    same: dict[str, str] = {}
    for name in set(plain_header) & set(by_label):
        if len(by_label[name]) > 1 or plain_header.count(name) > 1:
            same |= dict.fromkeys(by_label[name], name)
    if record in same:
        raise stop(path, f'has several columns that may be the record: "{same[record]}". Export raw data instead.')
    return ["" if column in same else column for column in found], same


def _label(one: Field, column: str) -> str:
    return plain(f"{one.label}{CHOICE}{one.choices[one.boxes[column]]})" if one.kind == "checkbox" else one.label)


def _cells_are_labels(file: TextFile, columns: Sequence[str], project: Project, *, default: bool) -> bool:
    """Told from the cells that can only be a code, or only a label, of the first rows that have any."""
    choosing = [
        (place, one)
        for place, column in enumerate(columns)
        if (one := project.columns.get(column)) and one.choices and not one.identifier
    ]
    codes = labels = False
    for number, row in enumerate(rows(file) if choosing else ()):
        if isinstance(row, Issue):
            continue
        for place, one in choosing:
            cell = (row[1][place] or "").strip()
            is_code, is_label = _may_be(one, cell)
            codes, labels = codes or (is_code and not is_label), labels or (is_label and not is_code)
        if (codes and labels) or ((codes or labels) and number > ENOUGH_ROWS):
            break
    return labels if codes != labels else default


def _may_be(one: Field, cell: str) -> tuple[bool, bool]:
    if one.kind == "checkbox":
        return cell in TICKED.values(), cell in TICKED or cell in one.choices.values()
    return cell in one.choices, cell in one.choices.values()


def _entries(file: TextFile, layout: Layout, project: Project, wanted: Wanted) -> Iterator[ExportEntry | Issue]:
    at = {column: number for number, column in enumerate(layout.columns) if column}
    asked = [(number, column) for column, number in at.items() if column in wanted]
    heads = [(name, at[name]) for name in (layout.record, EVENT, INSTRUMENT, INSTANCE) if name in at]
    for row in rows(file):
        if isinstance(row, Issue):
            yield row
            continue
        place, texts = Place(file.path, row[0], "row"), row[1]
        head = {name: (texts[number] or "").strip() for name, number in heads}
        if layout.labelled or (layout.columns is not file.header):
            head = _unlabelled(head)
        if problem := _problem(head, layout.record, project.forms):
            yield left_out(problem[0], place, problem[1], problem[2])
            continue
        cells = {}
        for number, column in asked:
            if cell := (texts[number] or "").strip():
                one = project.columns.get(column) if layout.labelled else None
                cells[column] = _code(one, column, cell) if one and one.choices else cell
        event, instrument, instance = (head.get(name, "") for name in (EVENT, INSTRUMENT, INSTANCE))
        yield ExportEntry(place, head[layout.record], event, instrument, instance, cells)


def _unlabelled(head: Mapping[str, str]) -> dict[str, str]:
    turned = dict(head)
    if head.get(EVENT) and not NAME.fullmatch(head[EVENT]):
        turned[EVENT] = event_name(head[EVENT])
    if head.get(INSTRUMENT):
        turned[INSTRUMENT] = slug(head[INSTRUMENT])
    return turned


def _problem(head: Mapping[str, str], record: str, forms: Sequence[str]) -> tuple[str, str, str] | None:
    """The rule, the words and the column, when a row does not say where it belongs."""
    instrument, instance = head.get(INSTRUMENT, ""), head.get(INSTANCE, "")
    if not head[record]:
        return "record_missing", "empty, but needed: the row says whose it is nowhere. Export again.", record
    if head.get(EVENT) == "":
        return "event_missing", "empty, but needed in a project with events. Export again.", EVENT
    if instrument and forms and instrument not in forms:
        return "unknown_instrument", f'"{instrument[:60]}" is no instrument of the dictionary.', INSTRUMENT
    if (instance or instrument) and not (instance.isascii() and instance.isdigit() and len(instance) < 7):
        return "instance_unreadable", "is not the number of a repeat. Export again.", INSTANCE
    return None


def _code(one: Field, column: str, cell: str) -> str:
    """The code of a choice, from its label."""
    if one.kind == "checkbox":
        return TICKED.get(cell) or ("1" if cell == one.choices[one.boxes[column]] else UnknownLabel(cell))
    codes = [code for code, label in one.choices.items() if label == cell]
    return codes[0] if len(codes) == 1 else UnknownLabel(cell)

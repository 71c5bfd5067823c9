"""REDCap: an export of records (CSV, raw or with labels) with its data dictionary, or a project XML.

A field that the dictionary marks as an identifier is never read: its cells go into no row, no message and no file.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboard.importing.formats.redcap.answers import Reader
from dashboard.importing.formats.redcap.dictionary import read_dictionary
from dashboard.importing.formats.redcap.entries import Export
from dashboard.importing.formats.redcap.export import export_of, is_labelled, is_raw
from dashboard.importing.formats.redcap.files import Files, files_in
from dashboard.importing.formats.redcap.gathering import Gathered, gather, tables_of
from dashboard.importing.formats.redcap.odm import export_in, is_project_xml, project_in
from dashboard.importing.formats.redcap.planning import Plan, check_record, plans_of
from dashboard.importing.formats.redcap.project import ALLOWED, TICK, Project
from dashboard.importing.formats.redcap.settings import ProjectSettings, settings_of
from dashboard.importing.formats.sheets import Reading
from dashboard.importing.formats.text_files import peeked, stop
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import Issue, wrong_mapping

MOST_NAMED = 40
"""Columns that a note names; of more it says how many."""


def recognise(paths: Sequence[Path]) -> str:
    """A sentence that says by what these are of REDCap; empty when they are not."""
    files = files_in(paths)
    if files.dictionaries:
        fields = _fields(files.dictionaries[0])
        theirs = [path for path in files.exports if fields & {name.split(TICK)[0] for name in peeked(path, ALLOWED)}]
        beside = f" and {theirs[0].name} has its fields" if theirs else ""
        return f"{files.dictionaries[0].name} is a REDCap data dictionary{beside}."
    if files.xml and is_project_xml(files.xml[0]):
        return f"{files.xml[0].name} is a REDCap project XML."
    for path in files.exports:
        header = peeked(path, ALLOWED)
        if is_raw(header) or is_labelled(header):
            return f"{path.name} has the column {'names' if is_raw(header) else 'labels'} of a REDCap export."
    return ""


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The tables in these files. Raises ImportRefused when they cannot be read, or what they mean is not said."""
    settings = settings_of(mapping)
    files = files_in(paths)
    project = _project(files, mapping)
    if project.fields:
        check_record(settings, project)
    exports = _exports(files, project, settings, mapping)
    plans = plans_of(settings, project, exports)
    _check_record_column(exports, settings)
    missing = frozenset((*settings.missing, *project.missing))
    gathered = gather(exports, plans, Reader(missing, mapping.date_format is not None), mapping.date_format)
    if not gathered.rows and not gathered.general:
        raise stop(exports[0].path, "holds no record. Export the records again, all of them.")
    _check_events(gathered, plans)
    notes = [*_notes(files, project, exports, plans, settings), *_never_answered(exports[0], gathered, plans)]
    return Reading(tables_of(gathered), [*gathered.general, *notes])


def _fields(path: Path) -> set[str]:
    """Names of the fields in a dictionary, as far as its first column tells."""
    try:
        project = read_dictionary(path, None)
    except Exception:  # noqa: BLE001 (to look is not to judge)
        return set()
    return set(project.fields)


def _project(files: Files, mapping: SiteMapping) -> Project:
    if len(files.dictionaries) > 1:
        named = ", ".join(path.name for path in files.dictionaries)
        raise stop(files.dictionaries[1], f"is a second data dictionary ({named}). Give the one of this export.")
    if files.dictionaries:
        return read_dictionary(files.dictionaries[0], mapping.encoding)
    if len(files.xml) > 1:
        raise stop(files.xml[1], "is a second project XML. Give one.")
    return project_in(files.xml[0]) if files.xml else Project()


def _exports(files: Files, project: Project, settings: ProjectSettings, mapping: SiteMapping) -> list[Export]:
    if files.exports:
        return [export_of(path, project, settings, mapping) for path in files.exports]
    if files.xml:
        return [export_in(files.xml[0], project, settings)]
    alone = files.dictionaries[0] if files.dictionaries else Path("REDCap")
    raise stop(alone, "stands alone: the export of the records is missing. Give it beside the dictionary.")


def _check_record_column(exports: Sequence[Export], settings: ProjectSettings) -> None:
    if settings.record and any(settings.record not in export.columns for export in exports):
        raise wrong_mapping(f'redcap.record: the export has no column "{settings.record}".')


def _check_events(gathered: Gathered, plans: Sequence[Plan]) -> None:
    """Refuse an entry none of whose events is there: a name that is misspelt would lose its rows in silence."""
    for plan in plans:
        if plan.events and not plan.events & gathered.events and gathered.rows:
            there = ", ".join(sorted(gathered.events - {""})) or "none"
            raise wrong_mapping(f"{plan.rows.name}: the export has no row of its event. Its events are {there}.")


def _notes(
    files: Files, project: Project, exports: Sequence[Export], plans: Sequence[Plan], settings: ProjectSettings
) -> list[Issue]:
    """What was left alone: identifiers, columns that nothing asks for, files beside."""
    notes = []
    if project.identifiers:
        listed = ", ".join(sorted(project.identifiers))
        what = f"{project.source} marks as identifiers, which were not read: {listed}."
        notes.append(Issue("note", "identifiers_not_read", project.source, what))
    used = {column for plan in plans for column in plan.columns} | {settings.record or "", project.record}
    for export in exports:
        name = export.path.name
        unused = sorted({_field_of(column, project) for column in export.columns - used} - _named(used, project))
        if unused:
            more = f" and {len(unused) - MOST_NAMED} more" if len(unused) > MOST_NAMED else ""
            what = f"{name}: not used, because nothing asks for them: {', '.join(unused[:MOST_NAMED])}{more}."
            notes.append(Issue("note", "column_not_used", name, what, 1))
    if files.exports and files.xml:
        what = f"{files.xml[0].name}: its records were not read; those of {exports[0].path.name} were."
        notes.append(Issue("note", "file_not_read", files.xml[0].name, what))
    return notes


def _field_of(column: str, project: Project) -> str:
    one = project.owner(column)
    return one.name if one else column.split(TICK)[0]


def _named(used: set[str], project: Project) -> set[str]:
    """What a note of unused columns does not name: what is used, the system's own columns, and identifiers."""
    return {_field_of(column, project) for column in used} | project.of_the_system | project.identifiers


def _never_answered(export: Export, gathered: Gathered, plans: Sequence[Plan]) -> list[Issue]:
    """A field without any answer where it is looked for: it may stand in another event or instrument."""
    notes = []
    for order, plan in enumerate(plans):
        empty = [one.column for one in plan.given if (order, one.ours) not in gathered.filled]
        if empty and plan.table != "patients":
            what = (
                f"{plan.table}: no answer was found in {', '.join(empty)}. Is it asked in another event or instrument?"
            )
            notes.append(Issue("note", "never_answered", export.path.name, what))
    return notes

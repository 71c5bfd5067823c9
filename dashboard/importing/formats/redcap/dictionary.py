"""A REDCap data dictionary (CSV), as a project's designer downloads it or as the interface hands it over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dashboard.importing.formats.redcap.project import (
    ALLOWED,
    Field,
    Project,
    UnusableProject,
    choices_of,
    is_marked,
    kind_of,
    plain,
    project_of,
)
from dashboard.importing.formats.text_files import look, rows, stop
from dashboard.importing.result import Issue

COLUMNS = {
    "name": ("Variable / Field Name", "field_name"),
    "form": ("Form Name", "form_name"),
    "kind": ("Field Type", "field_type"),
    "label": ("Field Label", "field_label"),
    "choices": ("Choices, Calculations, OR Slider Labels", "select_choices_or_calculations"),
    "validation": ("Text Validation Type OR Show Slider Number", "text_validation_type_or_show_slider_number"),
    "identifier": ("Identifier?", "identifier"),
}
"""Of each thing that is read, the column's name in the one form and in the other."""


def is_dictionary(header: Sequence[str]) -> bool:
    """Whether a file with these columns is a data dictionary."""
    names = {name.lower() for name in header}
    return any({COLUMNS[part][form].lower() for part in ("name", "form", "kind")} <= names for form in (0, 1))


def read_dictionary(path: Path, encoding: str | None) -> Project:
    """The project that a dictionary describes. Raises ImportRefused when it cannot be read whole."""
    file = look(path, None, encoding, ALLOWED)
    names = [name.lower() for name in file.header]
    both = [(part, name.lower()) for part, forms in COLUMNS.items() for name in forms]
    places = {part: names.index(name) for part, name in both if name in names}
    for part in ("choices", "validation", "identifier"):
        if part not in places:
            raise stop(path, f'has no column "{COLUMNS[part][0]}": it is no whole data dictionary. Download it again.')
    try:
        return project_of(path.name, _fields(path, rows(file), places))
    except UnusableProject as problem:
        raise stop(path, f"{problem} Download it again from REDCap.") from None


def _fields(
    path: Path, found: Iterator[tuple[int, Sequence[str | None]] | Issue], places: Mapping[str, int]
) -> Iterator[Field]:
    for row in found:
        if isinstance(row, Issue):
            raise stop(
                path, f"cannot be read on line {row.line}: every line of a dictionary counts. Download it again."
            )
        cells = {part: (row[1][place] or "").strip() for part, place in places.items()}
        if not cells["name"]:
            raise stop(path, f"has a field without a name on line {row[0]}. Download it again.")
        kind = kind_of(cells["kind"])
        yield Field(
            cells["name"].lower(),
            cells["form"],
            kind,
            plain(cells.get("label", "")),
            choices_of(kind, cells["choices"], cells["name"]),
            cells["validation"].lower(),
            is_marked(cells["identifier"]),
        )

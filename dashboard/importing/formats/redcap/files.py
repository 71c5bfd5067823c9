"""Which of the files given is a data dictionary, which an export of records, and which a project XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.definitions.canonical import TABLES
from dashboard.importing.formats.redcap.dictionary import is_dictionary
from dashboard.importing.formats.redcap.odm import is_project_xml
from dashboard.importing.formats.redcap.project import ALLOWED
from dashboard.importing.formats.text_files import peeked

CSV = (".csv", ".csv.gz", ".tsv", ".txt")
XML = (".xml", ".xml.gz")
MOST_IN_A_FOLDER = 200


@dataclass(frozen=True)
class Files:
    """What there is of each; of a folder, files of no such kind are passed over."""

    dictionaries: Sequence[Path]
    exports: Sequence[Path]
    xml: Sequence[Path]


def files_in(paths: Sequence[Path]) -> Files:
    """The files given, and those that lie in the folders given, by what they are."""
    kinds = [(kind, path) for path in paths for kind, path in _kinds(path)]
    return Files(*([path for kind, path in kinds if kind == wanted] for wanted in ("dictionary", "export", "xml")))


def _kinds(path: Path) -> Iterator[tuple[str, Path]]:
    if not path.is_dir():
        yield _kind(path) or "export", path
        return
    for one in sorted(path.iterdir())[:MOST_IN_A_FOLDER]:
        if one.is_file() and (kind := _kind(one)) and (kind != "xml" or is_project_xml(one)):
            yield kind, one


def _kind(path: Path) -> str:
    name = path.name.lower()
    if name.endswith(XML):
        return "xml"
    if not name.endswith(CSV):
        return "xml" if is_project_xml(path) else ""
    if is_dictionary(peeked(path, ALLOWED)):
        return "dictionary"
    return "" if name.split(".")[0] in TABLES else "export"

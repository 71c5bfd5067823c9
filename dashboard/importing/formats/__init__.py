"""The formats that are read: one list of names, light enough for every command; a reader is loaded when it is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol, cast

if TYPE_CHECKING:
    from dashboard.importing.formats.sheets import Reading
    from dashboard.importing.mapping import SiteMapping

AUTO, TABLES_FORMAT = "auto", "tables"
"""To be recognised by what the files are; our own tables, or a flat file with a mapping."""


class Format(NamedTuple):
    """label: what a person calls it; files: which files those are, in words."""

    label: str
    files: str


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "excel": Format("Excel workbook", "Excel workbooks (.xlsx)"),
        "fhir": Format("FHIR R4", "FHIR R4 exports (.ndjson, .json, also .gz)"),
        "omop": Format("OMOP CDM 5.4", "OMOP tables (a folder of CSV, or .duckdb)"),
        "redcap": Format("REDCap", "REDCap exports with their data dictionary (.csv, .xml)"),
    }
)
"""Those beside our own tables, in the order in which they are tried; the reader is the module of that name here."""

FORMAT_NAMES = (AUTO, TABLES_FORMAT, *FORMATS)
"""What a person may say."""


class FormatReader(Protocol):
    """What reads one format."""

    def recognise(self, paths: Sequence[Path], /) -> str:
        """A sentence that says by what these files are of the format; empty when they are not."""

    def read(self, paths: Sequence[Path], mapping: SiteMapping, today: date, /) -> Reading:
        """The canonical tables, or a site's own, in these files. Raises ImportRefused when they cannot be read."""


def reader(name: str) -> FormatReader:
    """What reads the format of this name."""
    return cast("FormatReader", import_module(f"{__name__}.{name}"))

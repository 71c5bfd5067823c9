"""The formats that are read beside our own tables: how each is recognised, and what reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, Protocol

from dashboard.importing import excel, fhir, omop, redcap
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.sheets import Reading

TABLES_FORMAT = "tables"


class Recognise(Protocol):
    """A sentence that says by what these files are of the format; empty when they are not."""

    def __call__(self, paths: Sequence[Path]) -> str: ...


class Read(Protocol):
    """The canonical tables, or a site's own, in these files. Raises ImportRefused when they cannot be read."""

    def __call__(self, paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading: ...


class Format(NamedTuple):
    """label: what a person calls it; files: which files those are, in words."""

    label: str
    files: str
    recognise: Recognise
    read: Read


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "excel": Format("Excel workbook", "Excel workbooks (.xlsx)", excel.recognise, excel.read),
        "fhir": Format("FHIR R4", "FHIR R4 exports (.ndjson, .json, also .gz)", fhir.recognise, fhir.read),
        "omop": Format("OMOP CDM 5.4", "OMOP tables (a folder of CSV, or .duckdb)", omop.recognise, omop.read),
        "redcap": Format(
            "REDCap", "REDCap exports with their data dictionary (.csv, .xml)", redcap.recognise, redcap.read
        ),
    }
)
"""In the order in which they are tried."""

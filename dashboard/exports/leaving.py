"""How a table or a picture leaves: in which forms, for whom, by which rules; on record before its bytes are given."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from dashboard.errors import NotAllowed
from dashboard.exports.as_csv import csv_of
from dashboard.exports.as_workbook import workbook_of
from dashboard.exports.heading import heading
from dashboard.exports.offers import PATIENTS, Offer, PictureOffer, TableOffer
from dashboard.records import Records

OF_TABLES: Mapping[str, str] = MappingProxyType({"xlsx": "Excel", "csv": "CSV"})
OF_PICTURES: Mapping[str, str] = MappingProxyType({})
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv",
        "png": "image/png", "svg": "image/svg+xml", "zip": "application/zip",
    }
)  # fmt: skip
"""By the ending of a file, what a browser is told that it is."""
BYTE_ORDER = "\ufeff"
"""By which a spreadsheet knows that a CSV file is UTF-8."""


def forms_of(offer: Offer) -> Mapping[str, str]:
    """The endings in which it can be taken, with what each is called."""
    return OF_TABLES if isinstance(offer, TableOffer) else OF_PICTURES


def made(records: Records, offer: Offer, form: str) -> bytes:
    """The file. Raises NotAllowed where this viewer may not take it."""
    single = offer.holds == PATIENTS
    records.leaves(offer.name, _rows(offer), single=single, form=form)
    told = heading(records, offer.name, "exact counts, for use in the practice")
    if isinstance(offer, PictureOffer):
        raise NotAllowed("Pictures leave with the report.")
    if form == "csv":
        table = offer.shown if offer.rows is None else offer.rows
        return f"{BYTE_ORDER}{csv_of(told, table)}".encode()
    return workbook_of(told, offer.shown, offer.rows)


def _rows(offer: Offer) -> int:
    return len(offer.shown) if isinstance(offer, TableOffer) else 1

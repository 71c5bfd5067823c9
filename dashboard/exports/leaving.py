"""How a table or a picture leaves: in which forms, for whom, by which rules; on record before its bytes are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import pandas as pd

from dashboard import typesetting
from dashboard.disclosure import MODES, Sharing
from dashboard.errors import NotAllowed
from dashboard.exports.as_csv import csv_of
from dashboard.exports.as_picture import picture_of
from dashboard.exports.as_workbook import workbook_of, workbook_of_all
from dashboard.exports.bundle import bundle_of
from dashboard.exports.heading import heading
from dashboard.exports.offers import PATIENTS, WORDS, EveryTable, Offer, PictureOffer, TableOffer
from dashboard.exports.sharing import as_shared, can_be_shared, name_of
from dashboard.protecting import modes
from dashboard.records import Records

OF_TABLES: Mapping[str, str] = MappingProxyType({"xlsx": "Excel", "csv": "CSV"})
BUNDLE = "zip"
OF_EVERY_TABLE: Mapping[str, str] = MappingProxyType({"xlsx": "Excel, a sheet each"})
OF_PICTURES: Mapping[str, str] = MappingProxyType(
    {"png": "PNG", "svg": "SVG", BUNDLE: "With its counts, to reckon it again"}
)
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv",
        "png": "image/png", "svg": "image/svg+xml", "zip": "application/zip",
    }
)  # fmt: skip
"""By the ending of a file, what a browser is told that it is."""
NOTHING_TO_TAKE = "There is no table to take."
NOT_DRAWN = " What has a hidden count is not drawn."
BYTE_ORDER = "\ufeff"
"""By which a spreadsheet knows that a CSV file is UTF-8."""


def forms_of(offer: Offer) -> Mapping[str, str]:
    """The endings in which it can be taken, with what each is called."""
    if isinstance(offer, TableOffer):
        return OF_TABLES
    if isinstance(offer, EveryTable):
        return OF_EVERY_TABLE
    # Nothing of a single patient is in a bundle.
    return {form: words for form, words in OF_PICTURES.items() if form != BUNDLE or offer.holds != PATIENTS}


def why_not(offer: Offer, mode: Sharing) -> str:
    """Why it cannot be taken under these rules for sharing; empty where it can."""
    if mode.exact or offer.holds == WORDS:
        return ""
    if isinstance(offer, EveryTable):
        return min((why_not(table, mode) for table in offer.tables), key=len, default=NOTHING_TO_TAKE)
    if offer.holds == PATIENTS:
        return "Single operations are not shared, under no rules: take this list for use within the practice."
    if isinstance(offer, PictureOffer):
        lacks = offer.again is None or not can_be_shared(offer.again.rows)
        return "This picture has no form for sharing. Take a table, or the quality report." if lacks else ""
    return "" if can_be_shared(offer.rows) else (
        "For counts such as these no rules are known: take the table for use within the practice."
    )  # fmt: skip


def made(records: Records, offer: Offer, form: str, mode: Sharing = MODES["none"]) -> bytes:
    """The file. Raises NotAllowed where this viewer may not take it, or nobody may under these rules."""
    mode = modes(records.viewer)[mode.name]
    if why := why_not(offer, mode):
        raise NotAllowed(why)
    if form not in forms_of(offer):
        raise NotAllowed("A picture of a single patient leaves without a bundle.")
    if isinstance(offer, EveryTable):
        return _every_table(records, offer, mode)
    _leaves(records, offer, form, mode)
    told = heading(records, name_of(offer.name, mode), mode)
    if isinstance(offer, PictureOffer):
        if form == BUNDLE:
            return bundle_of(told, _as_told(records, offer), mode)
        alt, more = (offer.alt, "") if mode.exact else (told.title, NOT_DRAWN)
        drawn = picture_of(told, offer.drawn(mode), alt, more)
        return drawn.encode() if form == "svg" else typesetting.png(drawn)
    shown, shared = _of_table(offer, mode)
    if form == "csv":
        table = shared if shared is not None else shown
        return f"{BYTE_ORDER}{csv_of(told, pd.DataFrame() if table is None else table)}".encode()
    return workbook_of(told, shown, shared)


def _as_told(records: Records, offer: PictureOffer) -> PictureOffer:
    """Without what reckons it again where counts were moved: the scripts would draw narrower intervals."""
    return offer if records.viewer.sees_everything_exactly else replace(offer, made_from=None)


def _leaves(records: Records, offer: TableOffer | PictureOffer, form: str, mode: Sharing) -> None:
    rows = len(offer.shown) if isinstance(offer, TableOffer) else 1
    records.leaves(offer.name, rows, single=offer.holds == PATIENTS, form=form, share=mode.name)


def _of_table(offer: TableOffer, mode: Sharing) -> tuple[pd.DataFrame | None, pd.DataFrame | None]:
    """The table as it is shown, where that may leave, and the rows of the analysis, where there are more."""
    shown = offer.shown if mode.exact or offer.holds == WORDS else None
    return shown, None if offer.rows is None else as_shared(offer.rows, mode)


def _every_table(records: Records, offer: EveryTable, mode: Sharing) -> bytes:
    """Those that may leave under these rules, each on record as if it left alone."""
    tables = [table for table in offer.tables if not why_not(table, mode)]
    for table in tables:
        _leaves(records, table, "xlsx", mode)
    told = heading(records, offer.name, mode)
    return workbook_of_all(told, [(name_of(table.name, mode), *_of_table(table, mode)) for table in tables])

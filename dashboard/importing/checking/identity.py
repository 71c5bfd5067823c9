"""Who a patient is: one number, or a number together with the site that gave it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dashboard.definitions.canonical import PATIENT
from dashboard.engines.writer import Writer
from dashboard.importing.formats.sources import Delivery
from dashboard.importing.mapping import FLAT, SiteMapping

BETWEEN = ":"
PLAIN = "[A-Za-z0-9_./-]{1,30}"
UNSEEN = r"[\p{C}\p{Zl}\p{Zp}\x{00A0}]"
ASKED_OF = ("tables", "excel")
"""Formats whose patients have the numbers that people gave them; the others say themselves how far a number reaches."""


def together(parts: Sequence[str]) -> str:
    """The expression of several cells as one identifier, empty where one of them is.

    A part that is no plain word, such as a name with blanks, is known by its digest; one with an invisible sign stays
    as it is, so that the rule of unreadable identifiers finds it.
    """
    words = (
        # Null stays null, and makes the whole null: what is not recorded is no part of an identifier.
        f"case when regexp_full_match({part}, '{PLAIN}') or regexp_matches({part}, '{UNSEEN}') then {part}"
        f" else '_' || left(sha256({part}), 16) end"
        for part in parts
    )
    return "(" + f" || '{BETWEEN}' || ".join(words) + ")"


def numbers_of(writer: Writer, mapping: SiteMapping) -> dict[str, list[str]]:
    """By identifier that was put together of several cells, those that may have been the whole of it before."""
    if not any(len(table.identity) > 1 for table in mapping.tables.values()):
        return {}
    found = [str(held) for (held,) in writer.run("select distinct patient_id from staged_operations")]
    return {held: [part for part in held.split(BETWEEN) if re.fullmatch(PLAIN, part)] for held in found}


def prepare(writer: Writer, found: Delivery, mapping: SiteMapping) -> None:
    """The table ``who_is_who``, which the rule of numbers that hold at one site reads: one row, of what it must know.

    answered: whether nobody need be asked; asked_of: the table whose rows are looked at; section, patient_column,
    site_column: what an answer would be written with.
    """
    table = FLAT if found.is_flat else "operations"
    of_table = mapping.of(table)
    answered = bool(of_table.identity or mapping.of("patients").identity) or found.format not in ASKED_OF
    section = "[columns]" if table == FLAT else "[patients.columns] and [operations.columns]"
    names = [of_table.columns.get(column, column) for column in (PATIENT, "site")]
    writer.run(
        "create or replace temp table who_is_who"
        " (answered boolean, asked_of varchar, section varchar, patient_column varchar, site_column varchar)"
    )
    columns = ("answered", "asked_of", "section", "patient_column", "site_column")
    writer.put("who_is_who", columns, [(answered, f"staged_{table}", section, *names)])

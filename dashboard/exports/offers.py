"""What a page offers to be taken away: each table and each picture that it draws."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.disclosure import Sharing
from dashboard.exports.sharing import as_shared, name_of, with_counts

COUNTS, PATIENTS, WORDS = "counts", "patients", "words"
"""What a table or picture holds: counts of many; single operations or patients; definitions, which count nothing."""
LONGEST_NAME = 90


@dataclass(frozen=True)
class MadeFrom:
    """What a picture was drawn from, so that it can be drawn and reckoned again elsewhere; read when it is asked for.

    recipe: the part of the scripts that does it. frames: the counts, by ``group``, and what the app reckoned from them.
    asked: what else the scripts are told, such as the day.
    """

    recipe: str
    frames: Callable[[], tuple[pd.DataFrame, pd.DataFrame]]
    asked: Callable[[], Mapping[str, int]] = dict


@dataclass(frozen=True)
class TableOffer:
    """A table as it is shown; rows: the same from the analysis in full figures, where it has been given."""

    name: str
    shown: pd.DataFrame
    rows: pd.DataFrame | None = None
    holds: str = COUNTS


@dataclass(frozen=True)
class Again:
    """How a picture is drawn of other rows: of those that may be shared. rows: what it was drawn of."""

    rows: pd.DataFrame
    draw: Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class PictureOffer:
    """A picture in the light colours, with its words; again: how it is drawn for sharing, where it can be."""

    name: str
    figure: Any
    alt: str
    holds: str = COUNTS
    made_from: MadeFrom | None = None
    again: Again | None = None

    def drawn(self, mode: Sharing) -> Any:
        """The figure under these rules for sharing; None where there is none."""
        if mode.exact or self.again is None:
            return self.figure if mode.exact or self.holds == WORDS else None
        return self.again.draw(with_counts(as_shared(self.again.rows, mode)))


@dataclass(frozen=True)
class EveryTable:
    """All tables of a page, to be taken as one."""

    tables: tuple[TableOffer, ...]
    name: str = "Every table of this page"

    @property
    def holds(self) -> str:
        """Single operations as soon as one table does."""
        kinds = {table.holds for table in self.tables}
        return next(kind for kind in (PATIENTS, COUNTS, WORDS) if kind in {*kinds, WORDS})


Offer = TableOffer | PictureOffer | EveryTable


def short(words: str) -> str:
    """A name for a choice: the first sentence of a description, cut where it is long."""
    first = re.split(r"(?<=[a-z0-9)])[.] ", words.removeprefix("Table: "), maxsplit=1)[0].strip(" .")
    return first if len(first) <= LONGEST_NAME else f"{first[: LONGEST_NAME - 1].rstrip()}…"


def file_name(offer: Offer, form: str, mode: Sharing) -> str:
    """A name that no other file has: two viewers' files never take each other's place.

    By chance, and not by its content: whoever guesses what a shared file leaves out could hold that against its name.
    """
    words = re.sub(r"[^a-z0-9]+", "-", name_of(offer.name, mode).lower()).strip("-")[:50].strip("-") or "export"
    return f"{words}-{secrets.token_hex(6)}.{form}"

"""Export: every table and picture of the page that is open, as a file, from one place.

What a page draws is noted as it is drawn, by the furniture that draws it; so no page has to say it again, and no page
can forget it. The files are made when they are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import access
from dashboard.charts import style
from dashboard.disclosure import MODES, Sharing
from dashboard.exports.leaving import KINDS, forms_of, made, why_not
from dashboard.exports.offers import (
    COUNTS,
    PATIENTS,
    Again,
    EveryTable,
    MadeFrom,
    Offer,
    PictureOffer,
    TableOffer,
    file_name,
    short,
)
from dashboard.pages.said import said
from dashboard.protecting import modes
from dashboard.records import Records

EXPORT = "Export →"
AS_CSV = "Download as CSV"
TITLE = "Export what is on this page"
PAPER_BEHIND = f'<style>[data-testid="stPlotlyChart"] {{background: {style.page(False)};}}</style>'
FIRST = {PictureOffer: "Picture", TableOffer: "Table"}


@dataclass
class Offers:
    """What the page has drawn so far. on_paper: whether it is asked for, and so drawn in the colours of paper."""

    records: Records
    on_paper: bool = False
    found: list[Offer] = field(default_factory=list)
    heading: str = ""

    def named(self) -> dict[str, Offer]:
        """By the words of a choice; several of one name are numbered."""
        named: dict[str, Offer] = {}
        for offer in sorted(self.found, key=lambda one: isinstance(one, TableOffer)):
            words, place = f"{FIRST[type(offer)]}: {offer.name}", 2
            while words in named:
                words, place = f"{FIRST[type(offer)]}: {offer.name} ({place})", place + 1
            named[words] = offer
        return named


_HERE: ContextVar[Offers | None] = ContextVar("what the page that is being drawn offers", default=None)


@contextmanager
def offered(records: Records, *, on_paper: bool = False) -> Iterator[Offers]:
    """Around a page: what it draws is noted. on_paper: whether it is about to be taken away."""
    token = _HERE.set(Offers(records, on_paper))
    try:
        yield _HERE.get() or Offers(records)
    finally:
        _HERE.reset(token)


def drawn_on_paper() -> bool:
    """Whether pictures are drawn in the colours of paper, whatever the screen's, as they are about to be taken away."""
    here = _HERE.get()
    return here is not None and here.on_paper


@contextmanager
def under(heading: str) -> Iterator[None]:
    """Around a card: a picture in it is called by its heading."""
    here = _HERE.get()
    before = here.heading if here else ""
    try:
        if here:
            here.heading = heading
        yield
    finally:
        if here:
            here.heading = before


def note_table(shown: pd.DataFrame, alt: str, rows: pd.DataFrame | None = None, holds: str = COUNTS) -> None:
    """A table that the page has drawn."""
    here = _HERE.get()
    if here is not None:
        # Whoever sees a part takes what is shown: the analysis may know more of others than may be told.
        known = rows if here.records.viewer.sees_everything else None
        here.found.append(TableOffer(short(alt), shown, known, holds))


def note_picture(
    figure: Any, alt: str, holds: str = COUNTS, made_from: MadeFrom | None = None, again: Again | None = None
) -> None:
    """A picture that the page has drawn."""
    here = _HERE.get()
    if here is not None:
        known = (made_from, again) if here.records.viewer.sees_everything else (None, None)
        here.found.append(PictureOffer(short(here.heading or alt), figure, alt, holds, *known))


def opened(offers: Offers) -> None:
    """The choice of what to take and how, over the page; behind it stands paper, as pictures are drawn for it."""

    def draw() -> None:
        st.html(PAPER_BEHIND)
        choice(offers)

    st.dialog(said(TITLE), width="medium", on_dismiss="rerun")(draw)()


def within(draw: Callable[[], None]) -> Callable[[], None]:
    """What draws a dialog of the open page, with a line that opens below it: what is drawn there can be taken too."""
    here = _HERE.get()
    if here is None:
        return draw
    records = here.records

    def also() -> None:
        with offered(records) as offers:
            draw()
        if offers.found:
            with st.expander("Export"):
                choice(offers)

    return also


def choice(offers: Offers) -> None:
    """What of these to take, in which form, for whom; and the button that gives it."""
    named = {words: offer for words, offer in offers.named().items() if _may_take(offers.records, offer)}
    if len(tables := [offer for offer in named.values() if isinstance(offer, TableOffer)]) > 1:
        every = EveryTable(tuple(tables))
        named[every.name] = every
    if not named:
        st.markdown("Nothing on this page can be exported.")
        return
    what = st.selectbox("What", list(named), key="export-what")
    offer = named[what]
    forms = {words: form for form, words in forms_of(offer).items()}
    chosen = st.radio("As", list(map(said, forms)), key=f"export-as-{'-'.join(forms.values())}", horizontal=True)
    form = next(form for words, form in forms.items() if said(words) == chosen)
    for_whom = {each.label: each for each in modes(offers.records.viewer).values()}
    mode = for_whom[st.selectbox("For whom", list(for_whom), key="export-for")]
    if why := why_not(offer, mode):
        st.info(said(why))
        return
    _button("Download", offers.records, offer, form, mode, key="export-file", type="primary")
    st.markdown(":small[Each file says what it is, from which records and by which definitions, and is put on record.]")


def _button(label: str, records: Records, offer: Offer, form: str, mode: Sharing = MODES["none"], **look: Any) -> None:
    """The file is made, and put on record, when it is asked for; look: as of any button."""
    st.download_button(
        said(label), data=lambda: made(records, offer, form, mode), mime=KINDS[form], on_click="ignore",
        file_name=file_name(offer, form, mode), **look,
    )  # fmt: skip


def _may_take(records: Records, offer: Offer) -> bool:
    viewer = records.viewer
    return bool(forms_of(offer)) and viewer.may(access.EXPORT) and (offer.holds != PATIENTS or viewer.sees_rows)


def _is_list_of(offer: Offer, table: pd.DataFrame) -> bool:
    return isinstance(offer, TableOffer) and offer.holds == PATIENTS and list(offer.shown) == list(table)


def download(records: Records, title: str, table: pd.DataFrame) -> None:
    """A list as a file, for those who see it on the screen; made, and put on record, when it is asked for.

    Where the page has drawn the first rows of the same list, this stands among its offers in their place.
    """
    offer = TableOffer(title, table, holds=PATIENTS)
    here = _HERE.get()
    if here is not None:
        here.found = [*(each for each in here.found if not _is_list_of(each, table)), offer]
    _button(AS_CSV, records, offer, "csv", key=f"download {title}")

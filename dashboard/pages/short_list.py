"""What waits, as a short list in a card: a row each, and a click opens the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.pages import addresses, exporting, form, furniture, parts

MOST_ROWS = 5
"""So many rows stand in a card; the way beside its title leads to all of them."""


@dataclass(frozen=True)
class ShortList:
    """A list for a card, made before it is drawn, so that the card's title can say how many wait.

    title: with the count; more: what the way to all of it is called, path and chosen: where it leads, as in
    ``parts.link_to``; empty where there is nothing more to see. draw: draws the rows, in whatever card is open.
    """

    title: str
    draw: Callable[[], None]
    more: str = ""
    path: str = ""
    chosen: Mapping[str, Any] = field(default_factory=dict)


@contextmanager
def rows(key: str) -> Iterator[None]:
    """The place of the rows, one under the other without a gap."""
    with st.container(key=f"{form.LIST}-{key}", gap=None):
        yield


def row(lead: object, words: object, quiet: object = "", *, key: str) -> bool:
    """One row, which is a button: **84 days** · severe pain · microdiscectomy, S01. Whether it was clicked."""
    return st.button(row_words(lead, words, quiet), key=f"row {key}", type="tertiary")


def way(lead: object, words: object, quiet: object, path: str, chosen: Mapping[str, Any], *, key: str) -> None:
    """A row that leads to another page, as ``parts.link_to`` does; the words alone for who does not have that page."""
    label = row_words(lead, words, quiet)
    if not addresses.leads_on(path, chosen):
        st.markdown(label)
        return
    st.button(label, key=f"row {key}", type="tertiary", on_click=parts.go, args=(path, chosen))


def row_words(lead: object, words: object, quiet: object = "") -> str:
    """How long or how many in bold, what it is, and quietly what tells it apart."""
    told = [f"**{parts.said(lead)}**", parts.said(words), f":gray[{parts.said(quiet)}]" if quiet else ""]
    return " · ".join(filter(None, told))


def opened(title: object, draw: Callable[[], None]) -> None:
    """The whole of what a row stands for, over the page, as far as it is told to whoever looks; only once a run."""
    st.dialog(parts.said(title), width="large")(exporting.within(furniture.as_far_as_told()(draw)))()

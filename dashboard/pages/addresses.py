"""The address of a view: what a link asks for, by a name or by the words of the screen, and how it comes to stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.cohort import understood
from dashboard.pages.said import said

SET_AGAIN = "set again"
"""Where the session remembers, from one run to the next, that it has set anew what an address asked for by name."""
LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Word:
    """A word that may stand in the address: the names that may be chosen by it, each with its label.

    several: whether more than one; a widget that takes several holds names, and one that takes one holds its label.
    """

    key: str
    choices: Mapping[str, str]
    several: bool = False


def understand(*words: Word) -> list[str]:
    """What the address asks for and cannot be chosen, in the address's own words; called before the widgets are drawn.

    A link may name a choice as the definitions do (``tlif``); Streamlit knows the words of the screen (``TLIF``) alone
    and would take anything else out of the address. Where no widget has been drawn, its part of the address can be
    rewritten. Afterwards it is Streamlit's to write: what is meant is set anew, as if by a button, and Streamlit writes
    it. In the run that a step back through the history begins, Streamlit lets the address win over what was set, so the
    run is begun again once.
    """
    again = bool(st.session_state.pop(SET_AGAIN, False))
    stale: list[str] = []
    to_write: dict[str, list[str]] = {}
    to_set: dict[str, object] = {}
    for each in words:
        asked = [word for word in st.query_params.get_all(each.key) if word]
        names, unknown = understood(each.choices, asked)
        labels = [each.choices[name] for name in names]
        stale += [word[:LONGEST_SHOWN] for word in unknown]
        if set(asked) <= {*labels, *unknown}:
            continue
        if each.key in st.session_state:
            to_set[each.key] = names if each.several else labels[-1]
        else:
            to_write[each.key] = [*labels, *unknown]
    if to_write:
        st.query_params.update(to_write)
        st.rerun()
    for key, value in to_set.items():
        st.session_state[key] = value
    if to_set and not again:
        st.session_state[SET_AGAIN] = True
        st.rerun()
    return stale


def left_out(stale: list[str]) -> None:
    """Say what of a link could not be followed."""
    if stale:
        st.warning(f"This link asks for what cannot be chosen here, so it was left out: {', '.join(map(said, stale))}.")

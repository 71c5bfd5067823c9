"""The address of a view: what a link asks for, by a name or by the words of the screen, and how it comes to stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import streamlit as st

from dashboard.access import Right, Viewer
from dashboard.cohort import understood
from dashboard.pages.said import said

SET_AGAIN = "set again"
"""Where the session remembers, from one run to the next, that it has set anew what an address asked for by name."""
LEFT_OUT = "left out of a link"
"""Where the session remembers until a run comes to its end, by its word in the address, what that asks for in vain."""
OPEN = "open to the viewer"
"""Where the session holds to which pages and views a button may lead: those that this viewer has."""
LONGEST_SHOWN = 60


@dataclass(frozen=True, eq=False)
class Views:
    """The views of one page. word: by which the address chooses one; titles: by its name what each is called.

    rights: by name what a view asks where that is another right than its page's. exact: those of which nothing has a
    protected form.
    """

    word: str
    titles: Mapping[str, str]
    rights: Mapping[str, Right] = field(default_factory=dict)
    exact: Collection[str] = ()

    def of(self, viewer: Viewer) -> dict[str, str]:
        """Those that this viewer has, by name."""
        return {name: title for name, title in self.titles.items() if self._is_for(viewer, name)}

    def closed_to(self, viewer: Viewer) -> set[tuple[str, str]]:
        """Word and title of those that this viewer does not have."""
        return {(self.word, title) for name, title in self.titles.items() if not self._is_for(viewer, name)}

    def _is_for(self, viewer: Viewer, name: str) -> bool:
        told = not (name in self.exact and viewer.is_protected)
        return told and (name not in self.rights or viewer.may(self.rights[name]))


def open_to(viewer: Viewer, paths: Sequence[str], views: Sequence[Views]) -> None:
    """Where buttons may lead from here on. paths: the pages that the viewer has; views: of every page that has some."""
    st.session_state[OPEN] = frozenset(paths), frozenset(pair for each in views for pair in each.closed_to(viewer))


def leads_on(path: str | None, chosen: Mapping[str, Any]) -> bool:
    """Whether this viewer has what a button would lead to; a page drawn without its frame has every way.

    path: None for the page that is open; chosen: what it would choose there, by the word in the address.
    """
    if OPEN not in st.session_state:
        return True
    paths, closed = st.session_state[OPEN]
    asked = {(word, title) for word, title in chosen.items() if isinstance(title, str)}
    return (path is None or path in paths) and not asked & closed


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
    run is begun again once. Of several values for a word that takes one, Streamlit would read the last and be left
    with nothing where that is unknown: the last known one stands, and the others are left out.
    """
    again = bool(st.session_state.pop(SET_AGAIN, False))
    stale: list[str] = []
    to_write: dict[str, list[str]] = {}
    to_set: dict[str, object] = {}
    for each in words:
        asked = [word for word in st.query_params.get_all(each.key) if word]
        names, unknown = understood(each.choices, asked)
        labels = [each.choices[name] for name in names]
        one_of_several = not each.several and len(asked) > 1
        if one_of_several:
            last = next((word for word in reversed(asked) if word not in unknown), None)
            labels = [each.choices[name] for name in understood(each.choices, [last] if last else [])[0]]
            unknown = [word for word in asked if word != last]
        stale += _remembered(each.key, unknown)
        if one_of_several:
            unknown = []
        elif set(asked) <= {*labels, *unknown}:
            continue
        if each.key not in st.session_state:
            to_write[each.key] = [*labels, *unknown]
        elif labels:
            to_set[each.key] = names if each.several else labels[-1]
    if to_write:
        st.query_params.update(to_write)
        st.rerun()
    for key, value in to_set.items():
        st.session_state[key] = value
    if to_set and not again:
        st.session_state[SET_AGAIN] = True
        st.rerun()
    return stale


def understand_days(
    key: str,
    first: date | None,
    last: date | None,
    *,
    needed: int,
    meant: Callable[[Sequence[date]], Sequence[date]] = list,
) -> list[str]:
    """The days that the address asks for in vain, as ``understand`` does: not so many, none at all, or out of reach.

    first, last: between which days may be chosen, both included; needed: 2 for a period, 1 for a day; meant: which days
    stand for those asked for.
    """
    asked = [word for word in st.query_params.get_all(key) if word] if key not in st.session_state else []
    try:
        days = [date.fromisoformat(word.replace("/", "-")) for word in asked]
    except ValueError:
        days = []
    reached = all((not first or first <= day) and (not last or day <= last) for day in days)
    follows = len(days) == needed and reached
    stale = _remembered(key, [] if follows else asked)
    if asked and not follows:
        # Half a period would stand in the widget and narrow nothing.
        del st.query_params[key]
        st.rerun()
    if asked and days != [*meant(days)]:
        st.query_params[key] = [day.isoformat() for day in meant(days)]
        st.rerun()
    return stale


def _remembered(key: str, unknown: list[str]) -> list[str]:
    """These words and those that a run which was begun again had found, before Streamlit took them out."""
    known = st.session_state.get(LEFT_OUT, {})
    words = list(dict.fromkeys([*known.get(key, ()), *(word[:LONGEST_SHOWN] for word in unknown)]))
    if words:
        st.session_state[LEFT_OUT] = {**known, key: words}
    return words


def all_said() -> None:
    """The run has come to its end: what a link asked for in vain stands on the screen."""
    st.session_state.pop(LEFT_OUT, None)


_GATHERED: ContextVar[list[str] | None] = ContextVar("what a line of choices left out", default=None)


@contextmanager
def gathered() -> Iterator[None]:
    """Around a line of choices: what they leave out is said once, below the line, and breaks it nowhere."""
    stale: list[str] = []
    token = _GATHERED.set(stale)
    try:
        yield
    finally:
        _GATHERED.reset(token)
    left_out(stale)


def left_out(stale: list[str]) -> None:
    """Say what of a link could not be followed."""
    gathering = _GATHERED.get()
    if gathering is not None:
        gathering.extend(stale)
    elif stale:
        st.warning(f"This link asks for what cannot be chosen here, so it was left out: {', '.join(map(said, stale))}.")

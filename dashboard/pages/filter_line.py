"""The line of filters above every page: what narrows the cohort, on one line that stays while the page scrolls."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import streamlit as st

from dashboard.cohort import FILTERS, Cohort, Filter, quarter_of
from dashboard.pages import addresses, form
from dashboard.pages.said import said
from dashboard.records import Records

WHOLE = "whole period"
"""Where the session remembers which period was the whole one, to see that a new generation has moved it."""
UNFOLDED = "filters unfolded"
"""Whether the session shows all filters, those behind "More" too."""
DATES, CHOICE = 208, 143
"""Pixels: the two dates, and each choice beside them."""

Choices = Mapping[Filter, Mapping[str, str]]
"""By filter the names that this viewer may choose, each with its label."""


def filter_line(records: Records, choices: Choices, *, folded: bool) -> Cohort:
    """The filters, drawn before the page runs, so that every page has the same and a view is a link.

    folded: the page does not depend on them. They are drawn all the same: a bound widget that is not drawn loses its
    part of the address.
    """
    first, last = whole = _period(records)
    offered = [each for each in FILTERS if _is_offered(each, choices[each])]
    _follow(first, last)
    held = st.session_state.get("operated")
    if held and len(held) == 2:
        st.session_state["operated"] = tuple(_meant(records)(held))
    with st.container(key=form.FRAME, gap="xsmall"):
        line = st.container(key=form.LINE, horizontal=True, vertical_alignment="center", gap="xsmall")
        more = st.container(key=form.MORE, horizontal=True, vertical_alignment="center", gap="xsmall")
    with (
        line,
        st.container(key=form.BAR_FOLDED if folded else form.BAR, horizontal=True, gap="xsmall", width="content"),
    ):
        period = st.date_input(
            "Operated between", whole, first, last, key="operated", bind="query-params", format="DD/MM/YYYY",
            width=DATES, label_visibility="collapsed",
        )  # fmt: skip
        chosen = {each.dimension: _choose(records, each, choices[each]) for each in offered if each.in_bar}
    with more:
        chosen |= {each.dimension: _choose(records, each, choices[each]) for each in offered if not each.in_bar}
        # Reoperations are so few that whoever is told protected counts could make them out.
        every = not records.viewer.is_protected and st.toggle(
            "Every operation, reoperations and planned stages too", key="every", bind="query-params"
        )
    start, end = whole_period(period, first, last)
    cohort = Cohort(start if start > first else None, end if end < last else None, chosen, every)
    # After the choices, which let go what of a link cannot be chosen: what narrows nothing is not to be cleared.
    with line:
        _ways_back(cohort, choices, whole)
    return cohort


def left_out_by(records: Records) -> list[str]:
    """The period that a link asks for in vain; asked before the line is drawn, which lets it go."""
    return addresses.understand_days("operated", *_period(records), needed=2, meant=_meant(records))


def _meant(records: Records) -> Callable[[Sequence[date]], Sequence[date]]:
    """Which days a period that was chosen stands for: to whoever is told protected counts its whole quarters."""
    return _in_quarters if records.viewer.is_protected else list


def _in_quarters(days: Sequence[date]) -> Sequence[date]:
    return [quarter_of(days[0])[0], quarter_of(days[1])[1]]


def _ways_back(cohort: Cohort, choices: Choices, whole: tuple[date, date]) -> None:
    """To what stands behind "More", and to no filter at all, with how many there are."""
    behind = [each for each in FILTERS if not each.in_bar and each.dimension in cohort.chosen]
    _fold(_named(cohort, choices), len(behind) + cohort.every_operation)
    active = [*cohort.chosen, *filter(None, [cohort.period_words()]), *(["every"] if cohort.every_operation else [])]
    if active:
        noun = "filter" if len(active) == 1 else "filters"
        st.button(f"Clear {len(active)} {noun}", on_click=_clear, args=(whole,), type="tertiary")


def chosen_words(cohort: Cohort, choices: Choices) -> list[str]:
    """What is chosen, a word for each filter: "TLIF", "5 procedures"."""
    words = []
    for each, known in choices.items():
        names = cohort.chosen.get(each.dimension, ())
        if names:
            words.append(known.get(names[0], names[0]) if len(names) == 1 else f"{len(names)} {each.many}")
    return [*words, *filter(None, [cohort.period_words()]), *(["every operation"] if cohort.every_operation else [])]


def whole_period(chosen: object, first: date, last: date) -> tuple[date, date]:
    """Both ends of the period; half way through choosing there is only one, and the whole period stands."""
    days = tuple(chosen) if isinstance(chosen, tuple | list) else ()
    return (days[0], days[1]) if len(days) == 2 else (first, last)


@st.fragment
def _fold(named: str, behind: int) -> None:
    """More filters on a wide screen, all of them on a narrow one: at once, as nothing else is drawn anew."""
    unfolded = bool(st.session_state.get(UNFOLDED, False))
    narrow = f"Filters: {said(named)}" if named else "Filters"
    st.button(
        "Less" if unfolded else f"More: {behind}" if behind else "More", key=form.FOLD, type="tertiary",
        on_click=_turn, icon=":material/expand_less:" if unfolded else ":material/expand_more:",
    )  # fmt: skip
    st.button("Close filters" if unfolded else narrow, key=form.UNFOLD, on_click=_turn, icon=":material/tune:")
    st.html(form.UNFOLDED if unfolded else form.FOLDED)


def _turn() -> None:
    st.session_state[UNFOLDED] = not st.session_state.get(UNFOLDED, False)


def _named(cohort: Cohort, choices: Choices) -> str:
    """What is chosen by name."""
    return ", ".join(
        known[name][:40] for each, known in choices.items() for name in cohort.chosen.get(each.dimension, ())
    )


def _period(records: Records) -> tuple[date, date]:
    """The whole recorded period: the default of the dates, which never moves while a generation lasts."""
    facts = records.facts
    return facts.first_operation or date.today(), facts.last_operation or date.today()  # noqa: DTZ011


def _follow(first: date, last: date) -> None:
    """Who looked at the whole period, or lets a part of it go, looks at the whole of what a new generation has."""
    before = st.session_state.get(WHOLE)
    held = st.session_state.get("operated", (first, last))
    if held is None or (before not in (None, (first, last)) and held == before):
        st.session_state["operated"] = (first, last)
    st.session_state[WHOLE] = (first, last)


def _is_offered(each: Filter, choices: Mapping[str, str]) -> bool:
    """Whether there is more than one to choose from; what a link has chosen stands there too, to be taken away."""
    return len(choices) > 1 or bool(st.query_params.get_all(each.word) or st.session_state.get(each.word))


def _choose(records: Records, each: Filter, choices: Mapping[str, str]) -> tuple[str, ...]:
    """The names chosen; on the screen and in the address stand their labels.

    While nothing is chosen, whoever sees a part alone reads which: its one site is not "All sites".
    """
    own = records.viewer.scope.get(each.dimension, ())
    unchosen = (
        records.label(each.dimension, own[0]) if len(own) == 1 else f"{len(own)} {each.many}" if own else each.unchosen
    )
    return tuple(
        st.multiselect(
            each.label, list(choices), format_func=choices.__getitem__, key=each.word, bind="query-params",
            placeholder=said(unchosen), width=CHOICE, wrap=False, label_visibility="collapsed",
        )
    )  # fmt: skip


def _clear(whole: tuple[date, date]) -> None:
    """Every filter back to its default, which takes it out of the address."""
    for each in FILTERS:
        st.session_state[each.word] = []
    st.session_state["operated"] = whole
    st.session_state["every"] = False

"""The furniture of every page: what makes the rules of ``docs/form.md`` hold, and nothing else."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard.analyses.verdicts.claim import Verdict
from dashboard.errors import NotTold
from dashboard.pages import addresses, exporting, form, parts
from dashboard.pages.said import for_html, said
from dashboard.records import Records

SPARK_WIDE, SPARK_TALL = 74, 26
"""Pixels of the small line beside a key figure."""
FEWEST_FOR_A_LINE = 3
"""A line through fewer years says nothing."""


@dataclass(frozen=True)
class Link:
    """A named way to a page that keeps the filters. path, label, chosen: as in ``parts.link_to``."""

    path: str | None
    label: str
    chosen: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class KeyFigure:
    """A number in large letters and what it rests on.

    interval, comparator: the lines below it, in quiet words. years: a point for each year, drawn as a small line with
    ``described`` for those who do not see it; none, or fewer than three, draw none.
    """

    name: str
    value: str
    interval: str = ""
    comparator: str = ""
    link: Link | None = None
    years: Sequence[float] = ()
    described: str = ""


def head(title: str, words: Sequence[str], ways: Sequence[str] = ()) -> str:
    """The page's one title, and beside it in quiet words what is counted; these are ours, or escaped already.

    ways: what leads on from here, such as how that was counted; which of them was clicked, or nothing.
    """
    with st.container(key=form.HEAD, horizontal=True, vertical_alignment="center"):
        st.title(said(title), width="content")
        st.markdown(" · ".join(words), width="content")
        clicked = [way for way in ways if st.button(said(way), key=f"head {way}", type="tertiary")]
    return clicked[0] if clicked else ""


class AnswerPlace:
    """Where the answer of a page will stand: as tall as two lines until it does, so that nothing below it moves."""

    def __init__(self) -> None:
        """Drawn where it is made."""
        self._drawn = st.container(key=form.ANSWER)
        with self._drawn:
            self._waiting = st.skeleton(form.TWO_LINES)

    def __enter__(self) -> None:
        self.come()
        self._drawn.__enter__()

    def __exit__(self, *raised: Any) -> None:
        self._drawn.__exit__(*raised)

    def come(self) -> None:
        """Nothing is waited for any more: the answer is there, or there is none."""
        self._waiting.empty()


_PLACE: ContextVar[AnswerPlace | None] = ContextVar("place of the answer", default=None)


@contextmanager
def awaiting_the_answer() -> Iterator[None]:
    """Around a page: the place of its answer, which is left empty where the page gives none."""
    place = AnswerPlace()
    token = _PLACE.set(place)
    try:
        yield
    finally:
        place.come()
        _PLACE.reset(token)


def place_of_the_answer() -> AnswerPlace:
    """That of the page which is being drawn; one made here, where a page is drawn without its frame."""
    return _PLACE.get() or AnswerPlace()


def verdict(answer: Verdict, *, key: str = form.VERDICT) -> None:
    """What is concluded, in one or two lines: the answer in bold, then what is doubtful.

    key: tells several apart on one page; begins with that of the first.
    """
    with st.container(key=key if key.startswith(form.VERDICT) else f"{form.VERDICT}-{key}"):
        st.markdown(f"**{said(answer.answer)}** {said(answer.doubt)}".rstrip())


@contextmanager
def choices(key: str = form.CHOICES) -> Iterator[None]:
    """The page's own choices, on one line below the verdict."""
    with (
        addresses.gathered(),
        st.container(key=key, horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        yield


@contextmanager
def as_far_as_told() -> Iterator[None]:
    """Around a part of a page: in place of what is not told to this viewer, one line that says why."""
    try:
        yield
    except NotTold as problem:
        parts.note(parts.told(problem.message))


@contextmanager
def side_by_side(count: int, *, key: str, room: bool = False) -> Iterator[None]:
    """Two or three cards beside one another from 1,200 px on, as tall as the tallest; below each other on phones.

    room: whether each of two needs half a wide screen, so that on a tablet they stand below each other too.
    """
    with st.container(key=f"{form.HALVES if room else form.TRIPLE if count > 2 else form.PAIR}-{key}"):
        yield


@contextmanager
def card(title: str, *, key: str, link: Link | None = None) -> Iterator[None]:
    """A frame with its heading at the left and a named way on at the right; what is drawn in it stands below."""
    with st.container(key=f"{form.CARD}-{key}", border=True, height="stretch", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.header(said(title), width="content", anchor=False)
            if link is not None:
                parts.link_to(link.path, link.label, link.chosen, key=f"link {key}")
        with exporting.under(title), as_far_as_told():
            yield


def key_figures(figures: Sequence[KeyFigure], *, key: str) -> None:
    """Up to six key figures in a row, three on a tablet, two on a phone."""
    with st.container(key=f"{form.FIGURES}-{key}"):
        for place, figure in enumerate(figures):
            with st.container(key=f"{form.CARD}-{key}-{place}", border=True, height="stretch", gap=None):
                if figure.link is None or not addresses.leads_on(figure.link.path, figure.link.chosen):
                    st.markdown(said(figure.name))
                else:
                    parts.link_to(figure.link.path, figure.name, figure.link.chosen, key=f"figure {key} {place}")
                st.html(_figure(figure))


picture = parts.picture


@contextmanager
def explained() -> Iterator[None]:
    """One line that opens: how it is counted, and what is drawn above as tables."""
    with st.expander("How this is counted, and the same as tables"):
        yield


def method(*lines: str, heading: str = "How this is counted") -> None:
    """Method, caveats and definitions: one line that opens. lines: ours, or escaped already; empty ones are left."""
    told = [line for line in lines if line]
    if told:
        with st.expander(said(heading)):
            st.markdown("\n\n".join(told))


def provenance(records: Records) -> str:
    """What a view that is of no outcome rests on: the operations, the data date and the definitions."""
    facts = records.facts
    return (
        f"{parts.said(records.described)} · data to {parts.day_words(facts.data_date)} · "
        f"definitions {parts.said(facts.definitions_version)} · 95 % intervals"
    )


def _figure(figure: KeyFigure) -> str:
    """Value, line, interval and comparator; whatever comes from the data is escaped."""
    below = "".join(f"<span>{for_html(words)}</span>" for words in (figure.interval, figure.comparator) if words)
    return f'<div class="figure"><b>{for_html(figure.value)}</b>{_line(figure)}{below}</div>'


def _line(figure: KeyFigure) -> str:
    """The years as a picture with words; Streamlit takes out an inline drawing, but leaves a picture."""
    if len(figure.years) < FEWEST_FOR_A_LINE:
        return ""
    low, high = min(figure.years), max(figure.years)
    step = (SPARK_WIDE - 8) / (len(figure.years) - 1)
    spots = [
        (4 + step * place, SPARK_TALL - 4 - (SPARK_TALL - 8) * (year - low) / (high - low or 1))
        for place, year in enumerate(figure.years)
    ]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in spots)
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SPARK_WIDE}" height="{SPARK_TALL}">'
        f'<polyline points="{points}" fill="none" stroke="#85807A" stroke-width="1.5"/>'
        f'<circle cx="{spots[-1][0]:.1f}" cy="{spots[-1][1]:.1f}" r="3" fill="#3B82D0"/></svg>'
    )
    data = base64.b64encode(drawing.encode()).decode()
    return f'<img alt="{for_html(figure.described)}" src="data:image/svg+xml;base64,{for_html(data)}">'

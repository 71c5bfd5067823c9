"""Furniture that stands on more than one page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.cohort_line import operations_chosen
from dashboard.charts import style
from dashboard.definitions import Landmark, Outcome, load
from dashboard.records import Records

DEFAULT_LANDMARK = 730
NOTHING: Mapping[str, Any] = MappingProxyType({})
GOING_TO = "going to"
"""Where a button leads, for the moment between its click and the frame that follows it."""


def day_words(day: date | None) -> str:
    """A date as it stands on every screen: 30 Sep 2026."""
    return "not recorded" if day is None or pd.isna(day) else f"{day.day} {day:%b %Y}"


def count_words(count: float) -> str:
    """A whole number as it stands on every screen: 1,420."""
    return f"{int(count):,}"


def within_sentence(label: str) -> str:
    """A label as it stands within a sentence: in small letters, unless it begins with an abbreviation (ASA class)."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def percent(share: float | None) -> str:
    """A share as it stands on every screen: 7.4 %; a dash where there is none."""
    return "–" if share is None or pd.isna(share) else style.percent(share)


def interval_words(lower: float | None, upper: float | None) -> str:
    """The ends of an interval in percent: 4.3 to 12.5."""
    if lower is None or upper is None or pd.isna(lower) or pd.isna(upper):
        return "no interval"
    return f"{100 * lower:.1f} to {100 * upper:.1f}"


def share_words(share: float | None, failed: int, operations: int, lower: float | None, upper: float | None) -> str:
    """A share with its count and interval: 7.4 % (12 of 162; 4.3 to 12.5); counts alone where there is no share.

    Where the share allows for operations not followed so long, the count is what was seen: 13.9 % (267 seen of 2,218).
    """
    if share is None or pd.isna(share):
        return style.out_of(failed, operations)
    counts = style.counts_behind(share, failed, operations)
    return f"{percent(share)} ({counts}; {interval_words(lower, upper)})"


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Each row, its columns as attributes."""
    yield from frame.itertuples()


def rate_words(row: Any) -> str:
    """A row of an analysis as words; counts alone where the share may not be shown."""
    share = row.share if row.shown else None
    return share_words(share, row.failed, row.operations, row.lower, row.upper)


def is_dark() -> bool:
    """Whether the reader's screen is dark."""
    return st.context.theme.type == "dark"


def choose_outcome(kinds: tuple[str, ...] = ("time", "landmark")) -> Outcome:
    """The reader's choice of a definition of failure; the first is the default."""
    outcomes = {outcome.short: outcome for outcome in load().failures.values() if outcome.kind in kinds}
    chosen = st.selectbox("Definition of failure", list(outcomes), key="outcome", bind="query-params")
    return outcomes[chosen]


def choose_landmark() -> Landmark:
    """The reader's choice of a fixed day."""
    landmarks = {landmark.label: landmark for landmark in load().landmarks}
    default = next(place for place, mark in enumerate(landmarks.values()) if mark.days == DEFAULT_LANDMARK)
    chosen = st.selectbox("Failed within", list(landmarks), index=default, key="within", bind="query-params")
    return landmarks[chosen]


def choose_group(options: Mapping[str, str], key: str = "by", label: str = "Shown by", width: int | None = None) -> str:
    """The reader's choice of one of these names (name -> label); the first is the default."""
    names = {label: name for name, label in options.items()}
    return names[st.selectbox(label, list(names), key=key, bind="query-params", width=width or "stretch")]


def note(words: str) -> None:
    """A small line under something: what it is, what it rests on."""
    st.markdown(f":small[{words}]")


def provenance(records: Records, outcome: Outcome, *, over_time: bool = True) -> None:
    """What was counted, by which definition, up to which day.

    over_time: whether shares allow for operations not followed so long, as those of a course over time do.
    """
    if over_time and outcome.kind == "time":
        note("Shares allow for operations not followed so long: they lie above failures seen divided by operations.")
    note(
        f"{outcome.label}, definition version {outcome.version} · {records.described} · data to "
        f"{day_words(records.facts.data_date)} · 95 % intervals · [what counts as a failure](/definitions) · "
        "[the same under every definition](/definitions?definitions_view=Side+by+side)"
    )


def show_figure(figure: Any, *, alt: str, sentence: str, table: pd.DataFrame | None, key: str) -> None:
    """A picture, the sentence under it, and the same as a table."""
    st.plotly_chart(figure, width="stretch", key=key, config=style.CONFIG, alt=alt, theme=None)
    st.markdown(sentence)
    if table is not None:
        with st.expander("The same as a table"):
            st.dataframe(table, hide_index=True, width="stretch", alt=f"Table: {alt}")


def nothing_to_show(records: Records) -> bool:
    """Say why a page is empty and how to fill it; True when no operation is chosen."""
    if operations_chosen(records):
        return False
    st.info("No operations match these filters. Take one away above, or clear them all.")
    return True


def link_to(path: str, label: str, chosen: Mapping[str, Any] = NOTHING, *, key: str = "") -> None:
    """A way to another page that keeps the reader's filters, and sets those chosen.

    path: the page's address without the stroke; chosen: by the word in the address, what is to be chosen there.
    key: tells links apart that have the same words.
    A link of Streamlit's would change the address and leave the filters, drawn before, as they were.
    """
    st.button(f"{label} →", key=key or f"to {path}: {label}", type="tertiary", on_click=_go, args=(path, chosen))


def _go(path: str, chosen: Mapping[str, Any]) -> None:
    for key, value in chosen.items():
        st.session_state[key] = value
    st.session_state[GOING_TO] = path


def selected_row(event: Any, frame: pd.DataFrame, column: str) -> str | None:
    """The name in the row that the reader selected; None without one, or when the rows have changed since."""
    rows = list(event.selection.rows) if event is not None else []
    return name_in_row(frame, rows, column)


def name_in_row(frame: pd.DataFrame, rows: list[int], column: str) -> str | None:
    """The value of a column in the first of these row positions, if there is one."""
    if not rows or rows[0] >= len(frame):
        return None
    return str(frame[column].iloc[rows[0]])


def notes_of(frame: pd.DataFrame) -> list[str]:
    """What is to be borne in mind: a sentence for each group whose share is not shown, one for all the others."""
    hidden = [f"{row.label}: {row.note}" for row in rows_of(frame) if row.note and not row.shown]
    doubtful = [row for row in rows_of(frame) if row.note and row.shown]
    if len(doubtful) == 1:
        return [*hidden, f"{doubtful[0].label}: {doubtful[0].note}"]
    if doubtful:
        many = f"{len(doubtful)} of {len(frame)} groups have a state known for fewer than 80 % of the operations due"
        return [*hidden, f"{many}: those lost to follow-up could differ. The table says how many."]
    return hidden

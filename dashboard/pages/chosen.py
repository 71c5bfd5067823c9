"""A click on a picture: whose mark it was, what it changes on the page, and the way to the patients behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.charts import style
from dashboard.charts.lean import Lean
from dashboard.definitions import Outcome, load
from dashboard.pages import addresses, exporting, parts
from dashboard.pages.said import said
from dashboard.records import Records

ALL = "All, side by side"
FAILED_BY = "failed_by"
"""The word in the address by which the page Patients lists those who had failed by a time, as a number counts them."""


def clickable(
    figure: Any, *, key: str, alt: str, of: Mapping[str, str], sets: str = "", leads: bool = True, **leaves: Any
) -> str | None:
    """A picture whose marks may be clicked; of which group the mark was, None before the first click.

    of: what may be clicked, by the key that the marks carry as ``customdata``, with what each is called: a click on a
    mark of another cohort, which Streamlit may still hold, is none of these and means nothing. leaves: how it may be
    taken away, as ``exporting.note_picture`` has it.
    sets: the choice of the page that a click makes, by its word in the address, which then holds the group's name. The
    picture is drawn anew after it, as for Plotly a second click on one mark takes the first one back.
    leads: whether a click leads this viewer anywhere; else it is a picture and no more.
    """
    if not leads:
        parts.picture(figure, alt=alt, key=key, **leaves)
        return None
    place = f"{key} {st.session_state.get(sets, '')}" if sets else key
    event = st.plotly_chart(
        Lean(figure, clicked=True), key=place, config=style.CONFIG, alt=alt, theme=None, selection_mode="points",
        on_select=(lambda: _set(place, sets, of)) if sets else "rerun",
    )  # fmt: skip
    exporting.note_picture(figure, alt, **leaves)
    return group_of(event.selection.points, of)


def group_of(points: Sequence[Mapping[str, Any]], of: Mapping[str, str]) -> str | None:
    """The key of the last mark clicked that is one of these."""
    for point in reversed(points):
        held = point.get("customdata")
        name = str(held[0] if isinstance(held, list | tuple) and held else held)
        if name in of:
            return name
    return None


def _set(place: str, sets: str, of: Mapping[str, str]) -> None:
    found = group_of(st.session_state[place].selection.points, of)
    if found is not None:
        st.session_state[sets] = of[found]


def one_of(of: Mapping[str, str], *, key: str, label: str, nobody: str = ALL) -> str | None:
    """The reader's choice of one group, which a click on a picture makes too; None while all are shown.

    of: by the key of each what it is called, which stands in the address; nobody: what is shown until one is chosen.
    """
    names = {words: name for name, words in of.items()}
    is_new = key not in st.session_state
    if not is_new and st.session_state[key] not in {nobody, *names}:
        # A group that the filters have taken away is let go without a word: nobody asked for it by a link.
        st.session_state[key] = nobody
    stale = addresses.understand(addresses.Word(key, {"": nobody, **of}))
    addresses.left_out(stale if is_new else [])
    chosen = st.selectbox(
        said(label), [nobody, *names], key=key, bind="query-params", label_visibility="collapsed", width=210
    )
    return names.get(chosen)


def patients_behind(records: Records, row: Any, when: str, chosen: Mapping[str, Any], *, key: str) -> None:
    """The way to the patients behind a number, for those who may see them.

    row: of an analysis, with ``label, failed``; chosen: as in ``parts.link_to``, what makes the list theirs.
    """
    if not records.viewer.sees_patients:
        return
    if not row.failed:
        st.markdown(f"None failed {said(when)}.")
        return
    words = f"{row.label}: operations that failed ({parts.count_words(row.failed)} {when})"
    parts.link_to("patients", words, {"state": "Failed", **chosen}, key=f"patients {key}")


def by_time(outcome: Outcome, within_days: int) -> dict[str, str]:
    """What makes a list those behind a number at a time: the landmark; nothing of an outcome that a visit asks for."""
    labels = {landmark.days: landmark.label for landmark in load().landmarks}
    return {FAILED_BY: labels[within_days]} if outcome.kind == "time" and within_days in labels else {}


def labels_of(rows: pd.DataFrame) -> dict[str, str]:
    """What may be clicked: the key of each group and what it is called."""
    return {str(group): str(label) for group, label in zip(rows["group"], rows["label"], strict=True)}

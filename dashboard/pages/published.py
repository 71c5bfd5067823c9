"""Published figures: what stands beside one's own, and below it all the others, each with why it does not."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.published import figure_words, time_words
from dashboard.definitions import load
from dashboard.definitions.terms import PUBLISHED_KINDS
from dashboard.pages import parts

WHY = "Why it is not drawn"
MARKS = (
    "Published: a triangle is an estimate, with its interval where the source gives one; a pale band is a range; a "
    "dotted line that ends in a stroke is an upper bound."
)


def sentence(found: pd.DataFrame) -> str:
    """What stands beside which groups, with its source; or that nothing published counts the same."""
    standing = [row for row in parts.rows_of(found) if row.groups]
    if not standing:
        return (
            "No published figure counts the same after the same surgery at this time: none is drawn. Those that are "
            "known stand below, each with why it does not fit."
        )
    words = [
        f"{row.label}, {time_words(row.within_days)}: {figure_words(row)} ({_size(row)}{row.country}). {row.warning} "
        f"Source: {row.source}."
        for row in standing
    ]
    return "\n\n".join([MARKS, *words])


def section(found: pd.DataFrame, outcome: str) -> None:
    """Those that stand beside no group: of this outcome first, then the others."""
    others = found[[not groups for groups in found["groups"]]]
    own = others[others["outcome"] == outcome]
    st.header("Published figures that are not drawn")
    if len(own):
        parts.show_table(_table(own), "Published figures of this definition that do not fit, with why", whole=True)
    else:
        st.markdown("None of this definition.")
    with st.expander("Of other definitions"):
        rest = _table(others[others["outcome"] != outcome]).drop(columns=WHY)
        parts.show_table(rest, "Published figures of other definitions")


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    outcomes = load().outcomes
    return parts.columns_of(
        rows,
        {
            "Published": "label",
            "Figure": figure_words,
            "By": lambda row: time_words(row.within_days),
            WHY: "why",
            "Kind": lambda row: PUBLISHED_KINDS[row.kind],
            "Operations": lambda row: "not said" if pd.isna(row.n) else parts.count_words(row.n),
            "Where": "country",
            "What it counts": "definition",
            "Of ours": lambda row: outcomes[row.outcome].short,
            "Source": "source",
        },
    )


def _size(row: pd.Series) -> str:
    return "" if pd.isna(row.n) else f"n = {parts.count_words(row.n)}; "

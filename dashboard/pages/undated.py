"""What is recorded without a day, beside what is: never mixed with it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.undated import undated
from dashboard.pages import parts
from dashboard.records import Records


def section(records: Records) -> None:
    """A sentence for each thing and time that was asked about; nothing where nobody was."""
    answer = undated(records)
    if answer.empty:
        return
    st.header("Recorded without a day")
    for row in parts.rows_of(answer):
        st.markdown(parts.said(sentence(row)))
    st.caption("These stand in no curve and no rate of this page: those count what is recorded with its day.")


def sentence(row: Any) -> str:
    """Readmitted within 30 days, as recorded without a day: 12 of 240 asked, 5.0 % (2.9 to 8.6); 60 not asked."""
    if row.asked and pd.isna(row.share):
        told = "recorded, and nobody's no: an empty answer may be one, so no share is told."
        start = f"{row.label} within {row.within_days} days, as recorded without a day"
        return f"{start}: {parts.count_words(row.happened)} {told}"
    share = f", {parts.percent(row.share)} ({parts.interval_words(row.lower, row.upper)})" if row.asked else ""
    asked = f"{parts.count_words(row.happened)} of {parts.count_words(row.asked)} asked"
    rest = f"; {parts.count_words(row.not_asked)} not asked"
    due = f"; {parts.count_words(row.not_due)} not yet due" if row.not_due else ""
    return f"{row.label} within {row.within_days} days, as recorded without a day: {asked}{share}{rest}{due}."

"""Who reached an acceptable state, by how often they had been operated on before, beside what a register reports."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.verdicts.acceptable import OUTCOME, acceptable_verdict, reached
from dashboard.definitions import load
from dashboard.pages import parts
from dashboard.records import Records


def section(records: Records) -> None:
    """What is concluded first; then the share of each number of operations before, with its table."""
    outcome = load().outcomes[OUTCOME]
    if why := not_recorded(records, OUTCOME):
        st.info(why)
        return
    parts.verdict(acceptable_verdict(records))
    rows = reached(records)
    st.header(f"Reached an ODI of {outcome.threshold:g} or less at 12 months, by operations before")
    drawn = rows.assign(operations=rows["answered"], failed=rows["reached"])
    sources = "; ".join(dict.fromkeys(source for source in rows["source"] if source))
    sentence = (
        "Share of those who answered; those who did not could differ. What a register reports of a band stands in the "
        f"table: of stenosis and disc herniation alone ({sources})."
    )
    told = "; ".join(
        f"{row.label}: {row.reached} of {row.answered} answered" for row in parts.rows_of(rows) if row.answered
    )
    parts.show_shares(drawn, sentence, alt=f"Reached it. {told}.", table=_table(rows), key="acceptable")
    parts.provenance(records, outcome)


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Operations before": "label",
            "Reached it (count; 95 % interval)": lambda row: parts.share_words(
                row.share if row.shown else None, row.reached, row.answered, row.lower, row.upper
            ),
            "Answered": "answered",
            "Due": "due",
            "Published (NORspine)": lambda row: parts.percent(row.published),
            "To bear in mind": "note",
        },
    )

"""Who reached an acceptable state, by how often they had been operated on before, beside what a register reports."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.verdicts.acceptable import OUTCOME, acceptable_verdict, reached
from dashboard.definitions import load
from dashboard.pages import parts
from dashboard.records import Records


def section(records: Records) -> None:
    """What is concluded first; then the share of each number of operations before, with its table."""
    outcome = load().outcomes[OUTCOME]
    if why := not_recorded(records, OUTCOME):
        st.info(parts.said(why))
        return
    parts.verdict(acceptable_verdict(records))
    rows = reached(records)
    st.header(f"Reached an ODI of {outcome.threshold:g} or less at 12 months, by operations before")
    drawn = rows.assign(operations=rows["answered"], failed=rows["reached"])
    sentence = f"Share of those who answered; those who did not could differ. {_published(rows)}"
    told = "; ".join(
        f"{row.label}: {row.reached} of {row.answered} answered" for row in parts.rows_of(rows) if row.answered
    )
    parts.show_shares(drawn, sentence, alt=f"Reached it. {told}.", table=_table(rows), key="acceptable")
    parts.provenance(records, outcome)


def _published(rows: pd.DataFrame) -> str:
    """What a register reports of some of the bands, and of which surgery."""
    reported = rows[rows["register"] != ""]
    if reported.empty:
        return ""
    shares = "; ".join(f"{row.label.lower()} {parts.percent(row.published)}" for row in parts.rows_of(reported))
    register, source = reported.iloc[0]["register"], reported.iloc[0]["source"]
    population = next(one.population for one in load().benchmarks.values() if one.source == source)
    return f"{register} reports ({wording.within_sentence(population)}): {shares}. Not adjusted. Source: {source}."


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
            "Published": lambda row: f"{parts.percent(row.published)} ({row.register})" if row.register else "–",
            "To bear in mind": "note",
        },
    )

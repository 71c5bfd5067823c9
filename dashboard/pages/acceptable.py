"""Who reached an acceptable state, by how often they had been operated on before, beside what a register reports."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.verdicts.acceptable import OUTCOME, acceptable_verdict, reached
from dashboard.charts import dot_interval
from dashboard.definitions import load
from dashboard.pages import furniture, parts
from dashboard.records import Records

TALL = 220
"""Pixels of the rows, as far as they may be stretched to the picture beside them."""


@dataclass(frozen=True)
class AcceptablePicture:
    """What stands beside a picture in words and as a table."""

    sentence: str
    table: pd.DataFrame


def section(records: Records) -> AcceptablePicture | None:
    """The share that reached it, by operations before, as a picture; why not, and nothing, where nobody records it."""
    outcome = load().outcomes[OUTCOME]
    if why := not_recorded(records, OUTCOME):
        st.info(parts.said(why))
        return None
    rows = reached(records)
    parts.verdict(acceptable_verdict(records))
    drawn = rows.assign(operations=rows["answered"], failed=rows["reached"])
    drawn = drawn[drawn["operations"] > 0]
    told = "; ".join(
        f"{row.label}: {row.reached} of {row.answered} answered" for row in parts.rows_of(rows) if row.answered
    )
    figure = dot_interval.dot_interval(drawn, tall=TALL, dark=parts.is_dark())
    furniture.picture(figure, alt=f"Reached it. {told}.", key="acceptable")
    sentence = (
        f"Acceptable state: an ODI of {outcome.threshold:g} or less at 12 months, as a share of those who answered; "
        f"those who did not could differ. {_published(rows)}"
    )
    return AcceptablePicture(sentence, _table(rows))


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

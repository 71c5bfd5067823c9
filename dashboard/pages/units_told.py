"""Compare for whoever is told protected counts: each unit's share as it is told, and what is not told of it."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import untold, when_words
from dashboard.analyses.verdicts.units_told import NOT_HELD, units_told, units_told_verdict
from dashboard.analyses.ways import ways
from dashboard.charts import dot_interval
from dashboard.definitions import Outcome
from dashboard.exports import figures
from dashboard.pages import furniture, parts
from dashboard.records import Records

FAMILY_WANTED = "Shares of unlike procedures are not compared without adjustment. Choose one procedure family."
NOBODY_TOLD = "Of each of them too few operations, failures or others are known to be told of."


def section(records: Records, outcome: Outcome, days: int, by: str, top: furniture.AnswerPlace) -> None:
    """What is told in one line, the share of each in order of name, and its figures."""
    found = units_told(records, outcome.name, by, days)
    with top:
        furniture.verdict(units_told_verdict(found, outcome.name, by, days))
    with furniture.card(f"{outcome.short} {when_words(outcome, days)}: share failed, not adjusted", key="told"):
        if found.comparable:
            _picture(records, found.units, outcome, days, by)
        else:
            st.info(FAMILY_WANTED if len(found.families) > 1 else NOBODY_TOLD)

            def possible(other: Records) -> bool:
                return units_told(other, outcome.name, by, days).comparable

            parts.offer(ways(records, possible, unlike=found.families), key="told", path=None)
    if found.comparable:
        _table(found.units, by)
    furniture.method(NOT_HELD)
    parts.provenance(records, outcome)


def _picture(records: Records, units: pd.DataFrame, outcome: Outcome, days: int, by: str) -> None:
    whole = failure_rate(records, outcome.name, None, days).iloc[0]
    together = float(whole["share"]) if whole["shown"] else None
    rows = units.drop(columns=["best_case", "worst_case"])
    figure = dot_interval.dot_interval(
        rows, comparator=together, comparator_label=f"all chosen {parts.percent(together)}", dark=parts.is_dark()
    )
    curves = partial(failure_curve, records, outcome.name, by) if outcome.kind == "time" else None
    furniture.picture(figure, alt=dot_interval.describe(rows), key="told", **figures.of_shares(rows, days, curves))
    parts.note(f"Behind each name: operations. {parts.said(parts.untold_words(untold(records, by, units)))}")
    parts.bear_in_mind(units)


def _table(units: pd.DataFrame, by: str) -> None:
    shown: parts.Columns = {
        by.capitalize(): "label",
        "Share failed (count; 95 % interval)": parts.rate_words,
        **parts.WORST_CASE,
        "Operations": "operations",
        "Failed": "failed",
        "Known, of those due": parts.known_of_due,
    }
    with furniture.card("Each in figures, in order of name", key="told-figures"):
        parts.show_table(parts.columns_of(units, shown), "Share failed of each, with counts", whole=True, rows=units)

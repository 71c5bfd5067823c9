"""Since the last import: one line that says by what the headline figure moved, and opens to all of them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.headline import SHARE, headline
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.since_last_import import SinceImport, since_last_import
from dashboard.analyses.verdicts.since import EACH_STEP, OF_EVERYBODY, since_verdict, step_cells
from dashboard.definitions import Landmark, Outcome
from dashboard.pages import parts, short_list
from dashboard.records import Records


def line(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    """The figure now and before, as one line that opens; where there is no import to hold it against, the way alone.

    Nothing for a viewer who sees a part: what an import changed is counted of the whole practice.
    """
    if not records.viewer.sees_everything_exactly:
        return
    answer = since_verdict(records, outcome.name, landmark.days)
    label = f"Since the last import: {parts.said(answer.answer)} →" if answer.claims else "Since the last import →"
    if st.button(label, key="since", type="tertiary"):
        short_list.opened("Since the last import", lambda: section(records, outcome, landmark))


def section(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    """Each step between the figure before and now, and the other headline figures."""
    answer = since_verdict(records, outcome.name, landmark.days)
    parts.verdict(answer)
    if not answer.claims:
        return
    rows = [
        (row.label, found)
        for row in parts.rows_of(headline(records, outcome.name, landmark.days))
        if row.kind == SHARE and row.outcome and not not_recorded(records, row.outcome)
        and (found := since_last_import(records, row.outcome, int(row.within_days)))
    ]  # fmt: skip
    parts.show_table(_table(rows), "Headline figures before the last import and now, step by step", whole=True)
    parts.note(f"{EACH_STEP} {OF_EVERYBODY}")


def _table(rows: list[tuple[str, SinceImport]]) -> pd.DataFrame:
    return pd.DataFrame([{"Figure": label, **step_cells(found)} for label, found in rows])

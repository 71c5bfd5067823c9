"""Since the last import: one line that says by what the headline figure moved, and opens to all of them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.headline import SHARE, headline
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.since_last_import import STEPS, SinceImport, since_last_import
from dashboard.analyses.verdicts.since import figure_words, moved_words, since_verdict
from dashboard.definitions import Landmark, Outcome
from dashboard.pages import parts, short_list
from dashboard.records import Records

HEADS = {
    "definition": "Definitions", "corrected": "Corrected", "followed": "Followed further", "new": "New operations",
}  # fmt: skip


def line(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    """The figure now and before, as one line that opens; where there is no import to hold it against, the way alone."""
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
    parts.note(
        "Each step starts from the figure that the one to its left has made, in points. Corrected: what was recorded "
        "before is contradicted now, or gone. Followed further: more is known of an operation that was there. Of the "
        "whole practice, whatever is chosen above."
    )


def _table(rows: list[tuple[str, SinceImport]]) -> pd.DataFrame:
    return pd.DataFrame([{"Figure": label, **_cells(found)} for label, found in rows])


def _cells(found: SinceImport) -> dict[str, str]:
    before, *steps = parts.rows_of(found.levels)
    return {
        "Before": figure_words(before),
        **{HEADS[row.step]: _step(row, found) for row in steps if row.step in STEPS},
        "Now": figure_words(steps[-1]),
    }


def _step(row: Any, found: SinceImport) -> str:
    if row.step == "definition":
        return moved_words(row) if found.definitions_changed else "unchanged"
    return f"{moved_words(row)} ({wording.count(int(row.touched), 'operation')})" if row.touched else "none"

"""What can be changed before surgery: how common it is, and how failure goes along with it."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.modifiable import modifiable
from dashboard.analyses.verdicts.changeable import changeable_verdict
from dashboard.definitions import Landmark, Outcome
from dashboard.pages import furniture, parts
from dashboard.records import Records


def section(records: Records, outcome: Outcome, landmark: Landmark, top: furniture.AnswerPlace) -> None:
    """Each factor's exposed beside the others, the adjusted ratio, and how many lately had two or more."""
    if outcome.kind != "time":
        st.info("This view follows operations over time. Choose a definition that does, such as the first one.")
        return
    answer = modifiable(records, outcome.name, landmark.days)
    with top:
        furniture.verdict(changeable_verdict(answer))
    drawn = pd.DataFrame([part for row in parts.rows_of(answer.rows) for part in _pair(row)])
    sentence = (
        f"Share failed by {landmark.label} among operations with the risk and without it (hollow). Associated with "
        "failure is not its cause: that changing it would change the outcome is not shown by this."
    )
    st.header(f"{outcome.short} by {parts.said(landmark.label)}, with each risk and without it")
    parts.show_shares(drawn, sentence, table=_table(answer.rows, answer.measure), key="modifiable")
    for row in parts.rows_of(answer.rows):
        if not row.before:
            parts.note(
                f"{parts.said(row.label)} arises after surgery: whoever fails early has less time to follow "
                "instructions, so part of this difference may be made by the failure itself. It is never adjusted for."
            )
    parts.provenance(records, outcome)


def _pair(row: Any) -> list[dict[str, Any]]:
    """The exposed and the others of one factor, as two rows of the picture."""
    return [
        {"section": row.label, "label": row.at_risk, "share": row.share, "lower": row.lower, "upper": row.upper,
         "operations": row.exposed, "known": row.known, "failed": row.exposed_failed, "shown": row.shown,
         "best_case": row.best_case, "worst_case": row.worst_case,
         "reference": False},
        {"section": row.label, "label": "Without it", "share": row.others_share, "lower": row.others_lower,
         "upper": row.others_upper, "operations": row.others, "known": row.others_known, "failed": row.others_failed,
         "best_case": row.others_best_case, "worst_case": row.others_worst_case,
         "shown": row.others >= 10, "reference": True},
    ]  # fmt: skip


def _table(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    return parts.columns_of(
        rows.assign(failed=rows["exposed_failed"], operations=rows["exposed"]),
        {
            "Risk": lambda row: f"{row.label}: {row.at_risk}",
            "Failed with it": parts.rate_words,
            **parts.WORST_CASE,
            "Of the failures": lambda row: (
                f"{parts.percent(row.of_failures)} ({row.exposed_failed} of {row.exposed_failed + row.others_failed})"
            ),
            "How common": lambda row: parts.percent(row.exposed_share),
            "Operations with it": lambda row: f"{row.exposed} of {row.recorded}",
            f"Adjusted {wording.within_sentence(measure)}": _ratio,
            "To bear in mind": "note",
        },
    )


def _ratio(row: Any) -> str:
    if row.ratio is None or pd.isna(row.ratio):
        return "–"
    return f"{row.ratio:.2f} ({wording.ratio_interval(row.ratio_lower, row.ratio_upper)}), {row.ratio_of}"

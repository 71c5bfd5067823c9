"""What was done after failure, in which order, and what is recorded of how it ended: a view of Causes and care."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.treatments import FEWEST, OUTCOMES, Care, care
from dashboard.charts import dot_interval
from dashboard.definitions import Outcome, load
from dashboard.pages import parts
from dashboard.records import Records


def section(records: Records, outcome: Outcome) -> None:
    """Steps, how they ended, paths, revisions by attempt and kind, each treatment."""
    answer = care(records)
    st.header("Steps of care after failure")
    if not answer.failed:
        st.info("No operation has failed by a clinician's finding, so that there is no care after failure to show.")
        return
    st.markdown(f"{parts.count_words(answer.failed)} operations failed; this is what is recorded of their care.")
    _steps(answer)
    parts.provenance(records, outcome)
    _ended(answer)
    _paths(answer)
    _attempts(answer)
    st.header("Each treatment in figures")
    st.dataframe(_treatment_table(answer), hide_index=True, width="stretch", alt="Every treatment and how it ended")
    parts.note(
        "After every operation that these filters choose, index operation or not: a second revision answers the "
        "failure of the first. Attempt: the patient's first, second, … treatment of that step."
    )


def days(low: float | None, high: float | None) -> str:
    """From one day to another; a dash where there are none."""
    return "–" if low is None or high is None or pd.isna(low) or pd.isna(high) else f"{int(low)} to {int(high)}"


def counted(label: str, count: int) -> str:
    """A label with its count, which no line break parts from its last word."""
    return f"{label}:\N{NO-BREAK SPACE}{parts.count_words(count)}"


def _steps(answer: Care) -> None:
    rows = answer.steps
    drawn = rows.assign(
        label=[counted(row.label, row.operations) for row in parts.rows_of(rows)], failed=rows["operations"],
        operations=rows["of"], shown=answer.failed >= FEWEST,
    )  # fmt: skip
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    table = pd.DataFrame(
        {
            "Step": rows["label"],
            "Operations that reached it": [_share_of_failed(row, answer.failed) for row in parts.rows_of(rows)],
            "Days known for": rows["timed"],
            "Median days from failure": rows["half"],
            "Quarter to three quarters": [days(row.quarter, row.three_quarters) for row in parts.rows_of(rows)],
        }
    )
    medians = "; ".join(
        f"{parts.within_sentence(row.label)} after a median of {int(row.half)} days (quartiles "
        f"{days(row.quarter, row.three_quarters)})"
        for row in parts.rows_of(rows) if row.timed >= FEWEST
    )  # fmt: skip
    first = f" First treatment: {medians}." if medians else ""
    alt = "; ".join(f"{row.label} {row.operations} of {row.of}" for row in parts.rows_of(rows))
    parts.show_figure(
        figure, alt=f"Steps of care after failure: {alt}.", table=table, key="steps",
        sentence=f"Of the operations that failed, the share that reached each step, in whatever order.{first}",
    )  # fmt: skip


def _share_of_failed(row: Any, failed: int) -> str:
    share = row.share if failed >= FEWEST else None
    return parts.share_words(share, row.operations, failed, row.lower, row.upper)


def _ended(answer: Care) -> None:
    st.header("How the treatments of each step ended")
    rows = answer.ended[answer.ended["treatments"] > 0]
    if rows.empty:
        st.markdown("No treatment is recorded after these operations.")
        return
    parts.show_figure(
        dot_interval.dot_interval(_improved_of(rows), dark=parts.is_dark()), alt=_told(rows), key="ended",
        sentence="Share improved, of the treatments whose outcome is recorded; fewer than ten are counts only. Each "
        "step is reached by other patients, so this compares no treatment.",
        table=_outcome_table(rows, "Step", "Treatments"),
    )  # fmt: skip


def _paths(answer: Care) -> None:
    st.header("Paths, as they really ran")
    rows = answer.paths
    shown = pd.DataFrame(
        {
            "Operations": rows["operations"],
            "Path": rows["label"],
            "Of those that failed": [_share_of_failed(row, answer.failed) for row in parts.rows_of(rows)],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
        }
    )
    alt = "Paths of care, with what was last recorded"
    st.dataframe(shown, hide_index=True, width="stretch", height="content", alt=alt)
    parts.note("Steps in the order in which they began; the outcome is the last that is recorded.")


def _attempts(answer: Care) -> None:
    st.header("How often a revision helped, by attempt")
    rows = pd.concat(
        [answer.attempts.assign(section="By attempt (urgent revisions apart)"),
         answer.kinds.assign(section="By kind")], ignore_index=True,
    )  # fmt: skip
    rows = rows[rows["treatments"] > 0]
    if rows.empty:
        st.markdown("No revision is recorded after these operations.")
        return
    parts.show_figure(
        dot_interval.dot_interval(_improved_of(rows), dark=parts.is_dark()), alt=_told(rows), key="attempts",
        sentence="Share improved, of the revisions whose outcome is recorded; fewer than ten are counts only. Attempts "
        f"are counted for the patient, over all operations recorded here. {_difference(answer)}",
        table=_outcome_table(rows, "Revision", "Revisions"),
    )  # fmt: skip


def _improved_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as a dot picture reads them: improved, of those whose outcome is recorded."""
    return rows.assign(operations=rows["recorded"], failed=rows["improved"])


def _told(rows: pd.DataFrame) -> str:
    return "; ".join(f"{row.label}: {row.improved} of {row.recorded} improved" for row in parts.rows_of(rows))


def _outcome_table(rows: pd.DataFrame, named: str, many: str) -> pd.DataFrame:
    """How each ended; ``named`` and ``many`` head the columns of names and of how many."""
    return pd.DataFrame(
        {
            named: rows["label"],
            many: rows["treatments"],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
            "Share improved": [_improved(row) for row in parts.rows_of(rows)],
        }
    )


def _treatment_table(answer: Care) -> pd.DataFrame:
    rows = answer.treatments
    table = _outcome_table(rows, "Treatment", "Treatments")
    table.insert(1, "Attempt", rows["attempt"])
    return table.assign(Step=rows["step_label"])


def _outcome_label(name: str) -> str:
    terms = load().vocabularies["treatment_outcome"]
    return terms[name].label if name in terms else "Not recorded"


def _improved(row: Any) -> str:
    if not row.shown:
        return f"{row.improved} of {row.recorded}"
    return parts.share_words(row.share, row.improved, row.recorded, row.lower, row.upper)


def _difference(answer: Care) -> str:
    if answer.difference is None:
        return "Too few outcomes are recorded to hold minimally invasive against open revisions."
    points = [f"{100 * value:+.1f}" for value in answer.difference]
    return (
        f"Minimally invasive less open: {points[0]} points ({points[1]} to {points[2]}); the patients differ, so this "
        "compares no method."
    )

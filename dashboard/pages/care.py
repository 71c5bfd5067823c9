"""What was done after failure, in which order, and what is recorded of how it ended: a view of Causes and care."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.treatments import ARROW, FEWEST, OUTCOMES, Care, care
from dashboard.charts import dot_interval
from dashboard.definitions import Outcome, load
from dashboard.pages import parts
from dashboard.records import Records

SHARE_IMPROVED = "Drawn is the share improved of n, those whose outcome is recorded; under ten, counts only."
LETTERS = 4
"""So many of a step's name stand in a path of several."""


def section(records: Records, outcome: Outcome) -> None:
    """Steps, how the first treatment and all of them ended, paths, revisions by attempt and kind, each treatment."""
    answer = care(records)
    st.header("Steps of care after failure")
    if not answer.failed:
        st.info("No operation has failed by a clinician's finding, so that there is no care after failure to show.")
        return
    st.markdown(f"{parts.count_words(answer.failed)} operations failed; this is what is recorded of their care.")
    _steps(answer)
    parts.provenance(records, outcome, over_time=False)
    _first(answer)
    _ended(answer)
    _paths(answer)
    _attempts(answer)
    _each(answer)


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
            **_waited(rows),
        }
    )
    medians = "; ".join(
        f"{parts.within_sentence(row.label)} after a median of {int(row.half)} days "
        f"({days(row.quarter, row.three_quarters)})"
        for row in parts.rows_of(rows) if row.timed >= FEWEST
    )  # fmt: skip
    first = (
        f" From the failure to the first treatment of each step: {medians}; in brackets a quarter to three quarters."
        if medians
        else ""
    )
    alt = "; ".join(f"{row.label} {row.operations} of {row.of}" for row in parts.rows_of(rows))
    parts.show_figure(
        figure, alt=f"Steps of care after failure: {alt}.", table=table, key="steps",
        sentence=f"Of the operations that failed, the share that reached each step, in whatever order.{first}",
    )  # fmt: skip


def _waited(rows: pd.DataFrame) -> dict[str, Any]:
    """The columns of days from the failure to the first treatment."""
    return {
        "Median days from the failure to the first": rows["half"],
        "Quarter to three quarters": [days(row.quarter, row.three_quarters) for row in parts.rows_of(rows)],
        "Days known for": rows["timed"],
    }


def _share_of_failed(row: Any, failed: int) -> str:
    share = row.share if failed >= FEWEST else None
    return parts.share_words(share, row.operations, failed, row.lower, row.upper)


def _first(answer: Care) -> None:
    st.header("How the first treatment of the failure ended")
    rows = answer.first[answer.first["treatments"] > 0]
    if rows.empty:
        st.markdown("No treatment is recorded after these failures.")
        return
    treated = parts.count_words(rows["treatments"].sum())
    parts.show_figure(
        dot_interval.dot_interval(_improved_of(rows), dark=parts.is_dark()), alt=_told(rows), key="first",
        sentence=f"{treated} of the {parts.count_words(answer.failed)} operations that failed have a treatment that "
        f"began on the day of the failure or later; each counts once, under the step of the first. {SHARE_IMPROVED} "
        "Other patients begin with another step, so this compares no treatment.",
        table=_outcome_table(rows, "Step of the first treatment", "Operations"),
    )  # fmt: skip


def _ended(answer: Care) -> None:
    st.header("How all treatments of each step ended")
    rows = answer.ended[answer.ended["treatments"] > 0]
    if rows.empty:
        st.markdown("No treatment is recorded after these operations.")
        return
    parts.show_figure(
        dot_interval.dot_interval(_improved_of(rows), dark=parts.is_dark()), alt=_told(rows), key="ended",
        sentence=f"All {parts.count_words(rows['treatments'].sum())} treatments recorded after the operations chosen, "
        f"first or later. {SHARE_IMPROVED} Each step is reached by other patients, so this compares no treatment.",
        table=_outcome_table(rows, "Step", "Treatments"),
    )  # fmt: skip


def _paths(answer: Care) -> None:
    st.header("Paths, as they really ran")
    rows = answer.paths
    known = rows.rename(columns={NOT_RECORDED: "unknown"})
    shown = pd.DataFrame(
        {
            "At last improved": [_at_last(row.improved, row.operations - row.unknown) for row in parts.rows_of(known)],
            "Path": [_short_path(label) for label in rows["label"]],
            "Operations": rows["operations"],
            "Of those that failed": [_share_of_failed(row, answer.failed) for row in parts.rows_of(rows)],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
        }
    )
    alt = "Paths of care, with what was last recorded"
    st.dataframe(shown, hide_index=True, width="stretch", height="content", alt=alt)
    key = ", ".join(f"{_short(label)} {label.lower()}" for label in answer.steps["label"])
    parts.note(
        f"The {parts.count_words(answer.failed)} operations that failed, by the steps in the order in which they began "
        f"({key}). The outcome is the last that is recorded; improved of those with one."
    )


def _at_last(improved: int, recorded: int) -> str:
    return f"{improved} of {recorded}" if recorded else "–"


def _short_path(label: str) -> str:
    """A path of several steps with each of them short, so that it can be read on a telephone."""
    steps = label.split(ARROW)
    return label if len(steps) == 1 else ARROW.join(_short(step) for step in steps)


def _short(step: str) -> str:
    return f"{step[:LETTERS].lower()}."


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
        sentence="Revisions after every operation that these filters choose, index operation or not: a second revision "
        f"answers the failure of the first. {SHARE_IMPROVED} Attempts are counted for the patient, over all operations "
        f"recorded here. {_difference(answer)}",
        table=_outcome_table(rows, "Revision", "Revisions"),
    )  # fmt: skip


def _improved_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows as a dot picture reads them: improved, of those whose outcome is recorded; the name says how many in all."""
    named = [f"{row.label}, {parts.count_words(row.treatments)}\N{NO-BREAK SPACE}done" for row in parts.rows_of(rows)]
    return rows.assign(operations=rows["recorded"], failed=rows["improved"], label=named)


def _told(rows: pd.DataFrame) -> str:
    return "; ".join(
        f"{row.label}: {row.treatments} done, {row.recorded} with a recorded outcome, {row.improved} improved"
        for row in parts.rows_of(rows)
    )


def _outcome_table(rows: pd.DataFrame, named: str, many: str) -> pd.DataFrame:
    """How each ended; ``named`` and ``many`` head the columns of names and of how many."""
    return pd.DataFrame(
        {
            named: rows["label"],
            "Share improved": [_improved(row) for row in parts.rows_of(rows)],
            many: rows["treatments"],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
        }
    )


def _each(answer: Care) -> None:
    st.header("Each treatment in figures")
    ended = _outcome_table(answer.each, "Treatment", "Treatments")
    shown = pd.concat([ended.iloc[:, :3], pd.DataFrame(_waited(answer.each)), ended.iloc[:, 3:]], axis="columns")
    st.dataframe(
        shown.assign(Step=answer.each["step_label"]), hide_index=True, width="stretch", height="content",
        alt="Every treatment, how it ended, and the days from the failure to the first of it",
    )  # fmt: skip
    total = parts.count_words(answer.each["treatments"].sum())
    parts.note(
        f"{total} treatments after every operation that these filters choose, index operation or not. Days from the "
        "failure to the operation's first such treatment; one that began before the failure was found has none."
    )
    with st.expander("The same by attempt"):
        table = _outcome_table(answer.treatments, "Treatment", "Treatments of this attempt")
        table.insert(1, "Attempt", answer.treatments["attempt"])
        st.dataframe(table, hide_index=True, width="stretch", alt="Every treatment by attempt, and how it ended")
        parts.note("Attempt: the patient's first, second, … treatment of that step of care.")


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

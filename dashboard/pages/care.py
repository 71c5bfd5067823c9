"""What was done after failure, in which order, and what is recorded of how it ended: a view of Causes and care."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.red_flags import of_every_operation
from dashboard.analyses.treatments import ARROW, FEWEST, OUTCOMES, Care, care
from dashboard.analyses.verdicts.care import revisions_verdict
from dashboard.definitions import Outcome, load
from dashboard.pages import parts
from dashboard.records import Records

SHARE_IMPROVED = "Drawn is the share improved of n, those whose outcome is recorded; under ten, counts only."
LETTERS = 4
"""So many of a step's name stand in a path of several."""


def section(records: Records, outcome: Outcome) -> None:
    """Revisions by attempt and kind, steps, how the first treatment and all of them ended, paths, each treatment."""
    answer = care(records)
    if not answer.failed:
        st.header("Steps of care after failure")
        parts.refused(
            records,
            "No operation has failed by a clinician's finding, so that there is no care after failure to show.",
            lambda wider: care(wider).failed > 0, key="care",
        )  # fmt: skip
        return
    _attempts(records, answer)
    parts.note(parts.counted_on(of_every_operation(records)))
    st.header("Steps of care after failure")
    st.markdown(
        f"{parts.count_words(answer.failed)} operations failed; this is what is recorded of their care, over all "
        "follow-up."
    )
    _steps(answer)
    parts.provenance(records, outcome, over_time=False)
    _first(answer)
    _ended(answer)
    _paths(answer)
    _each(answer)


def quarters(row: Any) -> str:
    """From the day of a quarter to that of three quarters; a dash where there are none."""
    low, high = row.quarter, row.three_quarters
    return "–" if pd.isna(low) or pd.isna(high) else f"{int(low)} to {int(high)}"


def counted(label: str, count: int) -> str:
    """A label with its count, which no line break parts from its last word."""
    return f"{label}:\N{NO-BREAK SPACE}{parts.count_words(count)}"


def _steps(answer: Care) -> None:
    rows = answer.steps
    drawn = rows.assign(
        label=[counted(row.label, row.operations) for row in parts.rows_of(rows)], failed=rows["operations"],
        operations=rows["of"], shown=answer.failed >= FEWEST,
    )  # fmt: skip
    reached: parts.Columns = {"Operations that reached it": lambda row: _share_of_failed(row, answer.failed)}
    table = parts.columns_of(rows, {"Step": "label", **reached, **WAITED})
    medians = "; ".join(
        f"{wording.within_sentence(row.label)} after a median of {int(row.half)} days "
        f"({quarters(row)})"
        for row in parts.rows_of(rows) if row.timed >= FEWEST
    )  # fmt: skip
    first = (
        f" From the failure to the first treatment of each step: {medians}; in brackets a quarter to three quarters."
        if medians
        else ""
    )
    alt = "; ".join(f"{row.label} {row.operations} of {row.of}" for row in parts.rows_of(rows))
    sentence = f"Of the operations that failed, the share that reached each step, in whatever order.{first}"
    parts.show_shares(drawn, sentence, alt=f"Steps of care after failure: {alt}.", table=table, key="steps")


def _share_of_failed(row: Any, failed: int) -> str:
    share = row.share if failed >= FEWEST else None
    return parts.share_words(share, row.operations, failed, row.lower, row.upper)


def _first(answer: Care) -> None:
    st.header("How the first treatment of the failure ended")
    treated = parts.count_words(answer.first["treatments"].sum())
    sentence = (
        f"{treated} of the {parts.count_words(answer.failed)} operations that failed have a treatment that began on "
        f"the day of the failure or later; each counts once, under the step of the first. {SHARE_IMPROVED} Other "
        "patients begin with another step, so this compares no treatment."
    )
    nothing = "No treatment is recorded after these failures."
    _improved(answer.first, sentence, nothing, "Step of the first treatment", "Operations", key="first")


def _ended(answer: Care) -> None:
    st.header("How all treatments of each step ended")
    sentence = (
        f"All {parts.count_words(answer.ended['treatments'].sum())} treatments recorded after the operations chosen, "
        f"first or later. {SHARE_IMPROVED} Each step is reached by other patients, so this compares no treatment."
    )
    nothing = "No treatment is recorded after these operations."
    _improved(answer.ended, sentence, nothing, "Step", "Treatments", key="ended")


def _paths(answer: Care) -> None:
    st.header("Paths, as they really ran")
    rows = answer.paths
    shown = parts.columns_of(
        rows.assign(recorded=rows["operations"] - rows[NOT_RECORDED]),
        {
            "At last improved": lambda row: f"{row.improved} of {row.recorded}" if row.recorded else "–",
            "Path": lambda row: _short_path(row.label),
            "Operations": "operations",
            "Of those that failed": lambda row: _share_of_failed(row, answer.failed),
            **_outcomes(),
        },
    )
    parts.show_table(shown, "Paths of care, with what was last recorded", whole=True)
    key = ", ".join(f"{_short(label)} {label.lower()}" for label in answer.steps["label"])
    parts.note(
        f"The {parts.count_words(answer.failed)} operations that failed, by the steps in the order in which they began "
        f"({parts.said(key)}). The outcome is the last that is recorded; improved of those with one."
    )


def _short_path(label: str) -> str:
    """A path of several steps with each of them short, so that it can be read on a telephone."""
    steps = label.split(ARROW)
    return label if len(steps) == 1 else ARROW.join(_short(step) for step in steps)


def _short(step: str) -> str:
    return f"{step[:LETTERS].lower()}."


def _attempts(records: Records, answer: Care) -> None:
    st.header("How often a revision helped")
    parts.verdict(revisions_verdict(records))
    rows = pd.concat(
        [answer.attempts.assign(section="By attempt (urgent revisions apart)"),
         answer.kinds.assign(section="By kind")], ignore_index=True,
    )  # fmt: skip
    sentence = (
        "Revisions after every operation that these filters choose, index operation or not: a second revision answers "
        f"the failure of the first. {SHARE_IMPROVED} Attempts are counted for the patient, urgent ones too, over all "
        f"operations recorded here. {_difference(answer)}"
    )
    _improved(
        rows, sentence, "No revision is recorded after these operations.", "Revision", "Revisions", key="attempts"
    )


def _improved(of: pd.DataFrame, sentence: str, nothing: str, named: str, many: str, *, key: str) -> None:
    """The share improved of those whose outcome is recorded; the name says how many were done in all.

    nothing: said where none was done; named, many: the heads of names and of how many in the table.
    """
    rows = of[of["treatments"] > 0]
    if rows.empty:
        st.markdown(parts.said(nothing))
        return
    each = list(parts.rows_of(rows))
    labels = [f"{row.label}, {parts.count_words(row.treatments)}\N{NO-BREAK SPACE}done" for row in each]
    drawn = rows.assign(operations=rows["recorded"], failed=rows["improved"], label=labels)
    told = "; ".join(
        f"{row.label}: {row.treatments} done, {row.recorded} with a recorded outcome, {row.improved} improved"
        for row in each
    )
    table = parts.columns_of(rows, {named: "label", **IMPROVED, many: "treatments", **_outcomes()})
    parts.show_shares(drawn, sentence, alt=told, table=table, key=key)


def _each(answer: Care) -> None:
    st.header("Each treatment in figures")
    named = {"Treatment": "label", **IMPROVED, "Treatments": "treatments"}
    shown = parts.columns_of(answer.each, {**named, **WAITED, **_outcomes(), "Step": "step_label"})
    alt = "Every treatment, how it ended, and the days from the failure to the first of it"
    parts.show_table(shown, alt, whole=True)
    total = parts.count_words(answer.each["treatments"].sum())
    parts.note(
        f"{total} treatments after every operation that these filters choose, index operation or not. Days from the "
        "failure to the operation's first such treatment; one that began before the failure was found has none."
    )
    with st.expander("The same by attempt"):
        named = {"Treatment": "label", "Attempt": "attempt", **IMPROVED, "Treatments of this attempt": "treatments"}
        table = parts.columns_of(answer.treatments, {**named, **_outcomes()})
        parts.show_table(table, "Every treatment by attempt, and how it ended")
        parts.note("Attempt: the patient's first, second, … treatment of that step of care.")


def _outcomes() -> dict[str, str]:
    """The columns of how treatments ended, by their heads."""
    terms = load().vocabularies["treatment_outcome"]
    return {terms[name].label if name in terms else "Not recorded": name for name in OUTCOMES}


def _share_improved(row: Any) -> str:
    share = row.share if row.shown else None
    return parts.share_words(share, row.improved, row.recorded, row.lower, row.upper)


IMPROVED: parts.Columns = {"Share improved": _share_improved}
WAITED: parts.Columns = {
    "Median days from the failure to the first": "half",
    "Quarter to three quarters": quarters,
    "Days known for": "timed",
}
"""The columns of days from the failure to the first treatment."""


def _difference(answer: Care) -> str:
    if answer.difference is None:
        return "Too few outcomes are recorded to hold minimally invasive against open revisions."
    difference, lower, upper = answer.difference
    points = f"{100 * difference:+.1f}".replace("-", "\N{MINUS SIGN}")
    return (
        f"Minimally invasive less open: {points} points ({wording.points_interval(lower, upper)}); the patients "
        "differ, so this compares no method."
    )

"""What was done after failure, in which order, and what is recorded of how it ended: a view of Causes and care."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.red_flags import of_every_operation
from dashboard.analyses.treatments import ARROW, FEWEST, OUTCOMES, Care, care
from dashboard.analyses.verdicts.care import revisions_verdict
from dashboard.charts import dot_interval
from dashboard.definitions import Outcome, load
from dashboard.pages import furniture, parts
from dashboard.records import Records

SHARE_IMPROVED = (
    "Drawn is the share improved of n, those whose outcome is recorded, behind each name; under ten, counts only."
)
TALL = 220
"""Pixels of the rows of a picture, as far as they may be stretched to the one beside it."""
LETTERS = 4
"""So many of a step's name stand in a path of several."""


def section(records: Records, outcome: Outcome, top: furniture.AnswerPlace) -> None:
    """How often a revision helped beside the steps of care; how treatments ended; paths and each treatment folded."""
    answer = care(records)
    if not answer.failed:
        parts.refused(
            records,
            "No operation has failed by a clinician's finding, so that there is no care after failure to show.",
            lambda wider: care(wider).failed > 0, key="care",
        )  # fmt: skip
        return
    with top:
        furniture.verdict(revisions_verdict(records))
    with furniture.side_by_side(2, key="care"):
        with furniture.card("How often a revision helped", key="attempts"):
            attempts = _attempts(answer)
        with furniture.card("Steps of care after failure", key="steps"):
            steps = _steps(answer)
    with furniture.side_by_side(2, key="ended"):
        with furniture.card("How the first treatment of the failure ended", key="first"):
            first = _first(answer)
        with furniture.card("How all treatments of each step ended", key="ended"):
            ended = _ended(answer)
    with st.expander("Paths, as they really ran"):
        _paths(answer)
    with st.expander("Each treatment in figures"):
        _each(answer)
    with furniture.explained():
        for one in (attempts, steps, first, ended):
            parts.note(parts.said(one.sentence))
            if one.table is not None:
                parts.show_table(one.table, one.alt, whole=True)
        parts.note(parts.counted_on(of_every_operation(records)))
        parts.provenance(records, outcome, over_time=False)


@dataclass(frozen=True)
class CarePicture:
    """What is said of a picture, what it shows in words, and the same as a table."""

    sentence: str
    alt: str
    table: pd.DataFrame | None = None


def quarters(row: Any) -> str:
    """From the day of a quarter to that of three quarters; a dash where there are none."""
    low, high = row.quarter, row.three_quarters
    return "–" if pd.isna(low) or pd.isna(high) else f"{int(low)} to {int(high)}"


def _steps(answer: Care) -> CarePicture:
    rows = answer.steps
    drawn = rows.assign(
        n=rows["operations"], failed=rows["operations"], operations=rows["of"], shown=answer.failed >= FEWEST
    )
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
    alt = f"Steps of care after failure: {alt}."
    furniture.picture(dot_interval.dot_interval(drawn, tall=TALL, dark=parts.is_dark()), alt=alt, key="steps")
    return CarePicture(
        f"{wording.count(answer.failed, 'operation')} failed; this is what is recorded of their care, over all "
        f"follow-up. Of the operations that failed, the share that reached each step, in whatever order.{first}",
        alt, table,
    )  # fmt: skip


def _share_of_failed(row: Any, failed: int) -> str:
    share = row.share if failed >= FEWEST else None
    return parts.share_words(share, row.operations, failed, row.lower, row.upper)


def _first(answer: Care) -> CarePicture:
    treated = parts.count_words(answer.first["treatments"].sum())
    sentence = (
        f"{treated} of the {parts.count_words(answer.failed)} operations that failed have a treatment that began on "
        f"the day of the failure or later; each counts once, under the step of the first. {SHARE_IMPROVED} Other "
        "patients begin with another step, so this compares no treatment."
    )
    nothing = "No treatment is recorded after these failures."
    return _improved(answer.first, sentence, nothing, "Step of the first treatment", "Operations", key="first")


def _ended(answer: Care) -> CarePicture:
    sentence = (
        f"All {parts.count_words(answer.ended['treatments'].sum())} treatments recorded after the operations chosen, "
        f"first or later. {SHARE_IMPROVED} Each step is reached by other patients, so this compares no treatment."
    )
    nothing = "No treatment is recorded after these operations."
    return _improved(answer.ended, sentence, nothing, "Step", "Treatments", key="ended")


def _paths(answer: Care) -> None:
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


def _attempts(answer: Care) -> CarePicture:
    rows = pd.concat(
        [answer.attempts.assign(section="By attempt (urgent revisions apart)"),
         answer.kinds.assign(section="By kind")], ignore_index=True,
    )  # fmt: skip
    sentence = (
        "Revisions after every operation that these filters choose, index operation or not: a second revision answers "
        f"the failure of the first. {SHARE_IMPROVED} Attempts are counted for the patient, urgent ones too, over all "
        f"operations recorded here. {_difference(answer)}"
    )
    return _improved(
        rows, sentence, "No revision is recorded after these operations.", "Revision", "Revisions", key="attempts"
    )


def _improved(of: pd.DataFrame, sentence: str, nothing: str, named: str, many: str, *, key: str) -> CarePicture:
    """The share improved of those whose outcome is recorded; the name says how many were done in all.

    nothing: said where none was done; named, many: the heads of names and of how many in the table.
    """
    rows = of[of["treatments"] > 0]
    if rows.empty:
        st.markdown(parts.said(nothing))
        return CarePicture(sentence, nothing)
    each = list(parts.rows_of(rows))
    drawn = rows.assign(operations=rows["recorded"], failed=rows["improved"])
    told = "; ".join(
        f"{row.label}: {row.treatments} done, {row.recorded} with a recorded outcome, {row.improved} improved"
        for row in each
    )
    table = parts.columns_of(rows, {named: "label", **IMPROVED, many: "treatments", **_outcomes()})
    furniture.picture(dot_interval.dot_interval(drawn, tall=TALL, dark=parts.is_dark()), alt=told, key=key)
    return CarePicture(sentence, told, table)


def _each(answer: Care) -> None:
    named = {"Treatment": "label", **IMPROVED, "Treatments": "treatments"}
    shown = parts.columns_of(answer.each, {**named, **WAITED, **_outcomes(), "Step": "step_label"})
    alt = "Every treatment, how it ended, and the days from the failure to the first of it"
    parts.show_table(shown, alt, whole=True)
    total = parts.count_words(answer.each["treatments"].sum())
    parts.note(
        f"{total} treatments after every operation that these filters choose, index operation or not. Days from the "
        "failure to the operation's first such treatment; one that began before the failure was found has none."
    )
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

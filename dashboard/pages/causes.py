"""Causes and care: why operations failed, when each cause shows itself, and what was done that helped."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.causes import Causes, cause_curves, causes, shown_after
from dashboard.analyses.treatments import FEWEST, OUTCOMES, Care, care
from dashboard.charts import dot_interval, step_curve, style, symptom_heat
from dashboard.definitions import Landmark, Outcome, load
from dashboard.pages import parts
from dashboard.records import Records

VIEWS = {"why": "Why they failed", "when": "When each cause shows itself", "care": "Care after failure"}
MONTHS = (3, 6, 9, 12, 24)
DAYS_A_MONTH = 365.25 / 12


def page(records: Records) -> None:
    """One of three views: causes, their time, care."""
    st.title("Causes and care")
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="causes_view", label="Shown", width=330)
    outcome = next(iter(load().failures.values()))
    if view == "care":
        _care(records, outcome)
        return
    landmark = parts.choose_landmark()
    if view == "why":
        _why(records, outcome, landmark)
    else:
        _when(records, outcome, landmark)


def _why(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    answer = causes(records, outcome.name, "family", landmark.days)
    st.header(f"Main cause of the failures seen by {landmark.label}")
    if not answer.failed:
        st.info(f"No failure was seen by {landmark.label} among these operations.")
        return
    found = answer.causes[answer.causes["failed"] > 0].sort_values("failed", ascending=False, kind="stable")
    _readings(answer)
    drawn = found.assign(operations=answer.failed, shown=answer.failed >= FEWEST)
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    sentence = (
        f"Of {answer.failed} failures seen by {landmark.label}, the share with each main cause. A failure may have "
        "several causes and has one main cause: the first recorded as primary, else the first found."
    )
    parts.show_figure(figure, alt=_alt(found, answer), sentence=sentence, table=None, key="causes")
    parts.provenance(records, outcome)
    st.header("Each in figures")
    st.dataframe(_cause_table(answer), hide_index=True, width="stretch", alt="Every cause with its failures and days")
    _matrix(records, outcome, landmark, answer)


def _alt(found: pd.DataFrame, answer: Causes) -> str:
    top = "; ".join(f"{row.label} {row.failed}" for row in parts.rows_of(found.head(5)))
    return f"Share of {answer.failed} failures by main cause. Most often: {top}."


def _readings(answer: Causes) -> None:
    """What could perhaps have been prevented, apart from the course of the disease, and what nobody could tell."""
    sentences = []
    for reading in load().cause_readings:
        failed = int(answer.causes.loc[answer.causes["reading"] == reading.name, "failed"].sum())
        words = ", ".join(parts.within_sentence(load().vocabularies["cause"][name].label) for name in reading.causes)
        sentences.append(f"**{reading.label}: {failed} of {answer.failed}** ({words}).")
    unknown = int(answer.causes.loc[answer.causes["group_label"] == "Undetermined", "failed"].sum())
    sentences.append(f"Looked for and not found: {unknown}. No cause recorded: {answer.without_cause}.")
    st.markdown("\n\n".join(sentences))


def _cause_table(answer: Causes) -> pd.DataFrame:
    rows = answer.causes.sort_values("failed", ascending=False, kind="stable")
    return pd.DataFrame(
        {
            "Cause": rows["label"],
            "Group": rows["group_label"],
            "Main cause of": rows["failed"],
            "Share of failures (95 % interval)": [_share(row, answer.failed) for row in parts.rows_of(rows)],
            "Also found beside another": rows["also_found"],
            "Half shown by day": rows["half"],
            "Quarter to three quarters": [_days(row.quarter, row.three_quarters) for row in parts.rows_of(rows)],
        }
    )


def _share(row: Any, of: int) -> str:
    if of < FEWEST:
        return "counts only"
    return f"{parts.percent(row.share)} ({parts.interval_words(row.lower, row.upper)})"


def _days(low: float | None, high: float | None) -> str:
    return "–" if low is None or pd.isna(low) or high is None else f"{int(low)} to {int(high)}"


def _matrix(records: Records, outcome: Outcome, landmark: Landmark, answer: Causes) -> None:
    st.header("Cause by procedure")
    rows = answer.matrix.rename(columns={"label": "category_label", "cause_label": "label"})
    families = [family.label for family in load().families.values()]
    rows = rows.sort_values("category_label", key=lambda names: names.map(_place(families)), kind="stable")
    order = [row.label for row in parts.rows_of(answer.causes)]
    rows = rows.sort_values("label", key=lambda names: names.map(_place(order)), kind="stable")
    figure = symptom_heat.symptom_heat(_columns_first(rows, families), dark=parts.is_dark())
    by_procedure = causes(records, outcome.name, "procedure", landmark.days).matrix
    table = by_procedure.pivot_table(
        index="cause_label", columns="label", values="operations", aggfunc="sum", fill_value=0, sort=False
    )
    parts.show_figure(
        figure, alt="Failures by main cause and procedure family, as counts", table=table.reset_index(names="Cause"),
        sentence=f"Failures seen by {landmark.label}, by main cause and family. The table has each procedure.",
        key="matrix",
    )  # fmt: skip


def _place(names: list[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _columns_first(rows: pd.DataFrame, families: list[str]) -> pd.DataFrame:
    """The rows with the families in their order, whichever cause comes first: a row of 0 for each holds its place."""
    held = [family for family in families if (rows["category_label"] == family).any()]
    first = rows["label"].iloc[0]
    return pd.concat(
        [pd.DataFrame({"label": first, "category_label": held, "operations": 0}),
         rows[["label", "category_label", "operations"]]], ignore_index=True,
    )  # fmt: skip


def _when(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    st.header("Share of operations failed from each cause")
    curves = cause_curves(records, outcome.name)
    if curves.empty:
        st.info("No failure with a recorded cause was seen among these operations.")
        return
    sizes = curves.groupby("label", sort=False)["failed"].sum().sort_values(ascending=False, kind="stable")
    labels = list(sizes.index)
    chosen = st.multiselect(
        f"Causes drawn (at most {style.MOST_SERIES})", labels, default=labels[: style.MOST_SERIES], key="causes",
        bind="query-params", max_selections=style.MOST_SERIES,
    )  # fmt: skip
    shown = curves[curves["label"].isin(chosen or labels[: style.MOST_SERIES])]
    figure = step_curve.step_curve(shown, until_days=landmark.days, dark=parts.is_dark())
    alt = step_curve.describe(shown, until_days=landmark.days)
    sentence = f"{alt} Death, and failure from another cause, compete with each."
    parts.show_figure(figure, alt=alt, sentence=sentence, table=None, key="cause-curves")
    parts.provenance(records, outcome)
    st.header("Which causes show themselves late?")
    months = int(st.selectbox("After month", MONTHS, index=MONTHS.index(9), key="after_month", bind="query-params"))
    rows = shown_after(records, outcome.name, round(months * DAYS_A_MONTH))
    late = rows[rows["after"] > 0]
    top = ", ".join(f"{row.label} ({row.after})" for row in parts.rows_of(late.head(3)))
    st.markdown(f"After month {months}: {top or 'none'}. Counted from the first symptom; all follow-up so far.")
    table = pd.DataFrame(
        {"Main cause": rows["label"], f"Up to month {months}": rows["up_to"], f"After month {months}": rows["after"]}
    )
    st.dataframe(table, hide_index=True, width="stretch", alt="Failures of each cause up to and after this month")
    parts.note("Failures seen, not failures to come: in recent operations later causes are still to show themselves.")


def _care(records: Records, outcome: Outcome) -> None:
    answer = care(records)
    st.header("Steps of care after failure")
    if not answer.failed:
        st.info("No operation has failed by a clinician's finding, so that there is no care after failure to show.")
        return
    st.markdown(f"{parts.count_words(answer.failed)} operations failed; this is what is recorded of their care.")
    _steps(answer)
    parts.provenance(records, outcome)
    _paths(answer)
    _attempts(answer)
    st.header("Each treatment in figures")
    st.dataframe(_treatment_table(answer), hide_index=True, width="stretch", alt="Every treatment and how it ended")


def _steps(answer: Care) -> None:
    rows = answer.steps
    drawn = rows.assign(failed=rows["operations"], operations=rows["of"], shown=answer.failed >= FEWEST)
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    table = pd.DataFrame(
        {
            "Step": rows["label"],
            "Operations that reached it": [f"{row.operations} of {row.of}" for row in parts.rows_of(rows)],
            "Share": [parts.percent(row.share) for row in parts.rows_of(rows)],
            "Median days from failure": rows["half"],
            "Quarter to three quarters": [_days(row.quarter, row.three_quarters) for row in parts.rows_of(rows)],
        }
    )
    medians = "; ".join(
        f"{parts.within_sentence(row.label)} after a median of {int(row.half)} days"
        for row in parts.rows_of(rows) if not pd.isna(row.half)
    )  # fmt: skip
    sentence = f"Share of the failed operations that reached each step. First treatment: {medians}."
    alt = "; ".join(f"{row.label} {row.operations} of {row.of}" for row in parts.rows_of(rows))
    parts.show_figure(figure, alt=f"Steps of care after failure: {alt}.", sentence=sentence, table=table, key="steps")


def _paths(answer: Care) -> None:
    st.header("Paths, as they really ran")
    rows = answer.paths
    shown = pd.DataFrame(
        {
            "Path": rows["label"],
            "Operations": rows["operations"],
            "Of those that failed": [parts.percent(share) for share in rows["share"]],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
        }
    )
    st.dataframe(shown, hide_index=True, width="stretch", alt="Paths of care, with what was last recorded")
    parts.note("Steps in the order in which they began; the outcome is the last that is recorded.")


def _outcome_label(name: str) -> str:
    terms = load().vocabularies["treatment_outcome"]
    return terms[name].label if name in terms else "Not recorded"


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
    drawn = rows.assign(operations=rows["recorded"], failed=rows["improved"])
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    table = pd.DataFrame(
        {
            "Revision": rows["label"],
            "Revisions": rows["treatments"],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
            "Share improved": [_improved(row) for row in parts.rows_of(rows)],
        }
    )
    alt = "; ".join(f"{row.label}: {row.improved} of {row.recorded} improved" for row in parts.rows_of(rows))
    sentence = (
        "Share improved, of the revisions whose outcome is recorded; fewer than ten are counts only. Attempts are "
        f"counted for the patient, over all operations recorded here. {_difference(answer)}"
    )
    parts.show_figure(figure, alt=alt, sentence=sentence, table=table, key="attempts")


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


def _treatment_table(answer: Care) -> pd.DataFrame:
    rows = answer.treatments
    return pd.DataFrame(
        {
            "Treatment": rows["label"],
            "Step": rows["step_label"],
            "Attempt": rows["attempt"],
            "Treatments": rows["treatments"],
            **{_outcome_label(name): rows[name] for name in OUTCOMES},
            "Share improved": [_improved(row) for row in parts.rows_of(rows)],
        }
    )

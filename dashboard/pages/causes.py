"""Causes and care: why operations failed, when each cause shows itself, and what was done that helped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.cause_stack import cause_stack
from dashboard.analyses.causes import (
    LATE_DAYS,
    NO_LATER,
    PREVENTABLE,
    Causes,
    cause_curves,
    causes,
    drawn_causes,
    found_matrix,
    onset_by_cause,
    share_of_failures,
    shown_after,
)
from dashboard.analyses.verdicts.causes import of_known_cause, of_reading, said_of_causes
from dashboard.analyses.verdicts.late import late_verdict, window_words
from dashboard.charts import count_matrix, dot_interval, stacked_curve, step_curve
from dashboard.charts.shaded_table import key_of
from dashboard.definitions import Landmark, Outcome, load
from dashboard.pages import care, chosen, curve_table, furniture, parts
from dashboard.records import Records

VIEWS = {"why": "Why they failed", "when": "When each cause shows itself", "care": "Care after failure"}
COUNTED = {"main": "The main cause", "any": "Every cause found"}
AFTER = {str(NO_LATER): "any time", "90": "90 days", str(LATE_DAYS): f"month 9 (day {LATE_DAYS})", "365": "1 year"}
"""How late a failure must be to be counted, which every table and picture of the page follows."""
TALL = 408
"""Pixels of the rows of causes, as far as they may be stretched to the picture beside them."""


@dataclass(frozen=True)
class Window:
    """After which day and by which one failures are counted, and whether by their main cause or by every one."""

    after: int
    landmark: Landmark
    counted: str = "main"


def page(records: Records) -> None:
    """One of three views: causes, their time, care."""
    if parts.nothing_to_show(records):
        return
    top, outcome = furniture.place_of_the_answer(), load().default_outcome
    with furniture.choices():
        view = parts.choose_group(VIEWS, key="causes_view", label="Shown")
        asked = _choose(view)
    if parts.nobody_records(records, outcome):
        return
    if asked is None:
        care.section(records, outcome, top)
        return
    after, landmark = asked.after, asked.landmark
    if after >= landmark.days:
        st.info(
            f"Nothing lies after day {after:d} and within {parts.said(landmark.label)}. Choose a later time, or an "
            "earlier day."
        )
        parts.link_to(None, "Show by 5 years", {"within": "5 years"})
        return
    if view == "why":
        _why(records, outcome, asked, top)
    else:
        _when(records, outcome, asked, top)


def _choose(view: str) -> Window | None:
    """From which day on and by when failures are counted; care is of all follow-up."""
    if view == "care":
        return None
    after = int(parts.choose_group(AFTER, key="failed_after", label="Failed after"))
    landmark = parts.choose_landmark()
    if view != "why":
        return Window(after, landmark)
    return Window(after, landmark, parts.choose_group(COUNTED, key="causes_counted", label="In the table of families"))


def _why(records: Records, outcome: Outcome, asked: Window, top: furniture.AnswerPlace) -> None:
    """What is concluded of prevention and what is most frequent; the causes beside the families they came after."""
    after, landmark = asked.after, asked.landmark
    answer, window = causes(records, outcome.name, "family", landmark.days, after), _window(landmark, after)
    with top:
        furniture.verdict(said_of_causes(answer, window))
    if not answer.failed:
        parts.refused(
            records, f"No failure was seen {window} among these operations.",
            lambda wider: causes(wider, outcome.name, "family", landmark.days, after).failed > 0, key="causes",
        )  # fmt: skip
        return
    parts.verdict(late_verdict(records, outcome.name, landmark.days, after))
    alt = _alt(answer)
    with furniture.side_by_side(2, key="why"):
        with furniture.card(f"Main cause of the failures seen {window}", key="main-causes"):
            figure = dot_interval.dot_interval(drawn_causes(answer), tall=TALL, dark=parts.is_dark())
            causes_drawn = answer.causes.assign(group=answer.causes["cause"])
            leads, of = records.viewer.sees_patients, chosen.labels_of(causes_drawn)
            one = chosen.clickable(figure, key="main-causes", alt=alt, of=of, leads=leads)
            way = " A dot or a cell of the other picture leads to its patients." if leads else ""
            parts.note(f"{PREVENTABLE} {parts.said(load().preventable.label)}. Behind each name: failures.{way}")
            _patients(records, causes_drawn, one, window, landmark, key="dot")
        with furniture.card("Cause by family of procedures", key="matrix"):
            by_procedure, told = _matrix(records, outcome, asked, list(drawn_causes(answer)["cause"]))
    with furniture.explained():
        _readings(answer)
        parts.note(
            f"Of {parts.said(wording.count(answer.failed, 'failure'))} seen {parts.said(window)}, the share with each "
            "main cause. A failure may have several causes and has one main cause: the first recorded as primary, else "
            f"the first found. {parts.said(_never_found(answer))}"
        )
        parts.provenance(records, outcome, over_time=False)
        rows = _in_the_table(answer)
        row = parts.choose_row(
            _cause_table(answer, rows, window), rows, "cause", key=f"cause rows {len(rows)} {window}",
            alt=f"Table: {alt}", leads=leads, height="content", row_height=28,
        )  # fmt: skip
        if leads:
            parts.note("Select a row for its patients.")
        _patients(records, rows, row, window, landmark, key="row")
        parts.note("A cause found beside another main cause is counted over all follow-up so far.")
        parts.show_table(by_procedure, "Causes by procedure", whole=True)
        parts.note(parts.said(told))


def _patients(
    records: Records, rows: pd.DataFrame, one: str | None, window: str, landmark: Landmark, *, key: str
) -> None:
    """The way to the patients of the cause that was clicked, or whose row was selected."""
    for row in parts.rows_of(rows[rows["cause"] == one] if one is not None else rows.head(0)):
        to = {"cause": row.label, **chosen.by_time(load().default_outcome, landmark.days)}
        chosen.patients_behind(records, row, window, to, key=f"cause {key}")


def _alt(answer: Causes) -> str:
    largest = answer.causes.sort_values("failed", ascending=False, kind="stable").head(5)
    told = "; ".join(f"{row.label} {row.failed}" for row in parts.rows_of(largest) if row.failed)
    return f"Main cause of {answer.failed} failures. Most often: {told}."


def _readings(answer: Causes) -> None:
    """Which causes could perhaps have been prevented, which are the course of the disease, what nobody could tell."""
    readings, known = load().cause_readings, of_known_cause(answer)
    sentences = []
    for reading in readings:
        words = ", ".join(wording.within_sentence(load().vocabularies["cause"][name].label) for name in reading.causes)
        of = f"{known} whose cause is known" if reading.named else f"all {answer.failed}"
        sentences.append(
            f"**{reading.label}: {parts.said(of_reading(answer, reading))} of {parts.said(of)}** ({words})."
        )
    sentences.append(f"No cause recorded: {parts.said(answer.without_cause)} of all {answer.failed:d}.")
    st.markdown("\n\n".join(sentences))
    for source in dict.fromkeys(reading.source for reading in readings):
        parts.note(f"How causes are read together: {source}. It says nothing of a single operation.")


def _window(landmark: Landmark, after: int) -> str:
    """By 2 years; after day 274 and by 2 years."""
    return window_words(f"by {landmark.label}", after)


def _in_the_table(answer: Causes) -> pd.DataFrame:
    """The causes that were found at all, the most frequent first."""
    return answer.causes[_found_at_all(answer)].sort_values("failed", ascending=False, kind="stable")


def _cause_table(answer: Causes, rows: pd.DataFrame, window: str) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Cause": "label",
            "Share of failures (count; 95 % interval)": lambda row: share_of_failures(row, answer.failed),
            f"Main cause {window}": "failed",
            "Half of these by day": "half",
            "Quarter to three quarters": care.quarters,
            "Also found beside another": "also_found",
            "Group": "group_label",
        },
    )


def _found_at_all(answer: Causes) -> pd.Series:
    return (answer.causes["failed"] > 0) | (answer.causes["also_found"] > 0)


def _never_found(answer: Causes) -> str:
    labels = [wording.within_sentence(label) for label in answer.causes.loc[~_found_at_all(answer), "label"]]
    return f"Not found behind any of these failures: {', '.join(labels)}." if labels else ""


def _matrix(records: Records, outcome: Outcome, asked: Window, order: list[str]) -> tuple[pd.DataFrame, str]:
    """Causes by family in the picture; the same by procedure as a table, and what is counted in both.

    order: the causes as they stand beside it; further ones stand below.
    """
    after, landmark = asked.after, asked.landmark
    if asked.counted == "main":
        by_family, by_procedure = (
            causes(records, outcome.name, by, landmark.days, after).matrix for by in ("family", "procedure")
        )
        sentence = f"Failures seen {_window(landmark, after)}, each under its main cause."
    else:
        by_family, by_procedure = (found_matrix(records, by) for by in ("family", "procedure"))
        sentence = (
            "Every cause found behind a failure, main cause or not: a failure counts once for each of its causes. All "
            "follow-up so far, whatever time is chosen above."
        )
    place = {cause: number for number, cause in enumerate(order)}
    by_family = by_family.sort_values("cause", key=lambda names: names.map(place).fillna(len(place)), kind="stable")
    rows = _in_order(by_family)
    alt = f"Failures by cause and procedure family. {count_matrix.describe(rows)}"
    picture = count_matrix.count_matrix(rows, dark=parts.is_dark())
    cells = {key_of(row.label, row.category_label): row for row in parts.rows_of(rows) if row.operations}
    one = chosen.clickable(
        picture, key="matrix", alt=alt, of={key: f"{row.label}" for key, row in cells.items()},
        leads=records.viewer.sees_patients,
    )  # fmt: skip
    if one in cells:
        cell = cells[one]
        families = [name for name, label in load().families.items() if label == cell.category_label]
        parts.link_to(
            "patients", f"{cell.label} in {cell.category_label}: operations that failed",
            {"state": "Failed", "cause": cell.label, "family": families}, key="patients cell",
        )  # fmt: skip
    table = by_procedure.pivot_table(
        index="cause_label", columns="label", values="operations", aggfunc="sum", fill_value=0, sort=False
    )
    return table.reset_index(names="Cause"), f"{sentence} By family in the picture, by procedure in the table."


def _in_order(matrix: pd.DataFrame) -> pd.DataFrame:
    """Every cause that occurs with every family that occurs, the families in their own order."""
    there = set(matrix["label"])
    known = [label for label in load().families.values() if label in there]
    families = [*known, *sorted(there.difference(known))]
    counts = matrix.groupby(["cause_label", "label"])["operations"].sum()
    return parts.every_pair(counts, matrix["cause_label"].unique(), families)


def _when(records: Records, outcome: Outcome, asked: Window, top: furniture.AnswerPlace) -> None:
    """The most frequent causes; all of them on one another beside the course of each; which come late, and when."""
    after, landmark = asked.after, asked.landmark
    with top:
        furniture.verdict(late_verdict(records, outcome.name, landmark.days, after))
    later = "" if after <= NO_LATER else f" after day {after}"
    curves = cause_curves(records, outcome.name, after)
    if curves.empty:
        parts.refused(
            records, f"No failure with a recorded cause was seen{later} among these operations.",
            lambda wider: not cause_curves(wider, outcome.name, after).empty, key="cause-curves",
        )  # fmt: skip
        return
    stack = cause_stack(records, outcome.name, landmark.days, after)
    with furniture.side_by_side(2, key="when"):
        with furniture.card(f"Share of operations failed{later}, by main cause", key="cause-stack"):
            figure = stacked_curve.stacked_curve(stack, until_days=landmark.days, dark=parts.is_dark())
            told = stacked_curve.describe(stack, until_days=landmark.days)
            named = dict(zip(stack["part"], stack["label"], strict=True))
            leads = records.viewer.sees_patients
            one = chosen.clickable(figure, key="cause-stack", alt=told, of=named, leads=leads)
            found = causes(records, outcome.name, "family", landmark.days, after)
            _patients(records, found.causes, one, _window(landmark, after), landmark, key="part")
        with furniture.card(f"Share of operations failed{later} from each cause", key="cause-curves"):
            drawn_here = st.container()
            sizes = curves.groupby("label", sort=False)["failed"].sum()
            shown = parts.choose_curves(curves, sizes, "Causes drawn", key="causes", usual="The most frequent")
            with drawn_here:
                figure = step_curve.step_curve(shown, until_days=landmark.days, dark=parts.is_dark())
                alt = step_curve.describe(shown, until_days=landmark.days)
                furniture.picture(figure, alt=alt, key="cause-curves")
    with furniture.side_by_side(2, key="late"):
        late_from = after if after > NO_LATER else LATE_DAYS
        with furniture.card(f"Which causes show themselves after day {late_from}?", key="late"):
            _late(records, outcome, late_from)
        with furniture.card("When the failures of each cause first showed themselves", key="cause-onset"):
            by_onset = _categories(records, outcome, asked)
    with furniture.explained():
        parts.note(
            f"Death, and failure from another cause{' or earlier' if later else ''}, compete with each. The parts of "
            "the first picture add up to the share of all failures. Failures seen, not failures to come: in recent "
            "operations later causes are still to show themselves. Symptoms that the operation never relieved "
            "(persistent) are shown apart: they did not begin anew."
        )
        parts.provenance(records, outcome)
        by_month = curve_table.by_month(shown[shown["failed"] > 0], landmark.days, "Cause")
        parts.show_table(by_month, f"Table: {alt}")
        if by_onset is not None:
            parts.show_table(by_onset, "Failures by main cause and by when the first symptom came", whole=True)
        parts.show_table(_stack_table(stack, landmark), "Share failed from each cause on each landmark", whole=True)


def _stack_table(stack: pd.DataFrame, landmark: Landmark) -> pd.DataFrame:
    """The parts as they stand at each of the fixed days up to the chosen one."""
    marks = [mark for mark in load().landmarks if mark.days <= landmark.days]
    standing = {
        f"By {mark.label}": stack[stack["day"] <= mark.days].groupby("part", sort=False)["share"].last()
        for mark in marks
    }
    names = stack.drop_duplicates("part").set_index("part")["label"]
    told = {head: [parts.percent(shares.get(part, 0.0)) for part in names.index] for head, shares in standing.items()}
    return pd.DataFrame({"Part": names.tolist(), **told})


def _late(records: Records, outcome: Outcome, late_from: int) -> None:
    """After the day that is chosen above, or after month 9."""
    rows = shown_after(records, outcome.name, late_from)
    day = f"day {late_from}"
    late, total = int(rows["after"].sum()), int((rows["up_to"] + rows["after"]).sum())
    st.markdown(
        f"**{late} of {total} failures showed themselves after {day}**{_causes_after(rows)} By the day of the "
        "first symptom; all follow-up so far, whatever time is chosen above."
    )
    columns: parts.Columns = {
        "Main cause": "label",
        f"After {day}, of this cause": _after,
        f"Up to {day}": "up_to",
        f"After {day}": "after",
    }
    alt = "Failures of each cause up to and after this day"
    parts.show_table(parts.columns_of(rows, columns), alt, whole=True, rows=rows, row_height=25)


def _after(row: Any) -> str:
    return wording.out_of(row.after, row.up_to + row.after)


def _causes_after(rows: pd.DataFrame) -> str:
    """The causes that came late, the most frequent first, those that come with no other time of their own named."""
    late = rows[rows["after"] > 0]
    if late.empty:
        return "."
    listed = [f"{parts.said(wording.within_sentence(row.label))} {_after(row)}" for row in parts.rows_of(late)]
    never_early = [parts.said(wording.within_sentence(row.label)) for row in parts.rows_of(late) if not row.up_to]
    only = f" **Only then: {', '.join(never_early)}.**" if never_early else ""
    return f", of those with each main cause: {', '.join(listed)}.{only}"


def _categories(records: Records, outcome: Outcome, asked: Window) -> pd.DataFrame | None:
    """Causes by onset category in the picture, the most frequent first; the same as a table."""
    rows = onset_by_cause(records, outcome.name, asked.landmark.days, asked.after)
    window = parts.said(_window(asked.landmark, asked.after))
    if rows.empty:
        st.markdown(f"No failure was seen {window}.")
        return None
    totals, seen = rows.groupby("label")["operations"].sum(), rows.groupby("category_label")["operations"].sum()
    rows = rows[rows["category_label"].map(seen) > 0]
    rows = rows.sort_values("label", key=lambda labels: -labels.map(totals), kind="stable")
    short = rows.assign(category_label=[label.partition(" (")[0].partition(":")[0] for label in rows["category_label"]])
    alt = "Failures by main cause and by when the first symptom came"
    picture = count_matrix.count_matrix(short, dark=parts.is_dark())
    furniture.picture(picture, alt=f"{alt}. {count_matrix.describe(short)}", key="cause-onset")
    parts.note(f"Failures seen {window}.")
    table = rows.pivot_table(
        index="label", columns="category_label", values="operations", aggfunc="sum", sort=False
    )  # fmt: skip
    return table.reset_index(names="Main cause")

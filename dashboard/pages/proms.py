"""What patients report: where they end, how far they changed, whether that matters, and what they say themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.proms import by_baseline, opinions, proms
from dashboard.analyses.trajectories import trajectories
from dashboard.analyses.verdicts.reported import reported_verdict
from dashboard.charts import change_boxes, dot_interval, trajectory
from dashboard.definitions import Measure, Thresholds, load
from dashboard.definitions.terms import Visit
from dashboard.pages import acceptable, furniture, parts, segments
from dashboard.records import Records

TALL = 190
"""Pixels of the rows of a picture, as far as they may be stretched to the one beside it."""
GROUPS = {"family": "Family", "procedure": "Procedure", "surgeon": "Surgeon", "site": "Site"}


@dataclass(frozen=True)
class _Asked:
    """What the reader chose: of which measure, at which visit, in which groups, held to which set of thresholds."""

    measure: Measure
    visit: Visit
    by: str
    held_to: str

    @property
    def amounts(self) -> Thresholds:
        return self.measure.thresholds[self.held_to]


def choose(records: Records) -> _Asked:
    """The reader's choices, beside that of the view."""
    reported = load().patient_reported
    measures = {measure.name: measure for measure in reported.measures}
    labels = {name: measure.label for name, measure in measures.items()}
    measure = measures[parts.choose_group(labels, key="measure", label="Measure")]
    visit, by = parts.choose_visit("prom_visit"), parts.choose_group(parts.parting(records, GROUPS), key="prom_by")
    held_to = parts.choose_group({one.name: one.label for one in reported.sets}, key="thresholds", label="Held to")
    return _Asked(measure, visit, by, held_to)


def section(records: Records, asked: _Asked, top: furniture.AnswerPlace) -> None:
    """Who reached an acceptable state; the measure over time beside the changes of each group; how many changed."""
    measure, label = asked.measure, asked.visit.label
    if measure.score not in records.missing_kinds:
        with top:
            furniture.verdict(reported_verdict(records, measure.name, asked.visit.months, asked.held_to))
    found, everybody = (proms(records, measure.name, by, asked.held_to) for by in (asked.by, None))
    rows, whole = (frame[frame["visit"] == asked.visit.months] for frame in (found, everybody))
    with furniture.side_by_side(2, key="proms"):
        with furniture.card(f"{measure.label} over time", key="trajectory"):
            over_time = _trajectory(records, asked)
        with furniture.card(f"{measure.label}: change from before surgery to {label}", key="changes"):
            _changes(rows, whole.iloc[0], measure)
    with furniture.side_by_side(2, key="changed"):
        with furniture.card(f"How many changed by an amount that matters, at {label}", key="shares-changed"):
            _shares(rows, asked)
        with furniture.card("Reached an acceptable state at 12 months, by operations before", key="acceptable"):
            reached = acceptable.section(records)
    with furniture.explained():
        parts.note(_told(whole.iloc[0], measure, label))
        if whole.iloc[0]["note"]:
            parts.note(parts.said(whole.iloc[0]["note"]))
        _sources(records, measure, asked.amounts)
        parts.show_table(_table(rows, measure, label), f"Changes at {label}", whole=True, rows=rows)
        if over_time is not None:
            parts.show_table(_over_time_table(over_time), f"{measure.label} at each visit", whole=True, rows=over_time)
        if reached is not None:
            parts.note(parts.said(reached.sentence))
            parts.show_table(reached.table, "Reached an acceptable state, by operations before", whole=True)
    with st.expander(f"By disability before surgery, at {parts.said(label)}"):
        _bands(records, asked)
    with st.expander(f"In their own words at {parts.said(label)}"):
        _opinions(records, asked.visit.months, label)


def _trajectory(records: Records, asked: _Asked) -> pd.DataFrame | None:
    """The answers themselves, from before surgery over every visit; of all operations chosen."""
    measure = asked.measure
    if measure.score in records.missing_kinds:
        st.markdown(f"Nobody records {parts.said(wording.within_sentence(measure.label))} at visits here.")
        return None
    rows = trajectories(records, measure.name, None, asked.held_to)
    alt = trajectory.describe(rows, label=measure.label, unit=measure.unit)
    furniture.picture(trajectory.trajectory(rows, unit=measure.unit, dark=parts.is_dark()), alt=alt, key="trajectory")
    parts.note(
        f"Median and middle half of all who answered at each visit, not always the same patients; "
        f"{parts.said(measure.better)} is "
        f"better. Dashed: better than the median before surgery by {asked.amounts.important:g}, the smallest change "
        "that matters."
    )
    return rows


def _over_time_table(rows: pd.DataFrame) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Visit": "visit_label",
            "Median (middle half)": lambda row: (
                f"{row.half:.3g} ({row.quarter:.3g} to {row.three_quarters:.3g})" if row.shown else "counts only"
            ),
            "Answered": "answers",
        },
    )


def _changes(rows: pd.DataFrame, whole: Any, measure: Measure) -> None:
    drawn = rows.assign(operations=rows["with_change"], shown=rows["with_change"] >= 10)
    drawn = drawn.sort_values(["shown", "median"], ascending=False, kind="stable")
    figure = change_boxes.change_boxes(
        drawn, unit=measure.unit, important=whole["important_change"], detectable=measure.detectable,
        dark=parts.is_dark(),
    )  # fmt: skip
    furniture.picture(figure, alt=change_boxes.describe(drawn, unit=measure.unit), key="changes")
    parts.note(
        "Diamond: median; bar: the middle half; line: all but the outer tenths; a plus is better. Dashed: the smallest "
        "change that matters. Pale: may be the error of measurement."
    )


def _told(whole: Any, measure: Measure, label: str) -> str:
    return (
        f"{parts.count_words(whole['with_change'])} of {parts.count_words(whole['due'])} due answered both before "
        f"surgery and at {parts.said(label)}; {parts.count_words(whole['answered'])} answered at {parts.said(label)}, "
        "some of them not this measure or not before surgery. A plus is an improvement, whichever way the score itself "
        "runs. Diamond: median; bar: the middle half; line: all but the outer tenths; dashed: "
        f"{whole['important_change']:g} {parts.said(measure.unit)}, the smallest change that matters. Pale: up to "
        f"{measure.detectable:g} either way a change in one patient may be the error of measurement alone."
    )


def _table(rows: pd.DataFrame, measure: Measure, label: str) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Group": "label",
            f"Median ({measure.unit})": _quartiles,
            "Answered both times": "with_change",
            "Change that matters": lambda row: _share(row, "mcid_reached", "mcid_share", "") + _mark(row),
            "Substantial": lambda row: _share(row, "substantial", "substantial_share", "substantial_"),
            "Worse": lambda row: _share(row, "worse", "worse_share", "worse_"),
            f"Better by {measure.detectable:g} or more, beyond the error of measurement": lambda row: _share(
                row, "detectable", "detectable_share", "detectable_"
            ),
            f"Answered at {label}": "answered",
            "Due": "due",
        },
    )


def _quartiles(row: Any) -> str:
    if row.with_change < 10:
        return "counts only"
    return f"{row.median:+.3g} ({row.lower_quartile:+.3g} to {row.upper_quartile:+.3g})"


def _mark(row: Any) -> str:
    return f"; {row.important_change:g} is within the error of measurement" if row.within_error else ""


def _share(row: Any, count: str, share: str, prefix: str) -> str:
    if pd.isna(getattr(row, count)):
        return "no threshold in this set"
    shown = getattr(row, share) if row.with_change >= 10 else None
    limits = getattr(row, f"{prefix}lower"), getattr(row, f"{prefix}upper")
    return parts.share_words(shown, getattr(row, count), row.with_change, *limits)


def _shares(rows: pd.DataFrame, asked: _Asked) -> None:
    measure, amounts = asked.measure, asked.amounts
    told = {
        name: (f"{way} by {amount:g} or more{_within(measure, amount)}", *columns)
        for name, way, amount, *columns in (
            ("important", "Better", amounts.important, "mcid_reached", "mcid_share", ""),
            ("substantial", "Better", amounts.substantial, "substantial", "substantial_share", "substantial_"),
            ("worse", "Worse", amounts.worse, "worse", "worse_share", "worse_"),
        )
        if amount is not None
    }
    chosen = segments.choose({name: one[0] for name, one in told.items()}, key="prom_amount", label="Changed by")
    title, count, share, prefix = told[chosen]
    drawn = rows.assign(
        operations=rows["with_change"], failed=rows[count], share=rows[share], lower=rows[f"{prefix}lower"],
        upper=rows[f"{prefix}upper"], shown=rows["with_change"] >= 10,
    )[["group", "label", "operations", "failed", "share", "lower", "upper", "shown"]]  # fmt: skip
    drawn = drawn[drawn["operations"] > 0].sort_values(["shown", "share"], ascending=False, kind="stable")
    sentence = (
        "Of those who answered both before surgery and at this visit; the others could differ. Within error: smaller "
        f"than {measure.detectable:g}, the smallest change beyond the error of measurement in one patient."
    )
    picture = dot_interval.dot_interval(drawn, tall=TALL, dark=parts.is_dark())
    furniture.picture(picture, alt=f"{title}. {sentence}", key="shares-changed")
    parts.note(parts.said(sentence))


def _within(measure: Measure, amount: float) -> str:
    return " (within error)" if measure.within_error(amount) else ""


def _sources(records: Records, measure: Measure, amounts: Thresholds) -> None:
    """Where the amounts come from, and whether the smallest that matters can be told apart from error at all."""
    error = (
        f"The smallest change that matters ({amounts.important:g}) lies below the smallest that can be told from error "
        f"in one patient ({measure.detectable:g}): read it of groups, not of one patient. "
        if measure.within_error(amounts.important) else ""
    )  # fmt: skip
    parts.note(
        parts.said(
            f"{error}{amounts.source}. Error of measurement: {measure.detectable_source}. {measure.caution} · "
            f"{parts.counted_on(records)}"
        )
    )


def _bands(records: Records, asked: _Asked) -> None:
    rows = by_baseline(records, asked.measure.name, asked.visit.months, asked.held_to)
    drawn = rows.rename(columns={"band": "label", "with_change": "operations", "mcid_reached": "failed"})
    drawn = drawn[drawn["operations"] > 0]
    sentence = (
        f"Share better by {asked.amounts.important:g} or more at {asked.visit.label}, by disability before surgery: "
        "who had little to begin with has little room to improve."
    )
    parts.show_shares(drawn, sentence, alt=sentence, key="baseline-bands")


def _opinions(records: Records, visit: int, label: str) -> None:
    rows = opinions(records)
    rows = rows[rows["visit"] == visit]
    for name in dict.fromkeys(rows["opinion"]):
        part = rows[rows["opinion"] == name]
        first = part.iloc[0]
        st.markdown(
            f"**{parts.said(first['label'])}**: {parts.count_words(first['of'])} of "
            f"{parts.count_words(first['due'])} due."
        )
        shares = [parts.percent(share) if first["of"] >= 10 else "counts only" for share in part["share"]]
        columns: parts.Columns = {"Answer": "answer_label", "Share": "shares", "Operations": "answers"}
        parts.show_table(parts.columns_of(part.assign(shares=shares), columns), f"{first['label']} at {label}")

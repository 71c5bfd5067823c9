"""Procedures: after which operations failures come, against the practice and the published range."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.failure_curve import curves_told, failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import untold, when_words
from dashboard.analyses.published import beside, published
from dashboard.analyses.shares import largest_first
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.overall import worst_case_words
from dashboard.charts import dot_interval, small_multiples, step_curve
from dashboard.definitions import Landmark, Outcome
from dashboard.exports import figures
from dashboard.pages import chosen, curve_table, form, furniture, parts, proms, segments, trend, two_groups
from dashboard.pages import published as published_figures
from dashboard.pages.addresses import Views
from dashboard.records import Records

VIEWS = {
    "failures": "Failures", "change": "Change over time", "proms": "What patients report",
    "groups": "Two groups",
}  # fmt: skip
SHOWN = Views("procedures_view", VIEWS, exact=("proms",))
COMPARATORS = {"practice": "All together", "published": "Published", "none": "None"}
GROUPED = {"procedure": "Procedure", "family": "Family"}
GROUPED_WORDS = {"procedure": "after each procedure", "family": "in each family of procedures"}
ORDERS = {"size": "Largest first", "kind": "By kind"}
ONE = "one"
"""The word in the address of the group whose course is shown by itself."""
TALL = 390
"""Pixels of the two pictures that stand side by side, as far as their rows may be stretched."""


@dataclass(frozen=True)
class _Asked:
    """What the reader chose on this page: of what, by when, in which groups."""

    outcome: Outcome
    landmark: Landmark
    by: str

    @property
    def when(self) -> str:
        return when_words(self.outcome, self.landmark.days)

    @property
    def timed(self) -> bool:
        return self.outcome.kind == "time"


def page(records: Records) -> None:
    """What is concluded; the share failed after each procedure beside the course of each; the figures."""
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    with furniture.choices():
        view = segments.choose(SHOWN.of(records.viewer), key=SHOWN.word, label="Shown")
        asked = _choose() if view == "failures" else None
        change = trend.choose(records) if view == "change" else None
        reported = proms.choose(records) if view == "proms" else None
    of = asked or change
    if reported is not None:
        proms.section(records, reported, top)
    elif of is None:
        two_groups.section(records, top)
    elif parts.nobody_records(records, of.outcome, ("time", "landmark")):
        return
    elif asked is not None:
        _failures(records, asked, top)
    elif change is not None:
        trend.failures(records, change, top)
        if not records.viewer.is_protected:  # one by one they are single patients
            trend.complications(records)


def _choose() -> _Asked:
    outcome = parts.choose_outcome()
    landmark = parts.choose_landmark()
    return _Asked(outcome, landmark, segments.choose(GROUPED, key="by", label="Shown by"))


def _failures(records: Records, asked: _Asked, top: furniture.AnswerPlace) -> None:
    days = asked.landmark.days
    concluded = groups_verdict(records, asked.outcome.name, asked.by, days)
    with top:
        furniture.verdict(concluded)
    rates = judged(failure_rate(records, asked.outcome.name, asked.by, days), concluded)
    whole = failure_rate(records, asked.outcome.name, None, days).iloc[0]
    with furniture.side_by_side(2, key="procedures", room=True):
        with furniture.card(f"{asked.outcome.short} {asked.when}, {GROUPED_WORDS[asked.by]}", key="rates"):
            with furniture.choices("choices-rates"):
                order = segments.choose(ORDERS, key="order", label="Order")
                against = parts.choose_group(COMPARATORS, key="against", label="Compared with")
            rates = largest_first(rates) if order == "size" else rates
            found = published(records, asked.outcome.name, asked.by, days) if against == "published" else None
            curves = partial(failure_curve, records, asked.outcome.name, asked.by) if asked.timed else None
            leaves = figures.of_shares(rates.drop(columns=["best_case", "worst_case"]), days, curves)
            _picture(records, rates if found is None else beside(rates, found), whole, against, asked.by, leaves)
        _course(records, rates, asked)
    parts.bear_in_mind(rates, records, lambda wider: failure_rate(wider, asked.outcome.name, asked.by, days))
    _table(records, rates, whole, asked)
    furniture.method(
        *map(parts.said, _sentences(whole, asked, against, found)), parts.SHARES_TOLD if asked.timed else ""
    )
    parts.provenance(records, asked.outcome, over_time=False)
    if found is not None:
        published_figures.section(found, asked.outcome.name)


def _picture(
    records: Records, rates: pd.DataFrame, whole: pd.Series, against: str, by: str, leaves: dict[str, Any]
) -> None:
    """A dot for each group; a click shows its course beside. leaves: how it may be taken away."""
    practice = float(whole["share"]) if against == "practice" and whole["shown"] else None
    rows = rates.drop(columns=["best_case", "worst_case"])
    figure = dot_interval.dot_interval(
        rows, comparator=practice, comparator_label=f"all chosen {parts.percent(practice)}", tall=TALL,
        dark=parts.is_dark(),
    )  # fmt: skip
    labels = chosen.labels_of(rates)
    chosen.clickable(figure, key="rates", alt=dot_interval.describe(rows), of=labels, sets=ONE, **leaves)
    behind = " and its patients" if records.viewer.sees_patients else ""
    parts.note(
        f"{parts.SIGNS_TOLD} Behind each name: operations. Click a dot, or select a row of the table, for its "
        f"course{behind}. {parts.said(parts.untold_words(untold(records, by, rates)))}"
    )


def _course(records: Records, rates: pd.DataFrame, asked: _Asked) -> None:
    """The course of each group, or of the one that was clicked with the way to its patients."""
    labels = chosen.labels_of(rates)
    with furniture.card("The course of each" if asked.timed else "One of them", key="course"):
        one = chosen.one_of(labels, key=ONE, label="Whose course is shown")
        if not asked.timed:
            st.markdown("This definition is asked at one visit, so it has no curve over time.")
        elif one is None:
            _courses(records, rates, asked, labels)
        elif rates.loc[rates["group"] == one, "shown"].all():
            curves = curves_told(records, asked.outcome.name, asked.by, asked.landmark.days)
            _curve(curves[curves["group"] == one], asked, key="one-curve", tall=TALL)
        else:
            st.markdown(parts.said(rates.loc[rates["group"] == one, "note"].iloc[0]))
        if one is not None:
            row = rates[rates["group"] == one].iloc[0]
            to = {"outcome": asked.outcome.short, asked.by: [one], **chosen.by_time(asked.outcome, asked.landmark.days)}
            chosen.patients_behind(records, row, asked.when, to, key="one")


def _courses(records: Records, rates: pd.DataFrame, asked: _Asked, labels: dict[str, str]) -> None:
    """Small panels; on a telephone, where they have no room, all together in one curve."""
    whole = curves_told(records, asked.outcome.name, None, asked.landmark.days)
    shown = rates[rates["shown"].astype(bool)]
    curves = failure_curve(records, asked.outcome.name, asked.by).merge(shown[["group", "word"]], on="group")
    place = {group: number for number, group in enumerate(rates["group"])}
    curves = curves.iloc[curves["group"].map(place).argsort(kind="stable")]
    until = asked.landmark.days
    with st.container(key=f"{form.WIDE_ONLY}-courses"):
        figure = small_multiples.small_multiples(curves, whole, until_days=until, tall=TALL, dark=parts.is_dark())
        alt = small_multiples.describe(curves, until_days=until)
        leaves = figures.of_panels(curves)
        chosen.clickable(figure, key="courses", alt=alt, of=labels, sets=ONE, **leaves)
        small = [str(each) for each in rates["label"][~rates["group"].isin(small_multiples.drawn(curves))]]
        more = f" Not drawn, being the smallest: {', '.join(map(parts.said, small))}." if small else ""
        parts.note(f"Grey: all together. One scale in all panels.{more}")
    with st.container(key=f"{form.NARROW_ONLY}-courses"):
        _curve(whole, asked, key="all-curve")


def _curve(curves: pd.DataFrame, asked: _Asked, *, key: str, tall: int = step_curve.HEIGHT) -> None:
    until = asked.landmark.days
    figure = step_curve.step_curve(curves, until_days=until, tall=tall, dark=parts.is_dark())
    alt = step_curve.describe(curves, until_days=until)
    furniture.picture(figure, alt=alt, key=key, **figures.of_curves(curves, until))


def _sentences(whole: pd.Series, asked: _Asked, against: str, found: pd.DataFrame | None) -> list[str]:
    shares = f"Of all operations chosen, {parts.rate_words(whole)} failed {asked.when}. {worst_case_words(whole)}"
    if against == "practice":
        return [f"{shares} The dotted line is that share, in the same period."]
    return [shares] if found is None else [shares, *published_figures.sentence(found).split("\n\n")]


def _table(records: Records, rates: pd.DataFrame, whole: pd.Series, asked: _Asked) -> None:
    """The figures of each group, in the order of the picture; a row leads to its patients."""
    together = whole.to_frame().T.assign(label="All chosen", word="", difference=None)
    frame = pd.concat([rates, together], ignore_index=True)
    shown = parts.columns_of(
        frame,
        {
            "Group": "label",
            "Share failed (count; 95 % interval)": parts.rate_words,
            "Against all the others, points": parts.apart_of,
            "Beyond chance, for all compared": "word",
            "Operations": "operations",
            "Failed": "failed",
            **parts.WORST_CASE,
            "Known, of those due": parts.known_of_due,
            "Not yet due": "not_due",
        },
    )
    if asked.timed:
        shown["Median follow-up (days)"] = pd.to_numeric(frame["median_follow_up_days"]).round()
    else:
        shown["Answered of due"] = [f"{row.answered:,} of {row.due:,}" for row in parts.rows_of(frame)]
    alt = "Share failed for each group, with counts"
    group = parts.choose_row(
        shown, frame, "group", key="rates-" + "-".join(frame["group"]), alt=alt, height="content",
        row_height=26,
    )  # fmt: skip
    if group is None:
        return
    row = frame[frame["group"] == group].iloc[0]
    to: dict[str, str | list[str]] = {"outcome": asked.outcome.short}
    to |= chosen.by_time(asked.outcome, asked.landmark.days)
    chosen.patients_behind(records, row, asked.when, to if group == "all" else to | {asked.by: [group]}, key="row")
    if asked.timed:
        everybody = group == "all"
        curves = failure_curve(records, asked.outcome.name, None if everybody else asked.by)
        parts.show_as_table(curve_table.every_day(curves[curves["group"] == group]), f"Course: {row['label']}",
            rows=curves[curves["group"] == group],
        )  # fmt: skip

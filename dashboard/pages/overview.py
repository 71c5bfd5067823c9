"""Overview: what a practice should know first, on one screen."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import wording
from dashboard.analyses.cohort_line import cohort_line
from dashboard.analyses.difference import before_and_after
from dashboard.analyses.failure_curve import curves_told, failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import FAMILY, untold, untold_years
from dashboard.analyses.headline import CHANGE, DAY, SHARE, headline, limits_words, value_words
from dashboard.analyses.periods import are_whole, number_of
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.shares import largest_first
from dashboard.analyses.trend import counts_by_period, trend
from dashboard.analyses.verdicts.change import change_verdict, parting_day
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.analyses.verdicts.since import since_verdict
from dashboard.charts import dot_interval, step_curve
from dashboard.charts.years import Together, describe, years
from dashboard.definitions import Landmark, Outcome, load
from dashboard.errors import told_or
from dashboard.exports import figures
from dashboard.pages import furniture, monitor, parts, red_flags, short_list, since_last_import, undated
from dashboard.pages.furniture import KeyFigure, Link
from dashboard.pages.short_list import ShortList
from dashboard.records import Records

YEAR = "year"
IN_FULL = "In full, and as tables →"
ROWS_TALL = 204
"""Pixels of the rows of families: their picture is as tall as the two beside it."""
CONTROL_CHART = {"procedures_view": "Change over time"}
FAMILIES: parts.Columns = {
    "Family": "label",
    "Operations": "operations",
    "Share failed (count; 95 % interval)": parts.rate_words,
    "Against all the others, points": parts.apart_of,
    "Beyond chance, for all compared": "word",
    **parts.WORST_CASE,
    "Known, of those due": parts.known_of_due,
}
YEARS: parts.Columns = {
    "Operated in": "label",
    "Operations": "operations",
    "Known": "known",
    "Failed": "failed",
    "Share failed": parts.share_of,
    "95 % interval": parts.interval_of,
}


def page(records: Records) -> None:
    """The answer, who waits, six figures, and three pictures side by side; everything else is one named click away."""
    if parts.nothing_to_show(records):
        return
    answer, lists = furniture.place_of_the_answer(), st.container()
    with furniture.choices():
        outcome = parts.choose_outcome(kinds=("time",))
        landmark = parts.choose_landmark()
        missing = bool(not_recorded(records, outcome.name))
        if not missing:
            since_last_import.line(records, outcome, landmark)
            if st.button(IN_FULL, key="in full", type="tertiary"):
                short_list.opened("Overview in full", lambda: _in_full(records, outcome, landmark))
    parts.nobody_records(records, outcome, ("time",))
    with answer:
        if not missing:
            furniture.verdict(overview_verdict(records, outcome.name, landmark.days, parts.whose(records)))
    if not records.viewer.is_protected:
        _waiting(records, lists)
    if missing:
        parts.link_to("procedures", "What patients report at visits", {"procedures_view": "What patients report"})
        return
    furniture.key_figures(_figures(records, outcome, landmark), key="overview")
    _why_no_share(records, outcome, landmark)
    _pictures(records, outcome, landmark)


def answers(records: Records) -> None:
    """All that the page asks of whoever has chosen nothing yet; nothing is drawn."""
    outcome = next(each for each in load().failures.values() if each.kind == "time")
    landmark = next(each for each in load().landmarks if each.days == parts.DEFAULT_LANDMARK)
    cohort_line(records)
    _lists(records)
    monitor.owed(records)
    if not_recorded(records, outcome.name):
        return
    since_verdict(records, outcome.name, landmark.days)
    overview_verdict(records, outcome.name, landmark.days, parts.whose(records))
    _figures(records, outcome, landmark)
    curves_told(records, outcome.name, None, landmark.days)
    untold(records, FAMILY, _rates(records, outcome, landmark))
    by_year = trend(records, outcome.name, landmark.days, YEAR).periods
    _parts(records, by_year, outcome, landmark)
    untold_years(records, by_year)


def _waiting(records: Records, place: DeltaGenerator) -> None:
    """Who waits for a contact, for those who see patients, and what is to be looked at, for whoever is told exactly."""
    lists = _lists(records)
    with place, furniture.side_by_side(2, key="waiting") if len(lists) > 1 else nullcontext():
        for key, waiting in lists.items():
            more = Link(waiting.path, waiting.more, waiting.chosen) if waiting.more else None
            with furniture.card(waiting.title, key=key, link=more):
                waiting.draw()


def _lists(records: Records) -> dict[str, ShortList]:
    lists_of = {**({"flags": red_flags.compact} if records.viewer.sees_patients else {}), "review": monitor.compact}
    return {key: compact(records) for key, compact in lists_of.items()}


def _figures(records: Records, outcome: Outcome, landmark: Landmark) -> list[KeyFigure]:
    return [_figure(records, row) for row in parts.rows_of(headline(records, outcome.name, landmark.days))]


def _why_no_share(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    """Why the first figure is counts alone, and the wider choices under which it would be a share."""
    rate = failure_rate(records, outcome.name, None, landmark.days).iloc[0]
    if not rate["shown"]:
        why = f"No share failed by {landmark.label} is shown. {rate['note']}"
        parts.refused(
            records, why, lambda wider: bool(failure_rate(wider, outcome.name, None, landmark.days)["shown"].all()),
            key="rate",
        )  # fmt: skip


def _figure(records: Records, row: Any) -> KeyFigure:
    """One of the figures in words: 13.9 %, 12.4 to 15.5, and what it is held against."""
    points, ends = [], ""
    if row.kind == SHARE and row.outcome and row.shown:
        found = told_or(lambda: trend(records, row.outcome, row.within_days, YEAR).periods, None)
        # Years that are not told are those with fewer failures: what is left would show another course.
        if found is not None and are_whole(list(found["period"]), YEAR):
            settled = found[found["share"].notna()]
            points, ends = [float(share) for share in settled["share"]], _ends(settled)
    compared = row.comparator or ends
    return KeyFigure(
        row.label, value_words(row), limits_words(row), compared if row.shown else "", _way(records, row), points,
        f"By year of surgery: {ends}" if points else "",
    )  # fmt: skip


def _way(records: Records, row: Any) -> Link | None:
    """Where more of a figure stands: the page of its kind, with the same outcome chosen where it has one."""
    if row.kind == DAY:
        return Link("onset", row.label)
    if row.kind == CHANGE:
        return Link("procedures", row.label, {"procedures_view": "What patients report"})
    if not row.outcome:
        return Link("data", row.label)
    known = load().outcomes[row.outcome]
    if known.is_failure:
        return Link("procedures", row.label, {"outcome": known.short})
    return None if records.viewer.is_protected else Link("procedures", row.label, CONTROL_CHART)


def _ends(settled: pd.DataFrame) -> str:
    """2018: 19.2 %, 2024: 11.8 %."""
    if len(settled) < 2:
        return ""
    first, last = settled.iloc[0], settled.iloc[-1]
    return ", ".join(f"{row['label']}: {wording.percent(row['share'])}" for row in (first, last))


def _pictures(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    with furniture.side_by_side(3, key="pictures"):
        with furniture.card("When failures come", key="curve", link=Link("onset", "Time to symptoms")):
            curves = curves_told(records, outcome.name, None, landmark.days)
            furniture.picture(
                step_curve.step_curve(curves, until_days=landmark.days, dark=parts.is_dark()),
                alt=step_curve.describe(curves, until_days=landmark.days), key="curve",
                **figures.of_curves(curves, landmark.days),
            )  # fmt: skip
        by_family = f"{outcome.short} by {landmark.label}, by family"
        with furniture.card(by_family, key="families", link=Link("procedures", "Procedures")):
            _families(records, _rates(records, outcome, landmark), outcome, landmark)
        with furniture.card("By year of surgery", key="years", link=Link("procedures", "Control chart", CONTROL_CHART)):
            _years(records, outcome, landmark)


def _in_full(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    """The verdicts in full, how they are counted, and the pictures as tables."""
    parts.verdict(overall_verdict(records, outcome.name, landmark.days, parts.whose(records)))
    parts.verdict(change_verdict(records, outcome.name, landmark.days))
    with furniture.as_far_as_told():
        parts.verdict(groups_verdict(records, outcome.name, "family", landmark.days))
    parts.note(f"{parts.SIGNS_TOLD} Small lines beside a figure: by year of surgery.")
    parts.provenance(records, outcome)
    with furniture.as_far_as_told():
        rates = _rates(records, outcome, landmark)
        parts.show_table(parts.columns_of(rates, FAMILIES), "Share failed by family of surgery", whole=True, rows=rates)
    with furniture.as_far_as_told():
        by_year = trend(records, outcome.name, landmark.days, YEAR).periods
        parts.show_table(parts.columns_of(by_year, YEARS), "Share failed by year of surgery", whole=True, rows=by_year)
    undated.section(records)


def _rates(records: Records, outcome: Outcome, landmark: Landmark) -> pd.DataFrame:
    """The share failed of each family, the largest first."""
    rates = failure_rate(records, outcome.name, "family", landmark.days)
    return largest_first(judged(rates, groups_verdict(records, outcome.name, "family", landmark.days)))


def _families(records: Records, rates: pd.DataFrame, outcome: Outcome, landmark: Landmark) -> None:
    whole = failure_rate(records, outcome.name, None, landmark.days).iloc[0]
    practice = float(whole["share"]) if whole["shown"] else None
    rows = rates.drop(columns=["best_case", "worst_case"])  # in the table, with words for what they are
    figure = dot_interval.dot_interval(
        rows, comparator=practice, comparator_label=f"all {parts.percent(practice)}", tall=ROWS_TALL,
        dark=parts.is_dark(),
    )  # fmt: skip
    leaves = figures.of_shares(rows, landmark.days, lambda: failure_curve(records, outcome.name, "family"))
    furniture.picture(figure, alt=dot_interval.describe(rows), key="families", **leaves)
    _left_out(untold(records, FAMILY, rates))


def _years(records: Records, outcome: Outcome, landmark: Landmark) -> None:
    rows = trend(records, outcome.name, landmark.days, YEAR).periods
    parted = _parts(records, rows, outcome, landmark)
    leaves = figures.of_periods(rows, partial(counts_by_period, records, outcome.name, landmark.days, YEAR))
    furniture.picture(years(rows, parted, dark=parts.is_dark()), alt=describe(rows, parted), key="years", **leaves)
    _left_out(untold_years(records, rows))


def _left_out(labels: Sequence[str]) -> None:
    """Under a picture of groups: which of them are not told."""
    if words := parts.untold_words(labels):
        parts.note(parts.said(words))


def _parts(records: Records, rows: pd.DataFrame, outcome: Outcome, landmark: Landmark) -> list[Together]:
    """Before and after the middle of the settled operations, where both can be spoken of."""
    day = parting_day(records, outcome.name, landmark.days, None)
    compared = before_and_after(records, outcome.name, landmark.days, day) if day else None
    if day is None or compared is None or not compared.possible:
        return []
    middle = float((number_of(day) - number_of(rows["period"].iloc[0])) / 12 - 0.5)
    settled = int(rows["share"].notna().to_numpy().nonzero()[0].max(initial=-1)) + 1
    words = f"{day.year}" if day.month == 1 else f"{day:%b %Y}"
    after, before = parts.rows_of(compared.sides)
    return [
        Together(f"before {words}", float(before.share), -0.4, middle),
        Together(f"since {words}", float(after.share), middle, settled - 0.45),
    ]

"""Two groups of operations against each other: which fails more often, by how much, and whether chance would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.difference import SIDES, Compared, bands_apart, difference, side_curves
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.verdicts.difference import difference_verdict
from dashboard.analyses.ways import ways
from dashboard.charts import dot_interval, step_curve
from dashboard.cohort import FILTERS, Cohort
from dashboard.definitions import Outcome, load
from dashboard.errors import OutcomesError
from dashboard.exports import figures
from dashboard.pages import addresses, brief, furniture, parts
from dashboard.records import Records
from dashboard.slots import UNITS

OFFERED = {each.dimension: each.label for each in FILTERS if each.dimension not in UNITS}
"""What cohorts may differ in: surgeons and sites are held against the limits of a funnel alone."""
PERIOD = "period"
OTHERS = "All others"


@dataclass(frozen=True)
class Choice:
    """Of each side what of its cohort is not the reader's own, or the bands of a ``factor``; names of both, if any."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    labels: tuple[str, str] | None = None
    factor: str = ""


COLUMNS: parts.Columns = {
    "Group": "label",
    "Share failed (count; 95 % interval)": parts.rate_words,
    **parts.WORST_CASE,
    "Operations": "operations",
    "Failed": "failed",
    "Known, of those due": parts.known_of_due,
    "Lost": "lost",
    "Not yet due": "not_due",
}


def section(records: Records, top: furniture.AnswerPlace) -> None:
    """The reader's two groups within the filters above: the verdict, both shares beside their curves, and a table.

    top: where on the page the verdict stands. All that is chosen stands in the address: a link gives the same view.
    """
    factors = {name: factor.label for name, factor in load().factors.items() if name not in OFFERED}
    with furniture.choices("choices-groups"):
        outcome = parts.choose_outcome()
        landmark = parts.choose_landmark()
        offered = {**OFFERED, PERIOD: "Period of surgery", **factors}
        by = parts.choose_group(offered, key="compare_by", label="Groups differ in")
        chosen = _choose(records, by)
    if parts.nobody_records(records, outcome):
        return
    if isinstance(chosen, str):
        st.info(parts.said(chosen))
        return
    try:
        compared = _compared(records, chosen, outcome, landmark.days)
    except OutcomesError as problem:
        st.info(parts.told(problem.message))
        return
    rest = brief.at_the_head(top, difference_verdict(compared, outcome.name, landmark.days))
    if not compared.possible:
        found = ways(records, lambda wider: _is_possible(wider, chosen, outcome, landmark.days))
        parts.offer(found, key="two groups", path="procedures")
    if rest:
        parts.note(parts.said(rest))
    _pictures(compared, outcome, landmark.days, offered[by] if by != PERIOD else None)
    if chosen.factor and load().factors[chosen.factor].adjust is not None:
        to = {"risk_view": "Alone and adjusted", "exposure": offered[by]}
        parts.link_to("risk", f"{offered[by]}, adjusted for other factors", to)
    parts.provenance(records, outcome, over_time=False)


def _choose(records: Records, by: str) -> Choice | str:
    """What the reader chose of both sides; in words why there is nothing to compare yet."""
    if by == PERIOD:
        return _choose_periods(records)
    return _choose_names(records, by) if by in OFFERED else _choose_bands(by)


def sides(compared: Compared, *, alt: str) -> None:
    """Both sides as a table, and what to bear in mind of them."""
    parts.bear_in_mind(compared.sides)
    if compared.in_both:
        have = "patient has" if compared.in_both == 1 else "patients have"
        parts.note(f"{compared.in_both:d} {have} operations on both sides, which are counted as independent.")
    parts.show_as_table(parts.columns_of(compared.sides, COLUMNS), alt, rows=compared.sides)


def _pictures(compared: Compared, outcome: Outcome, days: int, of: str | None) -> None:
    """Both shares, a table and both curves; of: the trait that the groups differ in, None where it is the period."""
    at_visit = outcome.kind == "landmark"
    # Without the word, which would mark the one apart from the other as if it alone were judged.
    rows = compared.sides.drop(columns=["word", "best_case", "worst_case"])
    rows = rows.assign(operations=rows["known"]) if at_visit else rows
    sentence = "Not adjusted for who was operated: groups that differ in patients differ in results too."
    if of:
        sentence += f" Operations without a recorded {wording.within_sentence(of)} are in neither."
    with furniture.side_by_side(2, key="groups", room=True):
        with furniture.card(f"{compared.what}: both shares", key="two-groups"):
            figure = dot_interval.dot_interval(rows, dark=parts.is_dark())
            leaves = figures.of_shares(
                rows.assign(group=rows["label"]), days, None if at_visit else lambda: _by_label(side_curves(compared))
            )
            furniture.picture(figure, alt=dot_interval.describe(rows), key="two-groups", **leaves)
            parts.note(parts.said(sentence))
            sides(compared, alt="Two groups, side by side")
        with furniture.card("Both courses", key="two-curves"):
            if at_visit:
                st.markdown("This definition is asked at one visit, so it has no curve over time.")
            else:
                curves = side_curves(compared)
                drawn = step_curve.step_curve(curves, until_days=days, dark=parts.is_dark())
                alt = step_curve.describe(curves, until_days=days)
                furniture.picture(drawn, alt=alt, key="two-curves", **figures.of_curves(curves, days))


def _by_label(curves: pd.DataFrame) -> pd.DataFrame:
    return curves.assign(group=curves["label"])


def _compared(records: Records, chosen: Choice, outcome: Outcome, days: int) -> Compared:
    """The two cohorts within the reader's own, or the bands of a factor, against each other."""
    if chosen.factor:
        bands = chosen.first["bands"], chosen.second["bands"]
        return bands_apart(records, outcome.name, days, chosen.factor, *bands)
    first, second = _within(records.cohort, chosen.first), _within(records.cohort, chosen.second)
    return difference(records.of(first), outcome.name, days, second, chosen.labels, _together(first, second))


def _is_possible(records: Records, chosen: Choice, outcome: Outcome, days: int) -> bool:
    try:
        return _compared(records, chosen, outcome, days).possible
    except OutcomesError:
        return False


def _within(cohort: Cohort, change: Mapping[str, Any]) -> Cohort:
    if "operated_from" in change:
        return replace(cohort, **change)
    return replace(cohort, chosen={**cohort.chosen, **change})


def _together(first: Cohort, second: Cohort) -> Cohort | None:
    """The cohort that two make up which differ in one list of names; two periods may leave a gap between them."""
    different = [name for name in OFFERED if first.chosen.get(name) != second.chosen.get(name)]
    if len(different) != 1:
        return None
    (name,) = different
    return replace(first, chosen={**first.chosen, name: (*first.chosen[name], *second.chosen[name])})


def _choose_names(records: Records, by: str) -> Choice | str:
    """The names of both groups; where none is chosen the largest, and all the others."""
    within = records.cohort.chosen.get(by)
    choices = {name: label for name, label in records.choices(by).items() if not within or name in within}
    chosen = _two_lists(by, choices, "The largest")
    first = tuple(chosen[0] or _largest(records, by, choices))
    second = tuple(chosen[1] or [name for name in choices if name not in first])
    if not first or not second:
        return "The filters above leave one group only: choose more there, or let groups differ in something else."
    labels = None if chosen[1] else (" or ".join(choices[name] for name in first), OTHERS)
    return Choice({by: first}, {by: second}, labels)


def _choose_bands(by: str) -> Choice | str:
    """The bands of both groups; where none is chosen those at risk, or all but the reference, and all the others."""
    factor = load().factors[by]
    choices = {band.name: band.label for band in factor.bands}
    chosen = _two_lists(by, choices, "At risk" if factor.at_risk else "All but the usual")
    usual = factor.at_risk or tuple(name for name in choices if name != factor.reference)
    first = tuple(chosen[0] or usual)
    second = tuple(chosen[1] or [name for name in choices if name not in first])
    return Choice({"bands": first}, {"bands": second}, factor=by)


def _two_lists(by: str, choices: Mapping[str, str], usual: str) -> list[list[str]]:
    """What the reader chose of both groups; usual: what the first one is until he or she does."""
    words = [addresses.Word(f"{side}_{by}", choices, several=True) for side in SIDES]
    addresses.left_out(addresses.understand(*words))
    return [
        st.multiselect(
            parts.said(label), list(choices), format_func=choices.__getitem__, key=f"{side}_{by}",
            bind="query-params", placeholder=placeholder, width=220,
        )
        for side, label, placeholder in zip(SIDES, ("First group", "Second group"), (usual, OTHERS), strict=True)
    ]  # fmt: skip


def _largest(records: Records, by: str, choices: Mapping[str, str]) -> list[str]:
    rates = failure_rate(records, load().default_outcome.name, by)
    return list(rates[rates["group"].isin(list(choices))].nlargest(1, "operations")["group"])


def _choose_periods(records: Records) -> Choice | str:
    """Two periods within the one above, both ends included."""
    facts, cohort = records.facts, records.cohort
    start, end = cohort.operated_from or facts.first_operation, cohort.operated_to or facts.last_operation
    for side in SIDES:
        addresses.left_out(addresses.understand_days(f"{side}_period", start, end, needed=2))
    periods = [
        st.date_input(
            parts.said(label), [], start, end, key=f"{side}_period", bind="query-params", format="DD/MM/YYYY", width=220
        )
        for side, label in zip(SIDES, ("Operated between", "Against operated between"), strict=True)
    ]
    whole = [period for period in periods if isinstance(period, tuple) and len(period) == 2]
    if len(whole) < len(periods):
        return "Choose the first and the last day of both periods."
    first, second = ({"operated_from": days[0], "operated_to": days[1]} for days in whole)
    return Choice(first, second)

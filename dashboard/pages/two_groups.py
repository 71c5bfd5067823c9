"""Two groups of operations side by side: which fails more often, by how much, and whether chance would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from dashboard import wording
from dashboard.analyses.difference import SIDES, Compared, difference, side_curves
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.verdicts.difference import difference_verdict
from dashboard.analyses.ways import ways
from dashboard.cohort import FILTERS, Cohort
from dashboard.definitions import Outcome, load
from dashboard.errors import OutcomesError
from dashboard.pages import addresses, parts
from dashboard.records import Records
from dashboard.slots import UNITS

OFFERED = {each.dimension: each.label for each in FILTERS if each.dimension not in UNITS}
"""What groups may differ in: surgeons and sites are held against the limits of a funnel alone."""
PERIOD = "period"
OTHERS = "All others"


@dataclass(frozen=True)
class Choice:
    """Of each side what of its cohort is not the reader's own; and the sides' own names, if any."""

    first: Mapping[str, Any]
    second: Mapping[str, Any]
    labels: tuple[str, str] | None = None


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


def section(records: Records) -> None:
    """The reader's two groups within the filters above: the verdict, both shares, their curves and a table."""
    with st.container(horizontal=True):
        outcome = parts.choose_outcome()
        landmark = parts.choose_landmark()
        by = parts.choose_group({**OFFERED, PERIOD: "Period of surgery"}, key="compare_by", label="Groups differ in")
    if parts.nobody_records(records, outcome):
        return
    chosen = _choose_periods(records) if by == PERIOD else _choose_names(records, by)
    if chosen is None:
        return
    try:
        compared = _compared(records, chosen, outcome, landmark.days)
    except OutcomesError as problem:
        st.info(parts.told(problem.message))
        return
    parts.verdict(difference_verdict(compared, outcome.name, landmark.days))
    if not compared.possible:
        found = ways(records, lambda wider: _is_possible(wider, chosen, outcome, landmark.days))
        parts.offer(found, key="two groups", path="procedures")
    _pictures(records, compared, outcome, landmark.days, OFFERED.get(by))
    parts.provenance(records, outcome)


def sides(compared: Compared, *, alt: str) -> None:
    """Both sides as a table, and what to bear in mind of them."""
    parts.bear_in_mind(compared.sides)
    if compared.in_both:
        have = "patient has" if compared.in_both == 1 else "patients have"
        parts.note(f"{compared.in_both:d} {have} operations on both sides, which are counted as independent.")
    parts.show_as_table(parts.columns_of(compared.sides, COLUMNS), alt)


def _pictures(records: Records, compared: Compared, outcome: Outcome, days: int, of: str | None) -> None:
    """Both shares, a table and both curves; of: the trait that the groups differ in, None where it is the period."""
    at_visit = outcome.kind == "landmark"
    # Without the word, which would mark the one apart from the other as if it alone were judged.
    rows = compared.sides.drop(columns="word")
    rows = rows.assign(operations=rows["known"]) if at_visit else rows
    sentence = (
        f"{compared.what}, each with its 95 % interval. Not adjusted for who was operated: groups that differ in "
        "patients differ in results too."
    )
    if of:
        sentence += f" Operations without a recorded {wording.within_sentence(of)} are in neither."
    parts.show_shares(rows, sentence, key="two-groups")
    sides(compared, alt="Two groups, side by side")
    if not at_visit:
        parts.show_curves(side_curves(records, compared, outcome.name), days, key="two-curves")


def _compared(records: Records, chosen: Choice, outcome: Outcome, days: int) -> Compared:
    """The two cohorts within the reader's own, against each other."""
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


def _choose_names(records: Records, by: str) -> Choice | None:
    """The names of both groups; where none is chosen the largest, and all the others."""
    within = records.cohort.chosen.get(by)
    choices = {name: label for name, label in records.choices(by).items() if not within or name in within}
    words = [addresses.Word(f"{side}_{by}", choices, several=True) for side in SIDES]
    addresses.left_out(addresses.understand(*words))
    with st.container(horizontal=True):
        chosen = [
            st.multiselect(
                parts.said(label), list(choices), format_func=choices.__getitem__, key=f"{side}_{by}",
                bind="query-params", placeholder=usual,
            )
            for side, label, usual in zip(SIDES, ("First group", "Second group"), ("The largest", OTHERS), strict=True)
        ]  # fmt: skip
    first = tuple(chosen[0] or _largest(records, by, choices))
    second = tuple(chosen[1] or [name for name in choices if name not in first])
    if not first or not second:
        st.info("The filters above leave one group only: choose more there, or let groups differ in something else.")
        return None
    labels = None if chosen[1] else (" or ".join(choices[name] for name in first), OTHERS)
    return Choice({by: first}, {by: second}, labels)


def _largest(records: Records, by: str, choices: Mapping[str, str]) -> list[str]:
    rates = failure_rate(records, load().default_outcome.name, by)
    return list(rates[rates["group"].isin(list(choices))].nlargest(1, "operations")["group"])


def _choose_periods(records: Records) -> Choice | None:
    """Two periods within the one above, both ends included."""
    facts, cohort = records.facts, records.cohort
    start, end = cohort.operated_from or facts.first_operation, cohort.operated_to or facts.last_operation
    with st.container(horizontal=True):
        periods = [
            st.date_input(
                parts.said(label), [], start, end, key=f"{side}_period", bind="query-params", format="DD/MM/YYYY"
            )
            for side, label in zip(SIDES, ("Operated between", "Against operated between"), strict=True)
        ]
    whole = [period for period in periods if isinstance(period, tuple) and len(period) == 2]
    if len(whole) < len(periods):
        st.info("Choose the first and the last day of both periods.")
        return None
    first, second = ({"operated_from": days[0], "operated_to": days[1]} for days in whole)
    return Choice(first, second)

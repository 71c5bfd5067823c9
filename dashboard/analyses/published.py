"""Which published figures may stand beside a practice's own, and why the others may not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import (
    EVERYBODY,
    FAMILY,
    check_breakdown,
    check_days,
    families,
    outcome_named,
    rows_of,
)
from dashboard.cohort import Cohort
from dashboard.definitions import Benchmark, Figure, Outcome, load
from dashboard.records import Records

COLUMNS = [
    "name", "label", "kind", "outcome", "within_days", "band", "value", "low", "high", "n", "country", "groups", "why",
    "population", "definition", "warning", "source", "year",
]  # fmt: skip
PROCEDURE = "procedure"
DAYS_A_YEAR = 365


@dataclass(frozen=True)
class _Place:
    """Where a figure would stand: beside which groups of what, of which cohort, at which time."""

    outcome: Outcome
    by: str | None
    within_days: int
    cohort: Cohort


def published(records: Records, outcome: str, by: str | None = None, within_days: int = 730) -> pd.DataFrame:
    """Every published figure of an outcome, a row each, as in COLUMNS, in the order of the definitions.

    groups: the names of the groups beside which it stands (``all`` where nothing is broken down), because it counts
    the same, at the same time, after the same surgery. Of several that would stand beside one group the first does.
    why: the words for why it stands beside none; empty where it does. Shares are 0 to 1. Those of follow-up are no
    outcome's, and are not here.
    """
    check_breakdown(by)
    check_days(within_days)
    place = _Place(outcome_named(outcome), by, within_days, records.cohort)
    taken: dict[str, str] = {}
    rows = []
    for benchmark in load().benchmarks.values():
        for figure in benchmark.figures if benchmark.outcome is not None else ():
            fitting, why = _fits(benchmark, figure, place)
            groups = tuple(group for group in fitting if group not in taken)
            if fitting and not groups:
                why = f"fits too, but {wording.within_sentence(taken[fitting[0]])} already stands there"
            taken |= dict.fromkeys(groups, benchmark.label)
            rows.append((
                benchmark.name, benchmark.label, benchmark.kind, benchmark.outcome, figure.within_days, figure.band,
                figure.value, figure.low, figure.high, benchmark.n, benchmark.country, groups, why,
                benchmark.population, benchmark.definition, benchmark.warning, benchmark.source, benchmark.year,
            ))  # fmt: skip
    found = pd.DataFrame(rows, columns=COLUMNS).astype({"within_days": "Int64", "n": "Int64"})
    return found.astype(dict.fromkeys(("value", "low", "high"), float))


def beside(rates: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The rates of groups with the figure that stands beside each: ``published_kind``, ``_value``, ``_low``, ``_high``.

    None beside a group for which there is none.
    """
    of = {group: row for row in rows_of(found) for group in row.groups}
    columns: dict[str, list[Any]] = {f"published_{name}": [] for name in ("kind", "value", "low", "high")}
    for group in rates["group"]:
        for name, column in columns.items():
            value = getattr(of[group], name.removeprefix("published_")) if group in of else None
            column.append(None if pd.isna(value) else value)
    typed = {name: pd.Series(column, index=rates.index, dtype=object) for name, column in columns.items()}
    return rates.assign(**typed)


def figure_words(row: Any) -> str:
    """A row's figure as its kind has it: "6.2 %", "2.1 % (2.0 to 2.3)", "5.0 to 15.0 %", "up to 46.0 %"."""
    return wording.published_words(*(None if pd.isna(one) else float(one) for one in (row.value, row.low, row.high)))


def time_words(within_days: int | None) -> str:
    """When it was counted: "2 years", "90 days", "no fixed time"."""
    if within_days is None or pd.isna(within_days):
        return "no fixed time"
    years, rest = divmod(int(within_days), DAYS_A_YEAR)
    return f"{within_days} days" if rest or not years else f"{years} year{'s' if years > 1 else ''}"


def _fits(benchmark: Benchmark, figure: Figure, place: _Place) -> tuple[tuple[str, ...], str]:
    """The groups beside which a figure may stand; where there are none, the first reason against it."""
    if benchmark.outcome != place.outcome.name:
        return (), f"counts another outcome: {load().outcomes[benchmark.outcome or ''].short}"
    if benchmark.differs:
        return (), f"counts otherwise: {benchmark.differs}"
    if not _same_time(figure, place):
        return (), f"another time: {time_words(figure.within_days)}"
    if benchmark.factor is not None and benchmark.factor != place.by:
        return (), f"broken down by {wording.within_sentence(load().factors[benchmark.factor].label)}"
    if benchmark.factor is None and place.by in load().factors:
        return (), "of all patients together, not of one band"
    groups = tuple(group for group in _groups(figure, place) if _same_surgery(benchmark, group, place))
    return groups, "" if groups else f"other surgery: {wording.within_sentence(benchmark.population)}"


def _same_time(figure: Figure, place: _Place) -> bool:
    if figure.within_days is None:
        return False
    if place.outcome.kind == "landmark":
        visit = load().visits[place.outcome.visit or 0]
        return visit.low <= figure.within_days <= visit.high
    return figure.within_days == place.within_days


def _groups(figure: Figure, place: _Place) -> list[str]:
    """The names that a group may have, so far as the definitions know them: those of a unit are not told apart."""
    if figure.band is not None:
        return [figure.band]
    if place.by == PROCEDURE:
        return list(load().vocabularies[PROCEDURE])
    return list(load().families) if place.by == FAMILY else [EVERYBODY] if place.by is None else []


def _same_surgery(benchmark: Benchmark, group: str, place: _Place) -> bool:
    """Whether all operations that the group may hold are of the surgery that the figure counts."""
    held, every = _procedures(group, place), set(load().vocabularies[PROCEDURE])
    of = families()
    named = {procedure for procedure in every if of[procedure] in benchmark.families}
    if not (named or benchmark.procedures or benchmark.indications):
        return held == every
    chosen = place.cohort.chosen.get("indication", ())
    same_reason = not benchmark.indications or (bool(chosen) and set(chosen) <= set(benchmark.indications))
    same_kind = bool(held) and held <= (named or (every if benchmark.indications else set()))
    return (bool(held) and held <= set(benchmark.procedures)) or (same_reason and same_kind)


def _procedures(group: str, place: _Place) -> set[str]:
    """The procedures that operations of a group may be."""
    of, chosen = families(), place.cohort.chosen
    held = set(load().vocabularies[PROCEDURE])
    if place.by == PROCEDURE:
        held &= {group}
    elif place.by == FAMILY:
        held = {procedure for procedure in held if of[procedure] == group}
    if PROCEDURE in chosen:
        held &= set(chosen[PROCEDURE])
    return {procedure for procedure in held if FAMILY not in chosen or of[procedure] in chosen[FAMILY]}

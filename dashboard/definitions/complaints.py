"""What is wrong with the definitions: what would make a wrong number is refused, what is out of date is told."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from dashboard.cohort import FILTERS
from dashboard.definitions.canonical import ANSWERS, TABLES, TRAITS, told_in_words
from dashboard.definitions.programmes import check_programmes
from dashboard.definitions.sourced import check_published
from dashboard.definitions.terms import BEFORE, EVENT_KINDS, TIMINGS
from dashboard.errors import DefinitionsWrong
from dashboard.strict import check_words

if TYPE_CHECKING:
    from dashboard.definitions.catalogue import Definitions
    from dashboard.definitions.terms import EventRule, Factor, Outcome

REVIEW_WITHIN_DAYS = 730
KINDS = ("time", "landmark")
CLOCKS = ("event", "first_symptom")
READINGS = ("value", "improvement")
COMPARISONS = ("<", "<=", ">", ">=")
YES_NO = ("yes", "no")
MOST_DAYS = 36_500
OF_THE_MARTS = frozenset(
    ("operation", "patient", "operated", "procedure", "family", "surgeon", "site", "index_operation", "cause",
     "quarter", "modifiable", "profile", "outcome", "state", "day", "onset")
)  # fmt: skip
"""Columns of the marts beside the factors: none of these can be the name of one."""


def complaints_of(definitions: Definitions, today: date) -> list[str]:
    """A sentence for each entry whose review is due."""
    entries = [
        *(("Outcome", item.name, item.reviewed) for item in definitions.outcomes.values()),
        *(("Factor", item.name, item.reviewed) for item in definitions.factors.values()),
        *(("Benchmark", item.name, item.reviewed) for item in definitions.benchmarks.values()),
        ("Definition of", "monitoring", definitions.monitoring.reviewed),
        ("Choice of", "headline figures", definitions.headline.reviewed),
        ("Definition of", "patient-reported measures", definitions.patient_reported.reviewed),
        *(("Reading of causes", item.name, item.reviewed) for item in definitions.cause_readings),
        *(("Red-flag combination", item.name, item.reviewed) for item in definitions.red_flag_combinations),
        *(("Programme", item.name, item.reviewed) for item in definitions.programmes.values()),
    ]
    return [
        f"{kind} {name} was last reviewed on {reviewed:%d %b %Y}: more than two years ago. Review it."
        for kind, name, reviewed in entries
        if (today - reviewed).days > REVIEW_WITHIN_DAYS
    ]


def check(definitions: Definitions) -> None:
    """Raises DefinitionsWrong, naming the file, for what would silently make a wrong number."""
    for outcome in definitions.outcomes.values():
        _check_outcome(outcome, definitions)
    for factor in definitions.factors.values():
        _check_factor(factor, definitions)
    _check_once("order", {name: outcome.order for name, outcome in definitions.outcomes.items()})
    _check_once("order", {name: factor.order for name, factor in definitions.factors.items()})
    _check_once("adjust", {name: factor.adjust for name, factor in definitions.factors.items()})
    _check_terms(definitions)
    check_published(definitions)
    check_programmes(definitions)
    _check_read_together(definitions)
    for each in FILTERS:
        if each.dimension not in definitions.factors and each.dimension not in OF_THE_MARTS:
            raise DefinitionsWrong(f"factors/{each.dimension}.toml is not there, and operations are chosen by it.")
    if not any(outcome.kind == "time" for outcome in definitions.failures.values()):
        raise DefinitionsWrong("outcomes/: no definition of failure is followed over time, so none can be shown first.")
    over_time = [name for name, outcome in definitions.outcomes.items() if outcome.kind == "time"]
    check_words("monitoring.toml", [definitions.monitoring.outcome], over_time, "outcome that is followed over time")
    chosen = [outcome.name for outcome in definitions.headline.outcomes]
    check_words("headline.toml, [[outcomes]]", chosen, over_time, "outcome that is followed over time")
    months = [str(visit) for visit in definitions.visits]
    check_words("headline.toml", [str(definitions.headline.visit)], months, "visit in months")


def _check_outcome(outcome: Outcome, definitions: Definitions) -> None:
    where = f"{outcome.name}.toml"
    check_words(where, [outcome.kind], KINDS, "kind of outcome")
    at_visit = bool(outcome.measure or outcome.visit or outcome.reading or outcome.comparison)
    if (outcome.kind == "time") != bool(outcome.events) or (outcome.kind == "landmark") != at_visit:
        raise DefinitionsWrong(
            f"{where}: a time outcome rests on [[events]] alone, and a landmark on [landmark] alone."
        )
    for event in outcome.events:
        _check_event(event, definitions, f"{where}, [[events]]")
    if outcome.kind == "landmark":
        where = f"{where}, [landmark]"
        check_words(f"{where}, measure", [outcome.measure or ""], ANSWERS, "column of a visit")
        months = [str(visit) for visit in definitions.visits]
        check_words(where, [str(outcome.visit)], months, "visit in months")
        check_words(where, [str(outcome.reading)], READINGS, "reading")
        check_words(where, [str(outcome.comparison)], COMPARISONS, "comparison")
        if outcome.threshold is None:
            raise DefinitionsWrong(f'{where} does not say "threshold": which answer is a failure.')


def _check_event(event: EventRule, definitions: Definitions, where: str) -> None:
    check_words(f"{where}, source", [event.source], EVENT_KINDS, "kind of record")
    check_words(f"{where}, clock", [event.clock], CLOCKS, "clock")
    words = definitions.vocabularies.get(EVENT_KINDS[event.source], {})
    check_words(f"{where}, values", event.values, words, event.source)
    days = {"within_days": event.within_days, "within_days_with_implant": event.within_days_with_implant}
    for key, most in days.items():
        if most is not None and not 0 <= most <= MOST_DAYS:
            raise DefinitionsWrong(f"{where}, {key}: {most} is not from 0 to {MOST_DAYS:,}.")
    if event.within_days is None and event.within_days_with_implant is not None:
        raise DefinitionsWrong(f'{where} says "within_days_with_implant" and no "within_days" for the others.')


def _check_factor(factor: Factor, definitions: Definitions) -> None:
    where, names = f"{factor.name}.toml", [band.name for band in factor.bands]
    if factor.name in OF_THE_MARTS:
        raise DefinitionsWrong(f'{where}: "{factor.name}" is a word of the records themselves. Choose another.')
    if "not recorded" in names:
        raise DefinitionsWrong(f'{where}, [[bands]], name: "not recorded" is in every factor already. Take it out.')
    check_words(f"{where}, trait", [factor.trait], TRAITS, "trait")
    if any(bool(band.values) != told_in_words(factor.trait) for band in factor.bands):
        told_by = "values" if told_in_words(factor.trait) else "low and high"
        raise DefinitionsWrong(f"{where}: the bands of {factor.trait} are told by {told_by}.")
    check_words(f"{where}, [[bands]], name", names, names, "band")
    phrases = [band.phrase for band in factor.bands]
    check_words(f"{where}, [[bands]], phrase", phrases, [phrase for phrase in phrases if phrase], "phrase")
    check_words(f"{where}, reference", [factor.reference], names, "band")
    check_words(f"{where}, at_risk", factor.at_risk, names, "band")
    _check_changes(factor, f"{where}, [[changes]]")
    others = [name for name in names if name != factor.reference]
    check_words(f"{where}, merge", factor.merge, others, "band beside the reference")
    check_words(f"{where}, timing", [factor.timing], TIMINGS, "timing")
    words = definitions.vocabularies.get(factor.trait, YES_NO)
    named = [value for band in factor.bands for value in band.values]
    check_words(f"{where}, [[bands]], values", named, words, f"word of {factor.trait}")
    if factor.adjust is not None and factor.timing != BEFORE:
        raise DefinitionsWrong(f"{where} arises after surgery: no model may adjust for it. Take out `adjust`.")
    for lower, upper in pairwise([band for band in factor.bands if not band.values]):
        if lower.high != upper.low:
            raise DefinitionsWrong(f'{where}: the bands "{lower.label}" and "{upper.label}" do not meet.')


def _check_changes(factor: Factor, where: str) -> None:
    """Each band at risk becomes one other, and nothing else is changed."""
    check_words(f"{where}, band", [change.band for change in factor.changes], factor.at_risk, "band at risk")
    for change in factor.changes:
        others = [band.name for band in factor.bands if band.name != change.band]
        check_words(f"{where}, to", [change.to], others, "other band")
    changed = [change.band for change in factor.changes]
    for band in factor.at_risk:
        if band not in changed:
            raise DefinitionsWrong(f'{where}: it is not said what "{band}" becomes, which is at risk.')


def _check_terms(definitions: Definitions) -> None:
    spoken = {column.words for table in TABLES.values() for column in table.columns.values() if column.words}
    check_words("vocabularies.toml", definitions.vocabularies, spoken, "vocabulary of a column")
    for dimension, terms in definitions.vocabularies.items():
        if groups := definitions.group_labels[dimension]:
            for term in terms.values():
                check_words(f"vocabularies.toml, {dimension}.{term.name}", [term.group or ""], groups, "group")
    procedures = definitions.vocabularies["procedure"]
    check_words("vocabularies.toml, largest_first", definitions.largest_first, procedures, "procedure")


def _check_read_together(definitions: Definitions) -> None:
    """A word that is unknown, or read twice, would make a sum wrong."""
    causes = [name for reading in definitions.cause_readings for name in reading.causes]
    check_words("causes.toml", causes, definitions.vocabularies["cause"], "cause")
    if sum(reading.preventable for reading in definitions.cause_readings) != 1:
        raise DefinitionsWrong("causes.toml, [[readings]]: one, and one alone, is `preventable`.")
    told = definitions.revisions
    surgery = [name for name, term in definitions.vocabularies["treatment"].items() if term.group == told.step]
    named = [*told.urgent, *told.minimally_invasive, *told.open]
    check_words("causes.toml", named, surgery, f"treatment of {told.step}")
    for one in definitions.red_flag_combinations:
        check_words(f"red_flags.toml, {one.name}", one.symptoms, definitions.red_flags, "red flag")


def _check_once(key: str, places: dict[str, int | None]) -> None:
    """Raises DefinitionsWrong when two files state one place in an order."""
    for place, times in Counter(places.values()).items():
        if place is not None and times > 1:
            both = " and ".join(f"{name}.toml" for name, found in places.items() if found == place)
            raise DefinitionsWrong(f"{both} have one place: {key} = {place}. Give each its own.")

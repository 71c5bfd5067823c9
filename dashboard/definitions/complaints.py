"""What is wrong with the definitions themselves: references to nothing, gaps between bands, reviews long past."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from dashboard.definitions.terms import BEFORE

if TYPE_CHECKING:
    from dashboard.definitions.catalogue import Definitions
    from dashboard.definitions.terms import Factor, Outcome

REVIEW_WITHIN_DAYS = 730
EVENT_SOURCES = ("diagnosis", "reoperation", "complication", "symptom", "treatment")
CLOCKS = ("event", "first_symptom")
COMPARISONS = ("<", "<=", ">", ">=")


def complaints_of(definitions: Definitions, today: date) -> list[str]:
    """A sentence for each thing that is wrong or out of date."""
    return [
        *_of_outcomes(definitions),
        *_of_factors(definitions),
        *_of_benchmarks(definitions),
        *_of_terms(definitions),
        *_of_monitoring(definitions),
        *_of_reviews(definitions, today),
    ]


def _of_outcomes(definitions: Definitions) -> Iterator[str]:
    for outcome in definitions.outcomes.values():
        if outcome.kind == "time":
            yield from _of_events(outcome)
        elif outcome.kind == "landmark":
            yield from _of_landmark(outcome, definitions)
        else:
            yield f'Outcome {outcome.name}: kind "{outcome.kind}" is neither "time" nor "landmark".'


def _of_events(outcome: Outcome) -> Iterator[str]:
    if not outcome.events:
        yield f"Outcome {outcome.name} names no event that makes it a failure."
    for event in outcome.events:
        if event.source not in EVENT_SOURCES:
            kinds = ", ".join(EVENT_SOURCES)
            yield f'Outcome {outcome.name}: "{event.source}" is no kind of record. Use one of {kinds}.'
        if event.clock not in CLOCKS:
            yield f'Outcome {outcome.name}: "{event.clock}" is no clock. Use one of {", ".join(CLOCKS)}.'


def _of_landmark(outcome: Outcome, definitions: Definitions) -> Iterator[str]:
    if outcome.visit not in definitions.visits:
        yield f"Outcome {outcome.name}: there is no visit at {outcome.visit} months."
    if outcome.comparison not in COMPARISONS or outcome.threshold is None:
        yield f"Outcome {outcome.name} does not say which answer is a failure."


def _of_factors(definitions: Definitions) -> Iterator[str]:
    for factor in definitions.factors.values():
        if factor.reference not in {band.name for band in factor.bands}:
            yield f'Factor {factor.name}: the reference band "{factor.reference}" is not one of its bands.'
        if factor.adjust is not None and factor.timing != BEFORE:
            yield f"Factor {factor.name} arises after surgery: no model may adjust for it. Take out `adjust`."
        if unknown := set(factor.at_risk) - {band.name for band in factor.bands}:
            yield f'Factor {factor.name}: at_risk names "{sorted(unknown)[0]}", which is not one of its bands.'
        yield from _gaps(factor)


def _gaps(factor: Factor) -> Iterator[str]:
    numeric = [band for band in factor.bands if not band.values]
    for lower, upper in pairwise(numeric):
        if lower.high != upper.low:
            yield f'Factor {factor.name}: the bands "{lower.label}" and "{upper.label}" do not meet.'


def _of_benchmarks(definitions: Definitions) -> Iterator[str]:
    for benchmark in definitions.benchmarks.values():
        if benchmark.outcome is not None and benchmark.outcome not in definitions.outcomes:
            yield f'Benchmark {benchmark.name}: there is no outcome "{benchmark.outcome}".'
        for family in benchmark.families:
            if family not in definitions.families:
                yield f'Benchmark {benchmark.name}: there is no procedure family "{family}".'


def _of_terms(definitions: Definitions) -> Iterator[str]:
    for dimension, terms in definitions.vocabularies.items():
        groups = definitions.group_labels[dimension]
        for term in terms.values():
            if groups and term.group not in groups:
                yield f'Vocabulary {dimension}: "{term.name}" stands in no known group.'


def _of_monitoring(definitions: Definitions) -> Iterator[str]:
    watched = definitions.monitoring
    outcome = definitions.outcomes.get(watched.outcome)
    if outcome is None or outcome.kind != "time":
        yield f'Monitoring: "{watched.outcome}" is no outcome that is followed over time.'


def _of_reviews(definitions: Definitions, today: date) -> Iterator[str]:
    entries = [
        *(("Outcome", item.name, item.reviewed) for item in definitions.outcomes.values()),
        *(("Factor", item.name, item.reviewed) for item in definitions.factors.values()),
        *(("Benchmark", item.name, item.reviewed) for item in definitions.benchmarks.values()),
        ("Definition of", "monitoring", definitions.monitoring.reviewed),
        ("Definition of", "patient-reported measures", definitions.patient_reported.reviewed),
        *(("Reading of causes", item.name, item.reviewed) for item in definitions.cause_readings),
        *(("Red-flag combination", item.name, item.reviewed) for item in definitions.red_flag_combinations),
    ]
    for kind, name, reviewed in entries:
        if (today - reviewed).days > REVIEW_WITHIN_DAYS:
            yield f"{kind} {name} was last reviewed on {reviewed:%d %b %Y}: more than two years ago. Review it."

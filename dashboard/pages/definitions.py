"""Definitions: what counts as a failure, where a published figure comes from; straight from the files."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.access import FIGURES, RED_FLAG_SENTENCES
from dashboard.analyses.published import time_words
from dashboard.definitions import Benchmark, Definitions, EventRule, Factor, Figure, Measure, Outcome, load
from dashboard.definitions.programmes import Programme
from dashboard.definitions.terms import EVENT_KINDS, PUBLISHED_KINDS, ThresholdSet
from dashboard.exports.offers import WORDS
from dashboard.pages import parts, side_by_side
from dashboard.pages.addresses import Views
from dashboard.records import Records

VIEWS = {"words": "What counts, and where it comes from", "side": "Side by side"}
SHOWN = Views("definitions_view", VIEWS, {"side": FIGURES})


def page(records: Records) -> None:
    """Outcomes, onset, factors, vocabularies and published figures, with sources and review dates."""
    if parts.choose_view(records, SHOWN, width=330) == "side":
        if not parts.nothing_to_show(records):
            side_by_side.section(records)
        return
    definitions = load()
    if records.facts.definitions_version != definitions.version:
        st.warning("The definitions have changed since these records were imported: bring the records up to date.")
    parts.note(f"Definitions version {definitions.version} · data to {parts.day_words(records.facts.data_date)}")
    st.header("What counts as a failure")
    for outcome in definitions.outcomes.values():
        _outcome(outcome, definitions)
    st.header("When a failure shows itself")
    for category in definitions.onset_categories:
        st.markdown(f"- {category.label}")
    st.header("Risk factors")
    parts.show_table(
        pd.DataFrame(map(_factor, definitions.factors.values())), "Risk factors and their bands", holds=WORDS
    )
    st.header("What patients report")
    measures = pd.DataFrame([
        _measure(measure, one) for one in definitions.patient_reported.sets
        for measure in definitions.patient_reported.measures
    ])  # fmt: skip
    parts.show_table(measures, "Measures and the changes that matter", holds=WORDS)
    if records.viewer.may(RED_FLAG_SENTENCES):
        st.header("What red flags point to")
        for combination in definitions.red_flag_combinations:
            st.markdown(f"- **{combination.label}**: {combination.advice}. Source: {combination.source}")
    st.header("What is watched")
    st.markdown(_watched(definitions))
    st.header("Published figures")
    st.markdown(
        "One stands beside your own only where it counts the same, at the same time, after the same surgery; else it "
        "is listed below the picture, with why. Never a target. An estimate is a share that was counted, with its 95 % "
        'interval where the source gives one; only an upper bound is "up to".'
    )
    published = pd.DataFrame([
        _published(benchmark, figure) for benchmark in definitions.benchmarks.values() for figure in benchmark.figures
    ])  # fmt: skip
    parts.show_table(published, "Published figures with their sources", holds=WORDS)
    st.header("What registries and payers ask for")
    for programme in definitions.programmes.values():
        _programme(programme)
    st.header("Vocabularies")
    _vocabularies(definitions)


def _outcome(outcome: Outcome, definitions: Definitions) -> None:
    with st.expander(outcome.label, expanded=False):
        st.markdown(outcome.description)
        if narrowed := [words for event in outcome.events if (words := _only(event, definitions))]:
            st.markdown(f"**Counted.** {parts.said('; '.join(narrowed))}.")
        st.markdown(f"**Why.** {outcome.why}")
        st.markdown(f"**To bear in mind.** {outcome.caution}")
        parts.note(f"Version {outcome.version} · {outcome.source} · reviewed {parts.day_words(outcome.reviewed)}")


def _programme(programme: Programme) -> None:
    with st.expander(programme.label, expanded=False):
        st.markdown(programme.description)
        st.markdown("\n".join(f"- **{field.label}.** {field.asks} {field.differs}" for field in programme.fields))
        st.markdown(f"**To bear in mind.** {programme.caution}")
        parts.note(f"Version {programme.version} · {programme.source} · reviewed {parts.day_words(programme.reviewed)}")


def _only(event: EventRule, definitions: Definitions) -> str:
    """Which records of a kind count, where not all of them do: "Complication: Readmission, within 90 days"."""
    terms = definitions.vocabularies.get(EVENT_KINDS[event.source], {})
    which = f": {', '.join(terms[value].label for value in event.values)}" if event.values else ""
    when = f", within {event.within_days} days of surgery" if event.within_days is not None else ""
    if event.within_days_with_implant is not None:
        when += f" ({event.within_days_with_implant} where an implant is recorded)"
    return f"{event.source.capitalize()}{which}{when}" if which or when else ""


def _measure(measure: Measure, held_to: ThresholdSet) -> dict[str, str]:
    amounts = measure.thresholds[held_to.name]
    matters = f"{amounts.important:g}"
    return {
        "Measure": measure.label,
        "Thresholds": held_to.label,
        "Matters from": f"{matters}, within the error of measurement"
        if measure.within_error(amounts.important)
        else matters,
        "Substantial from": _amount(amounts.substantial),
        "Worse from": _amount(amounts.worse),
        "Beyond the error of measurement from": f"{measure.detectable:g}",
        "In": measure.unit,
        "Source": amounts.source,
        "Source of the error": measure.detectable_source,
        "To bear in mind": measure.caution,
    }


def _amount(change: float | None) -> str:
    return "not in this set" if change is None else f"{change:g}"


def _watched(definitions: Definitions) -> str:
    watched = definitions.monitoring
    outcome = definitions.outcomes[watched.outcome]
    odds = f"{watched.odds_ratio_more:g} or {watched.odds_ratio_fewer:g}"
    return (
        f"{outcome.label} within {watched.within_days} days, by surgeon and procedure family, for odds {odds} times "
        f"those of a model that is frozen at the end of the calendar year {watched.frozen_years_before} years before "
        "the data date. By chance alone a chart signals about once in "
        f"{parts.count_words(watched.false_alarm_operations)} operations. Source: {watched.source}."
    )


def _factor(factor: Factor) -> dict[str, str]:
    bands = {band.name: band.label for band in factor.bands}
    published = "; ".join(f"{r.measure} {r.value:g} ({r.low:g} to {r.high:g}), {r.source}" for r in factor.published)
    return {
        "Factor": factor.label,
        "Bands": ", ".join([*bands.values(), "not recorded"]),
        "Reference": bands[factor.reference],
        "Can be changed": "yes" if factor.modifiable else "",
        "Known": factor.timing,
        "How it is read": factor.note,
        "Published": published,
        "Source": factor.source,
    }


def _published(benchmark: Benchmark, figure: Figure) -> dict[str, str]:
    outcome = load().outcomes[benchmark.outcome].short if benchmark.outcome else "Follow-up itself"
    return {
        "Figure": benchmark.label,
        "Share": wording.published_words(figure.value, figure.low, figure.high),
        "Kind": PUBLISHED_KINDS[benchmark.kind],
        "By": time_words(figure.within_days),
        "Of": _band_label(benchmark, figure),
        "Operations": "not said" if benchmark.n is None else parts.count_words(benchmark.n),
        "Where": benchmark.country,
        "Counts": outcome,
        "Differs from ours": benchmark.differs,
        "Population": benchmark.population,
        "Definition": benchmark.definition,
        "Warning": benchmark.warning,
        "Source": benchmark.source,
        "Reviewed": parts.day_words(benchmark.reviewed),
    }


def _band_label(benchmark: Benchmark, figure: Figure) -> str:
    """Which band of a factor a figure is of: "Number of previous spine operations: Four or more"; else everybody."""
    if benchmark.factor is None:
        return "all of them"
    factor = load().factors[benchmark.factor]
    return f"{factor.label}: {next(band.label for band in factor.bands if band.name == figure.band)}"


def _vocabularies(definitions: Definitions) -> None:
    for dimension, terms in definitions.vocabularies.items():
        groups = definitions.groups(dimension)
        with st.expander(f"{dimension.replace('_', ' ').capitalize()} ({len(terms)})"):
            words = [
                {
                    "Word": term.label,
                    "Group": groups.get(term.group or "", ""),
                    "ICD-10-CM": ", ".join(term.icd),
                    "Written in records as": ", ".join([term.name, *term.synonyms]),
                }
                for term in terms.values()
            ]
            parts.show_table(pd.DataFrame(words), f"Vocabulary: {dimension.replace('_', ' ')}", holds=WORDS)

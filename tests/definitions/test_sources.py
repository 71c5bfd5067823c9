"""Where definitions come from: every one says it, and what was looked up again stands as its source has it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from dashboard.definitions import load
from dashboard.definitions.catalogue import FOLDER
from dashboard.definitions.terms import PUBLISHED_KINDS


def sources(part: Any) -> Iterator[str]:
    """Every source within a file, however deep."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "source" and isinstance(value, str):
                yield value
            yield from sources(value)
    elif isinstance(part, list):
        for one in part:
            yield from sources(one)


def test_no_definition_is_its_own_source() -> None:
    found = [
        (path.name, source)
        for path in sorted(FOLDER.rglob("*.toml"))
        for source in sources(tomllib.loads(path.read_text(encoding="utf-8")))
    ]
    assert len(found) > 60
    assert [one for one in found if "records.md" in one[1] or "project" in one[1].lower() or len(one[1]) < 3] == []


@pytest.mark.parametrize(
    ("factor", "ratios"),
    [
        ("smoking", [(2.1, 1.42, 3.22)]),
        ("asa", [(1.8, 1.07, 2.94)]),
        ("prior_surgery", [(2.0, 1.18, 3.27), (2.1, 1.19, 3.53)]),
        ("previous_operations", [(2.1, 1.9, 2.2), (2.6, 2.3, 3.0), (4.4, 3.4, 5.5), (6.9, 4.5, 10.5)]),
    ],
)
def test_published_ratios_are_those_of_their_source(factor: str, ratios: list[tuple[float, float, float]]) -> None:
    """Nerland et al. 2015: the same level 2.00, other levels 2.10; Riksaasen et al. 2023."""
    published = load().factors[factor].published
    assert [(one.value, one.low, one.high) for one in published] == ratios
    assert all("Nerland" in one.source or "Riksaasen" in one.source for one in published)


def test_thresholds_are_those_of_their_sources() -> None:
    measures = {measure.name: measure for measure in load().patient_reported.measures}
    held = {
        name: tuple((amounts.important, amounts.substantial) for amounts in measure.thresholds.values())
        for name, measure in measures.items()
    }
    assert held == {
        "odi_change": ((12.8, 18.8), (18, 22)), "back_change": ((1.2, 2.5), (2.7, 2)),
        "leg_change": ((1.6, 2.5), (3.2, 4)), "eq5d_change": ((0.10, 0.20), (0.10, 0.30)),
    }  # fmt: skip
    assert {name: measure.detectable for name, measure in measures.items()} == {
        "odi_change": 18, "back_change": 3.6, "leg_change": 3.7, "eq5d_change": 0.49,
    }  # fmt: skip
    assert "Parai" in measures["eq5d_change"].thresholds["clinics"].source
    assert "0.03" in measures["eq5d_change"].caution


def test_the_new_outcomes_count_what_their_sources_count() -> None:
    outcomes = load().outcomes
    asked = {name: (outcomes[name].measure, outcomes[name].reading, outcomes[name].comparison, outcomes[name].threshold)
             for name in ("acceptable_state", "odi_worse", "dissatisfied", "prom_failure")}  # fmt: skip
    assert asked == {
        "acceptable_state": ("odi", "value", ">", 22), "odi_worse": ("odi", "improvement", "<=", -8),
        "dissatisfied": ("satisfaction", "value", ">=", 4), "prom_failure": ("odi", "improvement", "<", 13),
    }  # fmt: skip
    (event,) = outcomes["readmission"].events
    assert (event.values, event.within_days, outcomes["readmission"].is_failure) == (("readmission",), 90, False)
    assert "Werner" in outcomes["prom_failure"].source


def test_published_figures_are_those_of_their_sources() -> None:
    figures = {
        name: [(one.within_days, one.value, one.low, one.high) for one in benchmark.figures]
        for name, benchmark in load().benchmarks.items()
    }
    kim = [(365, 0.04), (730, 0.06), (1095, 0.08), (1825, 0.11), (3650, 0.16)]
    assert [one[:2] for one in figures["disc_reoperation_korea"]] == kim
    assert [one[:2] for one in figures["stenosis_reoperation_sweden"]] == [
        (365, 0.02), (730, 0.05), (1825, 0.08), (3650, 0.11),
    ]  # fmt: skip
    assert figures["disc_complications_norway"] == [(None, 0.027, 0.026, 0.029)]
    assert figures["disc_reoperation_norway"] == [(90, 0.021, 0.020, 0.023)]
    assert figures["disc_readmission_norway"] == [(90, 0.024, 0.022, 0.025)]
    assert figures["persistent_pain_discectomy"] == [(None, 0.1497, 0.1238, 0.1776)]
    assert figures["follow_up_norspine"] == [(365, 0.716, None, None)]
    assert figures["stenosis_odi_worse_norway"] == [(365, 0.087, None, None)]
    assert round(151 / 1735, 3) == 0.087
    reach = [round(1 - (one[1] or 0), 3) for one in figures["acceptable_state_norway"]]
    assert reach == [0.660, 0.220]


def test_only_a_bound_is_up_to_and_every_kind_is_used() -> None:
    benchmarks = load().benchmarks.values()
    assert {benchmark.kind for benchmark in benchmarks} == set(PUBLISHED_KINDS)
    bounds = [one.name for one in benchmarks if one.kind == "upper_bound"]
    assert bounds == ["decompression_upper", "fusion_upper"]
    assert all("as reported by Physician Partners" in load().benchmarks[name].source for name in bounds)


def test_figures_of_registers_stand_before_those_of_the_article() -> None:
    names = [name for name, benchmark in load().benchmarks.items() if benchmark.outcome is not None]
    assert names[-2:] == ["decompression_upper", "fusion_upper"]


def test_every_published_figure_says_of_how_many_or_is_of_no_one_study() -> None:
    without = {name for name, benchmark in load().benchmarks.items() if benchmark.n is None}
    assert without == {
        "recurrent_herniation", "decompression_upper", "fusion_upper", "follow_up_goal", "follow_up_swespine",
    }  # fmt: skip

"""The definition files: complete, consistent, and complaining when they are not."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.definitions import Definitions, load
from dashboard.definitions.catalogue import FOLDER
from dashboard.errors import DefinitionsWrong

TODAY = date(2026, 11, 23)


@pytest.fixture
def definitions() -> Definitions:
    return load()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FOLDER, tmp_path / "definitions", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def test_the_shipped_definitions_have_nothing_to_complain_of(definitions: Definitions) -> None:
    assert definitions.complaints(TODAY) == []


def test_the_default_outcome_stands_first(definitions: Definitions) -> None:
    assert list(definitions.failures)[:5] == ["fbss", "reoperation", "prom_failure", "not_better", "any_failure"]
    assert definitions.default_outcome.name == "fbss"
    assert "complication" in set(definitions.outcomes) - set(definitions.failures)


def test_what_is_watched_for_safety_is_never_the_default(definitions: Definitions) -> None:
    backwards = replace(definitions, outcomes=dict(reversed(list(definitions.outcomes.items()))))
    assert next(iter(backwards.outcomes)) not in backwards.failures
    assert backwards.default_outcome.name == "any_failure"


def test_every_procedure_has_a_family_with_a_label(definitions: Definitions) -> None:
    procedures = definitions.vocabularies["procedure"]
    assert len(procedures) == 15
    assert {term.group for term in procedures.values()} == set(definitions.families)
    assert definitions.families["fusion"] == "Fusion"


def test_red_flags_are_the_symptoms_of_that_group(definitions: Definitions) -> None:
    assert definitions.red_flags == (
        "fever",
        "chills",
        "nausea",
        "severe_pain",
        "saddle_numbness",
        "bladder_bowel_change",
        "loss_of_sexual_function",
        "bilateral_leg_symptoms",
        "progressive_weakness",
        "wound_discharge",
    )


def test_onset_categories_meet_without_gap_or_overlap(definitions: Definitions) -> None:
    days = [(category.low, category.high) for category in definitions.onset_categories if category.low is not None]
    assert days == [(0, 2), (3, 42), (43, 90), (91, 365), (366, None)]


def test_no_spelling_stands_for_two_words_of_one_vocabulary(definitions: Definitions) -> None:
    for dimension, terms in definitions.vocabularies.items():
        spellings = [spelling for term in terms.values() for spelling in {term.name.replace("_", " "), *term.synonyms}]
        assert len(spellings) == len(set(spellings)), dimension


def test_every_factor_has_its_reference_among_its_bands(definitions: Definitions) -> None:
    for factor in definitions.factors.values():
        assert factor.reference in {band.name for band in factor.bands}
        assert "not recorded" not in {band.name for band in factor.bands}


def test_a_published_ratio_lies_within_its_interval(definitions: Definitions) -> None:
    ratios = [ratio for factor in definitions.factors.values() for ratio in factor.published]
    assert len(ratios) == 10
    assert all(ratio.low < ratio.value < ratio.high for ratio in ratios)


def test_a_new_factor_of_a_column_that_exists_is_one_file(folder: Path) -> None:
    text = (folder / "factors" / "diabetes.toml").read_text(encoding="utf-8")
    text = text.replace('name = "diabetes"', 'name = "frailty"')
    own_place = re.sub(r"(?m)^(order|adjust) = .*$", r"\1 = 90", text)
    (folder / "factors" / "frailty.toml").write_text(own_place, encoding="utf-8")
    with_frailty = load(folder)
    assert list(with_frailty.factors)[-1] == with_frailty.adjusting[-1] == "frailty"
    assert with_frailty.version != load().version


def test_a_broken_file_is_named(folder: Path) -> None:
    (folder / "outcomes" / "fbss.toml").write_text("name = ", encoding="utf-8")
    with pytest.raises(DefinitionsWrong, match=r"fbss\.toml cannot be read"):
        load(folder)


def test_a_missing_key_is_named(folder: Path) -> None:
    path = folder / "outcomes" / "reoperation.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("author", "writer"), encoding="utf-8")
    with pytest.raises(DefinitionsWrong, match=r"reoperation\.toml.*author"):
        load(folder)


def test_complains_of_a_review_long_past(definitions: Definitions) -> None:
    complaints = definitions.complaints(date(2029, 1, 1))
    assert "Outcome fbss was last reviewed on 01 Nov 2026: more than two years ago. Review it." in complaints


def test_a_combination_of_red_flags_is_sourced_and_names_red_flags_only(definitions: Definitions, folder: Path) -> None:
    combinations = definitions.red_flag_combinations
    assert {one.name for one in combinations} == {"infection", "cauda_equina"}
    assert all(set(one.symptoms) <= set(definitions.red_flags) for one in combinations)
    assert all(one.advice.startswith("points to ") and one.source and one.author for one in combinations)
    path = folder / "red_flags.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"chills"', '"limp"'), encoding="utf-8")
    with pytest.raises(DefinitionsWrong, match=r'red_flags\.toml, infection: "limp" is no red flag'):
        load(folder)

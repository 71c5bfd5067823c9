"""How causes and revisions are read together: sourced, without a word that nothing is called by."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.definitions import load
from dashboard.definitions.catalogue import FOLDER
from dashboard.errors import DefinitionsWrong


def altered(folder: Path, old: str, new: str) -> Path:
    """A copy of the definitions in which one word of causes.toml is another."""
    shutil.copytree(FOLDER, folder / "definitions")
    path = folder / "definitions" / "causes.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path.parent


def test_what_could_be_prevented_stands_apart_from_the_course_of_the_disease() -> None:
    readings = {reading.name: reading for reading in load().cause_readings}
    misdiagnosis = {term.name for term in load().vocabularies["cause"].values() if term.group == "misdiagnosis"}
    assert set(readings["preventable"].causes) == misdiagnosis | {"incomplete_decompression", "implant_malposition"}
    assert set(readings["course"].causes) == {"scar_tissue", "adjacent_segment_disease"}
    assert all(reading.source and reading.author and reading.reviewed for reading in readings.values())


def test_every_treatment_that_operates_again_is_told_apart() -> None:
    revisions = load().revisions
    surgery = {term.name for term in load().vocabularies["treatment"].values() if term.group == revisions.step}
    assert {*revisions.urgent, *revisions.minimally_invasive, *revisions.open} == surgery


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "preventable = true",
            "preventable = false",
            "one, and one alone, is `preventable`",
        ),
        ('"scar_tissue"', '"scars"', 'causes.toml: "scars" is no cause'),
        ('"scar_tissue"', '"wrong_level"', 'causes.toml: "wrong_level" is named twice'),
        ('"urgent_revision"', '"medication"', 'causes.toml: "medication" is no treatment of surgery'),
        ("reviewed =", "seen =", r'causes.toml, key "seen": no such key. Known keys: .*reviewed'),
        ("reviewed = 2026-11-01", "", 'causes.toml: an entry is incomplete, it does not say "reviewed"'),
    ],
)
def test_a_word_that_nothing_is_called_by_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(DefinitionsWrong, match=said):
        load(altered(tmp_path, old, new))

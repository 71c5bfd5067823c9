"""What a band of a factor becomes, stands with and is called: one other band, and nothing is left unsaid."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.definitions import load
from dashboard.definitions.catalogue import FOLDER
from dashboard.errors import DefinitionsWrong


def test_a_smoker_becomes_one_who_had_stopped_and_weight_comes_down_by_a_band() -> None:
    becomes = {(factor.name, change.band): change.to for factor in load().factors.values() for change in factor.changes}
    assert becomes == {
        ("smoking", "current"): "former", ("bmi", "obese"): "overweight", ("bmi", "severely_obese"): "obese",
        ("depression", "yes"): "no", ("anxiety", "yes"): "no", ("alcohol", "yes"): "no",
    }  # fmt: skip


def test_a_band_that_is_not_at_risk_becomes_nothing() -> None:
    smoking = load().factors["smoking"]
    assert smoking.change_of("former") is None
    changed = smoking.change_of("current")
    assert changed is not None
    assert changed.words == "who had stopped smoking"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("smoking", 'band = "current"', 'band = "former"', '[[changes]], band: "former" is no band at risk.'),
        ("smoking", 'to = "former"', 'to = "current"', '[[changes]], to: "current" is no other band.'),
        ("smoking", 'merge = ["former"]', 'merge = ["never"]', 'merge: "never" is no band beside the reference.'),
        ("smoking", 'phrase = "former', 'phrase = "current', 'phrase: "current smoking" is named twice.'),
        ("depression", 'at_risk = ["yes"]', 'at_risk = ["yes", "no"]', 'it is not said what "no" becomes'),
    ],
)
def test_what_would_mislead_is_refused(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = Path(shutil.copytree(FOLDER, tmp_path / "definitions"))
    path = folder / "factors" / f"{file}.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsWrong) as refused:
        load(folder)
    assert refused.value.message.startswith(f"{file}.toml")
    assert said in refused.value.message

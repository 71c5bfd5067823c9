"""Which figures are looked at first: what is named must be an outcome with a course, and a visit that there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.definitions.catalogue import FOLDER, load
from dashboard.errors import DefinitionsWrong


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"complication"', '"prom_failure"', '"prom_failure" is no outcome that is followed over time.'),
        ("visit = 12", "visit = 13", '"13" is no visit in months.'),
        ("onset_within_days", "onset_within", 'key "onset_within": no such key.'),
    ],
)
def test_what_is_no_headline_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = Path(shutil.copytree(FOLDER, tmp_path / "definitions")) / "headline.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsWrong) as refused:
        load(path.parent)
    assert refused.value.message.startswith("headline.toml")
    assert said in refused.value.message

"""What registries and payers ask for is read strictly, and says what it cannot answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.definitions import load
from dashboard.errors import DefinitionsWrong
from tests.definitions.test_refused import copied

EPISODE, PAIRS, SET = "thirty_days.toml", "us_lumbar.toml", "ichom_low_back_pain.toml"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (EPISODE, 'outcomes = ["readmission"]', 'outcomes = ["not_better"]', '"not_better" is no outcome'),
        (EPISODE, 'complications = ["surgical', 'complications = ["surgicl', "is no complication"),
        (
            EPISODE,
            "within_days = 30, outcomes = [",
            "within_days = 91, outcomes = [",
            "readmission itself ends on day 90",
        ),
        (EPISODE, ", death = true }\nnote", ', death = true }\nfactor = "age"\nnote', "not several"),
        (EPISODE, 'name = "thirty_days"', 'name = "thirty"', "is not the name of its file"),
        (PAIRS, "low = 42, high = 140", "low = 140, high = 42", "its days are not in order"),
        (PAIRS, "from_age = 18\n", "from_age = 18\nvisits = [12]\n", "a score is asked at visits"),
        (PAIRS, '"deformity"', '"scoliosis"', '"scoliosis" is no indication'),
        (SET, "visits = [0, 3,", "visits = [0, 6,", '"6" is no visit in months'),
        (SET, 'factor = "sex"\n', "", "nothing answers it"),
        (SET, 'name = "sex"', 'name = "age"', '"age" is named twice'),
        (SET, "order = 1", "ordre = 1", 'did you mean "order"?'),
    ],
)
def test_what_would_make_a_wrong_number_is_refused(tmp_path: Path, file: str, old: str, new: str, said: str) -> None:
    folder = copied(tmp_path)
    path = folder / "programmes" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(DefinitionsWrong) as refused:
        load(folder)
    assert said in refused.value.message


def test_windows_and_targets_are_those_of_their_source() -> None:
    """MIPS 459, 461 and 471: 6 to 20 weeks, or 9 to 15 months; 22 or by 30 points of 100, 3 or by 5 of 10."""
    for field in load().programmes["us_lumbar"].fields:
        pair = field.pair
        assert pair is not None
        assert (pair.low / 7, pair.high / 7) == (6, 20) or (pair.low, pair.high) == (274, 456)
        assert (pair.at_most, pair.improved_by) == ((22, 30) if pair.score == "odi" else (3, 5))
        assert (pair.before_days, field.from_age) == (92, 18)


def test_a_field_without_an_answer_says_why() -> None:
    for programme in load().programmes.values():
        assert len(programme.source) > 60
        assert all(field.answered_by or field.differs for field in programme.fields)

"""A verdict has room for two lines: whole sentences stand there, and none is lost."""

from __future__ import annotations

from dashboard.analyses.verdicts.claim import Verdict
from dashboard.pages.brief import parted

LONG = Verdict(
    "Fusion fails more often, by 6.6 points (3.1 to 10.1). Less often: disc.", "Few are known. One is small."
)


def test_a_verdict_that_has_room_stands_whole() -> None:
    assert parted(LONG) == (LONG, "")


def test_what_has_no_room_is_left_in_whole_sentences_the_answer_before_the_doubt() -> None:
    assert parted(LONG, 90) == (Verdict(LONG.answer, "Few are known."), "One is small.")
    assert parted(LONG, 60) == (
        Verdict("Fusion fails more often, by 6.6 points (3.1 to 10.1)."),
        "Less often: disc. Few are known. One is small.",
    )


def test_the_first_sentence_stands_whatever_its_length_and_none_is_none() -> None:
    assert parted(LONG, 5)[0].answer == "Fusion fails more often, by 6.6 points (3.1 to 10.1)."
    assert parted(Verdict("")) == (Verdict(""), "")

"""What is concluded on a page is what the command concludes, word for word, for the same operations and time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from dashboard.analyses.asked import Asked
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.verdicts.every import VERDICTS, verdicts
from dashboard.cohort import Cohort
from dashboard.pages.brief import SENTENCES
from dashboard.pages.overview import IN_FULL
from dashboard.records import Records
from tests.pages.test_what_stands_there import opened, said, sample

__all__ = ["sample"]

YEAR = {"within": "1 year"}
FUSION = Cohort(chosen={"family": ("fusion",)})
SAID: list[tuple[str, dict[str, str], str, dict[str, Any]]] = [
    ("procedures", {}, "procedures", {}),
    ("procedures", YEAR, "procedures", {"days": 365}),
    ("procedures", {"by": "Family"}, "families", {}),
    ("procedures", {"procedures_view": "What patients report"}, "acceptable", {}),
    ("overview", {}, "overview", {}),
    ("overview", YEAR, "overview", {"days": 365}),
    ("overview", YEAR, "overall", {"days": 365}),
    ("overview", {}, "families", {}),
    ("overview", YEAR, "families", {"days": 365}),
    ("overview", {}, "change", {}),
    ("procedures", {"procedures_view": "Change over time"}, "change", {}),
    ("compare", {}, "surgeons", {}),
    ("compare", {"unit": "Site", **YEAR}, "sites", {"days": 365}),
    ("compare", {"comparison": "Monitoring"}, "signals", {}),
    ("data", {}, "follow_up", {}),
    ("causes", {}, "preventable", {}),
    ("onset", {}, "onset", {}),
    ("onset", {"onset_view": "From symptom to diagnosis"}, "delay", {}),
    ("onset", {"onset_view": "Which symptoms come when"}, "symptoms", {}),
    ("onset", {"onset_view": "Symptoms in detail"}, "resolved", {}),
    ("procedures", {"procedures_view": "What patients report"}, "reported", {}),
    ("causes", {"causes_view": "Care after failure"}, "revisions", {}),
    ("risk", {"risk_view": "Alone and adjusted"}, "factors", {}),
    ("risk", {"risk_view": "Alone and adjusted", "exposure": "Smoking"}, "exposure", {"exposure": "smoking"}),
]  # fmt: skip


@pytest.mark.parametrize(("page", "chosen", "about", "asked"), SAID, ids=lambda part: str(part))
def test_a_page_and_the_command_conclude_the_same(
    sample: Records, page: str, chosen: dict[str, str], about: str, asked: dict[str, Any]
) -> None:
    # A part of the practice: what forgets the reader's choice says something else.
    records = sample.of(FUSION)
    question = replace(Asked("fbss", None, 730, about=about), **asked)
    (sentence,) = set(verdicts(records, question)["sentence"])
    seen = opened(page, records, **chosen)
    if page == "overview" and about != "overview":  # what stands on it in two lines stands in full behind a click
        next(button for button in seen.button if button.label == IN_FULL).click().run()
    shown = said(seen).replace("**", "")
    # A long one has its first sentences at the head of the page and the others below.
    assert [each for each in SENTENCES.split(sentence) if each not in shown] == []


def test_every_conclusion_is_held_to_a_page() -> None:
    elsewhere = {"patient", "red_flags", "late_causes", "last_import"}
    assert {about for _, _, about, _ in SAID} | elsewhere >= set(VERDICTS)


def test_a_verdict_is_its_answer_and_its_doubt() -> None:
    assert Verdict("Nothing stands out.", "Few are known.").sentence == "Nothing stands out. Few are known."
    assert Verdict("Nothing stands out.").sentence == "Nothing stands out."

"""The list of letters on paper: each visit with a box, by pseudonym, and nothing for who sees counts alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from dashboard.access import Viewer
from dashboard.analyses.letters import letters
from dashboard.documents.kinds import kind_named
from dashboard.documents.letters import BOX, letters_document
from dashboard.documents.on_paper import pdf
from dashboard.documents.wanted import Wanted
from tests.analyses.test_letters import FOUR, MARCH, VISITS
from tests.documents.written import MADE, text_of
from tests.text_tables import records

WANTED = Wanted("fbss", 730, MADE, month=MARCH)


def test_every_letter_stands_on_paper_with_a_box(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS)
    words = text_of(pdf(letters_document(asked, WANTED)))
    rows = letters(asked, MARCH)
    assert words.count(BOX) == len(rows) == 3
    for row in rows.itertuples():
        assert f"{int(str(row.patient)):016X}" in words
    assert "Follow-up letters, March 2025" in words
    assert "overdue since 25 Feb 2025" in words


def test_a_month_without_letters_says_so(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS)
    document = letters_document(asked, replace(WANTED, month=date(2030, 1, 1)))
    assert "No letter is due in January 2030" in text_of(pdf(document))


def test_where_nobody_records_visits_it_says_so_and_asks_nobody(tmp_path: Path) -> None:
    asked = records(tmp_path, FOUR, visit_state=VISITS, missing_kind="kind\nfollow_up")
    words = text_of(pdf(letters_document(asked, WANTED)))
    assert "nobody records it here" in words
    assert BOX not in words


def test_the_list_is_offered_to_who_sees_patients_alone() -> None:
    kind = kind_named("letters")
    assert kind is not None
    assert kind.is_for(Viewer("Dr One", "surgeon", surgeon="S01"))
    assert not kind.is_for(Viewer("Manager", "manager"))

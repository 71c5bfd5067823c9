"""What was written of a patient follows when the patient or the operation is keyed anew; what cannot is listed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.analyses.contacts import contact_subject
from dashboard.analyses.patients import flag_subject, shown_patient
from dashboard.engines.notebook import Notebook
from dashboard.importing.result import ImportResult
from tests.importing.fhir_written import Resource, lines, patient, procedure
from tests.importing.test_identity import flat
from tests.importing.written import rows, take, write

APART = [(str(number), site, 60 * number + 500 * place) for place, site in enumerate("AB") for number in range(1, 4)]
"""The numbers 1 to 3 at each of two sites: asked about, since both sites count from the same number on."""


def operated(store: Path, where: str = "true") -> list[tuple[int, date]]:
    return rows(store, f"select patient, surgery_date from operation where {where} order by surgery_date")


def written(store: Path, about: tuple[int, date], text: str = "called") -> None:
    """A contact and a flag about one operation."""
    Notebook(store).write("contact", contact_subject(about[0], about[1], "fever", about[1]), text, who="Dr One")
    Notebook(store).write("flag", flag_subject(shown_patient(about[0]), about[1]), text, who="Dr One")


def subjects(store: Path, kind: str) -> list[str]:
    return [note.subject for note in Notebook(store).read(kind)]


def behind(result: ImportResult) -> list[str]:
    return [issue.message for issue in result.issues if issue.rule == "note_left_behind"]


def test_notes_follow_when_numbers_are_found_to_hold_at_one_site_only(tmp_path: Path) -> None:
    store = tmp_path / "store"
    flat(tmp_path, APART, 'patient_id = ["No"]')
    before = operated(store)
    written(store, before[0])
    for _ in range(2):
        result = flat(tmp_path, APART, 'patient_id = ["Clinic", "No"]')
        assert behind(result) == []
    now = operated(store)[0]
    assert now[0] != before[0][0]
    assert subjects(store, "flag") == [flag_subject(shown_patient(who), before[0][1]) for who in (before[0][0], now[0])]
    first, second = Notebook(store).read("contact")
    assert second.subject == contact_subject(now[0], now[1], "fever", now[1])
    assert (second.text, second.who, second.at) == (first.text, first.who, first.at)


def test_a_note_that_may_be_about_two_operations_now_is_listed_and_not_moved(tmp_path: Path) -> None:
    store = tmp_path / "store"
    day = [("1", "A", 9), ("2", "A", 20)]
    flat(tmp_path, day, 'patient_id = ["No"]')
    written(store, operated(store)[0])
    result = flat(tmp_path, [*day, ("1", "B", 9)], 'patient_id = ["Clinic", "No"]')
    (one, other) = behind(result)
    assert "several operations may be meant by it now" in one
    assert one.startswith("The contact of ")
    assert other.startswith("The flag of ")
    assert len(subjects(store, "contact")) == 1


def test_notes_of_a_merged_patient_stand_with_the_one_who_stands(tmp_path: Path) -> None:
    store = tmp_path / "store"
    of_old: Resource = {"subject": {"reference": "Patient/old"}}
    told = [procedure("o1", **of_old), procedure("o2", day="2025-01-10", subject={"reference": "Patient/new"})]
    lines(tmp_path, "a.ndjson", patient("old"), patient("new"), *told)
    take(tmp_path / "a.ndjson", store)
    before = operated(store)[0]
    written(store, before)
    link = [{"other": {"reference": "Patient/new"}, "type": "replaced-by"}]
    lines(tmp_path, "a.ndjson", patient("old", link=link), patient("new"), *told)
    assert behind(take(tmp_path / "a.ndjson", store)) == []
    (now, _) = operated(store)
    assert now[0] != before[0]
    assert subjects(store, "flag")[1] == flag_subject(shown_patient(now[0]), now[1])


@pytest.mark.parametrize("operations", ["O1 | P9 | 2024-01-01 | tlif", "O1 | P1 | 2024-01-02 | tlif"])
def test_notes_follow_an_operation_whose_patient_or_day_was_corrected(tmp_path: Path, operations: str) -> None:
    store = tmp_path / "store"
    take(write(tmp_path / "records"), store)
    written(store, operated(store)[0])
    corrected = f"operation_id | patient_id | surgery_date | procedure\n{operations}"
    people = "patient_id\nP1\nP9"
    assert behind(take(write(tmp_path / "again", people, corrected), store)) == []
    (now,) = operated(store)
    assert subjects(store, "flag")[1] == flag_subject(shown_patient(now[0]), now[1])


def test_a_note_whose_operation_is_gone_is_listed_once_and_stays(tmp_path: Path) -> None:
    store = tmp_path / "store"
    two = (
        "operation_id | patient_id | surgery_date | procedure\nO1 | P1 | 2024-01-01 | tlif\nO2 | P1 | 2024-05-01 | tlif"
    )
    take(write(tmp_path / "records", operations=two), store)
    written(store, operated(store)[0])
    one = two.replace("\nO1 | P1 | 2024-01-01 | tlif", "")
    told = behind(take(write(tmp_path / "again", operations=one), store))
    assert len(told) == 2
    assert "no operation of this import is known to be the one" in told[0]
    assert "P1" not in told[0].replace("P-", "")
    assert behind(take(tmp_path / "again", store)) == []
    assert len(subjects(store, "contact")) == 1


def test_a_check_moves_no_note(tmp_path: Path) -> None:
    store = tmp_path / "store"
    take(write(tmp_path / "records"), store)
    written(store, operated(store)[0])
    other = "operation_id | patient_id | surgery_date | procedure\nO1 | P1 | 2024-01-02 | tlif"
    take(write(tmp_path / "again", operations=other), store, check=True)
    assert len(subjects(store, "flag")) == 1

"""Who is the same person: numbers that hold at one site only are asked about once, and the mapping answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from dashboard.importing.mapping import read as read_mapping
from dashboard.importing.result import ImportRefused, ImportResult
from tests.importing.written import left_out, rows, take, write

ONE = 'patient_id = ["patient_id"]'
TOGETHER = 'patient_id = ["site", "patient_id"]'
CASES = {"flat_row_numbers_of_a_site", "operation_numbers_of_a_site"}
FLAT = '[columns]\n{}\nsite = "Clinic"\nsurgery_date = "Day"\nprocedure = "What"\nlast_contact_date = "Seen"\n'
START = date(2021, 1, 4)
Operated = tuple[str, str, int]
"""Whose number, at which site, and on which day after the first."""


def each_from_one(sites: Sequence[str], patients: int, apart: int = 1) -> list[Operated]:
    """So many patients at each site, numbered from 1; a number's operations at two sites so many days apart."""
    return [
        (str(number), site, 3 * number + apart * place)
        for place, site in enumerate(sites)
        for number in range(1, patients + 1)
    ]


def tables(folder: Path, operated: Sequence[Operated], patients: str | None = None) -> Path:
    """Our own tables of these operations."""
    people = sorted({number for number, _, _ in operated})
    return write(
        folder,
        patients=patients or "patient_id\n" + "\n".join(people),
        operations="operation_id | patient_id | site | surgery_date | procedure\n"
        + "\n".join(
            f"O{place} | {number} | {site} | {START + timedelta(days=day)} | plif"
            for place, (number, site, day) in enumerate(operated)
        ),
    )


def flat(folder: Path, operated: Sequence[Operated], patient: str = 'patient_id = "No"') -> ImportResult:
    """What came of a list of these operations, with this answer in its mapping."""
    folder.mkdir(exist_ok=True)
    lines = [f"{number},{site},{START + timedelta(days=day)},plif,2024-01-01" for number, site, day in operated]
    (folder / "list.csv").write_text("\n".join(["No,Clinic,Day,What,Seen", *lines]) + "\n", encoding="utf-8")
    (folder / "mapping.toml").write_text(FLAT.format(patient), encoding="utf-8")
    return take(folder / "list.csv", folder / "store", folder / "mapping.toml")


def mapped(folder: Path, answer: str, sections: Sequence[str] = ("patients", "operations")) -> Path:
    """A mapping file with this answer for our own tables."""
    path = folder / "answer.toml"
    path.write_text("\n".join(f"[{name}.columns]\n{answer}" for name in sections), encoding="utf-8")
    return path


SITES = {
    "numbered from 1, within days": each_from_one(["North", "South", "West"], 8),
    "numbered from 1, months apart": each_from_one(["North", "South"], 8, apart=200),
    "numbered from 1, not as many": [*each_from_one(["North"], 30), *each_from_one(["South"], 4, apart=90)],
    "on the very same days": each_from_one(["North", "South"], 6, apart=0),
    "with letters before": [(f"P{n:03d}", site, day * 40) for n, site, day in [
        (number, site, number + place) for place, site in enumerate(["A", "B"]) for number in range(1, 7)
    ]],
    "many within days, whatever the numbers": [
        (str(7919 * number), site, 30 * number + place) for place, site in enumerate("AB") for number in range(1, 9)
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", SITES)
def test_numbers_that_seem_to_hold_at_one_site_stop_the_import_with_a_question(tmp_path: Path, case: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        flat(tmp_path, SITES[case])
    (issue,) = [issue for issue in refused.value.result.issues if issue.rule == "flat_row_numbers_of_a_site"]
    assert issue.severity == "stop"
    assert "Is each of them one person?" in issue.message
    assert 'below [columns]. If each site gives its own numbers: patient_id = ["Clinic", "No"].' in issue.message
    assert issue.message.endswith('If one number is one person everywhere: patient_id = ["No"].')


def test_the_same_is_asked_of_our_own_tables_without_a_mapping(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="two sites within 14 days") as refused:
        take(tables(tmp_path / "records", each_from_one(["North", "South"], 5)), tmp_path / "store")
    assert "below [patients.columns] and [operations.columns]" in refused.value.message
    assert not list((tmp_path / "store" / "gen").iterdir())


def practice(patients: int, at_both: int, days: int) -> list[Operated]:
    """One numbering for two sites that share these patients, operated on so many days apart."""
    first = [(str(number), "North" if number % 2 else "South", 5 * number) for number in range(1, patients + 1)]
    other = {"North": "South", "South": "North"}
    return [*first, *((number, other[site], day + days) for number, site, day in first[:at_both])]


NOT_ASKED = {
    "one patient moved within days": practice(20, 1, 3),
    "two patients moved within days": practice(200, 2, 3),
    "some moved within days, of very many": practice(400, 6, 3),
    "a fifth operated on again elsewhere": practice(100, 20, 300),
    "two sites and no patient at both": practice(60, 0, 0),
    "a few, all of them again elsewhere": [
        ("7", "North", 0),
        ("9", "North", 9),
        ("7", "South", 99),
        ("9", "South", 99),
    ],
    "one site": each_from_one(["North"], 30),
    "one site, spelled in two ways": [
        (n, site, int(n) + 9 * place) for place, site in enumerate(["North", "NORTH-"]) for n in "123456789"
    ],
    "no site": each_from_one([""], 30),
}


@pytest.mark.parametrize("case", NOT_ASKED)
def test_patients_who_were_operated_on_at_two_sites_stop_nothing(tmp_path: Path, case: str) -> None:
    result = flat(tmp_path, NOT_ASKED[case])
    assert result.tables["operations"].accepted == len(NOT_ASKED[case])


@pytest.mark.parametrize(
    ("answer", "persons"), [('patient_id = ["Clinic", "No"]', 15), ('patient_id = ["No"]', 5)], ids=["each", "one"]
)
def test_the_mapping_answers_and_nobody_is_asked_again(tmp_path: Path, answer: str, persons: int) -> None:
    operated = each_from_one(["St. Anna's", "North", "Südstadt"], 5)
    for _ in range(2):
        flat(tmp_path, operated, answer)
        assert rows(tmp_path / "store", "select count(distinct patient), count(*) from operation") == [(persons, 15)]
    assert rows(tmp_path / "store", "select count(*) from patient") == [(persons,)]


def test_with_the_site_in_both_tables_each_patient_has_the_birth_of_the_own_site(tmp_path: Path) -> None:
    people = "patient_id | site | birth_year\n" + "\n".join(
        f"{number} | {site} | {1950 + 10 * place}"
        for place, site in enumerate(["North", "South"])
        for number in "12345"
    )
    records = tables(tmp_path / "records", each_from_one(["North", "South"], 5), people)
    result = take(records, tmp_path / "store", mapped(tmp_path, TOGETHER))
    assert left_out(result) == []
    select = (
        "select site, birth_year, count(*) from operation inner join patient using (patient) group by all order by 1"
    )
    assert rows(tmp_path / "store", select) == [("North", 1950, 5), ("South", 1960, 5)]


def test_one_number_everywhere_is_answered_for_our_own_tables_by_either_of_them(tmp_path: Path) -> None:
    records = tables(tmp_path / "records", each_from_one(["North", "South"], 5))
    for name in ("patients", "operations"):
        take(records, tmp_path / "store", mapped(tmp_path, ONE, [name]))
        assert rows(tmp_path / "store", "select count(*) from patient") == [(5,)]


@pytest.mark.parametrize("section", ["patients", "operations"])
def test_an_answer_that_only_one_of_the_two_tables_can_give_is_refused_in_words(tmp_path: Path, section: str) -> None:
    with pytest.raises(ImportRefused, match="Both must list as many, in the same order") as refused:
        read_mapping(mapped(tmp_path, TOGETHER, [section]))
    assert "without the site cannot say whose row is whose" in refused.value.message


def test_patients_without_the_site_are_told_which_column_is_missing(tmp_path: Path) -> None:
    records = tables(tmp_path / "records", each_from_one(["North", "South"], 5))
    with pytest.raises(ImportRefused, match=r'patients\.csv has no column "site", which the mapping names'):
        take(records, tmp_path / "store", mapped(tmp_path, TOGETHER))


def test_without_a_site_nobody_knows_whose_a_number_is_and_the_row_is_left_out(tmp_path: Path) -> None:
    operated = [*each_from_one(["North", "South"], 5), ("9", "", 40)]
    (issue,) = left_out(flat(tmp_path, operated, 'patient_id = ["Clinic", "No"]'))
    assert (issue.rule, issue.line) == ("missing", 12)


def test_an_invisible_sign_in_a_number_is_found_though_it_stands_with_its_site(tmp_path: Path) -> None:
    operated = [("1", "North", 0), ("2\u200b", "North", 9)]
    found = left_out(flat(tmp_path, operated, 'patient_id = ["Clinic", "No"]'))
    assert {(issue.rule, issue.line) for issue in found} == {
        ("patient_identifier_unreadable", 3), ("operation_patient_unreadable", 3),
    }  # fmt: skip


@pytest.mark.parametrize("answer", ["patient_id = []", "patient_id = [1]", 'patient_id = ["a", "a"]', 'sex = ["a"]'])
def test_a_list_that_is_no_answer_is_refused(tmp_path: Path, answer: str) -> None:
    with pytest.raises(ImportRefused, match=r"list each column once|is a text"):
        read_mapping(mapped(tmp_path, answer))

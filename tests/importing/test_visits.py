"""A list in which a row is a visit: its rows become operations with their visits, in whatever order they come."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused, ImportResult
from tests.importing.written import issues, left_out, rows, take, write

HEADER = "Case,Born,Gender,Operated,Surgery,Seen,ODI,Back"
VISITS = [
    "C1,1955-03-02,female,2023-02-01,tlif,2023-01-20,52,8",
    "C1,1955-03-02,female,2023-02-01,tlif,2023-05-03,30,4",
    "C1,1955-03-02,female,2023-02-01,tlif,2024-02-02,21,3",
    "C2,1971-11-30,male,2023-03-15,laminectomy,2023-03-10,48,6",
    "C2,1971-11-30,male,2023-03-15,laminectomy,2024-03-11,18,2",
]
MAPPING = """
[columns]
patient_id = "Case"
birth_date = "Born"
sex = "Gender"
surgery_date = "Operated"
procedure = "Surgery"

[visit]
date = "Seen"
odi = "ODI"
back_pain = "Back"
"""
BY_MONTHS = MAPPING.replace('date = "Seen"', 'months = "Seen"')
ANSWERS = (
    "select date_diff('day', surgery_date, visit_date), odi, back_pain from follow_up inner join operation"
    " using (operation) order by surgery_date, visit_date"
)


def imported(tmp_path: Path, *lines: str, mapping: str = MAPPING, header: str = HEADER) -> ImportResult:
    """What came of a list of visits with these rows."""
    (tmp_path / "visits.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    return take(tmp_path / "visits.csv", tmp_path / "store", tmp_path / "mapping.toml")


def kept(tmp_path: Path, select: str = ANSWERS) -> list[tuple[object, ...]]:
    return rows(tmp_path / "store", select)


def test_each_row_is_a_visit_of_its_operation_and_none_a_repeat(tmp_path: Path) -> None:
    result = imported(tmp_path, *VISITS)
    assert issues(result) == []
    assert {name: (count.read, count.accepted) for name, count in result.tables.items() if count.read} == {
        "patients": (2, 2), "operations": (2, 2), "follow_ups": (5, 5),
    }  # fmt: skip
    assert kept(tmp_path) == [(-12, 52, 8), (91, 30, 4), (366, 21, 3), (-5, 48, 6), (362, 18, 2)]


def test_the_order_of_the_rows_changes_nothing(tmp_path: Path) -> None:
    contradicting = VISITS[1].replace("female", "male").replace(",30,", ",35,").replace("1955-03-02", "")
    select = "select birth_year, sex, procedure, surgery_date from patient inner join operation using (patient)"
    found = []
    for turn in range(4):
        lines = [*VISITS, contradicting]
        random.Random(turn).shuffle(lines)
        imported(tmp_path, *lines)
        found.append((kept(tmp_path), sorted(kept(tmp_path, select), key=str)))
    assert found == [found[0]] * 4
    assert found[0][0][1] == (91, None, 4)
    assert {(year, sex) for year, sex, *_ in found[0][1]} == {(1955, None), (1971, "male")}


def test_an_empty_cell_of_one_row_joins_the_filled_one_of_another(tmp_path: Path) -> None:
    lines = [VISITS[0], *(line.replace("1955-03-02,female", ",") for line in VISITS[1:3])]
    assert issues(imported(tmp_path, *reversed(lines))) == []
    assert kept(tmp_path, "select birth_year, sex from patient") == [(1955, "female")]


def test_filled_cells_that_contradict_each_other_are_named_and_not_recorded(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[visit]", 'surgeon = "Surgeon"\nsmoking = "Smokes"\n[visit]')
    told = [f"{line},{surgeon},{smokes}" for line, surgeon, smokes in zip(
        VISITS[:3], ("S1", "", "S2"), ("never", "never", ""), strict=True,
    )]  # fmt: skip
    result = imported(tmp_path, *told, mapping=mapping, header=f"{HEADER},Surgeon,Smokes")
    (found,) = issues(result)
    assert (found.severity, found.line, found.column) == ("note", 4, "Surgeon")
    assert '"S2", where row 2 says "S1" of the same operation. Neither is recorded' in found.message
    assert kept(tmp_path, "select surgeon, smoking from operation") == [(None, "never")]
    assert len(kept(tmp_path)) == 3


def test_what_tells_of_the_patient_is_not_quoted_where_rows_contradict(tmp_path: Path) -> None:
    result = imported(tmp_path, VISITS[0], VISITS[1].replace("1955-03-02", "1956-04-03"), VISITS[2])
    (found,) = issues(result)
    assert (found.line, found.column) == (3, "Born")
    assert "195" not in found.message
    assert kept(tmp_path, "select birth_year from patient") == [(None,)]


def test_two_rows_of_one_day_that_differ_lose_what_differs_and_keep_the_rest(tmp_path: Path) -> None:
    result = imported(tmp_path, *VISITS, VISITS[1].replace(",30,4", ",33,4"))
    assert [(one.rule, one.line, one.column) for one in issues(result)] == [
        ("visit_told_again", 7, "Seen"), ("visit_rows_contradict", 7, "ODI"),
    ]  # fmt: skip
    assert '"33", where row 3 says "30" of the same visit. Neither is recorded' in issues(result)[1].message
    assert kept(tmp_path)[1] == (91, None, 4)


def test_two_rows_of_one_day_that_say_the_same_are_one_visit_and_noted(tmp_path: Path) -> None:
    (found,) = issues(imported(tmp_path, *VISITS, VISITS[1]))
    assert (found.severity, found.rule, found.line) == ("note", "visit_told_again", 7)
    assert "row 3 tells of the same visit. It is counted once." in found.message
    assert len(kept(tmp_path)) == 5


def test_two_rows_of_one_day_of_which_each_holds_one_score_are_one_visit_with_both(tmp_path: Path) -> None:
    imported(tmp_path, VISITS[0], VISITS[1].replace(",30,4", ",30,"), VISITS[1].replace(",30,4", ",,4"))
    assert kept(tmp_path)[1] == (91, 30, 4)


def test_a_row_without_a_day_and_answers_is_just_the_operation(tmp_path: Path) -> None:
    assert issues(imported(tmp_path, VISITS[0].replace("2023-01-20,52,8", ",,"), VISITS[3])) == []
    assert kept(tmp_path, "select count(*) from operation") == [(2,)]
    assert kept(tmp_path) == [(-5, 48, 6)]


def test_answers_without_a_day_are_named(tmp_path: Path) -> None:
    (found,) = issues(imported(tmp_path, VISITS[0], VISITS[1].replace("2023-05-03", "")))
    assert (found.rule, found.line, found.column) == ("visit_without_day", 3, "Seen")
    assert "it is not recorded. Fill in Seen." in found.message
    assert kept(tmp_path) == [(-12, 52, 8)]


def test_months_after_surgery_stand_for_the_day_and_words_for_months(tmp_path: Path) -> None:
    mapping = f'{BY_MONTHS}\n[values.months]\n"pre-op" = 0\n"1 year" = "12"\n'
    days = ("pre-op", "3.5", "1 year")
    lines = [line.replace(line.split(",")[5], day) for line, day in zip(VISITS[:3], days, strict=True)]
    assert issues(imported(tmp_path, *lines, mapping=mapping)) == []
    assert kept(tmp_path) == [(0, 52, 8), (107, 30, 4), (365, 21, 3)]


def test_months_without_an_answer_are_no_visit(tmp_path: Path) -> None:
    lines = [VISITS[0].replace("2023-01-20", "0"), VISITS[1].replace("2023-05-03,30,4", "3,,")]
    assert issues(imported(tmp_path, *lines, mapping=BY_MONTHS)) == []
    assert kept(tmp_path) == [(0, 52, 8)]


def test_a_date_comes_before_the_months(tmp_path: Path) -> None:
    mapping = MAPPING.replace('date = "Seen"', 'date = "Seen"\nmonths = "Month"')
    lines = [f"{VISITS[1]},3", f"{VISITS[2].replace('2024-02-02', '')},12"]
    imported(tmp_path, *lines, mapping=mapping, header=f"{HEADER},Month")
    assert [day for day, *_ in kept(tmp_path)] == [91, 365]


def test_words_of_theirs_for_an_answer_hold_at_every_visit(tmp_path: Path) -> None:
    mapping = f"""{MAPPING}
satisfaction = "Happy"
[visits.baseline]
leg_pain = "Leg before"
[values.odi]
"n/a" = ""
[values.satisfaction]
"very" = 1
[values.leg_pain]
"none" = "0"
"""
    lines = [f"{VISITS[0]},,none", f"{VISITS[1].replace(',30,', ',n/a,')},very,none"]
    assert issues(imported(tmp_path, *lines, mapping=mapping, header=f"{HEADER},Happy,Leg before")) == []
    select = "select odi, satisfaction, leg_pain from follow_up order by visit_date"
    assert kept(tmp_path, select) == [(52, None, None), (None, None, 0), (None, 1, None)]


def test_rows_with_one_identifier_and_two_days_of_surgery_are_left_out_with_their_visits(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[columns]", '[columns]\noperation_id = "Op"')
    lines = [f"{VISITS[0]},1", f"{VISITS[1].replace('2023-02-01', '2023-02-03')},1", f"{VISITS[3]},2"]
    result = imported(tmp_path, *lines, mapping=mapping, header=f"{HEADER},Op")
    assert {one.rule for one in left_out(result)} == {"flat_row_contradicted"}
    assert kept(tmp_path) == [(-5, 48, 6)]


@pytest.mark.parametrize(
    ("visit", "told"),
    [
        ('odi = "ODI"', "name the column of its date, or of its months after surgery"),
        ('date = "Seen"', "name a column of what was answered"),
        ('date = "Seen"\nodd = "ODI"', '"odd" is not understood'),
        ('date = "Seen"\nodi = 3', '"visit.odi" is a text'),
    ],
)
def test_a_part_for_visits_that_cannot_be_followed_is_refused(tmp_path: Path, visit: str, told: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        imported(tmp_path, *VISITS, mapping=f"{MAPPING.split('[visit]')[0]}[visit]\n{visit}\n")
    assert told in refused.value.message


@pytest.mark.parametrize("days", [("2024-01-09", "2024-03-09"), ("2024-01-39", "")])
def test_an_operation_whose_rows_tell_no_one_day_of_failure_is_left_out(tmp_path: Path, days: tuple[str, str]) -> None:
    lines = [f"{VISITS[0]},{days[0]}", f"{VISITS[1]},{days[1]}", f"{VISITS[3]},2024-05-05"]
    result = imported(tmp_path, *lines, mapping=f'{MAPPING}\n[failure]\ndate = "Failed"\n', header=f"{HEADER},Failed")
    assert kept(tmp_path) == [(-5, 48, 6)]
    assert [one.rule for one in left_out(result)] == ["failure_rows_contradict"]


def test_what_cannot_be_read_in_one_row_is_told_by_another_or_counts_as_not_readable(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[visit]", 'asa = "ASA"\nsmoking = "Smokes"\n[visit]')
    lines = [f"{VISITS[0]},x,perhaps", f"{VISITS[1]},2,"]
    imported(tmp_path, *lines, mapping=mapping, header=f"{HEADER},ASA,Smokes")
    assert kept(tmp_path, "select asa, smoking from operation") == [(2, None)]
    assert kept(tmp_path, "select field from unreadable_cell") == [("operation.smoking",)]


def tables(tmp_path: Path, follow_ups: str) -> ImportResult:
    return take(write(tmp_path / "in", follow_ups=follow_ups), tmp_path / "store")


def test_visits_of_our_own_tables_may_say_the_months_after_surgery(tmp_path: Path) -> None:
    result = tables(tmp_path, """
        operation_id | months_after_surgery | odi | back_pain
        O1           | -1                   | 50  | 8
        O1           | 3                    | 30  | 4
        O1           | 12                   | 20  | 3
    """)  # fmt: skip
    assert issues(result) == []
    assert kept(tmp_path) == [(-30, 50, 8), (91, 30, 4), (365, 20, 3)]


def test_a_date_comes_before_the_months_there_too_and_one_of_them_is_needed(tmp_path: Path) -> None:
    result = tables(tmp_path, """
        operation_id | visit_date | months_after_surgery | odi | back_pain
        O1           | 2024-04-20 | 3                    | 30  | 4
        O1           |            | 12                   | 20  | 3
        O1           |            |                      | 10  | 1
        O1           | 2024-13-20 | 6                    | 15  | 2
    """)  # fmt: skip
    assert [(one.rule, one.line) for one in left_out(result)] == [("missing", 4), ("not_a_date", 5)]
    assert kept(tmp_path) == [(110, 30, 4), (365, 20, 3)]


def test_visits_without_any_column_of_time_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused) as refused:
        tables(tmp_path, """
            operation_id | odi
            O1           | 30
        """)  # fmt: skip
    assert 'has no column "visit_date", which is needed' in refused.value.message

"""A stranger's spreadsheet, a row an operation: each row taken whole, by a mapping, or left out with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused, ImportResult
from tests.importing.written import issues, left_out, rows, take

HEADER = "Pat,DOB,Sex,Height,Weight,Surgeon,Procedure,OP date,Failed on,Cause,ODI before,ODI 3m,ODI 12m,Smokes"
GOOD = "P1,1961-02-16,F,163,91,S02,lumbar fusion,2022-02-02,2022-09-10,scarring,54,23,11,yes"
OTHER = "P2,1945-12-15,M,179,82,S03,TLIF,2023-01-07,,,67,,25,no"
MAPPING = """
[file]
required = ["surgeon"]

[columns]
patient_id = "Pat"
birth_date = "DOB"
sex = "Sex"
height_cm = "Height"
weight_kg = "Weight"
surgeon = "Surgeon"
procedure = "Procedure"
surgery_date = "OP date"
smoking = "Smokes"

[values.sex]
F = "female"
M = "male"

[values.smoking]
yes = "current"
no = "never"

[values.procedure]
"lumbar fusion" = "posterolateral_fusion"

[values.cause]
scarring = "scar_tissue"

[known]
surgeon = ["S02", "S03"]

[failure]
date = "Failed on"
cause = "Cause"

[visits.baseline]
odi = "ODI before"

[visits.3]
odi = "ODI 3m"

[visits.12]
odi = "ODI 12m"
"""


def imported(tmp_path: Path, *lines: str, mapping: str = MAPPING, header: str = HEADER) -> ImportResult:
    """What came of a flat file with these rows."""
    (tmp_path / "list.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    return take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")


def kept(tmp_path: Path, select: str) -> list[tuple[object, ...]]:
    return rows(tmp_path / "store", select)


def test_a_row_becomes_a_patient_an_operation_its_finding_and_its_visits(tmp_path: Path) -> None:
    result = imported(tmp_path, GOOD, OTHER)
    assert issues(result) == []
    assert {name: count.accepted for name, count in result.tables.items() if count.read} == {
        "patients": 2, "operations": 2, "diagnoses": 1, "follow_ups": 5,
    }  # fmt: skip
    assert kept(tmp_path, "select procedure, surgeon, smoking, line from operation order by line") == [
        ("posterolateral_fusion", "S02", "current", 2),
        ("tlif", "S03", "never", 3),
    ]
    assert kept(tmp_path, "select cause, cast(diagnosis_date as varchar), line from diagnosis") == [
        ("scar_tissue", "2022-09-10", 2)
    ]


def test_a_visit_without_a_date_stands_on_the_day_that_its_months_are_after_surgery(tmp_path: Path) -> None:
    imported(tmp_path, GOOD, OTHER)
    select = (
        "select date_diff('day', surgery_date, visit_date), odi from follow_up inner join operation"
        " using (operation) where operation.line = 2 order by 1"
    )
    assert kept(tmp_path, select) == [(0, 54.0), (91, 23.0), (365, 11.0)]


def test_a_visit_with_a_date_of_its_own_stands_there(tmp_path: Path) -> None:
    mapping = MAPPING.replace('odi = "ODI 12m"', 'odi = "ODI 12m"\ndate = "Seen"')
    imported(tmp_path, f"{GOOD},2023-03-01", f"{OTHER},", mapping=mapping, header=f"{HEADER},Seen")
    assert kept(tmp_path, "select cast(max(visit_date) as varchar) from follow_up where line = 2") == [("2023-03-01",)]


def test_an_operation_has_the_same_identifier_in_whatever_order_the_rows_come(tmp_path: Path) -> None:
    imported(tmp_path, GOOD, OTHER)
    select = "select operation_id from operation order by 1"
    first = kept(tmp_path, select)
    imported(tmp_path, OTHER, GOOD)
    assert kept(tmp_path, select) == first
    assert not any("P1" in str(name) for (name,) in first)


WRONG = {
    "an unknown procedure": (GOOD.replace("lumbar fusion", "microdisectomy"), "Procedure", 'mean "microdiscectomy"?'),
    "an unknown surgeon": (GOOD.replace("S02", "S99"), "Surgeon", "not registered"),
    "no surgeon": (GOOD.replace("S02", ""), "Surgeon", "empty, but needed"),
    "no patient": (GOOD.replace("P1,", ",", 1), "Pat", "empty, but needed"),
    "an impossible day": (GOOD.replace("2022-02-02", "2022-02-30"), "OP date", "not a date"),
    "a day to come": (GOOD.replace("2022-02-02", "2122-02-02"), "OP date", "to today"),
    "a spreadsheet's count": (GOOD.replace("2022-02-02", "44594"), "OP date", "count of days"),
    "two digits of a year": (GOOD.replace("2022-02-02", "02/02/22"), "OP date", "two digits"),
    "another order": (GOOD.replace("2022-02-02", "02.02.2022"), "OP date", "like the other dates"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_cell_that_is_needed_and_cannot_be_read_leaves_its_row_out_under_the_sites_own_name(
    tmp_path: Path, case: str
) -> None:
    line, column, told = WRONG[case]
    result = imported(tmp_path, line, OTHER)
    (issue,) = left_out(result)
    assert (issue.line, issue.column) == (2, column)
    assert f"list.csv, column {column}, row 2" in issue.message
    assert told in issue.message
    assert [count.accepted for name, count in result.tables.items() if name in ("patients", "operations")] == [1, 1]
    assert kept(tmp_path, "select count(*) from follow_up where line = 2") == [(0,)]


OPTIONAL = {
    "a score out of range": (GOOD.replace(",11,", ",-4,"), "ODI 12m", "from 0 to 100"),
    "a score over 100": (GOOD.replace(",11,", ",101,"), "ODI 12m", "from 0 to 100"),
    "not a number": (GOOD.replace(",23,", ",NaN,"), "ODI 3m", "Leave the cell empty"),
    "infinity": (GOOD.replace(",23,", ",inf,"), "ODI 3m", "Leave the cell empty"),
    "a number with an underscore": (GOOD.replace(",23,", ",2_3,"), "ODI 3m", "digits only"),
    "digits of another script": (GOOD.replace(",23,", ",٢٣,"), "ODI 3m", "digits only"),
    "a number too great": (GOOD.replace(",23,", ",1e400,"), "ODI 3m", "digits only"),
    "a unit in the cell": (GOOD.replace(",91,", ",91 kg,"), "Weight", 'the text "kg"'),
    "a height in inches": (GOOD.replace(",163,", ",64,"), "Height", "Is it in inches?"),
    "an unknown cause": (GOOD.replace("scarring", "wear"), "Cause", "is not a known cause"),
}


@pytest.mark.parametrize("case", OPTIONAL)
def test_any_other_cell_that_cannot_be_read_is_left_out_alone_under_the_sites_own_name(
    tmp_path: Path, case: str
) -> None:
    line, column, told = OPTIONAL[case]
    result = imported(tmp_path, line, OTHER)
    (issue,) = (issue for issue in issues(result) if issue.severity == "cell")
    assert (issue.line, issue.column) == (2, column)
    assert f"list.csv, column {column}, row 2" in issue.message
    assert told in issue.message
    assert [count.accepted for name, count in result.tables.items() if name in ("patients", "operations")] == [2, 2]
    assert kept(tmp_path, "select count(*) from unreadable_cell inner join operation using (operation)") == [(1,)]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        (GOOD.replace("2022-09-10", "2021-09-10"), "flat_failure_before_surgery"),
        (GOOD.replace("2022-09-10", ""), "flat_cause_without_failure"),
        (GOOD.replace("1961-02-16", "2022-03-01"), "operation_before_birth"),
    ],
)
def test_dates_that_contradict_each_other_leave_the_row_out(tmp_path: Path, line: str, rule: str) -> None:
    result = imported(tmp_path, line, OTHER)
    assert (2, rule) in [(issue.line, issue.rule) for issue in left_out(result)]
    assert kept(tmp_path, "select line from operation") == [(3,)]


def test_the_same_row_again_is_said_and_counted_once(tmp_path: Path) -> None:
    result = imported(tmp_path, GOOD, OTHER, GOOD)
    assert kept(tmp_path, "select line from operation order by 1") == [(2,), (3,)]
    assert kept(tmp_path, "select count(*) from follow_up") == [(5,)]
    assert [issue.severity for issue in issues(result) if issue.line == 4] == ["note"]


def test_two_rows_that_tell_one_operation_differently_are_both_left_out(tmp_path: Path) -> None:
    result = imported(tmp_path, GOOD, OTHER, GOOD.replace(",11,", ",12,"))
    assert {issue.line for issue in left_out(result)} == {2, 4}
    assert kept(tmp_path, "select line from operation") == [(3,)]


def test_words_for_what_is_not_known_are_named_once_and_count_as_empty(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[file]", '[file]\nmissing = ["N/A", "9999", "-"]')
    lines = [GOOD.replace(",23,", ",N/A,"), OTHER.replace(",82,", ",9999,").replace("1945-12-15", "-")]
    assert issues(imported(tmp_path, *lines, mapping=mapping)) == []
    assert kept(tmp_path, "select count(*) from follow_up where line = 2") == [(2,)]


def test_pounds_and_inches_are_turned_to_kilograms_and_centimetres_when_the_mapping_says_so(tmp_path: Path) -> None:
    mapping = f'{MAPPING}\n[units]\nheight_cm = "in"\nweight_kg = "lb"\n'
    imported(tmp_path, GOOD.replace(",163,91,", ",64,200,"), mapping=mapping)
    (found,) = kept(tmp_path, "select height_cm, weight_kg from operation")
    assert found == (pytest.approx(162.56), pytest.approx(90.718474))


def test_decimal_commas_between_semicolons_are_read_and_said(tmp_path: Path) -> None:
    line = GOOD.replace(",", ";").replace(";91;", ";91,5;")
    result = imported(tmp_path, line, OTHER.replace(",", ";"), header=HEADER.replace(",", ";"))
    assert kept(tmp_path, "select weight_kg from operation where line = 2") == [(pytest.approx(91.5),)]
    assert {issue.rule for issue in issues(result)} == {"delimiter", "decimal_comma"}


def test_one_point_among_declared_decimal_commas_is_named_and_changes_no_other_cell(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[file]", '[file]\ndecimal = ","')
    lines = [GOOD.replace(",", ";").replace(";91;", ";91,5;"), OTHER.replace(",", ";").replace(";82;", ";8.200;")]
    result = imported(tmp_path, *lines, header=HEADER.replace(",", ";"), mapping=mapping)
    assert kept(tmp_path, "select weight_kg from operation where line = 2") == [(pytest.approx(91.5),)]
    (issue,) = [issue for issue in result.issues if issue.rule == "not_a_number"]
    assert (issue.line, issue.value) == (3, "8.200")
    assert issue.message.endswith(
        '"8.200" has a point, and the mapping says that the comma is the decimal sign. Write it as the others are.'
    )


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (("03/02/2022", "04/05/2023"), "could be day/month or month/day"),
        (("13.02.2022", "04.05.2023"), "seems to be written with the day first"),
        (("02-13-2022", "04-05-2023"), "seems to be written with the month first"),
    ],
)
def test_an_order_of_day_and_month_that_nobody_said_is_asked(tmp_path: Path, days: tuple[str, str], told: str) -> None:
    lines = [GOOD.replace("2022-02-02", days[0]), OTHER.replace("2023-01-07", days[1])]
    with pytest.raises(ImportRefused) as refused:
        imported(tmp_path, *lines)
    assert f"The column OP date {told}" in refused.value.message
    assert not list((tmp_path / "store" / "gen").iterdir())


def test_an_order_of_day_and_month_that_the_mapping_names_is_read(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[file]", '[file]\ndate_format = "%d.%m.%Y"')
    imported(tmp_path, GOOD.replace("2022-02-02", "03.02.2022"), OTHER, mapping=mapping)
    assert kept(tmp_path, "select cast(surgery_date as varchar) from operation order by 1") == [
        ("2022-02-03",), ("2023-01-07",),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (HEADER.replace("OP date", "OP datum"), 'Is it "OP datum"?'),
        (GOOD, "no known column name"),
        (f"A list\nof 2022\n{HEADER}", "column names in row 3"),
    ],
)
def test_a_header_that_does_not_fit_is_refused_with_what_it_may_mean(tmp_path: Path, header: str, told: str) -> None:
    with pytest.raises(ImportRefused) as refused:
        imported(tmp_path, OTHER, header=header)
    assert told in refused.value.message
    assert "1961" not in refused.value.message

"""Columns on another scale, and values that stand for "not known": asked before anything is kept, in every format."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused, ImportResult, Issue
from tests.importing.fhir_written import LOCAL, bundle, observation, patient, procedure, quantity
from tests.importing.omop_extract import CLEAN, folder
from tests.importing.workbook import Cell
from tests.importing.workbook import write as write_book
from tests.importing.written import left_out, rows, take, write

FLAT = """
[columns]
surgery_date = "op_date"
[visits.baseline]
odi = "odi_pre"
leg_pain = "leg_pre"
[visits.12]
odi = "odi_12m"
leg_pain = "leg_12m"
"""


def practice(column: str, values: list[str], table: str = "follow_ups", **others: str) -> dict[str, str]:
    """An operation for each of these values, which stands in a visit or in the operation itself."""
    cells = {"operations": "", "follow_ups": ""}
    head = {
        "operations": "operation_id | patient_id | surgery_date | procedure",
        "follow_ups": "operation_id | visit_date",
    }
    for n, value in enumerate(values):
        of_visit, of_operation = (f" | {value}", "") if table == "follow_ups" else ("", f" | {value}")
        cells["follow_ups"] += f"\nO{n} | 2024-04-0{n % 9 + 1}{of_visit}"
        cells["operations"] += f"\nO{n} | P{n} | 2024-01-0{n % 9 + 1} | tlif{of_operation}"
    head[table] += f" | {column}"
    held = {name: head[name] + cells[name] for name in head if name == table or name == "operations"}
    people = "patient_id | birth_year" + "".join(f"\nP{n} | {1940 + n}" for n in range(len(values)))
    return {"patients": people, **held, **others}


def mapped(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def asked(tmp_path: Path, records: Path, mapping: Path | None = None) -> list[Issue]:
    """What the import asks, and stops for."""
    with pytest.raises(ImportRefused) as refusal:
        take(records, tmp_path / "store", mapping)
    assert not list((tmp_path / "store").glob("gen/*"))
    found = refusal.value.result.issues
    return [issue for issue in found if issue.severity == "stop" and issue.rule in ("other_scale", "stands_out")]


def noted(result: ImportResult) -> list[str]:
    return [issue.rule for issue in result.issues if issue.rule in ("other_scale", "stands_out")]


MM = ["4", "7", "62", "80", "55", "8", "9", "3", "22", "10"]


def test_a_column_in_millimetres_is_asked_about_as_a_whole_and_the_low_ones_are_not_kept_alone(tmp_path: Path) -> None:
    (issue,) = asked(tmp_path, write(tmp_path / "records", **practice("leg_pain", MM)))
    assert (issue.rule, issue.column, issue.line) == ("other_scale", "leg_pain", None)
    assert issue.message == (
        "follow_ups.csv, column leg_pain: 4 of 10 numbers are not from 0 to 10, such as 80. "
        "Are they millimetres of a line of 100? "
        'Then write leg_pain = "mm" below [follow_ups.units] in the mapping; '
        'or leg_pain = "points" if they are right as they are: then each that is not from 0 to 10 is left out.'
    )


def test_both_answers_of_a_mapping_are_taken(tmp_path: Path) -> None:
    records = write(tmp_path / "records", **practice("leg_pain", MM))
    take(records, tmp_path / "a", mapped(tmp_path, '[follow_ups.units]\nleg_pain = "mm"\n'))
    assert [value for (value,) in rows(tmp_path / "a", "select leg_pain from follow_up order by line")] == [
        pytest.approx(float(value) / 10) for value in MM
    ]
    take(records, tmp_path / "b", mapped(tmp_path, '[follow_ups.units]\nleg_pain = "points"\n'))
    kept = [
        value for (value,) in rows(tmp_path / "b", "select leg_pain from follow_up order by line") if value is not None
    ]
    assert kept == [4, 7, 8, 9, 3, 10]


@pytest.mark.parametrize(
    ("column", "table", "values", "answer", "first"),
    [
        ("odi", "follow_ups", ["0.44", "0.2", "0.46", "0.22", "0.48"], "fraction", 44),
        ("odi", "follow_ups", ["11", "23", "8", "31", "25"] * 20, "points_of_50", 22),
        ("eq5d_index", "follow_ups", ["70", "85", "30", "55", "90"], "percent", 0.7),
        ("height_cm", "operations", ["1.62", "1.75", "1.8", "1.55", "1.7"], "m", 162),
        ("height_cm", "operations", ["62", "70", "71", "65", "68"], "in", 157.48),
        ("weight_kg", "operations", ["150", "180", "210", "165", "195"], "lb", 68.0388555),
        ("weight_kg", "operations", ["11", "12", "13", "14", "10"], "st", 69.85322498),
        ("symptom_duration_months", "operations", ["210", "365", "200", "700", "90"], "weeks", 48.29568788),
    ],
)
def test_each_scale_is_asked_for_and_its_answer_read(
    tmp_path: Path, column: str, table: str, values: list[str], answer: str, first: float
) -> None:
    records = write(tmp_path / "records", **practice(column, values, table))
    (issue,) = asked(tmp_path, records)
    assert f'{column} = "{answer}"' in issue.message
    take(records, tmp_path / "store", mapped(tmp_path, f'[{table}.units]\n{column} = "{answer}"\n'))
    kept = "follow_up" if table == "follow_ups" else "operation"
    assert rows(tmp_path / "store", f"select {column} from {kept} where line = 2") == [(pytest.approx(first),)]


def test_a_column_of_another_measure_says_what_can_be_done(tmp_path: Path) -> None:
    values = ["0", "3", "8", "9", "10", "5"]
    records = write(tmp_path / "records", **practice("gpe", values))
    (issue,) = asked(tmp_path, records)
    assert "another measure" in issue.message
    take(records, tmp_path / "store", mapped(tmp_path, '[follow_ups.units]\ngpe = "as_written"\n'))
    assert rows(tmp_path / "store", "select count(gpe) from follow_up") == [(2,)]


def test_a_slip_or_a_small_series_stops_nothing(tmp_path: Path) -> None:
    result = take(write(tmp_path / "a", **practice("leg_pain", ["1", "2", "3", "33", "2", "1"])), tmp_path / "store")
    assert noted(result) == []
    assert [issue.value for issue in result.issues if issue.column == "leg_pain"] == ["33"]


@pytest.mark.parametrize(("highest", "found"), [("51", []), ("50", ["other_scale"])])
def test_disability_that_is_never_over_50_is_noted(tmp_path: Path, highest: str, found: list[str]) -> None:
    records = write(tmp_path / "records", **practice("odi", [*["20"] * 99, highest]))
    assert noted(take(records, tmp_path / "store")) == found


AGES = [*[str(age) for age in range(40, 60)], "99", "99", "99"]


def test_a_sign_within_the_range_is_asked_about_and_never_counted_in_silence(tmp_path: Path) -> None:
    (issue,) = asked(tmp_path, write(tmp_path / "records", **practice("age", AGES, "operations")))
    assert issue.rule == "stands_out"
    assert issue.message == (
        "operations.csv, column age: 99 (3 times) stands far from all others: there is nothing between 59 and 99. "
        'Does it mean "not known"? Then write "99" = "" below [operations.values.age] in the mapping; '
        'or "99" = "99" if it is a value like any other.'
    )


@pytest.mark.parametrize(("answer", "kept"), [("", 20), ("99", 23)])
def test_what_a_sign_means_is_said_for_its_column_alone(tmp_path: Path, answer: str, kept: int) -> None:
    tables = practice("age", AGES, "operations")
    people = "patient_id" + "".join(f"\nP{n}" for n in range(len(AGES)))
    records = write(tmp_path / "records", **{**tables, "patients": people})
    result = take(records, tmp_path / "store", mapped(tmp_path, f'[operations.values.age]\n"99" = "{answer}"\n'))
    assert left_out(result) == []
    assert noted(result) == []
    assert rows(tmp_path / "store", "select count(*), count(age) from operation") == [(23, kept)]


def flat(tmp_path: Path, **columns: list[str]) -> Path:
    """A flat file with these columns, of as many operations as they have values."""
    names = ["patient_id", "op_date", "procedure", *columns]
    lines = [
        [f"P{n}", f"2021-01-0{n % 9 + 1}", "tlif", *cells]
        for n, cells in enumerate(zip(*columns.values(), strict=True))
    ]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(",".join(line) for line in [names, *lines]) + "\n", encoding="utf-8")
    return path


def test_the_answers_of_all_visits_in_a_flat_file_are_one_column(tmp_path: Path) -> None:
    before, after = [str(n) for n in range(31, 49)], ["55", "8", "20", "4", "60", "7"] * 3
    path = flat(tmp_path, odi_pre=before, odi_12m=after, leg_pre=["6"] * 18, leg_12m=after)
    (issue,) = asked(tmp_path, path, mapped(tmp_path, FLAT))
    assert issue.column == "leg_pre and leg_12m"
    assert 'leg_pain = "mm" below [units]' in issue.message
    take(path, tmp_path / "store", mapped(tmp_path, f'{FLAT}\n[units]\nleg_pain = "mm"\n'))
    assert rows(tmp_path / "store", "select min(leg_pain), max(leg_pain) from follow_up") == [
        (pytest.approx(0.4), pytest.approx(6))
    ]


def test_a_sign_in_one_visit_of_a_flat_file_is_asked_about(tmp_path: Path) -> None:
    before, after = [str(30 + n % 28) for n in range(40)], [str(11 + n % 20) if n % 5 else "99" for n in range(40)]
    path = flat(tmp_path, odi_pre=before, odi_12m=after, leg_pre=["6"] * 40, leg_12m=["2"] * 40)
    (issue,) = asked(tmp_path, path, mapped(tmp_path, FLAT))
    assert "99 (8 times) stands far from all others: there is nothing between 57 and 99" in issue.message


@pytest.mark.parametrize(("signed", "read"), [(True, 44), (False, None)])
def test_an_excel_number_shown_in_per_cent_is_read_as_shown_and_a_bare_share_is_asked(
    tmp_path: Path, signed: bool, read: float | None
) -> None:
    operations: list[list[Cell]] = [["operation_id", "patient_id", "surgery_date", "procedure"]]
    operations += [[f"O{n}", f"P{n}", f"2024-01-0{n}", "tlif"] for n in range(1, 9)]
    visits: list[list[Cell]] = [["operation_id", "visit_date", "odi"]]
    style = ' s="2"' if signed else ""
    visits += [[f"O{n}", f"2024-04-0{n}", f"<c{style}><v>{0.43 + n / 100:.2f}</v></c>"] for n in range(1, 9)]
    people: list[list[Cell]] = [["patient_id"]]
    people += [[f"P{n}"] for n in range(1, 9)]
    sheets = {"patients": people, "operations": operations, "follow_ups": visits}
    path = write_book(tmp_path / "book.xlsx", sheets, formats=["0%"])
    if read is None:
        assert 'odi = "fraction"' in asked(tmp_path, path)[0].message
    else:
        assert noted(take(path, tmp_path / "store")) == []
        assert rows(tmp_path / "store", "select odi from follow_up where line = 2") == [(read,)]


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [("odi", "44 %", 44), ("odi", "44.5%", 44.5), ("eq5d_index", "71%", 0.71), ("leg_pain", "70%", 7)],
)
def test_a_cell_with_its_own_sign_for_per_cent_is_that(tmp_path: Path, column: str, cell: str, value: float) -> None:
    take(write(tmp_path / "records", **practice(column, [cell])), tmp_path / "store")
    assert rows(tmp_path / "store", f"select {column} from follow_up") == [(pytest.approx(value),)]


CODES = f'[codes."{LOCAL}".measure]\nleg = "leg_pain"\n'


def test_coded_numbers_beyond_our_range_speak_for_another_scale_too(tmp_path: Path) -> None:
    seen = [
        observation("leg", f"2025-0{n}-01", system=LOCAL, **quantity(value))
        for n, value in enumerate([4, 62, 7, 80, 3, 55], start=1)
    ]
    path = bundle(tmp_path, patient(), procedure(), *seen)
    (issue,) = asked(tmp_path, path, mapped(tmp_path, CODES))
    assert 'leg_pain = "mm" below [follow_ups.units]' in issue.message
    take(path, tmp_path / "store", mapped(tmp_path, f'{CODES}[follow_ups.units]\nleg_pain = "mm"\n'))
    assert rows(tmp_path / "store", "select min(leg_pain), max(leg_pain) from follow_up") == [
        (pytest.approx(0.3), pytest.approx(8))
    ]


def test_a_number_of_an_omop_table_that_our_column_cannot_hold_is_named(tmp_path: Path) -> None:
    extract = folder(tmp_path, {"MEASUREMENT": CLEAN["MEASUREMENT"].replace(",48,", ",480,", 1)})
    (issue,) = [issue for issue in take(extract, tmp_path / "store").issues if issue.rule == "not_a_number"]
    assert (issue.column, issue.line) == ("odi", 7)
    assert '"480" is not a number from 0 to 100' in issue.message

"""Rows that stand for the same thing: a repeat is left out and said; of a contradiction no row is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.importing.result import ImportResult
from tests.importing.written import rows, take, write

PATIENTS = "patient_id | birth_year | sex\nSECRET-P1 | 1960 | female\nSECRET-P2 | 1950 | male"
OPERATIONS = (
    "operation_id | patient_id | surgery_date | procedure | surgeon\n"
    "SECRET-O1 | SECRET-P1 | 2024-01-01 | tlif | S01\nSECRET-O2 | SECRET-P2 | 2024-01-02 | plif | S02"
)
OTHERS = {
    "follow_ups": "operation_id | visit_date | odi\nSECRET-O1 | 2024-03-15 | 20",
    "symptoms": "operation_id | onset_date | symptom | severity\nSECRET-O1 | 2024-02-01 | fever | 5",
    "diagnoses": "operation_id | diagnosis_date | cause | is_primary\nSECRET-O1 | 2024-02-01 | infection | true",
    "complications": "operation_id | complication_date | complication | severity\n"
    "SECRET-O1 | 2024-02-01 | other | minor",
    "treatments": "operation_id | start_date | treatment | outcome\nSECRET-O1 | 2024-02-01 | exercise | worse",
}
FLAT = {
    *("flat_row_repeated", "flat_row_contradicted", "flat_patient_contradicted"),
    *("flat_follow_up_unreadable", "flat_cause_without_failure", "flat_failure_before_surgery"),
}
REPEATED = {
    "patient_repeated": ("patients", "SECRET-P1 | 1960 | f"),
    "operation_repeated": ("operations", "SECRET-O1 | SECRET-P1 | 2024-01-01 | TLIF | S01"),
    "visit_repeated": ("follow_ups", "SECRET-O1 | 2024-03-15 | 20.0"),
    "symptom_repeated": ("symptoms", "SECRET-O1 | 2024-02-01 | Fever | 5"),
    "diagnosis_repeated": ("diagnoses", "SECRET-O1 | 2024-02-01 | infection | yes"),
    "complication_repeated": ("complications", "SECRET-O1 | 2024-02-01 | other | minor"),
    "treatment_repeated": ("treatments", "SECRET-O1 | 2024-02-01 | exercise | worse"),
}
"""The first row of each table once more, in other spellings of the same where there are any."""
NEITHER_TAKEN = {
    "patient_contradicted": ("patients", "SECRET-P1 | 1961 | female", "birth_year"),
    "operation_contradicted": (
        "operations",
        "SECRET-O1 | SECRET-P1 | 2024-01-03 | alif | S01",
        "procedure, surgery_date",
    ),
    "visit_contradicted": ("follow_ups", "SECRET-O1 | 2024-03-15 | 21", "odi"),
}
FIRST_KEPT = {
    "symptom_contradicted": ("symptoms", "SECRET-O1 | 2024-02-01 | fever | 6", "severity"),
    "diagnosis_contradicted": ("diagnoses", "SECRET-O1 | 2024-02-01 | infection | false", "is_primary"),
    "complication_contradicted": ("complications", "SECRET-O1 | 2024-02-01 | other | major", "severity"),
    "treatment_contradicted": ("treatments", "SECRET-O1 | 2024-02-01 | exercise | improved", "outcome"),
}
OF_SEVERAL = {"diagnosis_several_primary", "operation_too_many_in_a_day", "patient_perhaps_registered_twice"}
CASES = {*REPEATED, *NEITHER_TAKEN, *FIRST_KEPT, *FLAT, *OF_SEVERAL}


def texts(**more: str) -> dict[str, str]:
    """The tables, with rows more in some of them."""
    good = {"patients": PATIENTS, "operations": OPERATIONS, **OTHERS}
    return {name: f"{text}\n{more[name]}" if name in more else text for name, text in good.items()}


def said(result: ImportResult, rule: str) -> list[tuple[str, int | None, str]]:
    """Severity, line and reason of what one rule said; nobody is named in anything that any rule said."""
    assert "SECRET" not in repr(result)
    found = [issue for issue in result.issues if issue.rule == rule]
    return [(issue.severity, issue.line, issue.message.partition(f"row {issue.line}: ")[2]) for issue in found]


@pytest.mark.parametrize("rule", REPEATED)
def test_a_row_that_repeats_another_is_left_out_with_a_note(tmp_path: Path, rule: str) -> None:
    table, row = REPEATED[rule]
    line = len(texts()[table].splitlines()) + 1
    result = take(write(tmp_path / "records", **texts(**{table: row})), tmp_path / "store")
    assert said(result, rule) == [("note", line, "this row repeats row 2 and was left out.")]
    assert [issue.rule for issue in result.issues if issue.rule != "format"] == [rule]
    assert result.tables[table].left_out == 1


@pytest.mark.parametrize("rule", NEITHER_TAKEN)
def test_of_rows_that_contradict_one_another_none_is_taken_and_each_names_the_other(tmp_path: Path, rule: str) -> None:
    table, row, differs = NEITHER_TAKEN[rule]
    line = len(texts()[table].splitlines()) + 1
    result = take(write(tmp_path / "records", **texts(**{table: row})), tmp_path / "store")
    what = rule.partition("_")[0]
    assert said(result, rule) == [
        (
            "row",
            at,
            f"row {other} has the same {what} with another {differs}. None of these rows was imported."
            " Correct the file.",
        )
        for at, other in ((2, line), (line, 2))
    ]
    assert result.tables[table].left_out == 2


@pytest.mark.parametrize("rule", FIRST_KEPT)
def test_of_one_event_told_twice_one_is_kept_without_what_differs(tmp_path: Path, rule: str) -> None:
    table, row, differs = FIRST_KEPT[rule]
    result = take(write(tmp_path / "records", **texts(**{table: row})), tmp_path / "store")
    ((severity, line, reason),) = said(result, rule)
    assert (severity, line) == ("row", 3)
    assert reason.startswith("row 2 has the same ")
    assert reason.endswith(f" with another {differs}. It was kept once, without what differs. Correct one of the two.")
    assert (result.tables[table].accepted, result.tables[table].left_out) == (1, 1)


def test_a_row_of_another_file_is_named_with_its_file(tmp_path: Path) -> None:
    first = write(tmp_path / "a", **texts())
    second = tmp_path / "operations.csv"
    second.write_text((first / "operations.csv").read_text().replace("S02", "S03"))
    both = tmp_path / "both"
    both.mkdir()
    for path in first.iterdir():
        (both / path.name).write_bytes(path.read_bytes())
    result = take_files([both, second], tmp_path / "store")
    assert said(result, "operation_repeated")[0][2] == "this row repeats row 2 of operations.csv and was left out."
    assert len(said(result, "operation_contradicted")) == 2


def take_files(sources: list[Path], store: Path) -> ImportResult:
    from dashboard.importing.work import work

    return work(sources, store, None, False, lambda step: None)


def test_three_rows_of_one_operation_are_each_held_against_one_that_differs(tmp_path: Path) -> None:
    again = "SECRET-O1 | SECRET-P1 | 2024-01-01 | tlif | S01"
    other = "SECRET-O1 | SECRET-P1 | 2024-01-01 | tlif | S02"
    result = take(write(tmp_path / "records", **texts(operations=f"{again}\n{other}")), tmp_path / "store")
    assert [(line, reason[:5]) for _, line, reason in said(result, "operation_contradicted")] == [
        (2, "row 5"),
        (5, "row 2"),
    ]
    assert [line for _, line, _ in said(result, "operation_repeated")] == [4]
    assert rows(tmp_path / "store", "select line from operation") == [(3,)]


def test_a_thousand_rows_of_one_operation_name_at_most_three_columns_and_take_no_time(tmp_path: Path) -> None:
    header = "operation_id | patient_id | surgery_date | procedure | surgeon | site | levels | asa\n"
    many = "\n".join(
        f"SECRET-O1 | SECRET-P1 | 2024-01-01 | tlif | S{n} | T{n} | L{n % 4 + 1}-L{n % 4 + 2} | {n % 5 + 1}"
        for n in range(3000)
    )
    operations = header + "SECRET-O2 | SECRET-P2 | 2024-01-02 | plif | S | T | |\n" + many
    result = take(write(tmp_path / "records", PATIENTS, operations), tmp_path / "store")
    found = said(result, "operation_contradicted")
    assert len(found) == 1000
    assert "with another asa, levels, site and more. None" in found[0][2]
    assert result.tables["operations"].left_out == 3000
    (count,) = (count for count in result.counts if count.rule == "operation_contradicted")
    assert (count.broken, count.judged) == (3000, 3001)


def test_several_primary_causes_of_one_operation_are_each_named(tmp_path: Path) -> None:
    more = "SECRET-O1 | 2024-02-03 | instability | true\nSECRET-O2 | 2024-02-03 | instability | true"
    result = take(write(tmp_path / "records", **texts(diagnoses=more)), tmp_path / "store")
    assert [(severity, line) for severity, line, _ in said(result, "diagnosis_several_primary")] == [
        ("note", 2),
        ("note", 3),
    ]


@pytest.mark.parametrize(("operations", "noted"), [(10, 0), (11, 11)])
def test_more_than_ten_operations_of_one_surgeon_in_a_day_are_noted(
    tmp_path: Path, operations: int, noted: int
) -> None:
    many = "\n".join(f"SECRET-X{n} | SECRET-P1 | 2024-05-0{1 + n % 1} | tlif | S01" for n in range(operations))
    result = take(write(tmp_path / "records", **texts(operations=many)), tmp_path / "store")
    assert len(said(result, "operation_too_many_in_a_day")) == noted


def test_one_person_under_two_identifiers_is_noted_on_both_rows(tmp_path: Path) -> None:
    patients = (
        "patient_id | birth_date | sex\nSECRET-P1 | 1960-05-01 | female\nSECRET-P2 | 1960-05-01 | female\n"
        "SECRET-P3 | 1960-05-01 | male\nSECRET-P4 | | female"
    )
    operations = "operation_id | patient_id | surgery_date | procedure" + "".join(
        f"\nSECRET-O{n} | SECRET-P{n} | 2024-01-01 | tlif" for n in (1, 2, 3, 4)
    )
    result = take(write(tmp_path / "records", patients, operations), tmp_path / "store")
    found = said(result, "patient_perhaps_registered_twice")
    assert [(severity, line) for severity, line, _ in found] == [("note", 2), ("note", 3)]
    assert "those of the patient of row 3. Is it the same person?" in found[0][2]
    assert "those of the patient of row 2. Is it the same person?" in found[1][2]
    (count,) = (count for count in result.counts if count.rule == "patient_perhaps_registered_twice")
    assert (count.broken, count.judged) == (2, 3)


MAPPING = """[columns]
patient_id = "patient"
surgery_date = "day"
procedure = "what"
sex = "sex"
surgeon = "surgeon"
[follow_up]
days = "days"
status = "status"
censored = "0"
failed = "1"
died = "2"
"""
FLAT_ROWS = (
    "patient,day,what,sex,surgeon,days,status\n"
    "SECRET-A,2024-01-01,tlif,f,S01,90,0\nSECRET-B,2024-01-02,tlif,f,S01,90,1\n"
)


def take_flat(tmp_path: Path, more: str) -> ImportResult:
    (tmp_path / "flat.csv").write_text(FLAT_ROWS + more)
    (tmp_path / "site.toml").write_text(MAPPING)
    return take(tmp_path / "flat.csv", tmp_path / "store", tmp_path / "site.toml")


def test_a_repeated_row_of_a_flat_file_is_left_out_with_a_note(tmp_path: Path) -> None:
    result = take_flat(tmp_path, "SECRET-A,2024-01-01,TLIF,female,S01,90,0\n")
    assert said(result, "flat_row_repeated") == [("note", 4, "this row repeats row 2 and was left out.")]
    assert (result.tables["operations"].accepted, result.tables["operations"].left_out) == (2, 1)


def test_contradicting_rows_of_a_flat_file_are_all_left_out(tmp_path: Path) -> None:
    result = take_flat(tmp_path, "SECRET-A,2024-01-01,tlif,f,S01,91,0\n")
    assert [(severity, line) for severity, line, _ in said(result, "flat_row_contradicted")] == [("row", 2), ("row", 4)]
    assert said(result, "flat_row_contradicted")[0][2].startswith(
        "row 4 has the same operation with another follow_up_days."
    )
    assert (result.tables["operations"].accepted, result.tables["operations"].left_out) == (1, 2)


def test_of_a_patient_described_in_two_ways_by_a_flat_file_what_differs_is_not_recorded(tmp_path: Path) -> None:
    result = take_flat(tmp_path, "SECRET-A,2024-06-01,tlif,m,S01,90,0\n")
    assert said(result, "flat_patient_contradicted") == [
        ("note", line, "another row gives the same patient another sex. None of them is recorded: correct the file.")
        for line in (2, 4)
    ]
    assert sorted(rows(tmp_path / "store", "select sex from patient"), key=str) == [("female",), (None,)]


def test_a_row_that_differs_only_in_what_is_not_used_is_never_called_a_repeat(tmp_path: Path) -> None:
    more = "SECRET-A,2024-01-01,tlif,f,S01,90,0,55\n"
    text = FLAT_ROWS.replace("status\n", "status,ODI\n").replace(",0\n", ",0,60\n").replace(",1\n", ",1,40\n")
    (tmp_path / "flat.csv").write_text(text + more)
    (tmp_path / "site.toml").write_text(MAPPING)
    result = take(tmp_path / "flat.csv", tmp_path / "store", tmp_path / "site.toml")
    assert said(result, "flat_row_repeated") == [
        ("note", 4, "this row is of the same operation as row 2, differs only in columns that are not used, and was "
         "left out. If a row is a visit, say so in the mapping."),
    ]  # fmt: skip


@pytest.mark.parametrize(("days", "status"), [("", "0"), ("30", ""), ("30", "7")])
def test_a_flat_row_whose_follow_up_cannot_be_told_stays_and_the_cell_is_named(
    tmp_path: Path, days: str, status: str
) -> None:
    result = take_flat(tmp_path, f"SECRET-C,2024-01-01,tlif,f,S01,{days},{status}\n")
    assert [(severity, line) for severity, line, _ in said(result, "flat_follow_up_unreadable")] == [("cell", 4)]
    assert (result.tables["operations"].read, result.tables["operations"].left_out) == (3, 0)


@pytest.mark.parametrize(
    ("rule", "found_on", "cause"),
    [("flat_cause_without_failure", "", "infection"), ("flat_failure_before_surgery", "2023-12-31", "infection")],
)
def test_a_flat_row_whose_failure_cannot_be_is_left_out(tmp_path: Path, rule: str, found_on: str, cause: str) -> None:
    rows_of_file = (
        "patient,day,what,found,cause\nSECRET-A,2024-01-01,tlif,2024-06-01,infection\n"
        f"SECRET-B,2024-01-01,tlif,{found_on},{cause}\n"
    )
    (tmp_path / "flat.csv").write_text(rows_of_file)
    (tmp_path / "site.toml").write_text(
        '[columns]\npatient_id = "patient"\nsurgery_date = "day"\nprocedure = "what"\n'
        '[failure]\ndate = "found"\ncause = "cause"\n'
    )
    result = take(tmp_path / "flat.csv", tmp_path / "store", tmp_path / "site.toml")
    assert [(severity, line) for severity, line, _ in said(result, rule)] == [("row", 3)]
    assert (result.tables["operations"].accepted, result.tables["operations"].left_out) == (1, 1)

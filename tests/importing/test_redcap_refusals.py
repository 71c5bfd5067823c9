"""Bad REDCap files: refused in words, or the row left out and named; never a traceback, never a guess."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused
from tests.importing.test_redcap_written import (
    DICTIONARY,
    EVENTS,
    LABELS,
    PLAIN,
    REPEATING,
    TICKS,
    dictionary,
    export,
    labels,
    project,
    read,
    refusal,
)

OPERATIONS = '[[redcap.rows]]\ntable = "operations"\ninstrument = "operations"\n'
LOOKS = "looks like a REDCap export with labels. Export 'raw data' instead, or give the data dictionary beside it."


def said(path: Path, mapping: str = "") -> str:
    """What is said of files that are refused."""
    with pytest.raises(ImportRefused) as refused:
        read(path, mapping)
    return refused.value.message


def test_refuses_labels_without_a_dictionary(tmp_path: Path) -> None:
    assert LOOKS in said(labels(tmp_path))
    plain = "Record ID,birth_date,sex\nP0001,1961-02-16,F\n"
    (tmp_path / "labels.csv").write_text(plain, encoding="utf-8")
    assert LOOKS in said(tmp_path / "labels.csv")


def test_asks_for_the_dictionary_of_a_raw_export(tmp_path: Path) -> None:
    assert "its data dictionary is missing" in said(export(tmp_path, REPEATING))


def test_without_a_dictionary_asks_what_the_codes_of_a_yes_or_no_mean(tmp_path: Path) -> None:
    rows = '[[redcap.rows]]\ntable = "operations"\n'
    rows += 'columns = { surgery_date = "surgery_date", procedure = "procedure", diabetes = "asa" }'
    assert "without a data dictionary say what its codes mean, with values.diabetes" in said(export(tmp_path), rows)


def test_asks_for_the_records_of_a_dictionary_that_stands_alone(tmp_path: Path) -> None:
    assert "dictionary.csv stands alone" in said(dictionary(tmp_path))


def test_refuses_a_second_dictionary(tmp_path: Path) -> None:
    dictionary(tmp_path, name="first.csv")
    assert "a second data dictionary" in refusal(tmp_path)


OTHER = """
    name      | form   | kind | label
    record_id | blood  | text | Record ID
    pressure  | blood  | text | Pressure
"""
STRANGE = """
    name     | form   | kind | label
    study_id | blood  | text | Study ID
    pressure | blood  | text | Pressure
"""


@pytest.mark.parametrize("fields", [OTHER, STRANGE])
def test_refuses_the_dictionary_of_another_project(tmp_path: Path, fields: str) -> None:
    assert "Is that the data dictionary of another project?" in refusal(tmp_path, fields=fields)
    labels(tmp_path / "labels")
    dictionary(tmp_path / "labels", fields)
    assert "Is that the data dictionary of another project?" in said(tmp_path / "labels")


@pytest.mark.parametrize(
    ("mapping", "told"),
    [
        (OPERATIONS + 'columns = { surgeon = "surgeen" }', 'the field "surgeen" is not in dictionary.csv'),
        (OPERATIONS + 'columns = { surgeon = "proceduer" }', 'Is it "procedure"?'),
        (OPERATIONS + 'columns = { bmi = "odi" }', 'the export has no column "odi"'),
        (OPERATIONS.replace('instrument = "operations"', 'instrument = "surgery"'), '"surgery" is no instrument'),
        (OPERATIONS + 'columns = { procedure = "risk" }', "is a checkbox field"),
        (OPERATIONS + 'each = { indication = "sex" }', "sex is no checkbox field"),
        (OPERATIONS + 'each = { levels = "symptom" }', "the export has no column symptom___"),
        (OPERATIONS + 'each = { bmi = "risk" }', "bmi is no word"),
        (OPERATIONS + 'values.procedure = { "7" = "tlif" }', '"7" is not one code or label of procedure'),
        (OPERATIONS + 'values.smoking = { "7" = "never" }', "no field is smoking"),
        (OPERATIONS + 'columns = { patient_id = "record_id" }', "patient_id is always the record"),
        (OPERATIONS + 'columns = { colour = "sex" }', '"colour" is not a column of operations'),
        (OPERATIONS + "surprise = 1", '"surprise" is not understood'),
        (OPERATIONS + "event = 3", "event is a list"),
        (OPERATIONS + "columns = 3", "columns is written as"),
        (OPERATIONS + "values.procedure = 3", "is written as"),
        (OPERATIONS + 'columns = { phq9 = "sex" }', 'the choice 0 of sex is "Female", which is no number'),
        (OPERATIONS.replace('"operations"', '"theatre"', 1), '"theatre" is not a table'),
        ('[[redcap.rows]]\ntable = "operations"\n', "says neither an instrument nor columns"),
        ('[[redcap.rows]]\ntable = "follow_ups"\ncolumns = { odi = "asa" }', "no field is visit_date"),
        ('[[redcap.rows]]\ntable = "patients"\ncolumns = { sex = "sex" }', 'has table = "operations"'),
        ('[redcap]\nrecord = "number"', 'the field "number" is not in dictionary.csv'),
        ("[redcap]\nmissing = 9", "redcap.missing is a list"),
        ("[redcap]\nrows = 9", "redcap.rows is a list"),
        ("[redcap]\nevents = 9", '"events" is not understood'),
        ('[operations.columns]\nsurgeon = "x"', "Here the fields stand in [[redcap.rows]]"),
        (OPERATIONS + 'event = "op_arm_1"', "the export has no row of its event. Its events are none"),
    ],
)
def test_refuses_a_mapping_that_does_not_fit(tmp_path: Path, mapping: str, told: str) -> None:
    assert told in refusal(tmp_path, mapping=mapping)


def test_names_the_events_there_are_when_one_is_unknown(tmp_path: Path) -> None:
    rows = '[[redcap.rows]]\ntable = "operations"\nevent = "m99_arm_1"\n'
    rows += 'columns = { surgery_date = "surgery_date", procedure = "procedure" }'
    assert "Its events are baseline_arm_1, m3_arm_1, surgery_arm_1." in refusal(tmp_path, EVENTS, rows)


def test_asks_which_instrument_is_which_table_where_no_name_tells(tmp_path: Path) -> None:
    fields = DICTIONARY.replace("| operations |", "| theatre    |")
    assert 'has no instrument named "operations"; it has intake, theatre' in refusal(tmp_path, fields=fields)


def test_refuses_two_fields_with_one_label_naming_both(tmp_path: Path) -> None:
    labels(tmp_path)
    dictionary(tmp_path, DICTIONARY.replace("| Born on ", "| Operated "))
    assert "birth_date, surgery_date. Export raw data instead." in said(tmp_path)


def test_leaves_two_fields_with_one_label_alone_when_nothing_asks_for_them(tmp_path: Path) -> None:
    labels(tmp_path)
    dictionary(tmp_path, DICTIONARY.replace("| Disability ", "| Sex "))
    rows = OPERATIONS + '[[redcap.rows]]\ntable = "patients"\ninstrument = "operations"\n'
    assert len(read(tmp_path, rows).tables["operations"]) == 2


def test_refuses_a_record_marked_as_identifier(tmp_path: Path) -> None:
    head, record, *others = DICTIONARY.strip().splitlines()
    fields = "\n".join([head, record + " y", *others])
    assert "marks record_id, which names the records, as an identifier" in refusal(tmp_path, fields=fields)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("    sex          |", "    record_id    |", "has the field record_id twice"),
        ("1, TLIF / 2,", "1, TLIF / 1,", "has the code 1 twice among the choices of the field procedure"),
        ("    sex          |", "                 |", "has a field without a name on line 4"),
        (
            "-9, Opioids",
            "A, Opioids / a, Painkillers",
            "two choices of the field risk that an export cannot tell apart",
        ),
    ],
)
def test_refuses_a_dictionary_that_contradicts_itself(tmp_path: Path, old: str, new: str, told: str) -> None:
    changed = "\n".join(line.replace(old, new) if old in line else line for line in DICTIONARY.splitlines())
    assert told in refusal(tmp_path, fields=changed)


def test_refuses_a_dictionary_that_is_cut_or_lacks_columns(tmp_path: Path) -> None:
    whole = dictionary(tmp_path).read_text(encoding="utf-8")
    export(tmp_path)
    (tmp_path / "dictionary.csv").write_text(whole[: len(whole) // 2], encoding="utf-8")
    assert "dictionary.csv" in said(tmp_path)
    (tmp_path / "dictionary.csv").write_text(whole.replace("Identifier?", "Note"), encoding="utf-8")
    assert 'has no column "Identifier?"' in said(tmp_path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\n\n", "is empty"),
        (b"record_id,sex,surgery_date,procedure\n", "holds no record"),
        (b"record_id,sex,surgery_date,procedure\n\xff\xfe1,2,3,4\n", "is not UTF-8 text"),
        (b"record_id,sex,surgery_date,procedure\n1,M\xfcller,3,4\n", "is not UTF-8 text"),
        (b"record_id,sex,surgery_date,procedure\n1,\0,3,4\n", "holds zero bytes (line 2)"),
        ("record_id,sex,surgery_date,procedure\n1,\0,3,4\n".encode("utf-16"), "holds zero bytes (line 2)"),
        (b"\x89PNG....", "is a picture"),
        (b"PK\x03\x04....", "is a workbook or an archive"),
        (b"<html><body>Please log in</body></html>", "is a web page or XML"),
        (b"record_id,sex,sex,surgery_date,procedure\n1,1,1,2024-01-01,1\n", 'has the column "sex" twice'),
        (b'record_id,sex,surgery_date,procedure\n1,"1,2024-01-01,1\n2,1,2024-01-01,1\n', "never closed"),
        (b"record_id\n" * 3, "no field is surgery_date"),
    ],
)
def test_refuses_a_file_that_is_no_export(tmp_path: Path, content: bytes, told: str) -> None:
    dictionary(tmp_path)
    (tmp_path / "data.csv").write_bytes(content)
    with pytest.raises(ImportRefused) as refused:
        read(
            [tmp_path / "data.csv", tmp_path / "dictionary.csv"],
            OPERATIONS if content.startswith(b"record_id\n") else "",
        )
    assert told in refused.value.message


def test_a_wrong_encoding_is_read_once_the_mapping_names_it(tmp_path: Path) -> None:
    dictionary(tmp_path)
    export(tmp_path, PLAIN.replace("CANARY", "Müller"), encoding="latin-1")
    assert "latin-1" in said(tmp_path)
    found = read(tmp_path, '[file]\nencoding = "latin-1"')
    assert len(found.tables["operations"]) == 2
    assert "ller" not in repr(found)


@pytest.mark.parametrize(
    ("records", "rule", "line", "column"),
    [
        (PLAIN.replace("| 2024-01-31   |", "| 31.01.2024   |"), "date_order", 2, "surgery_date"),
        (PLAIN.replace("    7  ", "       "), "record_missing", 2, "record_id"),
        (TICKS.replace("| 1             |", "| yes           |"), "not_a_checkbox", 2, "symptom___leg"),
        (TICKS.replace("symptom___leg", "symptom___77"), "unknown_choice", 2, "symptom___77"),
        (EVENTS.replace("| surgery_arm_1  ", "|                "), "event_missing", 3, "redcap_event_name"),
        (REPEATING.replace("| operations | 2 ", "| theatre | 2 "), "unknown_instrument", 4, None),
        (REPEATING.replace("| operations | 2 ", "| operations | two "), "instance_unreadable", 4, None),
        (REPEATING.replace("| operations | 2 ", "| operations | "), "instance_unreadable", 4, None),
    ],
)
def test_leaves_out_a_row_or_a_cell_that_it_can_stand_without_and_says_where(
    tmp_path: Path, records: str, rule: str, line: int, column: str | None
) -> None:
    (issue,) = [one for one in project(tmp_path, records).issues if one.severity in ("row", "cell")]
    assert (issue.rule, issue.line) == (rule, line)
    assert column in (None, issue.column)
    assert (issue.severity == "cell") == (column in ("sex", "weight_kg"))
    assert f"row {line}" in issue.message
    assert "CANARY" not in issue.message


@pytest.mark.parametrize(
    ("old", "new", "rule", "column"),
    [("| 0   |", "| 7   |", "unknown_choice", "sex"), ("70,5", "70.5", "not_a_number", "weight_kg")],
)
def test_leaves_out_a_cell_that_is_not_needed_alone_and_says_where(
    tmp_path: Path, old: str, new: str, rule: str, column: str
) -> None:
    found = project(tmp_path, PLAIN.replace(old, new))
    (issue,) = [one for one in found.issues if one.severity == "cell"]
    assert (issue.rule, issue.line, issue.column) == (rule, 2, column)
    assert len(found.tables["operations"]) == 2
    assert "row" not in {one.severity for one in found.issues}


CODED = """
    record_id | family_name | sex  | birth_date | surgery_date | procedure | weight_kg | asa  | diabetes | height_cm
    1         | CANARY      | 0    | 1960-05-01 | 2024-01-31   | 1         | 70,5      | 2    | 1        | 77
    2         | CANARY      | UNK  | 1960-05-01 | 2024-01-31   | 1         | UNK       | ASKU | UNK      | -77
    3         | CANARY      | 1    | UNK        | 2024-01-31   | 2         | 77        | 1    | 0        | 177
    4         | CANARY      | 1    | 1960-05-01 | UNK          | 2         | 77        | 1    | 0        | 177
"""
MISSING = '[redcap]\nmissing = ["UNK", "ASKU", "-77"]'


def test_codes_for_a_missing_answer_lead_to_the_mapping_cell_by_cell(tmp_path: Path) -> None:
    found = project(tmp_path, CODED)
    named = [
        (one.severity, one.line, one.column, one.value) for one in found.issues if "[redcap], missing" in one.message
    ]
    assert sorted(named, key=str) == [
        ("cell", 3, "asa", "ASKU"),
        ("cell", 3, "diabetes", "UNK"),
        ("cell", 3, "height_cm", "-77"),
        ("cell", 3, "sex", "UNK"),
        ("cell", 3, "weight_kg", "UNK"),
        ("cell", 4, "birth_date", "UNK"),
        ("row", 5, "surgery_date", "UNK"),
    ]
    assert [one["operation_id"] for one in found.tables["operations"]] == ["1", "2", "3"]


def test_what_the_mapping_calls_missing_is_empty_and_nothing_else(tmp_path: Path) -> None:
    found = project(tmp_path, CODED, MISSING)
    first, second, third, *_ = found.tables["operations"]
    assert first["height_cm"] == "77"
    assert first["diabetes"] == "Yes"
    assert {"weight_kg", "asa", "diabetes", "height_cm"}.isdisjoint(second)
    assert (third["weight_kg"], third["diabetes"]) == ("77", "No")
    assert not [one for one in found.issues if one.severity == "cell"]


def test_a_decimal_comma_without_its_type_is_not_turned(tmp_path: Path) -> None:
    fields = DICTIONARY.replace("comma ", "number")
    assert project(tmp_path, fields=fields).column("operations", "weight_kg") == ["70,5", "80"]


def test_the_same_row_again_plays_no_part_and_two_that_differ_neither(tmp_path: Path) -> None:
    again = PLAIN.strip().splitlines()[1]
    found = project(tmp_path / "same", PLAIN + again)
    assert len(found.tables["operations"]) == 2
    assert [(issue.severity, issue.line) for issue in found.of("duplicate_row")] == [("note", 4)]
    found = project(tmp_path / "other", PLAIN + again.replace("2024-01-31", "2023-01-31"))
    assert found.column("operations", "operation_id") == ["8"]
    assert [issue.line for issue in found.of("duplicate_conflict")] == [4]


def test_two_operations_of_a_record_in_two_events_are_not_made_one(tmp_path: Path) -> None:
    redo = EVENTS.replace("m3_arm_1", "redo_arm_1").replace(
        "|              |           |           | 2024-04-01", "| x | y | | "
    )
    found = project(tmp_path, redo.replace("| x | y |", "| 2025-01-01 | 2 |"))
    assert "operations" not in found.tables
    (issue,) = found.of("operation_contradicted")
    assert "give each its own" in issue.message


def test_a_patient_told_in_two_ways_is_left_out(tmp_path: Path) -> None:
    found = project(tmp_path, EVENTS.replace("| m3_arm_1          |     |", "| m3_arm_1          | 1   |"))
    assert "patients" not in found.tables
    assert [(issue.line, issue.column) for issue in found.of("patient_contradicted")] == [(4, "sex")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2024-03-01 09:30", "                "),
        ("2024-03-01 09:30", "2021-03-01 09:30"),
        ("| 2024-01-01   | 2         |", "|              | 2         |"),
        ("| 2024-01-01   | 2         |", "| 2024-01-01   | 99        |"),
    ],
)
def test_a_visit_is_not_guessed_to_belong_to_one_of_two_operations(tmp_path: Path, old: str, new: str) -> None:
    found = project(tmp_path, REPEATING.replace(old, new))
    assert 6 in [issue.line for issue in found.of("operation_unclear")]
    assert "30" not in [row["odi"] for row in found.tables["follow_ups"]]


def test_a_visit_of_a_record_without_an_operation_is_left_out(tmp_path: Path) -> None:
    found = project(tmp_path, REPEATING.replace("8         | operations ", "9         | operations "))
    assert [issue.line for issue in found.of("operation_unclear")] == [9]


def test_what_an_operation_lacks_is_not_taken_from_a_row_that_may_be_of_another(tmp_path: Path) -> None:
    rows = OPERATIONS + '[[redcap.rows]]\ntable = "operations"\ncolumns = { depression = "sex" }\n'
    rows += 'values.depression = { "0" = "false", "1" = "true", "9" = "" }'
    found = project(tmp_path, REPEATING, rows)
    assert found.column("operations", "depression") == [None, None, "true"]
    assert [issue.line for issue in found.of("operation_unclear")] == [2]


def test_one_identifier_for_operations_of_two_records_is_left_out(tmp_path: Path) -> None:
    rows = OPERATIONS + 'columns = { operation_id = "sex" }'
    found = project(tmp_path, PLAIN.replace("| 1   | 1950", "| 0   | 1950"), rows)
    assert found.column("operations", "operation_id") == ["Female"]
    (issue,) = found.of("operation_twice")
    assert "Female" not in issue.message


def test_labels_that_are_of_no_choice_leave_their_row_out(tmp_path: Path) -> None:
    labels(tmp_path, LABELS.replace("| Front ", "| Behind "))
    dictionary(tmp_path)
    found = read(tmp_path)
    assert [(issue.line, issue.column, issue.value) for issue in found.of("unknown_choice")] == [
        (3, "procedure", "Behind")
    ]


def test_a_line_too_long_or_too_short_is_named(tmp_path: Path) -> None:
    dictionary(tmp_path)
    path = export(tmp_path)
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["9", "CANARY"], ["10", "x" * 20_000, *[""] * 7]])
    found = read(tmp_path)
    assert sorted((issue.line or 0, issue.rule) for issue in found.issues if issue.severity == "row") == [
        (4, "uneven_row"),
        (5, "cell_too_long"),
    ]


def test_what_stands_in_a_cell_is_never_more_than_a_cell(tmp_path: Path) -> None:
    found = project(tmp_path, PLAIN.replace("70,5", "=CMD()").replace("80 ", "'; drop table operation; --"))
    assert {issue.value for issue in found.of("not_a_number")} == {"=CMD()", "'; drop table operation; --"}

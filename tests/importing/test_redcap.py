"""REDCap exports as our tables: codes, labels, checkboxes, events, repeats, and to which operation each row belongs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dashboard.importing.formats import redcap
from dashboard.importing.mapping import understood
from dashboard.importing.result import Issue
from tests.importing.test_redcap_written import (
    EVENTS,
    OF_THE_INTERFACE,
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


def test_reads_instruments_and_fields_of_our_names_with_codes_as_words(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert found.tables["patients"] == [
        {"patient_id": "7", "sex": "Female", "birth_date": "1960-05-01"},
        {"patient_id": "8", "sex": "Male", "birth_date": "1950-06-02"},
    ]
    first, second = found.tables["operations"]
    assert first == {
        "operation_id": "7",
        "patient_id": "7",
        "surgery_date": "2024-01-31",
        "procedure": "TLIF",
        "weight_kg": "70.5",
        "asa": "2",
    }
    assert second["procedure"] == "alif", "a code that is one of our words is handed over, and not its label"


def test_never_reads_a_field_marked_as_identifier_and_names_it(tmp_path: Path) -> None:
    found = project(tmp_path)
    assert "CANARY" not in repr(found)
    assert [issue.message for issue in found.of("identifiers_not_read")] == [
        "dictionary.csv marks as identifiers, which were not read: family_name."
    ]


def test_refuses_a_mapping_that_asks_for_an_identifier(tmp_path: Path) -> None:
    rows = '[[redcap.rows]]\ntable = "operations"\ninstrument = "operations"\ncolumns = { surgeon = "family_name" }'
    assert "marks the field family_name as an identifier; it is never read" in refusal(tmp_path, mapping=rows)


def test_takes_the_place_of_labels_by_the_mapping_by_code_and_by_label(tmp_path: Path) -> None:
    rows = """
        [[redcap.rows]]
        table = "operations"
        instrument = "operations"
        values.procedure = { "1" = "other", "Front" = "lateral_fusion" }
    """
    assert project(tmp_path, mapping=rows).column("operations", "procedure") == ["other", "lateral_fusion"]


def test_an_empty_word_of_the_mapping_means_not_recorded(tmp_path: Path) -> None:
    rows = """
        [[redcap.rows]]
        table = "patients"
        columns = { sex = "sex" }
        values.sex = { "0" = "" }
        [[redcap.rows]]
        table = "operations"
        instrument = "operations"
    """
    assert project(tmp_path, mapping=rows).column("patients", "sex") == [None, "Male"]


def test_reads_the_dictionary_of_the_interface_too(tmp_path: Path) -> None:
    export(tmp_path)
    dictionary(tmp_path, header=OF_THE_INTERFACE, name="metadata.csv")
    assert len(read(tmp_path).tables["operations"]) == 2


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "^"])
def test_reads_every_delimiter_that_redcap_writes(tmp_path: Path, delimiter: str) -> None:
    dictionary(tmp_path)
    export(tmp_path, delimiter=delimiter)
    assert read(tmp_path).column("operations", "weight_kg") == ["70.5", "80"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_reads_an_export_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    dictionary(tmp_path)
    export(tmp_path, encoding=encoding)
    assert len(read(tmp_path).tables["operations"]) == 2


def test_each_ticked_choice_is_a_row_also_of_a_code_in_letters_and_a_negative_one(tmp_path: Path) -> None:
    found = project(tmp_path, TICKS).tables["symptoms"]
    told = sorted((row["operation_id"], row["onset_date"], row["symptom"]) for row in found)
    assert told == [("7", "2024-02-01", "Back pain"), ("7", "2024-02-01", "Leg pain"), ("8", "2024-02-02", "Fever")]


def test_no_sheet_names_a_line_twice(tmp_path: Path) -> None:
    dictionary(tmp_path)
    export(tmp_path, TICKS)
    for sheet in redcap.read([tmp_path], understood({}, Path("site.toml")), date(2026, 1, 1)).sheets:
        lines = [row[0] for row in sheet.rows if not isinstance(row, Issue)]
        assert len(lines) == len(set(lines)), sheet.table


def test_a_choice_is_a_trait_and_an_empty_box_a_no_only_where_its_instrument_was_answered(tmp_path: Path) -> None:
    rows = """
        [[redcap.rows]]
        table = "operations"
        columns.surgery_date = "onset_date"
        columns.procedure = "sex"
        columns.osteoporosis = "risk___1"
        columns.opioid_use = "risk____9"
    """
    records = """
        record_id | onset_date | sex | surgery_date | risk___1 | risk____9
        7         | 2024-01-01 | 0   | 2024-01-01   | 1        | 0
        8         | 2024-01-01 | 0   | 2024-01-01   | 0        | 0
        9         | 2024-01-01 | 0   |              | 0        | 0
    """
    found = project(tmp_path, records, rows)
    assert found.column("operations", "osteoporosis") == ["true", "false", None]
    assert found.column("operations", "opioid_use") == ["false", "false", None]


def test_repeats_of_an_instrument_are_operations_of_their_own_and_visits_find_theirs_by_date(tmp_path: Path) -> None:
    found = project(tmp_path, REPEATING)
    assert found.column("operations", "operation_id") == ["7-1", "7-2", "8-1"]
    assert [(row["operation_id"], row["odi"]) for row in found.tables["follow_ups"]] == [
        ("7-1", "20"),
        ("7-2", "30"),
        ("8-1", "60"),
    ]
    assert found.column("follow_ups", "visit_date")[:2] == ["2023-03-01", "2024-03-01"]
    assert found.column("patients", "sex") == ["Female", "Male"]


def test_a_row_belongs_to_the_operation_that_a_field_names(tmp_path: Path) -> None:
    rows = """
        [[redcap.rows]]
        table = "operations"
        instrument = "operations"
        [[redcap.rows]]
        table = "follow_ups"
        columns = { visit_date = "visit_date", operation_id = "odi" }
    """
    named = REPEATING.replace("09:30 | 20", "09:30 | 2").replace("09:30 | 30", "09:30 | 7-1").replace(" | 60", " | 5")
    found = project(tmp_path, named, rows)
    assert found.column("follow_ups", "operation_id") == ["7-2", "7-1"]
    assert [issue.line for issue in found.of("operation_unclear")] == [9]


def test_a_row_of_the_same_repeat_of_an_event_belongs_to_its_operation(tmp_path: Path) -> None:
    records = """
        record_id | event             | repeats    | nr | surgery_date | procedure | visit_date | odi
        7         | episode_arm_1     |            | 1  | 2023-01-01   | 1         | 2024-06-01 | 20
        7         | episode_arm_1     |            | 2  | 2024-01-01   | 2         | 2024-02-01 | 30
    """
    found = project(tmp_path, records)
    assert [(row["operation_id"], row["odi"]) for row in found.tables["follow_ups"]] == [("7-1", "20"), ("7-2", "30")]


def test_events_say_which_row_is_which_table_and_one_operation_may_stand_in_two_of_them(tmp_path: Path) -> None:
    rows = """
        [[redcap.rows]]
        table = "operations"
        event = "surgery_arm_1"
        columns = { surgery_date = "surgery_date", procedure = "procedure" }
        [[redcap.rows]]
        table = "operations"
        event = ["baseline_arm_1"]
        columns = { height_cm = "height_cm" }
        [[redcap.rows]]
        table = "follow_ups"
        event = ["m3_arm_1", "m12_arm_1"]
        columns = { visit_date = "visit_date", odi = "odi" }
    """
    found = project(tmp_path, EVENTS, rows)
    assert found.column("operations", "height_cm") == ["170"]
    assert found.column("follow_ups", "odi") == ["20"], "the baseline's answer is of an event that was not asked for"
    assert found.column("patients", "sex") == ["Female"]


def test_missing_data_codes_are_empty(tmp_path: Path) -> None:
    records = PLAIN.replace("70,5", "-99").replace("| alif ", "| NA   ")
    found = project(tmp_path, records, '[redcap]\nmissing = ["-99", "NA"]')
    assert found.column("operations", "weight_kg") == [None, "80"]
    assert found.column("operations", "procedure") == ["TLIF", None]


def test_a_box_for_a_missing_answer_is_no_row(tmp_path: Path) -> None:
    records = TICKS.replace("symptom____9", "symptom___na")
    found = project(tmp_path, records, '[redcap]\nmissing = ["NA"]')
    assert sorted(str(row["symptom"]) for row in found.tables["symptoms"]) == ["Back pain", "Leg pain"]


def test_reads_an_export_with_labels_by_its_dictionary(tmp_path: Path) -> None:
    labels(tmp_path)
    dictionary(tmp_path)
    rows = '[[redcap.rows]]\ntable = "operations"\ninstrument = "operations"\nevent = "baseline_arm_1"\n'
    rows += '[[redcap.rows]]\ntable = "symptoms"\ninstrument = "symptoms"\n'
    for mapping in ("", rows):
        found = read(tmp_path, mapping)
        assert found.column("patients", "sex") == ["Female", "Male"]
        assert found.column("operations", "procedure") == ["TLIF", "alif"]
        assert found.column("operations", "diabetes") == ["Yes", "No"]
        assert found.column("symptoms", "symptom") == ["Back pain"]


def test_reads_labels_below_raw_column_names(tmp_path: Path) -> None:
    records = """
        record_id | sex    | surgery_date | procedure | diabetes | risk___1
        7         | Female | 2024-01-31   | TLIF      | No       | Unchecked
        8         | Male   | 2024-02-28   | Front     | Yes      | Osteoporosis
    """
    found = project(tmp_path, records)
    assert found.column("patients", "sex") == ["Female", "Male"]
    assert found.column("operations", "procedure") == ["TLIF", "alif"]


def test_without_a_dictionary_a_mapping_that_says_enough_is_read(tmp_path: Path) -> None:
    rows = """
        [redcap]
        record = "record_id"
        [[redcap.rows]]
        table = "operations"
        columns = { surgery_date = "surgery_date", procedure = "procedure", osteoporosis = "risk___1" }
        values.procedure = { "1" = "tlif" }
        [[redcap.rows]]
        table = "symptoms"
        columns = { onset_date = "onset_date" }
        each = { symptom = "symptom" }
        values.symptom = { "1" = "tingling", "-9" = "fever" }
    """
    found = read(export(tmp_path, TICKS), rows)
    assert found.column("operations", "procedure") == ["tlif", "tlif"]
    assert sorted(str(row["symptom"]) for row in found.tables["symptoms"]) == ["fever", "leg", "tingling"]


def test_says_how_it_was_recognised(tmp_path: Path) -> None:
    dictionary(tmp_path / "both")
    export(tmp_path / "both")
    both = redcap.recognise([tmp_path / "both"])
    assert both == "dictionary.csv is a REDCap data dictionary and data.csv has its fields."
    assert redcap.recognise([export(tmp_path / "raw", REPEATING)]).endswith("column names of a REDCap export.")
    assert redcap.recognise([labels(tmp_path / "labels")]).endswith("column labels of a REDCap export.")


def test_does_not_take_what_is_not_of_redcap(tmp_path: Path) -> None:
    (tmp_path / "operations.csv").write_text("operation_id,patient_id\n1,2\n", encoding="utf-8")
    (tmp_path / "own.csv").write_text("patient,op_date\n1,2\n", encoding="utf-8")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\x00\xff")
    (tmp_path / "other.xml").write_text("<html/>", encoding="utf-8")
    assert redcap.recognise([tmp_path]) == ""
    assert [redcap.recognise([path]) for path in sorted(tmp_path.iterdir())] == ["", "", "", ""]


def test_names_columns_that_nothing_asks_for_in_one_note(tmp_path: Path) -> None:
    records = PLAIN.replace("operations_complete", "extra").replace("| asa |", "| intake_timestamp |")
    (note,) = project(tmp_path, records).of("column_not_used")
    assert note.message == "data.csv: not used, because nothing asks for them: extra."


def test_says_when_a_field_never_has_an_answer_where_it_is_looked_for(tmp_path: Path) -> None:
    rows = """
        [[redcap.rows]]
        table = "operations"
        instrument = "operations"
        columns = { bmi = "odi" }
    """
    (note,) = project(tmp_path, REPEATING, rows).of("never_answered")
    assert note.message.startswith("operations: no answer was found in odi.")

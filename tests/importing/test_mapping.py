"""A mapping: what it may say of a site's columns and words, and what it is refused for."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.importing.result import ImportRefused
from tests.importing.written import OPERATIONS, issues, rows, take, write

LIST = "Case,Operated,Years\nC1,2022-02-02,61\nC2,2022-03-03,45\n"
COLUMNS = '[columns]\npatient_id = "Case"\nsurgery_date = "Operated"\n'


def flat(tmp_path: Path, mapping: str, text: str = LIST) -> list[str]:
    """What is to be said of a flat file with this mapping."""
    (tmp_path / "list.csv").write_text(text, encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    result = take(tmp_path / "list.csv", tmp_path / "store", tmp_path / "mapping.toml")
    return [one.message for one in issues(result)]


def refusal(tmp_path: Path, mapping: str, text: str = LIST) -> str:
    with pytest.raises(ImportRefused) as refused:
        flat(tmp_path, mapping, text)
    return refused.value.message


def test_a_constant_holds_in_every_row(tmp_path: Path) -> None:
    constants = """procedure = { constant = "laminectomy" }
site = { constant = "North" }
implant_used = { constant = false }
asa = { constant = 2 }
last_contact_date = { constant = 2024-01-31 }
height_cm = { constant = 70 }
sex = { constant = "W" }
[values.sex]
W = "female"
[units]
height_cm = "in"
"""
    assert flat(tmp_path, COLUMNS + constants) == []
    select = "select procedure, site, implant_used, asa, last_contact_date::varchar, height_cm, sex"
    assert rows(tmp_path / "store", f"{select} from operation inner join patient using (patient)") == [
        ("laminectomy", "North", False, 2, "2024-01-31", pytest.approx(177.8), "female")
    ] * 2  # fmt: skip


def test_a_constant_is_given_in_our_own_tables_too(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", operations=OPERATIONS)
    (tmp_path / "mapping.toml").write_text('[operations.columns]\nsite = { constant = "North" }\n', encoding="utf-8")
    take(folder, tmp_path / "store", tmp_path / "mapping.toml")
    assert rows(tmp_path / "store", "select site from operation") == [("North",)]


def test_a_constant_stands_in_the_place_of_a_column_of_its_name(tmp_path: Path) -> None:
    text = LIST.replace("Years", "site").replace(",61", ",A").replace(",45", ",B")
    mapping = f'{COLUMNS}procedure = {{ constant = "tlif" }}\nsite = {{ constant = "North" }}\n'
    assert flat(tmp_path, mapping, text) == []
    assert rows(tmp_path / "store", "select distinct site from operation") == [("North",)]


@pytest.mark.parametrize(
    ("constant", "told"),
    [
        ('procedure = { constant = "laminectomi" }', 'did you mean "laminectomy"?'),
        ('procedure = { constant = "" }', "say what holds in every row"),
        ('procedure = { always = "tlif" }', '"always" is not understood'),
        ('patient_id = { constant = "C1" }', "every row would be of one and the same"),
        ('operation_id = { constant = "C1" }', "every row would be of one and the same"),
        ("asa = { constant = 7 }", "not a whole number from 1 to 5"),
        ('diabetes = { constant = "perhaps" }', "neither true nor false"),
        ('death_date = { constant = "31.1.2024" }', "not a date such as 2024-02-28"),
    ],
)
def test_a_constant_that_the_column_cannot_hold_is_refused(tmp_path: Path, constant: str, told: str) -> None:
    assert told in refusal(tmp_path, f'[columns]\nsurgery_date = "Operated"\n{constant}\n')


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ('[values.diabetes]\n"2" = "neither"', "neither true nor false"),
        ('[values.odi]\n"bad" = "101"', "not a number from 0 to 100"),
        ('[values.months]\n"pre-op" = "before"', "not a number from -600 to 1200"),
        ('[values.age]\n"60+" = "60+"', "not a whole number from 0 to 120"),
        ('[values.birth_date]\n"unknown" = "never"', "not a date such as"),
    ],
)
def test_words_of_ours_that_a_column_cannot_hold_are_refused(tmp_path: Path, values: str, told: str) -> None:
    assert told in refusal(tmp_path, f"{COLUMNS}{values}\n")


def test_words_of_theirs_for_numbers_and_ages_are_read(tmp_path: Path) -> None:
    mapping = f'{COLUMNS}age = "Years"\nprocedure = {{ constant = "tlif" }}\n[values.age]\n"over 89" = 90\n"?" = ""\n'
    assert flat(tmp_path, mapping, LIST.replace("61", "over 89").replace("45", "?")) == []
    assert rows(tmp_path / "store", "select age from operation order by line") == [(90,), (None,)]


def test_a_column_that_is_mapped_is_not_also_read_as_what_it_is_called(tmp_path: Path) -> None:
    text = "Case,Operated,levels,procedure\nC1,2022-02-02,2,tlif\nC2,2022-03-03,1,tlif\n"
    assert flat(tmp_path, f'{COLUMNS}level_count = "levels"\n', text) == []
    assert rows(tmp_path / "store", "select levels, level_count from operation order by line") == [(None, 2), (None, 1)]


def test_the_same_holds_in_our_own_tables(tmp_path: Path) -> None:
    operations = """
        operation_id | patient_id | surgery_date | procedure | levels
        O1           | P1         | 2024-01-01   | tlif      | 2
    """
    folder = write(tmp_path / "in", operations=operations)
    (tmp_path / "mapping.toml").write_text('[operations.columns]\nlevel_count = "levels"\n', encoding="utf-8")
    assert issues(take(folder, tmp_path / "store", tmp_path / "mapping.toml")) == []
    assert rows(tmp_path / "store", "select levels, level_count from operation") == [(None, 2)]


def test_column_names_match_without_regard_to_case_and_blanks(tmp_path: Path) -> None:
    text = LIST.replace("Operated", "  OP  date ")
    mapping = COLUMNS.replace("Operated", "op date").replace("Case", "CASE")
    assert flat(tmp_path, f'{mapping}procedure = {{ constant = "tlif" }}\n', text) == []
    assert rows(tmp_path / "store", "select count(*) from operation") == [(2,)]


def test_the_name_as_it_is_written_comes_first(tmp_path: Path) -> None:
    text = LIST.replace("Years", "OPERATED").replace(",61", ",x").replace(",45", ",x")
    assert flat(tmp_path, f'{COLUMNS}procedure = {{ constant = "tlif" }}\n', text) == []


def test_a_name_that_two_columns_bear_is_asked(tmp_path: Path) -> None:
    text = LIST.replace("Operated", "OP date").replace("Years", "Op Date")
    told = refusal(tmp_path, COLUMNS.replace("Operated", "op date"), text)
    assert '"OP date", "Op Date"' in told
    assert "which of them it is" in told

"""A table as it leaves: what it says of itself, cells that run nothing, numbers that stay numbers; and for whom."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from dashboard.access import Viewer
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.disclosure import MODES
from dashboard.errors import NotAllowed
from dashboard.exports.as_csv import bare_csv, csv_of
from dashboard.exports.as_workbook import LONGEST, workbook_of
from dashboard.exports.cells import guarded, is_share, read_back
from dashboard.exports.heading import heading
from dashboard.exports.leaving import made
from dashboard.exports.offers import PATIENTS, WORDS, EveryTable, TableOffer, file_name, short
from dashboard.records import Records
from tests.text_tables import records

FOUR = """
operation | procedure       | surgeon | state  | day
1         | microdiscectomy | S01     | failed | 30
2         | laminectomy     | S01     | died   | 40
3         | tlif            | S02     | failed | 50
4         | tlif            | S02     | left   | 300
"""
MANAGER = Viewer("Manager", "manager")
STRANGE = ['<b>&"', "#[]*", "脊柱", "x" * 300, "=1+1", " =1+1", '"=1+1', "\uff1d1+1", "a;=1+1", "-3 points", "+49 30"]


@pytest.fixture
def four(tmp_path: Path) -> Records:
    return records(tmp_path, FOUR)


def sheets(made: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(made))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20"])
@pytest.mark.parametrize("before", ["", " ", '"', "'", " \u00a0", "\u200b", "\ufeff"])
def test_a_cell_that_a_spreadsheet_would_run_is_made_plain(before: str, sign: str) -> None:
    assert str(guarded(f"{before}{sign}cmd")) == f"'{before}{sign}cmd"


@pytest.mark.parametrize("cell", ["\ta", "\ra", "\na"])
def test_a_cell_that_begins_with_a_tab_or_an_end_of_line_is_made_plain(cell: str) -> None:
    assert guarded(cell) == f"'{cell}"


def test_what_another_countrys_spreadsheet_takes_for_the_next_cell_is_made_plain_too() -> None:
    assert guarded("a;=1+1") == "a;'=1+1"
    assert guarded("a\n=1+1") == "a\n'=1+1"


@pytest.mark.parametrize("cell", [-1.5, 7, True, None, date(2024, 1, 5), "a = b", "7.4 %", "P-12", "–"])
def test_numbers_and_plain_words_stay_as_they_are(cell: object) -> None:
    assert guarded(cell) == cell


def test_a_csv_file_says_what_it_is_then_its_rows(four: Records) -> None:
    table = pd.DataFrame({"Name": ["=1+1", "plain", None], "=Sum": [1, 2.5, -3]})
    lines = list(csv.reader(io.StringIO(csv_of(heading(four, "Visits"), table))))
    assert lines[0] == ["Visits; Index operations; 4 operations"]
    assert lines[1][0].startswith("Data to 20")
    assert lines[2] == [f"Generation 1; definitions {four.facts.definitions_version}; {MODES['none'].sentence}"]
    assert lines[3:] == [["Name", "'=Sum"], ["'=1+1", "1.0"], ["plain", "2.5"], ["", "-3.0"]]


def test_a_table_for_a_program_has_no_heading_lines_and_runs_nothing_either() -> None:
    table = pd.DataFrame(
        {"surgeon": ["=1+1", "S01"], "share": [1 / 3, None], "on": [pd.Timestamp("2024-01-05"), pd.NaT]}
    )
    assert bare_csv(table) == "surgeon,share,on\n'=1+1,0.3333333333333333,2024-01-05\nS01,,\n"


def test_a_workbook_has_the_data_the_filter_the_definitions_and_the_generation(four: Records) -> None:
    narrowed = four.of(Cohort(date(2024, 1, 1), None, chosen={"procedure": ("tlif",)}))
    rows = pd.DataFrame({"label": ["TLIF"], "operations": [2], "share": [1 / 3], "lower": [0.1], "upper": [0.9]})
    shown = pd.DataFrame({"Procedure": ["TLIF"], "Share": ["33.3 %"], "First": ["5 Jan 2024"], "Operations": [2]})
    found = sheets(workbook_of(heading(narrowed, "Shares"), shown, rows))
    assert list(found) == ["Data", "Figures", "Filter", "Definitions", "Generation"]
    assert found["Data"] == [["Procedure", "Share", "First", "Operations"], ["TLIF", 0.333, date(2024, 1, 5), 2.0]]
    assert found["Figures"][1] == ["TLIF", 2.0, 1 / 3, 0.1, 0.9]
    filters = dict(map(tuple, found["Filter"][1:]))
    assert filters["Operations counted"] == 2.0
    assert filters["Period"] == "operated from 1 Jan 2024"
    assert filters["Procedure"] == four.label("procedure", "tlif")
    assert filters["Sex"] == "All sexes"
    assert [row[0] for row in found["Definitions"][1:]] == [one.label for one in load().outcomes.values()]
    facts = dict(map(tuple, found["Generation"][1:]))
    assert (facts["Generation"], facts["Definitions version"]) == (1.0, four.facts.definitions_version)
    assert facts["Definitions here are of version"] == load().version
    assert facts["Shared under"] == MODES["none"].sentence


def test_shares_and_days_have_their_look_in_a_workbook(four: Records) -> None:
    rows = pd.DataFrame({"share": [0.5], "ratio": [1.5]})
    shown = pd.DataFrame({"Share": ["50.0 %"], "Day": ["5 Jan 2024"]})
    with zipfile.ZipFile(io.BytesIO(workbook_of(heading(four, "Shares"), shown, rows))) as book:
        styles = book.read("xl/styles.xml").decode()
        data, figures = (book.read(f"xl/worksheets/sheet{place}.xml").decode() for place in (1, 2))
    assert 'formatCode="0.0 %"' in styles
    assert 'formatCode="d mmm yyyy"' in styles
    look = {cell: data.split(f'r="{cell}" s="')[1].split('"')[0] for cell in ("A2", "B2")}
    assert look["A2"] != look["B2"]
    assert figures.split('r="A2" s="')[1].split('"')[0] == look["A2"] != figures.split('r="B2" s="')[1].split('"')[0]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link_and_every_text_comes_back_as_it_was(four: Records) -> None:
    table = pd.DataFrame({"=Name": [*STRANGE, "https://example.org", "x" * (LONGEST + 5), "\x07"]})
    made = workbook_of(heading(four, "<b>=1+1"), table, table)
    with zipfile.ZipFile(io.BytesIO(made)) as book:
        everything = {name: book.read(name).decode() for name in book.namelist() if name.endswith(("xml", "rels"))}
    assert not [name for name, text in everything.items() if "<f>" in text or "hyperlink" in text]
    assert 'quotePrefix="1"' in everything["xl/styles.xml"]
    found = [row[0] for row in sheets(made)["Data"]]
    assert found == ["=Name", *STRANGE, "https://example.org", "x" * LONGEST, "\ufffd"]


def test_the_same_records_give_the_same_bytes(four: Records) -> None:
    table = pd.DataFrame({"Name": STRANGE})
    told = heading(four, "Names")
    assert workbook_of(told, table) == workbook_of(told, table)


@pytest.mark.parametrize("table", [pd.DataFrame(), pd.DataFrame({"Name": []}), pd.DataFrame({"Share": [None, None]})])
def test_nothing_at_all_is_a_workbook_too(four: Records, table: pd.DataFrame) -> None:
    assert "Data" in sheets(workbook_of(heading(four, ""), table))
    assert csv_of(heading(four, ""), table).count("\n") >= 4


def test_words_are_read_back_only_where_every_cell_says_a_share_or_a_day() -> None:
    assert read_back(["7.4 %", "–", "100.0 %"]) == [0.074, None, 1.0]
    assert read_back(["5 Jan 2024", None]) == [date(2024, 1, 5), None]
    assert read_back(["7.4 %", "counts only"]) is None
    assert read_back(["0012", "13"]) is None
    assert read_back(["–", None]) is None
    assert read_back([1, 2]) is None


def test_a_limit_is_a_share_only_beside_a_share() -> None:
    assert is_share("lower", ["share", "lower"])
    assert not is_share("lower", ["share", "ratio", "lower"])
    assert is_share("share_upper", ["ratio"])
    assert not is_share("share_p", ["share"])
    assert not is_share("operations", ["share"])


def audited(four: Records) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in four.audit.path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line.get("question") == "export"]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_each_file_is_one_line_of_the_audit(four: Records, form: str) -> None:
    assert made(four, TableOffer("Families", pd.DataFrame({"n": [1, 2]})), form)
    (line,) = audited(four)
    assert (line["title"], line["rows"], line["form"], line["single"]) == ("Families", 2, form, False)


def test_every_table_of_a_page_is_one_workbook_and_each_a_line_of_the_audit(four: Records) -> None:
    shown, rows = (
        pd.DataFrame({"Share": ["50.0 %"]}),
        pd.DataFrame({"group": ["a"], "operations": [40], "failed": [20]}),
    )
    tables = (
        TableOffer("Families", shown, rows), TableOffer("<b>[]:*?/", shown),
        TableOffer("Factors", pd.DataFrame({"Factor": ["Smoking"]}), holds=WORDS),
    )  # fmt: skip
    found = sheets(made(four, EveryTable(tables), "xlsx"))
    assert list(found) == ["Contents", "1", "1 figures", "2", "3", "Filter", "Definitions", "Generation"]
    assert found["Contents"][1:3] == [["1", "Families"], ["1 figures", "Families, in full figures"]]
    assert found["1"] == [["Share"], [0.5]]
    assert [line["title"] for line in audited(four)] == ["Families", "<b>[]:*?/", "Factors"]
    shared = sheets(made(four, EveryTable(tables), "xlsx", MODES["nhs"]))
    assert list(shared) == ["Contents", "1 figures", "2", "Filter", "Definitions", "Generation"]
    assert len(audited(four)) == 5


def test_every_table_is_no_way_round_what_one_may_not_take(tmp_path: Path) -> None:
    four = records(tmp_path, FOUR, viewer=MANAGER)
    lists = TableOffer("Operations", pd.DataFrame({"Operation": ["O-1"]}), holds=PATIENTS)
    with pytest.raises(NotAllowed, match="counts, not single operations"):
        made(four, EveryTable((lists,)), "xlsx")
    with pytest.raises(NotAllowed, match="Single operations are not shared"):
        made(four, EveryTable((lists,)), "xlsx", MODES["nhs"])


def test_who_sees_counts_takes_counts_and_no_list_of_patients(tmp_path: Path) -> None:
    four = records(tmp_path, FOUR, viewer=MANAGER)
    table = pd.DataFrame({"n": [1]})
    assert made(four, TableOffer("Families", table), "csv")
    with pytest.raises(NotAllowed, match="counts, not single operations"):
        made(four, TableOffer("Operations", table, holds=PATIENTS), "csv")
    assert [line["what"] for line in audited(four)] == ["listing", "refusal"]


def test_no_two_files_have_one_name_and_none_tells_what_it_was_made_of() -> None:
    offer = TableOffer("Families", pd.DataFrame({"n": [1]}))
    names = [file_name(offer, "csv", MODES["nhs"]) for _ in range(100)]
    assert len(set(names)) == len(names)
    assert all(name.startswith("families-") and name.endswith(".csv") for name in names)
    assert file_name(TableOffer("../<脊>", pd.DataFrame()), "csv", MODES["none"]).startswith("export-")


def test_a_description_is_named_by_its_first_sentence() -> None:
    assert short("Table: Share failed by day 30. A: 3 %.") == "Share failed by day 30"
    assert len(short("x" * 300)) == 90

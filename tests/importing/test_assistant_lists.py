"""The assistant before lists as practices and registries keep them: what it finds, what it asks, what then comes in."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard import cli
from dashboard.importing.assistant.asking import questions
from dashboard.importing.assistant.chosen_words import NOT_KNOWN, Answers, as_suggested, mapping_words
from dashboard.importing.assistant.excerpts import Excerpt, excerpt_of, likely_header, sheet_with_data, where
from dashboard.importing.assistant.preview import preview, without_syntax
from dashboard.importing.assistant.suggest import Suggestion, suggest, values_to_name
from dashboard.importing.assistant.written_mapping import toml
from dashboard.importing.formats.sources import calls_for_mapping
from dashboard.importing.mapping import understood
from dashboard.importing.result import ImportResult
from tests.importing import workbook
from tests.importing.written import left_out, rows, take

TODAY = date(2026, 11, 1)


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def looked_at(path: Path) -> tuple[Excerpt, Suggestion]:
    excerpt = excerpt_of(path)
    return excerpt, suggest(excerpt)


def asked(path: Path) -> str:
    return "\n".join(map(str, questions(*looked_at(path))))


def imported(tmp_path: Path, path: Path, words: dict[str, Any]) -> ImportResult:
    """What comes of the list with these words as its mapping; the preview of them works too."""
    (tmp_path / "mapping.toml").write_text(toml(words), encoding="utf-8")
    excerpt, _ = looked_at(path)
    shown = preview(excerpt, path.name, understood(words, Path("mapping.toml")), TODAY)
    result = take(path, tmp_path / "store", tmp_path / "mapping.toml")
    assert result.tables["operations"].accepted <= len(shown.rows)
    return result


def suggested(path: Path, **answers: Any) -> dict[str, Any]:
    """The mapping as suggested, with these answers of a person."""
    excerpt, found = looked_at(path)
    words = as_suggested(excerpt, found, where(path, excerpt, None))
    for part, held in answers.items():
        words[part] = {**words.get(part, {}), **held}
    return words


COHORT = """\
MRN,DOS,Procedure,ASA_CLASS,num_levels,Sex,ODI_preop,ODI_6wk,ODI_12mo,NRS_Back_preop,EQ5D_12mo,revision,DOD,LFU_date
81,03/14/2021,TLIF,II,2,F,52,40,22,7,0.78,0,,04/02/2023
82,11/22/2021,Laminectomy,III,1,M,44,38,30,6,0.69,1,,12/12/2023
"""


def test_columns_as_researchers_write_them_are_found(tmp_path: Path) -> None:
    path = written(tmp_path, COHORT)
    assert looked_at(path)[1].chosen == {
        "MRN": "patient_id", "DOS": "surgery_date", "Procedure": "procedure", "ASA_CLASS": "asa",
        "num_levels": "level_count", "Sex": "sex", "ODI_preop": "visits.baseline.odi", "ODI_6wk": "visits.1.odi",
        "ODI_12mo": "visits.12.odi", "NRS_Back_preop": "visits.baseline.back_pain",
        "EQ5D_12mo": "visits.12.eq5d_index", "DOD": "death_date", "LFU_date": "last_contact_date",
    }  # fmt: skip
    assert "is revision the same as prior_spine_operations?" in asked(path)
    result = imported(tmp_path, path, suggested(path))
    assert not left_out(result)
    assert rows(tmp_path / "store", "select asa, level_count from operation order by line") == [(2, 2), (3, 1)]


ONE_PROCEDURE = """\
rownames,birth.dt,op.dt,fu.date,fustat,futime
1,1957-01-10,2017-11-15,2018-01-03,1,49
2,1946-03-02,2018-01-02,2021-01-07,0,1101
"""


def test_a_list_of_one_procedure_needs_no_editing(tmp_path: Path) -> None:
    path = written(tmp_path, ONE_PROCEDURE)
    excerpt, found = looked_at(path)
    assert found.chosen == {
        "rownames": "patient_id", "birth.dt": "birth_date", "op.dt": "surgery_date", "fu.date": "last_contact_date",
        "fustat": "follow_up.status", "futime": "follow_up.days",
    }  # fmt: skip
    said = asked(path)
    assert "which column is procedure? It is needed." in said
    assert "which values of the status mean censored, failed and died?" in said
    assert "follow_up" not in as_suggested(excerpt, found)
    answers = Answers(codes={"censored": "0", "died": "1"}, constants={"procedure": "laminectomy"})
    result = imported(tmp_path, path, mapping_words(found.chosen, {}, answers))
    assert not left_out(result)
    assert rows(tmp_path / "store", "select count(*) from patient where death_date is not null") == [(1,)]


BY_VISIT = ["Patient ID,DOB,Sex,Surgery date,Procedure,Visit,Visit date,ODI,Back pain"]
for n in range(4):
    day = date(2024, 5, 1) + timedelta(days=n)
    BY_VISIT += [
        f"V{n},196{n}-05-19,F,{day},plif,{name},{day + timedelta(days=after)},{score - n},{score // 10}"
        for name, after, score in (("pre-op", -10, 60), ("3 months", 91, 44), ("12 months", 365, 33))
    ]


def test_a_row_a_visit_is_recognised_and_becomes_operations_with_visits(tmp_path: Path) -> None:
    path = written(tmp_path, "\n".join(BY_VISIT) + "\n")
    _, found = looked_at(path)
    assert found.by_visit
    assert "each row seems to be a visit" in asked(path)
    result = imported(tmp_path, path, suggested(path))
    assert (result.tables["operations"].accepted, result.tables["follow_ups"].accepted) == (4, 12)
    assert not left_out(result)
    assert not [issue for issue in result.issues if "repeat" in issue.message]
    assert rows(tmp_path / "store", "select odi, back_pain from follow_up order by visit_date limit 1") == [(60.0, 6.0)]


def test_so_it_is_without_dates_when_the_visit_says_its_months(tmp_path: Path) -> None:
    lines = [",".join(cell for n, cell in enumerate(line.split(",")) if n != 6) for line in BY_VISIT]
    path = written(tmp_path, "\n".join(lines) + "\n")
    excerpt, found = looked_at(path)
    assert {value: word for ours, value, word in values_to_name(excerpt, found.chosen) if ours == "visit.months"} == {
        "pre-op": "0", "3 months": "3", "12 months": "12",
    }  # fmt: skip
    assert imported(tmp_path, path, suggested(path)).tables["follow_ups"].accepted == 12


def test_a_list_in_which_a_few_patients_stand_twice_is_none_of_visits(tmp_path: Path) -> None:
    text = "patient,op date,procedure,ODI\n" + "".join(f"P{n},2022-01-0{1 + n % 5},tlif,{n}\n" for n in range(9))
    assert not looked_at(written(tmp_path, f"{text}P0,2022-01-01,tlif,4\n"))[1].by_visit


TITLED: list[list[workbook.Cell]] = [
    ["Spine centre, list of 2024", None, None, None, None],
    ["as of 1 November, confidential", None, None, None, None],
    [],
    ["Pat.-Nr.", "Name", "OP-Datum", "Eingriff", "ODI präop"],
    [1, "Muster", date(2024, 8, 25), "microdiscectomy L5/S1", 51],
    [2, "Beispiel", date(2024, 3, 27), "L4/5 microdisc", 54],
    [3, "Exempel", date(2024, 4, 14), "Lami L4", 42],
    ["Summe", None, None, "3 Eingriffe", 49],
]


def test_titles_above_and_totals_below_are_told_from_the_list(tmp_path: Path) -> None:
    path = workbook.write(tmp_path / "OP-Liste.xlsx", {"Notes": [["see below"]], "2024": TITLED}, merged="A1:E1")
    assert sheet_with_data(path) == "2024"
    excerpt, found = looked_at(path)
    assert (list(excerpt.header_rows), list(excerpt.passed_over)) == ([4], [8])
    open_ones = {value: word for ours, value, word in values_to_name(excerpt, found.chosen) if ours == "procedure"}
    assert open_ones == {"microdiscectomy L5/S1": "microdiscectomy", "L4/5 microdisc": "", "Lami L4": ""}
    said = asked(path)
    assert "seem to stand in row 4" in said
    assert 'what does "L4/5 microdisc" mean in procedure? Perhaps microdiscectomy.' in said
    assert "3 Eingriffe" not in said
    meant = {**open_ones, "L4/5 microdisc": "microdiscectomy", "Lami L4": "laminectomy"}
    result = imported(tmp_path, path, suggested(path, values={"procedure": meant}))
    assert result.tables["operations"].accepted == 3
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [("no_record", 8)]


@pytest.mark.parametrize(("top", "found"), [
    ([["Patient", "OP date", "Procedure"], ["1", "2022-01-01", "tlif"]], []),
    ([["Our list", "", ""], ["Patient", "OP date", "Procedure"], ["1", "2022-01-01", "tlif"]], [2]),
    ([["Our list", "", ""], ["a", "b", "c"], ["1", "2022-01-01", "tlif"]], [2]),
    ([["", "", "ODI", ""], ["Patient", "OP date", "pre", "12m"], ["1", "2022-01-01", "40", "20"]], [1, 2]),
    ([["Patient", "OP date", "ODI", ""], ["", "", "pre", "12m"], ["1", "2022-01-01", "40", "20"]], [1, 2]),
    ([], []),
])  # fmt: skip
def test_the_row_of_names_is_found(top: Sequence[Sequence[str]], found: list[int]) -> None:
    assert likely_header(top) == found


MIXED = """\
MRN,Date of birth,Date of surgery,Operation,ODI pre,Failed?,Date failed
1,22/09/1972,2025-03-27,TLIF L4-L5,68,N,
2,22/08/1951,"January 24, 2024",TLIF L4-L5,52,N,
3,26/05/1952,17.08.24,PLIF L5-S1,56,N,
4,13/09/1970,23/11/2024,TLIF L4-L5,70,Y,06/04/2025
"""


def test_dates_in_several_forms_are_asked_and_the_others_left_out_and_named(tmp_path: Path) -> None:
    path = written(tmp_path, MIXED)
    _, found = looked_at(path)
    assert (found.date_formats, found.chosen.get("Failed?")) == ([], None)
    assert found.chosen["Date failed"] == "failure.date"
    assert "dates are not all written one way" in asked(path)
    result = imported(tmp_path, path, suggested(path, file={"date_format": "%d/%m/%Y"}))
    assert [(issue.line, issue.column) for issue in left_out(result)] == [
        (3, "Date of surgery"), (4, "Date of surgery"),
    ]  # fmt: skip
    assert result.tables["operations"].accepted == 2
    assert rows(tmp_path / "store", "select count(*) from diagnosis") == [(1,)]


def test_a_yes_or_no_is_no_status_of_a_follow_up_without_its_time(tmp_path: Path) -> None:
    path = written(tmp_path, "patient,op date,procedure,Failed\n1,2022-01-01,tlif,Y\n2,2022-01-02,tlif,N\n")
    excerpt, found = looked_at(path)
    assert "follow_up.status" not in found.chosen.values()
    assert imported(tmp_path, path, as_suggested(excerpt, found)).tables["operations"].accepted == 2


def test_a_code_inside_the_range_is_asked_about(tmp_path: Path) -> None:
    lines = "".join(f"P{n},2022-01-{n + 1:02d},tlif,{99 if n % 6 == 0 else 20 + n}\n" for n in range(24))
    path = written(tmp_path, f"patient,op date,procedure,ODI 12m\n{lines}")
    assert 'does "99" in visits.12.odi mean "not known"?' in asked(path)
    _, found = looked_at(path)
    words = mapping_words(found.chosen, {"visits.12.odi": {"99": NOT_KNOWN}})
    imported(tmp_path, path, words)
    assert rows(tmp_path / "store", "select max(odi) < 99, count(odi) from follow_up") == [(True, 20)]


@pytest.mark.parametrize("numbers", [range(60, 100), [20, 40, 60, 80, 99], [99, 99, 98, 97]])
def test_a_high_number_among_others_is_no_code(tmp_path: Path, numbers: Sequence[int]) -> None:
    lines = "".join(f"P{n},2022-01-01,tlif,{number}\n" for n, number in enumerate(numbers))
    assert "not known" not in asked(written(tmp_path, f"patient,op date,procedure,ODI 12m\n{lines}"))


def test_what_the_page_says_has_no_word_of_a_mapping() -> None:
    said = 'list.csv, column ODI, row 2: "99,5" is not a number from 0 to 100.'
    syntax = 'If the comma is the decimal sign, say so in a mapping: decimal = ",".'
    assert without_syntax(f"{said} {syntax}") == said
    assert without_syntax(syntax) == syntax


def test_a_workbook_of_a_stranger_calls_for_the_assistant(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = workbook.write(tmp_path / "list.xlsx", {"Notes": [["a"]], "2024": TITLED})
    assert calls_for_mapping([path])
    assert not calls_for_mapping([workbook.write(tmp_path / "ours.xlsx", {"operations": [["a"]], "patients": [["b"]]})])
    assert cli.main(["import", str(path), "--store", str(tmp_path / "store")]) == 1
    assert "outcomes import --suggest list.xlsx" in capsys.readouterr().err
    assert cli.main(["import", "--suggest", str(path)]) == 0
    said = tomllib.loads(capsys.readouterr().out)
    assert said["file"] == {"sheet": "2024", "header_row": 4}


def test_the_command_says_why_nothing_was_accepted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, "patient,op date,procedure\n1,2022-01-01,ACDF\n2,2022-01-02,Lami\n")
    (tmp_path / "mapping.toml").write_text(toml(suggested(path)), encoding="utf-8")
    common = ["import", str(path), "--mapping", str(tmp_path / "mapping.toml"), "--store", str(tmp_path / "store")]
    for more in ([], ["--check"], ["--json"], ["--check", "--json"]):
        assert cli.main([*common, *more]) == 1
        said = capsys.readouterr().err
        assert "No operation could be accepted." in said
        assert "Left out, unknown word: 2 of 2" in said
        assert '"ACDF" is not a known procedure' in said


def test_a_score_on_another_scale_is_asked_about_and_read_as_answered(tmp_path: Path) -> None:
    lines = "".join(f"P{n},2022-01-{n % 28 + 1:02d},tlif,{0.2 + n % 40 / 100:.2f}\n" for n in range(40))
    path = written(tmp_path, f"patient,op date,procedure,ODI 12m\n{lines}")
    assert '[units] what it is: odi = "fraction"' in asked(path)
    imported(tmp_path, path, suggested(path, units={"odi": "fraction"}))
    assert rows(tmp_path / "store", "select round(max(odi)) from follow_up") == [(59.0,)]

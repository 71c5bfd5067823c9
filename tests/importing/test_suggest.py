"""The mapping assistant: what it suggests for other people's spreadsheets, and what it asks instead of guessing."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import cli
from dashboard.importing.assistant.asking import questions as asked_of
from dashboard.importing.assistant.chosen_words import Answers, as_suggested, mapping_words
from dashboard.importing.assistant.excerpts import Excerpt, excerpt_of
from dashboard.importing.assistant.preview import Preview, preview
from dashboard.importing.assistant.suggest import (
    Suggestion,
    suggest,
    values_to_name,
)
from dashboard.importing.assistant.written_mapping import toml
from dashboard.importing.mapping import understood
from dashboard.shipped import shipped
from tests.importing import workbook
from tests.importing.test_flat import GOOD, HEADER, OTHER

TODAY = date(2026, 1, 1)
ENGLISH = "\n".join([HEADER, GOOD, OTHER])
GERMAN = """\
Pat.-Nr.;Nachname;Geburtsdatum;Geschlecht;Größe;Gewicht;Raucher;OP-Datum;OP-Art;Operateur;ODI präop;ODI 12 Monate
17;Muster;13.02.1961;w;163;91,5;ja;02.02.2022;TLIF L4/5;Dr. A;54;11
18;Beispiel;15.12.1945;m;179;82,0;nein;27.01.2023;Mikrodiskektomie;Dr. B;67;25
"""
NORWEGIAN = "Pasient-ID\tFødselsår\tKjønn\tOperasjonsdato\tInngrep\tKirurg\n1\t1960\tK\t2022-03-01\tLaminectomy\tA\n"
AMERICAN = """\
MRN,DOB,Gender,Height (in),Weight (lb),Surgery Date,Procedure,VAS Back 3 mo,VAS Back 1yr,Status,Follow-up months
1,02/13/1961,F,64,180,02/14/2022,PLIF,7,N/A,0,13.5
2,12/15/1945,M,70,200,01/27/2023,TLIF,5,3,1,4
"""


def questions(excerpt: Excerpt, found: Suggestion) -> list[str]:
    """What the command asks, each question as it is printed."""
    return [str(question) for question in asked_of(excerpt, found)]


def look(tmp_path: Path, text: str) -> tuple[Excerpt, Suggestion]:
    path = tmp_path / "list.csv"
    path.write_text(text, encoding="utf-8")
    excerpt = excerpt_of(path)
    return excerpt, suggest(excerpt)


def test_an_english_list_is_understood_column_by_column(tmp_path: Path) -> None:
    _, found = look(tmp_path, ENGLISH)
    assert found.chosen == {
        "Pat": "patient_id", "DOB": "birth_date", "Sex": "sex", "Height": "height_cm", "Weight": "weight_kg",
        "Surgeon": "surgeon", "Procedure": "procedure", "OP date": "surgery_date", "Failed on": "failure.date",
        "Cause": "failure.cause", "ODI before": "visits.baseline.odi", "ODI 3m": "visits.3.odi",
        "ODI 12m": "visits.12.odi", "Smokes": "smoking",
    }  # fmt: skip


def test_a_german_list_too_with_its_dates_and_commas_and_without_names(tmp_path: Path) -> None:
    excerpt, found = look(tmp_path, GERMAN)
    assert found.chosen == {
        "Pat.-Nr.": "patient_id", "Geburtsdatum": "birth_date", "Geschlecht": "sex", "Größe": "height_cm",
        "Gewicht": "weight_kg", "Raucher": "smoking", "OP-Datum": "surgery_date", "OP-Art": "procedure",
        "Operateur": "surgeon", "ODI präop": "visits.baseline.odi", "ODI 12 Monate": "visits.12.odi",
    }  # fmt: skip
    assert (found.date_formats, found.decimal) == (["%d.%m.%Y"], ",")
    assert list(values_to_name(excerpt, found.chosen)) == [
        ("sex", "w", "female"), ("smoking", "ja", "current"), ("smoking", "nein", "never"),
        ("procedure", "TLIF L4/5", "tlif"), ("procedure", "Mikrodiskektomie", ""),
    ]  # fmt: skip
    (person,) = [guess for guess in found.guesses if guess.theirs == "Nachname"]
    assert person.examples == ()


def test_a_norwegian_list_too(tmp_path: Path) -> None:
    _, found = look(tmp_path, NORWEGIAN)
    assert found.chosen["Operasjonsdato"] == "surgery_date"
    assert found.chosen["Inngrep"] == "procedure"
    assert found.chosen["Fødselsår"] == "birth_year"


def test_what_cannot_be_told_is_asked(tmp_path: Path) -> None:
    excerpt, found = look(tmp_path, AMERICAN)
    assert found.units == {"height_cm": "in", "weight_kg": "lb"}
    assert found.date_formats == ["%m/%d/%Y"]
    assert found.missing == ["N/A"]
    assert found.chosen["VAS Back 1yr"] == "visits.12.back_pain"
    asked = list(questions(excerpt, found))
    assert any("height_cm (from 64 to 70) seems to be in inches" in question for question in asked)
    assert any("which values of the status" in question for question in asked)


def test_an_order_of_day_and_month_that_could_be_either_is_never_chosen(tmp_path: Path) -> None:
    excerpt, found = look(tmp_path, "patient,surgery date,procedure\n1,03/02/2022,tlif\n2,04/05/2022,plif\n")
    assert set(found.date_formats) == {"%d/%m/%Y", "%m/%d/%Y"}
    assert any("dates may be written as" in question for question in questions(excerpt, found))
    assert "file" not in as_suggested(excerpt, found)


def test_two_columns_that_could_be_one_of_ours_stay_open(tmp_path: Path) -> None:
    _, found = look(tmp_path, "patient,op date,date of surgery,procedure\n1,2022-01-01,2022-01-02,tlif\n")
    assert "surgery_date" not in found.chosen.values()


@pytest.mark.parametrize(
    "text", ["a\n1\n", "patient_id\n", "x,y\n,\n", "procedure,procedure2\n" + "z" * 9_000 + ",1\n"]
)
def test_a_list_of_nothing_we_know_gives_questions_and_no_error(tmp_path: Path, text: str) -> None:
    excerpt, found = look(tmp_path, text)
    assert any("needed" in question for question in questions(excerpt, found))


def shown(tmp_path: Path, text: str, **more: Any) -> Preview:
    excerpt, found = look(tmp_path, text)
    words = as_suggested(excerpt, found) | more
    return preview(excerpt, "list.csv", understood(words, Path("mapping.toml")), TODAY)


def test_the_preview_is_what_the_import_would_make_of_the_rows(tmp_path: Path) -> None:
    seen = shown(tmp_path, GERMAN.replace("Mikrodiskektomie", "Discectomy"))
    columns = [ours for ours, _ in seen.header]
    rows = [dict(zip(columns, cells, strict=True)) for _, cells in seen.rows]
    assert [(row["surgery_date"], row["weight_kg"], row["procedure"]) for row in rows] == [
        (date(2022, 2, 2), 91.5, "tlif"), (date(2023, 1, 27), 82.0, "microdiscectomy"),
    ]  # fmt: skip
    assert [line for line, _ in seen.rows] == [2, 3]


def test_the_preview_says_why_a_row_would_be_left_out_in_the_sites_own_words(tmp_path: Path) -> None:
    seen = shown(tmp_path, GERMAN)
    assert [line for line, _ in seen.rows] == [2]
    (issue,) = [issue for issue in seen.issues if issue.severity == "row"]
    assert issue.message.startswith('list.csv, column OP-Art, row 3: "Mikrodiskektomie"')


def test_a_sheet_of_a_workbook_is_looked_at_as_a_file_is(tmp_path: Path) -> None:
    cells: list[list[workbook.Cell]] = [["patient", "OP date", "procedure"], [1, date(2022, 1, 1), "TLIF"]]
    path = workbook.write(tmp_path / "book.xlsx", {"Notes": [["a"]], "Data": cells})
    assert suggest(excerpt_of(path, "Data")).chosen["OP date"] == "surgery_date"


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=12)
LEAVES = TEXTS | st.integers(-5, 5) | st.booleans() | st.lists(TEXTS, max_size=3)


@given(st.dictionaries(TEXTS, st.dictionaries(TEXTS, LEAVES, max_size=3) | LEAVES, max_size=4))
def test_a_mapping_written_out_reads_as_the_same_words(words: dict[str, Any]) -> None:
    assert tomllib.loads(toml(words)) == words


def test_everything_that_can_be_chosen_makes_a_mapping_that_is_understood() -> None:
    chosen = {"a": "patient_id", "b": "failure.date", "c": "failure.cause", "d": "visits.12.odi", "e": "follow_up.days",
              "f": "follow_up.status", "g": "smoking"}  # fmt: skip
    words = mapping_words(
        chosen, {"smoking": {"ja": "current", "?": ""}, "failure.cause": {"x": "infection"}},
        Answers("%d.%m.%Y", ["-"], {"height_cm": "in"}, ",", {"censored": "0", "failed": "1", "unit": "months"},
                file={"sheet": "Data"}),
    )  # fmt: skip
    site = understood(tomllib.loads(toml(words)), Path("mapping.toml"))
    assert (site.date_format, site.decimal, site.sheet, list(site.missing)) == ("%d.%m.%Y", ",", "Data", ["-"])
    assert site.follow_up is not None
    assert (site.follow_up.days, site.follow_up.unit, site.follow_up.died) == ("e", "months", "")
    assert site.failure is not None
    assert site.failure.cause == "c"
    assert site.of("flat").values == {"smoking": {"ja": "current"}, "cause": {"x": "infection"}}
    assert [(visit.months, visit.columns) for visit in site.visits] == [(12, {"odi": "d"})]


def test_the_command_writes_a_mapping_and_says_what_to_decide(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "list.csv").write_text(GERMAN, encoding="utf-8")
    assert cli.main(["import", "--suggest", str(tmp_path / "list.csv")]) == 0
    said = capsys.readouterr()
    assert tomllib.loads(said.out)["columns"]["surgery_date"] == "OP-Datum"
    assert 'Decide: what does "Mikrodiskektomie" mean in procedure?' in said.err


SPANISH = """\
Nº Historia;Nombre del paciente;Sexo;Fecha de cirugía;Cirugía;Talla;Cirugías previas;EVA lumbar 12 meses
1001;Ana;M;02/12/2022;TLIF L4-L5;1,63;ninguna;3
1002;Luis;H;27/01/2023;TLIF cervical;1,79;1;4
"""
NEEDS = "patient,op date,procedure"


def means(tmp_path: Path, column: str, *values: str) -> dict[str, str]:
    """What each value of one column, beside the needed ones, is said to mean; those that need no word are not in it."""
    rows = "\n".join(f"{place},2022-01-01,tlif,{value}" for place, value in enumerate(values))
    excerpt, found = look(tmp_path, f"{NEEDS},{column}\n{rows}\n")
    assert column in found.chosen
    return {theirs: word for ours, theirs, word in values_to_name(excerpt, found.chosen) if ours != "procedure"}


def asked(tmp_path: Path, text: str) -> str:
    return "\n".join(questions(*look(tmp_path, text)))


def test_m_beside_h_is_a_woman_and_never_taken_for_a_man(tmp_path: Path) -> None:
    seen = shown(tmp_path, f"{NEEDS},sexo\n1,2022-01-01,tlif,M\n2,2022-01-01,tlif,H\n")
    place = [ours for ours, _ in seen.header].index("sex")
    assert [cells[place] for _, cells in seen.rows] == ["female", "male"]
    assert means(tmp_path, "sexo", "M", "H", "F") == {"M": "", "H": "male"}


@pytest.mark.parametrize(("values", "meanings"), [
    (("F", "M"), {}),
    (("w", "M"), {"w": "female"}),
    (("M", "M"), {"M": ""}),
    (("1", "2"), {"1": "", "2": ""}),
])  # fmt: skip
def test_what_stands_beside_a_letter_or_a_code_says_what_may_be_meant(
    tmp_path: Path, values: tuple[str, ...], meanings: dict[str, str]
) -> None:
    assert means(tmp_path, "sex", *values) == meanings


def test_codes_other_than_nought_and_one_are_asked_all_of_them(tmp_path: Path) -> None:
    assert means(tmp_path, "diabetes", "1", "2") == {"1": "", "2": ""}
    assert means(tmp_path, "diabetes", "0", "1") == {}
    assert means(tmp_path, "smoker", "0", "1", "2") == {"0": "", "1": "", "2": ""}


@pytest.mark.parametrize("cause", ["no infection", "suspected infection", "infection excluded"])
def test_a_word_that_turns_another_is_not_passed_over(tmp_path: Path, cause: str) -> None:
    excerpt, found = look(tmp_path, f"{NEEDS},failed on,cause\n1,2022-01-01,tlif,2022-05-01,{cause}\n")
    assert ("failure.cause", cause, "") in list(values_to_name(excerpt, found.chosen))


def test_a_value_that_says_more_than_our_word_is_asked_about(tmp_path: Path) -> None:
    said = asked(tmp_path, f"{NEEDS}\n1,2022-01-01,TLIF L4/5\n2,2022-01-02,PLIF with bone graft\n")
    assert 'is "PLIF with bone graft" plif in procedure?' in said
    assert "TLIF L4/5" not in said
    assert 'what does "TLIF cervical" mean in procedure?' in asked(tmp_path, SPANISH)


def test_a_word_spelled_as_no_import_would_take_it_is_named(tmp_path: Path) -> None:
    excerpt, found = look(tmp_path, f"{NEEDS}\n1,2022-01-01,T.L.I.F\n2,2022-01-01,micro/discectomy\n")
    assert ("procedure", "micro/discectomy", "microdiscectomy") in list(values_to_name(excerpt, found.chosen))


def test_none_among_numbers_is_asked_and_not_taken_for_unknown(tmp_path: Path) -> None:
    text = f"{NEEDS},prior surgery,ODI 12m\n1,2022-01-01,tlif,none,k.A.\n2,2022-01-01,tlif,2,30\n"
    _, found = look(tmp_path, text)
    assert found.missing == ["k.A."]
    assert '"none" in prior_spine_operations is no number' in asked(tmp_path, text)


def test_numbers_beyond_what_ours_can_be_are_asked_about(tmp_path: Path) -> None:
    assert "height_cm (from 1.63 to 1.79): ours is 100 to 230" in asked(tmp_path, SPANISH)
    text = f"{NEEDS},vas back 12m,odi 12m\n1,2022-01-01,tlif,70,999\n2,2022-01-01,tlif,40,30\n3,2022-01-01,tlif,55,20\n"
    said = asked(tmp_path, text)
    assert "visits.12.back_pain (from 40 to 70): ours is 0 to 10" in said
    assert 'does "999" in visits.12.odi mean "not known"?' in said
    assert look(tmp_path, text)[1].missing == []


def test_years_of_two_digits_are_seen_and_asked_about(tmp_path: Path) -> None:
    _, found = look(tmp_path, f"{NEEDS}\n1,2/13/61,tlif\n")
    assert (found.chosen["op date"], found.date_formats) == ("surgery_date", [])
    assert "no century is guessed" in asked(tmp_path, f"{NEEDS}\n1,2/13/61,tlif\n")


def test_one_date_that_is_none_does_not_hide_how_the_others_are_written(tmp_path: Path) -> None:
    rows = "".join(f"{day},{day}.03.2024,tlif\n" for day in range(10, 30))
    _, found = look(tmp_path, f"{NEEDS}\n{rows}99,30.02.2024,tlif\n")
    assert found.date_formats == ["%d.%m.%Y"]
    _, mixed = look(tmp_path, f"{NEEDS}\n{rows}99,05/06/2024,tlif\n")
    assert mixed.date_formats == []


def test_which_of_two_columns_is_asked_with_both_their_names(tmp_path: Path) -> None:
    said = asked(tmp_path, "patient,op date,date of surgery,procedure\n1,2022-01-01,2022-01-02,tlif\n")
    assert "which column is surgery_date: op date or date of surgery? It is needed." in said


def test_what_cannot_be_read_alone_is_asked_for_with_its_other_half(tmp_path: Path) -> None:
    assert "failure.cause cannot be read without it" in asked(tmp_path, f"{NEEDS},cause\n1,2022-01-01,tlif,infection\n")
    assert "which column is follow_up.status" in asked(tmp_path, f"{NEEDS},follow up days\n1,2022-01-01,tlif,9\n")


@pytest.mark.parametrize("name", [
    "Patientenname", "Pasientnavn", "Personnummer", "Last Name", "First", "Nombre del paciente", "Prénom",
    "Fødselsnummer",
])  # fmt: skip
def test_a_person_is_left_out_and_never_shown(tmp_path: Path, name: str) -> None:
    _, found = look(tmp_path, f"{NEEDS},{name}\n1,2022-01-01,tlif,Muster\n")
    (person,) = [guess for guess in found.guesses if guess.theirs == name]
    assert (person.ours, person.examples, person.sure) == ("", (), "a person: left out")


@pytest.mark.parametrize(("name", "ours"), [
    ("odi12m", "visits.12.odi"), ("ODI_1Y", "visits.12.odi"), ("EQ5D3m", "visits.3.eq5d_index"),
    ("Visit date 12m", "visits.12.date"), ("NRS rygg 3 mnd", "visits.3.back_pain"),
    ("EVA pierna preop", "visits.baseline.leg_pain"),
    ("ODI 6 months", "visits.6.odi"), ("ODI 6wk", "visits.1.odi"),
    ("ODI 12m change", ""), ("ODI 3 months preop", ""), ("ODI", ""),
])  # fmt: skip
def test_a_measure_is_of_the_visit_that_its_name_says_or_stays_open(tmp_path: Path, name: str, ours: str) -> None:
    value = "2023-01-01" if "date" in name else "0.5" if "EQ5D" in name else "5"
    _, found = look(tmp_path, f"{NEEDS},{name}\n1,2022-01-01,tlif,{value}\n")
    assert found.chosen.get(name, "") == ours


def test_a_column_without_a_telling_name_is_perhaps_what_its_words_say(tmp_path: Path) -> None:
    _, found = look(tmp_path, "patient,op date,Art\n1,2022-01-01,TLIF\n2,2022-01-02,Laminectomy\n")
    (guess,) = [guess for guess in found.guesses if guess.theirs == "Art"]
    assert (guess.ours, guess.sure) == ("procedure", "perhaps")


@pytest.mark.parametrize("name", ["symptoms", "treatments", "patients", "operations", "follow_ups"])
def test_a_table_of_ours_is_known_as_such(name: str) -> None:
    excerpt = excerpt_of(shipped("sample_data") / f"{name}.csv")
    found = suggest(excerpt)
    assert found.kind == name
    assert all(guess.ours == guess.theirs for guess in found.guesses)
    assert list(questions(excerpt, found)) == [
        f"the columns are named as ours of {name}. Import the file together with the other tables."
    ]
    assert as_suggested(excerpt, found) == {}


@pytest.mark.parametrize(("name", "value", "ours"), [
    ("Hospital No", "H123", ""), ("Höhe (cm)", "163", ""), ("Sex (M/F)", "F", "sex"),
    ("Symptom duration (weeks)", "8", ""),
    ("Symptomdauer (Monate)", "8", "symptom_duration_months"), ("Weight (kg)", "80", "weight_kg"),
])  # fmt: skip
def test_what_a_name_says_beside_ours_counts(tmp_path: Path, name: str, value: str, ours: str) -> None:
    _, found = look(tmp_path, f"{NEEDS},{name}\n1,2022-01-01,tlif,{value}\n")
    assert found.chosen.get(name, "") == ours
    (guess,) = [guess for guess in found.guesses if guess.theirs == name]
    assert guess.examples == (() if name == "Hospital No" else (value,))

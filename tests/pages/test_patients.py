"""The red-flag queue, the list of operations, a patient's course, and what people write there: what a person reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.patients import patients
from dashboard.analyses.red_flags import queue
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.pages.red_flags import PATH, rows_key
from dashboard.records import Records
from tests.analyses.test_red_flags import FLAGS, FOUR
from tests.pages.test_short_lists import shown
from tests.pages.test_what_stands_there import drawn, opened, said, table_with
from tests.patience import SECONDS
from tests.text_tables import records

WHOM_TO_CALL = {"patients_view": "Red flags: whom to call"}
CHANGE = {"procedures_view": "Change over time"}
NONE_TOGETHER = (
    "Signs of infection recorded: 0 operations (fever or chills with wound discharge or severe pain). Signs of cauda "
    "equina recorded: 0 operations (any one of saddle or genital sensory change, bladder or bowel change, loss of "
    "sexual function, new leg pain or weakness on both sides). What is not recorded is not a no: this rules nothing "
    "out."
)
RECORDED_ON = ("26 Aug 2026", "13 Aug 2026", "9 Aug 2026")
PLAIN = "Points to an infection of the wound or the spine: act at once."


@pytest.fixture(scope="module")
def practice(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder = tmp_path_factory.mktemp("patients")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    current = Store(folder).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    yield Records(engine, OPERATOR, Cohort(), Audit(folder / "audit"))
    engine.close()


@pytest.fixture
def written(practice: Records, tmp_path: Path) -> Records:
    return replace(practice, notebook=Notebook(tmp_path))


def chosen(records: Records, key: str, row: int, **asked: str) -> AppTest:
    """The Patients page with this row of this table selected."""
    app = AppTest.from_function(drawn, args=("patients", records), default_timeout=SECONDS)
    for word, value in asked.items():
        app.query_params[word] = value
    app.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    return app


def queue_key(records: Records) -> str:
    rows = queue(records).rows
    return rows_key("queue patients", rows["subject"] + rows["contact"])


def link(records: Records, **asked: list[str]) -> AppTest:
    """The Patients page as a link with several values of a word opens it."""
    app = AppTest.from_function(drawn, args=("patients", records), default_timeout=SECONDS)
    for word, value in asked.items():
        app.query_params[word] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("asked", "left", "kept"),
    [
        ({"cause": ["Nope"]}, "Nope", {"cause": "Any"}),
        ({"cause": ["Infection", "Nope"]}, "Nope", {"cause": "Infection"}),
        ({"cause": ["Nope", "infection"]}, "Nope", {"cause": "Infection"}),
        ({"cause": ["Haematoma", "Infection"]}, "Haematoma", {"cause": "Infection"}),
        ({"state": ["failed"], "cause": ["infection"]}, "", {"state": "Failed", "cause": "Infection"}),
        ({"state": ["Gone"], "flag": ["x"], "visit": ["y"], "failed_by": ["2 years", "z"]}, "Gone, z, x, y",
         {"state": "Any", "failed_by": "2 years"}),
    ],
)  # fmt: skip
def test_what_a_link_to_the_list_asks_in_vain_is_said(
    practice: Records, asked: dict[str, list[str]], left: str, kept: dict[str, str]
) -> None:
    app = link(practice, **asked)
    warned = [part.value for part in app.warning]
    assert warned == ([f"This link asks for what cannot be chosen here, so it was left out: {left}."] if left else [])
    assert {key: app.session_state[key] for key in kept} == kept


def test_what_a_choice_leaves_out_is_said_below_the_line_of_choices(practice: Records) -> None:
    """Next comes the head of the first card, and no more choices."""
    every = [part.type for part in opened("procedures", practice, by="Surgeon").main]
    kinds = [kind for kind in every if kind != "flex_container"]
    assert kinds[kinds.index("warning") + 1] == "header"


def course_of(records: Records, **asked: str) -> AppTest:
    """The course of the latest operation that failed."""
    key = rows_key("patients", patients(records, "fbss", only="failed")["operation"].head(2_000))
    return chosen(records, key, 0, state="Failed", **asked)


def submit(app: AppTest, label: str) -> AppTest:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def search(app: AppTest, words: str) -> AppTest:
    app.text_input[0].set_value(words).run()
    assert not app.exception
    return app


def test_the_queue_stands_with_whom_to_call_first(practice: Records) -> None:
    app = opened("patients", practice, **WHOM_TO_CALL)
    assert app.header[0].value == "Red flags of the last 90 days"
    assert app.markdown[0].value == (
        "**Red flags after 4 operations wait for a contact, the longest for 84 days (severe pain, begun on day 5 after "
        "microdiscectomy, which is 89 days ago).** 4 of 7 operations with a red flag in the last 90 days; of the 4, 3 "
        "not marked resolved. The one that has waited longest is marked resolved: the others stand before it."
    )
    assert app.markdown[1].value == f":small[{NONE_TOGETHER} **{PATH}**]"
    table = table_with(app, "Days since report")
    assert list(table)[:5] == ["Red flag", "Days since report", "Patient", "Contact", "Worst of the same days"]
    assert list(table["Contact"]) == ["none"] * 4 + [f"{day}, recorded" for day in RECORDED_ON]
    assert list(table["Worst of the same days"])[2:4] == ["Muscle weakness, 8 of 10", "Severe pain, 5 of 10"]
    assert list(table["Began on day"])[:4] == [7, 14, 2219, 5]
    assert list(table["Days since report"])[:4] == [60, 49, 22, 84]
    assert table["Days since surgery"].ge(table["Days since report"]).all()
    assert table["Patient"].str.fullmatch("P-[0-9A-F]{16}").all()


def test_each_red_flag_stands_in_words_that_a_narrow_screen_can_break(practice: Records) -> None:
    labels = [row.label for row in opened("patients", practice, **WHOM_TO_CALL).button if " · P-" in row.label]
    assert len(labels) == 7
    assert labels[0].startswith(
        "**Wound discharge, 60 days without contact** · day 7 after surgery, now day 67 · worst of the same days: "
        "Wound discharge, 4 of 10 · Endoscopic discectomy, S03, Northside · P-"
    )
    assert labels[0].endswith(" · severity 4 of 10 · not marked resolved")


def test_a_red_flag_opens_the_course_of_its_patient(practice: Records) -> None:
    app = opened("patients", practice, **WHOM_TO_CALL)
    next(row for row in app.button if " · P-" in row.label).click().run()
    assert not app.exception
    words = said(app)
    assert "**The course of this patient**" in words
    assert "Operation: **Endoscopic discectomy**" in words
    assert [area.label for area in app.text_area] == ["Mark as contacted: what was done (no patient names or numbers)"]


def test_overview_leads_to_whom_to_call(practice: Records) -> None:
    app = opened("overview", practice)
    next(button for button in app.button if button.label == "All 7 →").click().run()
    assert app.session_state["patients_view"] == WHOM_TO_CALL["patients_view"]


def test_a_combination_is_named_on_top_and_in_its_rows(tmp_path: Path) -> None:
    app = opened("patients", records(tmp_path, FOUR, FLAGS), **WHOM_TO_CALL)
    words = app.warning[0].value
    assert f"**{PLAIN}** Fever with wound discharge: P-000000000000000C, Microdiscectomy of 1 Nov 2024" in words
    assert words.startswith(("**Points to possible cauda equina compression: act at once.**", f"**{PLAIN}**"))
    assert "Signs of infection recorded: 1 operation (" in words
    assert "Signs of cauda equina recorded: 1 operation (" in words
    assert words.endswith(PATH)
    table = table_with(app, "Points to").set_index("Red flag")
    assert table.loc["Fever", "Points to"] == PLAIN.rstrip(".")
    assert table.loc["Nausea", "Points to"] == ""


def test_the_emergency_path_stands_although_there_is_no_red_flag(tmp_path: Path) -> None:
    app = opened("overview", records(tmp_path, FOUR, viewer=OPERATOR))
    assert f"None was recorded in the 90 days up to 1 Jan 2025 after the operations chosen. {PATH}" in said(app)


def test_a_manager_is_told_of_no_red_flag_as_so_few_tell_of_single_patients(practice: Records) -> None:
    app = opened("overview", replace(practice, viewer=Viewer("Manager", "manager")))
    assert re.findall(r"\*\*(\d+)\*\* · ", said(app)) == []
    assert "red flag" not in said(app).lower()
    assert "P-" not in said(app)
    assert not any("contacted" in area.label for area in app.text_area)


def test_marking_as_contacted_keeps_who_and_what_and_takes_the_choice_away(written: Records) -> None:
    app = chosen(written, queue_key(written), 0, **WHOM_TO_CALL)
    first = queue(written).rows.iloc[0]
    assert f"**{first['label']}**" in said(app)
    app.text_area[0].set_value("Phoned: comes in today.")
    submit(app, "Keep this note")
    assert "Red flags after 3 operations wait for a contact" in app.markdown[0].value
    assert not app.text_area
    table = table_with(app, "Marked by")
    (row,) = [row for row in table.to_dict("records") if row["Contact"].endswith("marked in the app")]
    assert row["Patient"] == first["shown_patient"]
    assert row["Marked by"].endswith(": Phoned: comes in today.")
    (note,) = written.notes("contact")
    assert note.subject == first["subject"]


def test_a_click_on_a_row_of_the_short_list_opens_the_patient_and_a_place_to_write(written: Records) -> None:
    seen = shown("red_flags", written).button[0].click().run()
    assert not seen.exception
    assert "**The course of this patient**" in [part.value for part in seen.markdown]
    assert seen.text_area[0].label == "Mark as contacted: what was done (no patient names or numbers)"


def test_an_empty_note_is_refused_in_words(written: Records) -> None:
    app = submit(chosen(written, queue_key(written), 0, **WHOM_TO_CALL), "Keep this note")
    assert app.error[0].value.startswith("Write a few words first")
    assert written.notes("contact") == []


def test_a_choice_is_dropped_when_the_rows_change() -> None:
    assert rows_key("t", pd.Series([1, 2])) != rows_key("t", pd.Series([2, 1]))
    assert rows_key("t", pd.Series([1, 2])) == rows_key("t", pd.Series([1, 2]))


def test_a_link_sets_the_cause_and_a_search_stays_out_of_the_address(practice: Records) -> None:
    app = opened("patients", practice, cause="Infection")
    table = table_with(app, "Main cause")
    assert set(table["Main cause"]) == {"Infection"}
    search(app, "tlif")
    assert set(table_with(app, "Main cause")["Procedure"]) == {"TLIF"}
    assert set(app.query_params) == {"cause"}
    search(app, "nothing like this")
    assert "None of the operations chosen is like this." in said(app)


def test_what_a_link_has_chosen_is_named_and_taken_back_in_one_click(practice: Records) -> None:
    app = search(opened("patients", practice, flag="Red flag in the last 90 days", state="Failed"), "nothing like this")
    assert "Only: **Failed · Red flag in the last 90 days · search for “nothing like this”**" in said(app)
    assert "None of the operations chosen is like this." in said(app)
    submit(app, "Clear these")
    assert app.header[0].value == f"{len(patients(practice, 'fbss')):,} operations"
    assert not any(button.label == "Clear these" for button in app.button)


def test_overdue_visits_and_red_flags_narrow_the_list(practice: Records) -> None:
    every = len(patients(practice, "fbss"))
    for asked in ({"visit": "Overdue visit"}, {"flag": "Red flag in the last 90 days"}):
        shown = int(opened("patients", practice, **asked).header[0].value.split()[0].replace(",", ""))
        assert 0 < shown < every


def test_a_course_says_which_records_made_it_a_failure_and_by_which_rule(practice: Records) -> None:
    app = course_of(practice)
    words = said(app)
    assert "counts as failed by FBSS (definition version 1), day" in words
    assert "* The finding: " in words
    assert "* The first symptom, which sets the clock: " in words
    assert "**The rule.** FBSS: " in words
    table = table_with(app, "Source")
    assert table["Source"].str.fullmatch(r"[a-z_]+\.csv, row \d+|no record").all()
    assert next(iter(table)) == "Date"
    assert list(table)[-1] == "Source"
    assert "* **" + table["Date"].iloc[0] + "**, day " in words
    assert "FBSS: the finding" in set(table["Counts as"])
    told = [chart.proto.alt for chart in app.get("plotly_chart")]
    assert any("median and middle half" in alt and "This patient: day " in alt for alt in told)


def test_a_data_problem_is_kept_and_stands_at_its_operation_again(written: Records) -> None:
    app = course_of(written)
    which = next(box for box in app.selectbox if box.label == "Which record")
    which.select(next(option for option in which.options if option.startswith("Symptom"))).run()
    app.text_area[0].set_value("The *date* is a year off.")
    submit(app, "Keep this note")
    (note,) = written.notes("flag")
    row = patients(written, "fbss", only="failed").iloc[0]
    assert note.subject == f"flag/{row['patient']}/{row['operated']:%Y-%m-%d}"
    assert note.text.startswith("Symptom, ")
    assert "symptoms.csv, row " in note.text
    assert r"The \*date\* is a year off." in said(app)


def test_a_remark_stands_under_the_charts_over_time(written: Records) -> None:
    app = opened("procedures", written, **CHANGE)
    app.text_input(key="remark trend").set_value("New technique from March")
    app.date_input(key="remark day trend").set_value(pd.Timestamp("2023-03-01").date())
    submit(app, "Keep this remark")
    lines = [part.value for part in app.markdown if part.value.startswith("Remarks, each a thin line")]
    assert len(lines) == 2
    assert all("**R1**, 1 Mar 2023: New technique from March" in line for line in lines)


def test_a_remark_without_words_is_refused(written: Records) -> None:
    app = submit(opened("procedures", written, **CHANGE), "Keep this remark")
    assert app.error[0].value.startswith("Write a few words first")


def test_a_list_of_who_failed_by_a_time_holds_as_many_as_the_number_that_leads_to_it(practice: Records) -> None:
    tlif = practice.of(Cohort(chosen={"procedure": ("tlif",)}))
    for label, days in (("1 year", 365), ("2 years", 730)):
        counted = int(failure_rate(tlif, "fbss", None, days)["failed"].iloc[0])
        shown = opened("patients", tlif, state="Failed", failed_by=label)
        assert shown.header[0].value == f"{counted} operations"
        assert f"Only: **Failed · failed by {label}**" in said(shown)

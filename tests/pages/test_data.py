"""Data quality: what a person reads in each view."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

from dashboard.access import Viewer
from dashboard.analyses.patients import flag_problem, patients
from dashboard.audit import Audit, lines_of
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.notebook import Notebook
from dashboard.importing.result import ImportResult, Issue
from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with

__all__ = ["practice"]
WORK = {"data_view": "Work list"}
FIELDS = {"data_view": "Completeness"}
NOT_READABLE = "Recorded, not readable, not recorded"
ISSUES = {"data_view": "Issues and flags"}


def test_each_visit_stands_with_answered_of_due_and_the_goal(practice: Records) -> None:
    page = opened("data", practice)
    figures = [re.sub("<[^>]*>", "|", part.proto.body) for part in page.get("html") if "figure" in part.proto.body]
    assert [figure.strip("|").split("|")[0] for figure in figures][:4] == ["74.3 %", "68.3 %", "58.2 %", "182"]
    assert "1,240 of 1,815 due" in figures[1]
    assert page.markdown[0].value.startswith("**68.3 % answered at 12 months (66.1 to 70.4), goal 80 %")
    assert "Goal at 12 months: 80.0 % (QOD: a goal of a registry with paid coordinators.)" in said(page)
    assert "NORspine 71.6 % of 60,647 (Eur Spine J 2023, 10.1007/s00586-023-07929-5)" in said(page)
    (visits,) = [table.value for table in page.dataframe if table.value.columns[0] == "Visit"]
    assert visits["Overdue"].tolist() == [60, 61, 61]


def test_the_work_list_is_counted_and_can_be_taken_away(practice: Records) -> None:
    page = opened("data", practice, **WORK)
    assert "**182 visits overdue and 261 open now.** Overdue: 60 at 3 months, 61 at 12 months" in said(page)
    first = table_with(page, "Days overdue").iloc[0]
    assert (first["State"], first["Patient"][:2]) == ("overdue", "P-")


def test_a_manager_has_no_work_list(practice: Records) -> None:
    page = opened("data", replace(practice, viewer=Viewer("Manager", "manager")), **WORK)
    assert "Work list" not in page.selectbox(key="data_view").options
    assert "left out: Work list." in page.warning[0].value
    assert "Answered at 12 months, by site" in [header.value for header in page.header]


def test_the_fields_most_often_missing_are_named_by_what_is_missing(practice: Records) -> None:
    words = said(opened("data", practice, **FIELDS))
    assert "of what is most often missing; fewer is better." in words
    assert "**Most often not recorded: tendency to scar (14.4 %), " in words


def test_what_could_not_be_read_stands_apart_from_what_was_not_recorded(practice: Records) -> None:
    page = opened("data", practice, **FIELDS)
    counted = table_with(page, "Not readable")
    assert (counted["Recorded"] + counted["Not readable"] + counted["Not recorded"] == counted["Operations"]).all()
    assert "No cell of these operations was left out because it could not be read." in said(page)


def test_operations_stand_month_by_month_where_a_year_of_them_is_whole(practice: Records) -> None:
    page = opened("data", practice, **FIELDS)
    assert "Operations, month by month" in [header.value for header in page.header]
    assert len(table_with(page, "Operated in")) == 105
    outside = ("Dec 2020", 34), ("Mar 2023", 35), ("Mar 2026", 34), ("Jul 2026", 34)
    assert all(f"{month}: Outside the limits (above): {n} operations" in said(page) for month, n in outside)
    short = opened("data", practice.of(Cohort(operated_from=date(2026, 7, 1))), **FIELDS)
    assert [header.value for header in short.header] == ["What is recorded, year by year", NOT_READABLE]


def test_what_the_share_failed_could_become_stands_with_its_range_and_n(practice: Records) -> None:
    page = opened("data", practice)
    assert "Answered if all overdue answered" in page.dataframe[0].value.columns
    assert (
        "* **Not better** at 12 months: now 21.1 % (251 of 1,188 who answered). If the 61 overdue were all answered: "
        "**20.1 to 25.0 %** of 1,249." in said(page)
    )
    table = table_with(page, "Share failed if all overdue answered")
    asked = [one.short for one in load().outcomes.values() if one.kind == "landmark"]
    assert table["Definition"].tolist() == asked
    assert any(button.label.startswith("Visits to ask for") for button in page.button)


def test_whether_a_group_differs_by_more_than_chance_is_said_without_a_ranking(practice: Records) -> None:
    page = opened("data", practice, answered_by="Surgeon")
    assert "Each of these 9 groups lies within the range that chance alone leaves round 68.2 %" in said(page)
    ranges = table_with(page, "Range that chance allows").set_index("Surgeon")["Range that chance allows"]
    assert ranges["S04"].endswith(" %")
    assert ranges["Not recorded"] == ""
    assert "1 of 3 lie beyond" in said(opened("data", practice, answered_by="Smoking"))


def test_flags_of_people_stand_beside_the_issues(practice: Records, tmp_path: Path) -> None:
    asked = replace(practice, notebook=Notebook(tmp_path))
    assert "Nobody has flagged a data problem." in said(opened("data", asked, **ISSUES))
    first = patients(asked, "fbss").iloc[0]
    flag_problem(asked, first["patient"], first["operated"].date(), "Operation", "On the other side.")
    page = opened("data", asked, **ISSUES)
    assert "**The last import left nothing out.** 201 notes, none is of something registered twice." in said(page)
    assert table_with(page, "Flagged")["What"].tolist() == ["Operation: On the other side."]


def test_the_rows_and_cells_that_were_wrong_are_opened_by_whoever_may_import_and_on_record(
    practice: Records, tmp_path: Path
) -> None:
    report = tmp_path / "000001.json"
    wrong = Issue("cell", "not_a_number", "operations.csv", 'row 7: "Anna **B**" is no number', 7, "bmi", "Anna **B**")
    report.write_text(json.dumps(ImportResult(1, {}, [wrong]).as_json()), encoding="utf-8")
    with_report = replace(practice, import_report=report, audit=Audit(tmp_path / "audit"))
    page = opened("data", with_report, **ISSUES)
    assert "Anna" not in said(page) + repr([table.value.to_dict() for table in page.dataframe])
    page.toggle[0].set_value(True).run()
    assert table_with(page, "Value").iloc[0].to_dict() == {
        "File": "operations.csv", "Row": 7, "Column": "bmi", "Value": "Anna **B**", "What": wrong.message,
    }  # fmt: skip
    opened_by = [line for line in lines_of(tmp_path / "audit") if line.get("question") == "import_report"]
    assert [(line["what"], line["viewer"], line["rows"]) for line in opened_by] == [
        ("listing", "operator of this machine", 1)
    ]
    manager = opened("data", replace(with_report, viewer=Viewer("Manager", "manager")), **ISSUES)
    assert not manager.toggle
    assert "is shown to whoever may import records" in said(manager)

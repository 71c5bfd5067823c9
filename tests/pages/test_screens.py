"""What a person reads on each page, on the sample data, through the whole frame."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import wording
from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.groups import event_words
from dashboard.analyses.patients import patients
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.importing.work import work
from dashboard.pages import parts
from dashboard.records import Records
from tests.opened import app_for
from tests.pages.listed import BY_NAME
from tests.patience import SECONDS
from tests.text_tables import records

FOUR = """
operation | procedure       | surgeon | state  | day
1         | microdiscectomy | S01     | failed | 30
2         | laminectomy     | S01     | died   | 40
3         | tlif            | S02     | failed | 50
4         | tlif            | S02     | left   | 300
"""


@pytest.fixture(scope="session")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages-store")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def app(store: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    return app_for()


def opened(app: AppTest, path: str = "", **asked: str | list[str]) -> AppTest:
    """The app as a link opens it."""
    for word, value in asked.items():
        app.query_params[word] = value
    app.run()
    return app.switch_page(path).run() if path else app


def words(app: AppTest) -> str:
    """Everything in words on the screen, in order."""
    kinds = ("title", "header", "markdown", "info", "warning", "error", "metric")
    return "\n".join(str(getattr(part, "value", "")) for kind in kinds for part in app.get(kind))


def test_overview_begins_with_its_answer_then_the_red_flags_and_the_emergency_path(app: AppTest) -> None:
    seen = opened(app)
    assert not seen.exception
    assert [header.value for header in seen.header] == [
        "Red flags: 4 without contact", "Needs review: 1 signal", "When failures come", "FBSS by 2 years, by family",
        "By year of surgery",
    ]  # fmt: skip
    told = [str(part.value) for part in seen.markdown]
    (answer,) = [words for words in told if words.startswith("**13.9 % of operations failed by 2 years**")]
    assert answer.endswith("Red flags after 4 operations wait for contact, the longest for 84 days (marked resolved).")
    assert told.index(answer) < told.index(":small[Decision support only. Follow your emergency path.]")


def test_every_key_figure_stands_with_its_interval_its_count_and_what_it_is_held_against(app: AppTest) -> None:
    seen = opened(app)
    figures = [
        re.sub("<[^>]*>", "|", part.proto.body) for part in seen.get("html") if 'class="figure"' in part.proto.body
    ]
    told = [[words for words in figure.split("|") if words.strip()] for figure in figures]
    assert told == [
        ["13.9 %", "12.4 to 15.5 · 267 seen of 2,218", "2018: 19.2 %, 2023: 14.7 %"],
        ["5.9 %", "4.9 to 7.0 · 110 seen of 2,218", "2018: 6.7 %, 2023: 5.6 %"],
        ["12.3 %", "10.9 to 13.7 · 267 seen of 2,218", "2018: 9.5 %, 2025: 11.8 %"],
        ["22 points better", "middle half 10 to 34 · n = 1,036", "important from 12.8: 68 %"],
        ["68.3 %", "66.1 to 70.4 · 1,240 of 1,815", "goal 80 %"],
        ["day 93", "middle half 11 to 184 · n = 198"],
    ]


def test_the_frame_says_how_many_up_to_when_and_that_it_is_made_up(app: AppTest) -> None:
    line = (
        "**2,218** of 2,218 operations · data to 30 Sep 2026 · **sample data, made by computer** · this computer only"
    )
    assert line in words(opened(app))


def test_a_link_narrows_the_cohort(app: AppTest) -> None:
    seen = words(opened(app, procedure="TLIF"))
    assert "**255** of 2,218 operations" in seen


def test_a_link_in_the_words_of_the_definitions_is_understood(app: AppTest) -> None:
    assert "**255** of 2,218 operations" in words(opened(app, procedure="tlif"))


def test_a_stale_link_says_what_it_left_out(app: AppTest) -> None:
    seen = opened(app, procedure="brain_surgery")
    assert any("left out: brain_surgery" in warning.value for warning in seen.warning)


def test_a_cohort_of_nobody_says_so_and_draws_nothing(app: AppTest) -> None:
    seen = opened(app, procedure="Implant removal", sex="Other")
    assert "No operations match these filters." in words(seen)
    assert not any('class="figure"' in part.proto.body for part in seen.get("html"))
    assert not seen.get("plotly_chart")


def test_clear_takes_every_filter_away(app: AppTest) -> None:
    seen = opened(app, procedure="TLIF")
    next(button for button in seen.button if button.label == "Clear 1 filter").click().run()
    assert "**2,218** of 2,218 operations" in words(seen)


def test_without_a_store_the_screen_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "none"))
    seen = app_for().run()
    assert "Nothing has been published yet." in seen.error[0].value


def test_an_unforeseen_error_shows_a_reference_and_no_detail(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("patient 4711")

    monkeypatch.setattr("dashboard.shell._counted", broken)
    seen = app.run()
    assert "Something went wrong (reference " in seen.error[0].value
    assert "4711" not in words(seen)


def test_a_new_generation_shows_at_the_next_interaction(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = tmp_path / "records"
    source.mkdir()
    (source / "patients.csv").write_text("patient_id,birth_year\np,1960\n")
    header, row = "operation_id,patient_id,surgery_date,procedure\n", "{},p,{},tlif\n"
    (source / "operations.csv").write_text(header + row.format("a", "2015-01-05"))
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))
    work([source], tmp_path / "store", None, False, lambda step: None)
    seen = app_for().run()
    assert "**1** of 1 operations" in words(seen)
    assert "sample data" not in words(seen)
    (source / "operations.csv").write_text(header + row.format("a", "2015-01-05") + row.format("b", "2024-01-05"))
    work([source], tmp_path / "store", None, False, lambda step: None)
    assert "**2** of 2 operations" in words(seen.run())


def page_of(name: str, records: object) -> None:
    from importlib import import_module

    import_module(f"dashboard.pages.{name}").page(records)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_page_of_four_operations_has_no_error(tmp_path: Path, name: str) -> None:
    seen = AppTest.from_function(page_of, args=(name, records(tmp_path, FOUR)), default_timeout=SECONDS).run()
    assert not seen.exception
    assert not seen.error


def test_fewer_than_ten_operations_are_counts_only(tmp_path: Path) -> None:
    seen = AppTest.from_function(page_of, args=("procedures", records(tmp_path, FOUR)), default_timeout=SECONDS).run()
    assert "2 of 4 failed by 2 years" in words(seen)
    assert words(seen).count(": Fewer than 10 operations: counts only.") == 1


def test_a_manager_without_patients_is_told_why_and_shown_none(tmp_path: Path) -> None:
    manager = Viewer("Manager", "manager")
    asked = records(tmp_path, FOUR, viewer=manager)
    seen = AppTest.from_function(page_of, args=("patients", asked), default_timeout=SECONDS).run()
    assert "Your role shows counts, not single patients." in seen.info[0].value
    assert not seen.dataframe


def test_a_landmark_outcome_has_no_curve_and_shows_who_answered(store: Path) -> None:
    generation = Store(store).current()
    assert generation is not None
    asked = Records(DuckEngine(generation.path, generation.number), OPERATOR, Cohort(), Audit(store / "audit"))
    seen = AppTest.from_function(page_of, args=("risk", asked), default_timeout=SECONDS)
    seen.query_params["outcome"] = "Not better"
    seen.query_params["factor"] = "Smoking"
    assert "This definition is asked at one visit, so it has no curve over time." in words(seen.run())
    rates = AppTest.from_function(page_of, args=("procedures", asked), default_timeout=SECONDS)
    rates.query_params["outcome"] = "Not better"
    assert any("Answered of due" in table.value.columns for table in rates.run().dataframe)


def test_a_table_has_under_each_head_a_column_or_what_is_said_of_each_row() -> None:
    rows = pd.DataFrame({"label": ["A", "B"], "share": [0.5, None]}, index=[3, 1])
    table = parts.columns_of(rows, {"Group": "label", "Share failed": parts.share_of})
    assert table.to_dict("list") == {"Group": ["A", "B"], "Share failed": ["50.0 %", "–"]}
    assert list(parts.columns_of(rows.iloc[:0], {"Group": "label", "Share failed": parts.share_of})) == list(table)


def test_a_selected_row_is_its_name_and_a_row_that_is_gone_is_none(tmp_path: Path) -> None:
    frame = patients(records(tmp_path, FOUR), "fbss")
    assert parts.name_in_row(frame, [0], "operation") == str(frame["operation"].iloc[0])
    assert parts.name_in_row(frame, [99], "operation") is None
    assert parts.name_in_row(frame, [], "operation") is None


def test_a_share_stands_with_its_count_and_interval() -> None:
    assert parts.share_words(12 / 162, 12, 162, 0.043, 0.125) == "7.4 % (12 of 162; 4.3 to 12.5)"
    assert parts.share_words(None, 3, 8, None, None) == "3 of 8"


def test_a_share_that_is_no_plain_quotient_says_what_was_seen() -> None:
    assert parts.share_words(251 / 1188, 251, 2218, 0.188, 0.235, 1188) == "21.1 % (251 of 1,188 known; 18.8 to 23.5)"
    assert parts.share_words(0.139, 267, 2218, 0.124, 0.155) == "13.9 % (267 seen of 2,218; 12.4 to 15.5)"


def test_a_limit_of_a_ratio_is_not_rounded_to_the_other_side_of_1() -> None:
    assert wording.ratio_interval(1.39, 2.69) == "1.39 to 2.69"
    assert wording.ratio_interval(1.0041, 1.38) == "1.004 to 1.38"
    assert wording.ratio_interval(0.0, 0.9963) == "0.00 to 0.996"
    assert wording.ratio_interval(1.0, 1.006) == "1.00 to 1.01"
    assert wording.ratio_interval(None, 1.2) == ""


def test_what_counts_is_named_by_what_it_is() -> None:
    outcomes = load().outcomes
    assert event_words(outcomes["fbss"], 1) == "1 failure"
    assert event_words(outcomes["fbss"]) == "failures"
    assert event_words(outcomes["readmission"], 3) == "3 cases of readmission"


def test_a_date_reads_as_in_a_letter() -> None:
    from datetime import date

    assert parts.day_words(date(2026, 9, 30)) == "30 Sep 2026"
    assert parts.day_words(None) == "not recorded"

"""Causes and care: what a person reads in each view."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.analyses.verdicts.care import revisions_verdict
from dashboard.analyses.verdicts.causes import preventable_verdict
from dashboard.cohort import Cohort
from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import drawn, opened, said, table_with
from tests.patience import SECONDS
from tests.text_tables import records

__all__ = ["practice"]
WHEN = {"causes_view": "When each cause shows itself"}
CARE = {"causes_view": "Care after failure"}
EVERY = {"causes_counted": "Every cause found"}
FAILED = "operation | state | day | cause\n1 | failed | 30 | infection\n2 | left | 900 | not recorded"
FOUND = "operation | cause\n1 | infection"
PATH = "operation | path\n1 | 0"
ONE = "operation | state | day\n1 | left | 30"


def test_preventable_causes_stand_apart_from_the_course_of_the_disease(practice: Records) -> None:
    words = said(opened("causes", practice))
    assert "**Of 267 failures seen by 2 years, 41 of the 245 whose cause is known (16.7 %; 12.6 to 21.9) could" in words
    assert f"**{preventable_verdict(practice, 'fbss').answer}**" in words
    assert "**Could perhaps have been prevented: 41 of 245 whose cause is known** (wrong diagnosis, wrong" in words
    assert "**Course of the disease or of healing: 48 of 245 whose cause is known** (scar tissue, adjacent" in words
    assert "**No cause could be named: 22 of all 267** (undetermined).\n\nNo cause recorded: 0 of all 267." in words


def test_every_cause_stands_in_figures(practice: Records) -> None:
    table = table_with(opened("causes", practice), "Also found beside another")
    assert len(table) == 17
    assert table["Main cause by 2 years"].sum() == 267


def test_the_row_of_a_cause_leads_to_its_patients(practice: Records) -> None:
    app = AppTest.from_function(drawn, args=("causes", practice), default_timeout=SECONDS)
    app.session_state["cause rows 17 by 2 years"] = {"selection": {"rows": [0], "columns": [], "cells": []}}
    app.run()
    (button,) = [one for one in app.button if "operations that failed" in one.label]
    assert button.label == "Pseudarthrosis: operations that failed (40 by 2 years) →"
    button.click().run()
    assert (app.session_state["cause"], app.session_state["state"]) == ("Pseudarthrosis", "Failed")


def test_cause_by_procedure_counts_main_causes_or_every_cause(practice: Records) -> None:
    main, every = (table_with(opened("causes", practice, **chosen), "TLIF") for chosen in ({}, EVERY))
    counts = [frame.drop(columns="Cause").to_numpy().sum() for frame in (main, every)]
    assert counts == [267, 434]


def test_late_causes_of_one_procedure_are_named(practice: Records) -> None:
    words = said(opened("causes", practice.of(Cohort(chosen={"procedure": ("tlif",)})), **WHEN))
    assert (
        "**25 of 47 failures showed themselves after day 274**, of those with each main cause: pseudarthrosis 10 of "
        "14, adjacent segment disease 9 of 9, implant reaction 2 of 3, other cause 2 of 2, undetermined 2 of 3. "
        "**Only then: adjacent segment disease, other cause.**"
    ) in words


def test_everything_follows_failed_after(practice: Records) -> None:
    of = practice.of(Cohort(chosen={"procedure": ("tlif",), "levels": ("one",)}))
    page = opened("causes", of, failed_after="274", within="5 years")
    words = said(page)
    assert (
        "**17 operations failed after day 274 and by 5 years; most often: pseudarthrosis 8 of 17 (26.2 to 69.0 %) and "
        "adjacent segment disease 3 of 17 (6.2 to 41.0 %).** The other 6 failed from 3 further causes."
    ) in words
    assert "Of 17 failures seen after day 274 and by 5 years, the share with each main cause." in words
    assert table_with(page, "Also found beside another")["Main cause after day 274 and by 5 years"].sum() == 17
    assert table_with(page, "TLIF").drop(columns="Cause").to_numpy().sum() == 17
    later = opened("causes", of, failed_after="274", within="5 years", **WHEN)
    assert "Share of operations failed after day 274 from each cause" in [header.value for header in later.header]
    shown = [table.value for table in later.dataframe if "Main cause" in table.value]
    assert shown[-1].drop(columns="Main cause").to_numpy().sum() == 17


def test_a_window_in_which_nothing_lies_offers_a_longer_one(practice: Records) -> None:
    page = opened("causes", practice, failed_after="1 year", within="1 year")
    next(button for button in page.button if button.label == "Show by 5 years →").click().run()
    assert page.session_state["within"] == "5 years"


def test_causes_drawn_are_the_most_frequent_of_the_cohort_until_the_reader_chooses(practice: Records) -> None:
    page = opened("causes", practice.of(Cohort(chosen={"procedure": ("tlif",)})), **WHEN)
    assert page.multiselect[0].value == []
    assert "causes" not in page.query_params
    drawn = table_with(page, "Share failed")["Cause"]
    assert set(drawn) == {"Implant reaction", "Pseudarthrosis", "Adjacent segment disease", "Infection"}
    chosen = opened("causes", practice, causes="Instability", **WHEN)
    assert set(table_with(chosen, "Share failed")["Cause"]) == {"Instability"}


def test_what_was_never_relieved_stands_apart_from_what_began_anew(practice: Records) -> None:
    table = table_with(opened("causes", practice, **WHEN), "Persistent: never relieved").set_index("Main cause")
    assert table.loc["Wrong diagnosis", "Persistent: never relieved"] == 11
    assert table.to_numpy().sum() == 267


def test_the_curves_stand_as_a_table_too(practice: Records) -> None:
    table = table_with(opened("causes", practice, **WHEN), "Share failed")
    assert table.groupby("Cause")["Share failed"].last()["Pseudarthrosis"] == "2.3 %"


def test_care_stands_with_days_outcomes_and_attempts(practice: Records) -> None:
    page = opened("causes", practice, **CARE)
    words = said(page)
    assert "328 operations failed; this is what is recorded of their care, over all follow-up." in words
    assert "conservative after a median of 71 days" in words
    assert "so this compares no method" in words
    revisions = table_with(page, "Revisions").set_index("Revision")
    assert revisions.loc["Second revision", "Share improved"] == "2 of 9"
    steps = [table.value for table in page.dataframe if table.value.columns[0] == "Step"]
    assert (
        steps[0].set_index("Step").loc["Surgery", "Operations that reached it"] == "42.7 % (140 of 328; 37.4 to 48.1)"
    )
    assert steps[1].set_index("Step").loc["Surgery", "Share improved"] == "51.2 % (64 of 125; 42.5 to 59.8)"


def test_how_often_revisions_helped_stands_first(practice: Records) -> None:
    page = opened("causes", practice, **CARE)
    assert page.header[0].value == "How often a revision helped"
    found = revisions_verdict(practice)
    assert f"**{found.answer}** {found.doubt}" in said(page)
    assert found.answer.startswith("2 of 9 second revisions with a recorded outcome improved, 11 done")


def test_what_is_drawn_says_how_many_were_done(practice: Records) -> None:
    page = opened("causes", practice, **CARE)
    told = [chart.proto.alt for chart in page.get("plotly_chart")]
    assert any("Second revision: 11 done, 9 with a recorded outcome, 2 improved" in alt for alt in told)
    assert "Drawn is the share improved of n, those whose outcome is recorded" in said(page)


def test_the_first_treatment_of_a_failure_stands_by_its_step(practice: Records) -> None:
    page = opened("causes", practice, **CARE)
    assert "322 of the 328 operations that failed have a treatment that began on the day of the failure" in said(page)
    first = table_with(page, "Step of the first treatment").set_index("Step of the first treatment")
    assert first.loc["Surgery", "Share improved"] == "42.9 % (18 of 42; 29.1 to 57.8)"
    assert first.loc["Interventional", "Share improved"] == "4 of 7"


def test_each_treatment_stands_with_its_days_from_the_failure(practice: Records) -> None:
    tables = [table.value for table in opened("causes", practice, **CARE).dataframe]
    each, by_attempt = [table.set_index("Treatment") for table in tables if table.columns[0] == "Treatment"]
    assert each.loc["Spinal cord stimulation", "Median days from the failure to the first"] == 316
    assert each.loc["Spinal cord stimulation", "Quarter to three quarters"] == "278 to 487"
    assert each["Treatments"].sum() == by_attempt["Treatments of this attempt"].sum() == 820


def test_a_path_is_short_and_its_outcome_stands_first(practice: Records) -> None:
    page = opened("causes", practice, **CARE)
    paths = table_with(page, "Path")
    assert list(paths.columns)[:2] == ["At last improved", "Path"]
    assert paths.set_index("Path").loc["cons. → surg.", "At last improved"] == "34 of 75"
    assert "cons. conservative" in said(page)


def test_few_failures_are_counts_only_in_each_view(tmp_path: Path) -> None:
    asked = records(tmp_path, FAILED, finding_event=FOUND, care_path=PATH)
    assert "Not found behind any of these failures: wrong diagnosis, wrong level" in said(opened("causes", asked))
    assert (
        table_with(opened("causes", asked), "Also found beside another")["Share of failures (count; 95 % interval)"]
        .eq("1 of 1")
        .all()
    )
    paths = table_with(opened("causes", asked, **CARE), "Path")
    assert paths["Of those that failed"].tolist() == ["1 of 1"]


def test_without_failures_each_view_says_so(tmp_path: Path) -> None:
    asked = records(tmp_path, ONE)
    assert "No failure was seen" in opened("causes", asked).info[0].value
    assert "No failure with a recorded cause" in opened("causes", asked, **WHEN).info[0].value
    assert "no care after failure to show" in opened("causes", asked, **CARE).info[0].value

"""Compare, monitoring, change over time and ratios: what a person reads, and what is not shown."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.plans import plans
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.pages.plans import NOTHING_TO_DO
from dashboard.records import Records
from tests.pages.test_short_lists import shown
from tests.pages.test_what_stands_there import opened, said, table_with
from tests.patience import SECONDS
from tests.text_tables import records

MONITORING = {"comparison": "Monitoring"}
RATIOS = {"risk_view": "Alone and adjusted"}
ONE = "operation | state | day\n1 | failed | 30"


@pytest.fixture(scope="module")
def practice(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder = tmp_path_factory.mktemp("comparison")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    current = Store(folder).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    yield Records(engine, OPERATOR, Cohort(), Audit(folder / "audit"))
    engine.close()


def test_shares_of_unlike_procedures_are_not_pooled(practice: Records) -> None:
    page = opened("compare", practice)
    assert "Shares of unlike procedures are not pooled without adjustment." in page.info[0].value
    assert "Share failed" not in page.dataframe[0].value.columns
    assert "Adjusted for procedure, so that unlike procedures may stand together." in said(page)
    ways = [button.label for button in page.button if button.label.startswith("Possible for ")]
    assert ways == [
        "Possible for decompression alone →", "Possible for fusion alone →", "Possible for revision alone →"
    ]  # fmt: skip


def test_within_one_family_the_share_stands_with_what_could_be_seen(practice: Records) -> None:
    page = opened("compare", practice.of(Cohort(chosen={"family": ("fusion",)})))
    words = said(page)
    assert not page.info
    assert (
        "a doubled rate of the middle surgeon lies beyond the upper 95 % limit with probability 0.58 "
        "(of 9.8 failures expected; from 14.6 on with 0.80 or more); by the share with probability 0.88 "
        "(of 52 operations; from 42 on with 0.80 or more)."
    ) in words
    assert "S04: 9 of 17 operations count at this time; of the others the patient had died before it" in words
    table = table_with(page, "Share failed").set_index("Surgeon")
    assert table.loc["S04", "Share failed"] == "counts only"
    assert table.loc["S04", "Seen / expected"] == "not shown"
    assert table.loc["S06", "Share failed"] == "38.1 % (16 of 42; 25.0 to 53.2)"
    assert table.loc["S06", "All others well to all failed"] == "35.6 to 42.2 %"
    assert table.loc["S06", "Left out, a factor not recorded"] == "3 of 16 failures, 4 of 42 operations"
    assert "All these surgeons together: 20.8 % of operations whose state is known." in words
    assert "it cannot be judged whether they differ beyond chance" in words


def test_what_is_judged_is_named_with_its_outcome(practice: Records) -> None:
    words = said(opened("compare", practice))
    assert "S06: 35 failures seen by 2 years, 22.3 expected (ratio 1.57, 1.09 to 2.18), above the upper 95 %" in words
    assert "2 of 9 lie beyond the 95 % limits; one in twenty does by chance." in words
    assert "Allowing for 9 surgeons compared, none stands out." in words
    assert "Needs review and Monitoring follow another outcome, complication within 90 days" in words
    assert "is exact: near the limits it may still contain 1." in words


def test_where_two_funnels_are_drawn_the_first_sentence_speaks_of_both(practice: Records) -> None:
    first = opened("compare", practice.of(Cohort(chosen={"family": ("fusion",)}))).markdown[0].value
    assert "By the ratio of failures seen to expected, all 8 surgeons lie within the limits of chance." in first
    assert "S06: 38.1 % (16 of 42; 25.0 to 53.2) failed by 2 years" in first
    assert "above the upper 95 % limit of the share, not adjusted; the other 7 within them.**" in first
    assert "Allowing for 8 surgeons compared by the share, it does not stand out." in first


def test_units_stand_by_name_and_never_by_rate(practice: Records) -> None:
    shown = opened("compare", practice).dataframe[0].value["Surgeon"].tolist()
    assert shown == sorted(shown)


def test_a_surgeon_stands_alone_by_the_limits_and_no_other_is_shown(practice: Records) -> None:
    own = replace(practice, viewer=Viewer("Dr Three", "surgeon", surgeon="S03"))
    page = opened("compare", own)
    assert page.dataframe[0].value["Surgeon"].tolist() == ["You"]
    assert "**You: 15 failures seen by 2 years, " in said(page)
    assert "a doubled rate of yours lies beyond" in said(page)
    named = [one.value for one in page.markdown if "S03" in one.value]
    assert all("Index operations of S03 · data to" in one for one in named)
    assert "this surgeon" not in said(page)
    assert "The others stand behind the limits, and are not shown." in said(page)
    assert not any(f"S0{other}" in said(page) for other in (1, 2, 4, 5, 6, 7, 8, 9))


@pytest.mark.parametrize(
    ("page", "view"), [("compare", {}), ("compare", MONITORING), ("risk", {"risk_view": "Planning an operation"})]
)
def test_wherever_a_surgeon_is_told_what_is_expected_it_is_said_that_counts_of_others_in_it_are_rounded(
    practice: Records, page: str, view: dict[str, str]
) -> None:
    own = replace(practice, viewer=Viewer("Dr Three", "surgeon", surgeon="S03"))
    seen, whole = said(opened(page, own, **view)), said(opened(page, practice, **view))
    made = "counts of the others that are rounded, so that none of their patients can be made out"
    assert made in seen
    assert made not in whole
    assert "How well the model fits is for whoever sees the whole practice" in seen
    assert "c-statistic" in whole
    assert "c-statistic" not in seen
    assert "calibration" not in seen


def test_the_model_stands_with_version_date_and_c_statistic(practice: Records) -> None:
    words = said(opened("compare", practice))
    assert "c-statistic 0.67 (0.5 is chance, 1 is perfect)" in words
    assert "data to 30 Sep 2026; version `fbss-730-v1-" in words
    assert "14.8 % were left out for want of a record" in words
    assert "A model of the operations up to 1 Oct 2022, tried on the 411 later ones that it had not seen" in words
    assert "63 failed, 67.6 expected; **calibration slope 0.69** (0.17 to 1.22)." in words


def test_a_frozen_model_is_tried_on_what_was_operated_since(practice: Records) -> None:
    words = said(opened("compare", practice, **MONITORING))
    assert "The model, tried on the " in words
    assert "**calibration slope " in words


def test_without_a_model_the_page_says_why(tmp_path: Path) -> None:
    page = opened("compare", records(tmp_path, ONE))
    assert any(
        "there is no model of case mix, which takes the operations whose state is known, as" in info.value
        for info in page.info
    )


def test_monitoring_says_its_limit_and_how_often_it_is_wrong(practice: Records) -> None:
    words = said(opened("compare", practice, **MONITORING))
    assert "Each operation since 1 Jan 2025 is held against its own risk" in words
    assert "by chance alone one is crossed about once in 1,010 such operations" in words
    assert "A signal is a question, not a verdict." in words


def test_the_signal_is_the_first_chart_that_is_drawn(practice: Records) -> None:
    page = opened("compare", practice, **MONITORING)
    headings = [header.value for header in page.header]
    assert headings == ["Needs review: 1 signal", "Every surgeon and family", "S04, decompression"]


def test_nothing_to_monitor_says_why(tmp_path: Path) -> None:
    page = opened("compare", records(tmp_path, ONE), **MONITORING)
    assert page.info[0].value.startswith("Nothing is monitored yet: ")


def needing_review(door: object) -> None:
    from dashboard.analyses.review import review
    from dashboard.pages import monitor

    for item in review(door):  # type: ignore[arg-type]
        if item.waits:
            monitor.decide(door, item)  # type: ignore[arg-type]


def acknowledging(practice: Records, folder: Path) -> tuple[Records, AppTest]:
    asked = replace(practice, notebook=Notebook(folder))
    return asked, AppTest.from_function(needing_review, args=(asked,), default_timeout=SECONDS).run()


def click(page: AppTest, label: str) -> None:
    next(button for button in page.button if button.label == label).click().run()


def test_a_signal_needs_review_until_somebody_has_looked(practice: Records, tmp_path: Path) -> None:
    asked, page = acknowledging(practice, tmp_path)
    assert "**Complication within 90 days, S04, decompression: more than expected. After 8 of 17 operations" in said(
        page
    )
    page.text_area[0].set_value("Read all eight; two readmissions for pain.")
    click(page, NOTHING_TO_DO)
    assert not page.exception
    assert not page.text_area
    assert "Every signal has been looked at." in said(shown("monitor", asked))
    (note,) = asked.notes("acknowledgement")
    assert note.text == "Read all eight; two readmissions for pain."


def test_looking_at_a_signal_opens_a_plan_which_stands_in_its_place(practice: Records, tmp_path: Path) -> None:
    asked, page = acknowledging(practice, tmp_path)
    page.text_area[0].set_value("Second reader for stenosis of two levels")
    click(page, "Open this plan")
    assert page.error[0].value.startswith("A plan says what is to be done, and who does it")
    next(part for part in page.text_input if part.label.startswith("Who")).set_value("spine lead")
    click(page, "Open this plan")
    assert not page.exception
    (plan,) = plans(asked)
    assert (plan.what, plan.who) == ("Second reader for stenosis of two levels", "spine lead")
    assert not page.text_area
    assert shown("monitor", asked).header[0].value == "Needs review: 0 signals, 1 open plan; Plans"
    followed = opened("compare", asked, **MONITORING)
    assert len([row for row in followed.button if "Second reader" in row.label]) == 2
    assert "1 plan stands, none overdue." in said(opened("compare", asked, comparison="Plans"))
    listed = shown("plans", asked)
    assert listed.header[0].value == "1 open plan; All 1"
    assert listed.button[0].label.endswith(
        "· Second reader for stenosis of two levels · :gray[spine lead, S04, decompression: complication by 90 days]"
    )


def test_an_empty_note_is_not_kept(practice: Records, tmp_path: Path) -> None:
    asked, page = acknowledging(practice, tmp_path)
    click(page, NOTHING_TO_DO)
    assert page.error[0].value.startswith("Write a few words first")
    assert asked.notes("acknowledgement") == []


def test_change_over_time_ends_where_outcomes_are_settled(practice: Records) -> None:
    words = said(opened("procedures", practice, procedures_view="Change over time"))
    assert "It ends with 2024 Q3: of later operations the outcome is not settled." in words
    assert "**No signal** in the control chart: no point outside the limits" in words


def test_ratios_stand_alone_and_adjusted_with_what_was_left_out(practice: Records) -> None:
    page = opened("risk", practice, **RATIOS)
    words = said(page)
    assert [header.value for header in page.header] == [
        "Hazard ratios up to 2 years: alone and adjusted", "Does the ratio stay the same all the time?",
    ]  # fmt: skip
    assert "Adjusted for procedure family, age at surgery, previous spine surgery" in words
    assert "Not for body mass index, excessive alcohol, anxiety: failures are too few" in words
    assert "ASA class (with it 21 % of the operations would be left out" in words
    table = table_with(page, "Alone").set_index(["Factor", "Band"])
    assert table.loc[("Smoking", "Never"), "Alone"] == "reference"
    assert table.loc[("Smoking", "Current"), "Adjusted"] == "1.93 (1.39 to 2.69)"
    assert (
        "**Strongest by 2 years, adjusted for one another: current smoking (hazard ratio 1.93; 1.39 to 2.69)" in words
    )
    assert "**Not of procedure family (p = 0.049) and sex (p = 0.002)**" in words
    by_period = table_with(page, "Period after surgery").set_index(["Band", "Period after surgery"])
    assert by_period.loc[("Male", "Up to 90 days"), "Adjusted"] == "2.20 (1.35 to 3.57)"
    assert "significant" not in words
    assert "What is associated with failure need not cause it." in words
    assert "95 % intervals: Wald." in words


SMOKERS = "That current smoking went along with more failures by 2 years may be chance, adjusted: hazard ratio 1.52"


def test_the_factor_of_interest_is_concluded_on_first(practice: Records) -> None:
    fused = practice.of(Cohort(chosen={"family": ("fusion",)}))
    words = said(opened("risk", fused, exposure="Smoking", **RATIOS))
    assert f"**{SMOKERS} (0.92 to 2.51) against never smoking.**" in words
    assert "9.1 points apart (\N{MINUS SIGN}1.1 to 19.3), which may be chance." in words
    assert "Adjusted for procedure, smoking, depression." in words


def test_what_stands_together_is_said_beside_the_ratio(practice: Records) -> None:
    tlif = practice.of(Cohort(chosen={"procedure": ("tlif",)}))
    page = opened("risk", tlif, exposure="Smoking", **RATIOS)
    assert "Smoking: never and former together, as failures are too few to tell them apart." in said(page)
    table = table_with(page, "Adjusted").set_index(["Factor", "Band"])
    told = table.loc[("Smoking", "Never and former"), "To bear in mind"]
    assert told == "Never and former together, as failures are too few to tell them apart."


def test_a_refusal_leads_to_the_narrowest_choice_that_answers(practice: Records) -> None:
    early = practice.of(Cohort(chosen={"procedure": ("tlif",)}))
    page = opened("risk", early, exposure="Smoking", within="90 days", **RATIOS)
    assert "No adjusted model: smoking cannot be adjusted (" in page.info[0].value
    ways = [button.label for button in page.button if button.label.startswith("Possible for ")]
    assert ways == ["Possible for any procedure →"]


def test_a_visit_has_odds_ratios(practice: Records) -> None:
    page = opened("risk", practice, outcome="Not better", **RATIOS)
    assert page.header[0].value == "Odds ratios at the 12-month visit: alone and adjusted"
    assert "95 % intervals: profile likelihood." in said(page)

"""Better or worse since a day, two groups side by side, and one overall share on every screen: what a person reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR
from dashboard.analyses.difference import difference
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.trend import between
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.difference import difference_verdict
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.pages.brief import SENTENCES
from dashboard.records import Records
from tests.pages.test_what_stands_there import opened, said, table_with

CHANGE = {"procedures_view": "Change over time"}
GROUPS = {"procedures_view": "Two groups"}
PLANNING = {"risk_view": "Planning an operation"}
AVERAGES = re.compile(r"(?:average|overall|level line|all chosen|all operations)[^.;%\d]*?(\d+\.\d) %", re.IGNORECASE)
"""A share that is said to be of all together, or their average."""
OF_KNOWN = "whose state"
"""How an average of those whose state is known, without those lost, is named: ``wording.of_known``."""


@pytest.fixture(scope="module")
def practice(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder = tmp_path_factory.mktemp("change")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    current = Store(folder).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    yield Records(engine, OPERATOR, Cohort(), Audit(Path(folder) / "audit"))
    engine.close()


def everything(page: AppTest) -> str:
    figures = [f"{one.label} {one.value} {one.delta}" for one in page.metric]
    return "\n".join([said(page), *figures])


@pytest.mark.parametrize(
    ("name", "asked"),
    [("overview", {}), ("procedures", {}), ("procedures", CHANGE), ("compare", {}), ("risk", PLANNING)],
)
def test_an_average_is_the_one_of_every_screen_or_carries_its_name(
    practice: Records, name: str, asked: dict[str, str]
) -> None:
    overall = failure_rate(practice, "fbss", None, 730)["share"].iloc[0]
    lines = [line for line in everything(opened(name, practice, **asked)).splitlines() if line]
    found = {share: line for line in lines for share in AVERAGES.findall(line)}
    named = {share: any(OF_KNOWN in one for one in lines) for share in found}
    assert all(share == f"{100 * overall:.1f}" or named[share] for share in found), found
    assert found or name in ("compare", "overview")


def test_a_day_that_is_chosen_parts_before_from_after(practice: Records) -> None:
    words = said(opened("procedures", practice, since="2021-01-01", **CHANGE))
    verdict = change_verdict(practice, "fbss", 730, date(2021, 1, 1))
    assert f"**{verdict.answer}**" in words
    assert [one for one in SENTENCES.split(verdict.doubt) if one not in words] == []
    assert "24 patients have operations on both sides, which are counted as independent." in words


def test_another_period_is_a_picture_and_the_verdict_stays(practice: Records) -> None:
    by_size, by_month = (said(opened("procedures", practice, **CHANGE, **asked)) for asked in ({}, {"period": "Month"}))
    verdict = change_verdict(practice, "fbss", 730).sentence.partition("The control chart")[2]
    for words in (by_size, by_month):
        assert verdict.rstrip() in words
    assert "**A picture only, without limits**: by month" in by_month
    assert "signal" not in by_month.partition("A picture only")[2]


def test_a_period_without_two_sides_offers_the_one_that_has_them(practice: Records) -> None:
    page = opened("procedures", practice.of(Cohort(operated_from=date(2026, 1, 1))), **CHANGE)
    assert "**No before and after**" in said(page)
    assert "Possible for the whole period →" in [button.label for button in page.button]


def test_signals_between_complications_stand_in_words_each_once(practice: Records) -> None:
    watched = load().monitoring
    answer = between(practice, watched.outcome, watched.within_days)
    told = said(opened("procedures", practice, **CHANGE)).partition("Each dot is an operation with a complication")[2]
    numbers = re.findall(r"(?:verdict: |; )(\d+), ", told)
    assert numbers == [str(n + 1) for n in range(len(answer.signals))]


def test_two_groups_are_the_largest_and_all_others_until_others_are_chosen(practice: Records) -> None:
    words = said(opened("procedures", practice, **GROUPS))
    assert "**Decompression failed less often by 2 years than all others, by 8.1 points (4.9 to 11.4).**" in words
    assert "13 patients have operations on both sides" in words
    assert "Not adjusted for who was operated" in words


def test_two_groups_chosen_stand_with_the_sentence_of_the_command_and_a_table(practice: Records) -> None:
    chosen = {"compare_by": "Procedure", "first_procedure": "TLIF", "second_procedure": "PLIF"}
    page = opened("procedures", practice, **GROUPS, **chosen)
    tlif, plif = (Cohort(chosen={"procedure": (name,)}) for name in ("tlif", "plif"))
    verdict = difference_verdict(difference(practice.of(tlif), "fbss", 730, plif), "fbss", 730)
    assert f"**{verdict.answer}** {verdict.doubt}" in said(page)
    assert table_with(page, "Not yet due")["Group"].tolist() == ["TLIF", "PLIF"]


def test_surgeons_and_sites_are_no_groups_to_be_held_against_each_other(practice: Records) -> None:
    offered = next(box for box in opened("procedures", practice, **GROUPS).selectbox if box.label == "Groups differ in")
    assert not {"Surgeon", "Site"} & set(offered.options)
    assert {"Procedure", "Sex", "Period of surgery"} <= set(offered.options)


def test_groups_that_overlap_are_refused_in_words(practice: Records) -> None:
    twice = {"compare_by": "Sex", "first_sex": "Female", "second_sex": "Female"}
    words = opened("procedures", practice, **GROUPS, **twice).info[0].value
    assert words == "1,115 operations would stand in both groups and count twice: choose two groups that share none."


def test_smokers_stand_against_those_who_never_smoked_by_a_link_alone(practice: Records) -> None:
    chosen = {"compare_by": "Smoking", "first_smoking": "Current", "second_smoking": "Never"}
    page = opened("procedures", practice.of(Cohort(chosen={"family": ("fusion",)})), **GROUPS, **chosen)
    assert "They are 9.1 points (−1.1 to 19.3) apart." in said(page)
    assert table_with(page, "Not yet due")["Group"].tolist() == ["Current smoking", "Never smoking"]
    assert "Smoking, adjusted for other factors →" in [button.label for button in page.button]

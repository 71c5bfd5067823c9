"""Plans after a signal: kept line by line within the scope, overdue first, held against the figure."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses.plans import (
    BY_ITSELF,
    CLOSED,
    DONE,
    OPEN,
    ActionPlan,
    Intended,
    about_words,
    change_plan,
    close_plan,
    group_subject,
    line_words,
    marks,
    not_reached,
    open_plan,
    plan_about,
    plan_words,
    plans,
    put_in_place,
    seen_again,
    standing,
)
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.cohort import Cohort
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed, StoreDamaged, WrongUsage
from dashboard.records import Records
from tests.text_tables import records

TWO = """
operation | surgeon | site  | family
1         | S01     | North | fusion
2         | S02     | South | fusion
"""
SIGNAL = "monitor/complication/S02/fusion/more/2024-05-01"
ONE_SEES = Viewer("Dr One", "surgeon", surgeon="S01")
TWO_SEES = Viewer("Dr Two", "surgeon", surgeon="S02")
NORTH = Viewer("Manager of North", "manager", sites=("North",))
DRAFT = Intended("Drains out on day 1", "ward lead", date(2025, 3, 1), date(2026, 3, 1))


@pytest.fixture
def asked(tmp_path: Path) -> Records:
    return replace(records(tmp_path / "data", TWO), notebook=Notebook(tmp_path))


def only(asked: Records) -> ActionPlan:
    (plan,) = plans(asked)
    return plan


def test_a_plan_says_what_who_and_until_when_and_is_on_record_without_its_words(asked: Records) -> None:
    open_plan(asked, SIGNAL, replace(DRAFT, what="  Drains out on day 1 "))
    plan = only(asked)
    assert (plan.what, plan.who, plan.until, plan.again, plan.state) == (*vars(DRAFT).values(), OPEN)
    assert plan.day == plan.until
    last = json.loads(asked.audit.path.read_text().splitlines()[-1])
    assert (last["change"], last["kind"], last["subject"]) == ("note", "plan", SIGNAL)
    assert "Drains" not in asked.audit.path.read_text()
    assert about_words(asked, SIGNAL) == "S02, fusion: complication by 90 days"


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"what": " "}, "what is to be done"),
        ({"who": ""}, "who does it"),
        ({"until": None}, "until when"),
        ({"again": DRAFT.until}, "looked at again after"),
        ({"what": "x" * 601}, "Shorten it"),
        ({"what": "\x01" * 600}, "what is to be done"),
        ({"who": "\u200b\u2060"}, "who does it"),
    ],
)
def test_half_a_plan_is_refused_in_words_and_leaves_nothing(asked: Records, wrong: dict[str, object], why: str) -> None:
    with pytest.raises(WrongUsage, match=why):
        open_plan(asked, SIGNAL, replace(DRAFT, **wrong))  # type: ignore[arg-type]
    with pytest.raises(WrongUsage, match="about a signal or a group that stands out"):
        open_plan(asked, "plan/1", DRAFT)
    assert plans(asked) == []


def test_what_follows_adds_lines_and_changes_none(asked: Records) -> None:
    open_plan(asked, SIGNAL, DRAFT)
    change_plan(asked, only(asked), replace(DRAFT, who="S. K.", until=date(2025, 4, 1)))
    put_in_place(asked, only(asked), date(2025, 4, 15))
    assert (only(asked).state, only(asked).who, only(asked).day) == (DONE, "S. K.", date(2025, 4, 15))
    close_plan(asked, only(asked), "Kept for good")
    assert (only(asked).state, only(asked).came, standing(asked)) == (CLOSED, "Kept for good", [])
    assert [line_words(line) for line in only(asked).lines] == [
        "Drains out on day 1 ward lead, until 1 Mar 2025; looked at again on 1 Mar 2026",
        "Drains out on day 1 S. K., until 1 Apr 2025; looked at again on 1 Mar 2026",
        "In place from 15 Apr 2025",
        "Closed: Kept for good",
    ]
    with pytest.raises(WrongUsage, match="before 1 Mar 2026"):
        put_in_place(asked, only(asked), date(2026, 3, 1))
    with pytest.raises(WrongUsage, match="what came of it"):
        close_plan(asked, only(asked), " ")


def test_a_letter_changed_in_a_plan_that_is_in_place_leaves_it_in_place_from_the_same_day(asked: Records) -> None:
    open_plan(asked, SIGNAL, DRAFT)
    before = only(asked)
    put_in_place(asked, before, date(2024, 6, 1))
    change_plan(asked, before, replace(DRAFT, what="Drains out on day 2"))  # as somebody read it before it was in place
    change_plan(asked, only(asked), replace(DRAFT, what="Drains out on day 3", again=date(2026, 1, 1)))
    plan = only(asked)
    assert (plan.what, plan.state, plan.day, plan.again) == (
        "Drains out on day 3", DONE, date(2024, 6, 1), date(2026, 1, 1),
    )  # fmt: skip
    assert plan.overdue(date(2025, 12, 31)) == 0
    change_plan(asked, plan, replace(DRAFT, until=date(2025, 5, 1)))
    assert (only(asked).state, only(asked).day) == (OPEN, date(2025, 5, 1))
    put_in_place(asked, only(asked), date(2025, 9, 1))
    early = replace(DRAFT, until=date(2025, 5, 1), again=date(2025, 8, 1))
    with pytest.raises(WrongUsage, match="looked at again after 1 Sep 2025"):
        change_plan(asked, only(asked), early)


def test_the_longest_words_in_any_script_are_kept(asked: Records) -> None:
    open_plan(asked, SIGNAL, replace(DRAFT, what='"' * 600))
    close_plan(asked, only(asked), "\N{GRINNING FACE}" * 600)
    assert (only(asked).what, only(asked).came) == ('"' * 600, "\N{GRINNING FACE}" * 600)
    with pytest.raises(WrongUsage, match="what came of it"):
        close_plan(asked, only(asked), "\u200b")


def test_of_what_the_definitions_do_not_know_no_plan_is_opened_and_one_that_stands_can_be_closed(
    asked: Records,
) -> None:
    for strange, why in (
        (group_subject("nix", 730, "procedure", "tlif"), "no outcome"),
        (group_subject("fbss", 99_999, "procedure", "tlif"), "not a number of days"),
        (group_subject("fbss", 730, "nonsense", "tlif"), "nothing by which"),
        (SIGNAL.replace("complication", "nix"), "no outcome"),
    ):
        with pytest.raises(WrongUsage, match=why):
            open_plan(asked, strange, DRAFT)
    open_plan(asked, group_subject("fbss", 730, "symptom", "back_pain"), DRAFT)
    written = plans(asked)[0].lines[0].text
    asked.note("plan", group_subject("nix", 730, "procedure", "tlif"), written)
    plan = plans(asked)[1]
    assert plan_words(asked, plan) == "Tlif: nix, which is no outcome any more"
    close_plan(asked, plan, "Given up")
    assert plans(asked)[1].state == CLOSED


def test_a_plan_is_about_the_same_operations_whoever_looks(sample: Records, tmp_path: Path) -> None:
    asked = replace(sample, notebook=Notebook(tmp_path))
    own = replace(asked, viewer=Viewer("Dr Four", "surgeon", surgeon="S04"))
    tlif = group_subject("fbss", 730, "procedure", "tlif")
    open_plan(own, tlif, replace(DRAFT, until=date(2021, 3, 1), again=date(2026, 9, 30)))
    for_own, for_all = (seen_again(door, only(door)) for door in (own, asked))
    assert for_own is not None
    assert for_own == for_all
    assert plan_words(asked, only(asked)) == "TLIF, S04: FBSS by 2 years"
    assert (plan_about(asked, tlif), plan_about(own, tlif)) == (None, only(own))
    open_plan(asked, tlif, DRAFT)
    found = plan_about(asked, tlif)
    assert found is not None
    assert plan_words(asked, found) == "TLIF: FBSS by 2 years"


def test_those_overdue_come_first_the_longest_first(asked: Records) -> None:
    for name, until in (("later", 9), ("soon", 6), ("late", 4), ("longest", 2)):
        open_plan(asked, SIGNAL, replace(DRAFT, what=name, until=date(2025, until, 1)))
    put_in_place(asked, plans(asked)[3], date(2025, 2, 1))  # waits to be looked at again, on 1 Mar 2026
    found = standing(asked, date(2025, 5, 1))
    assert [(plan.what, plan.overdue(date(2025, 5, 1))) for plan in found] == [
        ("late", 30), ("soon", 0), ("later", 0), ("longest", 0),
    ]  # fmt: skip
    assert standing(asked, date(2026, 3, 2))[0].what == "late"
    assert standing(asked, date(2026, 3, 2))[-1].overdue(date(2026, 3, 2)) == 1


def test_a_plan_is_seen_and_changed_within_the_scope_of_whom_it_is_about(asked: Records) -> None:
    one, two, north = (replace(asked, viewer=viewer) for viewer in (ONE_SEES, TWO_SEES, NORTH))
    open_plan(asked, SIGNAL, DRAFT)
    assert (plans(one), plans(north), len(plans(two))) == ([], [], 1)
    put_in_place(two, only(two), date(2025, 2, 1))
    assert only(asked).state == only(two).state == DONE
    # A signal of one surgeon stands on single operations: a manager writes of none.
    for door, why in ((one, "beyond what you may see"), (north, "counts, not single operations")):
        with pytest.raises(NotAllowed, match="beyond what you may see"):
            close_plan(door, only(asked), "Not mine")
        with pytest.raises(NotAllowed, match=why):
            open_plan(door, SIGNAL, DRAFT)
        with pytest.raises(NotAllowed, match="beyond what you may see"):
            open_plan(door, group_subject("fbss", 730, "surgeon", "S02"), DRAFT)
    open_plan(one, group_subject("fbss", 730, "family", "fusion"), DRAFT)
    assert [plan.number for plan in plans(one)] == [plans(asked)[1].number]
    assert len(plans(two)) == 1


def test_of_a_signal_there_is_the_plan_that_stands_else_the_last(asked: Records) -> None:
    assert plan_about(asked, SIGNAL) is None
    for what in ("first", "second"):
        open_plan(asked, SIGNAL, replace(DRAFT, what=what))
    close_plan(asked, plans(asked)[1], "Nothing")
    found = plan_about(asked, SIGNAL)
    assert found is not None
    assert found.what == "first"


def test_a_plan_stands_on_charts_over_time_on_the_day_from_which_it_holds(asked: Records) -> None:
    asked.note("annotation", "annotation/2025-02-01", "New table")
    open_plan(asked, SIGNAL, DRAFT)
    drawn = [(one.day, one.text, one.who) for one in marks(asked)]
    assert drawn[0][:2] == (date(2025, 2, 1), "New table")
    assert drawn[1] == (date(2025, 3, 1), "Plan (to be in place): Drains out on day 1", "ward lead")
    put_in_place(asked, only(asked), date(2025, 1, 10))
    assert marks(asked)[0].day == date(2025, 1, 10)
    assert marks(asked)[0].text.startswith("Plan (in place): ")
    later = not_reached(marks(asked), [date(2024, 1, 1), date(2025, 1, 20)])
    assert [one.text for one in later] == ["New table"]
    assert not_reached(marks(asked), []) == []


def test_whoever_is_forgotten_is_forgotten_in_a_plan_which_stays_readable(asked: Records) -> None:
    assert asked.notebook is not None
    open_plan(asked, SIGNAL, replace(DRAFT, what=f"Look at P-{7:016X} again"))
    assert only(asked).what == f"Look at P-{7:016X} again"
    asked.notebook.forget(7)
    assert only(asked).what == "Look at [somebody who was forgotten] again"


def test_a_line_that_is_none_is_said_to_be_damaged(asked: Records) -> None:
    asked.note("plan", SIGNAL, "not as it was written")
    with pytest.raises(StoreDamaged, match="cannot be read"):
        plans(asked)


def test_when_its_day_has_come_the_figure_stands_before_and_after(sample: Records, tmp_path: Path) -> None:
    asked = replace(sample, notebook=Notebook(tmp_path))
    fusion = group_subject("fbss", 730, "family", "fusion")
    open_plan(asked, fusion, replace(DRAFT, until=date(2021, 3, 1), again=date(2026, 9, 30)))
    open_plan(asked, fusion, replace(DRAFT, until=date(2021, 3, 1), again=date(2026, 10, 1)))
    open_plan(asked, fusion, replace(DRAFT, until=date(1990, 1, 1)))
    come, waits, nothing_before = plans(asked)
    of_fusion = change_verdict(sample.of(Cohort(chosen={"family": ("fusion",)})), "fbss", 730, date(2021, 3, 1))
    seen = seen_again(asked.of(Cohort(chosen={"family": ("decompression",)})), come)
    assert seen is not None
    assert seen.claims == of_fusion.claims
    assert seen.sentence == f"{of_fusion.sentence} {BY_ITSELF}"
    assert seen_again(asked, waits) is None
    cannot = seen_again(asked, nothing_before)
    assert cannot is not None
    assert cannot.answer.startswith("Before and after cannot be compared: 1 Jan 1990 does not part")

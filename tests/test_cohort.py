"""The operations that a reader chose, in words, and what is not a choice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from dashboard.access import Viewer
from dashboard.cohort import FILTERS, LONGEST_NAME, PLACES, Cohort, understood
from dashboard.definitions import load
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.importing.formats.text_files import LONGEST_CELL

Period = tuple[date | None, date | None]


def test_the_same_choice_in_another_order_is_the_same_cohort() -> None:
    assert Cohort(chosen={"procedure": ("tlif", "alif", "tlif")}) == Cohort(chosen={"procedure": ("alif", "tlif")})


def test_words_are_understood_by_name_or_label_and_the_others_are_reported() -> None:
    choices = {"microdiscectomy": "Microdiscectomy", "tlif": "TLIF", "alif": "ALIF"}
    assert understood(choices, ["TLIF", "unheard_of", "microdiscectomy"]) == (
        ["microdiscectomy", "tlif"],
        ["unheard_of"],
    )


def test_is_described_in_words() -> None:
    cohort = Cohort(date(2024, 1, 5), date(2024, 12, 31), chosen={"procedure": ("tlif",)}, every_operation=True)
    labels = {"procedure": {"tlif": "TLIF"}}
    assert cohort.described(labels) == "Every operation; operated 5 Jan 2024 to 31 Dec 2024; procedure: TLIF"
    assert Cohort().described() == "Index operations"
    assert Cohort(operated_from=date(2024, 1, 5)).described() == "Index operations; operated from 5 Jan 2024"


def test_an_empty_choice_is_no_filter() -> None:
    assert Cohort(chosen={"procedure": (), "sex": ("male",)}) == Cohort(chosen={"sex": ("male",)})


@pytest.mark.parametrize(
    "wrong",
    [
        {"operated_from": date(2024, 2, 1), "operated_to": date(2024, 1, 1)},
        {"operated_from": "2024-01-01"},
        {"operated_from": datetime(2024, 1, 1)},  # noqa: DTZ001
        {"chosen": {"procedure": "tlif"}},
        {"chosen": {"procedure": (1,)}},
        {"chosen": {"surgeon": ("x" * (LONGEST_NAME + 1),)}},
        {"chosen": {"site": tuple(str(n) for n in range(501))}},
        {"chosen": {"shoe_size": ("44",)}},
        {"every_operation": "yes"},
    ],
)
def test_what_no_screen_offers_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(WrongUsage):
        Cohort(**wrong)


def test_a_surgeon_without_a_key_and_an_unknown_role_are_no_viewers() -> None:
    with pytest.raises(NotAllowed, match="no surgeon's key"):
        Viewer("Dr Who", "surgeon")
    with pytest.raises(NotAllowed, match="not a role"):
        Viewer("Somebody", "admin")  # type: ignore[arg-type]


def test_each_filter_has_a_word_a_dimension_and_a_label_of_its_own() -> None:
    for known in ("word", "dimension", "label"):
        assert len({getattr(each, known) for each in FILTERS}) == len(FILTERS)


def test_what_is_not_a_place_or_a_procedure_is_filtered_by_a_factor() -> None:
    assert {each.dimension for each in FILTERS} - load().factors.keys() == {"family", "procedure", "surgeon", "site"}


def test_every_filter_that_is_not_of_the_practice_or_the_operation_counts_among_the_few_of_protected_mode() -> None:
    assert [each.dimension for each in FILTERS if each.dimension in PLACES] == [
        "family",
        "procedure",
        "surgeon",
        "site",
    ]


@pytest.mark.parametrize(
    ("chosen", "wider"),
    [
        ((date(2024, 2, 29), date(2024, 4, 1)), (date(2024, 1, 1), date(2024, 6, 30))),
        ((date(2024, 10, 1), date(2024, 12, 31)), (date(2024, 10, 1), date(2024, 12, 31))),
        ((None, date(2023, 11, 5)), (None, date(2023, 12, 31))),
        ((date(2024, 9, 30), None), (date(2024, 7, 1), None)),
    ],
)
def test_a_period_becomes_whole_quarters_and_never_narrower(chosen: Period, wider: Period) -> None:
    assert Cohort(*chosen).in_quarters() == Cohort(*wider)


def test_protected_mode_takes_two_filters_of_the_patient_with_the_breakdown_among_them() -> None:
    two = Cohort(chosen={"age": ("a",), "sex": ("f",), "procedure": ("p",), "family": ("x",), "site": ("s",)})
    assert two.complaint() == two.complaint(["surgeon"]) == two.complaint(["", ("age", "sex")]) == ""
    assert "Take away one filter" in two.complaint(["smoking"])
    assert "Take away one filter" in two.complaint(["surgeon", ("age", "smoking")])
    assert "whole quarters" in Cohort(date(2024, 2, 1)).complaint()
    assert "index operations" in Cohort(every_operation=True).complaint()


def test_whoever_an_import_takes_can_be_chosen_however_long_the_name() -> None:
    assert LONGEST_NAME == LONGEST_CELL
    assert Cohort(chosen={"surgeon": ("x" * LONGEST_CELL,)}).chosen["surgeon"] == ("x" * LONGEST_CELL,)

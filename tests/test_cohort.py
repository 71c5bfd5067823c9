"""The operations that a reader chose, in words, and what is not a choice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from dashboard.access import Viewer
from dashboard.cohort import Cohort
from dashboard.errors import NotAllowed, WrongUsage


def test_the_same_choice_in_another_order_is_the_same_cohort() -> None:
    assert Cohort(procedures=("tlif", "alif", "tlif")) == Cohort(procedures=("alif", "tlif"))


def test_is_described_in_words() -> None:
    cohort = Cohort(date(2024, 1, 5), date(2024, 12, 31), procedures=("tlif",), every_operation=True)
    labels = {"procedure": {"tlif": "TLIF"}}
    assert cohort.described(labels) == "Every operation; operated 5 Jan 2024 to 31 Dec 2024; procedure: TLIF"
    assert Cohort().described() == "Index operations"
    assert Cohort(operated_from=date(2024, 1, 5)).described() == "Index operations; operated from 5 Jan 2024"


def test_a_filter_can_be_cleared() -> None:
    assert Cohort(procedures=("x",), sex=("male",)).without("procedures") == Cohort(sex=("male",))


@pytest.mark.parametrize(
    "wrong",
    [
        {"operated_from": date(2024, 2, 1), "operated_to": date(2024, 1, 1)},
        {"operated_from": "2024-01-01"},
        {"operated_from": datetime(2024, 1, 1)},  # noqa: DTZ001
        {"procedures": "tlif"},
        {"procedures": (1,)},
        {"surgeons": ("x" * 201,)},
        {"sites": tuple(str(n) for n in range(501))},
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

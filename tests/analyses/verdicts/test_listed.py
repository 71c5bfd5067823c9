"""What is said above a list of operations: counts of what stands in it, and nothing more."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.verdicts.listed import list_verdict
from dashboard.definitions import load

FBSS = load().outcomes["fbss"]


def said(*states: str) -> str:
    return list_verdict(pd.DataFrame({"state": list(states)}), FBSS).sentence


def test_the_list_is_counted_by_what_became_of_it_the_most_frequent_first() -> None:
    assert said("failed", "no failure seen", "no failure seen", "died before failing") == (
        "4 operations: 2 no failure seen, 1 failed and 1 died before failing (FBSS). Counts of this list, not shares."
    )


def test_a_list_of_one_kind_says_so_and_an_empty_one_too() -> None:
    assert said("failed", "failed") == "2 operations: all of them failed (FBSS)."
    assert said("failed") == "1 operation: failed (FBSS)."
    assert said() == "No operation is listed."

"""What a share could be if all whose state is unknown were well, or had failed: counted again, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dashboard.analyses.compare import compare
from dashboard.analyses.definitions_compared import definitions_compared
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import worked_off
from dashboard.analyses.modifiable import modifiable
from dashboard.analyses.risk_factors import risk_factors
from dashboard.records import Records
from dashboard.stats import survival
from tests.text_tables import assert_rows, records

DAYS = 365
DUE, NOT_DUE = "2022-01-10", "2024-08-01"
"""Text tables have data up to 1 Jan 2025: the landmark of the one had come, that of the other had not."""


class One(NamedTuple):
    """One operation of a generated list."""

    surgeon: str
    smoking: str
    operated: str
    state: str
    day: int


def one() -> some.SearchStrategy[One]:
    return some.builds(
        lambda surgeon, smoking, due, state, day: One(
            surgeon, smoking, DUE if due else NOT_DUE, state, day if due else day % 150
        ),
        some.sampled_from(("S01", "S02")), some.sampled_from(("never", "current")), some.booleans(),
        some.sampled_from(("left", "left", "failed", "died")),
        some.one_of(some.integers(0, 1000), some.just(DAYS), some.just(DAYS - 1), some.just(DAYS + 1)),
    )  # fmt: skip


def listed(folder: Path, people: Sequence[One]) -> Records:
    rows = [f"{n} | {' | '.join(map(str, one))}" for n, one in enumerate(people, start=1)]
    return records(folder, "\n".join(["operation | surgeon | smoking | operated | state | day", *rows]))


def by_hand(people: Sequence[One], *, dead: bool = True) -> tuple[int, float | None, float | None]:
    """How many were due, and the band; dead: whether those who died before the landmark are among them."""
    due = [one for one in people if one.operated == DUE and (dead or one.state != "died" or one.day >= DAYS)]
    failed = sum(one.state == "failed" and one.day <= DAYS for one in due)
    lost = sum(one.state == "left" and one.day < DAYS for one in due)
    return (len(due), failed / len(due), (failed + lost) / len(due)) if due else (0, None, None)


def band(row: Any) -> tuple[int, float | None, float | None]:
    limits = (None if pd.isna(value) else float(value) for value in (row["best_case"], row["worst_case"]))
    return (int(row["due"]), *limits)  # type: ignore[return-value]


@settings(max_examples=6)
@given(some.lists(one(), min_size=1, max_size=40))
def test_every_band_is_of_those_due_from_all_the_lost_well_to_all_of_them_failed(people: list[One]) -> None:
    with TemporaryDirectory() as folder:
        asked = listed(Path(folder), people)
        whole = failure_rate(asked, "fbss", None, DAYS).iloc[0]
        assert band(whole) == by_hand(people)
        compared = definitions_compared(asked, DAYS).set_index("outcome").loc["fbss"]
        assert band(compared) == band(whole)
        bands = risk_factors(asked, "fbss", DAYS).query("factor == 'smoking'").rename(columns={"band": "group"})
        assert_bands(failure_rate(asked, "fbss", "surgeon", DAYS), people, "surgeon")
        assert_bands(failure_rate(asked, "fbss", "smoking", DAYS), people, "smoking")
        assert_bands(bands, people, "smoking")
        (smoking,) = modifiable(asked, "fbss", DAYS).rows.query("factor == 'smoking'").to_dict("records")
        assert band(smoking) == by_hand([one for one in people if one.smoking == "current"])
        units = compare(asked, "fbss", "surgeon", DAYS).units.rename(columns={"unit": "group"})
    # Compare counts those whose state is known and leaves the dead out, and so does its band.
    assert_bands(units, people, "surgeon", dead=False)
    known = units[units["operations"] > 0]
    share = known["failed"] / known["operations"]
    assert ((known["best_case"] <= share + 1e-12) & (share <= known["worst_case"] + 1e-12)).all()


def assert_bands(rows: pd.DataFrame, people: Sequence[One], column: str, *, dead: bool = True) -> None:
    for _, row in rows.iterrows():
        own = [one for one in people if getattr(one, column) == row["group"]]
        assert band(row) == by_hand(own, dead=dead)


@given(some.lists(one(), min_size=1, max_size=60))
def test_the_estimate_of_those_due_lies_within_their_band(people: list[One]) -> None:
    """Only those not yet due can take a share out of the band beside it."""
    due = [one for one in people if one.operated == DUE]
    frame = pd.DataFrame(due, columns=One._fields)
    counts = pd.DataFrame(
        {
            "day": frame["day"].astype(int),
            "failed": (frame["state"] == "failed").astype(int),
            "died": (frame["state"] == "died").astype(int),
            "left": (frame["state"] == "left").astype(int),
        }
    )
    at = survival.share_at(counts.groupby("day", as_index=False).sum(), DAYS)
    _, best, worst = by_hand(due)
    if at.share is not None and best is not None and worst is not None:
        assert best - 1e-12 <= at.share <= worst + 1e-12


def test_the_dead_stay_dead_and_those_not_yet_due_take_no_part(tmp_path: Path) -> None:
    people = [
        One("S01", "never", DUE, "failed", 30),
        One("S01", "never", DUE, "failed", 400),
        One("S01", "never", DUE, "left", 364),
        One("S01", "never", DUE, "left", 365),
        One("S01", "never", DUE, "died", 100),
        One("S01", "never", NOT_DUE, "failed", 30),
        One("S01", "never", NOT_DUE, "left", 100),
    ]
    # five were due: one had failed, one was lost, one had died
    assert_rows(
        failure_rate(listed(tmp_path, people), "fbss", None, DAYS),
        "operations | due | lost | not_due | best_case | worst_case\n7 | 5 | 1 | 2 | 0.2 | 0.4",
    )


@pytest.mark.parametrize("by", ["site", "surgeon"])
def test_at_a_visit_the_band_is_the_same_wherever_it_stands(sample: Records, by: str) -> None:
    rates = failure_rate(sample, "not_better", by).set_index("group")
    units = compare(sample, "not_better", by).units.set_index("unit")
    columns = ["due", "best_case", "worst_case"]
    assert len(units) >= 3
    pd.testing.assert_frame_equal(units[columns], rates.loc[units.index, columns], check_names=False, check_dtype=False)
    whole = failure_rate(sample, "not_better").iloc[0]
    (worked,) = worked_off(sample).query("outcome == 'not_better'").to_dict("records")
    assert band(worked) == band(whole)
    assert worked["overdue"] + worked["others"] == whole["lost"]

"""A published figure stands beside a group only where it counts the same, at the same time, after the same surgery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.analyses.published import COLUMNS, beside, figure_words, published, time_words
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import Records
from tests.text_tables import records

TWO = """
operation | procedure
1         | microdiscectomy
2         | tlif
"""
EVERYBODY = Cohort()
STENOSIS = Cohort(chosen={"indication": ("stenosis",)})


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Records:
    return records(tmp_path_factory.mktemp("published"), TWO)


def standing(door: Records, outcome: str, by: str | None, days: int, cohort: Cohort = EVERYBODY) -> dict[str, Any]:
    """By group the published figure beside it: name and value."""
    found = published(door.of(cohort), outcome, by, days)
    return {group: (row.name_, row.value) for row in named(found) for group in row.groups}


def named(found: pd.DataFrame) -> list[Any]:
    return list(found.rename(columns={"name": "name_"}).itertuples())


def why(found: pd.DataFrame, name: str, days: int | None = None) -> str:
    rows = found[found["name"] == name]
    rows = rows[rows["within_days"] == days] if days is not None else rows
    return str(rows["why"].iloc[0])


def test_reoperation_after_two_years_stands_beside_the_surgery_that_was_followed(door: Records) -> None:
    assert standing(door, "reoperation", "procedure", 730) == {
        "microdiscectomy": ("disc_reoperation_korea", 0.06), "endoscopic_discectomy": ("disc_reoperation_korea", 0.06),
        "laminectomy": ("stenosis_reoperation_korea", 0.062),
    }  # fmt: skip


def test_at_another_time_it_is_another_figure_or_none(door: Records) -> None:
    assert standing(door, "reoperation", "procedure", 90) == dict.fromkeys(
        ("microdiscectomy", "endoscopic_discectomy"), ("disc_reoperation_norway", 0.021)
    )
    one_year = standing(door, "reoperation", "procedure", 365)
    assert one_year["laminectomy"] == ("stenosis_reoperation_sweden", 0.02)
    assert standing(door, "reoperation", "procedure", 400) == {}


def test_a_family_holds_other_surgery_too_unless_the_reader_narrowed_it(door: Records) -> None:
    assert standing(door, "reoperation", "family", 730) == {}
    narrowed = standing(door, "reoperation", "family", 730, STENOSIS)
    assert narrowed["decompression"] == ("stenosis_reoperation_korea", 0.062)
    discs = Cohort(chosen={"procedure": ("microdiscectomy", "endoscopic_discectomy")})
    assert standing(door, "reoperation", "family", 730, discs) == {"decompression": ("disc_reoperation_korea", 0.06)}
    assert standing(door, "reoperation", None, 730, discs) == {"all": ("disc_reoperation_korea", 0.06)}


def test_of_two_that_fit_the_first_is_drawn_and_the_other_says_so(door: Records) -> None:
    found = published(door, "reoperation", "procedure", 730)
    said = why(found, "stenosis_reoperation_sweden", 730)
    assert said == "fits too, but reoperation after stenosis surgery, Korea already stands there"


def test_nothing_stands_beside_the_findings_of_a_clinician_and_each_says_why(door: Records) -> None:
    found = published(door, "fbss", "family", 365)
    assert not any(found["groups"])
    assert why(found, "coded_fbss_us", 365).startswith("counts otherwise: a code in insurance claims")
    assert why(found, "fusion_upper").startswith("counts otherwise: persistent or new pain")
    assert why(found, "reoperation_washington") == "counts another outcome: Reoperation"


def test_what_can_never_be_drawn_has_its_place_in_the_list(door: Records) -> None:
    found = published(door, "reoperation", "procedure", 730)
    assert why(found, "reoperation_washington") == "another time: 11 years"
    assert why(found, "stenosis_reoperation_korea", 3650) == "another time: 10 years"
    assert why(published(door, "fbss", "procedure", 365), "recurrent_herniation").startswith(
        "counts otherwise: one cause"
    )


def test_worsening_stands_with_the_worsening_outcome_alone(door: Records) -> None:
    assert standing(door, "odi_worse", "procedure", 730) == {"laminectomy": ("stenosis_odi_worse_norway", 0.087)}
    assert standing(door, "prom_failure", "procedure", 730) == {}


def test_by_number_of_previous_operations_the_surgery_must_be_the_same(door: Records) -> None:
    found = published(door, "acceptable_state", "previous_operations", 730)
    assert why(found, "acceptable_state_norway").startswith("other surgery: surgery for lumbar stenosis or disc")
    chosen = Cohort(chosen={"indication": ("stenosis", "disc_herniation")})
    beside_bands = standing(door, "acceptable_state", "previous_operations", 730, chosen)
    assert beside_bands == {
        "none": ("acceptable_state_norway", 0.34), "four_over": ("acceptable_state_norway", 0.78),
    }  # fmt: skip
    assert standing(door, "acceptable_state", "smoking", 730, chosen) == {}


def test_every_figure_stands_beside_a_group_or_says_why_not(door: Records) -> None:
    figures = sum(len(one.figures) for one in load().benchmarks.values() if one.outcome is not None)
    for outcome in load().outcomes:
        for by, days in ((None, 730), ("procedure", 90), ("procedure", 730), ("surgeon", 730), ("smoking", 365)):
            found = published(door, outcome, by, days)
            assert list(found.columns) == COLUMNS
            assert len(found) == figures
            assert [bool(groups) for groups in found["groups"]] == [not said for said in found["why"]]
            groups = [group for row in found["groups"] for group in row]
            assert len(groups) == len(set(groups))
            drawn = found[[bool(groups) for groups in found["groups"]]]
            assert set(drawn["outcome"]) <= {outcome}


def test_the_rates_take_what_stands_beside_their_group(door: Records) -> None:
    rates = pd.DataFrame({"group": ["microdiscectomy", "tlif"], "share": [0.1, 0.2]}, index=[4, 7])
    found: Any = beside(rates, published(door, "reoperation", "procedure", 90))
    assert found["published_kind"].tolist() == ["estimate", None]
    assert found.loc[4, ["published_value", "published_low", "published_high"]].tolist() == [0.021, 0.02, 0.023]
    assert found.loc[7, "published_value"] is None


def test_a_figure_is_worded_as_its_kind_has_it(door: Records) -> None:
    words = {row.name_: figure_words(row) for row in named(published(door, "fbss"))}
    assert words["disc_reoperation_norway"] == "2.1 % (2.0 to 2.3)"
    assert words["recurrent_herniation"] == "5.0 to 15.0 %"
    assert words["fusion_upper"] == "up to 46.0 %"
    assert [time_words(days) for days in (None, 90, 365, 1095, 183)] == [
        "no fixed time", "90 days", "1 year", "3 years", "183 days",
    ]  # fmt: skip


def test_the_command_gives_the_same_list(tmp_path: Path) -> None:
    from dashboard.analyses.questions import answer

    door = records(tmp_path, TWO)
    asked = answer(door, "published", "reoperation", "procedure", 730)
    pd.testing.assert_frame_equal(asked, published(door, "reoperation", "procedure", 730))

"""What registries and payers ask for: pairs, early events and completeness, counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.analyses import programmes as asked
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.programmes import programme
from dashboard.analyses.trajectories import trajectories
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import proportions
from tests.text_tables import assert_rows, records

OPERATED = """
operation | surgeon | procedure       | operated   | indication
1         | S01     | microdiscectomy | 2024-01-10 | disc_herniation
2         | S01     | microdiscectomy | 2024-01-10 | disc_herniation
3         | S01     | microdiscectomy | 2024-01-10 | disc_herniation
4         | S01     | laminectomy     | 2024-01-10 | stenosis
5         | S02     | laminectomy     | 2024-01-10 | stenosis
6         | S02     | laminectomy     | 2024-01-10 | deformity
7         | S02     | laminectomy     | 2024-01-10 | stenosis
8         | S02     | laminectomy     | 2024-12-20 | stenosis
9         | S02     | tlif            | 2024-01-10 | stenosis
10        | S02     | laminectomy     | 2024-01-10 | stenosis
"""
"""The data date is 1 January 2025."""
AGES = "operation | age\n7 | 17\n1 | 18"
ANSWERS = """
operation | visit_date | odi | back_pain
1         | 2023-11-01 | 60  | 8
1         | 2024-01-10 | 52  | 8
1         | 2024-04-10 | 22  | 4
2         | 2023-12-01 | 70  | 9
2         | 2024-02-21 | 40  | 4
2         | 2024-05-29 | 41  | 9
3         | 2023-10-09 | 70  |
3         | 2024-04-10 | 40  | 3
4         | 2024-01-01 | 53  |
4         | 2024-04-10 | 23  |
5         | 2024-01-01 | 52  |
5         | 2024-04-10 | 23  |
6         | 2024-01-01 | 52  |
6         | 2024-04-10 | 0   |
7         | 2024-01-01 | 52  |
7         | 2024-04-10 | 0   |
9         | 2024-04-10 | 0   |
10        | 2024-02-20 | 10  |
10        | 2024-05-30 | 10  |
"""
"""2: days 42 and 140, equally far from the middle. 3: its answer before is 93 days old. 10: days 41 and 141."""
DIED = "patient | death_date\n10 | 2024-02-25"


def pairs(folder: Path, by: str | None = None) -> pd.DataFrame:
    made = records(folder, OPERATED, operation=AGES, follow_up=ANSWERS, patient=DIED)
    return programme(made, "us_lumbar", by)


def test_a_pair_is_told_by_its_days_and_its_target_by_either_way(tmp_path: Path) -> None:
    """Asked of 9 (the fusion is not); 6 left out by indication and 7 by age; 8 is not due; 1, 2, 3, 4, 5, 10 are."""
    rows = pairs(tmp_path).set_index("field")
    found = rows.loc[["disability_decompression"]]
    assert_rows(
        found,
        """
        operations | left_out | not_due | due | died | earlier | later | recorded | counted | state
        9          | 2        | 1       | 6   | 1    | 4       | 5     | 4        | 3       | incomplete
        """,
    )
    row: Any = found.iloc[0]
    # Met: 1 (22 is 22 or less), 2 (70 to 40) and 4 (53 to 23); not 5 (52 to 23), nor 3, whose change is not known.
    assert (row["share"], row["lower"], row["upper"]) == pytest.approx(tuple(proportions.wilson(3, 6) or ()))
    assert (row["later_share"], row["recorded_share"]) == pytest.approx((3 / 5, 4 / 6))
    assert not row["shown"]


def test_a_level_that_is_reached_needs_no_answer_before_surgery(tmp_path: Path) -> None:
    row: Any = pairs(tmp_path).set_index("field").loc["back_pain_decompression"]
    # 3: back pain 3 without one before. 2: from 9 to 4. 1: from 8 to 4 is neither.
    assert (row["earlier"], row["later"], row["recorded"], row["counted"]) == (2, 3, 2, 2)


def test_a_later_window_is_not_due_before_its_end(tmp_path: Path) -> None:
    row: Any = pairs(tmp_path).set_index("field").loc["disability_fusion"]
    assert (row["operations"], row["not_due"], row["due"], row["state"]) == (1, 1, 0, "not yet due")
    assert pd.isna(row["share"])


def test_pairs_of_each_surgeon_add_up(tmp_path: Path) -> None:
    rows = pairs(tmp_path, "surgeon")
    found = rows[rows["field"] == "disability_decompression"]
    assert_rows(
        found,
        """
        group | operations | left_out | not_due | due | counted
        S01   | 4          | 0        | 0       | 4   | 3
        S02   | 5          | 2        | 1       | 2   | 0
        """,
    )


EVENTS = """
operation | outcome     | operated   | state  | day
1         | reoperation | 2024-01-10 | failed | 20
1         | readmission | 2024-01-10 | left   | 300
2         | reoperation | 2024-01-10 | failed | 31
2         | readmission | 2024-01-10 | failed | 30
3         | reoperation | 2024-01-10 | died   | 25
3         | readmission | 2024-01-10 | died   | 25
4         | reoperation | 2024-01-10 | left   | 300
4         | readmission | 2024-01-10 | left   | 300
5         | reoperation | 2024-01-10 | left   | 12
5         | readmission | 2024-01-10 | left   | 12
6         | reoperation | 2024-12-15 | left   | 17
6         | readmission | 2024-12-15 | failed | 2
"""
TEARS = """
operation | complication | complication_date
1         | dural_tear   | 2024-01-10
4         | other        | 2024-02-10
4         | readmission  | 2024-01-12
6         | haematoma    | 2024-12-15
"""


def events(folder: Path, by: str | None = None) -> pd.DataFrame:
    made = records(folder, EVENTS, complication=TEARS)
    return programme(made, "thirty_days", by).set_index("field")


def test_the_first_of_several_events_counts_once_and_on_its_day(tmp_path: Path) -> None:
    """Day 31 is no day of the first 30, nor is a readmission that was recorded as a complication counted as another."""
    rows = events(tmp_path)
    counted = rows["counted"].dropna().astype(int)
    assert counted.to_dict() == {"any": 4, "return_to_theatre": 1, "readmission": 2, "complication": 2, "death": 1}
    row: Any = rows.loc["any"]
    # 6 is not yet due; of the five others 5 was last seen on day 12, and 1, 2 and 3 had one: 3 to 4 of 5.
    assert (row["operations"], row["not_due"], row["due"], row["recorded"]) == (6, 1, 5, 4)
    assert (row["best_case"], row["worst_case"]) == pytest.approx((3 / 5, 4 / 5))
    assert rows.loc["from_discharge", "state"] == "not recorded here"


def test_where_an_outcome_says_the_same_the_figure_is_that_of_every_screen(sample: Records) -> None:
    for by in (None, "family"):
        rows = programme(sample, "thirty_days", by)
        for field, outcome in (("readmission", "readmission"), ("return_to_theatre", "reoperation")):
            mine, screen = rows[rows["field"] == field], failure_rate(sample, outcome, by, 30)
            shown = ["operations", "due", "share", "lower", "upper", "best_case", "worst_case"]
            assert mine["group"].tolist() == screen["group"].tolist()
            assert mine[shown].to_numpy(float) == pytest.approx(screen[shown].to_numpy(float), nan_ok=True)
            assert mine["counted"].tolist() == screen["failed"].tolist()


def test_what_nobody_records_is_not_known_and_never_none(tmp_path: Path) -> None:
    made = records(tmp_path, EVENTS.replace("died", "left"), missing_kind="kind\ncomplication\nodi\nback_pain")
    rows = programme(made, "thirty_days").set_index("field")
    for field in ("any", "readmission", "complication", "death"):
        row: Any = rows.loc[field]
        assert (row["state"], pd.isna(row["counted"])) == ("nobody records it", True), field
        assert "That is not 0 %" in row["why"] or "nobody records it" in row["why"]
    assert rows.loc["return_to_theatre", "counted"] == 1
    without_deaths = records(tmp_path / "deaths", EVENTS.replace("died", "left"), complication=TEARS)
    rows = programme(without_deaths, "thirty_days").set_index("field")
    assert (rows.loc["any", "counted"], rows.loc["death", "state"]) == (3, "nobody records it")
    assert str(rows.loc["any", "why"]).endswith("No death is recorded of any of the patients that you may see.")
    assert set(programme(made, "us_lumbar").query("part == 'After fusion'")["state"]) == {
        "no operations",
        "nobody records it",
    }
    scores = programme(made, "ichom_low_back_pain").set_index("field").loc["disability"]
    assert set(scores["state"]) == {"nobody records it"}


def test_a_set_says_of_each_field_whether_it_is_recorded(sample: Records) -> None:
    rows = programme(sample, "ichom_low_back_pain")
    assert set(rows["field"]) == {field.name for field in load().programmes["ichom_low_back_pain"].fields}
    told = rows.set_index(["field", "asked_at"])
    for field in ("education", "work_before", "quality_of_life", "deep_infection"):
        assert rows[rows["field"] == field][["share", "median"]].isna().all(axis=None)
        assert (rows[rows["field"] == field]["why"].str.len() > 20).all()
    odi = trajectories(sample, "odi_change").set_index("months")
    for months, when in ((0, "before surgery"), (12, "12 months")):
        row: Any = told.loc[("disability", when)]
        assert (row["recorded"], row["median"]) == (odi.loc[months, "answers"], odi.loc[months, "half"])
        assert row["median_lower"] <= row["median"] <= row["median_upper"]
        assert row["operations"] == row["due"] + (0 if months == 0 else row["died"] + row["not_due"])


def test_nothing_is_a_set_too(tmp_path: Path) -> None:
    rows = asked.programmes(records(tmp_path, "operation\n"))
    assert set(rows["state"]) == {"no operations", "not recorded here", "recorded otherwise", "nobody records it"}
    assert rows["counted"].fillna(0).eq(0).all()


def test_only_places_and_programmes_that_there_are_can_be_asked(tmp_path: Path) -> None:
    made = records(tmp_path, OPERATED)
    with pytest.raises(WrongUsage, match="broken down by"):
        programme(made, "us_lumbar", "age")
    with pytest.raises(WrongUsage, match="Programmes are ichom_low_back_pain, us_lumbar, thirty_days"):
        programme(made, "ichom")

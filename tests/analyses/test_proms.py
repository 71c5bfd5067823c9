"""Changes that patients report: by hand, and on the sample."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard.analyses.proms import by_baseline, opinions, proms, proms_table
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from tests.text_tables import records

SIX = "operation | procedure\n" + "\n".join(f"{n} | {'tlif' if n > 4 else 'laminectomy'}" for n in range(1, 7))
VISITS = """
operation | procedure   | visit | state | odi_before | odi_change | eq5d_change | gpe
1         | laminectomy | 12    | 1     | 40         | 13         | 0.10        | 1
2         | laminectomy | 12    | 1     | 40         | 12         | 0.09        | 4
3         | laminectomy | 12    | 1     | 15         | -8         |             |
4         | laminectomy | 12    | 1     |            |            |             | 4
5         | tlif        | 12    | 1     | 70         | 30         | -0.05       | 2
6         | tlif        | 12    | 4     |            |            |             |
"""


def at_12(rows: Any, group: str = "all") -> Any:
    return rows[(rows["visit"] == 12) & (rows["group"] == group)].iloc[0]


def asked(folder: Path) -> Records:
    return records(folder, SIX, visit_state=VISITS)


def test_a_change_is_held_against_its_threshold(tmp_path: Path) -> None:
    row = at_12(proms(asked(tmp_path), "odi_change"))
    assert (row["due"], row["answered"], row["with_change"]) == (6, 5, 4)
    assert (row["mcid_reached"], row["substantial"], row["worse"]) == (2, 1, 1)
    assert (row["mcid_share"], row["worse_share"]) == (0.5, 0.25)
    assert (row["median"], row["lower_quartile"], row["upper_quartile"]) == (12, -8, 13)


def test_a_change_at_the_threshold_reaches_it_in_decimal_numbers_too(tmp_path: Path) -> None:
    row = at_12(proms(asked(tmp_path), "eq5d_change"))
    assert (row["median"], row["mcid_reached"], row["worse"]) == (0.09, 1, 1)


def test_families_add_their_procedures_up(tmp_path: Path) -> None:
    row = at_12(proms(asked(tmp_path), "odi_change", "family"), "fusion")
    assert (row["due"], row["with_change"], row["mcid_reached"]) == (2, 1, 1)
    assert not row["shown"]


def test_those_who_began_with_little_stand_apart(tmp_path: Path) -> None:
    bands = by_baseline(asked(tmp_path), "odi_change", 12).set_index("band")["with_change"]
    assert bands.tolist() == [1, 2, 0, 1, 0]


def test_words_are_counted_of_those_who_gave_one(tmp_path: Path) -> None:
    rows = opinions(asked(tmp_path))
    gpe: Any = rows[(rows["opinion"] == "gpe") & (rows["visit"] == 12)].set_index("answer_label")
    assert gpe["answers"].to_dict() | {} == {
        "Completely recovered": 1, "Much better": 1, "Slightly better": 0, "Unchanged": 2, "Slightly worse": 0,
        "Much worse": 0, "Worse than ever": 0,
    }  # fmt: skip
    assert gpe.loc["Unchanged", "share"] == 0.5
    assert gpe.loc["Unchanged", "due"] == 6


def test_groups_of_the_sample_add_up_to_everybody(sample: Records) -> None:
    for measure in load().patient_reported.measures:
        whole, by = proms(sample, measure.name), proms(sample, measure.name, "procedure")
        for name in ("due", "answered", "with_change", "mcid_reached", "worse"):
            assert by.groupby("visit")[name].sum().tolist() == whole[name].tolist(), (measure.name, name)


def test_no_useful_improvement_is_the_rest_of_those_who_improved(sample: Records) -> None:
    """The failure definition by disability (less than 13 points) and the important change (12.8) are one reading."""
    from dashboard.analyses.failure_rate import failure_rate

    failed = failure_rate(sample, "prom_failure")["failed"].iloc[0]
    row = at_12(proms(sample, "odi_change"))
    assert row["with_change"] - row["mcid_reached"] == pytest.approx(failed, abs=0.02 * row["with_change"])


def test_the_table_has_every_measure(sample: Records) -> None:
    table = proms_table(sample)
    assert set(table["measure"]) == {measure.name for measure in load().patient_reported.measures}
    assert set(table["thresholds"]) == {"clinics", "registries"}
    assert len(table) == 2 * 12


def test_the_reader_chooses_which_changes_matter(tmp_path: Path) -> None:
    records_of_six = asked(tmp_path)
    row = at_12(proms(records_of_six, "odi_change", None, "registries"))
    assert (row["important_change"], row["substantial_change"], row["worse_change"]) == (18, 22, 8)
    assert (row["mcid_reached"], row["substantial"], row["worse"], row["detectable"]) == (1, 1, 1, 1)
    assert by_baseline(records_of_six, "odi_change", 12, "registries")["mcid_reached"].sum() == 1
    with pytest.raises(WrongUsage, match="Choose one of clinics, registries"):
        proms(records_of_six, "odi_change", None, "clinic")


def test_what_a_set_does_not_say_is_not_counted(tmp_path: Path) -> None:
    row = at_12(proms(asked(tmp_path), "back_change", None, "registries"))
    assert pd.isna(row["worse"])
    assert pd.isna(row["worse_share"])


def test_a_change_below_the_smallest_detectable_is_marked_within_error(tmp_path: Path) -> None:
    table = proms_table(asked(tmp_path))
    beyond = table[~table["within_error"].astype(bool)]
    assert set(zip(beyond["measure"], beyond["thresholds"], strict=True)) == {("odi_change", "registries")}

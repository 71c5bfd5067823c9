"""Why operations failed, when each cause shows itself, and what was done that helped: by hand and on the sample."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard.analyses.causes import (
    NO_CAUSE,
    cause_curves,
    causes,
    causes_table,
    found_matrix,
    onset_by_cause,
    shown_after,
)
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.treatments import care, treatments_table
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import Records
from tests.text_tables import assert_rows, records

FIVE = """
operation | procedure       | state  | day | cause
1         | microdiscectomy | failed | 10  | infection
2         | microdiscectomy | failed | 20  | scar_tissue
3         | tlif            | died   | 30  | not recorded
4         | tlif            | failed | 40  | infection
5         | tlif            | left   | 900 | not recorded
"""
FOUND = """
operation | cause       | main
1         | infection   | yes
1         | instability | no
2         | scar_tissue | yes
4         | infection   | yes
"""
TREATED = """
operation | treatment                   | step         | attempt | treatment_outcome | day
1         | revision_surgery            | surgery      | 1       | unchanged         | 5
1         | minimally_invasive_revision | surgery      | 2       | improved          | 50
2         | urgent_revision             | surgery      | 1       | improved          | 1
2         | exercise                    | conservative | 1       | not recorded      | 9
"""
PATHS = """
operation | path | treatment_outcome
1         | 4    | improved
2         | 41   | improved
4         | 0    | not recorded
"""


def asked(folder: Path) -> Records:
    return records(folder, FIVE, finding_event=FOUND, treatment_event=TREATED, care_path=PATHS)


def one(frame: pd.DataFrame, column: str, value: object) -> pd.Series:
    return frame[frame[column] == value].iloc[0]


def test_a_cause_is_a_share_of_the_failures_seen(tmp_path: Path) -> None:
    answer = causes(asked(tmp_path), "fbss")
    infection = one(answer.causes, "cause", "infection")
    assert (answer.failed, answer.without_cause) == (3, 0)
    assert (infection["failed"], infection["also_found"]) == (2, 0)
    assert infection["share"] == pytest.approx(2 / 3)
    assert one(answer.causes, "cause", "instability")["also_found"] == 1


def test_every_cause_of_the_vocabulary_is_a_row(sample: Records) -> None:
    answer = causes(sample, "fbss")
    assert answer.causes["cause"].tolist() == list(load().vocabularies["cause"])
    assert answer.causes["failed"].sum() + answer.without_cause == answer.failed
    assert answer.matrix["operations"].sum() == answer.failed


def test_failure_from_another_cause_competes(tmp_path: Path) -> None:
    curves = cause_curves(asked(tmp_path), "fbss")
    infection = curves[curves["group"] == "infection"].set_index("day")["share"]
    # 1/5 on day 10; scar on 20 and a death on 30 leave 2/5 free of all, of whom one of two on day 40
    assert infection.to_dict() == pytest.approx({0: 0, 10: 0.2, 20: 0.2, 30: 0.2, 40: 0.4, 900: 0.4})


def test_the_causes_together_are_the_failures(sample: Records) -> None:
    by_cause = cause_curves(sample, "fbss").groupby("group")["share"].last().sum()
    assert by_cause == pytest.approx(failure_curve(sample, "fbss")["share"].iloc[-1], rel=1e-9)


def test_what_shows_itself_late_stands_first(sample: Records) -> None:
    late = shown_after(sample.of(Cohort(chosen={"procedure": ("tlif",)})), "fbss", after_days=274)
    assert late["label"].iloc[0] == "Pseudarthrosis"
    assert late["after"].is_monotonic_decreasing


def test_a_failure_without_a_finding_has_no_cause_recorded(tmp_path: Path) -> None:
    asked = records(tmp_path, "operation | state | day\n1 | failed | 10")
    assert causes(asked, "fbss").without_cause == 1
    assert causes(asked, "fbss").matrix["cause_label"].tolist() == [NO_CAUSE]
    assert shown_after(asked, "fbss", after_days=9)["label"].tolist() == [NO_CAUSE]
    assert onset_by_cause(asked, "fbss")["label"].unique().tolist() == [NO_CAUSE]


def test_every_cause_found_counts_once_for_each_of_its_operations(tmp_path: Path) -> None:
    found = found_matrix(asked(tmp_path), "family")
    assert found["operations"].sum() == 4
    assert one(found, "cause", "instability")["label"] == "Decompression"


def test_when_each_cause_shows_itself_adds_up_to_the_failures(sample: Records) -> None:
    rows = onset_by_cause(sample, "fbss", within_days=730)
    failed = causes(sample, "fbss", within_days=730).causes.set_index("cause")["failed"]
    counted = rows.groupby("cause")["operations"].sum()
    assert counted.to_dict() == failed[failed > 0].to_dict()
    infection = rows[(rows["cause"] == "infection") & (rows["operations"] > 0)]
    assert infection["category"].tolist() == ["early_recovery"]


def test_the_table_has_a_row_for_each_cause_and_procedure(tmp_path: Path) -> None:
    assert_rows(
        causes_table(asked(tmp_path), "fbss"),
        """
        cause       | label           | failed | of | share
        scar_tissue | Microdiscectomy | 1      | 2  | 0.5
        infection   | Microdiscectomy | 1      | 2  | 0.5
        infection   | Tlif            | 1      | 1  | 1
        """,
    )


def test_steps_are_those_that_failed_operations_reached(tmp_path: Path) -> None:
    steps = care(asked(tmp_path)).steps
    surgery, conservative = one(steps, "step", "surgery"), one(steps, "step", "conservative")
    assert (surgery["operations"], surgery["of"], conservative["operations"]) == (2, 3, 1)
    # first treatments of the step began on days 1 and 5
    assert (surgery["timed"], surgery["quarter"], surgery["half"], surgery["three_quarters"]) == (2, 1, 1, 5)


def test_every_treatment_of_a_step_counts_for_how_it_ended(tmp_path: Path) -> None:
    ended = care(asked(tmp_path)).ended
    assert_rows(
        ended[ended["treatments"] > 0],
        """
        step         | treatments | improved | unchanged | worse | not recorded | recorded | share
        conservative | 1          | 0        | 0         | 0     | 1            | 0        |
        surgery      | 3          | 2        | 1         | 0     | 0            | 3        | 0.6666666666666666
        """,
    )


def test_an_operation_counts_once_under_the_step_of_its_first_treatment(tmp_path: Path) -> None:
    first = care(asked(tmp_path)).first
    assert_rows(
        first[first["treatments"] > 0],
        """
        step    | treatments | improved | unchanged | recorded | shown
        surgery | 2          | 1        | 1         | 2        | False
        """,
    )


def test_each_treatment_has_the_days_from_the_failure_to_its_first(tmp_path: Path) -> None:
    assert_rows(
        care(asked(tmp_path)).each[["treatment", "treatments", "improved", "timed", "half"]],
        """
        treatment                   | treatments | improved | timed | half
        urgent_revision             | 1          | 1        | 1     | 1
        revision_surgery            | 1          | 0        | 1     | 5
        minimally_invasive_revision | 1          | 1        | 1     | 50
        exercise                    | 1          | 0        | 1     | 9
        """,
    )


def test_paths_stand_in_words_the_most_frequent_first(sample: Records) -> None:
    paths = care(sample).paths
    assert paths["label"].iloc[0] == "Conservative"
    assert "Conservative → interventional → surgery" in set(paths["label"])
    assert paths["operations"].sum() == care(sample).failed
    assert paths["operations"].is_monotonic_decreasing


def test_attempts_leave_urgent_revisions_apart(tmp_path: Path) -> None:
    answer = care(asked(tmp_path))
    assert_rows(
        answer.attempts,
        """
        label           | treatments | improved | unchanged | recorded | shown
        First revision  | 1          | 0        | 1         | 1        | False
        Second revision | 1          | 1        | 0         | 1        | False
        """,
    )
    assert one(answer.kinds, "kind", "urgent")["improved"] == 1
    assert answer.difference is None


def test_the_second_revision_helps_less_often_in_the_sample(sample: Records) -> None:
    attempts = care(sample).attempts
    assert attempts["share"].iloc[0] > attempts["share"].iloc[1]
    assert care(sample).difference is not None


def test_not_recorded_is_no_outcome(tmp_path: Path) -> None:
    exercise = one(treatments_table(asked(tmp_path)), "treatment", "exercise")
    assert (exercise["not recorded"], exercise["recorded"]) == (1, 0)
    assert exercise["share"] is None or pd.isna(exercise["share"])

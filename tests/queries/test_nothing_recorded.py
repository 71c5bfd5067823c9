"""What is not recorded is no value: no age, no side of a threshold, no answer, whatever a function makes of null."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.importing.written import rows, take, write
from tests.queries.test_marts import DIED, FAILED, NOT_DUE, UNANSWERED, became, named, one_each, practice

COLUMNS = "operation_id | patient_id | surgery_date | procedure"


def people(folder: Path, patients: str, extra: str, cells: list[str]) -> Path:
    """A store with an operation on New Year 2024 for each line of patients (number | birth_year | sex)."""
    operations = "\n".join(f"O{n} | P{n} | 2024-01-01 | tlif | {cell}" for n, cell in enumerate(cells))
    patients = f"patient_id | birth_year | sex\n{patients}"
    take(write(folder / "records", patients, f"{COLUMNS} | {extra}\n{operations}"), folder / "store")
    return folder / "store"


def test_a_missing_age_is_no_age_and_one_over_90_is_90(tmp_path: Path) -> None:
    patients = "P0 | | female\nP1 | 1920 | female\nP2 | 1990 | female\nP3 | | female\nP4 | | female\nP5 | 1934 | male"
    store = people(tmp_path, patients, "age", ["", "", "", "101", "34", ""])
    assert named(store, "age") == {
        "O0": "not recorded", "O1": "age_80_over", "O2": "under_35", "O3": "age_80_over", "O4": "under_35",
        "O5": "age_80_over",
    }  # fmt: skip


def test_in_a_file_without_ages_nobody_is_in_a_band_of_age(tmp_path: Path) -> None:
    patients = "\n".join(f"P{n} | | female" for n in range(4))
    store = people(tmp_path, patients, "asa", ["1", "2", "3", ""])
    assert set(named(store, "age").values()) == {"not recorded"}


AUDIT_C = [
    ("female", "", 2, "no"), ("female", "", 3, "yes"), ("male", "", 3, "no"), ("male", "", 4, "yes"),
    ("", "", 2, "no"), ("", "", 3, "not recorded"), ("", "", 4, "yes"),
    ("other", "", 2, "no"), ("other", "", 3, "not recorded"), ("other", "", 4, "yes"),
    ("", "true", 3, "yes"), ("", "false", 3, "not recorded"), ("", "false", 2, "no"), ("", "false", 4, "yes"),
    ("", "false", "", "no"), ("", "true", "", "yes"), ("male", "false", 3, "no"), ("female", "false", 3, "yes"),
]  # fmt: skip
"""The sex, whether a diagnosis was recorded, the points, and what is known of alcohol."""


def test_three_points_of_audit_c_decide_nothing_where_the_sex_is_not_known(tmp_path: Path) -> None:
    patients = "\n".join(f"P{n} | 1960 | {sex}" for n, (sex, _, _, _) in enumerate(AUDIT_C))
    cells = [f"{diagnosis} | {points}" for _, diagnosis, points, _ in AUDIT_C]
    store = people(tmp_path, patients, "excessive_alcohol | alcohol_audit_c", cells)
    assert named(store, "alcohol") == {f"O{n}": answer for n, (_, _, _, answer) in enumerate(AUDIT_C)}


def test_an_index_of_exactly_thirty_is_thirty_however_it_is_worked_out(tmp_path: Path) -> None:
    heights = list(range(150, 200))
    cells = [f"{height} | {30 * height * height / 10_000!r}" for height in heights]
    patients = "\n".join(f"P{n} | 1960 | male" for n in range(len(heights)))
    store = people(tmp_path, patients, "height_cm | weight_kg", cells)
    assert set(named(store, "bmi").values()) == set(named(store, "bmi", where="operation = 1").values())


def test_whether_a_visit_is_due_is_decided_before_whether_it_was_answered(tmp_path: Path) -> None:
    """Three months: days 60 to 120. Data to 1 May 2024; of each kind one answered on day 70, and one did not."""
    surgery = {"over": "2024-01-01", "ends today": "2024-01-02", "open": "2024-01-03", "died": "2024-01-01"}
    names = [f"{kind}-{what}" for kind in surgery for what in ("answered", "silent")]
    operations = "\n".join(
        f"O{n} | P{n} | {surgery[name.split('-')[0]]} | tlif | 2024-03-20" for n, name in enumerate(names)
    )
    answers = "\n".join(
        f"O{n} | {surgery[name.split('-')[0]][:-2].replace('-01-', '-03-')}12 | 20"
        for n, name in enumerate(names)
        if name.endswith("answered")
    )
    store = practice(
        tmp_path,
        f"{operations}\nO99 | P99 | 2024-05-01 | tlif | 2024-05-01",
        {"P6": "2024-04-10", "P7": "2024-04-10"},
        follow_ups=f"operation_id | visit_date | odi\n{answers}",
    )
    states = dict(
        rows(store, "select operation_id, state from visit_state join operation using (operation) where visit = 1")
    )
    told = {name: states[f"O{n}"] for n, name in enumerate(names)}
    assert told == {
        "over-answered": 1, "over-silent": 3, "ends today-answered": 1, "ends today-silent": 3,
        "open-answered": 7, "open-silent": 5, "died-answered": 2, "died-silent": 2,
    }  # fmt: skip


def test_an_outcome_asked_at_a_visit_is_due_before_it_is_answered_too(tmp_path: Path) -> None:
    """Twelve months: days 300 to 450. Data to 1 April 2025, day 456 of the first three and 449 of the last."""
    early = "\n".join(f"O{n} | P{n} | 2024-01-08 | tlif | 2024-12-31" for n in (4, 5))
    store = practice(
        tmp_path,
        f"{one_each(3)}\n{early}\nO6 | P6 | 2025-04-01 | tlif | 2025-04-01",
        {"P3": "2025-03-01"},
        follow_ups="""operation_id | visit_date | gpe
                      O1 | 2025-01-01 | 5
                      O3 | 2025-01-01 | 5
                      O4 | 2025-01-01 | 5""",
    )
    found = became(store, "not_better")
    assert {name: found[name][0] for name in ("O1", "O2", "O3", "O4", "O5")} == {
        "O1": FAILED, "O2": UNANSWERED, "O3": DIED, "O4": NOT_DUE, "O5": NOT_DUE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("measure", "before", "after", "change"),
    [
        ("odi", "40.2", "27.4", "12.8"), ("odi", "40.2", "27.41", "12.79"), ("odi", "40", "27.5", "12.5"),
        ("back_pain", "7.3", "6.1", "1.2"), ("leg_pain", "8.2", "6.6", "1.6"), ("leg_pain", "8.2", "6.7", "1.5"),
        ("eq5d_index", "0.2", "0.3", "0.1"), ("eq5d_index", "0.2", "0.296", "0.096"),
        ("eq5d_index", "0.2", "0.300000000001", "0.100000000001"),
    ],
)  # fmt: skip
def test_a_change_is_kept_as_it_was_recorded_neither_rounded_nor_a_last_digit_off(
    tmp_path: Path, measure: str, before: str, after: str, change: str
) -> None:
    store = practice(
        tmp_path,
        one_each(1),
        follow_ups=f"operation_id | visit_date | {measure}\nO1 | 2023-12-30 | {before}\nO1 | 2024-03-30 | {after}",
    )
    name = {"eq5d_index": "eq5d_change", "odi": "odi_change"}.get(measure, measure.replace("pain", "change"))
    [(found,)] = rows(store, f"select {name} from visit_state where visit = 1")
    # The very number that a threshold of this size is read as: a change that equals it reaches it.
    assert float(found) == float(change)


@pytest.mark.parametrize(
    ("after", "state"), [("27.1", 0), ("27.2", FAILED), ("27.11", FAILED), ("27.100000000001", FAILED), ("27.0999", 0)]
)
def test_an_improvement_of_exactly_thirteen_is_one_in_decimal_numbers(tmp_path: Path, after: str, state: int) -> None:
    store = practice(
        tmp_path,
        one_each(1, "2023-01-01", "2024-12-31"),
        follow_ups=f"operation_id | visit_date | odi\nO1 | 2022-12-30 | 40.1\nO1 | 2024-01-01 | {after}",
    )
    assert became(store, "prom_failure")["O1"][0] == state

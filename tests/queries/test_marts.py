"""What became of each operation, from small records written as text: every rule of the marts, counted by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.importing.written import rows, take, write

OPERATIONS = "operation_id | patient_id | surgery_date | procedure | last_contact_date"
FAILED, DIED, LEFT, WELL, UNANSWERED, NOT_DUE = 1, 2, 0, 0, 3, 4


def practice(tmp_path: Path, operations: str, deaths: dict[str, str] | None = None, **tables: str) -> Path:
    """A store with these operations, one patient for each key named in them, women born in 1960."""
    text = operations if operations.startswith("operation_id") else f"{OPERATIONS}\n{operations}"
    place = [cell.strip() for cell in text.splitlines()[0].split("|")].index("patient_id")
    names = dict.fromkeys(line.split("|")[place].strip() for line in text.splitlines()[1:])
    people = "\n".join(f"{name} | 1960 | female | {(deaths or {}).get(name, '')}" for name in names)
    patients = f"patient_id | birth_year | sex | death_date\n{people}"
    take(write(tmp_path / "records", patients=patients, operations=text, **tables), tmp_path / "store")
    return tmp_path / "store"


def became(store: Path, outcome: str) -> dict[str, tuple[int, int]]:
    """Operation -> state and day."""
    found = rows(
        store,
        "select operation_id, state, day from operation_outcome inner join operation using (operation) inner join code"
        f" on code.dimension = 'outcome' and code.code = outcome where code.name = '{outcome}' order by operation_id",
    )
    return {name: (state, day) for name, state, day in found}


def named(store: Path, column: str, table: str = "operation_outcome", where: str = "true") -> dict[str, str]:
    """Operation -> the name of its code in a column."""
    found = rows(
        store,
        f"select distinct operation_id, code.name from {table} as mart inner join operation using (operation)"
        f" inner join code on code.dimension = '{column}' and code.code = mart.{column} where {where}",
    )
    return dict(found)


def index(store: Path) -> dict[str, bool]:
    return dict(rows(store, "select distinct operation_id, index_operation from operation_outcome join operation using"
                            " (operation)"))  # fmt: skip


def one_each(count: int, date: str = "2024-01-01", contact: str = "2024-12-31") -> str:
    """So many patients with an operation each."""
    return "\n".join(f"O{n} | P{n} | {date} | tlif | {contact}" for n in range(1, count + 1))


def test_fbss_is_dated_by_the_first_symptom_from_surgery_on_and_else_by_the_finding(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(5),
        symptoms="""operation_id | onset_date | symptom
                    O1 | 2024-02-10 | limp
                    O1 | 2024-01-31 | tingling
                    O3 | 2023-12-01 | limp
                    O4 | 2024-01-01 | limp
                    O5 | 2024-01-31 | limp""",
        diagnoses="""operation_id | diagnosis_date | cause
                    O1 | 2024-04-10 | infection
                    O2 | 2024-04-10 | infection
                    O3 | 2024-04-10 | infection
                    O4 | 2024-04-10 | infection""",
    )
    assert became(store, "fbss") == {"O1": (1, 30), "O2": (1, 100), "O3": (1, 100), "O4": (1, 0), "O5": (0, 365)}


def test_the_code_alone_is_a_finding_however_it_is_spelled_and_another_code_is_none(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(4),
        diagnoses="""operation_id | diagnosis_date | cause | code
                    O1 | 2024-04-10 | | M96.1
                    O2 | 2024-04-10 | | m96.1
                    O3 | 2024-04-10 | | M54.5
                    O4 | 2024-04-10 | infection | M54.5""",
    )
    assert became(store, "fbss") == {"O1": (1, 100), "O2": (1, 100), "O3": (0, 365), "O4": (1, 100)}


def test_on_one_day_failure_comes_before_death_and_death_before_leaving(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(4, contact="2024-04-10"),
        {"P1": "2024-04-10", "P2": "2024-04-10", "P4": "2024-06-01"},
        diagnoses="""operation_id | diagnosis_date | cause
                    O1 | 2024-04-10 | infection
                    O3 | 2024-04-10 | infection""",
    )
    assert became(store, "fbss") == {"O1": (1, 100), "O2": (2, 100), "O3": (1, 100), "O4": (2, 152)}


def test_without_a_last_contact_follow_up_ends_at_the_latest_date_in_any_table(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(7, contact="") + "\nO8 | P7 | 2024-07-01 | tlif |\nO9 | P9 | 2024-01-01 | tlif |",
        follow_ups="operation_id | visit_date | odi\nO1 | 2024-01-11 | 20\nO1 | 2024-01-05 | 20",
        symptoms="operation_id | onset_date | symptom | resolved_date\nO2 | 2024-01-05 | limp | 2024-01-21\n"
        "O3 | 2024-01-31 | limp |",
        complications="operation_id | complication_date | complication\nO4 | 2024-02-10 | dural_tear",
        treatments="operation_id | start_date | treatment | outcome_date\nO5 | 2024-01-05 | exercise | 2024-02-20\n"
        "O6 | 2024-03-01 | exercise |",
    )
    days = {name: day for name, (state, day) in became(store, "fbss").items() if state == LEFT}
    assert days == {"O1": 10, "O2": 20, "O3": 30, "O4": 40, "O5": 50, "O6": 60, "O7": 182, "O8": 0, "O9": 0}


def test_a_reoperation_is_the_next_unplanned_operation_after_the_day_and_starts_no_follow_up(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        """operation_id | patient_id | surgery_date | procedure | last_contact_date | planned_stage
           A1 | A | 2020-01-01 | tlif | 2024-12-31 |
           A2 | A | 2020-04-10 | tlif | 2024-12-31 |
           B1 | B | 2020-01-01 | tlif | 2020-12-31 |
           B2 | B | 2020-01-08 | tlif | 2020-12-31 | true
           C1 | C | 2020-01-01 | tlif | 2020-12-31 |
           C2 | C | 2020-01-01 | tlif | 2020-12-31 |
           D1 | D | 2018-01-01 | tlif | 2024-12-31 |
           D2 | D | 2023-01-01 | tlif | 2024-12-31 |
           E1 | E | 2018-01-01 | tlif | 2024-12-31 |
           E2 | E | 2022-12-31 | tlif | 2024-12-31 |""",
    )
    assert {name for name, first in index(store).items() if first} == {"A1", "B1", "C1", "D1", "D2", "E1"}
    found = became(store, "reoperation")
    assert (found["A1"], found["A2"][0], found["B1"]) == ((1, 100), LEFT, (0, 365))
    assert (found["C1"], found["C2"]) == ((0, 365), (0, 365))
    assert (found["D1"][0], found["E1"]) == (LEFT, (1, 1825))
    assert became(store, "any_failure")["A1"] == (1, 100)


def test_a_landmark_tells_well_failed_died_unanswered_and_not_yet_due_apart(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(4, contact="") + "\nO5 | P5 | 2025-06-01 | tlif |\nO6 | P6 | 2025-12-31 | tlif |",
        {"P3": "2024-04-10"},
        follow_ups="operation_id | visit_date | gpe\nO1 | 2025-01-01 | 3\nO2 | 2025-01-01 | 4",
    )
    assert became(store, "not_better") == {
        "O1": (WELL, 366),
        "O2": (FAILED, 366),
        "O3": (DIED, 100),
        "O4": (UNANSWERED, 450),
        "O5": (NOT_DUE, 450),
        "O6": (NOT_DUE, 450),
    }


def test_the_visit_nearest_the_middle_of_the_window_answers(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(3, "2023-01-01", "2024-12-31"),
        follow_ups="""operation_id | visit_date | gpe
                      O1 | 2023-11-07 | 6
                      O1 | 2024-01-11 | 2
                      O2 | 2024-01-11 |
                      O2 | 2023-11-07 | 6
                      O3 | 2023-10-20 | 6""",
    )
    assert became(store, "not_better")["O1"] == (WELL, 375)
    assert became(store, "not_better")["O2"] == (FAILED, 310)
    assert became(store, "not_better")["O3"][0] != FAILED


def test_an_improvement_needs_a_baseline_and_takes_the_last_one_up_to_surgery(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(4, "2023-01-01", "2024-12-31"),
        follow_ups="""operation_id | visit_date | odi
                      O1 | 2022-10-01 | 20
                      O1 | 2023-01-01 | 40
                      O1 | 2024-01-11 | 27
                      O2 | 2022-12-01 | 40
                      O2 | 2024-01-11 | 28
                      O3 | 2024-01-11 | 10
                      O4 | 2023-01-02 | 60
                      O4 | 2024-01-11 | 10""",
    )
    found = became(store, "prom_failure")
    assert found == {"O1": (WELL, 375), "O2": (FAILED, 375), "O3": (UNANSWERED, 450), "O4": (UNANSWERED, 450)}


@pytest.mark.parametrize(
    ("column", "values", "factor"),
    [
        ("age", {"34": "under_35", "35": "age_35_49", "80": "age_80_over"}, "age"),
        ("asa", {"2": "asa_1_2", "3": "asa_3_over", "": "not recorded"}, "asa"),
        ("smoking", {"current": "current", "": "not recorded"}, "smoking"),
        ("diabetes", {"true": "yes", "false": "no", "": "not recorded"}, "diabetes"),
    ],
)
def test_a_factor_is_banded_with_its_lower_limit_in_and_not_recorded_is_a_band_of_its_own(
    tmp_path: Path, column: str, values: dict[str, str], factor: str
) -> None:
    text = "\n".join(f"O{n} | P{n} | 2024-01-01 | tlif | {value}" for n, value in enumerate(values))
    store = practice(tmp_path, f"operation_id | patient_id | surgery_date | procedure | {column}\n{text}")
    assert named(store, factor) == {f"O{n}": band for n, band in enumerate(values.values())}


@pytest.mark.parametrize(
    ("diagnosis", "score", "low", "high", "factor"),
    [("excessive_alcohol", "alcohol_audit_c", 2, 3, "alcohol"), ("depression", "phq9", 9, 10, "depression"),
     ("anxiety", "gad7", 9, 10, "anxiety")],
)  # fmt: skip
def test_a_diagnosis_and_its_questionnaire_are_joined(
    tmp_path: Path, diagnosis: str, score: str, low: int, high: int, factor: str
) -> None:
    cases: list[tuple[Any, Any, str]] = [
        ("true", low, "yes"), ("false", high, "yes"), ("", high, "yes"), ("true", "", "yes"), ("false", low, "no"),
        ("", low, "no"), ("false", "", "no"), ("", "", "not recorded"),
    ]  # fmt: skip
    text = "\n".join(f"O{n} | P{n} | 2024-01-01 | tlif | {a} | {b}" for n, (a, b, _) in enumerate(cases))
    store = practice(tmp_path, f"operation_id | patient_id | surgery_date | procedure | {diagnosis} | {score}\n{text}")
    assert named(store, factor) == {f"O{n}": band for n, (_, _, band) in enumerate(cases)}


def test_onset_falls_into_its_category_by_day_and_never_relieved_stands_apart(tmp_path: Path) -> None:
    days = {2: "immediate", 3: "early_recovery", 42: "early_recovery", 43: "weeks", 90: "weeks", 91: "months",
            365: "months", 366: "late"}  # fmt: skip
    numbers = range(1, len(days) + 2)
    onset = [*days, 0]
    symptoms = "\n".join(
        f"O{n} | {rows_date(day)} | limp | {'persistent' if n == len(days) + 1 else 'new'}"
        for n, day in zip(numbers, onset, strict=True)
    )
    findings = "\n".join(f"O{n} | 2025-06-01 | infection" for n in numbers)
    store = practice(
        tmp_path,
        one_each(len(days) + 1, contact=""),
        symptoms=f"operation_id | onset_date | symptom | course\n{symptoms}",
        diagnoses=f"operation_id | diagnosis_date | cause\n{findings}",
    )
    wanted = {f"O{n}": name for n, name in zip(numbers, [*days.values(), "persistent"], strict=True)}
    fbss = "outcome = (select code from code where dimension = 'outcome' and name = 'fbss')"
    assert named(store, "onset", where=fbss) == wanted
    assert named(store, "onset", "symptom_event") == wanted


def rows_date(day: int) -> str:
    """The date so many days after the first of January 2024."""
    from datetime import date, timedelta

    return (date(2024, 1, 1) + timedelta(day)).isoformat()


def test_an_infection_of_the_site_counts_within_30_days_and_90_with_an_implant(tmp_path: Path) -> None:
    implants = {1: "false", 2: "false", 3: "true", 4: "true", 5: "", 6: "", 7: "true"}
    days = {1: 30, 2: 31, 3: 31, 4: 91, 5: 30, 6: 31}
    rows_of = "\n".join(f"O{n} | P{n} | 2024-01-01 | tlif | {implant} | 2024-12-31" for n, implant in implants.items())
    infections = "\n".join(f"O{n} | {rows_date(day)} | surgical_site_infection" for n, day in days.items())
    store = practice(
        tmp_path,
        f"operation_id | patient_id | surgery_date | procedure | implant_used | last_contact_date\n{rows_of}",
        complications=f"operation_id | complication_date | complication\n{infections}\nO7 | 2024-01-05 | dural_tear",
        diagnoses=f"operation_id | diagnosis_date | cause\nO7 | {rows_date(60)} | infection",
    )
    found = became(store, "surgical_site_infection")
    assert {name for name, (state, _) in found.items() if state == 1} == {"O1", "O3", "O5", "O7"}
    assert {found[name][1] for name in ("O3", "O7")} == {31, 60}


def test_symptom_events_are_those_from_surgery_on_with_red_flags_and_contacts(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(1, contact="2024-03-01"),
        symptoms="""operation_id | onset_date | symptom | severity | contacted_at
                    O1 | 2023-12-31 | limp | 3 |
                    O1 | 2024-01-01 | limp | |
                    O1 | 2024-01-11 | fever | 7 | 2024-01-12""",
    )
    found = rows(
        store, "select day, red_flag, contacted, contacted_after, severity, days_ago from symptom_event order by day"
    )
    assert found == [(0, False, False, None, None, 60), (10, True, True, 1, 7, 50)]


def test_of_a_symptom_that_comes_back_the_first_onset_is_marked_and_of_one_day_one(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        one_each(2),
        symptoms="""operation_id | onset_date | symptom | course
                    O1 | 2024-03-01 | limp | recurrent
                    O1 | 2024-01-05 | limp | new
                    O1 | 2024-01-05 | limp | persistent
                    O1 | 2024-02-01 | fever | new
                    O2 | 2024-02-01 | limp | new
                    O2 | 2023-12-01 | limp | new""",
    )
    marked = "select operation, day, count(*) from symptom_event where first_onset group by all order by all"
    by_symptom = "select count(*) from (select distinct operation, symptom from symptom_event)"
    assert rows(store, marked) == [(1, 4, 1), (1, 31, 1), (2, 31, 1)]
    assert rows(store, by_symptom) == [(3,)]


def test_an_operation_is_its_patients_only_one_where_no_other_is_kept_whatever_it_is(tmp_path: Path) -> None:
    store = practice(
        tmp_path,
        """operation_id | patient_id | surgery_date | procedure | planned_stage | last_contact_date
           O1 | P1 | 2024-01-01 | tlif | | 2024-12-31
           O2 | P2 | 2024-01-01 | tlif | | 2024-12-31
           O3 | P2 | 2024-01-08 | tlif | yes | 2024-12-31
           O4 | P3 | 2024-01-01 | tlif | yes | 2024-12-31""",
    )
    found = rows(store, "select operation_id, only_operation from operation_band join operation using (operation)")
    assert sorted(found) == [("O1", True), ("O2", False), ("O3", False), ("O4", True)]

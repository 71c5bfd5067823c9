"""Records that are added: a store that grows part by part is the one that a single import of everything makes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from dashboard.access import OPERATOR
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import Refused
from dashboard.importing.publishing import building, prepared
from dashboard.importing.publishing.forgetting import forget
from dashboard.importing.result import ImportRefused, ImportResult
from dashboard.importing.work import work
from dashboard.records import Records
from tests import csv_rows
from tests.importing.parted import by_names, parted
from tests.importing.written import contents, issues, left_out, opened, rows, take, write
from tests.text_tables import parse


def add(folder: Path, store: Path, *, check: bool = False) -> ImportResult:
    """Add a folder to a store in this process."""
    return work([folder], store, None, check, lambda step: None, add=True)


@pytest.mark.parametrize(
    ("seed", "days"),
    [
        (1, ["2025-12-31"]),
        (2, ["2025-06-30", "2026-03-31"]),
        (3, ["2022-12-31", "2026-08-31"]),
    ],
)
def test_a_store_that_grows_part_by_part_holds_what_a_single_import_of_everything_would(
    tmp_path: Path, seed: int, days: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Counts are prepared of these few operations too, to be carried on.
    monkeypatch.setattr(building, "prepare", partial(prepared.prepare, least_rows=0, most_share=1e9))
    together, parts = parted(tmp_path, 400, seed, days)
    whole, grown = tmp_path / "whole", tmp_path / "grown"
    work([together], whole, None, False, lambda step: None)
    grown.mkdir()
    shutil.copy(whole / "pseudonym.key", grown)
    for part in parts:
        add(part, grown)
    with opened(whole) as one, opened(grown) as other:
        expected, found = by_names(one), by_names(other)
    assert found.keys() == expected.keys()
    for table, held in expected.items():
        assert found[table] == held, table


PATIENTS = """
    patient_id | birth_year | sex    | death_date
    P1         | 1960       | female |
    P2         | 1950       | male   |
"""
OPERATIONS = """
    operation_id | patient_id | surgery_date | procedure | surgeon | site
    O1           | P1         | 2024-01-01   | tlif      | S02     | North
    O2           | P2         | 2024-02-01   | tlif      | S01     | North
"""
FOLLOW_UPS = """
    operation_id | visit_date | odi
    O1           | 2024-12-20 | 20
    O2           | 2025-02-01 | 30
"""
A_MONTH = {
    "patients": "patient_id | birth_year | sex\nP3 | 1970 | female",
    "operations": (
        "operation_id | patient_id | surgery_date | procedure | surgeon\nO3 | P3 | 2025-03-01 | plif | S00\n"
        "O4 | P1 | 2025-03-02 | revision_fusion | S02"
    ),
    "symptoms": "operation_id | onset_date | symptom\nO2 | 2025-03-03 | fever",
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two operations of two patients, and a visit of each."""
    take(write(tmp_path / "first", PATIENTS, OPERATIONS, follow_ups=FOLLOW_UPS), tmp_path / "store")
    return tmp_path / "store"


def delivered(folder: Path, **tables: str) -> Path:
    """A folder with these text tables alone."""
    folder.mkdir()
    for name, text in tables.items():
        csv_rows.write(folder / f"{name}.csv", parse(text))
    return folder


def states(store: Path, outcome: str) -> dict[str, int]:
    """By operation, what became of it."""
    select = (
        "select operation_id, state from operation_outcome inner join operation using (operation) where outcome ="
        f" (select code from code where dimension = 'outcome' and name = '{outcome}')"
    )
    return dict(rows(store, select))


def test_a_month_adds_its_operations_and_what_it_tells_of_those_that_are_there(tmp_path: Path, store: Path) -> None:
    result = add(delivered(tmp_path / "month", **A_MONTH), store)
    assert result.generation == 2
    assert {name: (count.read, count.accepted) for name, count in result.tables.items() if count.read} == {
        "patients": (1, 1), "operations": (2, 2), "symptoms": (1, 1),
    }  # fmt: skip
    assert rows(store, "select operation_id, operation from operation order by operation_id") == [
        ("O1", 1), ("O2", 2), ("O3", 3), ("O4", 4),
    ]  # fmt: skip
    assert states(store, "reoperation") == {"O1": 1, "O2": 0, "O3": 0, "O4": 0}
    assert rows(store, "select operation_id from symptom inner join operation using (operation)") == [("O2",)]
    assert rows(store, "select data_date, all_operations, operations, patients from facts") == [
        (date(2025, 3, 3), 4, 3, 3)
    ]


def test_visits_alone_may_be_added(tmp_path: Path, store: Path) -> None:
    visits = "operation_id | visit_date | odi\nO1 | 2026-01-05 | 12"
    add(delivered(tmp_path / "month", follow_ups=visits), store)
    select = "select operation_id, odi from follow_up inner join operation using (operation) order by odi"
    assert rows(store, select) == [("O1", 12.0), ("O1", 20.0), ("O2", 30.0)]


def test_time_alone_makes_the_visits_of_others_due(tmp_path: Path, store: Path) -> None:
    add(delivered(tmp_path / "month", follow_ups="operation_id | visit_date | odi\nO1 | 2026-01-05 | 12"), store)
    whole = tmp_path / "whole"
    more = f"{FOLLOW_UPS}    O1           | 2026-01-05 | 12\n"
    take(write(tmp_path / "together", PATIENTS, OPERATIONS, follow_ups=more), whole)
    select = (
        "select operation_id, visit, state, days_since_surgery from visit_state inner join operation using (operation)"
        " order by all"
    )
    assert rows(store, select) == rows(whole, select)
    assert states(store, "acceptable_state") == states(whole, "acceptable_state") == {"O1": 0, "O2": 1}


def test_a_row_that_is_there_already_adds_nothing(tmp_path: Path, store: Path) -> None:
    result = add(tmp_path / "first", store)
    assert {name: count.accepted for name, count in result.tables.items() if count.accepted} == {}
    assert [count.rule for count in result.counts if count.broken] == [
        "patient_repeated", "operation_repeated", "visit_repeated",
    ]  # fmt: skip
    assert rows(store, "select count(*) from follow_up") == [(2,)]


def test_a_record_of_an_operation_that_nobody_knows_is_left_out(tmp_path: Path, store: Path) -> None:
    visits = "operation_id | visit_date | odi\nO9 | 2026-01-05 | 12\nO1 | 2026-01-05 | 12"
    result = add(delivered(tmp_path / "month", follow_ups=visits), store)
    assert [(issue.rule, issue.line) for issue in left_out(result)] == [("visit_without_operation", 2)]
    with pytest.raises(ImportRefused, match="No row could be accepted"):
        add(delivered(tmp_path / "none", follow_ups="operation_id | visit_date | odi\nO9 | 2026-01-05 | 12"), store)


def test_an_addition_to_an_empty_store_is_an_import(tmp_path: Path) -> None:
    result = add(write(tmp_path / "first", PATIENTS, OPERATIONS), tmp_path / "store")
    assert result.generation == 1
    with pytest.raises(ImportRefused, match=r"operations\.csv is missing"):
        add(delivered(tmp_path / "bad", patients=PATIENTS), tmp_path / "other")


def test_made_up_records_are_not_added_to_real_ones(tmp_path: Path, store: Path) -> None:
    month = delivered(tmp_path / "month", **A_MONTH)
    (month / "about.toml").write_text("made_up = true\n")
    before = contents(store)
    with pytest.raises(Refused, match="are a practice's own, these are made up"):
        add(month, store)
    assert contents(store) == before


def test_records_of_other_definitions_are_brought_up_to_date_first(tmp_path: Path, store: Path) -> None:
    month, before = delivered(tmp_path / "month", **A_MONTH), contents(store)
    with pytest.raises(Refused, match="Run `outcomes store upgrade` first"):
        work([month], store, None, False, lambda step: None, definitions=replace(load(), version="other"), add=True)
    assert contents(store) == before


def test_nothing_is_added_beside_records_that_are_damaged(tmp_path: Path, store: Path) -> None:
    add(delivered(tmp_path / "month", **A_MONTH), store)
    damaged = store / "gen" / "000002.duckdb"
    damaged.chmod(0o640)
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")
    with pytest.raises(Refused, match="before anything is added"):
        add(delivered(tmp_path / "visits", follow_ups="operation_id | visit_date | odi\nO1 | 2026-01-05 | 12"), store)


def test_a_check_says_what_an_addition_would_and_changes_nothing(tmp_path: Path, store: Path) -> None:
    month, before = delivered(tmp_path / "month", **A_MONTH), contents(store)
    checked = add(month, store, check=True)
    assert contents(store) == before
    assert add(month, store).tables == checked.tables


def test_every_file_of_every_import_stands_by_itself(tmp_path: Path, store: Path) -> None:
    add(delivered(tmp_path / "month", **A_MONTH), store)
    add(delivered(tmp_path / "next", operations=A_MONTH["operations"].replace("O4", "O5")), store)
    kept = rows(store, "select source, file, rows from source order by source")
    assert kept == [
        (0, "patients.csv", 2), (1, "operations.csv", 2), (2, "follow_ups.csv", 2), (3, "patients.csv (2)", 1),
        (4, "operations.csv (2)", 2), (5, "symptoms.csv", 1), (6, "operations.csv (3)", 2),
    ]  # fmt: skip
    current = Store(store).current()
    assert current is not None
    assert [(one["file"], one["rows"]) for one in current.manifest["sources"]] == [
        (file, count) for _, file, count in kept
    ]
    assert rows(
        store, "select rule, file, times from issue_count where severity != 'note' or rule like '%repeated'"
    ) == [("operation_repeated", "operations.csv (3)", 1)]


def test_what_changed_and_what_came_late_is_told_as_of_an_import_of_everything(tmp_path: Path) -> None:
    (first, month), grown, whole = parted(tmp_path, 300, 5, ["2026-03-31"])[1], tmp_path / "grown", tmp_path / "whole"
    for store in (grown, whole):
        work([first], store, None, False, lambda step: None)
    add(month, grown)
    work([tmp_path / "together"], whole, None, False, lambda step: None)
    for table in ("import_change", "import_before", "late_entry"):
        assert rows(grown, f"select * from {table} order by all") == rows(whole, f"select * from {table} order by all")
    of_grown, of_whole = (Store(store).current() for store in (grown, whole))
    assert of_grown is not None
    assert of_whole is not None
    for word in ("months", "rows", "data_date", "schema", "definitions", "made_up"):
        assert of_grown.manifest[word] == of_whole.manifest[word]


def test_a_cell_that_could_not_be_read_stays_unreadable(tmp_path: Path) -> None:
    store, whole = tmp_path / "store", tmp_path / "whole"
    patients = "patient_id | birth_year | sex\nP1 | 1960 | ?\nP2 | 1950 | male"
    visits = f"{FOLLOW_UPS}    O1           | 2024-04-01 | many\n"
    again = "    O4           | P1         | 2025-03-02   | revision_fusion | S02 | North\n"
    take(write(tmp_path / "first", patients, OPERATIONS, follow_ups=visits), store)
    add(delivered(tmp_path / "month", operations=f"{OPERATIONS.splitlines()[1]}\n{again}"), store)
    take(write(tmp_path / "together", patients, f"{OPERATIONS.rstrip()}\n{again}", follow_ups=visits), whole)
    select = "select operation_id, field from unreadable_cell inner join operation using (operation) order by all"
    expected = [("O1", "follow_up.odi"), ("O1", "patient.sex"), ("O4", "patient.sex")]
    assert rows(store, select) == rows(whole, select) == expected


def test_what_was_asked_of_nobody_before_is_not_asked_of_those_who_are_there(tmp_path: Path, store: Path) -> None:
    asked = (
        "operation_id | patient_id | surgery_date | procedure | readmitted | readmitted_within_days\n"
        "O4 | P1 | 2025-03-02 | revision_fusion | false | 30"
    )
    add(delivered(tmp_path / "month", operations=asked), store)
    select = "select operation_id, answer, within_days from undated_answer inner join operation using (operation)"
    assert rows(store, f"{select} order by all") == [("O1", 0, None), ("O2", 0, None), ("O4", 3, 30)]


def test_twice_as_many_operations_are_asked_about(tmp_path: Path, store: Path) -> None:
    def many(first: int, last: int) -> dict[str, str]:
        people = "".join(f"\nQ{n} | 1960 | female" for n in range(first, last))
        operations = "".join(f"\nR{n} | Q{n} | 2024-01-{1 + n % 28:02d} | tlif" for n in range(first, last))
        return {
            "patients": f"patient_id | birth_year | sex{people}",
            "operations": f"operation_id | patient_id | surgery_date | procedure{operations}",
        }

    add(delivered(tmp_path / "ten", **many(0, 10)), store)
    result = add(delivered(tmp_path / "twelve", **many(10, 22)), store)
    assert [issue.value for issue in issues(result) if issue.rule == "operations_doubled"] == ["12 before, 24 now"]


def test_whoever_is_forgotten_does_not_come_back_and_others_may_be_added(tmp_path: Path, store: Path) -> None:
    forget(Store(store), "P1", lambda step: None)
    add(delivered(tmp_path / "month", **A_MONTH), store)
    assert rows(store, "select operation_id from operation order by operation_id") == [("O2",), ("O3",)]
    forget(Store(store), "P3", lambda step: None)
    assert rows(store, "select operation_id from operation") == [("O2",)]
    assert rows(store, "select count(*) from symptom_event") == [(1,)]


def test_names_of_surgeons_stand_in_their_order_whoever_came_last(tmp_path: Path, store: Path) -> None:
    add(delivered(tmp_path / "month", **A_MONTH), store)
    current = Store(store).current()
    assert current is not None
    records = Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(store / "audit"))
    assert list(records.choices("surgeon")) == ["S00", "S01", "S02"]
    assert records.order("surgeon") == {"not recorded": 0, "S00": 1, "S01": 2, "S02": 3}
    assert list(records.read("landmark", columns={"by": "surgeon"}, outcome="fbss")["unit"]) == ["S00", "S01", "S02"]


FLAT = """[columns]
patient_id = "no"
surgery_date = "day"
procedure = "what"
age = "age"
sex = "sex"
"""


def test_a_flat_file_is_added_row_by_row_and_tells_of_patients_together_with_what_is_there(tmp_path: Path) -> None:
    mapping, first, month = (tmp_path / name for name in ("mapping.toml", "first.csv", "month.csv"))
    mapping.write_text(FLAT)
    first.write_text("no,day,what,age,sex\n1,2024-01-10,tlif,60,\n2,2024-01-11,plif,50,male\n")
    month.write_text("no,day,what,age,sex\n1,2025-06-10,plif,62,female\n2,2024-01-11,plif,50,male\n")
    for place, one in enumerate((first, month)):
        result = work([one], tmp_path / "store", mapping, False, lambda step: None, add=bool(place))
    assert left_out(result) == []
    select = "select birth_year, sex, procedure from operation inner join patient using (patient) order by all"
    assert rows(tmp_path / "store", select) == [
        (1963, "female", "plif"), (1963, "female", "tlif"), (1974, "male", "plif"),
    ]  # fmt: skip

"""Records of old months that the import before did not have."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.engines.generations import Store
from dashboard.importing.publishing.late import late_entries
from tests.importing.written import rows, take, write

BEFORE = {"data_date": "2024-12-31", "months": {"operation": {"2024-01": 2, "2024-09": 1}}}


@pytest.mark.parametrize(
    ("now", "late"),
    [
        ({"operation": {"2024-01": 3}}, [("operation", "2024-01", 1)]),
        ({"operation": {"2023-12": 2}}, [("operation", "2023-12", 2)]),
        ({"operation": {"2024-01": 1}}, []),
        # the ninetieth day before the data date lies in October: that month was not yet to be complete
        ({"operation": {"2024-09": 2, "2024-10": 5}}, [("operation", "2024-09", 1)]),
        ({"treatment": {"2024-01": 1}}, [("treatment", "2024-01", 1)]),
    ],
)
def test_late_is_what_an_old_month_has_more_than_before(
    now: dict[str, dict[str, int]], late: list[tuple[str, str, int]]
) -> None:
    assert list(late_entries(now, BEFORE)) == late


def test_a_first_import_has_nothing_late() -> None:
    assert list(late_entries({"operation": {"2024-01": 3}}, None)) == []
    assert list(late_entries({"operation": {"2024-01": 3}}, {"schema": 1})) == []


def test_the_second_import_keeps_what_came_late(tmp_path: Path) -> None:
    header = "operation_id | patient_id | surgery_date | procedure"
    first = f"{header}\nO1 | P1 | 2024-01-01 | tlif\nO2 | P1 | 2024-12-01 | tlif"
    store = tmp_path / "store"
    take(write(tmp_path / "a", operations=first), store)
    assert rows(store, "select * from late_entry") == []
    take(write(tmp_path / "b", operations=f"{first}\nO3 | P1 | 2024-02-02 | alif\nO4 | P1 | 2024-12-30 | alif"), store)
    assert rows(store, "select * from late_entry") == [("operation", "2024-02", 1)]
    current = Store(store).current()
    assert current is not None
    assert current.manifest["data_date"] == "2024-12-30"

"""What the sample's patients answer without a day agrees with what is recorded of them with one."""

from __future__ import annotations

import numpy as np

from dashboard.sample.asked import asked
from dashboard.sample.tables import TextColumns


def columns(names: str, *rows: str) -> TextColumns:
    cells = [[cell.strip() for cell in row.split("|")] for row in rows]
    return {name: np.array([row[place] for row in cells], dtype=object) for place, name in enumerate(names.split())}


def test_whoever_came_answers_what_is_recorded() -> None:
    operations = columns(
        "operation_id patient_id surgery_date planned_stage",
        "1 | A | 2024-01-01 | false",
        "2 | A | 2024-03-01 | false",
        "3 | B | 2024-01-01 | false",
        "4 | B | 2024-01-20 | true",
        "5 | C | 2024-01-01 |",
    )
    visits = columns(
        "operation_id visit_date", "1 | 2024-04-10", "2 | 2024-06-20", "3 | 2024-04-20", "5 | 2024-01-20", "4 |"
    )
    findings = columns(
        "operation_id complication complication_date",
        "1 | haematoma | 2024-01-02",
        "2 | readmission | 2024-03-09",
        "3 | readmission | 2024-08-01",
    )
    told = asked({"operations": operations, "follow_ups": visits, "complications": findings})
    assert list(told["readmitted"]) == ["false", "true", "false", "", ""]
    assert list(told["reoperated"]) == ["true", "false", "false", "", ""]
    assert list(told["readmitted_within_days"]) == ["90", "90", "90", "", ""]

"""Every read with a question to it, and the rows that it is asked of: a line here for each new one."""

from __future__ import annotations

from datetime import date
from typing import Any

from dashboard.access import Viewer

OPERATIONS = """
operation | patient | procedure       | surgeon | site  | operated   | index | state  | day | onset          | smoking | outcome
1         | 1       | microdiscectomy | S01     | North | 2024-01-10 | yes   | failed | 30  | early_recovery | current | fbss
2         | 2       | microdiscectomy | S01     | North | 2024-02-10 | yes   | failed | 30  | early_recovery | never   | fbss
3         | 3       | microdiscectomy | S02     | South | 2024-03-10 | yes   | died   | 40  | not recorded   | never   | fbss
4         | 4       | tlif            | S02     | South | 2024-04-10 | yes   | left   | 30  | not recorded   | current | fbss
5         | 1       | tlif            | S02     | South | 2024-05-10 | no    | failed | 900 | late           | current | fbss
1         | 1       | microdiscectomy | S01     | North | 2024-01-10 | yes   | failed | 360 | not recorded   | current | not_better
2         | 2       | microdiscectomy | S01     | North | 2024-02-10 | yes   | well   | 360 | not recorded   | never   | not_better
3         | 3       | microdiscectomy | S02     | South | 2024-03-10 | yes   | died   | 40  | not recorded   | never   | not_better
4         | 4       | tlif            | S02     | South | 2024-04-10 | yes   | unanswered | 360 | not recorded | current | not_better
5         | 1       | tlif            | S02     | South | 2024-05-10 | no    | not due | 360 | not recorded  | current | not_better
"""  # noqa: E501 (a table is read across)
SYMPTOMS = """
operation | surgeon | site  | index | symptom | day | onset          | red_flag | contacted | days_ago
1         | S01     | North | yes   | fever   | 10  | early_recovery | yes      | yes       | 20
1         | S01     | North | yes   | chills  | 11  | early_recovery | yes      | no        | 19
2         | S01     | North | yes   | fever   | 100 | months         | yes      | no        | 91
4         | S02     | South | yes   | fever   | 2   | immediate      | yes      | no        | 5
4         | S02     | South | yes   | fever   | 50  | weeks          | yes      | no        | 1
4         | S02     | South | yes   | limp    | 5   | early_recovery | no       | no        | 3
"""

CARE: Any = {
    "finding_event": """
        operation | surgeon | site  | cause           | main | day
        1         | S01     | North | infection       | yes  | 40
        1         | S01     | North | scar_tissue     | no   | 90
        5         | S02     | South | scar_tissue     | yes  | 900
        """,
    "diagnosis_delay": """
        operation | surgeon | site  | cause           | onset          | state | day | visits | resolved
        1         | S01     | North | infection       | early_recovery | 1     | 38  | 1      | no
        2         | S01     | North | not recorded    | early_recovery | 0     | 38  | 1      | yes
        3         | S02     | South | not recorded    | months         | 2     | 50  | 0      | no
        4         | S02     | South | not recorded    | months         | 0     | 38  | 1      | no
        5         | S02     | South | scar_tissue     | late           | 1     | 0   | 0      | no
        """,
    "treatment_event": """
        operation | surgeon | site  | treatment        | step         | attempt | treatment_outcome | day
        1         | S01     | North | revision_surgery | surgery      | 1       | unchanged         | 5
        1         | S01     | North | urgent_revision  | surgery      | 2       | improved          | 25
        5         | S02     | South | exercise         | conservative | 1       | worse             | 7
        """,
    "care_path": """
        operation | surgeon | site  | cause       | path | treatment_outcome
        1         | S01     | North | infection   | 1    | improved
        2         | S01     | North | infection   | 0    | not recorded
        5         | S02     | South | scar_tissue | 2    | worse
        """,
    "undated_answer": """
        operation | surgeon | site  | undated    | within_days | answer
        1         | S01     | North | readmitted | 30          | 2
        2         | S01     | North | readmitted | 30          | 1
        3         | S01     | North | readmitted |             | 0
        4         | S02     | South | readmitted | 90          | 2
        5         | S02     | South | reoperated | 365         | 3
        """,
    "symptom_pair": """
        operation | surgeon | site  | symptom | other_symptom
        1         | S01     | North | fever   | chills
        4         | S02     | South | limp    | fever
        """,
    "follow_up": """
        operation | surgeon | visit_date | odi
        1         | S01     | 2024-01-05 | 40
        1         | S01     | 2024-03-20 | 20
        4         | S02     | 2024-04-01 | 50
        4         | S02     | 2024-07-10 | 53
        """,
    "complication": """
        operation | surgeon | complication | complication_date
        2         | S01     | dural_tear   | 2024-02-12
        4         | S02     | dural_tear   | 2024-04-11
        """,
    "visit_state": """
        operation | surgeon | site  | visit | state | odi_before | odi_change | days_since_surgery | odi
        1         | S01     | North | 12    | 1     | 40         | 20         | 700                | 20
        2         | S01     | North | 12    | 3     |            |            | 500                |
        3         | S02     | South | 12    | 5     |            |            | 400                |
        4         | S02     | South | 3     | 1     | 50         | -3         | 300                | 53
        """,
}
"""Rows of the other marts and of kept tables, by name; there is no surgeon in these, but whose row it is."""

SURGEON = Viewer("Dr One", "surgeon", surgeon="S01")
DUE = date(2024, 6, 1)
STARTS: Any = {"start_1": 31, "start_2": 91, "start_3": 181, "start_4": 366, "start_5": 731}
READS: dict[str, dict[str, Any]] = {
    "failure_curve": {"columns": {"by": "surgeon"}, "outcome": "fbss"},
    "landmark": {"columns": {"by": "surgeon"}, "outcome": "not_better"},
    "onset": {"columns": {"by": "surgeon"}, "outcome": "fbss", "within_days": 1000},
    "symptoms": {"within_days": 1000},
    "risk_factors": {
        "columns": {"factors": ["smoking", "sex"]},
        "outcome": "fbss",
        "within_days": 730,
        "due_from": DUE,
    },
    "lost": {"columns": {"by": "surgeon"}, "outcome": "fbss", "within_days": 730, "due_from": DUE},
    "risk_factors_landmark": {"columns": {"factors": ["smoking", "sex"]}, "outcome": "not_better"},
    **{name: {} for name in ("operations", "units")},
    "case_mix": {
        "columns": {"by": "surgeon"},
        "outcome": "fbss",
        "within_days": 30,
        "due_from": DUE,
        "at_visit": False,
    },
    "hazards": {"outcome": "fbss", "within_days": 730},
    "hazards_by_interval": {"outcome": "fbss", "within_days": 730, **STARTS},
    "failure_by_month": {"outcome": "fbss", "within_days": 30},
    "operations_by_month": {},
    "trend": {"outcome": "fbss", "within_days": 30, "due_from": DUE, "at_visit": False},
    "monitor": {"outcome": "fbss", "within_days": 30, "due_from": DUE},
    "causes": {"columns": {"by": "surgeon"}, "outcome": "fbss"},
    "findings": {"columns": {"by": "surgeon"}},
    "diagnosis_delay": {"columns": {"by": "surgeon"}},
    "trajectories": {"columns": {"by": "surgeon", "measure": "odi", "before": "odi_before"}},
    "treatments": {},
    "steps": {},
    "first_treatments": {},
    "care_paths": {},
    "symptom_detail": {"within_days": 1000},
    "symptom_pairs": {},
    "overlap": {"outcomes": [1, 4], "at_visit": [4], "within_days": 730},
    "proms": {"columns": {"by": "surgeon", "measure": "odi_change"}},
    "follow_up": {"columns": {"by": "surgeon"}},
    "unreadable": {},
    "undated": {},
    "completeness": {"columns": {"by": "surgeon", "factors": ["smoking", "sex"]}},
    "programme_events": {
        "columns": {"by": "surgeon"},
        "outcomes": [1],
        "timed": [1],
        "complications": ["dural_tear"],
        "death": True,
        "within_days": 60,
        "due_from": DUE,
    },
    "programme_pairs": {
        "columns": {"by": "surgeon", "measure": "odi"},
        "procedures_asked": [1, 7],
        "indications_left_out": [5],
        "from_age": 18,
        "due_from": DUE,
        "before_days": 92,
        "low": 42,
        "high": 140,
    },
    "set_signature": {"columns": {"by": "surgeon"}},
    "event_signature": {"columns": {"by": "surgeon"}, "outcome": "fbss"},
    "modifiable": {"outcome": "fbss", "within_days": 730, "since": date(2024, 3, 1)},
}
LISTED: dict[str, dict[str, Any]] = {
    "failed_bands": {"outcome": "fbss", "columns": {"factors": ["smoking", "age"]}},
    "operations_list": {"outcome": "fbss", "states": None, "causes": None},
    "red_flags": {"within_days": 90},
    "overdue_visits": {},
    "letters": {"month_from": date(2024, 1, 1), "month_to": date(2026, 12, 31)},
}

"""What the patients were asked at their first visit, without a day: whether they came back within three months.

It is told from the records that were drawn, without chance: the answer of whoever came to a visit of those months.
"""

from collections import defaultdict
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.object_]
WITHIN = 90
"""Days that the question is asked for."""
ASKED = (WITHIN, 2 * WITHIN)
"""Days after surgery, both included, between which a visit is one at which it was asked."""


def asked(tables: Mapping[str, Mapping[str, Words]]) -> dict[str, Words]:
    """The columns of operations that say it; empty where nobody came to be asked."""
    operations = tables["operations"]
    surgery = dict(zip(operations["operation_id"], operations["surgery_date"], strict=True))
    visits, findings = tables["follow_ups"], tables["complications"]
    came = _within(surgery, visits["operation_id"], visits["visit_date"], *ASKED)
    back = findings["complication"] == "readmission"
    readmitted = _within(surgery, findings["operation_id"][back], findings["complication_date"][back], 0, WITHIN)
    again = _operated_again(operations)
    told: dict[str, Words] = {}
    for name, yes in (("readmitted", readmitted), ("reoperated", again)):
        answers = ["" if one not in came else "true" if one in yes else "false" for one in operations["operation_id"]]
        told[name] = np.array(answers, dtype=object)
        told[f"{name}_within_days"] = np.where(told[name] == "", "", str(WITHIN)).astype(object)
    return told


def _within(surgery: Mapping[str, str], operations: Words, days: Words, low: int, high: int) -> set[str]:
    """The operations of which one of these days is so many after surgery."""
    known = [(one, day) for one, day in zip(operations, days, strict=True) if day]
    return {one for one, day in known if low <= _days(surgery[one], day) <= high}


def _operated_again(operations: Mapping[str, Words]) -> set[str]:
    """The operations after which the patient had another one, which was no planned stage, within the time."""
    of_patient: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    columns = (operations[name] for name in ("patient_id", "operation_id", "surgery_date", "planned_stage"))
    for patient, one, day, planned in zip(*columns, strict=True):
        of_patient[patient].append((one, day, planned))
    return {
        one
        for rows in of_patient.values()
        for one, day, _ in rows
        if any(0 < _days(day, later) <= WITHIN and planned != "true" for _, later, planned in rows)
    }


def _days(first: str, last: str) -> int:
    return int((np.datetime64(last) - np.datetime64(first)).astype(int))

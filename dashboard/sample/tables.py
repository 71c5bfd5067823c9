"""The canonical tables as columns of text, from the numbers of one chunk."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

from dashboard.errors import DefinitionsWrong
from dashboard.sample.asked import asked
from dashboard.sample.care import treatment_names, treatments
from dashboard.sample.declared import fill
from dashboard.sample.draws import Draws, Ints
from dashboard.sample.findings import complications, diagnoses, has_implant, symptoms
from dashboard.sample.people import NumberColumns, rows_of
from dashboard.sample.rules import DAY_ZERO, Rules
from dashboard.sample.surgery import all_operations
from dashboard.sample.visits import EQ5D_LEAST, follow_ups

Words = npt.NDArray[np.object_]
TextColumns = dict[str, Words]

FLAGS = ("depression", "anxiety", "excessive_alcohol", "diabetes", "osteoporosis", "opioid_use", "compensation_claim",
         "scar_tendency", "adjacent_degeneration")  # fmt: skip


def _labels(*names: str) -> Words:
    """Text by number; the last is empty, so that -1 is "not recorded"."""
    return np.array([*names, ""], dtype=object)


OLDEST = 90
"""An age of more is written as this one, as the app keeps it."""
TRUTH = _labels("false", "true")
WHOLE = _labels(*[str(number) for number in range(3000)])
TENTHS = _labels(*[f"{number / 10:.1f}" for number in range(3000)])
EQ5D = _labels(*[f"{(number + EQ5D_LEAST) / 1000:.3f}" for number in range(1601)])


@cache
def _dates(last_day: int) -> Words:
    return _labels(*[(DAY_ZERO + timedelta(days=day)).isoformat() for day in range(last_day + 1)])


@dataclass(frozen=True)
class Chunk:
    """What one chunk is called and how large it is: its records do not depend on any other chunk."""

    number: int
    first_operation: int
    operations: int


def tables(rules: Rules, draws: Draws, chunk: Chunk) -> dict[str, TextColumns]:
    """Every table of one chunk, ordered by operation."""
    operations = _exactly(all_operations(rules, draws, chunk.operations * 19 // 20 + 40), chunk.operations)
    patient = [f"P{chunk.first_operation + number + 1:08d}" for number in range(int(operations["patient"].max()) + 1)]
    operation = [f"OP{chunk.first_operation + row + 1:08d}" for row in range(chunk.operations)]
    patient_ids, operation_ids = np.array(patient, dtype=object), np.array(operation, dtype=object)
    result = {
        "patients": _patients(rules, operations, patient_ids),
        "operations": _operations(rules, draws, operations, patient_ids, operation_ids),
    }
    for name, columns in _words(rules).items():
        rows = _by_operation(DRAWN[name](rules, draws, operations))
        words = {column: text[rows[number]] for column, (number, text) in columns.items()}
        result[name] = {"operation_id": operation_ids[rows["operation"]], **words}
    for name, table in result.items():
        _leave_out(rules["missing"][name], draws, table)
    _write_out(result, operations["patient"])
    result["operations"] |= asked(result)
    return fill(result)


def _exactly(operations: NumberColumns, wanted: int) -> NumberColumns:
    """As many whole patients as make the wanted number of operations, numbered from 0."""
    size = np.bincount(operations["patient"])
    whole = np.cumsum(size) <= wanted
    missing = wanted - int(size[whole].sum())
    whole[np.flatnonzero(~whole & (size == 1))[:missing]] = True
    chosen = rows_of(operations, whole[operations["patient"]])
    if len(chosen["patient"]) != wanted:
        raise DefinitionsWrong(f"sample rules: reoperations are so many that {wanted} operations cannot be reached.")
    number: Ints = np.cumsum(whole) - 1
    return chosen | {"patient": number[chosen["patient"]]}


def _by_operation(table: NumberColumns) -> NumberColumns:
    """Rows by operation and day; what was drawn first stays first."""
    day = table["onset"] if "onset" in table else table["day"]
    return rows_of(table, np.lexsort((day, table["operation"])))


def _patients(rules: Rules, operations: NumberColumns, ids: Words) -> TextColumns:
    first = np.flatnonzero(np.diff(operations["patient"], prepend=-1))
    return {
        "patient_id": ids,
        "birth_date": _empty(len(ids)),
        "birth_year": WHOLE[operations["birth_year"][first]],
        "sex": _labels("female", "male", "other")[operations["sex"][first]],
        "death_date": _dates(rules.data_day)[operations["death"][first]],
    }


def _operations(
    rules: Rules, draws: Draws, rows: NumberColumns, patient_ids: Words, operation_ids: Words
) -> TextColumns:
    count, course = len(rows["patient"]), rules.course_of[rows["procedure"]]
    by_course = np.array(
        [[rules["indication"][name].get(entry, 0) for entry in rules.indications] for name in rules.courses]
    )
    minimal = rules.each("procedure", "minimal")[rows["procedure"]]
    day = _dates(rules.data_day)
    table = {
        "operation_id": operation_ids,
        "patient_id": patient_ids[rows["patient"]],
        "surgery_date": day[rows["surgery"]],
        "procedure": _labels(*rules.procedures)[rows["procedure"]],
        "site": _labels(*rules.sites)[rows["site"]],
        "surgeon": _labels(*[entry["key"] for entry in rules["surgeon"]])[rows["surgeon"]],
        "levels": _labels(*rules["levels"])[draws.pick(list(rules["levels"].values()), count)],
        "level_count": _empty(count),
        "age": _empty(count),
        "indication": _labels(*rules.indications)[draws.pick_by(by_course, course)],
        "minimally_invasive": TRUTH[draws.happens(minimal, count).astype(np.int64)],
        "implant_used": TRUTH[has_implant(rules, rows).astype(np.int64)],
        "planned_stage": TRUTH[rows["planned_stage"]],
        "prior_spine_operations": WHOLE[rows["prior_spine_operations"]],
        "last_contact_date": day[rows["last_contact"]],
        "asa": WHOLE[rows["asa"]],
        "height_cm": WHOLE[rows["height_cm"]],
        "weight_kg": WHOLE[rows["weight_kg"]],
        "bmi": TENTHS[rows["bmi_tenths"]],
        "smoking": _labels("never", "former", "current")[rows["smoking"]],
    }
    table |= {name: WHOLE[rows[name]] for name in ("alcohol_audit_c", "phq9", "gad7")}
    table |= {name: TRUTH[rows[name]] for name in FLAGS}
    table["recovery_adherence"] = _labels("full", "partial", "poor")[rows["recovery_adherence"]]
    table["symptom_duration_months"] = TENTHS[rows["duration_tenths"]]
    return table


def _words(rules: Rules) -> dict[str, dict[str, tuple[str, Words]]]:
    """By table and column of a record of an operation, which numbers say what stands there, and the text of each."""
    day = _dates(rules.data_day)
    codes = _labels("M96.1", *[entry["code"] for entry in rules["cause"].values()])
    return {
        "follow_ups": {
            "visit_date": ("day", day),
            **{name: (name, WHOLE) for name in ("odi", "back_pain", "leg_pain")},
            "eq5d_index": ("eq5d", EQ5D),
            **{name: (name, WHOLE) for name in ("gpe", "satisfaction")},
        },
        "symptoms": {
            "onset_date": ("onset", day),
            "symptom": ("symptom", _labels(*rules.symptoms)),
            "course": ("course", _labels("persistent", "new", "worsened")),
            "severity": ("severity", WHOLE),
            "resolved_date": ("resolved", day),
            "contacted_at": ("contacted", day),
        },
        "diagnoses": {
            "diagnosis_date": ("day", day),
            "cause": ("cause", _labels(*rules.causes)),
            "is_primary": ("primary", TRUTH),
            "code": ("code", codes),
        },
        "complications": {
            "complication_date": ("day", day),
            "complication": ("complication", _labels(*rules["complications"])),
            "severity": ("major", _labels("minor", "major")),
        },
        "treatments": {
            "start_date": ("day", day),
            "treatment": ("treatment", _labels(*treatment_names(rules))),
            "outcome": ("outcome", _labels("improved", "unchanged", "worse")),
            "outcome_date": ("outcome_day", day),
        },
    }


DRAWN = {
    "follow_ups": follow_ups,
    "symptoms": symptoms,
    "diagnoses": diagnoses,
    "complications": complications,
    "treatments": treatments,
}


def _empty(count: int) -> Words:
    return np.full(count, "", dtype=object)


def _write_out(tables: dict[str, TextColumns], patient: Ints) -> None:
    """Fill the columns that say again what others say, without chance: they change nothing of what is counted.

    Of three patients whose year of birth is known one has the whole date too, and the operations of another have the
    age; every operation whose levels are named has their number. patient: the row of each operation's patient.
    """
    born, operations = tables["patients"]["birth_year"], tables["operations"]
    third = np.arange(len(born)) % 3
    dated = np.flatnonzero((born != "") & (third == 1))
    tables["patients"]["birth_date"][dated] = [
        (date(int(born[row]), 1, 1) + timedelta(days=int(row) * 37 % 365)).isoformat() for row in dated
    ]
    aged = np.flatnonzero((born != "")[patient] & (third == 2)[patient])
    operations["age"][aged] = [
        str(min(int(operations["surgery_date"][row][:4]) - int(born[patient[row]]), OLDEST)) for row in aged
    ]
    named = np.flatnonzero(operations["levels"] != "")
    operations["level_count"][named] = [str(operations["levels"][row].count(";") + 1) for row in named]


def _leave_out(shares: Mapping[str, float], draws: Draws, table: TextColumns) -> None:
    """Empties a share of each optional column."""
    for column, share in shares.items():
        table[column][draws.happens(share, len(table[column]))] = ""

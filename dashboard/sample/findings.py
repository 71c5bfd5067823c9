"""What is noticed after surgery: symptoms, diagnoses behind failures, and complications."""

import numpy as np
import numpy.typing as npt

from dashboard.sample.draws import Draws, Flags, Ints
from dashboard.sample.people import NumberColumns, rows_of, stacked
from dashboard.sample.rules import Rules

PERSISTENT, NEW, WORSENED = 0, 1, 2


def symptoms(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """A row a symptom: those of failures, and passing ones of operations that went well."""
    table = stacked([_of_failures(rules, draws, operations), _passing(rules, draws, operations)])
    return _contacted(rules, draws, table, operations["last_contact"][table["operation"]])


def _of_failures(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    rule = rules["symptoms"]
    failed = np.flatnonzero(operations["cause"] >= 0)
    weights = rules.symptom_weights[operations["cause"][failed]]
    number = np.minimum(draws.pick(rule["recorded"], len(failed)), (weights > 0).sum(axis=1))
    row, rank, symptom = draws.some_of(weights, number, len(rule["recorded"]) - 1)
    operation, count = failed[row], len(row)
    persistent = (operations["persistent"][operation] == 1) & ((rank == 0) | draws.happens(0.6, count))
    later = np.where((rank == 0) | persistent, 0, draws.days(rule["further_days"], count))
    onset = operations["onset"][operation] + later
    last = operations["last_contact"][operation]
    relieved = onset + draws.days(rule["resolved_days"], count)
    resolved = draws.happens(rule["resolved"], count) & (relieved <= last) & ~persistent
    return rows_of(
        {
            "operation": operation,
            "onset": onset,
            "symptom": symptom,
            "course": np.where(persistent, PERSISTENT, np.where(draws.happens(rule["worsened"], count), WORSENED, NEW)),
            "severity": draws.days([2, 5, 6, 8, 10], count),
            "resolved": np.where(resolved, relieved, -1),
        },
        np.flatnonzero(onset <= last),
    )


def _passing(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    rule = rules["symptoms"]
    well = (operations["cause"] < 0) & (operations["planned_stage"] == 0)
    chosen = np.flatnonzero(well & draws.happens(rule["passing"], len(well)))
    count, last = len(chosen), operations["last_contact"][chosen]
    onset = operations["surgery"][chosen] + draws.days(rule["passing_onset_days"], count)
    relieved = onset + draws.days(rule["passing_resolved_days"], count)
    resolved = draws.happens(rule["passing_resolved"], count) & (relieved <= last)
    table: NumberColumns = {
        "operation": chosen,
        "onset": onset,
        "symptom": draws.pick(rules.symptom_weights[-1], count),
        "course": np.where(draws.happens(rule["worsened"] / 2, count), WORSENED, NEW),
        "severity": draws.days([1, 3, 4, 6, 9], count),
        "resolved": np.where(resolved, relieved, -1),
    }
    return rows_of(table, np.flatnonzero(onset <= last))


def _contacted(rules: Rules, draws: Draws, table: NumberColumns, last: Ints) -> NumberColumns:
    rule, count = rules["symptoms"], len(table["onset"])
    red = np.array([name in rule["red_flag"] for name in rules.symptoms])[table["symptom"]]
    day = table["onset"] + draws.days(rule["contacted_days"], count)
    acted = red & draws.happens(rule["contacted"], count) & (day <= last)
    return table | {"contacted": np.where(acted, day, -1)}


def diagnoses(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """A row a cause of a failure that was found; ``code`` is 0 for M96.1, else 1 + the cause."""
    rule = rules["diagnosis"]
    found = np.flatnonzero(operations["diagnosis"] >= 0)
    cause, count = operations["cause"][found], len(found)
    code_only = draws.happens(rule["code_only"], count)
    undetermined = rules.causes.index("undetermined")
    general = draws.happens(rule["coded_m961"], count) | code_only
    primary: NumberColumns = {
        "operation": found,
        "day": operations["diagnosis"][found],
        "cause": np.where(code_only, undetermined, cause),
        "primary": np.ones(count, dtype=np.int64),
        "code": np.where(general, 0, 1 + cause),
    }
    return stacked([primary, _further_causes(rules, draws, operations, rows_of(primary, ~code_only))])


def _further_causes(rules: Rules, draws: Draws, operations: NumberColumns, primary: NumberColumns) -> NumberColumns:
    further = rules["diagnosis"]["further_causes"]
    number = draws.pick(further, len(primary["cause"]))
    weights = rules.cause_weights[rules.course_of[operations["procedure"][primary["operation"]]]]
    weights[np.arange(len(weights)), primary["cause"]] = 0
    weights[:, rules.causes.index("undetermined")] = 0
    row, _, cause = draws.some_of(weights, number, len(further) - 1)
    operation = primary["operation"][row]
    day = primary["day"][row] + draws.days([0, 0, 7, 30, 120], len(row))
    day = np.minimum(day, operations["last_contact"][operation])
    return {"operation": operation, "day": day, "cause": cause, "primary": np.zeros_like(cause), "code": 1 + cause}


def complications(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """A row a complication: by chance, or because it is the cause of a failure."""
    parts = []
    for number, (name, entry) in enumerate(rules["complications"].items()):
        day = operations["surgery"] + draws.days(entry["days"], len(operations["surgery"]))
        by_chance = draws.happens(entry["chance"], len(day)) & (operations["planned_stage"] == 0)
        causes = [cause for cause, complication in rules["complication_of_cause"].items() if complication == name]
        as_cause = _from(rules, operations, causes)
        if name == "implant_failure":
            by_chance &= has_implant(rules, operations)
        day = np.where(as_cause, operations["onset"], day)
        rows = np.flatnonzero((by_chance | as_cause) & (day <= operations["last_contact"]))
        major = draws.happens(entry["major"], len(day)) | as_cause
        parts.append({"operation": rows, "day": day[rows], "complication": np.full(len(rows), number),
                      "major": major[rows].astype(np.int64)})  # fmt: skip
    return stacked(parts)


def _from(rules: Rules, operations: NumberColumns, causes: list[str]) -> Flags:
    """Which operations failed from one of these causes."""
    numbers = np.array([rules.causes.index(cause) for cause in causes], dtype=np.int64)
    return np.isin(operations["cause"], numbers)


def has_implant(rules: Rules, operations: NumberColumns) -> Flags:
    """By procedure and, where some have one and some not, by patient: the same answer whenever it is asked."""
    share = rules.each("procedure", "implant")[operations["procedure"]]
    place: npt.NDArray[np.float64] = (operations["surgery"] * 7 + operations["age"] * 13) % 100 / 100
    return place < share

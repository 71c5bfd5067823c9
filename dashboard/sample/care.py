"""What is done after a failure: treatments step by step, and how they turn out."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dashboard.sample.draws import Draws, Flags, Floats, Ints
from dashboard.sample.people import NumberColumns, rows_of, stacked
from dashboard.sample.rules import Rules

IMPROVED, UNCHANGED, WORSE = 0, 1, 2
SURGERY = ("urgent_revision", "revision_surgery", "minimally_invasive_revision")


def treatment_names(rules: Rules) -> tuple[str, ...]:
    """Every treatment, in the order of their numbers in the table."""
    return SURGERY + tuple(name for step in rules["step"] for name in step["treatment"])


def treatments(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """A row a treatment of a failure that was found, from conservative to revision."""
    found = np.flatnonzero(operations["diagnosis"] >= 0)
    number, day = len(SURGERY), operations["diagnosis"][found]
    parts = [_revisions(rules, draws, operations)]
    for step in rules["step"]:
        reached = draws.happens(step["chance"], len(found))
        start = day + draws.days(step["days"], len(found))
        taken = _step(draws, step, found[reached], start[reached])
        taken["treatment"] += number
        parts.append(taken)
        number, day = number + len(step["treatment"]), np.where(reached, start, day)
    table = stacked(parts)
    table = rows_of(table, np.flatnonzero(table["day"] <= _end(operations, table)))
    return _with_outcome(rules, draws, operations, table)


def _end(operations: NumberColumns, table: NumberColumns) -> Ints:
    """The last day for a treatment of this operation: the day of a reoperation, else of the last contact."""
    last: Ints = operations["last_contact"][table["operation"]]
    again = operations["reoperation"][table["operation"]]
    return np.where(again >= 0, np.minimum(again, last), last)


def _step(draws: Draws, step: Mapping[str, Any], operation: Ints, start: Ints) -> NumberColumns:
    count = len(operation)
    weights = np.array(list(step["treatment"].values()), dtype=np.float64)
    number = draws.pick(step["number"], count) + 1
    row, rank, chosen = draws.some_of(np.broadcast_to(weights, (count, len(weights))), number, len(step["number"]))
    return {
        "operation": operation[row],
        "day": start[row] + rank * draws.days([0, 0, 10, 25, 60], len(row)),
        "treatment": chosen,
        "improved": np.full(len(row), float(step["improved"])),
        "worse": np.full(len(row), float(step["worse"])),
    }


def _revisions(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """A row for each failure that was operated on again; each attempt succeeds less often than the one before."""
    rule = rules["revision"]
    again = rows_of(operations | {"row": np.arange(len(operations["cause"]))}, operations["reoperation"] >= 0)
    count, shares = len(again["row"]), np.array(rule["improved"], dtype=np.float64)
    urgent = (rules.quick[again["cause"]] == 1) & (again["reoperation"] - again["onset"] <= 21)
    minimal = draws.happens(rule["minimally_invasive"], count)
    improved: Floats = shares[np.minimum(again["attempt"], len(shares) - 1)]
    return {
        "operation": again["row"],
        "day": again["reoperation"],
        "treatment": np.where(urgent, 0, np.where(minimal, 2, 1)),
        "improved": improved,
        "worse": np.full(count, float(rule["worse"])),
    }


def _with_outcome(rules: Rules, draws: Draws, operations: NumberColumns, table: NumberColumns) -> NumberColumns:
    count, chance = len(table["day"]), draws.uniform(len(table["day"]))
    known_on = table["day"] + draws.days(rules["outcome"]["after_days"], count)
    known: Flags = known_on <= operations["last_contact"][table["operation"]]
    outcome = np.where(chance < table["improved"], IMPROVED, np.where(chance > 1 - table["worse"], WORSE, UNCHANGED))
    return table | {"outcome": np.where(known, outcome, -1), "outcome_day": np.where(known, known_on, -1)}

"""Operations after the first: planned stages, reoperations of failures, and another index operation years later."""

import numpy as np

from dashboard.sample.draws import Draws, Ints
from dashboard.sample.failure import failures
from dashboard.sample.people import NumberColumns, first_operations, rows_of, site, stacked
from dashboard.sample.rules import Rules

ROUNDS = 4  # a first operation and at most three that follow from it


def all_operations(rules: Rules, draws: Draws, patients: int) -> NumberColumns:
    """Every operation of these patients with its failure, by patient and date."""
    rounds = [first_operations(rules, draws, patients)]
    for number in range(ROUNDS):
        rounds[number] |= failures(rules, draws, rounds[number])
        if number == ROUNDS - 1:
            rounds[number]["reoperation"][:] = -1
            break
        following = [_reoperations(rules, draws, rounds[number])]
        if number == 0:
            following.append(_second_index(rules, draws, rounds[0]))
        rounds.append(stacked(following))
    stages = _planned_stages(rules, draws, rounds[0])
    everything = stacked([*rounds, stages])
    order = np.lexsort((everything["planned_stage"], everything["surgery"], everything["patient"]))
    return rows_of(everything, order)


def _after(rules: Rules, draws: Draws, earlier: NumberColumns, day: Ints, procedure: Ints) -> NumberColumns:
    """The same patients, operated again that day by mostly the same surgeon."""
    count = len(day)
    surgeon = np.where(
        draws.happens(0.8, count), earlier["surgeon"], draws.pick(rules.each("surgeon", "volume"), count)
    )
    later = {name: values for name, values in earlier.items() if name not in FAILURE}
    return (
        later
        | {
            "surgery": day,
            "procedure": procedure,
            "surgeon": surgeon,
            "age": earlier["age"] + (day - earlier["surgery"]) // 365,
            "prior_spine_operations": earlier["prior_spine_operations"] + 1,
        }
        | site(rules, draws, surgeon)
    )


def _reoperations(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    failed = rows_of(operations, np.flatnonzero(operations["reoperation"] >= 0))
    procedure = draws.pick_by(rules.reoperation_weights, failed["cause"])
    again = _after(rules, draws, failed, failed["reoperation"], procedure)
    return again | {
        "attempt": failed["attempt"] + 1,
        "duration_tenths": (again["surgery"] - failed["onset"]) // 30 * 10,
    }


def _second_index(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """Operations for something new, years later, of patients whose first operation did not fail."""
    rule, count = rules["second_index"], len(operations["patient"])
    day = operations["surgery"] + draws.days(rule["after_days"], count)
    happens = draws.happens(rule["chance"], count) & (operations["cause"] < 0) & (day <= operations["last_contact"])
    rows = np.flatnonzero(happens)
    procedure = draws.pick(rules.each("procedure", "weight"), len(rows))
    return _after(rules, draws, rows_of(operations, rows), day[rows], procedure)


def _planned_stages(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """Second stages of fusions: operations of their own in the table, without an outcome of their own."""
    rule, count = rules["planned_stage"], len(operations["patient"])
    day = operations["surgery"] + draws.days(rule["after_days"], count)
    fusion = rules.course_of[operations["procedure"]] == rules.courses.index("fusion")
    happens = draws.happens(rule["chance"], count) & fusion & (day <= operations["last_contact"])
    happens &= (operations["onset"] < 0) | (operations["onset"] > day)
    first = rows_of(operations, np.flatnonzero(happens))
    stage = {**first, "surgery": day[happens], "planned_stage": np.ones(int(happens.sum()), dtype=np.int64)}
    stage["procedure"] = np.full(len(stage["surgery"]), rules.procedures.index("posterolateral_fusion"))
    return stage | {name: np.full(len(stage["surgery"]), -1) for name in FAILURE}


FAILURE = ("cause", "onset", "diagnosis", "reoperation", "persistent")

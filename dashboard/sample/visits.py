"""Follow-up visits: who answers, when, and with which scores."""

import numpy as np

from dashboard.sample.draws import Draws, Floats, Ints
from dashboard.sample.people import CURRENT, NumberColumns, rows_of, stacked
from dashboard.sample.rules import Rules

EQ5D_LEAST = -600
"""In thousandths, where its numbers begin."""
SCORES = ("odi", "back_pain", "leg_pain", "eq5d", "gpe", "satisfaction")


def follow_ups(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """A row a visit answered, with the scores -1 where the visit does not ask for them."""
    patients = _before_and_relief(rules, draws, operations)
    parts = [_baseline(rules, draws, operations, patients)]
    for name in ("months_3", "months_12", "months_24"):
        early = rules["scores"]["relief_3_months"] if name == "months_3" else 1.0
        parts.append(_visit(rules, draws, operations, patients, name, early))
    return stacked(parts)


def _before_and_relief(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """Complaints before surgery, and the share of them that goes if all is well and if the operation fails."""
    rule, count = rules["scores"], len(operations["surgery"])
    severity = draws.normal(count)
    cost = rule["relief_lost_per_odds_doubling"] * np.log2(operations["relative_odds"])
    back = rule["back_mean"] + rule["back_spread"] * (0.5 * severity + 0.87 * draws.normal(count))
    leg = rule["leg_mean"] + rule["leg_spread"] * (0.5 * severity + 0.87 * draws.normal(count))
    return {
        "odi": np.clip(rule["odi_mean"] + rule["odi_spread"] * severity, 8, 92),
        "back_pain": np.clip(back, 0, 10),
        "leg_pain": np.clip(leg, 0, 10),
        "well": rule["relief_well"] - cost + rule["relief_well_spread"] * draws.normal(count),
        "failed": rule["relief_failed"] + rule["relief_failed_spread"] * draws.normal(count),
    }


def _baseline(rules: Rules, draws: Draws, operations: NumberColumns, patients: NumberColumns) -> NumberColumns:
    rule, count = rules["visits"], len(operations["surgery"])
    before = draws.days(rule["baseline_days"], count)
    # A reoperation may come days after the first operation: its baseline is asked on the day itself.
    day = operations["surgery"] - np.where(operations["attempt"] > 0, 0, before)
    rows = np.flatnonzero(draws.happens(rule["baseline_answered"], count) & (operations["planned_stage"] == 0))
    table = _scores(rules, draws, rows_of(patients, rows), np.zeros(len(rows)))
    nothing = np.full(len(rows), -1)
    return {"operation": rows, "day": day[rows]} | table | {"gpe": nothing, "satisfaction": nothing}


def _visit(
    rules: Rules, draws: Draws, operations: NumberColumns, patients: NumberColumns, name: str, early: float
) -> NumberColumns:
    rule, count = rules["visits"][name], len(operations["surgery"])
    day = operations["surgery"] + draws.days(rule["days"], count)
    late = draws.happens(rules["visits"]["outside"], count)
    beyond = operations["surgery"] + rule["window"][1] + draws.days(rules["visits"]["outside_days"], count)
    day = np.where(late, beyond, day)
    answered = draws.happens(_answer_chance(rules, operations, name), count) & (operations["planned_stage"] == 0)
    rows = np.flatnonzero(answered & (day <= operations["last_contact"]))
    failed = (operations["cause"] >= 0) & (operations["onset"] <= day)
    relief = np.where(failed, patients["failed"], patients["well"] * early)[rows]
    return {"operation": rows, "day": day[rows]} | _scores(rules, draws, rows_of(patients, rows), relief)


def _answer_chance(rules: Rules, operations: NumberColumns, name: str) -> Floats:
    """Chance to answer while under observation, so that the share of all visits due is what the rules say."""
    rule, visit = rules["visits"], rules["visits"][name]
    still_here = np.exp(-rules["follow_up"]["lost_per_year"] * visit["days"][2] / 365.25)
    older = np.minimum(operations["age"] - rule["age_pivot"], 15)
    lean: Floats = rule["age_lean"] * older + rule["smoker_lean"] * (operations["smoking"] == CURRENT)
    chance: Floats = visit["answered"] / still_here / (1 - rule["outside"]) + lean + rule["correction"]
    return chance


def _scores(rules: Rules, draws: Draws, patients: NumberColumns, relief: Floats) -> NumberColumns:
    rule, count, left = rules["scores"], len(relief), 1 - relief
    odi = np.clip(patients["odi"] * left + rule["odi_noise"] * draws.normal(count), 0, 100)
    pain = {
        part: _whole(np.clip(patients[part] * left + rule["pain_noise"] * draws.normal(count), 0, 10))
        for part in ("back_pain", "leg_pain")
    }
    quality = rule["eq5d_at_odi_0"] + rule["eq5d_per_odi_point"] * odi + rule["eq5d_noise"] * draws.normal(count)
    opinion = relief + rule["opinion_noise"] * draws.normal(count)
    return {
        "odi": _whole(odi / 2) * 2,
        **pain,
        "eq5d": _whole(np.clip(quality, -0.594, 1) * 1000) - EQ5D_LEAST,
        "gpe": _grade(opinion, rule["gpe_below"]),
        "satisfaction": _grade(opinion, rule["satisfaction_below"]),
    }


def _whole(values: Floats) -> Ints:
    return np.floor(values + 0.5).astype(np.int64)


def _grade(opinion: Floats, below: list[float]) -> Ints:
    """1 for the best opinion, one more for each bound that it lies below."""
    grades: Ints = 1 + (opinion[:, None] < np.asarray(below)).sum(axis=1)
    return grades

"""Which operations fail, from what cause, on which day, and when that is found out and operated on."""

import numpy as np

from dashboard.sample.draws import Draws, Flags, Floats, Ints
from dashboard.sample.people import CURRENT, FORMER, PARTIAL, POOR, NumberColumns
from dashboard.sample.rules import Rules


def risk_factors(operations: NumberColumns) -> dict[str, Flags]:
    """Who has each factor named under ``odds_ratio`` and ``cause_odds_ratio`` in the rules."""
    yes = {
        name: operations[name] == 1
        for name in (
            "depression", "anxiety", "diabetes", "opioid_use", "compensation_claim", "osteoporosis", "scar_tendency",
            "adjacent_degeneration", "excessive_alcohol",
        )
    }  # fmt: skip
    return yes | {
        "smoking_current": operations["smoking"] == CURRENT,
        "smoking_former": operations["smoking"] == FORMER,
        "prior_surgery": operations["prior_spine_operations"] > 0,
        "asa_3_or_more": operations["asa"] >= 3,
        "obesity": operations["bmi_tenths"] >= 300,
        "partial_adherence": operations["recovery_adherence"] == PARTIAL,
        "poor_adherence": operations["recovery_adherence"] == POOR,
        "long_symptom_duration": operations["duration_tenths"] > 240,
    }


def _cause_weights(rules: Rules, operations: NumberColumns, present: dict[str, Flags]) -> Floats:
    weights: Floats = rules.cause_weights[rules.course_of[operations["procedure"]]]
    for cause, ratios in rules["cause_odds_ratio"].items():
        column = rules.causes.index(cause)
        for factor, ratio in ratios.items():
            weights[present[factor], column] *= ratio
    return weights


def failures(rules: Rules, draws: Draws, operations: NumberColumns) -> NumberColumns:
    """``cause`` (-1: none), days of ``onset``, ``diagnosis`` and ``reoperation`` (-1: not under observation),
    ``persistent``, and ``relative_odds``: the odds of failure against a patient without risk factors."""
    count, procedure = len(operations["patient"]), operations["procedure"]
    present = risk_factors(operations)
    ratio: Floats = rules.each("surgeon", "odds")[operations["surgeon"]]
    for factor, odds_ratio in rules["odds_ratio"].items():
        ratio = np.where(present[factor], ratio * odds_ratio, ratio)
    weights = _cause_weights(rules, operations, present)
    ratio = ratio * weights.sum(axis=1) / rules.cause_weights.sum(axis=1)[rules.course_of[procedure]]
    odds = rules.each("procedure", "odds")[procedure] * ratio
    failed = draws.happens(odds / (1 + odds), count)
    cause = draws.pick_by(weights, np.arange(count))
    return _course(rules, draws, operations, failed, cause) | {"relative_odds": ratio}


def _course(rules: Rules, draws: Draws, operations: NumberColumns, failed: Flags, cause: Ints) -> NumberColumns:
    count, surgery, last = len(cause), operations["surgery"], operations["last_contact"]
    persistent = failed & draws.happens(rules.each("cause", "persistent")[cause], count)
    onset = surgery + np.where(persistent, 0, draws.days_by(rules.each("cause", "onset_days"), cause))
    delays = np.array([rules["diagnosis"]["slow_days"], rules["diagnosis"]["quick_days"]], dtype=np.float64)
    waits = np.array([rules["reoperation"]["slow_days"], rules["reoperation"]["quick_days"]], dtype=np.float64)
    diagnosis = onset + draws.days_by(delays, rules.quick[cause])
    reoperation = np.maximum(diagnosis + draws.days_by(waits, rules.quick[cause]), surgery + 1)
    chance = np.array([entry["reoperation"]["chance"] for entry in rules["cause"].values()])[cause]
    operated = draws.happens(chance * rules["reoperation"]["scale"], count)
    seen = failed & (onset <= last)
    found = seen & (diagnosis <= last)
    return {
        "cause": np.where(seen, cause, -1),
        "onset": np.where(seen, onset, -1),
        "diagnosis": np.where(found, diagnosis, -1),
        "reoperation": np.where(found & operated & (reoperation <= last), reoperation, -1),
        "persistent": (persistent & seen).astype(np.int64),
    }

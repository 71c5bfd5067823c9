"""A few operations of a generation, told of in each form without a database."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from dashboard.errors import NotTold
from dashboard.protecting import COUNTED, ProtectedForm
from tests.attacker.practice import WITHIN

WELL, FAILED, DIED, UNANSWERED = range(4)
PER_STATE = 100_000
"""Tells a day on which somebody died from the same day on which somebody failed."""


def keyed(words: str) -> bytes:
    return sha256(f"a secret {words}".encode()).digest()


def generation(number: int) -> pd.DataFrame:
    """Operations: the day of surgery, the state and its day."""
    random = np.random.default_rng(number)
    size = int(random.integers(40, 120))
    state = random.choice([WELL, FAILED, DIED, UNANSWERED], size, p=[0.45, 0.3, 0.05, 0.2])
    return pd.DataFrame(
        {"operated": random.integers(6000, 9000, size), "state": state, "day": random.integers(1, 1500, size)}
    )


def told(rows: pd.DataFrame, read: str = "failure_curve") -> int | None:
    """The count that a form tells of what an attacker is after; None where nothing is told."""
    frame, count = FRAMES[read]
    columns: Mapping[str, Any] = {"factors": ("smoking",)} if read.startswith("risk_factors") else {"by": ()}
    bound = {} if read in OF_NO_OUTCOME else {"outcome": 1, "within_days": WITHIN}
    asked = frame(rows)
    try:
        answer = ProtectedForm(lambda *of: _signature(rows, *of), keyed).told(read, columns, bound, asked)
    except NotTold:
        return None
    answer = answer[answer["visit_state"] == 1] if "visit_state" in answer else answer
    return int(answer[count].sum()) or None


def _signature(rows: pd.DataFrame, name: str, by: str, _: Mapping[str, Any]) -> pd.DataFrame:
    of_events = name == "event_signature"
    rows = rows[rows["state"].isin((FAILED, DIED))] if of_events else rows
    days = rows["day"] + PER_STATE * rows["state"] if of_events else rows["operated"]
    sums = {"operations": len(rows), "days": days.sum(), "more": (days * rows["operated"]).sum()}
    return pd.DataFrame([{"unit": int(bool(by)), **sums}])


def _states(rows: pd.DataFrame) -> dict[str, pd.Series]:
    state = rows["state"]
    return {"failed": state == FAILED, "died": state == DIED, "left_follow_up": ~state.isin((FAILED, DIED))}


def _curve(rows: pd.DataFrame) -> pd.DataFrame:
    counted = rows[["day"]].assign(unit=0, **_states(rows))
    return counted.groupby(["unit", "day"], as_index=False)[list(COUNTED)].sum()


def _lost(rows: pd.DataFrame) -> dict[str, pd.Series]:
    by_then, state = rows["day"] <= WITHIN, rows["state"]
    return {
        "due_failed": by_then & (state == FAILED), "lost": ~state.isin((FAILED, DIED)) & (rows["day"] < WITHIN),
        "not_due": state > UNANSWERED,
    }  # fmt: skip


def _by_factor(rows: pd.DataFrame) -> pd.DataFrame:
    counted = rows.assign(
        until_day=rows["day"].clip(upper=WITHIN + 1), grouping_bits=0, band=1, **_states(rows), **_lost(rows)
    )
    keys = ["until_day", "grouping_bits", "band"]
    return counted.groupby(keys, as_index=False)[[*COUNTED, "due_failed", "lost", "not_due"]].sum()


def _visit(rows: pd.DataFrame) -> dict[str, int]:
    state = rows["state"]
    counts = {
        "operations": state >= WELL, "failed": state == FAILED, "died": state == DIED,
        "answered": state.isin((WELL, FAILED)), "due": state != DIED, "not_due": state > UNANSWERED,
    }  # fmt: skip
    return {name: int(counted.sum()) for name, counted in counts.items()}


def _visit_by_factor(rows: pd.DataFrame) -> pd.DataFrame:
    counts = {name: count for name, count in _visit(rows).items() if name not in ("died", "not_due")}
    return pd.DataFrame([{"grouping_bits": 0, "band": 1, **counts}])


def _states_of_visit(rows: pd.DataFrame) -> pd.DataFrame:
    state = rows["state"].map({WELL: 1, FAILED: 1, DIED: 2, UNANSWERED: 3})
    counted = rows.assign(unit=0, visit=1, visit_state=state, operations=1)
    return counted.groupby(["unit", "visit", "visit_state"], as_index=False)[["operations"]].sum()


def _operations(rows: pd.DataFrame) -> pd.DataFrame:
    day = pd.Timestamp(2020, 1, 1)
    counts = {"operations": len(rows), "patients": len(rows)}
    return pd.DataFrame([{**counts, "first_operation": day, "last_operation": day}])


def _due(rows: pd.DataFrame) -> pd.DataFrame:
    counts = {name: int(counted.sum()) for name, counted in _lost(rows).items()}
    return pd.DataFrame([{"unit": 0, "due": len(rows), **counts}])


Frame = Callable[[pd.DataFrame], pd.DataFrame]
FRAMES: Mapping[str, tuple[Frame, str]] = MappingProxyType({
    "failure_curve": (_curve, "failed"),
    "follow_up": (_states_of_visit, "operations"),
    "landmark": (lambda rows: pd.DataFrame([{"unit": 0, **_visit(rows)}]), "failed"),
    "lost": (_due, "due_failed"),
    "operations": (_operations, "operations"),
    "risk_factors": (_by_factor, "failed"),
    "risk_factors_landmark": (_visit_by_factor, "failed"),
})  # fmt: skip
"""By form the answer of its read to everybody together, and the count in it that an attacker is after."""
OF_NO_OUTCOME = frozenset({"follow_up", "operations"})

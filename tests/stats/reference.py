"""The values made with R, ready to compare: a case is counts, and what R answered for them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

KEPT_HERE = Path(__file__).parent / "references"
BESIDE_THE_CHECKOUT = Path(__file__).parents[2].parent / "shared" / "references" / "statistics"

LEFT, FAILED, DIED = 0, 1, 2


@dataclass(frozen=True)
class Case:
    name: str
    counts: pd.DataFrame
    expected: dict[str, Any]

    def __str__(self) -> str:
        return self.name


def counts_of(times: Sequence[int], statuses: Sequence[int]) -> pd.DataFrame:
    """Count what the database would: one row per day, from the time and status of each operation."""
    rows = pd.DataFrame({"day": list(times), "status": list(statuses)}, dtype="int64")
    for name, status in (("failed", FAILED), ("died", DIED), ("left", LEFT)):
        rows[name] = (rows["status"] == status).astype("int64")
    return rows.groupby("day", as_index=False)[["failed", "died", "left"]].sum()


def grouped_counts(times: Sequence[int], statuses: Sequence[int], groups: Sequence[Any]) -> dict[str, pd.DataFrame]:
    """The same for each group, by its name."""
    rows = pd.DataFrame({"time": list(times), "status": list(statuses), "group": [str(g) for g in groups]})
    return {str(g): counts_of(part["time"].tolist(), part["status"].tolist()) for g, part in rows.groupby("group")}


def exchange_causes(counts: pd.DataFrame) -> pd.DataFrame:
    """Death as the outcome and failure as what competes: R's second cause."""
    return counts.rename(columns={"failed": "died", "died": "failed"})


def death_as_leaving(counts: pd.DataFrame) -> pd.DataFrame:
    """The dead counted with those who left: what fails then is one minus Kaplan-Meier."""
    return counts.assign(left=counts["left"] + counts["died"], died=0)


def read(name: str, folder: Path = KEPT_HERE) -> Any:
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


def cohort(name: str, folder: Path = KEPT_HERE) -> tuple[pd.DataFrame, dict[str, pd.DataFrame], dict[str, Any]]:
    """Counts of a whole cohort, of each of its groups, and R's answers."""
    answers = read(name, folder)
    rows = pd.read_csv(folder / f"{name}.csv")
    times, statuses = rows[answers["time_column"]].tolist(), rows[answers["status_column"]].tolist()
    return counts_of(times, statuses), grouped_counts(times, statuses, rows[answers["group_column"]].tolist()), answers


def cases_of(name: str, folder: Path = KEPT_HERE) -> Iterator[Case]:
    """A cohort as a whole, then each of its groups."""
    whole, groups, answers = cohort(name, folder)
    yield Case(f"{name}, all", whole, answers)
    for group, expected in answers["by_group"].items():
        yield Case(f"{name}, {group}", groups[group], expected)


def edge_cases() -> Iterator[Case]:
    for name, answer in read("edge_survival")["single"].items():
        yield Case(name, counts_of(answer["time"], answer["status"]), answer)


def policy(identifier: str) -> dict[str, Any]:
    """One entry of what must be answered where there is little or nothing to estimate."""
    return next(dict(entry) for entry in read("edge_policy") if entry["id"] == identifier)


def agrees(value: float | None, expected: float | None, within: float = 1e-10) -> bool:
    """Whether a value is R's, to 1e-10 of its size (of 1 where R says 0); "not defined" agrees only with itself."""
    if value is None or math.isnan(value):
        return expected is None
    return expected is not None and abs(value - expected) <= within * (abs(expected) or 1)


def standing_at(curve: pd.DataFrame, column: str, day: float, at_start: float) -> float:
    """The height of a step curve on a day, ``at_start`` before its first step."""
    so_far = curve[curve["day"] <= day]
    return float(so_far[column].iloc[-1]) if len(so_far) else at_start

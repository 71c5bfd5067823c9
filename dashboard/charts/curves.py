"""Curves of the share failed as they are drawn: how far each is firm, where it steps, what is said at a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.charts import style

DAYS_A_MONTH = 365.25 / 12
MOST_POINTS = 150
"""Of more steps than a screen can show, so many are drawn."""
FEW, FEW_SHARE, FEWEST = 10, 0.1, 5
"""Grey below 10 at risk or a tenth of the group; cut below 5."""
MOST_MARKS = 6
DAYS_UP_TO, MONTHS_UP_TO = 92, 731
"""An axis that ends by then is marked in days, or in months; a longer one in years."""


@dataclass(frozen=True)
class CurveWords:
    """What curves are of, in words: what is counted, what became of an operation, and since when."""

    counted: str
    did: str
    since: str


FAILED = CurveWords("Operations failed", "failed", "surgery")


@dataclass(frozen=True)
class Curve:
    """One group: its rows by day, the days up to which it is firm and drawn at all, and how it looks.

    told: whether a share may be told of it; else there is its line alone.
    """

    group: str
    label: str
    rows: pd.DataFrame
    firm: int
    end: int
    colour: str
    dash: str = "solid"
    told: bool = True

    @cached_property
    def columns(self) -> dict[str, np.ndarray]:
        """The numbers by day: a curve is asked for each of its points, and a frame takes its time to be asked."""
        return {name: self.rows[name].to_numpy() for name in ("day", "at_risk", "left", "share", "lower", "upper")}

    @property
    def operations(self) -> int:
        """How many there were at the start."""
        return int(self.columns["at_risk"].max()) if len(self.rows) else 0

    @property
    def drawn(self) -> bool:
        """Whether there are enough for a curve."""
        return self.operations >= FEWEST

    def standing(self, day: float) -> tuple[float, float, float]:
        """Share failed by a day, with its limits."""
        before = int(self.columns["day"].searchsorted(day, side="right"))
        if not before:
            return 0.0, np.nan, np.nan
        share, lower, upper = (float(self.columns[name][before - 1]) for name in ("share", "lower", "upper"))
        return share, lower, upper

    def refusal(self, day: float) -> str:
        """Why no share is told of it by a day; empty where one is."""
        if not self.told:
            return "of too few due the state is known for a share"
        return "" if self.firm and day <= self.firm else "too few remain for a share"

    def known(self, day: float) -> int:
        """Operations whose state on this day is known: failed or died by then, or followed so long."""
        return self.operations - int(self.columns["left"][self.columns["day"] < day].sum())

    def limits_words(self, day: float) -> str:
        """The limits by a day; those of 0 % and 100 % with the number whose state is known, on which they rest."""
        share, *limits = self.standing(day)
        words = wording.interval(*limits)
        exact = f"; state of {self.known(day):,} known" if share in (0, 1) else ""
        return f" ({words}{exact})" if words else ""

    def at_risk(self, day: float) -> int:
        """Operations whose time is this day or later."""
        first = int(self.columns["day"].searchsorted(day))
        return int(self.columns["at_risk"][first]) if first < len(self.rows) else 0


@dataclass(frozen=True)
class Mark:
    """A place on the axis of time: in months, on which day, and in words."""

    months: float
    day: int
    words: str


def curves_of(frame: pd.DataFrame, until_days: int, looks: Sequence[tuple[str, str]], *, least: int = 0) -> list[Curve]:
    """The groups of a frame (see ``step_curve``) in its order, each with its colour and dash.

    least: rows that a group must have.
    """
    parts = [rows.sort_values("day") for _, rows in frame.groupby("group", sort=False) if len(rows) > least]
    return [
        Curve(
            str(rows["group"].iloc[0]), str(rows["label"].iloc[0]), rows.dropna(subset=["share"]),
            *_limits(rows, until_days), *look, "told" not in rows or bool(rows["told"].all()),
        )
        for rows, look in zip(parts, looks, strict=False)
    ]  # fmt: skip


def _limits(rows: pd.DataFrame, until_days: int) -> tuple[int, int]:
    """The last day on which a curve is firm, and the last on which it is drawn; none later than the axis."""
    at_risk = rows["at_risk"]
    firm = rows["day"][at_risk >= max(FEW, FEW_SHARE * at_risk.max())]
    drawn = rows["day"][at_risk >= FEWEST]
    return tuple(min(until_days, int(days.max())) if len(days) else 0 for days in (firm, drawn))  # type: ignore[return-value]


def points(curve: Curve, until_days: int, *, most: int = MOST_POINTS, limits: bool = True) -> pd.DataFrame:
    """Where the line is set down: at each step, and where it changes or ends.

    Of more steps than ``most`` the last in each of as many equal stretches. limits: whether a step of the interval
    alone is one.
    """
    held = curve.columns["day"] <= curve.end
    heights = [curve.columns[name][held] for name in (("share", "lower", "upper") if limits else ("share",))]
    steps = curve.columns["day"][held][_changes(heights)]
    room = most - 3
    if len(steps) > room:
        stretch = steps.astype(int) * room // (until_days + 1)
        steps = steps[np.append(stretch[1:] != stretch[:-1], True)]
    days = sorted({0, curve.firm, curve.end, *(int(day) for day in steps)})
    found = pd.DataFrame([curve.standing(day) for day in days], columns=["share", "lower", "upper"])
    return found.assign(day=days, at_risk=[curve.at_risk(day) for day in days])


def _changes(heights: Sequence[np.ndarray]) -> np.ndarray:
    """Whether any of these differs from what it was before; the first does, and what is unknown always."""
    each = [np.append(True, height[1:] != height[:-1])[: len(height)] for height in heights]
    changed: np.ndarray = np.any(each, axis=0)
    return changed


def hover(curve: Curve, point: Any, did: str = FAILED.did) -> str:
    """What is said on pointing at a curve; point: one of its ``points``."""
    refused = curve.refusal(point.day)
    share = refused or f"{wording.percent(point.share)} {did}"
    limits = "" if refused else curve.limits_words(point.day)
    return f"{style.on_one_line(curve.label)}: {share} by day {point.day}{limits}; {point.at_risk:,} at risk"


def marks(until_days: int, most: int = MOST_MARKS) -> list[Mark]:
    """Round days up to 90, months up to 24, else years, from surgery to the end, at most six of them."""
    if until_days <= DAYS_UP_TO:
        step = next(step for step in (10, 15, 30, 90) if until_days / step <= most - 1)
        days = range(0, until_days + 1, step)
        return [Mark(months(day), day, f"{day} d" if day else FAILED.since) for day in days]
    end = round(months(until_days))
    step = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120, 600) if end / step <= most - 1)
    return [
        Mark(month, min(until_days, round(month * DAYS_A_MONTH)), _month_words(month, until_days))
        for month in range(0, end + 1, step)
    ]


def _month_words(month: int, until_days: int) -> str:
    if not month:
        return FAILED.since
    return f"{month} m" if until_days <= MONTHS_UP_TO else f"{month // 12} y"


def axis_end(until_days: int) -> float:
    """In months, of a day at least; a year is a day short of twelve, and its mark must stand."""
    return max(months(max(1, until_days)), marks(until_days)[-1].months)


def months(days: float) -> float:
    """Days in months."""
    return days / DAYS_A_MONTH


def time_words(days: int) -> str:
    """A stretch of time in a sentence: 90 days, 12 months, 5 years."""
    if days <= DAYS_UP_TO:
        return f"{days} days"
    in_months = round(months(days))
    return f"{in_months} months" if days <= MONTHS_UP_TO else f"{in_months / 12:g} years"

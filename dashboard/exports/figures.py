"""How the figures of the pages leave: drawn of what may be shared, and reckoned again from their counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.charts.dot_interval import dot_interval
from dashboard.charts.step_curve import step_curve
from dashboard.exports.offers import Again, MadeFrom

Frames = tuple[pd.DataFrame, pd.DataFrame]
"""The counts of a figure, and what the app reckoned from them; made when they are asked for."""
BY_DAY = ["group", "label", "day", "failed", "died", "left"]
SHARE = ["share", "lower", "upper"]
LIMITS = ["centre", "lower_limit", "upper_limit"]
CHANCE = [f"ratio_limit_{level}_{end}" for level in ("95", "998") for end in ("low", "high")]


def of_curves(curves: pd.DataFrame, until_days: int) -> dict[str, Any]:
    """Of curves of the share failed, as ``failure_curve`` gives them."""
    return {"again": Again(curves, lambda shared: step_curve(shared, until_days=until_days)), **of_panels(curves)}


def of_panels(curves: pd.DataFrame) -> dict[str, Any]:
    """Of such curves in panels, which are reckoned again and not shared: take the curves of few."""

    def frames() -> Frames:
        return curves[BY_DAY], curves[["group", "day", "at_risk", "known", *SHARE]]

    return {"made_from": MadeFrom("curve", frames)}


def of_shares(rows: pd.DataFrame, within_days: int, curves: Callable[[], pd.DataFrame] | None) -> dict[str, Any]:
    """Of shares failed by a day, as ``failure_rate`` gives them, from the curves of the same groups.

    curves: None for an outcome that is asked at one visit, where a share is that of those who answered.
    """

    def frames() -> Frames:
        counts = _parts(rows, "failed", "known") if curves is None else curves()[BY_DAY]
        return counts, rows[["group", *SHARE]]

    recipe, asked = ("counted", {}) if curves is None else ("by_a_day", {"day": within_days})
    return {"again": Again(rows, dot_interval), "made_from": MadeFrom(recipe, frames, lambda: asked)}


def of_units(units: pd.DataFrame, measure: str, *, widened: bool) -> dict[str, Any]:
    """Of surgeons or sites, as ``compare`` gives them: a "ratio", failures seen over expected, or a "share".

    widened: whether the limits of chance allow for units that differ by more than that; they are then not reckoned
    again, nor are those of shares.
    """

    def shares() -> Frames:
        shown = units[units["shown"].astype(bool)].rename(columns={"unit": "group"})
        said = shown[["group", "share", "share_lower", "share_upper"]].set_axis(["group", *SHARE], axis="columns")
        return _parts(shown, "failed", "operations"), said

    def ratios() -> Frames:
        shown = units[units["ratio_shown"].astype(bool)].rename(columns={"unit": "group"})
        said = shown[["group", "ratio", "lower", "upper", *([] if widened else CHANCE)]]
        return shown[["group", "label", "observed", "expected"]], said

    return {"made_from": MadeFrom("counted", shares) if measure == "share" else MadeFrom("ratios", ratios)}


def of_periods(periods: pd.DataFrame, counts: Callable[[], tuple[pd.DataFrame, int]]) -> dict[str, Any]:
    """Of a control chart, as ``trend`` gives it. counts: by period and day, and the day on which shares are taken."""

    def frames() -> Frames:
        said = periods.rename(columns={"label": "group"})[["group", *SHARE, *LIMITS]]
        return counts()[0], said[said["share"].notna()]

    return {"made_from": MadeFrom("periods", frames, lambda: {"day": counts()[1]})}


def of_onset(categories: pd.DataFrame) -> dict[str, Any]:
    """Of the failures seen, how many began when, as ``onset`` gives them."""

    def frames() -> Frames:
        named = categories.assign(
            group=categories["group"] + " / " + categories["category"],
            label=categories["label"] + ": " + categories["category_label"],
        )
        return _parts(named, "operations", "of"), named[["group", "share"]]

    return {"made_from": MadeFrom("counted", frames)}


def _parts(rows: pd.DataFrame, part: str, whole: str) -> pd.DataFrame:
    return rows[["group", "label", part, whole]].rename(columns={part: "part", whole: "whole"})

"""Surgeons or sites as a funnel draws them, and the words of each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.cells import share_words
from dashboard.analyses.groups import rows_of
from dashboard.analyses.unit_funnels import LIMITS

DRAWN = dict(zip(LIMITS, ("lower_95", "upper_95", "lower_998", "upper_998"), strict=True))
"""The limits of a comparison, by the names that a funnel has for them."""


def points_of_ratios(units: pd.DataFrame) -> pd.DataFrame:
    """The units as ``funnel_plot`` reads them: failures seen over expected."""
    hover = [ratio_words(row) for row in rows_of(units)]
    place = {"position": units["ratio_position"], "shown": units["ratio_shown"]}
    return units.assign(size=units["expected"], value=units["ratio"], hover=hover, **place)


def points_of_shares(units: pd.DataFrame) -> pd.DataFrame:
    """The same of the share failed, which is drawn towards nothing."""
    hover = [unit_share_words(row) for row in rows_of(units)]
    return units.assign(size=units["operations"], value=units["share"], shrunken=float("nan"), hover=hover)


def ratio_words(row: Any) -> str:
    if pd.isna(row.ratio):
        return "–"
    return f"{row.ratio:.2f} ({row.observed} / {row.expected:.1f}; {wording.ratio_interval(row.lower, row.upper)})"


def unit_share_words(row: Any) -> str:
    return share_words(row.share, row.failed, row.operations, row.share_lower, row.share_upper)

"""How the figures of the pages leave: drawn of what may be shared, and reckoned again from their counts."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.charts.step_curve import step_curve
from dashboard.exports.offers import Again


def of_curves(curves: pd.DataFrame, until_days: int) -> dict[str, Any]:
    """Of curves of the share failed, as ``failure_curve`` gives them."""
    return {"again": Again(curves, lambda shared: step_curve(shared, until_days=until_days))}

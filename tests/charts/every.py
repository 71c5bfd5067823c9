"""A figure of every chart, as rich as its own tests have one: for what must hold of all of them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from dashboard import charts
from dashboard.charts import style
from dashboard.charts.calibration_plot import calibration_plot
from dashboard.charts.change_boxes import change_boxes
from dashboard.charts.control_chart import control_chart
from dashboard.charts.count_matrix import count_matrix
from dashboard.charts.cusum_chart import FEWER, MORE
from dashboard.charts.dot_interval import dot_interval
from dashboard.charts.forest_plot import forest_plot
from dashboard.charts.icon_array import icon_array
from dashboard.charts.onset_bands import onset_bands
from dashboard.charts.overlap_plot import overlap_plot
from dashboard.charts.ratio_rows import ratio_rows
from dashboard.charts.small_multiples import small_multiples
from dashboard.charts.stacked_curve import stacked_curve
from dashboard.charts.step_curve import step_curve
from dashboard.charts.symptom_heat import symptom_heat
from dashboard.charts.tornado import tornado
from dashboard.charts.trajectory import trajectory
from dashboard.charts.wait_rows import wait_rows
from dashboard.charts.years import years
from tests.charts import (
    test_calibration_plot,
    test_change_boxes,
    test_control_chart,
    test_count_matrix,
    test_cusum_chart,
    test_dot_interval,
    test_forest_plot,
    test_funnel_plot,
    test_icon_array,
    test_onset_and_symptoms,
    test_overlap_plot,
    test_ratio_rows,
    test_small_multiples,
    test_stacked_curve,
    test_step_curve,
    test_tornado,
    test_trajectory,
    test_wait_rows,
    test_years,
)

PARTS = {"lay_out": "what all are laid out by", "shaded_table": "the cells of a count matrix and of a symptom heat"}
"""Functions that give a figure and are no picture of their own."""


def _shares() -> go.Figure:
    rows = test_dot_interval.rows(
        {"word": "higher", "section": "Procedures", "label": "Fusion, <one> & two levels, with cage"},
        {"word": "lower", "best_case": 0.06, "worst_case": 0.2}, {"word": "too few to say"},
        {"published_kind": "estimate", "published_value": 0.09, "published_low": 0.05, "published_high": 0.13},
        {"published_kind": "range", "published_low": 0.05, "published_high": 0.13},
        {"published_kind": "upper_bound", "published_high": 0.13, "reference": True}, {"shown": False, "failed": 2},
    )  # fmt: skip
    rows["shown"] = rows["shown"].isna()
    return dot_interval(rows, comparator=0.11, comparator_label="All: 11.0 %")


def _ratios() -> go.Figure:
    wild = {"label": "Beyond <b>", "crude_lower": 0.001, "crude_upper": 400.0, "adjusted": float("nan"), "note": "Few."}
    return forest_plot(test_forest_plot.rows({}, test_forest_plot.USUAL, wild, {"section": "Smoking"}))


def _control() -> go.Figure:
    quarters: list[dict[str, Any]] = [
        {"label": f"{year} Q{quarter}"} for year in range(2018, 2024) for quarter in range(1, 5)
    ]
    quarters[9] |= test_control_chart.OUTSIDE
    quarters[12] |= test_control_chart.GAP
    quarters[-1] |= {"immature": True}
    signals = test_control_chart.signals((9, 9))
    return control_chart(test_control_chart.periods(*quarters), signals=signals, remarks=[3.5, 3.6, 15.0])


def _funnel() -> go.Figure:
    here = test_funnel_plot
    more = [{"label": f"Surgeon {n}", "size": 40 + 29 * n, "value": 0.05 + 0.011 * n} for n in range(4, 10)]
    return here.draw(here.OUT, here.EDGE, {"own": True, "value": 0.2, "shrunken": 0.15}, *more)


def _curves(*names: str) -> go.Figure:
    here = test_step_curve
    groups = {name: here.counts(100 + 90 * place, 15 + 7 * place, 6) for place, name in enumerate(names)}
    return step_curve(here.curves(**groups), until_days=730)


ROWS_OF_RATIOS = [
    test_ratio_rows.OWN, test_ratio_rows.PEER, test_ratio_rows.OWN | {"label": "S07", "ratio": 12.0, "upper": 40.0},
]  # fmt: skip

EVERY: dict[str, Callable[[], go.Figure]] = {
    "calibration_plot": lambda: calibration_plot(
        test_calibration_plot.groups({}, {"expected": 0.3, "share": 0.25, "lower": 0.18, "upper": 0.4})
    ),
    "change_boxes": lambda: change_boxes(test_change_boxes.ROWS, unit="points", important=12.8, detectable=5.0),
    "control_chart": _control,
    "count_matrix": lambda: count_matrix(test_count_matrix.COUNTED),
    "cusum_chart": lambda: test_cusum_chart.draw(test_cusum_chart.steps(80, {20: MORE, 60: FEWER})),
    "dot_interval": _shares,
    "empty": lambda: style.empty("No operations <b> & nothing to draw.", dark=False),
    "forest_plot": _ratios,
    "funnel_plot": _funnel,
    "icon_array": lambda: icon_array([test_icon_array.SMOKER, test_icon_array.STOPPED]),
    "onset_bands": lambda: onset_bands(test_onset_and_symptoms.BOTH),
    "overlap_plot": lambda: overlap_plot(test_overlap_plot.SETS, test_overlap_plot.LABELS),
    "ratio_rows": lambda: ratio_rows(pd.DataFrame(ROWS_OF_RATIOS)),
    "small_multiples": lambda: small_multiples(test_small_multiples.FOUR, test_small_multiples.WHOLE, until_days=730),
    "stacked_curve": lambda: stacked_curve(test_stacked_curve.parts(0.05, 0.03, 0.1, 0.02), until_days=400),
    "step_curve": lambda: _curves("fusion", "disc", "decompression", "revision"),
    "symptom_heat": lambda: symptom_heat(
        test_onset_and_symptoms.symptoms(("Back <pain>", "Weeks (43 to 90)", 9), ("Leg pain", "Late", 1))
    ),
    "tornado": lambda: tornado(test_tornado.THREE, usual="as in the band compared with"),
    "trajectory": lambda: trajectory(
        test_trajectory.ROWS, unit="points", own=test_trajectory.OWN, own_label="This patient"
    ),
    "wait_rows": lambda: wait_rows(test_wait_rows.ROWS),
    "years": lambda: years(test_years.ROWS, test_years.SIDES),
}
MORE_OF_SOME: dict[str, Callable[[], go.Figure]] = {
    "cusum_chart of one": lambda: test_cusum_chart.draw(test_cusum_chart.steps(1)),
    "step_curve of one": lambda: _curves("fusion"),
    "step_curve of two": lambda: _curves("fusion", "disc"),
    "forest_plot, unadjusted": lambda: forest_plot(test_forest_plot.rows({}), adjusted_shown=False),
    "funnel_plot of ratios": lambda: test_funnel_plot.draw({"value": 1.2, "size": 12.5}, measure="ratio", target=1.0),
    "control_chart of counts": lambda: control_chart(
        test_control_chart.periods({"share": 1200.0}, {"share": 900.0}), measure="count"
    ),
}
"""What a chart draws otherwise in other hands."""


def drawn_by_charts() -> set[str]:
    """The name of each function of ``charts`` that gives a picture."""
    found = set()
    for module in pkgutil.iter_modules(charts.__path__):
        for name, one in vars(importlib.import_module(f"dashboard.charts.{module.name}")).items():
            gives = getattr(one, "__annotations__", {}).get("return") if inspect.isfunction(one) else None
            if gives == "go.Figure" and not name.startswith("_"):
                found.add(name)
    return found - set(PARTS)

"""The tornado: a ratio a row, on one logarithmic axis, with its sign, its word and its number."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import style
from dashboard.charts.tornado import describe, tornado
from tests.charts.drawn import texts


def rows(*bands: dict[str, Any]) -> pd.DataFrame:
    base = {
        "label": "Current smoking", "operations": 349, "failed": 70, "ratio": 1.93, "lower": 1.39, "upper": 2.69,
        "word": "higher", "group": "smoking",
    }  # fmt: skip
    return pd.DataFrame([base | band for band in bands])


def traces(figure: go.Figure) -> dict[str, go.Scatter]:
    return {trace.name: trace for trace in figure.data}


THREE = rows(
    {}, {"label": "Age under 35", "ratio": 0.39, "lower": 0.21, "upper": 0.72, "word": "lower", "group": "age"},
    {"label": "Other", "ratio": 1.2, "lower": 0.4, "upper": 3.1, "word": "too few to say", "group": "family"},
    {"label": "Former smoking", "ratio": 1.2, "lower": 0.9, "upper": 1.6, "word": "no more than chance"},
)  # fmt: skip


def test_a_row_has_its_name_with_n_its_interval_and_its_ratio_with_a_word_where_it_is_beyond_chance() -> None:
    figure = tornado(THREE, usual="as in the band compared with")
    assert texts(figure) == [
        "Current smoking 349", "Age under 35 349", "Other 349", "Former smoking 349",
        "<b>1.93, higher</b>", "<b>0.39, lower</b>", "1.20", "1.20", "as in the band compared with",
    ]  # fmt: skip
    error = traces(figure)["Ratio, higher"].error_x
    assert (error.arrayminus[0], error.array[0]) == pytest.approx((0.54, 0.76))


def test_each_sign_has_its_shape_and_colour_and_says_its_factor_when_clicked() -> None:
    drawn = traces(tornado(THREE, usual=""))
    signs = {name: (trace.marker.symbol, trace.marker.color, *trace.customdata) for name, trace in drawn.items()}
    data, higher, lower, _ = style.LIGHT
    assert signs == {
        "Ratio": ("circle", data, "smoking"), "Ratio, higher": ("diamond", higher, "smoking"),
        "Ratio, lower": ("square", lower, "age"),
        "Ratio, too few to say": ("circle-open", style.unsure(dark=False), "family"),
    }  # fmt: skip


def test_the_axis_is_logarithmic_holds_every_interval_and_has_its_line_at_one() -> None:
    figure = tornado(THREE, usual="as usual")
    assert figure.layout.xaxis.range == pytest.approx(np.log10([0.21 / 2**0.15, 3.1 * 2**0.15]))
    assert list(figure.layout.xaxis.ticktext) == ["0.25", "0.5", "1", "2"]
    (line,) = [shape for shape in figure.layout.shapes if shape.name == "Compared with"]
    (name,) = [words for words in figure.layout.annotations if words.text == "as usual"]
    assert (line.x0, line.x1, name.x) == (1, 1, 0)


def test_an_interval_without_end_ends_in_an_arrow_at_the_edge() -> None:
    figure = tornado(rows({"lower": 0.001, "upper": 5000}), usual="")
    arrows = traces(figure)["Beyond the axis"]
    assert list(zip(arrows.x, arrows.marker.symbol, strict=True)) == [(1 / 32, "triangle-left"), (32, "triangle-right")]
    assert traces(figure)["Ratio, higher"].error_x.array[0] == pytest.approx(32 - 1.93)
    assert "0.00 to 5000.00" in traces(figure)["Ratio, higher"].text[0]


def test_it_is_told_in_words_and_nothing_to_draw_is_a_sentence() -> None:
    assert describe(THREE.iloc[:2], "Hazard ratio") == (
        "Hazard ratio of failing, with its 95 % interval. Current smoking 1.93 (1.39 to 2.69), higher; Age under 35 "
        "0.39 (0.21 to 0.72), lower."
    )
    assert texts(tornado(THREE.iloc[:0], usual="")) == ["No ratio can be given."]

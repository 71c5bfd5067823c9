from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import plotly.graph_objects as go
import plotly.io
import pytest

from dashboard.charts.lean import Lean
from dashboard.charts.style import UNSEEN

HOVER = "%{text}<extra></extra>"


def sent(figure: go.Figure, *, clicked: bool = False) -> dict[str, Any]:
    return dict(json.loads(plotly.io.to_json(Lean(figure, clicked=clicked).to_dict(), validate=False)))


def curve(**more: object) -> go.Figure:
    x = np.arange(20) / 30.4375
    words = [f"TLIF: {share} % failed by day {share}; {99 - share} at risk" for share in range(20)]
    figure = go.Figure()
    figure.add_scatter(x=x, y=list(x / 10), text=words, customdata=["tlif"] * 20, hovertemplate=HOVER, **UNSEEN, **more)
    return figure


def test_numbers_are_as_fine_as_four_bytes_hold_them_and_gaps_stay() -> None:
    (trace,) = sent(curve())["data"]
    for name, whole in (("x", np.arange(20) / 30.4375), ("y", np.arange(20) / 304.375)):
        assert trace[name]["dtype"] == "f4"
        assert np.frombuffer(base64.b64decode(trace[name]["bdata"]), "<f4") == pytest.approx(whole, rel=1e-6)
    (gap,) = sent(go.Figure(go.Scatter(x=[1 / 3, None, 2 / 3] * 5, y=["a", "b", "c"] * 5)))["data"]
    assert np.isnan(np.frombuffer(base64.b64decode(gap["x"]["bdata"]), "<f4")[1])
    assert gap["y"] == ["a", "b", "c"] * 5


def test_words_that_all_marks_share_stand_once_and_read_the_same() -> None:
    figure = curve()
    (trace,) = sent(figure)["data"]
    assert trace["hovertemplate"] == "TLIF: %{text} at risk<extra></extra>"
    read = [trace["hovertemplate"].replace("%{text}", word).removesuffix("<extra></extra>") for word in trace["text"]]
    assert read == list(figure.data[0].text)


def test_words_that_are_drawn_or_alone_or_look_like_a_template_stay_as_they_are() -> None:
    (drawn,) = sent(curve(mode="markers+text"))["data"]
    assert drawn["hovertemplate"] == HOVER
    assert drawn["text"][3] == "TLIF: 3 % failed by day 3; 96 at risk"
    for words in (["A: 1"], ["{x} 1", "{x} 2"], ["S01: 3", "S02: 4"]):
        (trace,) = sent(go.Figure(go.Scatter(x=[1, 2], text=words, hovertemplate=HOVER)))["data"]
        assert (trace["text"], trace["hovertemplate"]) == (words, HOVER)


def test_keys_of_groups_are_sent_only_where_a_click_asks_for_them() -> None:
    (shown,) = sent(curve())["data"]
    assert not {"customdata", "selected", "unselected"} & set(shown)
    (clicked,) = sent(curve(), clicked=True)["data"]
    assert clicked["customdata"] == ["tlif"] * 20
    assert clicked["unselected"] == UNSEEN["unselected"]
    (pointed,) = sent(go.Figure(go.Bar(x=[1], customdata=["told"], hovertemplate="%{customdata}")))["data"]
    assert pointed["customdata"] == ["told"]


def test_words_and_shapes_that_look_alike_say_how_once() -> None:
    figure = go.Figure()
    look = {"xref": "paper", "font": {"color": "#2B2927", "size": 12}, "showarrow": False}
    figure.layout.annotations = [{"text": str(row), "y": row / 3, **look} for row in range(4)] + [{"text": "alone"}]
    figure.layout.shapes = [{"type": "rect", "x0": row, "x1": row + 1, "name": "Band"} for row in range(2)]
    layout = sent(figure)["layout"]
    assert layout["annotations"][1] == {"text": "1", "y": 0.3333333, "templateitemname": "0"}
    assert layout["annotations"][4] == {"text": "alone"}
    assert layout["template"]["layout"]["annotations"] == [look | {"name": "0"}]
    assert layout["shapes"] == [{"type": "rect", "x0": row, "x1": row + 1, "name": "Band"} for row in range(2)]


def test_the_picture_itself_stays_whole() -> None:
    figure = curve()
    before = figure.to_json()
    Lean(figure).to_dict()
    assert figure.to_json() == before

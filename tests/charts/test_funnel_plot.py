"""The funnel: dots, limits and names; nobody is ranked, and no name covers another."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts import style
from dashboard.charts.funnel_plot import ALL_NAMED, PLOT, describe, funnel_plot
from dashboard.charts.labels import WIDTHS

LIMITS = pd.DataFrame(
    {"size": [10, 100, 400], "lower_95": [0, 0.05, 0.08], "upper_95": [0.3, 0.18, 0.15], "lower_998": [0, 0.02, 0.06],
     "upper_998": [0.4, 0.22, 0.17]}
)  # fmt: skip


def points(*groups: dict[str, Any]) -> pd.DataFrame:
    base = {"label": "Surgeon 1", "size": 120, "value": 0.1, "shrunken": np.nan, "position": "within", "own": False,
            "shown": True}  # fmt: skip
    return pd.DataFrame([base | group for group in groups])


def draw(*groups: dict[str, Any], **choices: Any) -> go.Figure:
    usual: dict[str, Any] = {"target": 0.12, "measure": "share"}
    return funnel_plot(points(*groups), LIMITS, **(usual | choices))


def texts(figure: go.Figure) -> list[str]:
    return [annotation.text for annotation in figure.layout.annotations]


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


OUT = {"label": "Surgeon 2", "size": 300, "value": 0.31, "position": "beyond 99.8 %"}
EDGE = {"label": "Surgeon 3", "size": 200, "value": 0.19, "position": "beyond 95 %"}


def test_the_95_limits_are_dashed_the_99_8_solid_and_all_end_at_the_edge_with_their_names() -> None:
    figure = draw({}, OUT)
    dashes = {name: trace(figure, name).line.dash for name in ("95 % upper", "95 % lower", "99.8 % upper")}
    assert dashes == {"95 % upper": "dash", "95 % lower": "dash", "99.8 % upper": "solid"}
    edge = figure.layout.xaxis.range[1]
    assert trace(figure, "95 % upper").x[-1] == pytest.approx(edge)
    assert trace(figure, "95 % upper").y[-1] == pytest.approx(0.18 - 0.03 * (edge - 100) / 300)
    assert (texts(figure).count("95 %"), texts(figure).count("99.8 %"), texts(figure).count("12.0 %")) == (2, 2, 1)


def test_shape_says_how_far_out_and_colour_only_whose_it_is() -> None:
    dots = trace(draw(OUT, EDGE, {"own": True}), "Groups")
    assert list(dots.marker.symbol) == ["square", "diamond", "circle"]
    assert list(dots.marker.color) == [style.ink(dark=False), style.ink(dark=False), style.LIGHT[0]]


def test_ones_own_dot_is_drawn_last_and_named_as_ones_own() -> None:
    figure = draw({"own": True, "size": 50}, OUT)
    assert trace(figure, "Groups").x[-1] == 50
    assert "<b>You</b>" in texts(figure)
    assert "Surgeon 1" not in texts(figure)


def test_few_groups_are_all_named_of_many_only_ones_own_and_those_outside() -> None:
    few = [{"label": f"Surgeon {n}", "size": 30 * n} for n in range(1, 7)]
    assert {group["label"] for group in few} <= set(texts(draw(*few)))
    many = [{"label": f"Peer {n}", "size": 20 * n} for n in range(1, ALL_NAMED)]
    named = texts(draw(*many, OUT, {"own": True, "size": 150, "value": 0.08}))
    assert {"Surgeon 2", "<b>You</b>"} <= set(named)
    assert not any(text.startswith("Peer") for text in named)


def test_the_shrunken_estimate_is_a_hollow_dot_joined_to_its_group() -> None:
    figure = draw(OUT | {"shrunken": 0.25}, {})
    assert list(trace(figure, "Shrunken estimate").y) == [0.25]
    assert trace(figure, "Shrunken estimate").marker.symbol == "circle-open"
    assert list(trace(figure, "To the shrunken estimate").y) == [0.31, 0.25, None]
    assert "○ shrunken towards the average" in texts(figure)


def test_only_marks_that_are_there_are_explained() -> None:
    assert "■ beyond 99.8 %" in texts(draw(OUT))
    assert not any(sign in text for text in texts(draw({})) for sign in "◆■○")


def test_a_group_that_may_not_be_shown_is_nowhere() -> None:
    figure = draw({}, OUT | {"shown": False})
    assert list(trace(figure, "Groups").x) == [120]
    assert "Surgeon 2" not in texts(figure)


def test_a_ratio_has_its_target_at_one_and_expected_failures_across() -> None:
    figure = draw({"value": 1.4, "size": 20.5}, target=1, measure="ratio")
    assert list(trace(figure, "Target").y) == [1, 1]
    assert figure.layout.xaxis.title.text == "Expected failures"
    assert {"1.00", "Failures seen / expected"} <= set(texts(figure))
    assert trace(figure, "Groups").text[0] == "Surgeon 1: 1.40, expected failures 20.5, within limits"


def test_words_on_pointing_are_those_given_and_safe() -> None:
    assert trace(draw({"hover": "A <b>\n12 of 120"}), "Groups").text[0] == "A &lt;b&gt;<br>12 of 120"
    assert trace(draw({}), "Groups").text[0] == "Surgeon 1: 10.0 %, operations 120, within limits"


def test_the_axes_begin_at_nothing_and_hold_every_dot() -> None:
    figure = draw({}, OUT, {"value": 0.7, "size": 12})
    assert (figure.layout.xaxis.range[0], figure.layout.yaxis.range[0]) == (0, 0)
    assert figure.layout.yaxis.range[1] > 0.7
    assert figure.layout.xaxis.range[1] > 300


def test_no_limits_still_a_picture() -> None:
    figure = funnel_plot(points({}), LIMITS.iloc[:0], target=0.12, measure="share")
    assert {one.name for one in figure.data} == {"Target", "Groups"}


def test_nothing_to_draw_is_a_sentence() -> None:
    nobody = points({}).iloc[:0]
    assert texts(funnel_plot(nobody, LIMITS, target=0.1, measure="share")) == ["No groups to compare."]
    assert texts(draw({"shown": False})) == ["All groups are too small to show."]
    assert describe(nobody, target=0.1, measure="share") == "No groups to compare."
    assert describe(points({"shown": False}), target=0.1, measure="share").endswith("1 too small to show.")


def test_the_description_counts_positions_and_names_only_ones_own_and_those_outside() -> None:
    frame = points({}, OUT, {"own": True, "value": 0.08}, {"shown": False})
    assert describe(frame, target=0.12, measure="share") == (
        "3 groups against 12.0 %, by operations: 2 within limits, 0 beyond 95 %, 1 beyond 99.8 %. "
        "Surgeon 2: 31.0 %, operations 300, beyond 99.8 %. You: 8.0 %, operations 120, within limits. "
        "1 too small to show."
    )


def boxes(figure: go.Figure, width: float) -> list[tuple[float, float, float, float]]:
    """What each name in the plot covers, in pixels: left, right, low, high."""
    across, top = figure.layout.xaxis.range[1], figure.layout.yaxis.range[1]
    found = []
    for name in figure.layout.annotations:
        if name.ax is None:
            continue
        lines = name.text.replace("<b>", "").replace("</b>", "").split("<br>")
        wide, tall = 6 * max(map(len, lines)), 14 * len(lines)
        x, y = name.x / across * width + name.ax, name.y / top * PLOT - name.ay
        left = {"left": x, "right": x - wide, "center": x - wide / 2}[name.xanchor]
        found.append((left, left + wide, y - tall / 2, y + tall / 2))
    return found


@settings(max_examples=15)
@given(st.lists(st.tuples(st.integers(10, 400), st.floats(0, 0.4)), min_size=1, max_size=ALL_NAMED))
def test_no_name_covers_another_or_leaves_the_plot_at_any_width(groups: list[tuple[int, float]]) -> None:
    figure = draw(*[{"label": f"Surgeon {n}", "size": s, "value": v} for n, (s, v) in enumerate(groups)])
    for width in WIDTHS:
        placed = boxes(figure, width)
        assert all(left >= 0 and right <= width + 4 and low >= 0 for left, right, low, _ in placed)
        for (l1, r1, b1, t1), (l2, r2, b2, t2) in itertools.combinations(placed, 2):
            assert r1 <= l2 or r2 <= l1 or t1 <= b2 or t2 <= b1

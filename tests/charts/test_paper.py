"""A chart on paper: all that the figure says, nothing from elsewhere, and a refusal of what is not known."""

from __future__ import annotations

import html
import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import plotly.graph_objects as go
import pytest

from dashboard import typesetting
from dashboard.charts import paper, style
from dashboard.errors import OurFault
from tests.charts.every import EVERY, MORE_OF_SOME, drawn_by_charts

ALL = EVERY | MORE_OF_SOME
SVG = "{http://www.w3.org/2000/svg}"


def words_of(svg: str) -> list[str]:
    """Every line of words of a drawing, as it is read."""
    return [
        "".join(one.itertext()).replace("\N{ZERO WIDTH SPACE}", "") for one in ET.fromstring(svg).iter(f"{SVG}text")
    ]


def said_by(figure: go.Figure) -> list[str]:
    """Every line of words that Plotly writes for a figure, as it is read."""
    texts = [one.text for one in figure.layout.annotations]
    for axis in [*figure.select_xaxes(), *figure.select_yaxes()]:
        if axis.visible is not False:
            texts += [*_marks_within(axis), axis.title.text or ""]
    for trace in figure.data:
        if trace.type == "bar" or "text" in (getattr(trace, "mode", None) or ""):
            texts += [text for text in trace.text or () if text]
    lines = (line for text in texts for line in str(text).split("<br>"))
    plain = (html.unescape(re.sub("</?(b|sup|span)[^>]*>", "", line)) for line in lines)
    return [
        re.sub(" {2,}", lambda many: "\N{NO-BREAK SPACE}" * len(many.group()), line) for line in plain if line.strip()
    ]


def _marks_within(axis: Any) -> list[str]:
    """The words of an axis that lie between its ends."""
    low, high = sorted(axis.range)
    marks = zip(axis.tickvals, axis.ticktext, strict=True) if axis.tickvals is not None else ()
    places = [(math.log10(value) if axis.type == "log" else value, text) for value, text in marks]
    return [text for place, text in places if low - 1e-9 <= place <= high + 1e-9]


def test_every_chart_is_tried() -> None:
    assert drawn_by_charts() == set(EVERY)


@pytest.mark.parametrize("make", ALL.values(), ids=ALL)
def test_a_chart_says_on_paper_what_it_says_on_the_screen_and_fetches_nothing(make: Callable[[], go.Figure]) -> None:
    figure = make()
    for width in (paper.HALF, paper.FULL):
        svg = paper.svg(figure, width=width, words="What <it> says")
        assert set(said_by(figure)) <= set(words_of(svg))
        assert ET.fromstring(svg).get("width") == str(width)
    root = ET.fromstring(svg)
    assert root.find(f"{SVG}title").text == "What <it> says"  # type: ignore[union-attr]
    assert not {one.tag for one in root.iter()} & {f"{SVG}{tag}" for tag in ("script", "image", "a", "use", "style")}
    assert svg.count("http") == 1
    assert svg == paper.svg(make(), words="What <it> says")
    assert typesetting.png(svg).startswith(b"\x89PNG")


def figure_of(*traces: Any, **layout: Any) -> go.Figure:
    figure = style.lay_out(go.Figure(list(traces)), dark=False, height=200)
    figure.update_xaxes(range=[0, 1])
    figure.update_yaxes(range=[0, 1])
    return figure.update_layout(**layout)


def dots(**look: Any) -> go.Scatter:
    return go.Scatter(x=[0.5], y=[0.5], mode="markers", marker={"color": "#000000"} | look)


@pytest.mark.parametrize(
    "figure",
    [
        figure_of(go.Pie(values=[1])),
        figure_of(go.Bar(x=[1], y=[1], offset=2)),
        figure_of(go.Scatter(x=[0, 1], y=[0, 1], mode="lines", fill="toself")),
        figure_of(go.Scatter(x=["a"], y=[0.5], mode="markers", marker={"color": "#000000"})),
        figure_of(go.Scatter(x=[0.5], y=[0.5], mode="markers")),
        figure_of(dots(symbol="star")),
        figure_of(dots(color="red")),
        figure_of(dots(colorscale="Viridis")),
        figure_of(dots(), showlegend=True),
        figure_of(dots(), title="Above"),
        figure_of(dots(), xaxis={"type": "date"}),
        figure_of(dots(), yaxis={"title": {"text": "Beside"}}),
        figure_of(dots(), xaxis={"tickangle": 30}),
        figure_of(dots(), xaxis={"range": None}),
        figure_of(dots(), shapes=[{"type": "circle", "x0": 0, "x1": 1, "y0": 0, "y1": 1}]),
        figure_of(dots(), shapes=[{"type": "path", "path": "M0,0 Q1,1 2,2"}]),
        figure_of(dots(), shapes=[{"type": "line", "x0": 0, "x1": 1, "y0": 0, "y1": 1, "line": {"dash": "longdash",
                                   "color": "#000000", "width": 1}}]),
        figure_of(dots(), annotations=[{"text": "slanting", "x": 0.5, "y": 0.5, "textangle": 30}]),
        figure_of(dots(), annotations=[{"text": "<i>other</i>", "x": 0.5, "y": 0.5, "showarrow": False}]),
    ],
)  # fmt: skip
def test_what_is_not_known_is_refused(figure: go.Figure) -> None:
    with pytest.raises(OurFault):
        paper.svg(figure)


def test_the_refusal_names_what_is_not_known_and_no_word_of_a_record(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(OurFault):
        paper.svg(figure_of(dots(), annotations=[{"text": "<i>Doe, Jane</i>", "x": 0, "y": 0, "showarrow": False}]))
    with pytest.raises(OurFault):
        paper.svg(figure_of(dots(), annotations=[{"text": "Doe, Jane", "x": 0, "y": 0, "hovertext": "Doe, Jane"}]))
    assert "the tag i" in caplog.text
    assert "hovertext of an annotation" in caplog.text
    assert "Doe" not in caplog.text


def test_signs_of_markup_and_what_cannot_be_written_do_no_harm() -> None:
    name = 'Jones & <b>"Sons"</b> 漢 #[]*\x00\x1b ' + "x" * 300
    words = {"text": style.on_one_line(name), "x": 0.5, "y": 0.5, "showarrow": False}
    svg = paper.svg(figure_of(dots(), annotations=[words]))
    assert words_of(svg)[-1] == name.replace("\x00\x1b", "")
    assert typesetting.png(svg).startswith(b"\x89PNG")

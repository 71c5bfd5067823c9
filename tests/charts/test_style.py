"""What all pictures are laid out by: what is said later stands beside what was said before."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.charts import style


def test_an_axis_keeps_what_was_said_of_it_before() -> None:
    figure = style.lay_out(go.Figure(), dark=False, height=100)
    style.x_axes(figure, title={"text": "Months"}, range=[0, 24])
    axis = figure.layout.xaxis
    assert (axis.title.text, axis.title.font.size, tuple(axis.range), axis.fixedrange) == ("Months", 12, (0, 24), True)
    assert figure.layout.yaxis.title.text is None


def test_every_axis_of_a_kind_is_told() -> None:
    figure = go.Figure(layout={"yaxis2": {"domain": [0, 0.5]}})
    style.y_axes(figure, nticks=6)
    assert (figure.layout.yaxis.nticks, figure.layout.yaxis2.nticks) == (6, 6)
    assert tuple(figure.layout.yaxis2.domain) == (0, 0.5)


def test_words_and_shapes_join_those_that_stand() -> None:
    figure = go.Figure(layout={"shapes": [{"type": "line"}], "annotations": [{"text": "first"}]})
    style.draw(figure, [{"type": "rect"}, {"type": "path", "path": "M0,0 L1,1"}])
    style.annotate(figure, [{"text": "second"}])
    assert [one.type for one in figure.layout.shapes] == ["line", "rect", "path"]
    assert [one.text for one in figure.layout.annotations] == ["first", "second"]

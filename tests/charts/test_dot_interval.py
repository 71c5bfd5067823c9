"""Dots and intervals: what is drawn, what stays a count, and that n is always there."""

from __future__ import annotations

import re
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import style
from dashboard.charts.dot_interval import ABOVE, AXIS, describe, dot_interval
from tests.charts.drawn import texts


def rows(*groups: dict[str, Any]) -> pd.DataFrame:
    base = {"label": "Microdiscectomy", "share": 0.1, "lower": 0.07, "upper": 0.14, "operations": 412, "failed": 41}
    return pd.DataFrame([base | group for group in groups])


def trace(figure: go.Figure, name: str) -> go.Scatter:
    (found,) = [one for one in figure.data if one.name == name]
    return found


def behind(figure: go.Figure) -> list[Any]:
    return [shape for shape in figure.layout.shapes if shape.type == "rect"]


def test_a_row_has_its_name_with_n_its_dot_its_interval_and_its_value() -> None:
    figure = dot_interval(rows({}))
    dots = trace(figure, "Share failed")
    assert texts(figure) == ["Microdiscectomy 412", "10.0 %"]
    assert list(dots.x) == [0.1]
    assert (dots.error_x.array[0], dots.error_x.arrayminus[0]) == pytest.approx((0.04, 0.03))
    assert dots.text[0] == "Microdiscectomy<br>10.0 % (41 of 412; 7.0 to 14.0)"


@pytest.mark.parametrize("hidden", [{"shown": False}, {"share": None, "lower": None, "upper": None}])
def test_a_share_that_may_not_be_shown_is_counts_only(hidden: dict[str, Any]) -> None:
    figure = dot_interval(
        rows({"shown": True}, {"label": "Disc", "operations": 8, "failed": 3, "shown": True} | hidden)
    )
    assert "3 of 8 · too few" in texts(figure)
    assert len(trace(figure, "Share failed").x) == 1


def test_the_axis_has_no_more_marks_than_a_telephone_has_room_for() -> None:
    one = {"share": 0.3, "lower": 0.1, "upper": 0.55, "shown": True}
    wide = rows(one, one | {"label": "Endoscopic discectomy", "shown": False})
    narrow = dot_interval(wide)
    margins = narrow.layout.margin.l + narrow.layout.margin.r
    assert len(narrow.layout.xaxis.tickvals) * 36 <= 336 - margins + 36
    assert len(dot_interval(wide.head(1)).layout.xaxis.tickvals) > len(narrow.layout.xaxis.tickvals)


def test_only_hidden_rows_are_still_a_picture() -> None:
    figure = dot_interval(rows({"shown": False, "operations": 8, "failed": 3}))
    assert [each.name for each in figure.data] == ["To click"]
    assert texts(figure) == ["Microdiscectomy 8", "3 of 8 · too few"]


def test_a_missing_limit_is_no_whisker() -> None:
    dots = trace(dot_interval(rows({"share": 0.0, "lower": None, "upper": 0.05, "failed": 0})), "Share failed")
    assert (dots.error_x.arrayminus[0], dots.error_x.array[0]) == pytest.approx((0, 0.05))
    assert dots.text[0] == "Microdiscectomy<br>0.0 % (0 of 412)"


def test_rows_stand_from_the_top_in_their_order() -> None:
    figure = dot_interval(rows({"label": "First"}, {"label": "Second"}))
    first, second = trace(figure, "Share failed").y
    assert first < second < figure.layout.yaxis.range[0]
    assert figure.layout.yaxis.range[1] == 0


def test_height_grows_with_the_rows() -> None:
    one, ten = (dot_interval(rows(*[{} for _ in range(n)])).layout.height for n in (1, 10))
    assert ten - one == pytest.approx(9 * (one - dot_interval(rows({})).layout.margin.t - AXIS), abs=1)
    assert one - dot_interval(rows({})).layout.margin.t - AXIS == 26
    assert dot_interval(rows({}, {}), tall=500).layout.height - ABOVE - AXIS == 2 * 38


def test_the_comparator_is_a_dotted_line_with_its_name() -> None:
    figure = dot_interval(rows({}), comparator=0.12, comparator_label="Practice 12.0 %")
    (line,) = [shape for shape in figure.layout.shapes if shape.type == "line"]
    assert (line.x0, line.x1, line.line.dash) == (0.12, 0.12, "dot")
    assert "Practice 12.0 %" in texts(figure)


@pytest.mark.parametrize("nothing", [None, float("nan")])
def test_no_comparator_no_line(nothing: float | None) -> None:
    assert len(dot_interval(rows({}), comparator=nothing, comparator_label="all –").layout.shapes) == 0


def test_the_axis_begins_at_nothing_and_holds_all_that_is_drawn() -> None:
    figure = dot_interval(rows({"published_low": 0.1, "published_high": 0.4}), comparator=0.2)
    low, high = figure.layout.xaxis.range
    assert (low, figure.layout.xaxis.ticktext[0]) == (0, "0 %")
    assert high > 0.4


def test_a_published_range_is_a_bar_between_diamonds() -> None:
    figure = dot_interval(rows({"published_low": 0.1, "published_high": 0.4}, {"published_low": None}))
    bar, diamonds = behind(figure)[0], trace(figure, "Published")
    assert (bar.x0, bar.x1) == (0.1, 0.4)
    assert (diamonds.marker.symbol, list(diamonds.x)) == ("diamond-open", [0.1, 0.4])
    assert "Published: 10.0 % to 40.0 %" in diamonds.hovertemplate


def test_a_published_upper_bound_is_a_bar_from_nothing() -> None:
    figure = dot_interval(rows({"published_low": None, "published_high": 0.25}))
    assert (behind(figure)[0].x0, behind(figure)[0].x1) == (0, 0.25)
    assert "Published: up to 25.0 %" in trace(figure, "Published").hovertemplate


def test_sections_have_one_bold_heading_each_and_a_hollow_reference() -> None:
    bands = [("Age", "18 to 39", True), ("Age", "65 and over", False), ("Smoking", "Never", True)]
    figure = dot_interval(rows(*[{"section": s, "label": label, "reference": r} for s, label, r in bands]))
    assert [text for text in texts(figure) if text.startswith("<b>")] == ["<b>Age</b>", "<b>Smoking</b>"]
    assert "18 to 39 412" in texts(figure)
    assert list(trace(figure, "Share failed").marker.symbol) == ["circle-open", "circle", "circle-open"]


def test_a_tall_picture_has_its_axis_at_the_top_too() -> None:
    figure = dot_interval(rows(*[{} for _ in range(30)]))
    assert texts(figure).count("0 %") == 1


def test_a_long_name_breaks_instead_of_being_cut_off() -> None:
    figure = dot_interval(rows({"label": "Posterior cervical decompression"}))
    assert "Posterior cervical<br>decompression 412" in texts(figure)


def test_nothing_to_draw_is_a_sentence() -> None:
    assert texts(dot_interval(rows({}).iloc[:0])) == ["No operations to draw."]
    assert describe(rows({}).iloc[:0]) == "No operations."


def test_the_description_gives_counts_and_intervals_and_says_what_it_leaves_out() -> None:
    assert describe(rows({}, {"label": "Disc", "operations": 8, "failed": 3, "share": None})) == (
        "Share failed, with its 95 % interval. Microdiscectomy: 10.0 % (41 of 412; 7.0 to 14.0); "
        "Disc: counts only: 3 of 8."
    )
    assert describe(rows(*[{} for _ in range(10)])).endswith("; and 2 more in the table.")


def test_in_the_dark_dots_and_words_are_those_of_the_dark() -> None:
    figure = dot_interval(rows({}), comparator=0.12, comparator_label="Practice 12.0 %", dark=True)
    assert trace(figure, "Share failed").marker.color == style.DARK[0]
    assert {words.font.color for words in figure.layout.annotations} == {style.ink(dark=True), style.quiet(dark=True)}
    assert {line.line.color for line in figure.layout.shapes} == {style.ink(dark=True)}


def test_what_lies_beyond_chance_has_a_sign_and_a_word_beside_its_colour() -> None:
    drawn = pd.concat([rows({"word": word, "label": word}) for word in ("higher", "lower", "too few to say", "")])
    figure = dot_interval(drawn)
    signs = {each.name: each.marker.symbol[0] for each in figure.data}
    assert signs == {
        "Share failed": "circle", "Share failed, higher": "diamond", "Share failed, lower": "square",
        "Share failed, too few to say": "circle-open",
    }  # fmt: skip
    assert all(each.error_x.color == each.marker.color for each in figure.data)
    assert describe(drawn).count(", higher") == 1
    said = texts(figure)
    assert ("<b>10.0 %, higher</b>" in said, "<b>10.0 %, lower</b>" in said, said.count("10.0 %")) == (True, True, 2)


def test_every_other_row_stands_on_a_pale_ground_from_edge_to_edge() -> None:
    figure = dot_interval(rows({}, {"label": "Second"}, {"label": "Third"}))
    pieces = [shape for shape in figure.layout.shapes if shape.name == "Every other row"]
    assert [piece.path.count("M") for piece in pieces] == [1, 1, 1]
    assert {piece.path.split(",")[1].split()[0] for piece in pieces} == {"26.0"}
    assert min(float(piece.path[1:].split(",")[0]) for piece in pieces) == -figure.layout.margin.l


def test_a_click_on_a_dot_says_whose_it_is_and_dims_no_other() -> None:
    figure = dot_interval(rows({"group": "tlif", "shown": True}, {"group": "disc", "shown": False}))
    assert {each.name: list(each.customdata) for each in figure.data} == {
        "Share failed": ["tlif"],
        "To click": ["disc"],
    }
    dots = trace(figure, "Share failed")
    assert (dots.selected.marker.opacity, dots.unselected.marker.opacity) == (1, 1)
    assert trace(figure, "To click").unselected.marker.opacity == 0


@pytest.mark.parametrize("label", ["Posterior cervical decompression", "Wwwwwwwwwwwwwwwwwwwwwwwwwwwwww"])
def test_the_margins_are_as_wide_as_the_words_in_them(label: str) -> None:
    figure = dot_interval(rows({"label": label, "word": "higher"}))
    name, value = (re.sub("<[^b][^>]*>|</?b>", "", words) for words in texts(figure))
    assert figure.layout.margin.l >= max(map(style.wide, name.split("<br>"))) + 8
    assert figure.layout.margin.r >= style.wide(value) + 8

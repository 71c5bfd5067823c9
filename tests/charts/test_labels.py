"""Labels: words beside what they name, none over another and none out of the plot."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import labels, style

TALL = 300
WANTED = st.lists(st.tuples(st.floats(0, TALL), st.sampled_from([15, 18, 33, 48])), max_size=4)


@given(WANTED)
def test_names_pushed_apart_cover_neither_each_other_nor_what_lies_beyond_the_plot(
    wanted: list[tuple[float, int]],
) -> None:
    heights, sizes = [height for height, _ in sorted(wanted)], [size for _, size in sorted(wanted)]
    placed = labels.apart(heights, sizes, tall=TALL)
    edges = [(middle - size / 2, middle + size / 2) for middle, size in zip(placed, sizes, strict=True)]
    assert all(top <= foot + 1e-9 for (_, top), (foot, _) in pairwise(edges))
    assert all(foot >= -style.LINE / 2 - 1e-9 and top <= TALL + style.LINE / 2 + 1e-9 for foot, top in edges)


def test_names_with_room_stay_where_they_are_wanted_and_others_move_up_or_back_from_the_top() -> None:
    assert labels.apart([50, 100], [15, 15], tall=TALL) == [50, 100]
    assert labels.apart([50, 55], [15, 33], tall=TALL) == [50, 74]
    assert labels.apart([290, 300], [15, 15], tall=TALL) == [285, 300]


def test_a_name_at_a_lines_end_has_a_thread_from_the_line_to_the_names_middle() -> None:
    figure = go.Figure()
    labels.name_end(figure, "Fusion", 0.1, 150, top=0.4, tall=TALL, right=12, line={"width": 1})
    (name,), (thread,) = figure.layout.annotations, figure.layout.shapes
    assert (name.text, name.xshift, name.y) == ("Fusion", 12, 0.5)
    assert (thread.y0, thread.y1, thread.x1) == (0.1, 0.2, 10)


def test_words_above_begin_at_the_same_place_whatever_the_margin() -> None:
    assert [labels.above_left("Share", left=left, up=8)["xshift"] + left for left in (46, 80)] == [6, 6]


def test_a_piece_of_line_ends_before_the_name_with_the_lines_colour_and_dash() -> None:
    figure = go.Figure()
    labels.piece_of_line(figure, begin=-40, height=-56, colour=style.LIGHT[0], dash="dash")
    (piece,) = figure.layout.shapes
    assert (piece.x0, piece.x1, piece.y0, piece.y1) == (-40, -12, -56, -56)
    assert (piece.line.color, piece.line.dash) == (style.LIGHT[0], "dash")


@pytest.mark.parametrize(
    ("across", "low", "covered"),
    [(0.5, 0, 1), (0.5, 10, 0), (0.52, 0, 1), (0.9, 0, 0)],
    ids=["at the same place", "just above", "beside it, near on a telephone", "far off"],
)
def test_boxes_meet_where_they_cover_each_other_on_any_screen(across: float, low: float, covered: int) -> None:
    others = np.array([(across, -10, 10, low, low + 10)])
    assert labels.meets((0.5, -10, 10, 0, 10), others) == covered
    assert labels.meets((0.5, -10, 10, 0, 10), np.empty((0, 5))) == 0

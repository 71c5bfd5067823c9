"""A hundred icons: as many filled as are expected to fail, told apart by shape as well as colour."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.charts.icon_array import FAILING, WELL, Hundred, describe, icon_array

SMOKER = Hundred("Patients like this", 31, 24, 39)
STOPPED = Hundred("Who had stopped smoking", 24, 17, 33)


def of(figure: go.Figure, name: str) -> list[tuple[float, float]]:
    (found,) = [trace for trace in figure.data if trace.name == name]
    return list(zip(found.x, found.y, strict=True))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=5))
def test_each_panel_has_a_hundred_icons_in_places_of_their_own(failing: list[int]) -> None:
    figure = icon_array([Hundred("Patients", n, 0, 100) for n in failing])
    filled, rings = of(figure, FAILING), of(figure, WELL)
    assert (len(filled), len(filled) + len(rings)) == (sum(failing), 100 * len(failing))
    assert len({*filled, *rings}) == 100 * len(failing)


def test_the_filled_come_first_row_by_row() -> None:
    filled = of(icon_array([SMOKER]), FAILING)
    top = min(y for _, y in filled)
    assert [x for x, y in filled if y == top] == list(range(10))
    assert [x for x, y in filled if y == top + 3] == [0]


def test_before_and_after_stand_side_by_side_with_their_words() -> None:
    figure = icon_array([SMOKER, STOPPED])
    texts = [note.text for note in figure.layout.annotations]
    assert texts[0] == "Patients like this<br><b>31 of 100 (24 to 39)</b>"
    assert texts[1] == "Who had stopped smoking<br><b>24 of 100 (17 to 33)</b>"
    assert {x for x, _ in of(figure, FAILING)} == {*range(10), *range(12, 22)}
    assert len({y for _, y in of(figure, FAILING)}) == 4


@pytest.mark.parametrize("dark", [False, True])
def test_shape_tells_them_apart_as_well_as_colour(dark: bool) -> None:
    symbols = {trace.name: trace.marker.symbol for trace in icon_array([SMOKER], dark=dark).data}
    assert symbols == {FAILING: "square", WELL: "circle-open"}
    colours = {trace.marker.color for trace in icon_array([SMOKER], dark=dark).data}
    assert len(colours) == 2


def test_the_description_says_the_same() -> None:
    assert describe([SMOKER, STOPPED]) == (
        "Of 100 patients those expected to fail. Patients like this: 31 of 100 (24 to 39); Who had stopped smoking: 24 "
        "of 100 (17 to 33)."
    )


def test_nobody_to_draw_is_a_sentence() -> None:
    assert icon_array([]).layout.annotations[0].text == "Nothing to draw."

"""Years of surgery: a dot and its interval for each that is settled, and both sides of a day."""

from __future__ import annotations

import pandas as pd
import pytest

from dashboard.charts.years import NO_YEAR, Together, describe, years

ROWS = pd.DataFrame(
    [
        ("2020", 100, 98, 10, 0.1, 0.05, 0.18),
        ("2021", 8, 8, 1, None, None, None),
        ("2022", 120, 110, 6, 0.052, 0.02, 0.11),
        ("2023", 90, 0, 0, None, None, None),
    ],
    columns=["label", "operations", "known", "failed", "share", "lower", "upper"],
).astype({"share": float, "lower": float, "upper": float})
SIDES = [Together("before 2022", 0.1, -0.4, 1.5), Together("since 2022", 0.05, 1.5, 2.5)]


def test_each_settled_year_stands_with_its_interval_its_value_and_its_number() -> None:
    figure = years(ROWS, SIDES)
    (dots,) = [trace for trace in figure.data if trace.name == "Share failed"]
    assert (list(dots.x), list(dots.y)) == ([0, 2], [0.1, 0.052])
    assert list(dots.error_y.array) == pytest.approx([0.08, 0.058])
    assert list(dots.error_y.arrayminus) == pytest.approx([0.05, 0.032])
    assert list(figure.layout.xaxis.ticktext) == ["2020<br>n = 100", "2021<br>8", "2022<br>120"]
    assert [note.text for note in figure.layout.annotations] == [
        "<b>10 %</b>", "<b>5 %</b>", "before 2022: <b>10.0 %</b>", "since 2022: <b>5.0 %</b>",
    ]  # fmt: skip
    assert [(shape.x0, shape.x1, shape.y0) for shape in figure.layout.shapes] == [(-0.4, 1.5, 0.1), (1.5, 2.5, 0.05)]


def test_the_description_says_the_same() -> None:
    assert describe(ROWS, SIDES) == (
        "Share failed by year of surgery. 2020: 10.0 % (10 of 100; 5.0 to 18.0); 2022: 5.2 % (6 seen of 120; 2.0 to "
        "11.0). before 2022: 10.0 %. since 2022: 5.0 %."
    )


def test_without_a_settled_year_it_says_why() -> None:
    nothing = ROWS.assign(share=float("nan"))
    assert describe(nothing) == NO_YEAR
    assert years(nothing).layout.annotations[0].text == NO_YEAR

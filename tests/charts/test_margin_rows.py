"""Rows in the margin: where each stands, what it is called, and its heading."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import margin_rows, style


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{"label": "Never", "operations": 1412} | row for row in rows])


def words(values: dict[str, Any]) -> list[str]:
    return [str(values["label"]), "in a section"] if values.get("section") else [str(values["label"])]


def test_what_is_missing_is_none() -> None:
    assert margin_rows.records(pd.DataFrame({"share": [0.1, np.nan]})) == [{"share": 0.1}, {"share": None}]


def test_rows_follow_each_other_from_the_top_each_as_tall_as_its_words() -> None:
    (first, second), tall = margin_rows.margin_rows(frame({}, {"label": "Former"}), words)
    row = style.LINE + margin_rows.GAP
    assert (first.y, second.y, tall) == (row / 2, 1.5 * row, 2 * row)
    assert margin_rows.margin_rows(frame({}), words, least=50)[1] == 50


def test_a_section_has_one_heading_before_its_first_row() -> None:
    sections = (None, "Age <65", "Age <65", "Smoking")
    rows, _ = margin_rows.margin_rows(frame(*({"section": section} for section in sections)), words)
    assert [row.words for row in rows if row.values is None] == ["<b>Age &lt;65</b>", "<b>Smoking</b>"]
    assert [row.words for row in rows][:3] == ["Never", "<b>Age &lt;65</b>", "Never<br>in a section"]
    assert margin_rows.margin_rows(frame({"section": "age"}), words, heading=str.upper)[0][0].words == "<b>AGE</b>"


@pytest.mark.parametrize("dark", [False, True])
def test_n_stands_quietly_behind_the_last_line_of_a_name(dark: bool) -> None:
    n = f'<span style="color:{style.quiet(dark)}">1,412</span> *'
    values = {"label": "Never", "operations": 1412}
    assert margin_rows.name_and_n(values, dark=dark, note=" *") == [f"Never&nbsp; {n}"]
    values["label"] = "Two or more earlier operations"
    assert margin_rows.name_and_n(values, dark=dark, note=" *") == ["Two or more earlier", f"operations&nbsp; {n}"]


def test_rows_are_stretched_to_the_height_of_the_neighbour_but_not_without_end() -> None:
    assert (margin_rows.stretched(15, 450), margin_rows.stretched(3, 450), margin_rows.stretched(0, 450)) == (30, 38, 0)


def test_a_name_ends_beside_the_plot_and_a_heading_begins_at_the_edge() -> None:
    name = margin_rows.name(margin_rows.Row(10, "Never", {}), dark=False, left=90)
    heading = margin_rows.name(margin_rows.Row(10, "<b>Smoking</b>"), dark=False, left=90)
    assert (name["xanchor"], name["xshift"], heading["xanchor"], heading["xshift"]) == (
        "right", -8, "left", -90
    )  # fmt: skip


def test_the_picture_has_room_for_all_rows_and_counts_them_from_the_top() -> None:
    figure = go.Figure()
    margin_rows.lay_out(figure, 299.6, left=90, above=30, below=50, dark=False)
    assert (figure.layout.height, figure.layout.margin.t, figure.layout.margin.b) == (380, 30, 50)
    assert tuple(figure.layout.yaxis.range) == (299.6, 0)


def test_marks_on_top_are_those_that_have_a_text() -> None:
    figure = go.Figure()
    margin_rows.mark_on_top(figure, [0.0, 0.3, 0.6], ["1", "", "4"])
    assert [(mark.x, mark.text, mark.y) for mark in figure.layout.annotations] == [(0, "1", 1), (0.6, "4", 1)]

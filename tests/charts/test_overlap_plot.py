"""A row for each set of definitions, a dot for each definition in it, and its count."""

from __future__ import annotations

import pandas as pd

from dashboard.charts.overlap_plot import describe, overlap_plot

LABELS = {"a": "First", "b": "Second"}
SETS = pd.DataFrame({"a": [True, True], "b": [False, True], "operations": [1200, 7], "share": [0.3, 0.01]})


def test_filled_dots_are_the_definitions_of_the_set() -> None:
    figure = overlap_plot(SETS, LABELS)
    filled = [trace for trace in figure.data if trace.mode == "lines+markers"]
    assert [list(trace.x) for trace in filled] == [[0], [0, 1]]
    assert [trace.name for trace in filled] == ["First alone", "First and Second"]
    assert "1,200 (30.0 %)" in [annotation.text for annotation in figure.layout.annotations]


def test_it_is_told_in_words_too() -> None:
    assert "First alone: 1,200 (30.0 %); First and Second: 7 (1.0 %)" in describe(SETS, LABELS)


def test_no_set_is_a_sentence() -> None:
    assert "No operation fails" in overlap_plot(SETS.head(0), LABELS).layout.annotations[0].text
    assert describe(SETS.head(0), LABELS) == "No operation fails under any definition."

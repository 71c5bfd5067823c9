"""Onset bands: missing values, words with signs, and the dark."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import style
from dashboard.charts.onset_bands import describe, onset_bands

SEEN = pd.DataFrame(
    [
        ("Fusion", "weeks", "Weeks (days 43 to 90)", 6, 0.75, 8),
        ("Fusion", "not recorded", "Not recorded", 2, 0.25, 8),
        ("BMI <18.5", "weeks", "Weeks (days 43 to 90)", 3, 1.0, 3),
    ],
    columns=["label", "category", "category_label", "operations", "share", "of"],
)


def test_a_category_that_a_group_lacks_has_no_length_there() -> None:
    _, missing = (bar for bar in onset_bands(SEEN).data if not bar.name.endswith("(key)"))
    assert list(missing.x) == [0.25, 0.0]
    assert list(missing.text) == ["2", ""]


def test_a_missing_share_has_no_length() -> None:
    bar = onset_bands(SEEN.iloc[:1].assign(share=float("nan"))).data[0]
    assert list(bar.x) == [0.0]


def test_not_recorded_is_dotted_and_the_last_band() -> None:
    *_, last = (bar for bar in onset_bands(SEEN).data if not bar.name.endswith("(key)"))
    assert (last.name, last.marker.pattern.shape) == ("Not recorded", ".")


def test_signs_in_a_name_are_written_as_they_are() -> None:
    assert "BMI &lt;18.5, 3 failures seen" in [words.text for words in onset_bands(SEEN).layout.annotations]
    assert "BMI <18.5: 3 failures seen" in describe(SEEN)


def test_in_the_dark_words_and_edges_are_light() -> None:
    figure = onset_bands(SEEN, dark=True)
    assert figure.layout.font.color == style.ink(dark=True)
    assert {bar.marker.line.color for bar in figure.data} == {style.ink(dark=True)}
    assert {words.font.color for words in figure.layout.annotations} <= {None, style.ink(dark=True)}

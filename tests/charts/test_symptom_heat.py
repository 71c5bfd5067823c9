"""The table of symptoms: one row, words with signs, and the dark."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import style
from dashboard.charts.shaded_table import SCALES
from dashboard.charts.symptom_heat import symptom_heat

SEEN = pd.DataFrame(
    [("Back pain", "Weeks (days 43 to 90)", 9), ("Leg <pain>", "Late (after day 365)", 1)],
    columns=["label", "category_label", "operations"],
)


def test_one_row_is_a_table_of_one_number() -> None:
    heat, numbers = symptom_heat(SEEN.iloc[:1]).data
    assert list(numbers.text) == ["9"]
    assert heat.z.shape == (1, 1)


def test_the_same_symptom_in_two_rows_is_added_up() -> None:
    _, numbers = symptom_heat(pd.concat([SEEN.iloc[:1], SEEN.iloc[:1]])).data
    assert list(numbers.text) == ["18"]


def test_signs_in_a_name_are_written_as_they_are() -> None:
    figure = symptom_heat(SEEN)
    assert figure.layout.yaxis.ticktext[1] == "Leg &lt;pain&gt;"
    assert figure.data[0].text[1][1].startswith("Leg &lt;pain&gt;, ")


def test_in_the_dark_words_and_scale_are_those_of_the_dark() -> None:
    figure = symptom_heat(SEEN, dark=True)
    assert figure.layout.font.color == figure.layout.xaxis.tickfont.color == style.ink(dark=True)
    assert [colour for _, colour in figure.data[0].colorscale] == list(SCALES[True])


def test_a_field_without_a_number_is_empty_and_one_without_a_row_is_none() -> None:
    heat, numbers = symptom_heat(pd.concat([SEEN, SEEN.iloc[:1].assign(label="Limp", operations=None)])).data
    assert list(numbers.text) == ["9", "0", "0", "1", "", "0"]
    assert heat.text[2][0] == ""


def test_a_long_name_is_not_cut_and_a_number_says_what_it_is() -> None:
    name = "Degeneration next to the operated level, before surgery"
    figure = symptom_heat(SEEN.iloc[:1].assign(label=name), unit="% not recorded")
    assert figure.layout.yaxis.ticktext[0].replace("<br>", " ") == name
    assert figure.data[0].text[0][0] == f"{name}, Weeks (days 43 to 90): 9 % not recorded"

"""Counts by cause and procedure: sums, order, words with signs, and the dark."""

from __future__ import annotations

import pandas as pd

from dashboard.charts import style
from dashboard.charts.count_matrix import ALL, count_matrix, describe
from dashboard.charts.shaded_table import SCALES, key_of

COUNTED = pd.DataFrame(
    [("Scar", "Decompression", 9), ("Pseudarthrosis <new>", "Fusion & cage", 12), ("Scar", "Fusion & cage", 1)],
    columns=["label", "category_label", "operations"],
)


def test_each_row_ends_in_its_sum() -> None:
    _, numbers = count_matrix(COUNTED).data
    assert list(numbers.text) == ["9", "1", "<b>10</b>", "0", "12", "<b>12</b>"]


def test_rows_and_columns_stand_in_the_order_given() -> None:
    figure = count_matrix(COUNTED)
    assert list(figure.layout.xaxis.ticktext) == ["Decompression", "Fusion &amp; cage", ALL]
    assert figure.layout.yaxis.ticktext[0] == "Scar"


def test_the_largest_count_is_darkest_and_its_number_readable() -> None:
    heat, numbers = count_matrix(COUNTED).data
    assert heat.z.max() == heat.z[1][1] == 1
    assert numbers.textfont.color[4] == style.readable_on(SCALES[False][1])


def test_no_name_of_a_column_is_cut_off() -> None:
    short, long = (
        count_matrix(COUNTED.assign(category_label=name)).layout.margin.t for name in ("Fusion", "Interspinous device")
    )
    assert long > short


def test_a_count_of_nothing_is_all_zeros() -> None:
    _, numbers = count_matrix(COUNTED.assign(operations=0)).data
    assert set(numbers.text) == {"0", "<b>0</b>"}


def test_no_rows_say_so() -> None:
    assert count_matrix(COUNTED.iloc[:0]).layout.annotations[0].text == "Nothing was counted."


def test_in_the_dark_sums_are_written_in_the_ink_of_the_dark() -> None:
    heat, numbers = count_matrix(COUNTED, dark=True).data
    assert numbers.textfont.color[2] == style.ink(dark=True)
    assert [colour for _, colour in heat.colorscale] == list(SCALES[True])


def test_it_is_told_by_its_largest_counts() -> None:
    assert describe(COUNTED).endswith(
        "Most: Pseudarthrosis <new> in Fusion & cage 12; Scar in Decompression 9; Scar in Fusion & cage 1."
    )
    assert describe(COUNTED.assign(operations=0)) == "Nothing was counted."


def test_a_click_on_a_cell_says_its_row_and_column_and_one_on_a_sum_nothing() -> None:
    rows = pd.DataFrame(
        [("Infection", "Fusion", 3), ("Infection", "Revision", 1)], columns=["label", "category_label", "operations"]
    )
    marks = count_matrix(rows).data[1]
    assert list(marks.customdata) == [key_of("Infection", "Fusion"), key_of("Infection", "Revision"), ""]
    assert list(marks.hovertext)[:2] == ["Infection, Fusion: 3", "Infection, Revision: 1"]
    assert marks.marker.opacity == marks.unselected.marker.opacity == 0

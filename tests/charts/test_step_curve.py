"""Curves: what is drawn firmly, in grey and not at all, and that the numbers under them are the frame's."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest

from dashboard.charts import style
from dashboard.charts.curves import DAYS_A_MONTH, MOST_POINTS, CurveWords, curves_of
from dashboard.charts.step_curve import ABOVE, AXIS, HEIGHT, describe, step_curve
from dashboard.stats import survival
from tests.charts.drawn import texts


def counts(operations: int, fail_every: int, leave_every: int, until: int = 700) -> pd.DataFrame:
    """Somebody fails and somebody leaves at an even pace, until all have gone."""
    days = [(day, day % fail_every == 0, day % leave_every == 0) for day in range(1, until)]
    frame = pd.DataFrame(days, columns=["day", "failed", "left"]).astype(int)
    gone = (frame["failed"] + frame["left"]).cumsum()
    frame = frame[(frame["failed"] + frame["left"] > 0) & (gone <= operations)]
    rest = pd.DataFrame({"day": [until], "failed": 0, "left": operations - int(gone[frame.index].max())})
    return pd.concat([frame, rest], ignore_index=True).assign(died=0)


def curves(**groups: pd.DataFrame) -> pd.DataFrame:
    return pd.concat(
        [survival.cumulative_incidence(n).assign(group=name, label=name.capitalize()) for name, n in groups.items()]
    )


def lines(figure: go.Figure, label: str) -> list[go.Scatter]:
    return [trace for trace in figure.data if trace.name == label]


FEW_REMAIN = curves(fusion=counts(100, 20, 6))
LARGE = counts(400, 10, 9)


def test_the_curve_is_firm_to_ten_at_risk_grey_after_and_cut_below_five() -> None:
    day_of = FEW_REMAIN.groupby("at_risk")["day"].max()
    firm, end = day_of[day_of.index >= 10].max(), day_of[day_of.index >= 5].max()
    solid, pale = lines(step_curve(FEW_REMAIN, until_days=730), "Fusion")
    assert (solid.x[0], solid.x[-1] * DAYS_A_MONTH, pale.x[0] * DAYS_A_MONTH) == pytest.approx((0, firm, firm))
    assert pale.x[-1] * DAYS_A_MONTH == pytest.approx(end)
    assert (solid.line.color, pale.line.color) == (style.LIGHT[0], style.unsure(dark=False))
    assert end < 730


def test_no_grey_where_the_axis_ends_before_few_remain() -> None:
    (only,) = lines(step_curve(FEW_REMAIN, until_days=90), "Fusion")
    assert only.x[-1] * DAYS_A_MONTH == pytest.approx(90)


def test_steps_hold_each_height_until_the_next() -> None:
    (line,) = lines(step_curve(curves(all=LARGE), until_days=365), "All")
    curve = survival.cumulative_incidence(LARGE)
    expected = [0.0 if day < 1 else curve["share"][curve["day"] <= day + 1e-6].max() for day in line.x * DAYS_A_MONTH]
    assert line.line.shape == "hv"
    assert list(line.y) == pytest.approx(np.nan_to_num(expected))


def test_numbers_at_risk_are_those_of_the_counts() -> None:
    figure = step_curve(curves(all=LARGE, fusion=counts(100, 20, 6)), until_days=365)
    for label, frame in (("All", LARGE), ("Fusion", counts(100, 20, 6))):
        shown = [a.text for a in figure.layout.annotations if (a.name or "").startswith(f"{label} at")]
        assert shown == [str(n) for n in survival.number_at_risk(frame, [0, 91, 183, 274, 365])]
    assert "<b>Number at risk</b>" in texts(figure)


@pytest.mark.parametrize(
    ("until_days", "ticks"),
    [
        (90, ["surgery", "30 d", "60 d", "90 d"]), (365, ["surgery", "3 m", "6 m", "9 m", "12 m"]),
        (730, ["surgery", "6 m", "12 m", "18 m", "24 m"]), (1825, ["surgery", "1 y", "2 y", "3 y", "4 y", "5 y"]),
    ],
)  # fmt: skip
def test_the_axis_is_marked_in_round_days_months_or_years_to_its_end(until_days: int, ticks: list[str]) -> None:
    axis = step_curve(FEW_REMAIN, until_days=until_days).layout.xaxis
    assert [text.split("<br>")[0] for text in axis.ticktext] == ticks
    assert axis.tickvals[-1] <= axis.range[1] <= axis.tickvals[-1] + 0.1
    assert axis.tickvals[-1] == pytest.approx(until_days / DAYS_A_MONTH, abs=0.05)


def test_the_share_axis_begins_at_nothing_and_is_marked_in_percent() -> None:
    figure = step_curve(FEW_REMAIN, until_days=730)
    assert (figure.layout.yaxis.range[0], figure.layout.yaxis.ticktext[0]) == (0, "0 %")
    assert max(max(trace.y) for trace in figure.data) <= figure.layout.yaxis.range[1]
    assert "Operations failed" in texts(figure)


def test_words_on_pointing_give_share_day_interval_and_number_at_risk() -> None:
    (line,) = lines(step_curve(curves(all=LARGE), until_days=365), "All")
    here = survival.share_at(LARGE, 365)
    limits = f"{100 * (here.lower or 0):.1f} to {100 * (here.upper or 0):.1f}"
    assert line.text[-1] == f"All: {100 * (here.share or 0):.1f} % failed by day 365 ({limits}); {here.at_risk} at risk"


def test_four_groups_differ_in_dash_and_colour_and_have_no_bands() -> None:
    figure = step_curve(curves(**dict.fromkeys("abcd", LARGE)), until_days=365)
    assert [trace.line.dash for trace in figure.data] == list(style.DASHES)
    assert [trace.line.color for trace in figure.data] == list(style.LIGHT)
    assert all(trace.fill is None for trace in figure.data)


def test_names_of_four_like_curves_do_not_cover_each_other() -> None:
    figure = step_curve(curves(**dict.fromkeys("abcd", LARGE)), until_days=365)
    ends = sorted(a.y for a in figure.layout.annotations if a.xanchor == "left" and a.align == "left")
    assert len(ends) == 4
    assert min(np.diff(ends)) * (HEIGHT - ABOVE - AXIS) >= style.LINE
    assert ends[-1] <= 1.05
    assert ends[0] >= -0.05


@pytest.mark.parametrize("groups", ["a", "ab"])
def test_one_or_two_groups_have_bands(groups: str) -> None:
    figure = step_curve(curves(**dict.fromkeys(groups, LARGE)), until_days=365)
    assert sum(trace.fill == "tonexty" for trace in figure.data) == len(groups)


def test_more_than_four_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="5 groups: a figure shows at most 4"):
        step_curve(curves(**dict.fromkeys("abcde", LARGE)), until_days=365)


def test_a_curve_has_no_more_points_than_a_screen_can_show() -> None:
    every_day = pd.DataFrame({"day": range(1, 1801), "failed": 2, "died": 0, "left": 0})
    figure = step_curve(curves(all=every_day), until_days=1825)
    assert sum(len(line.x) for line in lines(figure, "All")) <= MOST_POINTS + 1
    assert describe(curves(all=every_day), until_days=1825).startswith("Operations failed by 5 years. All: ")


def test_a_group_too_small_for_a_curve_says_so() -> None:
    tiny = curves(tiny=pd.DataFrame({"day": [10, 400], "failed": [1, 0], "died": 0, "left": [0, 2]}))
    figure = step_curve(pd.concat([curves(all=LARGE), tiny]), until_days=365)
    assert lines(figure, "Tiny") == []
    assert "Tiny (too few for a curve)" in texts(figure)
    assert "Tiny: 3 operations, too few for a curve" in describe(tiny, until_days=365)


def test_nobody_failed_is_a_line_on_the_axis() -> None:
    (line,) = lines(step_curve(curves(all=pd.DataFrame({"day": [800], "failed": 0, "died": 0, "left": 30})),
                               until_days=730), "All")  # fmt: skip
    assert set(line.y) == {0.0}


def test_nothing_to_draw_is_a_sentence() -> None:
    figure = step_curve(FEW_REMAIN.iloc[:0], until_days=730)
    assert texts(figure) == ["No operations to draw."]
    assert describe(FEW_REMAIN.iloc[:0], until_days=730) == "No operations."


def test_a_name_with_signs_is_written_as_it_is() -> None:
    two = pd.concat([curves(all=LARGE).assign(label="BMI <18.5 & low"), curves(rest=LARGE)])
    figure = step_curve(two, until_days=365)
    assert any("&lt;18.5 &amp; low" in text for text in texts(figure))


def test_the_description_says_share_interval_and_who_remains() -> None:
    here = survival.share_at(LARGE, 365)
    words = describe(curves(all=LARGE), until_days=365)
    assert words.startswith(f"Operations failed by 12 months. All: {100 * (here.share or 0):.1f} % (")
    assert words.endswith(f"400 operations, {here.at_risk} still at risk.")
    assert "by 14 months, after which too few remain for a share" in describe(FEW_REMAIN, until_days=730)


def test_in_the_dark_lines_words_and_grey_are_those_of_the_dark() -> None:
    figure = step_curve(FEW_REMAIN, until_days=730, dark=True)
    solid, pale = lines(figure, "Fusion")
    assert (solid.line.color, pale.line.color) == (style.DARK[0], style.unsure(dark=True))
    assert figure.layout.font.color == style.ink(dark=True)
    two = step_curve(pd.concat([FEW_REMAIN, curves(all=LARGE)]), until_days=730, dark=True)
    (heading,) = [words for words in two.layout.annotations if words.text == "<b>Number at risk</b>"]
    assert heading.font.color == style.quiet(dark=True)


def test_a_day_without_a_share_is_left_out_of_the_line() -> None:
    gap = curves(all=LARGE)
    gap.loc[gap.index[5], ["share", "lower", "upper"]] = np.nan
    (line,) = lines(step_curve(gap, until_days=365), "All")
    assert not np.isnan(line.y).any()
    assert list(np.diff(line.y) >= 0) == [True] * (len(line.y) - 1)


def test_one_row_of_one_group_is_a_line_to_its_day() -> None:
    (line,) = lines(step_curve(curves(all=pd.DataFrame({"day": [30], "failed": 12, "died": 0, "left": 0})),
                               until_days=90), "All")  # fmt: skip
    assert (line.y[0], line.y[-1], line.x[-1] * DAYS_A_MONTH) == pytest.approx((0, 1, 30))


NONE_FAILED = pd.DataFrame({"day": [50, 60, 700], "failed": 0, "died": [0, 5, 0], "left": [10, 0, 15]})


def drawn(counts: pd.DataFrame) -> pd.DataFrame:
    return survival.drawn_curve(counts).assign(group="all", label="All")


def test_a_curve_without_failure_has_the_band_of_its_exact_limit() -> None:
    figure = step_curve(drawn(NONE_FAILED), until_days=365)
    (upper,) = (trace for trace in figure.data if trace.name == "All, upper limit")
    steps = pd.Series(list(upper.y), index=np.round(np.array(upper.x) * DAYS_A_MONTH).astype(int))
    by_day = steps.reindex(range(366)).ffill()
    # thirty are known up to day 50, on which ten leave
    assert by_day[0] == by_day[30] == pytest.approx(1 - 0.025 ** (1 / 30))
    assert by_day[51] == by_day[365] == pytest.approx(1 - 0.025 ** (1 / 20))
    assert figure.layout.yaxis.range[1] > by_day[365]


def test_nothing_and_everything_say_how_many_they_rest_on() -> None:
    assert "0.0 % (0.0 to 16.8; state of 20 known)" in describe(drawn(NONE_FAILED), until_days=365)
    everybody = pd.DataFrame({"day": [0, 10], "failed": [10, 10], "died": 0, "left": 0})
    (line, *_) = lines(step_curve(drawn(everybody), until_days=365), "All")
    assert line.text[-1] == "All: 100.0 % failed by day 10 (83.2 to 100.0; state of 20 known); 10 at risk"


def test_one_curve_says_its_value_at_three_months_one_and_two_years_and_has_its_numbers_at_risk_on_the_axis() -> None:
    figure = step_curve(curves(all=LARGE), until_days=730)
    (values,) = lines(figure, "Values")
    here = [survival.share_at(LARGE, day) for day in (91, 365)]
    assert [f"<b>{100 * (at.share or 0):.1f} %</b>" for at in here] == texts(figure)[1:3]
    assert [x * DAYS_A_MONTH for x in values.x[:2]] == pytest.approx([91, 365])
    assert list(figure.layout.xaxis.ticktext)[:2] == ["surgery<br>400 at risk", f"6 m<br>{at_risk(LARGE, 183)}"]
    assert figure.layout.height == HEIGHT


def at_risk(frame: pd.DataFrame, day: int) -> int:
    return survival.number_at_risk(frame, [day])[0]


def test_a_value_stands_at_the_end_of_a_curve_that_ends_elsewhere_and_none_close_to_another() -> None:
    long = counts(400, 10, 9, until=1700)
    (values,) = lines(step_curve(curves(all=long), until_days=1825), "Values")
    assert [round(x * DAYS_A_MONTH) for x in values.x] == [365, 730, 1700]
    (values,) = lines(step_curve(FEW_REMAIN, until_days=30), "Values")
    assert [round(x * DAYS_A_MONTH) for x in values.x] == [30]


def test_numbers_at_risk_that_are_the_same_for_all_stand_once() -> None:
    figure = step_curve(curves(**dict.fromkeys("abc", LARGE)), until_days=365)
    assert "<b>Number at risk</b>" not in texts(figure)
    assert figure.layout.xaxis.ticktext[-1] == f"12 m<br>{at_risk(LARGE, 365)}"
    assert figure.layout.height == HEIGHT


def test_a_line_has_no_point_where_nothing_changes_and_a_click_on_it_says_its_group() -> None:
    figure = step_curve(curves(**dict.fromkeys("abc", LARGE)), until_days=365)
    (line,) = lines(figure, "A")
    assert (np.diff(line.y)[1:-1] > 0).all()
    assert set(line.customdata) == {"a"}
    assert line.unselected.marker.opacity == line.marker.opacity == 0


def test_another_wait_than_that_for_failure_is_told_in_its_own_words() -> None:
    told = CurveWords("Found", "found", "symptom")
    figure = step_curve(curves(all=LARGE), until_days=365, told=told)
    assert "Found" in texts(figure)
    assert "Operations failed" not in texts(figure)
    assert figure.layout.xaxis.ticktext[0].startswith("symptom")
    assert "% found by day" in lines(figure, "All")[0].text[1]
    assert describe(curves(all=LARGE), until_days=365, told=told).startswith("Found by 12 months. ")


@pytest.mark.parametrize("until_days", [0, 1, 36_500])
@pytest.mark.parametrize("frame", [FEW_REMAIN, curves(a=counts(100, 20, 6), b=counts(90, 10, 9))])
def test_no_day_and_more_days_than_there_are_have_an_axis_all_the_same(frame: pd.DataFrame, until_days: int) -> None:
    start, end = step_curve(frame, until_days=until_days).layout.xaxis.range
    assert start == 0 < end
    assert describe(frame, until_days=until_days)


def test_on_its_grey_end_a_curve_tells_no_share() -> None:
    grey = counts(100, 10, 9, until=700)
    (curve,) = curves_of(curves(a=grey), 730, [("", "")])
    assert curve.firm < curve.end
    (values,) = lines(step_curve(curves(a=grey), until_days=730), "Values")
    assert max(values.x) * DAYS_A_MONTH <= curve.firm
    ends = [text for text in texts(step_curve(curves(a=grey, b=LARGE), until_days=730)) if "%" in text]
    assert not any(text.startswith("a") for text in ends)
    assert f"{100 * curve.standing(curve.end)[0]:.1f} %" not in describe(curves(a=grey), until_days=730)
    firm = f"A: {100 * curve.standing(curve.firm)[0]:.1f} %{curve.limits_words(curve.firm)} by"
    assert firm in describe(curves(a=grey), until_days=730)
    assert "after which too few remain for a share" in describe(curves(a=grey), until_days=730)
    solid, pale = lines(step_curve(curves(a=grey), until_days=730), "A")
    assert solid.text[-1].startswith(f"A: {100 * curve.standing(curve.firm)[0]:.1f} % failed by day {curve.firm} (")
    assert all("%" in text for text in solid.text)
    assert pale.text[-1] == f"A: too few remain for a share by day {curve.end}; {curve.at_risk(curve.end)} at risk"
    assert not any("%" in text for text in pale.text[1:])


def test_a_curve_whose_share_is_refused_has_its_line_and_tells_none() -> None:
    refused = curves(a=LARGE).assign(told=False)
    assert lines(step_curve(refused, until_days=365), "A")
    assert lines(step_curve(refused, until_days=365), "Values") == []
    assert "%" not in describe(refused, until_days=365)
    assert not any("%" in text for line in lines(step_curve(refused, until_days=365), "A") for text in line.text)
    both = pd.concat([refused, curves(b=LARGE).assign(told=True)])
    (named,) = [text for text in texts(step_curve(both, until_days=365)) if "%" in text]
    assert named.startswith("B")

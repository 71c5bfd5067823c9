"""What numbers alone tell of their scale: sure where no real series looks like that, silent where many do."""

from __future__ import annotations

import pytest

from dashboard.definitions.canonical import column_named
from dashboard.importing.scales import OtherScale, StandsOut, standing_out, suggested_scale


def scale(name: str, numbers: list[float]) -> OtherScale | None:
    column = column_named(name)
    assert column is not None
    return suggested_scale(column, numbers)


def apart(name: str, numbers: list[float], each: float = 1.0) -> StandsOut | None:
    column = column_named(name)
    assert column is not None
    return standing_out(column, numbers, each)


@pytest.mark.parametrize(
    ("name", "numbers", "scales"),
    [
        ("leg_pain", [62, 22, 4, 7, 80], ["mm"]),
        ("back_pain", [8, 9, 3, 4, 2, 7, 5, 6, 1, 2] * 9 + [55, 31, 70, 42, 90], ["mm"]),
        ("back_pain", [0.7, 0.5, 0.2, 0, 1] * 4, ["fraction"]),
        ("odi", [0.44, 0.2, 0.46, 0.22, 0.48], ["fraction"]),
        ("odi", [44, 20, 0.46, 0.22, 48, 30], ["fraction"]),
        ("odi", [10, 11, 23, 25, 31] * 20, ["points_of_50"]),
        ("height_cm", [1.62, 1.75, 1.8, 1.55, 1.7], ["m"]),
        ("height_cm", [1.62, 1.75, 180, 155, 170], ["m"]),
        ("height_cm", [62, 70, 71, 65, 68], ["in"]),
        ("height_cm", [5.4, 5.9, 6.1, 5.2, 5.8], ["ft"]),
        ("height_cm", [1620, 1750, 1800, 1550, 1700], ["mm"]),
        ("weight_kg", [150, 180, 210, 165, 195], ["lb"]),
        ("weight_kg", [11.5, 12, 13.2, 14, 10], ["st"]),
        ("weight_kg", [71_000, 82_500, 90_000, 65_000, 77_000], ["g"]),
        ("symptom_duration_months", [180, 365, 200, 700, 90], ["weeks", "days"]),
        ("eq5d_index", [70, 85, 30, 55, 90], ["percent"]),
        ("gpe", [0, 3, 8, 9, 10, 5], []),
        ("satisfaction", [9, 10, 8, 7, 2, 3], []),
        ("age", [1950, 1961, 1948, 1975, 1980], []),
    ],
)
def test_another_scale_is_sure_where_nothing_else_explains_the_numbers(
    name: str, numbers: list[float], scales: list[str]
) -> None:
    found = scale(name, numbers)
    assert found is not None
    assert (found.sure, [one.name for one in found.scales]) == (True, scales)


@pytest.mark.parametrize(
    ("name", "numbers", "scales"),
    [
        ("odi", [11, 13, 22, 30, 44], ["points_of_50"]),
        ("odi", [10, 20, 30, 40, 50] * 20, ["points_of_50"]),
        ("leg_pain", [0.5, 0.2, 0, 1, 0.1], ["fraction"]),
    ],
)
def test_what_real_values_might_be_is_worth_a_note(name: str, numbers: list[float], scales: list[str]) -> None:
    found = scale(name, numbers)
    assert found is not None
    assert (found.sure, [one.name for one in found.scales]) == (False, scales)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("leg_pain", [62, 22, 80, 55]),
        ("leg_pain", [1, 2, 3, 1, 2, 3]),
        ("leg_pain", [1, 2, 3, 1, 2, 33]),
        ("leg_pain", [1, 2, 3, 99, 99, 88, 5]),
        ("odi", [10, 20, 30, 40, 12, 8]),
        ("odi", [17.8, 22.2, 44.4, 31.1, 11.1] * 30),
        ("odi", [0, 0, 0, 0, 0]),
        ("odi", [12, 96, 44, 31, 20]),
        ("weight_kg", [110, 118, 121, 95, 60]),
        ("symptom_duration_months", [0.5, 1, 1.5, 2, 0.25]),
        ("eq5d_index", [-1.02, -0.6, 0.2, 0.8, 1]),
        ("gpe", [1, 1, 2, 2, 9]),
        ("bmi", [24, 250, 31, 28, 22, 35, 5, 27, 23, 29, 30]),
    ],
)
def test_few_low_and_plausible_numbers_raise_no_doubt(name: str, numbers: list[float]) -> None:
    assert scale(name, numbers) is None


@pytest.mark.parametrize(
    ("name", "numbers", "values"),
    [
        ("age", [*range(40, 70), 99, 99, 99], (99,)),
        ("odi", [*range(10, 57), 99, 99], (99,)),
        ("odi", [*range(10, 57), 98, 98, 99, 99], (98, 99)),
        ("symptom_duration_months", [1, 3, 6, 12, 18, 24, 999, 999], (999,)),
        ("eq5d_index", [0.1, 0.2, 0.31, 0.55, 0.7, 0.9, -1, -1, -1, -1], (-1,)),
        ("birth_year", [*range(1935, 1985), 1900, 1900], (1900,)),
    ],
)
def test_a_sign_that_recurs_far_from_all_others_is_sure(
    name: str, numbers: list[float], values: tuple[float, ...]
) -> None:
    found = apart(name, numbers)
    assert found is not None
    assert (found.sure, found.values) == (True, values)


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("age", [*range(40, 70), 99]),
        ("odi", [*range(10, 40), 88, 88]),
        ("level_count", [1] * 20 + [2] * 9 + [3] * 4 + [9, 9, 9]),
    ],
)
def test_one_alone_and_a_less_usual_sign_are_worth_a_note(name: str, numbers: list[float]) -> None:
    found = apart(name, numbers)
    assert found is not None
    assert not found.sure


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        ("age", [60, 71, 84, 90, 95, 99]),
        ("odi", [*range(0, 98, 2), 98, 98]),
        ("weight_kg", [*range(60, 120), 99, 99, 99]),
        ("leg_pain", [8, 9, 8, 9, 8, 9, 2, 1, 3, 2, 1, 3]),
        ("odi", [60, 60, 60, 60, 60, 20, 20, 20, 20]),
        ("age", [50, 99, 99]),
    ],
)
def test_a_value_that_others_lead_up_to_is_one_like_any_other(name: str, numbers: list[float]) -> None:
    assert apart(name, numbers) is None


def test_a_sign_is_looked_for_as_it_is_written() -> None:
    assert apart("leg_pain", [*range(5, 60), 99, 99], 0.1) == StandsOut(
        (99,), True, "99 (2 times) stands far from all others: there is nothing between 59 and 99."
    )

"""Small counts stay open: whoever knows all that is shown, and what every mark means, cannot narrow one of them."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from dashboard.stats.suppression import (
    FEWER,
    SHOWN,
    WITHHELD,
    Bounds,
    Rule,
    marks_of_counts,
    marks_of_parts,
    narrowed,
)

EXACT, ROUNDED = Rule(3), Rule(4, 3)
"""As the rules in use, but small, so that every table can be tried: below 3 hidden; below 4 hidden, else to 3."""


def marked(wholes: Sequence[int], parts: Sequence[int], rule: Rule) -> tuple[list[str], list[str]]:
    return marks_of_parts(wholes, parts, marks_of_counts(wholes, rule), rule)


def fits(counts: np.ndarray, true: int, mark: str, rule: Rule) -> np.ndarray:
    """Which counts could stand behind what is shown."""
    if mark == WITHHELD:
        return np.ones(len(counts), dtype=bool)
    if mark == FEWER:
        return (counts > 0) & (counts < rule.fewest)
    known = rule.known(true)
    return (counts >= known.low) & (counts <= known.high)


def tables(groups: int, most: int) -> Iterator[tuple[tuple[int, int], ...]]:
    pairs = [(whole, part) for whole in range(most + 1) for part in range(whole + 1)]
    return itertools.product(pairs, repeat=groups)


def pinned(groups: int, most: int, rule: Rule) -> list[str]:
    """Every small count of every table that an attacker narrows; he tries all tables, and knows both sums besides."""
    every = np.array(list(tables(groups, most + 2 * rule.fewest)))
    found = []
    for table in itertools.islice(tables(groups, most), 0, None, 7):  # every seventh: the same sizes in many orders
        wholes, parts = [whole for whole, _ in table], [part for _, part in table]
        marks, of_parts = marked(wholes, parts, rule)
        total, of_total = marked([sum(wholes)], [sum(parts)], rule)
        could = fits(every[:, :, 0].sum(axis=1), sum(wholes), total[0], rule)
        could &= fits(every[:, :, 1].sum(axis=1), sum(parts), of_total[0], rule)
        for place in range(groups):
            could &= fits(every[:, place, 0], wholes[place], marks[place], rule)
            could &= fits(every[:, place, 1], parts[place], of_parts[place], rule)
        left = every[could]
        for place in range(groups):
            rests = left[:, place, 0] - left[:, place, 1]
            counts = {
                "whole": (wholes[place], wholes[place], left[:, place, 0]),
                "part": (parts[place], wholes[place], left[:, place, 1]),
                "rest": (wholes[place] - parts[place], wholes[place], rests),
            }
            for name, (true, whole, open_) in counts.items():
                highest = rule.fewest - 1 if name == "whole" else min(rule.fewest - 1, whole - 1)
                if rule.is_small(true) and not set(range(1, highest + 1)) <= set(open_.tolist()):
                    found.append(f"{name} {true} of {table}: {sorted(set(open_.tolist()))}")
    return found


@pytest.mark.parametrize("rule", [EXACT, ROUNDED])
def test_no_small_count_of_any_small_table_can_be_narrowed(rule: Rule) -> None:
    assert pinned(2, 9, rule) == []


def test_no_small_count_of_three_groups_can_be_narrowed() -> None:
    assert pinned(3, 4, Rule(2)) == []


def test_an_attacker_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.stats.suppression._all_open", lambda *_: True)
    assert pinned(2, 9, EXACT)


def test_a_lone_small_count_takes_a_second_with_it() -> None:
    assert marks_of_counts([3, 40, 25, 60], Rule(11)) == [FEWER, SHOWN, WITHHELD, SHOWN]


def test_counts_of_one_size_are_withheld_together() -> None:
    assert marks_of_counts([3, 25, 25, 60], Rule(11)) == [FEWER, WITHHELD, WITHHELD, SHOWN]


def test_rounding_leaves_a_lone_small_count_open_among_many() -> None:
    assert marks_of_counts([3, 40, 25, 60], Rule(8, 5)) == [FEWER, SHOWN, SHOWN, SHOWN]


def test_zeros_are_shown_and_small_rests_hidden() -> None:
    wholes, parts = [100, 80, 90, 70], [0, 75, 30, 20]
    assert marks_of_parts(wholes, parts, [SHOWN] * 4, Rule(8, 5))[1] == [SHOWN, WITHHELD, SHOWN, SHOWN]


def test_nothing_is_shown_of_a_small_sum() -> None:
    assert marks_of_parts([100, 80], [3, 0], [SHOWN] * 2, Rule(8, 5))[1] == [WITHHELD, WITHHELD]


def test_a_hidden_group_hides_its_failures() -> None:
    assert marked([5, 60, 90], [0, 20, 40], Rule(11))[1][0] == WITHHELD


def test_no_mark_depends_on_the_order_of_the_groups() -> None:
    wholes, parts = [30, 12, 4, 90, 30], [12, 3, 1, 60, 15]
    first = list(zip(*marked(wholes, parts, Rule(11)), strict=True))
    other = list(zip(*marked(wholes[::-1], parts[::-1], Rule(11)), strict=True))
    assert first == other[::-1]


@pytest.mark.parametrize(("count", "shown"), [(0, 0), (8, 10), (12, 10), (13, 15), (1162, 1160)])
def test_rounds_to_the_nearest_five(count: int, shown: int) -> None:
    assert Rule(8, 5).rounded(count) == shown


@pytest.mark.parametrize("rule", [Rule(8, 5), Rule(11, 5), EXACT, ROUNDED])
def test_what_is_known_of_a_count_is_every_count_that_is_shown_as_it(rule: Rule) -> None:
    for count in range(rule.fewest, 60):
        alike = [other for other in range(rule.fewest, 80) if rule.rounded(other) == rule.rounded(count)]
        assert rule.known(count) == Bounds(alike[0], alike[-1])
        assert not rule.is_small(rule.rounded(count))


def test_a_sum_narrows_what_is_known() -> None:
    assert narrowed([Bounds(1, 10), Bounds(11, 40)], Bounds(20, 20)) == [Bounds(1, 9), Bounds(11, 19)]


def test_nobody_is_nothing_to_hide() -> None:
    assert marks_of_counts([], Rule(8, 5)) == []
    assert marked([0, 0], [0, 0], Rule(8, 5)) == ([SHOWN, SHOWN], [SHOWN, SHOWN])

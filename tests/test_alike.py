"""What is made of equal contents is made once; of contents that differ in anything it is made anew."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pandas as pd
import pytest

from dashboard.alike import MOST, forget, made_once
from dashboard.charts import style
from dashboard.charts.paper import svg
from dashboard.charts.points import points_of
from dashboard.records import Records
from tests.charts.every import EVERY
from tests.pages.test_what_stands_there import opened, sample

__all__ = ["sample"]
PLAIN = "empty"
"""A sentence in the place of a picture, drawn of nothing."""


def rows(**other: object) -> pd.DataFrame:
    """Three groups; other: the columns that differ from theirs."""
    return pd.DataFrame({"group": ["disc", "fusion", None], "share": [0.1, 0.2, float("nan")]} | other)


def test_of_equal_contents_the_same_is_made_once_however_they_came_to_be() -> None:
    made: list[str] = []

    @made_once
    def sentence(frame: pd.DataFrame, *, label: str, dark: bool = False) -> list[str]:
        made.append(label)
        return [label, *map(str, frame["group"]), str(dark)]

    first = sentence(rows(), label="by day")
    assert sentence(rows(), label="by day") is first
    for frame, label in (
        (rows(share=[0.1, 0.2, 0.0]), "by day"), (rows(group=["disc", "fusion", "other"]), "by day"),
        (rows(more=[1, 2, 3]), "by day"), (rows()[["share", "group"]], "by day"), (rows()[:2], "by day"),
        (rows(share=["0.1", "0.2", "nan"]), "by day"), (rows(), "by visit"),
    ):  # fmt: skip
        assert sentence(frame, label=label) is not first
    assert sentence(rows(), label="by day", dark=True)[-1] == "True"
    assert made == [*["by day"] * 7, "by visit", "by day"]


def test_of_all_who_come_together_one_makes_it() -> None:
    made, may_go = list[int](), Event()

    @made_once
    def slow(frame: pd.DataFrame) -> list[int]:
        may_go.wait()
        made.append(len(frame))
        return made

    with ThreadPoolExecutor(12) as people:
        found = [people.submit(slow, rows()) for _ in range(12)]
        may_go.set()
    assert {id(each.result()) for each in found} == {id(made)}
    assert made == [3]


def test_what_was_made_longest_ago_is_made_anew_and_what_fails_is_told_each_time() -> None:
    made: list[int] = []

    @made_once
    def one(number: int) -> list[int]:
        made.append(number)
        if number < 0:
            raise ValueError(number)
        return [number]

    kept = one(0)
    assert one(0) is kept
    for number in range(1, MOST + 1):
        one(number)
    assert one(0) == kept
    assert made == [*range(MOST + 1), 0]
    for _ in range(2):
        with pytest.raises(ValueError, match="-1"):
            one(-1)
    assert made[-2:] == [-1, -1]


@pytest.mark.parametrize("name", sorted(EVERY.keys() - {PLAIN}))
def test_every_picture_of_the_same_rows_is_drawn_once(name: str) -> None:
    first = EVERY[name]()
    before = first.to_json()
    assert EVERY[name]() is first
    svg(first)
    points_of(first)
    assert first.to_json() == before


@pytest.mark.parametrize("name", ["overview", "procedures", "onset", "risk", "compare", "causes", "me"])
def test_a_page_opened_again_draws_no_picture_anew(name: str, sample: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[int] = []
    lay_out = style.lay_out

    def noted(*args: Any, **how: Any) -> Any:
        drawn.append(1)
        return lay_out(*args, **how)

    monkeypatch.setattr(style, "lay_out", noted)
    opened(name, sample)
    drawn.clear()
    assert opened(name, sample).get("plotly_chart")
    assert not drawn


def test_a_frame_is_handed_out_so_that_who_changes_it_changes_nobody_elses_and_all_is_let_go_together() -> None:
    made: list[int] = []

    @made_once
    def doubled(frame: pd.DataFrame) -> pd.DataFrame:
        made.append(1)
        return frame.assign(share=2 * frame["share"])

    first = doubled(rows())
    first.loc[:, "share"] = 0.0
    first["more"] = 1
    assert doubled(rows())["share"].tolist()[:2] == [0.2, 0.4]
    assert list(doubled(rows())) == ["group", "share"]
    assert made == [1]
    forget()
    doubled(rows())
    assert made == [1, 1]

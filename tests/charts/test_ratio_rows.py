"""Failures seen over expected, one's own beside peers: what is drawn, and what is told to those who do not see it."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from dashboard.charts.ratio_rows import FURTHER, WIDEST, describe, ratio_rows

NOTHING = dict.fromkeys(("observed", "expected", "lower", "upper", "limit_low", "limit_high"))
OWN = {"label": "S06", "own": True, "observed": 33, "expected": 20.0, "ratio": 1.65, "lower": 1.13, "upper": 2.31,
       "limit_low": 0.6, "limit_high": 1.5, "shown": True}  # fmt: skip
PEER = {**NOTHING, "label": "Peer 1", "own": False, "ratio": 0.4, "shown": True}


def test_the_own_dot_is_full_with_its_interval_and_a_peer_is_a_hollow_dot_alone() -> None:
    figure = ratio_rows(pd.DataFrame([OWN, PEER]))
    own, peer = figure.data
    assert (own.marker.symbol, peer.marker.symbol) == ("circle", "circle-open")
    assert (own.error_x.arrayminus[0], own.error_x.array[0]) == pytest.approx((0.52, 0.66))
    assert (peer.error_x.arrayminus[0], peer.error_x.array[0]) == (0, 0)
    (band,) = [shape for shape in figure.layout.shapes if shape.name == "Limits of chance"]
    assert (band.x0, band.x1) == (0.6, 1.5)
    (line,) = [shape for shape in figure.layout.shapes if shape.name == "Compared with"]
    assert line.x0 == line.x1 == 1
    words = [note.text for note in figure.layout.annotations]
    assert "<b>1.65</b>" in words
    assert "0.40" in words


def test_the_own_row_is_named_as_the_own_unless_it_is_called_you() -> None:
    for label, told in (("S06", "<b>S06 (own)</b>"), ("You", "<b>You</b>")):
        figure = ratio_rows(pd.DataFrame([{**OWN, "label": label}, PEER]))
        assert told in [note.text for note in figure.layout.annotations]


def test_what_lies_beyond_the_axis_ends_at_it_and_is_told_in_words() -> None:
    wild = OWN | {"ratio": 12.0, "lower": 0.01, "upper": 40.0}
    figure = ratio_rows(pd.DataFrame([wild]))
    (own,) = figure.data
    cut = {note.text: note.x for note in figure.layout.annotations if note.text in FURTHER}
    assert cut == {"◂": pytest.approx(-math.log10(WIDEST)), "▸": pytest.approx(math.log10(WIDEST))}
    assert not any(note.text in FURTHER for note in ratio_rows(pd.DataFrame([OWN, PEER])).layout.annotations)
    low = ratio_rows(pd.DataFrame([OWN | {"lower": 0.08}])).layout.annotations
    assert [note.text for note in low if note.text in FURTHER] == ["◂"]
    assert own.x[0] == WIDEST
    assert own.x[0] - own.error_x.arrayminus[0] == pytest.approx(1 / WIDEST)
    assert describe(pd.DataFrame([wild])).endswith("S06 12.00 (33 seen, 20.0 expected; 0.01 to 40.00).")


def test_one_failure_too_few_stands_with_its_counts() -> None:
    few = OWN | {"ratio": math.nan, "lower": math.nan, "upper": math.nan, "expected": 2.1, "shown": False}
    figure = ratio_rows(pd.DataFrame([few, PEER]))
    assert len(figure.data) == 1
    assert "S06 33 seen, 2.1 expected, too few for a ratio; Peer 1 0.40" in describe(pd.DataFrame([few, PEER]))


def test_nobody_is_said_to_be_nobody() -> None:
    nobody = pd.DataFrame(columns=list(OWN))
    assert ratio_rows(nobody).layout.annotations[0].text == "Nobody to draw."
    assert describe(nobody) == "Nobody."

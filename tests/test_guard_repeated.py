"""However many links are tried that let nobody in, the audit has few lines of them, with how many; a good one works."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

import pytest

from dashboard import repeated, server
from dashboard.audit import lines_of, verify
from dashboard.launch import TOKEN_LENGTH, Launch
from dashboard.repeated import SPAN_SECONDS, Repeated
from tests.outsider import ask, door


@dataclass
class Spans:
    """The spans that were begun, each to be ended by hand."""

    begun: list[Callable[[], None]] = field(default_factory=list)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        assert seconds == SPAN_SECONDS
        self.begun.append(call)


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Spans:
    held = Spans()
    monkeypatch.setattr(repeated, "_later", held.after)
    return held


def tries(number: int) -> list[str]:
    return [f"{one:x>{TOKEN_LENGTH}}" for one in range(number)]


def test_a_thousand_repeated_are_two_lines_and_a_good_one_works_among_them(tmp_path: Path, spans: Spans) -> None:
    launch = Launch(tmp_path, 8501)
    behind = door(exchange=server.on_record(launch.exchange, tmp_path))
    for token in tries(1_000):
        assert ask("/", f"launch={token}", behind=behind).status == 401
    assert "set-cookie" in ask("/", f"launch={launch.new_token()}", behind=behind).headers
    assert [line.get("times") for line in lines_of(tmp_path / "audit")] == [None, None]
    (over,) = spans.begun
    over()
    over()
    assert [line.get("times") for line in lines_of(tmp_path / "audit")] == [None, None, 999]
    assert [line["what"] for line in lines_of(tmp_path / "audit")] == ["refusal", "change", "refusal"]
    ask("/", f"launch={tries(1)[0]}", behind=behind)
    assert [line.get("times") for line in lines_of(tmp_path / "audit")] == [None, None, 999, None]
    assert len(spans.begun) == 2
    assert verify(tmp_path / "audit") == []


def test_one_alone_is_one_line(spans: Spans) -> None:
    told: list[int] = []
    counted = Repeated(told.append)
    counted.tried()
    spans.begun[0]()
    assert told == [1]


def test_of_many_at_once_none_is_lost(spans: Spans) -> None:
    told: list[int] = []
    counted = Repeated(told.append)

    def try_many() -> None:
        for _ in range(200):
            counted.tried()

    threads = [Thread(target=try_many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans.begun[0]()
    assert told == [1, 1_599]


def test_what_was_counted_is_told_when_the_server_ends() -> None:
    words = "from dashboard.repeated import Repeated\nf = Repeated(print)\nfor _ in range(5): f.tried()"
    ended = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["1", "4"]

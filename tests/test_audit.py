"""Every line is there, in order, and a changed one shows."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from dashboard.audit import Audit, verify


def written(folder: Path, lines: int = 20) -> Audit:
    audit = Audit(folder)
    for number in range(lines):
        audit.listed({"viewer": "Dr One", "question": "red_flags", "rows": number})
    return audit


def test_lines_are_numbered_and_the_chain_holds(tmp_path: Path) -> None:
    audit = written(tmp_path)
    numbers = [json.loads(line)["number"] for line in audit.path.read_text().splitlines()]
    assert numbers == list(range(1, 21))
    assert verify(tmp_path, audit.head) == []


def test_a_question_asked_again_needs_no_second_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    for _ in range(3):
        audit.asked({"question": "failure_curve", "generation": 1})
    audit.asked({"question": "failure_curve", "generation": 2})
    assert audit.head.number == 2


def test_a_list_shown_again_is_a_second_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    audit.listed({"question": "red_flags"})
    audit.listed({"question": "red_flags"})
    assert audit.head.number == 2


@pytest.mark.parametrize("seed", range(300))
def test_every_tampering_is_found(tmp_path: Path, seed: int) -> None:
    audit = written(tmp_path, 8)
    head, chance = audit.head, random.Random(seed)
    lines = audit.path.read_text().splitlines()
    place = chance.randrange(len(lines))
    match chance.choice(["change", "drop", "swap", "cut", "double", "renumber"]):
        case "change":
            lines[place] = lines[place].replace("Dr One", "Dr Two")
        case "drop":
            del lines[place]
        case "swap":
            other = (place + 1) % len(lines)
            lines[place], lines[other] = lines[other], lines[place]
        case "cut":
            lines = lines[:place]
        case "double":
            lines.insert(place, lines[place])
        case "renumber":
            lines[place] = lines[place].replace('"number":', '"number":1')
    audit.path.write_text("".join(f"{line}\n" for line in lines))
    assert verify(tmp_path, head)


def test_a_line_torn_by_a_kill_does_not_take_the_next_one_with_it(tmp_path: Path) -> None:
    audit = written(tmp_path, 3)
    with audit.path.open("a") as file:
        file.write('{"number":4,"at":"2026')
    Audit(tmp_path).listed({"question": "red_flags"})
    assert audit.head.number == 4
    assert verify(tmp_path, audit.head) == ["Audit line 4 is not whole."]


def test_writers_at_the_same_time_make_one_chain(tmp_path: Path) -> None:
    audits = [Audit(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: audits[n % 4].listed({"n": n}), range(60)))
    assert audits[0].head.number == 60
    assert verify(tmp_path) == []


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    audit = written(tmp_path / "audit", 1)
    for path in audit.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0

"""Writing the sample: the same bytes every time, chunk by chunk, with faults where asked."""

from __future__ import annotations

import csv
import re
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboard.definitions.canonical import TABLES
from dashboard.errors import WrongUsage
from dashboard.sample import rules, write, writing
from dashboard.shipped import shipped
from dashboard.strict import toml
from tests.sample.practice import RULES


def _written(folder: Path, operations: int, seed: int, dirty: float = 0.0) -> dict[str, list[list[str]]]:
    """Each table's rows, the header first."""
    counted = write(folder, operations, seed, dirty=dirty, rules=RULES)
    tables = {}
    for name in TABLES:
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            tables[name] = list(csv.reader(file))
    assert counted == {name: len(rows) - 1 for name, rows in tables.items()}
    return tables


def test_the_committed_sample_is_what_its_readme_says(tmp_path: Path) -> None:
    readme = shipped("sample_data", "README.md").read_text(encoding="utf-8")
    said = re.search(r"Operations (\d+), seed (\d+)", readme)
    assert said is not None
    write(tmp_path, int(said[1]), int(said[2]), rules=RULES)
    for name in TABLES:
        committed = shipped("sample_data", f"{name}.csv").read_bytes()
        assert (tmp_path / f"{name}.csv").read_bytes() == committed.replace(b"\r\n", b"\n")


class Watched(dict[str, Any]):
    """A part of the rules that knows which of its keys nobody has asked for."""

    def __init__(self, words: dict[str, Any], where: str, parts: list[Watched]) -> None:
        super().__init__({key: watched(value, f"{where}.{key}", parts) for key, value in words.items()})
        self.where, self.unread = where, set(words)
        parts.append(self)

    def __getitem__(self, key: str) -> Any:
        self.unread.discard(key)
        return super().__getitem__(key)

    def __iter__(self) -> Iterator[str]:
        self.unread.clear()
        return super().__iter__()

    def values(self) -> Any:
        self.unread.clear()
        return super().values()

    def items(self) -> Any:
        self.unread.clear()
        return super().items()


def watched(value: Any, where: str, parts: list[Watched]) -> Any:
    if isinstance(value, list):
        return [watched(one, where, parts) for one in value]
    return Watched(value, where, parts) if isinstance(value, dict) else value


def test_every_rule_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[Watched] = []
    monkeypatch.setattr(rules, "toml", lambda file: watched(toml(file), "rules", parts))
    _written(tmp_path, 300, 5)
    assert len(parts) > 50
    assert {f"{part.where}.{key}" for part in parts for key in part.unread} == set()


def test_the_same_seed_gives_the_same_records_and_another_seed_others(tmp_path: Path) -> None:
    first = _written(tmp_path / "first", 300, 5)
    assert _written(tmp_path / "again", 300, 5) == first
    assert _written(tmp_path / "other", 300, 6) != first


@pytest.mark.parametrize("operations", [1, 2, 7, 99])
def test_writes_exactly_as_many_operations_as_asked(tmp_path: Path, operations: int) -> None:
    tables = _written(tmp_path, operations, 2)
    patients = {row[0] for row in tables["patients"][1:]}
    assert len(tables["operations"]) == operations + 1
    assert {row[1] for row in tables["operations"][1:]} == patients


def test_a_longer_sample_begins_with_the_chunks_of_a_shorter_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK", 400)
    one, two = _written(tmp_path / "one", 400, 3), _written(tmp_path / "two", 700, 3)
    for name in TABLES:
        assert two[name][: len(one[name])] == one[name]
        assert len(two[name]) > len(one[name])
    assert len({row[0] for row in two["patients"]}) == len(two["patients"])
    assert len({row[0] for row in two["operations"]}) == len(two["operations"])


def test_memory_does_not_grow_with_the_number_of_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "CHUNK", 500)
    write(tmp_path, 500, 4, rules=RULES)  # fills what is kept for good: the list of dates
    peaks = []
    for operations in (1000, 4000):
        tracemalloc.start()
        write(tmp_path, operations, 4, rules=RULES)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]


def test_a_dirty_share_spoils_that_share_of_each_table_and_nothing_else(tmp_path: Path) -> None:
    clean, dirty = _written(tmp_path / "clean", 2000, 8), _written(tmp_path / "dirty", 2000, 8, dirty=0.05)
    for name in TABLES:
        changed = [(a, b) for a, b in zip(clean[name], dirty[name], strict=True) if a != b]
        assert len(changed) == int(0.05 * (len(clean[name]) - 1) + 0.5)
        assert all(sum(x != y for x, y in zip(a, b, strict=True)) == 1 for a, b in changed)


def test_the_faults_are_those_of_real_exports(tmp_path: Path) -> None:
    operations = _written(tmp_path, 3000, 8, dirty=0.05)["operations"][1:]
    patients = {row[0] for row in _written(tmp_path, 3000, 8)["patients"]}
    assert any(row[2] == "31/02/2024" for row in operations)
    assert any(row[3].endswith("?") for row in operations)
    assert any(row[1] not in patients for row in operations)
    assert len({row[0] for row in operations}) < len(operations)


def test_no_value_needs_quotes(tmp_path: Path) -> None:
    write(tmp_path, 500, 9, dirty=0.2, rules=RULES)
    for name in TABLES:
        text = (tmp_path / f"{name}.csv").read_text(encoding="utf-8")
        assert '"' not in text
        assert len({line.count(",") for line in text.splitlines()}) == 1


@pytest.mark.parametrize(("operations", "seed", "dirty"), [(0, 1, 0.0), (10, -1, 0.0), (10, 1, 1.5)])
def test_refuses_numbers_out_of_range(tmp_path: Path, operations: int, seed: int, dirty: float) -> None:
    with pytest.raises(WrongUsage, match="at least 1 operation"):
        write(tmp_path / "new", operations, seed, dirty=dirty, rules=RULES)
    assert not (tmp_path / "new").exists()

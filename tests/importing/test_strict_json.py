"""JSON put together from events: the values of any other reader, part by part, and never the whole of a large file."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.importing.formats.fhir import files
from dashboard.importing.formats.fhir.strict_json import NotJson, parse, parts
from tests.importing.fhir_written import patient


def test_a_large_bundle_never_stands_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    with path.open("w") as file:
        file.write('{\n"resourceType": "Bundle", "entry": [')
        for number in range(2_000):
            file.write(json.dumps({"resource": {**patient(f"p{number}"), "text": "x" * 5_000}}) + ",")
        file.write("{}]}")
    tracemalloc.start()
    try:
        assert sum(1 for _ in files.resources([path], [])) == 2_000
        assert tracemalloc.get_traced_memory()[1] < path.stat().st_size / 5
    finally:
        tracemalloc.stop()


VALUES = (
    '{"a": [1, -2, 2.50, 1e3, -0.0, {"b": "\\u00e9\\ud83d\\ude00\\"\\\\é"}, [], {}], "entry": [true, false, null, ""]}'
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1_000])
def test_values_are_those_of_any_other_reader_wherever_a_block_ends(size: int) -> None:
    raw = VALUES.encode()
    ((number, value),) = parts((raw[at : at + size] for at in range(0, len(raw), size)), len(raw))
    assert (number, repr(value)) == (0, repr(json.loads(VALUES)))


def test_a_number_may_have_forty_digits() -> None:
    assert parse(b"[%s]" % (b"7" * 40)) == [int("7" * 40)]
    with pytest.raises(NotJson, match="a number of 41 digits"):
        parse(b"[%s]" % (b"7" * 41))


def test_parts_keep_their_number_whatever_stands_between_them() -> None:
    raw = b'{"entry": [1, {"a": 1}, "x", [2], null, {"entry": [{}]}], "total": 2}'
    found = [(2, {"a": 1}), (4, [2]), (6, {"entry": [{}]})]
    assert [*parts([raw], len(raw), "entry")] == [*found, (0, {"entry": [], "total": 2})]


def test_a_part_that_is_too_long_ends_the_reading_before_the_file_does() -> None:
    def endless() -> Iterator[bytes]:
        yield b'{"entry": [{"a": "'
        while True:
            yield b"x" * 1_000

    with pytest.raises(NotJson, match="Export it in parts"):
        list(parts(endless(), 10_000, "entry"))


@pytest.mark.parametrize("digits", [5_000, 50_000])
def test_a_number_that_python_would_not_take_is_named_wherever_it_stands(digits: int) -> None:
    for raw in (b"[%s]", b'[{"a": -%s}]', b'{"entry": [{}, {"a": [1, %s', b"%s"):
        with pytest.raises(NotJson):
            list(parts([raw % (b"9" * digits)], 100_000, "entry"))

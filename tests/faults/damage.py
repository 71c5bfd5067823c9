"""Ways in which a store's files may be damaged, each told in words; applied to a copy, never to the store itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

DATA, MANIFEST, POINTER = "gen/000003.duckdb", "gen/000003.json", "CURRENT"
BLOCK, HEADER = 262_144, 3 * 4096
"""DuckDB's blocks, and where they begin: each carries its own checksum, which says nothing of its place."""

Spoil = Callable[[bytes], bytes]


@dataclass(frozen=True)
class Damage:
    """What happened, in words, and how to make it happen to the store in a folder of three generations."""

    words: str
    happen: Callable[[Path], None]


def damages() -> Iterator[Damage]:
    """Every damage: to the data, the manifest and the pointer of the newest generation, and to what lies around it."""
    yield from _bytes(DATA, 24, 10)
    for first, second, size in ((0, 1, BLOCK), (1, 2, BLOCK), (0, 2, BLOCK), (0, 1, 4096), (1, 40, 4096)):
        yield _file(DATA, f"blocks {first} and {second} of {size} swapped", partial(_swapped, first, second, size))
    for place in (0, 1, 2, 5):  # the three headers, and data
        yield _file(DATA, f"block {place} zeroed", partial(_zeroed, place))
    yield from _bytes(MANIFEST, 10, 4)
    yield _file(MANIFEST, "a list", lambda _: b"[1, 2]")
    yield _file(MANIFEST, "nested without end", lambda _: b"[" * 200_000)
    yield _file(MANIFEST, "another encoding", lambda content: content.decode().encode("utf-16"))
    yield _file(MANIFEST, "another size", lambda content: json.dumps({**json.loads(content), "size": -1}).encode())
    yield from _bytes(POINTER, 18, 6)
    yield _file(POINTER, "nobody's number", lambda _: b"000077 " + b"0" * 64)
    yield _file(POINTER, "a number without end", lambda content: b"9" * 6000 + content)
    yield _file(POINTER, "number 0", lambda content: b"000000" + content[6:])
    yield _file(POINTER, "other digits", lambda content: "²²²²²² ".encode() + content[7:])
    yield from _around()


def _bytes(name: str, flips: int, cuts: int) -> Iterator[Damage]:
    for number in range(flips):
        share = number / (flips - 1)
        yield _file(name, f"a bit flipped at {share:.2f}", partial(_flipped, share, number % 8))
    for number in range(cuts):
        yield _file(name, f"cut at {number / cuts:.2f}", partial(_cut, number / cuts))
    yield _file(name, "something added", lambda content: content + b"\0" * 4096)
    yield _file(name, "garbage", lambda content: bytes(range(256)) * (1 + len(content) // 256))
    yield Damage(f"{name}: missing", lambda store: (store / name).unlink())
    yield Damage(f"{name}: a folder", partial(_folder, name))


def _around() -> Iterator[Damage]:
    yield Damage("a stale log: empty", partial(_log, b""))
    yield Damage("a stale log: garbage", partial(_log, b"\1" * 9000))
    yield Damage("a stale log: of changes to this very file", _real_log)
    yield Damage("the data of the generation before under its name", partial(_copied, "gen/000002.duckdb", DATA))
    yield Damage("the manifest of the generation before under its name", partial(_copied, "gen/000002.json", MANIFEST))
    yield Damage("both of the generation before under its name", _both_copied)
    yield Damage("the newest two damaged", partial(_all_cut, "00000[23]"))
    yield Damage("all three damaged", partial(_all_cut, "00000?"))
    yield Damage("every manifest missing", partial(_all_missing, "json"))
    yield Damage("every data file missing", partial(_all_missing, "duckdb"))
    yield Damage("the folder of generations missing", lambda store: shutil.rmtree(store / "gen"))
    yield Damage("the folder of generations a file", _generations_a_file)
    yield Damage("an older data file damaged", partial(_all_cut, "000001"))
    yield Damage("an older manifest missing", lambda store: (store / "gen/000002.json").unlink())


def _file(name: str, words: str, spoil: Spoil) -> Damage:
    return Damage(f"{name}: {words}", lambda store: _rewritten(store / name, spoil))


def _rewritten(path: Path, spoil: Spoil) -> None:
    """Another file under the name: the one that was there may be shared with other copies of the store."""
    content = spoil(path.read_bytes())
    path.unlink()
    path.write_bytes(content)


def _flipped(share: float, bit: int, content: bytes) -> bytes:
    place = int(share * (len(content) - 1))
    return content[:place] + bytes([content[place] ^ (1 << bit)]) + content[place + 1 :]


def _cut(share: float, content: bytes) -> bytes:
    return content[: int(share * len(content))]


def _swapped(first: int, second: int, size: int, content: bytes) -> bytes:
    changed = bytearray(content)
    low, high = (slice(HEADER + place * size, HEADER + (place + 1) * size) for place in (first, second))
    changed[low], changed[high] = changed[high], changed[low]
    assert changed != content, "nothing was swapped"
    return bytes(changed)


def _zeroed(block: int, content: bytes) -> bytes:
    start = block * 4096
    return content[:start] + b"\0" * 4096 + content[start + 4096 :]


def _folder(name: str, store: Path) -> None:
    (store / name).unlink()
    (store / name).mkdir()


def _copied(source: str, name: str, store: Path) -> None:
    _rewritten(store / name, lambda _: (store / source).read_bytes())


def _both_copied(store: Path) -> None:
    _copied("gen/000002.json", MANIFEST, store)
    _copied("gen/000002.duckdb", DATA, store)


def _all_cut(numbers: str, store: Path) -> None:
    for path in store.glob(f"gen/{numbers}.duckdb"):
        _rewritten(path, partial(_cut, 0.5))


def _all_missing(kind: str, store: Path) -> None:
    for path in store.glob(f"gen/*.{kind}"):
        path.unlink()


def _generations_a_file(store: Path) -> None:
    shutil.rmtree(store / "gen")
    (store / "gen").write_bytes(b"")


def _log(content: bytes, store: Path) -> None:
    (store / f"{DATA}.wal").write_bytes(content)


def _real_log(store: Path) -> None:
    """The log of a change that DuckDB made to a copy of this file: opened beside it, it would be read into the data."""
    copy = store / "copy.duckdb"
    shutil.copyfile(store / DATA, copy)
    connection = duckdb.connect(str(copy))
    connection.execute("set wal_autocheckpoint = '1GB'")
    connection.execute("update fact set number = 999")
    shutil.copyfile(store / "copy.duckdb.wal", store / f"{DATA}.wal")
    connection.close()
    copy.unlink()

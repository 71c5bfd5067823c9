"""Words that must not be found where they do not belong: looked for in every byte, and in every cell that is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import duckdb


def traces(folder: Path, canaries: Iterable[str]) -> list[str]:
    """Each file below a folder in which a canary stands, and which: in its name, in its bytes, or in a cell."""
    wanted = list(canaries)
    return [
        f"{path.relative_to(folder)}: {canary}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for canary in in_file(path, wanted)
    ]


def in_file(path: Path, canaries: Iterable[str]) -> list[str]:
    """The canaries in a file: a database keeps words in parts and compressed, so that its cells are read too."""
    content = path.read_bytes()
    text = "\n".join([path.name, *_cells(path)]) if content else path.name
    return [
        canary
        for canary in canaries
        if canary.encode() in content or canary.encode("utf-16-le") in content or canary in text
    ]


def _cells(path: Path) -> Iterator[str]:
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as opened:
            for (table,) in opened.execute("select table_name from duckdb_tables()").fetchall():
                for row in opened.execute(f'select * from "{table}"').fetchall():
                    yield from map(str, row)
    elif path.suffix == ".sqlite":
        with closing(sqlite3.connect(path)) as opened:
            for (table,) in opened.execute("select name from sqlite_master where type = 'table'").fetchall():
                for row in opened.execute(f'select * from "{table}"').fetchall():
                    yield from map(str, row)

"""Which files an import has read, and which rules they were found to break: kept with what was made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from dashboard import sql
from dashboard.engines.writer import Writer
from dashboard.importing.result import Issues

Source = tuple[int, str, str, int]
"""A file's number, its name, its digest, and how many rows it has."""
AS_NAMED: Mapping[str, str] = MappingProxyType({})


def in_words(sources: Sequence[Source]) -> list[dict[str, Any]]:
    """What a manifest says of the files."""
    return [{"file": file, "sha256": digest, "rows": count} for _, file, digest, count in sources]


def keep(writer: Writer, sources: Sequence[Source], issues: Issues, names: Mapping[str, str] = AS_NAMED) -> None:
    """Make the tables, and write into them the files and the rules; names: of files that are called otherwise there."""
    for name in ("source", "issue_count"):
        writer.run(sql.load(f"tables/{name}").text)
    writer.put("source", ("source", "file", "sha256", "rows"), sources)
    first = {one.case: one.line for one in reversed(issues)}
    of_rules = ("severity", "rule", "file", "times", "judged", "first_line")
    rows = [
        (*count.case[:2], names.get(count.file, count.file), count.broken, count.judged, first.get(count.case))
        for count in issues.counts if count.broken
    ]  # fmt: skip
    writer.put("issue_count", of_rules, rows)

"""Rules that hold between records: each is a file of ``queries/checks``, returning the rows that break it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dashboard import sql
from dashboard.engines.writer import Writer
from dashboard.importing.canonical import TABLES
from dashboard.importing.landing import SHOWN
from dashboard.importing.result import Issue
from dashboard.shipped import shipped

SAYS = re.compile(r"^(severity|table|column|clears|message): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """One rule. severity ``row``: the rows are left out; ``note``: they stay, without the cell that it ``clears``."""

    name: str
    table: str
    severity: str
    column: str
    message: str
    clears: str | None
    text: str


def checks_of(table: str) -> list[Check]:
    """The rules of one table, by name."""
    names = sorted(path.stem for path in shipped("queries", "checks").glob("*.sql"))
    return [check for check in map(load, names) if check.table == table]


def load(name: str) -> Check:
    """One rule, with what its comment says of it."""
    query = sql.load(f"checks/{name}")
    says = dict(SAYS.findall(query.comment))
    return Check(
        name=name,
        table=says["table"],
        severity=says["severity"],
        column=says["column"],
        message=says["message"],
        clears=says.get("clears"),
        text=query.text,
    )


def broken(writer: Writer, check: Check, files: dict[int, str]) -> Iterator[Issue]:
    """An issue for each row that breaks the rule; the row, or the cell, is taken out of the staged table."""
    writer.make("breaking", check.text)
    rows = writer.run("select source, line, value from breaking order by source, line")
    if not rows:
        return
    staged = f"staged_{check.table}" if check.table in TABLES else f"landed_{check.table}"
    where = "where (source, line) in (select source, line from breaking)"
    if check.severity == "row":
        writer.run(f"delete from {staged} {where}")
    elif check.clears:
        writer.run(f"update {staged} set {check.clears} = null {where}")
    for source, line, value in rows:
        shown = None if value is None else str(value)[:SHOWN]
        quoted = f'"{shown}": ' if shown is not None else ""
        message = f"{files[source]}, column {check.column}, row {line}: {quoted}{check.message}"
        yield Issue(check.severity, check.name, files[source], message, line, check.column, shown)

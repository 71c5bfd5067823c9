"""What an import changed: what became of each operation before it and after it, counted by what came in between.

Kept as counts in the new generation, so that a later process only adds up, and the generation before may go. Three
sides: as it was published, the same records by the definitions of today, and now; of two generations opened side by
side. Where somebody was forgotten, it is counted again without them or not at all: their outcome would be the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from dashboard import sql
from dashboard.engines.writer import Writer

BEFORE, PUBLISHED = "before", "published"
"""What the views of the generation before are called: by today's definitions, and as it was published."""
OUTCOMES = "operation_outcome"
READ: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        OUTCOMES: frozenset({"operation", "outcome", "operated", "state", "day", "index_operation"}),
        "operation": frozenset({"operation", "operation_key"}),
        "code": frozenset({"dimension", "code", "name"}),
    }
)
"""By table of the generation before, the columns that are read."""
TABLES = ("import_change", "import_before")


@dataclass(frozen=True)
class Earlier:
    """The generation before, attached under a name, and when each of the two was imported.

    by_today: the name of the same by the definitions of today, which is itself where they are those of before, and
    empty for the generation that is being made.
    """

    name: str
    by_today: str
    published: date
    imported: date


def everything(database: str) -> str:
    """Of a database's outcomes those that are counted: all of them."""
    return ""


def keep(writer: Writer, earlier: Earlier | None, chosen: Callable[[str], str] = everything) -> None:
    """Make the tables, and count into them what changed since the generation before; nothing at a first import.

    chosen: of the outcomes in a database those that are counted, as a condition; those of now are narrowed already.
    """
    for name in TABLES:
        writer.run(sql.load(f"tables/{name}").text)
    if earlier is None or not views(writer, earlier.by_today, f"{BEFORE}_", chosen):
        return
    _insert(writer, "import_change")
    changed = earlier.by_today != earlier.name
    if changed and views(writer, earlier.name, f"{PUBLISHED}_", chosen):
        _insert(writer, "import_published")
    gone = writer.run(
        f"select count(*) from {BEFORE}_operation as earlier anti join operation as now"
        " on earlier.operation_key = now.operation_key"
    )[0][0]
    words = ("imported", "published", "definitions_changed", "gone")
    writer.put("import_before", words, [(earlier.imported, earlier.published, changed, gone)])


def days_of(writer: Writer, name: str) -> tuple[date, date] | None:
    """When the records of an attached generation were imported, and those before them; None where that is not told.

    Nor where the definitions had changed in between: as it was published before cannot be counted again.
    """
    if not writer.columns(name, "import_before"):
        return None
    rows = writer.run(f"select imported, published from {name}.import_before where not definitions_changed")
    return (rows[0][0], rows[0][1]) if rows else None


def published_on(manifest: Mapping[str, Any]) -> date | None:
    """The day on which a generation was published, by its manifest."""
    try:
        return date.fromisoformat(str(manifest.get("published"))[:10])
    except ValueError:
        return None


def _insert(writer: Writer, select: str) -> None:
    writer.run(f"insert into import_change by name {sql.load(f'upgrades/{select}').text}")


def views(writer: Writer, name: str, prefix: str, chosen: Callable[[str], str] = everything) -> bool:
    """Each table that is read of an attached generation under a name; False where they are of another form.

    chosen: as in ``keep``.
    """
    if not all(columns <= set(writer.columns(name, table)) for table, columns in READ.items()):
        return False
    for table in READ:
        narrowed = chosen(name) if table == OUTCOMES else ""
        writer.view(f"{prefix}{table}", f"select * from {f'{name}.' if name else ''}{table}{narrowed}")
    return True

"""What only the site can say is asked, in the words that its mapping would say it with; nothing is presumed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dashboard.definitions.canonical import Table
from dashboard.engines.writer import Writer
from dashboard.importing.mapping import FLAT
from dashboard.importing.result import Issue, refused

TWO = r"2(\.0+)?"


def ask_for_yes_and_no(writer: Writer, table: Table, files: Mapping[int, str], theirs: Mapping[str, str]) -> None:
    """Ask which is which where a yes or no is written as 1 and 2: in a column with a 2 in which nothing reads as a no.

    To be asked before anything is left out. theirs: ours -> the column name that a message gives.
    Raises ImportRefused.
    """
    found = list(_coded(writer, table))
    if not found:
        return
    part = "values" if table.name == FLAT else f"{table.name}.values"
    places = dict.fromkeys(f"{files[source]}, column {theirs.get(name, name)}" for source, name, _ in found)
    lines = dict.fromkeys(
        f'[{part}.{name}] with "{two.replace("2", "1")}" = "true" and "{two}" = "false"' for _, name, two in found
    )
    message = (
        f"{'; '.join(places)}: 2 is written, and nothing that reads as a no, so 1 and 2 may be yes and no either "
        f"way. Say which is which in a mapping: {'; '.join(lines)}; or the other way round."
    )
    source, name, two = found[0]
    raise refused([Issue("stop", "yes_or_no_asked", files[source], message, column=theirs.get(name, name), value=two)])


def _coded(writer: Writer, table: Table) -> Iterator[tuple[int, str, str]]:
    """The file, our column and how a two is written there, of each column with a two and without a no."""
    for name in table.of_kind("boolean"):
        # Of the cells that are recorded.
        two = f"min({name}) filter (where regexp_full_match({name}, '{TWO}'))"
        for source, written in writer.run(
            f"select source, {two} from landed_{table.name} group by source order by source"
        ):
            where = f"from staged_{table.name} where source = {source} and not {name}"
            if written is not None and not writer.run(f"select count(*) {where}")[0][0]:
                yield source, name, written

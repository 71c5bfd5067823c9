"""A mart that is many selects one under the other, each of one code, and a read that asks for one of these codes.

``operation_outcome`` is such a view: the same columns once more for each outcome. To plan a read of it the database
takes all of them apart before it leaves out the others, which costs more than to count two thousand operations. A read
whose cohort is of one code is asked of the one select instead, as the generation itself has it written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import duckdb

ONE_SELECT = re.compile(r"^\(SELECT CAST\(([0-9]+) AS [a-z]+\) AS ([a-z_]+), .+\)$", re.DOTALL)
BETWEEN = re.compile(r"\s*\bUNION ALL\b\s*")


class OneOfMany:
    """Of each view of a generation that is made so the column that tells its selects apart, and these by code."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        written = connection.execute(
            "select view_name, sql from duckdb_views() where not internal and database_name = current_database()"
        ).fetchall()
        self.written = {str(view): str(text) for view, text in written}
        """Every view of the generation, as it is written."""
        self._of: dict[str, tuple[str, Mapping[int, str]]] = {}
        for view, text in self.written.items():
            selects = BETWEEN.split(text.partition(" AS ")[2].strip().rstrip(";"))
            told = [found for found in map(ONE_SELECT.match, selects) if found]
            by_code = {int(found[1]): found[0] for found in told}
            # Whatever is written in another way is left alone: the view gives the same rows, later.
            if len(by_code) == len(selects) and len({found[2] for found in told}) == 1:
                self._of[view] = told[0][2], by_code

    def source(self, mart: str, asked: str, bound: Mapping[str, object]) -> str:
        """What a read of this mart is to be asked of: the select of the one code that it is about, or the mart."""
        column, by_code = self._of.get(mart, ("", {}))
        cohort = rf"\bcohort_of_{mart}\b"
        # Only where nothing but rows of this code can be meant, as often as the read speaks of its cohort.
        about = re.findall(rf"{cohort}\s+where\s+{column} = \$([a-z_]+)\b(?!\s+or\b)", asked) if column else []
        code = bound.get(about[0]) if len(about) == 1 == len(re.findall(cohort, asked)) else None
        return by_code.get(code, mart) if isinstance(code, int) else mart

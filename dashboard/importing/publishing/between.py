"""Two generations held together, of the operations that a reader chose: what became of each in between.

As an import counts it, by the same statements; but of any two generations that are kept, and only for as long as it is
looked at: nothing of it is published.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import sql
from dashboard.cohort import Cohort
from dashboard.definitions import Definitions, load
from dashboard.engines.generations import Generation, Store
from dashboard.engines.pseudonym_key import key_if_there
from dashboard.engines.writer import Writer
from dashboard.importing.publishing import building, earlier, since

NOW = "now"
"""What the generation that is read is called while the two are held together."""
ANSWERS = {
    "reads/import_before": ("imported", "published", "definitions_changed"),
    "reads/since_last_import": ("side", "change", "state", "day", "operations"),
}
"""The questions that are answered, and the columns of each."""
Counted = dict[tuple[str, object], pd.DataFrame]


def between(store: Store, before: Generation, now: Generation, cohort: Cohort, outcomes: Sequence[str]) -> Counted:
    """What the two questions ANSWERS are answered, by the name of the question and the code of the outcome.

    cohort: whose index operations, on either side as they stood there; outcomes: by name. Empty where the two cannot be
    held together. Raises StoreBusy during an import.
    """
    definitions = load()
    with store.writing():
        scratch = store.scratch()
        try:
            with closing(Writer(scratch / "between.duckdb", [now.path.parent, scratch])) as writer:
                return _counted(writer, store, before, now, scratch, _Chosen(cohort, outcomes), definitions)
        finally:
            building.remove(scratch)


class _Chosen:
    """Which operations are counted, as a condition on the outcomes of any generation: by names, as codes differ."""

    def __init__(self, cohort: Cohort, outcomes: Sequence[str]) -> None:
        self.names = [(dimension, name) for dimension, names in cohort.chosen.items() for name in names]
        self.names += [("outcome", name) for name in outcomes]
        days = {">=": cohort.operated_from, "<=": cohort.operated_to}
        self._days = [f"operated {sign} date '{day.isoformat()}'" for sign, day in days.items() if day]

    def within(self, database: str) -> str:
        """The condition, for the outcomes of this database."""
        of = f"{database}." if database else ""
        named = [
            f"{dimension} in (select code.code from {of}code as code inner join chosen_name as chosen"
            f" on code.dimension = chosen.dimension and code.name = chosen.name where chosen.dimension = '{dimension}')"
            for dimension in dict.fromkeys(dimension for dimension, _ in self.names)
        ]
        return f" where {' and '.join([*self._days, *named])}"


def _counted(
    writer: Writer, store: Store, before: Generation, now: Generation, scratch: Path, chosen: _Chosen,
    definitions: Definitions,
) -> Counted:  # fmt: skip
    writer.attach(before.path, since.BEFORE)
    writer.attach(now.path, NOW)
    held = earlier.beside(writer, before, definitions, scratch, key_if_there(store) or b"")
    writer.run("create temp table chosen_name (dimension varchar, name varchar)")
    writer.put("chosen_name", ("dimension", "name"), chosen.names)
    if held is None or not since.views(writer, NOW, "", chosen.within):
        return {}
    writer.view("outcome_landmark", f"select * from {NOW}.outcome_landmark")
    since.keep(writer, held, chosen.within)
    codes = writer.run(
        "select code from code inner join chosen_name using (dimension, name) where dimension = 'outcome'"
    )
    days, changes = ANSWERS
    found: Counted = {(days, None): _frame(writer, days, {})}
    return found | {(changes, code): _frame(writer, changes, {"outcome": code}) for (code,) in codes}


def _frame(writer: Writer, name: str, values: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(writer.run(sql.load(name).text, values), columns=list(ANSWERS[name]))

"""What every file says of itself: what it is, which operations, up to which day, by which definitions, for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version

from dashboard.access import QUALITY
from dashboard.analyses.cohort_line import cohort_line
from dashboard.cohort import FILTERS
from dashboard.definitions import load
from dashboard.disclosure import MODES, Sharing
from dashboard.exports.sharing import count_of
from dashboard.protecting import modes
from dashboard.records import Records

MADE_UP = "sample data, made by computer"
UNCOUNTED = "uncounted"


@dataclass(frozen=True)
class Heading:
    """The facts of a file. filters: by what each filter is called, what is chosen; shared: under which rules."""

    title: str
    described: str
    operations: int | str
    of: int | str
    filters: Mapping[str, str]
    data_date: date | None
    made_up: bool
    generation: int
    definitions: str
    app: str
    practice: str
    viewer: str
    shared: str

    @property
    def dated(self) -> str:
        """Up to which day the records go, and whether they are made up."""
        if self.data_date is None:
            return "No data"
        return f"Data to {self.data_date:%Y-%m-%d}" + (f"; {MADE_UP}" if self.made_up else "")

    @property
    def facts(self) -> dict[str, str | int | date | None]:
        """By name what else tells one file from another."""
        return {
            "Generation": self.generation, "Data to": self.data_date, "Records": MADE_UP if self.made_up else "real",
            "Practice": self.practice, "Definitions version": self.definitions,
            "Definitions here are of version": load().version, "App version": self.app,
            "Made by": self.viewer, "Shared under": self.shared,
        }  # fmt: skip


def heading(records: Records, title: str, mode: Sharing = MODES["none"]) -> Heading:
    """The heading of a file of these records, made under these rules."""
    facts, cohort = records.facts, records.cohort
    seen = {**({} if records.whole_practice else records.viewer.scope), **cohort.chosen}
    chosen = {
        each.label: ", ".join(records.label(each.dimension, name) for name in seen[each.dimension])
        if seen.get(each.dimension) else each.unchosen
        for each in FILTERS
    }  # fmt: skip
    counted = "Every operation" if cohort.every_operation else "Index operations"
    period = {"Counted": counted, "Period": cohort.period_words() or "the whole recorded period"}
    return Heading(
        title, records.described, *_counts(records, mode), {**period, **chosen},
        facts.data_date, facts.made_up, records.engine.generation, facts.definitions_version, app_version(),
        facts.practice, records.viewer.name, modes(records.viewer)[mode.name].sentence,
    )  # fmt: skip


def _counts(records: Records, mode: Sharing) -> tuple[int | str, int | str]:
    """How many operations, of how many; to whom no count is told that they are not counted."""
    if not records.viewer.may(QUALITY):
        return UNCOUNTED, UNCOUNTED
    line = cohort_line(records)
    return count_of(line.operations, mode), count_of(line.of, mode)


def app_version() -> str:
    """The version of this app; of a checkout that was never installed there is none."""
    try:
        return version("spine-outcomes")
    except PackageNotFoundError:
        return "from a checkout"


def definitions_told() -> list[tuple[str, str, str, str, str, str]]:
    """Each definition of failure, and what is watched: name, version, what counts, caution, source, reviewed."""
    head = ("Definition", "Version", "What counts", "To bear in mind", "Source", "Reviewed")
    return [head] + [
        (one.label, str(one.version), one.description, one.caution, one.source, f"{one.reviewed:%Y-%m-%d}")
        for one in load().outcomes.values()
    ]

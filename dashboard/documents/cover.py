"""What every document says of itself: whose, of when, narrowed to what, from which records, made by whom, for whom."""

from __future__ import annotations

from dashboard import wording
from dashboard.cohort import Cohort, day_words
from dashboard.disclosure import MODES
from dashboard.documents.wanted import Wanted
from dashboard.protecting import modes
from dashboard.records import Records
from dashboard.slots import UNITS

LONGEST_IN_FOOT = 60
"""Letters of the practice's name at the foot of every page; all of it stands on the cover."""


def practice_of(records: Records) -> str:
    """The practice's name, as its records have it."""
    return records.facts.practice or "This practice"


def period_of(records: Records) -> str:
    """From when to when was operated: the days chosen, else the days recorded."""
    cohort, facts = records.cohort, records.facts
    first, last = cohort.operated_from or facts.first_operation, cohort.operated_to or facts.last_operation
    if not first or not last:
        return "no operation is recorded"
    return f"{day_words(first)} to {day_words(last)}" if first <= last else f"from {day_words(first)}"


def whose_of(records: Records) -> str:
    """The practice, and the surgeons and sites chosen, or else those that are all that the viewer sees."""
    seen = {**records.viewer.scope, **records.cohort.chosen}
    units = [records.label(kind, name) for kind in UNITS for name in seen.get(kind, ())]
    return " · ".join([practice_of(records), *([wording.joined(units)] if units else [])])


def narrowed_to(records: Records) -> str:
    """What is counted besides the period, in words."""
    chosen, every = records.cohort.chosen, records.cohort.every_operation
    return records.of(Cohort(chosen=chosen, every_operation=every)).described


def facts_of(records: Records, wanted: Wanted) -> list[tuple[str, str]]:
    """The pairs of the cover that every document has."""
    facts = records.facts
    data_to = day_words(facts.data_date) if facts.data_date else "no day recorded"
    made_up = ["sample data, made by computer"] if facts.made_up else []
    return [
        ("Practice", practice_of(records)),
        ("Operated", period_of(records)),
        ("Counted", narrowed_to(records)),
        ("Made from", ", ".join([f"generation {records.engine.generation}", f"data to {data_to}", *made_up])),
        ("Definitions", f"version {facts.definitions_version}"),
        ("Small counts", modes(records.viewer)[wanted.share].sentence),
        ("Made by", records.viewer.name),
        ("Made on", f"{day_words(wanted.made.date())}, {wanted.made:%H:%M}"),
    ]


def foot_of(records: Records, wanted: Wanted, title: str) -> str:
    """What stands at the foot of every page."""
    facts = records.facts
    made_up = ["sample data"] if facts.made_up else []
    until = [f"data to {day_words(facts.data_date)}"] if facts.data_date else []
    name = practice_of(records)
    name = name if len(name) <= LONGEST_IN_FOOT else f"{name[:LONGEST_IN_FOOT].rstrip()} …"
    mode = MODES[wanted.share]
    whom = "for use within the practice" if mode.exact else mode.label.partition(":")[0]
    part = [f"operations {words}"] if (words := records.viewer.part_words(records.label)) else []
    return " · ".join([title, name, *part, *until, whom, *made_up])

"""Whether anybody records what an outcome rests on: where nobody does, it is not 0 % but not known."""

from __future__ import annotations

from dashboard.analyses.groups import outcome_named
from dashboard.definitions import Outcome
from dashboard.definitions.canonical import TABLES
from dashboard.errors import NoData
from dashboard.records import Records

OPERATION = "operation"
FILES = {table.kept: table.name for table in TABLES.values()}


def rests_on(outcome: Outcome) -> list[str]:
    """The kinds of record that an outcome rests on: kept tables, or the measure that a visit is asked for.

    A reoperation is told by the operations themselves, which every practice records.
    """
    kinds = [OPERATION if event.source not in FILES else event.source for event in outcome.events]
    return list(dict.fromkeys([*kinds, *([outcome.measure] if outcome.measure else [])]))


def not_recorded(records: Records, outcome: str) -> str:
    """Why nothing can be said of an outcome, in words; empty where everything that it rests on is recorded.

    A kind of record is recorded where the records hold any, or its table came, though empty: then 0 % is a finding.
    Operations come with every practice, and speak for an outcome only where it rests on nothing beside them: any
    failure without a finding would be another outcome, reoperation.
    """
    known = outcome_named(outcome)
    kinds = [kind for kind in rests_on(known) if kind != OPERATION]
    if not kinds or not set(kinds) <= records.missing_kinds:
        return ""
    return f"{known.short} is not known: it rests on {'; and on '.join(map(_rests_on, kinds))}. That is not 0 %."


def check_recorded(records: Records, outcome: str) -> None:
    """Raises NoData, in the words of ``not_recorded``, where nobody records what the outcome rests on."""
    if why := not_recorded(records, outcome):
        raise NoData(why)


def check_kind(records: Records, kind: str) -> None:
    """Raises NoData where nobody records this kind of record: a count of none would be taken for a finding."""
    if why := kind_not_recorded(records, kind):
        raise NoData(why)


def kind_not_recorded(records: Records, kind: str) -> str:
    """Why nothing can be said that rests on this kind of record, in words; empty where it is recorded."""
    return f"This is not known: it rests on {_rests_on(kind)}." if kind in records.missing_kinds else ""


def reoperations_unseen(records: Records, outcome: str) -> str:
    """What to bear in mind where an outcome counts reoperations, and no patient has a second operation; else empty."""
    facts = records.facts
    if OPERATION not in rests_on(outcome_named(outcome)) or facts.reoperations_seen:
        return ""
    return (
        "No patient of these records has a second operation: what this says of reoperations holds only if they would "
        "be listed."
    )


def _rests_on(kind: str) -> str:
    if kind in FILES:
        return f"the table {FILES[kind]}, and nobody records it here (no file of it came, and no row)"
    return f"{kind} at visits, and nobody records it here (there is no answer at all)"

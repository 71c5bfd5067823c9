"""What may be asked of which read: for whom it is, and which columns may stand in its slots.

A read counts by what stands in its slot. By ``operation`` or ``patient`` its counts would be single patients: what may
stand there is a list, so that nothing else can.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from dashboard.access import CORRECTION, FIGURES, PATIENTS, QUALITY, Right, Viewer
from dashboard.cohort import PLACES, TITLES
from dashboard.definitions import Definitions, load

LISTS: Mapping[str, Right] = {
    "failed_bands": PATIENTS, "letters": CORRECTION, "noted_operation": CORRECTION, "operations_list": PATIENTS,
    "overdue_visits": CORRECTION, "red_flags": PATIENTS, "timeline": CORRECTION,
}  # fmt: skip
"""The reads that show single operations, each with the right that it asks: only `Records.listing` answers them.

Whom to write to, what is overdue, and what was recorded of an operation that somebody flagged are rows to be corrected;
who failed, and whom to call, are not.
"""

WITHHELD: Mapping[str, tuple[Right, tuple[str, ...]]] = {
    "issues": (CORRECTION, ("file", "first_line")),
    "timeline": (FIGURES, ("failed", "outcome_day", "reason_of", "reason_since", "role")),
}
"""By read the columns that ask another right than the read: the place of a row, whose file may be called by a
surgeon's name; and what became of an operation, beside what was recorded of it."""

SINGLE_OPERATIONS = frozenset({"monitor"})
"""The reads that go through operations one by one to judge their order: for those who see patients."""

OF_QUALITY = frozenset(
    {
        "completeness", "follow_up", "issues", "late_entries", "operations", "operations_by_month", "rows_read",
        "unreadable",
    }
)  # fmt: skip
"""The reads of how many records there are and how complete, and what was left out of them: none counts an outcome."""

OF_THE_DOOR = frozenset({"codes", "facts", "missing_kinds"})
"""The reads of the words of a generation, with every name, and of what it holds as a whole: for the door itself alone.

Whoever asks is told them by ``choices`` and ``facts``, as far as the role and the scope go."""

OF_NO_SCOPE = frozenset({"import_before", "issues", "late_entries", "rows_read", "since_last_import"})
"""The reads of what belongs to no surgeon and no site: for a viewer who sees every one."""

OF_THE_PRACTICE = frozenset({"case_mix", "landmark", "lost", "profiles"})
"""The reads that may count the whole practice: what a model is made from, and what a viewer is compared with."""

UNITS = ("surgeon", "site")
"""Those of PLACES that are compared with one another."""

SAME_WORDS = {"other_symptom": "symptom"}
"""A read's column whose codes are those of another dimension."""
AS_COUNTED = frozenset({"state"})
"""Columns that stay codes: what a state means depends on the kind of outcome, which the analyses know."""

BEFORE = "_before"
"""Behind the name of a score, that of its last reading up to surgery."""

Allowed = Callable[[Definitions], Sequence[str]]


def right_of(read: str) -> Right:
    """What whoever asks a read must be allowed."""
    if read in LISTS:
        return LISTS[read]
    if read in SINGLE_OPERATIONS:
        return PATIENTS
    return QUALITY if read in OF_QUALITY else FIGURES


def told(viewer: Viewer, read: str, rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with null in what is withheld from this viewer; a row for each record, not for each of its reasons."""
    if read not in WITHHELD or viewer.may(WITHHELD[read][0]):
        return rows
    return rows.assign(**dict.fromkeys(WITHHELD[read][1])).drop_duplicates(ignore_index=True)


def breakdowns(definitions: Definitions) -> tuple[str, ...]:
    """What a reader may break down by."""
    return (*PLACES, *definitions.factors)


def _and_cause(definitions: Definitions) -> tuple[str, ...]:
    return (*breakdowns(definitions), "cause")


def _filters(definitions: Definitions) -> tuple[str, ...]:
    """What every mart has: the columns by which a reader may filter."""
    return tuple(TITLES)


def _of_findings(definitions: Definitions) -> tuple[str, ...]:
    return (*TITLES, "onset", "cause")


def _of_visits(definitions: Definitions) -> tuple[str, ...]:
    return (*TITLES, "smoking")


def _of_programmes(definitions: Definitions) -> tuple[str, ...]:
    """What a registry or a payer is told by: where and by whom, and what was done."""
    return PLACES


def _units(definitions: Definitions) -> tuple[str, ...]:
    return UNITS


def _factors(definitions: Definitions) -> tuple[str, ...]:
    return tuple(definitions.factors)


def _adjusting(definitions: Definitions) -> tuple[str, ...]:
    return tuple(definitions.adjusting)


def _reported(definitions: Definitions) -> tuple[str, ...]:
    reported = definitions.patient_reported
    return *(each.name for each in reported.measures), *(each.name for each in reported.opinions)


def _scores(definitions: Definitions) -> tuple[str, ...]:
    return tuple(each.score for each in definitions.patient_reported.measures)


def _scores_before(definitions: Definitions) -> tuple[str, ...]:
    return tuple(f"{name}{BEFORE}" for name in _scores(definitions))


SLOTS: Mapping[tuple[str, str], Allowed] = {
    ("case_mix", "by"): _units,
    ("causes", "by"): breakdowns,
    ("completeness", "by"): _of_programmes,
    ("completeness", "factors"): _factors,
    ("diagnosis_delay", "by"): _of_findings,
    ("event_signature", "by"): breakdowns,
    ("failed_bands", "factors"): _factors,
    ("failure_curve", "by"): breakdowns,
    ("findings", "by"): _filters,
    ("follow_up", "by"): _of_visits,
    ("landmark", "by"): breakdowns,
    ("lost", "by"): breakdowns,
    ("onset", "by"): _and_cause,
    ("profiles", "adjusting"): _adjusting,
    ("programme_events", "by"): _of_programmes,
    ("programme_pairs", "by"): _of_programmes,
    ("programme_pairs", "measure"): _scores,
    ("proms", "by"): _of_visits,
    ("proms", "measure"): _reported,
    ("risk_factors", "factors"): _factors,
    ("risk_factors_landmark", "factors"): _factors,
    ("set_signature", "by"): breakdowns,
    ("trajectories", "by"): _of_visits,
    ("trajectories", "measure"): _scores,
    ("trajectories", "before"): _scores_before,
}
"""By read and slot, the columns that may stand there; none at all, for one group, may stand in ``by``."""
ONE_ONLY = frozenset({"by", "measure", "before"})


def columns_in(columns: Mapping[str, str | Sequence[str]]) -> set[str]:
    """Every column that stands in any slot."""
    return {name for chosen in columns.values() for name in ((chosen,) if isinstance(chosen, str) else chosen)}


def complaint(read: str, columns: Mapping[str, str | Sequence[str]]) -> str:
    """Why these columns may not stand in a read's slots; empty when they may."""
    for slot, chosen in columns.items():
        names = (chosen,) if isinstance(chosen, str) else tuple(chosen)
        allowed = SLOTS[read, slot](load()) if (read, slot) in SLOTS else ()
        if (slot in ONE_ONLY and len(names) > 1) or (not names and slot != "by"):
            return f"One column is chosen for {slot}."
        if strange := [name for name in names if name not in allowed]:
            return f'"{", ".join(map(str, strange))}" cannot be chosen for {slot}: it is none of its columns.'
    return ""

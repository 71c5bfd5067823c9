"""Counts by profile: a combination of procedure and adjusting factors, which is all that a model looks at."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.groups import due_from, outcome_named
from dashboard.analyses.remembering import remembered
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import Records


def due_patterns(records: Records, outcome: str, within_days: int, by: str | None = None) -> pd.DataFrame:
    """Operations that are due at the landmark, those of known state and failures, by profile: its codes beside them.

    Columns: ``unit`` (with ``by``, the group), ``procedure`` and each adjusting factor as codes, ``due``,
    ``operations`` (of known state), ``failed``.
    """
    counts = records.read("case_mix", columns={"by": by or ()}, **case_mix_values(records, outcome, within_days))
    return with_codes(records, counts)


def case_mix_values(records: Records, outcome: str, within_days: int) -> dict[str, Any]:
    """What counts by profile are asked with."""
    at_visit = outcome_named(outcome).kind == "landmark"
    due = due_from(records, within_days)
    return {"outcome": outcome, "within_days": within_days, "due_from": due, "at_visit": at_visit}


def known_patterns(records: Records, outcome: str, within_days: int, by: str | None = None) -> pd.DataFrame:
    """The same of those profiles alone of which somebody's state at the landmark is known."""
    found = due_patterns(records, outcome, within_days, by)
    return found[found["operations"] > 0].reset_index(drop=True)


def with_codes(records: Records, counts: pd.DataFrame) -> pd.DataFrame:
    """Counts by profile with the codes of the profile's procedure, its family and its factors beside them."""
    profiles = profiles_of(records)
    return pd.concat([counts.reset_index(drop=True), profiles.loc[counts["profile"]].reset_index(drop=True)], axis=1)


def profiles_of(records: Records) -> pd.DataFrame:
    """The codes of every profile that the viewer may see, by its number; the same for every cohort of who sees all."""
    return _profiles(records.of(Cohort()) if records.viewer.sees_everything else records)


@remembered
def _profiles(records: Records) -> pd.DataFrame:
    return records.read_codes("profiles", columns={"adjusting": load().adjusting}).set_index("profile")

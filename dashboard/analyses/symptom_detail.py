"""Symptoms after surgery in detail: course, severity, whether they resolved, and which come together."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED, check_days
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import reached, share_of
from dashboard.definitions import load
from dashboard.records import Records

COURSES = ("new", "worsened", "persistent", NOT_RECORDED)
SEVERITY = {"mild": (0, 3), "moderate": (4, 6), "severe": (7, 10)}
"""Usual bands of a scale from 0 to 10, both ends counted."""
FEWEST = 10
WHENEVER = 32_767
"""More days than any record reaches back."""

COLUMNS = [
    "symptom", "label", "group", "group_label", "symptoms", *COURSES, *SEVERITY, "severity_not_recorded", "median",
    "resolved", "share", "lower", "upper", "treated", "treated_resolved", "treated_share", "treated_lower",
    "treated_upper", "untreated", "untreated_resolved", "untreated_share", "untreated_lower", "untreated_upper",
]  # fmt: skip
PAIR_COLUMNS = ["symptom", "label", "other", "other_label", "operations"]


@dataclass(frozen=True)
class SymptomDetail:
    """rows: a row for each symptom of the vocabulary, as in COLUMNS, counted in symptoms reported within the days.

    resolved: those of which it is recorded that they did, with the share (Wilson). treated: a treatment of the
    operation began while it lasted; ``…_resolved`` of those, with the share.
    pairs: operations that had both of two symptoms, the most frequent first. had: by label, operations that had it at
    any time, to hold the pairs against.
    """

    rows: pd.DataFrame
    had: pd.Series
    pairs: pd.DataFrame


@remembered
def symptom_detail(records: Records, within_days: int = 1825) -> SymptomDetail:
    """Each symptom reported within some days of surgery; a symptom may be reported more than once."""
    check_days(within_days)
    counts = records.read("symptom_detail", within_days=within_days)
    terms, groups = load().vocabularies["symptom"], load().groups("symptom")
    rows = [
        {"symptom": term.name, "label": term.label, "group": term.group,
         "group_label": groups.get(term.group or "", ""), **_detail(counts[counts["symptom"] == term.name])}
        for term in terms.values()
    ]  # fmt: skip
    pairs = records.read("symptom_pairs")
    pairs = pairs.assign(
        label=[records.label("symptom", name) for name in pairs["symptom"]],
        other=pairs["other_symptom"],
        other_label=[records.label("symptom", name) for name in pairs["other_symptom"]],
    )
    pairs = pairs.sort_values("operations", ascending=False, kind="stable")[PAIR_COLUMNS]
    return SymptomDetail(pd.DataFrame(rows, columns=COLUMNS), _had(records), pairs.reset_index(drop=True))


def _had(records: Records) -> pd.Series:
    """By a symptom's label, operations that had it, whenever it came, as the pairs are counted."""
    found = records.read("symptoms", within_days=WHENEVER).groupby("symptom")["operations"].sum()
    return found.rename(index={name: records.label("symptom", str(name)) for name in found.index})


def _detail(part: pd.DataFrame) -> dict[str, object]:
    n = part["symptoms"]
    courses = n.groupby(part["course"]).sum()
    severity = pd.to_numeric(part["severity"]).astype("Float64")
    found: dict[str, object] = {"symptoms": int(n.sum()), **_ended(part, "", "resolved")}
    found |= {name: int(courses.get(name, 0)) for name in COURSES}
    found |= {name: int(n[severity.between(low, high).fillna(False)].sum()) for name, (low, high) in SEVERITY.items()}
    found |= {"severity_not_recorded": int(n[severity.isna()].sum()), "median": reached(severity, n, [0.5])[0]}
    for name, chosen in (("treated", part["treated"].astype(bool)), ("untreated", ~part["treated"].astype(bool))):
        held = part[chosen]
        found |= {name: int(held["symptoms"].sum()), **_ended(held, f"{name}_", f"{name}_resolved")}
    return found


def _ended(part: pd.DataFrame, prefix: str, named: str) -> dict[str, object]:
    """How many of these symptoms resolved, and their share with its interval."""
    resolved = int(part.loc[part["resolved"] == 1, "symptoms"].sum())
    return {named: resolved, **share_of(resolved, int(part["symptoms"].sum()), prefix)}

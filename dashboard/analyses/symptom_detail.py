"""Symptoms after surgery in detail: course, severity, whether they resolved, and which come together."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED, check_days
from dashboard.analyses.remembering import remembered
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.stats import proportions

COURSES = ("new", "worsened", "persistent", NOT_RECORDED)
SEVERITY = {"mild": (0, 3), "moderate": (4, 6), "severe": (7, 10)}
"""Usual bands of a scale from 0 to 10, both ends counted."""
FEWEST = 10

COLUMNS = [
    "symptom", "label", "group", "group_label", "symptoms", *COURSES, *SEVERITY, "severity_not_recorded", "median",
    "treated", "treated_resolved", "treated_share", "treated_lower", "treated_upper", "untreated",
    "untreated_resolved", "untreated_share", "untreated_lower", "untreated_upper",
]  # fmt: skip
PAIR_COLUMNS = ["symptom", "label", "other", "other_label", "operations"]


@dataclass(frozen=True)
class SymptomDetail:
    """rows: a row for each symptom of the vocabulary, as in COLUMNS, counted in symptoms reported within the days.

    treated: a treatment of the operation began while it lasted; ``…_resolved`` of those, with the share (Wilson).
    pairs: operations that had both of two symptoms, the most frequent first.
    """

    rows: pd.DataFrame
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
    return SymptomDetail(pd.DataFrame(rows, columns=COLUMNS), pairs.reset_index(drop=True))


def _detail(part: pd.DataFrame) -> dict[str, object]:
    n = part["symptoms"]
    courses = n.groupby(part["course"]).sum()
    severity = pd.to_numeric(part["severity"]).astype("Float64")
    found: dict[str, object] = {"symptoms": int(n.sum())}
    found |= {name: int(courses.get(name, 0)) for name in COURSES}
    found |= {name: int(n[severity.between(low, high).fillna(False)].sum()) for name, (low, high) in SEVERITY.items()}
    found |= {"severity_not_recorded": int(n[severity.isna()].sum()), "median": _median(severity, n)}
    for name, chosen in (("treated", part["treated"].astype(bool)), ("untreated", ~part["treated"].astype(bool))):
        total, resolved = int(n[chosen].sum()), int(n[chosen & (part["resolved"] == 1)].sum())
        interval = proportions.wilson(resolved, total) or (None, None, None)
        keys = (f"{name}_share", f"{name}_lower", f"{name}_upper")
        found |= {name: total, f"{name}_resolved": resolved, **dict(zip(keys, interval, strict=True))}
    return found


def _median(severity: pd.Series, n: pd.Series) -> float | None:
    known = severity.notna()
    order = np.argsort(severity[known].to_numpy(float), kind="stable")
    values, weights = severity[known].to_numpy(float)[order], n[known].to_numpy(float)[order]
    return float(values[np.argmax(np.cumsum(weights) >= weights.sum() / 2)]) if len(values) else None

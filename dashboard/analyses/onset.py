"""How soon failure shows itself, and with which symptoms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.groups import NOT_RECORDED, Group, check_days, groups_of, outcome_named
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import quartiles, seen_by
from dashboard.definitions import load
from dashboard.records import Records

CATEGORY_COLUMNS = ["group", "label", "category", "category_label", "operations", "share", "of"]
QUANTILE_COLUMNS = ["group", "label", "failures", "quarter", "half", "three_quarters"]
SYMPTOM_COLUMNS = [
    "symptom", "label", "group", "group_label", "category", "category_label", "operations", "share",
    "with_symptom", "first_quarter", "median_day", "third_quarter",
]  # fmt: skip


@dataclass(frozen=True)
class Onset:
    """categories: of the failures seen, how many began when; quantiles: by which day; symptoms: with what.

    Failures seen are not all failures to come: the curve answers that.
    """

    categories: pd.DataFrame
    quantiles: pd.DataFrame
    symptoms: pd.DataFrame


@remembered
def onset(records: Records, outcome: str, by: str | None = None, within_days: int = 365) -> Onset:
    """Onset of the failures seen within some days of surgery, by group; the symptoms of all operations chosen.

    categories: a row for each group and onset category, ``of`` the failures of the group, ``share`` 0 to 1.
    quantiles: a row for each group, the days by which a quarter, half and three quarters of these failures had come.
    """
    outcome_named(outcome, kind="time")
    check_days(within_days)
    check_recorded(records, outcome)
    counted = groups_of(records, "onset", by, outcome=outcome, within_days=within_days)
    rows = [row for group in counted for row in _categories(group)]
    curves = groups_of(records, "failure_curve", by, outcome=outcome)
    return Onset(
        categories=pd.DataFrame(rows, columns=CATEGORY_COLUMNS),
        quantiles=pd.DataFrame([_quantiles(group, within_days) for group in curves], columns=QUANTILE_COLUMNS),
        symptoms=symptoms(records, within_days),
    )


def symptoms(records: Records, within_days: int = 365) -> pd.DataFrame:
    """Symptoms that began within some days of surgery: a row for each symptom and onset category.

    operations: with that symptom first in that category; ``share`` of all operations chosen (0 to 1);
    with_symptom: in any category, and by which day a quarter, half and three quarters of those had it.
    """
    check_days(within_days)
    counts = records.read("symptoms", within_days=within_days)
    total, labels, place = operations_chosen(records), category_labels(), records.order("symptom")
    terms, group_labels = load().vocabularies["symptom"], load().groups("symptom")
    rows = []
    for symptom in sorted(counts["symptom"].unique(), key=lambda name: place.get(name, 0)):
        part = counts[counts["symptom"] == symptom]
        group = terms[symptom].group if symptom in terms else None
        days = quartiles(part["first_day"], part["operations"]).values()
        for category, label in labels.items():
            operations = int(part["operations"][part["onset"] == category].sum())
            if operations:
                words = (symptom, records.label("symptom", symptom), group, group_labels.get(group or "", ""))
                share = operations / total if total else None
                rows.append((*words, category, label, operations, share, int(part["operations"].sum()), *days))
    return pd.DataFrame(rows, columns=SYMPTOM_COLUMNS)


def category_labels() -> dict[str, str]:
    """The onset categories and their words, in order of time, "not recorded" last."""
    return {category.name: category.label for category in load().onset_categories} | {NOT_RECORDED: "Not recorded"}


def _categories(group: Group) -> list[dict[str, Any]]:
    operations = group.counts.groupby("onset")["operations"].sum()
    of = int(operations.sum())
    return [
        {
            "group": group.name,
            "label": group.label,
            "category": category,
            "category_label": label,
            "operations": int(operations.get(category, 0)),
            "share": int(operations.get(category, 0)) / of if of else None,
            "of": of,
        }
        for category, label in category_labels().items()
        if category != NOT_RECORDED or category in operations.index
    ]


def _quantiles(group: Group, within_days: int) -> dict[str, Any]:
    counts = group.counts
    failures = int(counts["failed"][counts["day"] <= within_days].sum())
    words = {"group": group.name, "label": group.label, "failures": failures}
    return words | seen_by(counts, within_days)

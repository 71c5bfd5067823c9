"""Which symptoms operations are followed by, when these come, and how many of them are known to have resolved."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.groups import rows_of
from dashboard.analyses.onset import symptoms
from dashboard.analyses.recorded import check_kind
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of
from dashboard.analyses.symptom_detail import FEWEST, symptom_detail
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.records import Records

WITHIN, YEARS = 1825, "5 years"
MOST_NAMED = 3
NONE = Verdict("No symptom was recorded after these operations.")


@remembered
def symptoms_verdict(records: Records) -> Verdict:
    """The most frequent symptoms, of all operations, and which of them comes earliest and latest: by its median day."""
    check_kind(records, "symptom")
    rows = symptoms(records, WITHIN).drop_duplicates("symptom")
    if rows.empty:
        return NONE
    rows = rows.sort_values("with_symptom", ascending=False, kind="stable")
    operations, what = operations_chosen(records), f"With this symptom within {YEARS} of surgery"
    claims = tuple(
        Claim(what, row.symptom, row.label, (found := share_of(int(row.with_symptom), operations))["share"],
              operations, int(row.with_symptom), lower=found["lower"], upper=found["upper"])
        for row in rows_of(rows)
    )  # fmt: skip
    named = wording.joined([_often(claim) for claim in claims[:MOST_NAMED]])
    answer = f"Most often within {YEARS} of surgery: {named}, of {wording.count(operations, 'operation')}."
    return Verdict(answer, _earliest(rows[rows["with_symptom"] >= FEWEST]), claims)


@remembered
def resolved_verdict(records: Records) -> Verdict:
    """How many of the symptoms reported are known to have resolved, of which most and least; which come together."""
    check_kind(records, "symptom")
    answer = symptom_detail(records, WITHIN)
    total, resolved = (int(answer.rows[name].sum()) for name in ("symptoms", "resolved"))
    if not total:
        return NONE
    rows = answer.rows[answer.rows["symptoms"] >= FEWEST].sort_values("share", ascending=False, kind="stable")
    what, whole = f"Resolved, of those reported within {YEARS} of surgery", share_of(resolved, total)
    claims = [Claim(what, "all", "All symptoms", whole["share"], total, resolved, "", whole["lower"], whole["upper"])]
    claims += [
        Claim(what, row.symptom, row.label, row.share, int(row.symptoms), int(row.resolved), "", row.lower, row.upper)
        for row in rows_of(rows)
    ]
    share = wording.share_words(whole["share"] or 0.0, resolved, total, whole["lower"], whole["upper"])
    said = f"{share} of the symptoms reported within {YEARS} of surgery are recorded as resolved"
    doubt = " ".join(filter(None, (_ends(claims[1:]), _pair(answer.pairs))))
    return Verdict(f"{said}; of the others no end is.", doubt, tuple(claims))


def _often(claim: Claim) -> str:
    return f"{wording.within_sentence(claim.label)} ({wording.percent(claim.figure or 0)})"


def _earliest(rows: pd.DataFrame) -> str:
    """The symptom of which half of those with it had it first, and last: by 6 days, by 11 months."""
    if len(rows) < 2:
        return ""
    ordered: list[Any] = list(rows_of(rows.sort_values(["median_day", "symptom"], kind="stable")))
    first, last = ordered[0], ordered[-1]
    return (
        f"Earliest {wording.within_sentence(first.label)}, half by {wording.duration(first.median_day)}; latest "
        f"{wording.within_sentence(last.label)}, half by {wording.duration(last.median_day)}."
    )


def _ends(claims: list[Claim]) -> str:
    if len(claims) < 2:
        return ""
    return f"Most of {_often(claims[0])}, fewest of {_often(claims[-1])}."


def _pair(pairs: pd.DataFrame) -> str:
    if pairs.empty:
        return ""
    first = pairs.iloc[0]
    one, other = (wording.within_sentence(str(first[name])) for name in ("label", "other_label"))
    return f"Most often together: {one} with {other} ({wording.count(int(first['operations']), 'operation')})."

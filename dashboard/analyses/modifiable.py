"""Risks that can be changed before surgery: how common they are, and how failure goes along with each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.failure_rate import whether_shown
from dashboard.analyses.groups import check_days, outcome_named
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.risk_factors import band_of, by_factor
from dashboard.definitions import BEFORE, Factor
from dashboard.records import Records

COLUMNS = [
    "factor", "label", "at_risk", "before", "recorded", "exposed", "known", "exposed_share", "exposed_failed",
    "of_failures", "share", "lower", "upper", "due", "best_case", "worst_case", "shown", "others", "others_known",
    "others_failed", "others_share", "others_lower", "others_upper", "others_due", "others_best_case",
    "others_worst_case", "ratio", "ratio_lower", "ratio_upper", "ratio_of", "note",
]  # fmt: skip
RECENT_DAYS = 365


@dataclass(frozen=True)
class Modifiable:
    """rows: a factor each, as in COLUMNS. measure: what the ratios are. recent: operated in the last year before the
    data date; recent_two: of those, with two or more of the risks recorded; recent_two_at_most: the same if whoever is
    not known to have a risk, or not to have it, had it."""

    rows: pd.DataFrame
    measure: str
    recent: int
    recent_two: int
    recent_two_at_most: int


@remembered
def modifiable(records: Records, outcome: str, within_days: int = 730) -> Modifiable:
    """Each factor that can be changed: operations at risk, the share failed among them and among the others.

    due, best_case, worst_case as in ``failure_rate``, and likewise of the others.
    at_risk: the bands that are worth changing, by their labels; for a factor that arises after surgery every band
    but its reference. of_failures: the share with the risk among the failures in which it is recorded.
    ratio: the adjusted one of the band at risk with the most operations (``ratio_of``), null where no model takes the
    factor.
    """
    check_days(within_days)
    check_recorded(records, outcome)
    outcome_named(outcome, kind="time")
    ratios = adjusted_risk(records, outcome, within_days)
    rows = [
        _row(records, factor, counts, within_days, ratios.rows)
        for factor, counts in by_factor(records, outcome, within_days)
        if factor.modifiable and (factor.at_risk or factor.timing != BEFORE)
    ]
    since = records.facts.data_date or records.facts.last_operation
    recent = recent_two = at_most = 0
    if since is not None:
        numbers = records.read(
            "modifiable", outcome=outcome, within_days=within_days, since=since - timedelta(days=RECENT_DAYS)
        )
        recent = int(numbers["recent_operations"].sum())
        recent_two = int(numbers.loc[numbers["modifiable"] >= 2, "recent_operations"].sum())
        perhaps = numbers["modifiable"] + numbers["modifiable_unknown"]
        at_most = int(numbers.loc[perhaps >= 2, "recent_operations"].sum())
    return Modifiable(pd.DataFrame(rows, columns=COLUMNS), ratios.measure, recent, recent_two, at_most)


def _row(
    records: Records, factor: Factor, counts: pd.DataFrame, within_days: int, ratios: pd.DataFrame
) -> dict[str, object]:
    codes = records.order(factor.name)
    bands = factor.at_risk or tuple(band.name for band in factor.bands if band.name != factor.reference)
    risky = [codes[name] for name in bands]
    exposed = band_of(counts[counts["band"].isin(risky)], within_days)
    others = band_of(counts[~counts["band"].isin([0, *risky])], within_days)
    shown, note = whether_shown(exposed.operations, exposed.known_share)
    found = ratios[(ratios["factor"] == factor.name) & ratios["band"].isin(bands) & ratios["adjusted"].notna()]
    best = found.sort_values("operations", ascending=False).head(1).to_dict("records")
    ratio = best[0] if best else {"adjusted": None, "adjusted_lower": None, "adjusted_upper": None, "band_label": ""}
    recorded = exposed.operations + others.operations
    return {
        "factor": factor.name, "label": factor.label, "before": factor.timing == BEFORE,
        "at_risk": ", ".join(band.label for band in factor.bands if band.name in bands), "recorded": recorded,
        "exposed": exposed.operations, "known": exposed.known,
        "exposed_share": exposed.operations / recorded if recorded else None,
        "exposed_failed": exposed.failed,
        "of_failures": exposed.failed / (exposed.failed + others.failed) if exposed.failed + others.failed else None,
        "share": exposed.share, "lower": exposed.lower, "upper": exposed.upper,
        "due": exposed.due, "best_case": exposed.best_case, "worst_case": exposed.worst_case,
        "shown": shown and exposed.share is not None, "others": others.operations,
        "others_known": others.known, "others_failed": others.failed,
        "others_share": others.share, "others_lower": others.lower, "others_upper": others.upper,
        "others_due": others.due, "others_best_case": others.best_case, "others_worst_case": others.worst_case,
        "ratio": ratio["adjusted"], "ratio_lower": ratio["adjusted_lower"], "ratio_upper": ratio["adjusted_upper"],
        "ratio_of": ratio["band_label"], "note": note,
    }  # fmt: skip

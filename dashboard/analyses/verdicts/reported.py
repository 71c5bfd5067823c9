"""How many patients changed by an amount that matters, and where the middle one ended."""

from __future__ import annotations

from typing import Any

from dashboard import wording
from dashboard.analyses.groups import rows_of
from dashboard.analyses.proms import measure_named, proms, set_named
from dashboard.analyses.recorded import check_kind
from dashboard.analyses.remembering import remembered
from dashboard.analyses.trajectories import trajectories
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.definitions import load
from dashboard.definitions.terms import Measure
from dashboard.records import Records


@remembered
def reported_verdict(
    records: Records, measure: str | None = None, visit: int = 12, thresholds: str | None = None
) -> Verdict:
    """Of those who answered before surgery and at a visit, the share better and worse by an amount that matters.

    measure: the first unless named. Figures are those of ``proms``, and the middle answers those of ``trajectories``.
    """
    known = load().patient_reported.measures[0] if measure is None else measure_named(measure)
    check_kind(records, known.score)
    rows = proms(records, known.name, None, set_named(thresholds))
    (row,) = rows_of(rows[rows["visit"] == visit])
    asked = f"{wording.out_of(row.with_change, row.due)} due answered {known.label} before surgery and at"
    asked = f"{asked} {row.visit_label}"
    if not row.with_change:
        return Verdict(f"{asked}: nothing can be said of a change.")
    claims = _claims(row, known)
    if not row.shown:
        better = f"{claims[0].failed} of them were better by {row.important_change:g} {known.unit} or more"
        return Verdict(f"{asked}; {better}: too few for a share.", str(row.note), claims)
    share = wording.share_words(row.mcid_share, row.mcid_reached, row.with_change, row.lower, row.upper)
    worse = "" if row.worse_change is None or row.worse_change != row.worse_change else (
        f", {wording.percent(row.worse_share)} worse by {row.worse_change:g} or more"
    )  # fmt: skip
    answer = f"{share} were better at {row.visit_label} by {row.important_change:g} {known.unit} or more{worse}."
    return Verdict(answer, f"{_middle(records, known, visit)} {asked}: the others could differ.".strip(), claims)


def _claims(row: Any, known: Measure) -> tuple[Claim, ...]:
    told = [("better", "mcid_reached", "mcid_share", "", row.important_change)]
    if row.worse_change == row.worse_change and row.worse_change is not None:
        told.append(("worse", "worse", "worse_share", "worse_", row.worse_change))
    return tuple(
        Claim(
            f"{known.label}, {way} by {amount:g} or more at {row.visit_label}", way, f"{way.capitalize()}",
            getattr(row, share) if row.shown else None, int(row.with_change), int(getattr(row, count)), "",
            getattr(row, f"{prefix}lower") if row.shown else None,
            getattr(row, f"{prefix}upper") if row.shown else None,
        )
        for way, count, share, prefix, amount in told
    )  # fmt: skip


def _middle(records: Records, known: Measure, visit: int) -> str:
    """Median 44 before, 20 at 12 months (lower is better); not always of the same patients."""
    rows = trajectories(records, known.name).set_index("months")
    before, then = rows.loc[0], rows.loc[visit]
    if not (before["shown"] and then["shown"]):
        return ""
    ends = f"Median {before['half']:.3g} before surgery, {then['half']:.3g} at {then['visit_label']}"
    return f"{ends} ({known.better} is better)."

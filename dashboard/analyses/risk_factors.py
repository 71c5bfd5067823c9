"""How failure differs between the bands of each recorded trait; "not recorded" is a band of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import pandas as pd

from dashboard import leeway
from dashboard.analyses.failure_rate import whether_shown
from dashboard.analyses.groups import NOT_RECORDED, check_days, due_from, known_of_due, outcome_named
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import limits_apart, share_ends, share_of, worst_case
from dashboard.definitions import Factor, load
from dashboard.records import Records
from dashboard.stats import proportions, survival

DIFFERENCE = ("difference", "difference_lower", "difference_upper")
COLUMNS = [
    "factor", "factor_label", "band", "band_label", "reference", "modifiable", "timing", "operations", "known",
    "failed", "share", "lower", "upper", "due", "best_case", "worst_case", *DIFFERENCE, "missing_share",
    "shown", "note",
]  # fmt: skip


class BandShare(NamedTuple):
    """What is known about one band: its counts, and the same as an estimate."""

    operations: int
    known: int
    failed: int
    share: float | None
    lower: float | None
    upper: float | None
    known_share: float | None
    due: int
    best_case: float | None
    worst_case: float | None
    behind: Any


@remembered
def risk_factors(records: Records, outcome: str, within_days: int = 730) -> pd.DataFrame:
    """Share failed by a landmark in each band of each factor, and how it differs from the factor's reference band.

    Columns as in COLUMNS; a row for each factor and band that has operations. ``difference`` is of shares (-1 to 1),
    null for the reference itself and where either band may not be shown; ``known``: operations whose state is known at
    the landmark; ``missing_share``: of all operations, those where the factor is not recorded; ``due``, ``best_case``
    and ``worst_case`` as in ``failure_rate``.
    These are associations, one factor at a time; they are not adjusted for each other.
    For an outcome asked at a visit, operations and shares are of those who answered.
    """
    check_days(within_days)
    check_recorded(records, outcome)
    by_visit = outcome_named(outcome).kind == "landmark"
    rows: list[dict[str, Any]] = []
    parts = int(records.viewer.is_protected)
    for factor, part in by_factor(records, outcome, within_days):
        estimate = _answered if by_visit else band_of
        codes = records.order(factor.name)
        known = {code: name for name, code in codes.items()}
        bands = {
            known[code]: estimate(part[part["band"] == code], within_days, parts) for code in part["band"].unique()
        }
        rows.extend(_rows(factor, bands, by_visit, moved=bool(parts)))
    return pd.DataFrame(rows, columns=COLUMNS)


def by_factor(records: Records, outcome: str, within_days: int) -> Iterator[tuple[Factor, pd.DataFrame]]:
    """The counts of each factor's bands, as the read gives them."""
    factors = load().factors
    names = {"factors": tuple(factors)}
    if outcome_named(outcome).kind == "landmark":
        counts = records.read("risk_factors_landmark", columns=names, outcome=outcome)
    else:
        due = due_from(records, within_days)
        counts = records.read("risk_factors", columns=names, outcome=outcome, within_days=within_days, due_from=due)
    yield from by_bits(counts, factors)


def by_bits(counts: pd.DataFrame, factors: Mapping[str, Factor]) -> Iterator[tuple[Factor, pd.DataFrame]]:
    """The rows of each factor of a read over all of them: in the grouping bits, its bit is the one that is 0."""
    all_bits = 2 ** len(factors) - 1
    bits = counts["grouping_bits"].to_numpy()
    for place, factor in enumerate(factors.values(), start=1):
        yield factor, counts[bits == all_bits - 2 ** (len(factors) - place)]


def band_of(counts: pd.DataFrame, within_days: int, parts: int = 0) -> BandShare:
    """One band, or several together, of an outcome over time: counts of the read ``risk_factors``.

    parts: 1 where they are told in protected form, in which no more than one band is.
    """
    beside = ["not_due", "lost", "due_failed"]
    counts = counts.groupby("until_day", as_index=False)[["failed", "died", "left_follow_up", *beside]].sum()
    counts = counts.rename(columns={"until_day": "day", "left_follow_up": "left"})
    at = survival.share_at(counts, within_days, leeway.of_course(parts))
    told = pd.DataFrame([{leeway.OPERATIONS: at.operations, **counts[beside].sum().to_dict()}])
    ends, not_due, lost = leeway.ends("risk_factors", told, parts), int(told["not_due"].sum()), int(told["lost"].sum())
    due, known = at.operations - not_due, known_of_due(at.operations, lost, not_due)
    of_due = ends[leeway.OPERATIONS].less(ends["not_due"])
    return BandShare(
        at.operations, at.known, at.failed, at.share, at.lower, at.upper, known, due=due,
        **worst_case(ends["due_failed"], ends["lost"], of_due), behind=at,
    )  # fmt: skip


def _answered(counts: pd.DataFrame, within_days: int, parts: int) -> BandShare:
    names = ["operations", "due", "answered", "failed"]
    _, due, answered, failed = map(int, counts[names].sum())
    ends = leeway.ends("risk_factors_landmark", counts[names], parts)
    shares = share_of(failed, answered, ends=share_ends(ends["failed"], ends["answered"]) if parts else None)
    known = answered / due if due else None
    return BandShare(
        answered, answered, failed, **shares, known_share=known, due=due,
        **worst_case(ends["failed"], ends["due"].less(ends["answered"]), ends["due"]), behind=(failed, answered),
    )  # fmt: skip


def _rows(factor: Factor, bands: dict[str, BandShare], by_visit: bool, *, moved: bool) -> Iterator[dict[str, Any]]:
    labels = {band.name: band.label for band in factor.bands} | {NOT_RECORDED: "Not recorded"}
    total = sum(band.operations for band in bands.values())
    missing = bands[NOT_RECORDED].operations / total if total and NOT_RECORDED in bands else 0.0
    reference = bands.get(factor.reference)
    for name in [name for name in labels if name in bands]:
        band, is_reference = bands[name], name == factor.reference
        apart = None if is_reference or reference is None else _apart(band, reference, by_visit, moved=moved)
        shown, note = whether_shown(band.operations, band.known_share)
        yield {
            "factor": factor.name, "factor_label": factor.label, "band": name, "band_label": labels[name],
            "reference": is_reference, "modifiable": factor.modifiable, "timing": factor.timing,
            "operations": band.operations, "known": band.known, "failed": band.failed,
            "share": band.share, "lower": band.lower, "upper": band.upper, "due": band.due,
            "best_case": band.best_case, "worst_case": band.worst_case,
            **dict(zip(DIFFERENCE, apart or (None, None, None), strict=True)), "missing_share": missing,
            "shown": shown and band.share is not None, "note": note,
        }  # fmt: skip


def _apart(band: BandShare, reference: BandShare, by_visit: bool, *, moved: bool) -> proportions.Difference | None:
    """How far a band lies from the reference; None where either is too small, or too little known, to be shown."""
    if not all(whether_shown(one.operations, one.known_share)[0] for one in (band, reference)):
        return None
    if by_visit and moved:
        return limits_apart(band, reference)
    if by_visit:
        return proportions.newcombe_difference(*band.behind, *reference.behind)
    return survival.difference(band.behind, reference.behind)

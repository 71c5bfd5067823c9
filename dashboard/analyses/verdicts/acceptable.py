"""How many reach an acceptable state, by how often they had been operated on before, and whether chance would do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import NOT_RECORDED, outcome_named, rows_of, when_words
from dashboard.analyses.published import published
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.verdicts.claim import ALIKE, FEW, Claim, Verdict, apart_words, few, judged
from dashboard.definitions import Band, load
from dashboard.records import Records
from dashboard.stats import ordered

OUTCOME, FACTOR = "acceptable_state", "previous_operations"
TOGETHER, TREND = "all", "trend"
UNSAID_CHANGE = "Whether the share changes with the number of operations before cannot be told from rounded counts."
COLUMNS = [
    "group", "label", "answered", "reached", "share", "lower", "upper", "shown", "note", "due", "published",
    "register", "source",
]  # fmt: skip
NUMBERS = ("share", "lower", "upper", "published")


@remembered
def reached(records: Records) -> pd.DataFrame:
    """Of those who answered, the share that reached an acceptable state, a row for each number of operations before.

    Columns as in COLUMNS; the rest of ``failure_rate`` by that factor, so that the two add up to those who answered.
    Every band has its row, and those of whom the number is not recorded have one where there are any.
    published: the share that a register reports of that band, 0 to 1, null where it gives none; ``register``: which.
    """
    rates = {row.group: row for row in rows_of(failure_rate(records, OUTCOME, FACTOR))}
    listed = rows_of(published(records, OUTCOME, FACTOR))
    of = {row.band: row for row in listed if row.outcome == OUTCOME and row.band is not None}
    groups = {band.name: band.label for band in _bands()}
    if NOT_RECORDED in rates:
        groups |= {NOT_RECORDED: rates[NOT_RECORDED].label}
    rows = [(name, label, *_numbers(rates.get(name)), *_reported(of.get(name))) for name, label in groups.items()]
    return pd.DataFrame(rows, columns=COLUMNS).astype(dict.fromkeys(NUMBERS, float))


@remembered
def acceptable_verdict(records: Records) -> Verdict:
    """The share that reached it, of all and by number of operations before; and whether it changes with that number.

    One comparison, chosen beforehand: the slope over 0, 1, 2, 3 and 4 or more (Cochran-Armitage). Figures are those of
    ``reached``; a band where fewer than 10 answered has none.
    """
    check_recorded(records, OUTCOME)
    frame = reached(records)
    known = outcome_named(OUTCOME)
    what = f"reached an ODI of {known.threshold:g} or less {when_words(known, 0)}"
    (together,) = rows_of(failure_rate(records, OUTCOME))
    whole = _whole(together, what)
    if not whole.operations:
        return Verdict("Nobody has answered at this visit.", claims=(whole,))
    bands = [_band(row, what) for row in rows_of(frame) if row.group != NOT_RECORDED]
    if records.viewer.is_protected:
        return _said((whole, *bands), UNSAID_CHANGE)
    return _said((whole, *bands, *_trend(bands, what)))


def _bands() -> tuple[Band, ...]:
    return load().factors[FACTOR].bands


def _numbers(row: Any) -> tuple[object, ...]:
    """Of a row of failures: answered, reached, the share with its limits, whether it is shown, why not, and due."""
    if row is None:
        return 0, 0, None, None, None, False, "", 0
    n = int(row.answered)
    shares = (_rest(row.share), _rest(row.upper), _rest(row.lower))
    return n, n - int(row.failed), *shares, bool(row.shown), row.note, int(row.due)


def _reported(row: Any) -> tuple[object, ...]:
    return (None, "", "") if row is None else (_rest(row.value), row.country, row.source)


def _rest(share: float | None) -> float | None:
    return None if share is None or pd.isna(share) else 1 - float(share)


def _whole(row: Any, what: str) -> Claim:
    """All together; counts alone where the share of failures may not be shown either."""
    shares = (_rest(row.share), _rest(row.upper), _rest(row.lower)) if row.shown else (None, None, None)
    word = "" if row.shown else FEW
    return Claim(what, TOGETHER, "All operations", shares[0], int(row.answered), int(row.failed), word, *shares[1:])


def _band(row: Any, what: str) -> Claim:
    share, lower, upper = (row.share, row.lower, row.upper) if row.shown else (None, None, None)
    word = "" if row.shown else FEW
    reported = None if pd.isna(row.published) else float(row.published)
    return Claim(
        what, row.group, row.label, share, row.answered, row.answered - row.reached, word, lower, upper,
        f"published: {row.register}" if row.register else "", reported,
    )  # fmt: skip


def _trend(bands: Sequence[Claim], what: str) -> tuple[Claim, ...]:
    """How the share changes with each further operation before; nothing where all had the same number of them."""
    n, well = [band.operations for band in bands], [band.operations - band.failed for band in bands]
    found = ordered.slope_over(range(len(bands)), well, n)
    if found is None:
        return ()
    size, failed = sum(n), sum(band.failed for band in bands)
    first, rest = min(well[0], bands[0].failed), min(sum(well[1:]), failed - bands[0].failed)
    word = FEW if few(n[0], first, size - n[0], rest) else judged(found.lower, found.upper)
    return (
        Claim(
            what, TREND, "With each further operation before", None, size, failed, word, comparator="one fewer before",
            difference=found.slope, difference_lower=found.lower, difference_upper=found.upper, p=found.p,
        ),
    )  # fmt: skip


def _said(claims: Sequence[Claim], unsaid: str = "") -> Verdict:
    whole, bands = claims[0], [claim for claim in claims if claim.unit not in (TOGETHER, TREND)]
    told = [
        f"{wording.percent(band.figure)} {_of_whom(band)} ({band.operations:,})"
        for band in bands if band.figure is not None
    ]  # fmt: skip
    by_band = f": {wording.joined(told)}" if told else ""
    counts = wording.out_of(whole.operations - whole.failed, whole.operations)
    # Rounded counts need not add up, and of a band that is not told they say nothing.
    unknown = 0 if unsaid else whole.operations - sum(band.operations for band in bands)
    not_recorded = f"Of {unknown:,} who answered the number of operations before is not recorded." if unknown else ""
    if whole.figure is None:
        return Verdict(f"{counts} who answered {whole.what}: too few answered for a share.", claims=tuple(claims))
    answer = f"{wording.percent(whole.figure)} {whole.what} ({whole.operations:,} answered){by_band}."
    hidden = [
        _of_whom(band) + ("" if unsaid else f" ({band.operations:,} answered)") for band in bands if band.figure is None
    ]
    few_words = f"Too few answered, in all or of those due, for a share {wording.joined(hidden)}." if hidden else ""
    trend = [_changes(claim) for claim in claims if claim.unit == TREND]
    return Verdict(answer, " ".join(filter(None, [*trend, unsaid, few_words, not_recorded])), tuple(claims))


def _of_whom(band: Claim) -> str:
    first = band.unit == load().factors[FACTOR].reference
    return "of first operations" if first else f"after {wording.within_sentence(band.label)} before"


def _changes(claim: Claim) -> str:
    if claim.word == FEW:
        return "Too few were operated before to say whether the share changes with the number of operations."
    way = "fewer" if (claim.difference or 0) < 0 else "more"
    said = f"With each further operation before, {apart_words(claim)} {way} reached it"
    return f"{said}, which may be chance." if claim.word == ALIKE else f"{said}; not adjusted for anything else."

"""What is concluded, as figures: of whom, against whom, by how much, and whether chance would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields

import pandas as pd

from dashboard import wording
from dashboard.leeway import UNSAID

HIGHER, LOWER = "higher", "lower"
"""Beyond chance."""
ALIKE, FEW = "no more than chance", "too few to say"
FEWEST_OPERATIONS, FEWEST_FAILURES = 50, 5
"""Less than this on either side is too few to say anything of a group, and it is never marked."""
WIDEST = 0.10
"""A change whose interval reaches further than this to either side is too uncertain to be called none."""
POINTS, RATIO = "points", "ratio"
"""How a difference is told: in points of shares, or as a ratio, whose middle is 1 and not 0."""


@dataclass(frozen=True)
class Claim:
    """One comparison, as it is drawn, listed and said.

    what: the share, ratio or count that is spoken of, with its time ("FBSS by 1 year"). unit, label: whom it is of.
    figure, lower, upper: with its interval, 0 to 1 where it is a share; operations and failed behind it.
    comparator: against whom, in words; comparator_figure: theirs. difference with its limits: figure less comparator,
    or figure by comparator where ``measure`` is a ratio. q: p after allowing for how many were compared.
    word: HIGHER, LOWER, ALIKE, FEW or UNSAID; empty where there is nothing to compare.
    """

    what: str
    unit: str
    label: str
    figure: float | None
    operations: int
    failed: int
    word: str = ""
    lower: float | None = None
    upper: float | None = None
    comparator: str = ""
    comparator_figure: float | None = None
    difference: float | None = None
    difference_lower: float | None = None
    difference_upper: float | None = None
    p: float | None = None
    q: float | None = None
    measure: str = POINTS

    @property
    def stands_out(self) -> bool:
        """Whether it lies beyond chance."""
        return self.word in (HIGHER, LOWER)


COLUMNS = [each.name for each in fields(Claim)]


@dataclass(frozen=True)
class Verdict:
    """The answer to one question: ``answer`` in a sentence, then what is doubtful and why; both from the claims.

    claims: whatever the sentences say stands here too.
    """

    answer: str
    doubt: str = ""
    claims: tuple[Claim, ...] = field(default=())

    @property
    def sentence(self) -> str:
        """All of it, as one paragraph without marks."""
        return f"{self.answer} {self.doubt}".strip()

    def frame(self) -> pd.DataFrame:
        """The claims, a row each, as in COLUMNS."""
        return pd.DataFrame([asdict(claim) for claim in self.claims], columns=COLUMNS)


def judged(
    lower: float | None,
    upper: float | None,
    *,
    middle: float = 0.0,
    widest: float | None = WIDEST,
    moved: bool = False,
) -> str:
    """The word for one difference that was asked for beforehand, from its interval.

    middle: 0 of a difference, 1 of a ratio. widest: how far an interval across the middle may reach from its own centre
    before it says nothing; None: as far as it likes. moved: whether it is of counts that were moved before they were
    told, and wider for that: where it lies across the middle, that of the exact counts may not.
    """
    if lower is None or upper is None or pd.isna(lower) or pd.isna(upper):
        return FEW
    if lower > middle:
        return HIGHER
    if upper < middle:
        return LOWER
    if moved:
        return UNSAID
    return FEW if widest is not None and (upper - lower) / 2 > widest else ALIKE


def few(operations: int, failed: int, others: int, others_failed: int) -> bool:
    """Whether either side is too small to be marked."""
    return min(operations, others) < FEWEST_OPERATIONS or min(failed, others_failed) < FEWEST_FAILURES


def apart_words(claim: Claim, how: str = "") -> str:
    """By how much, with the interval: "6.6 points (3.1 to 10.1)"; of a ratio "1.65 (1.13 to 2.31)".

    how: stands before the interval of a difference: "6.6 points fewer (3.1 to 10.1)".
    """
    if claim.difference is None or claim.difference_lower is None or claim.difference_upper is None:
        return ""
    if claim.measure == RATIO:
        return f"{claim.difference:.2f} ({wording.ratio_interval(claim.difference_lower, claim.difference_upper)})"
    limits = claim.difference_lower, claim.difference_upper
    if claim.difference < 0:
        limits = -claim.difference_upper, -claim.difference_lower
    return f"{wording.points(claim.difference)}{how and f' {how}'} ({wording.points_interval(*limits)})"


def shares_words(claims: Sequence[Claim]) -> str:
    """Labels with their shares: "PLIF (23.1 %) and TLIF (19.6 %)"."""
    return wording.joined([
        f"{wording.within_sentence(claim.label)} ({wording.percent(claim.figure)})"
        for claim in claims if claim.figure is not None
    ])  # fmt: skip

"""By when failures had shown themselves, and when most of them did."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import event_words, outcome_named, rows_of
from dashboard.analyses.onset import onset
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.records import Records

YEARS, SEEN_WITHIN = 5, 1825
"""Of the failures seen in so many years: "until when must we follow" is not answered by those of one."""


@remembered
def onset_verdict(records: Records, outcome: str) -> Verdict:
    """The days by which half and three quarters of the failures seen had come, and the most frequent onset category.

    Figures are those of ``onset``: of failures seen, which are not all failures to come.
    """
    known = outcome_named(outcome)
    found = onset(records, outcome, None, SEEN_WITHIN)
    (days,) = rows_of(found.quantiles)
    what = f"{event_words(known)} seen within {YEARS} years"
    if not days.failures:
        return Verdict(f"No {event_words(known, 1).removeprefix('1 ')} was seen within {YEARS} years of surgery.")
    enough = days.failures >= FEWEST_FOR_A_SHARE
    claims = tuple(
        Claim(
            f"First shown, of {what}", row.category, row.category_label, row.share if enough else None, int(row.of),
            int(row.operations), "", *(list(share_of(int(row.operations), int(row.of)).values())[1:] if enough else ()),
        )
        for row in rows_of(found.categories) if row.operations
    )  # fmt: skip
    answer = (
        f"Half of the {days.failures:,} {what} had shown themselves by {wording.duration(days.half)} after surgery, "
        f"three quarters by {wording.duration(days.three_quarters)}."
    )
    return Verdict(answer, f"{_most(claims)} Failures seen are not all failures to come.", claims)


def _most(claims: tuple[Claim, ...]) -> str:
    """Most often late (after day 365): 101 of 328 (26.1 to 36.0 %)."""
    most = max(claims, key=lambda claim: claim.failed)
    limits = wording.interval(most.lower, most.upper)
    label = wording.within_sentence(most.label)
    return f"Most often {label}: {wording.out_of(most.failed, most.operations)}{f' ({limits} %)' if limits else ''}."

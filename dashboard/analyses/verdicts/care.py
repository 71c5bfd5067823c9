"""How often a revision helped, the second against the first, and whether chance would do."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import rows_of
from dashboard.analyses.recorded import check_kind
from dashboard.analyses.treatments import FEWEST, care
from dashboard.analyses.verdicts.claim import ALIKE, FEW, Claim, Verdict, apart_words, judged
from dashboard.records import Records
from dashboard.stats import proportions

WHAT = "Improved, of those with a recorded outcome"


def revisions_verdict(records: Records) -> Verdict:
    """How many revisions of each attempt improved, of those whose outcome is recorded; the second less the first.

    Figures are those of the attempts in ``care``: urgent revisions apart. A claim's ``operations`` are the revisions
    with a recorded outcome, its ``failed`` those that improved. The difference by Newcombe's method 10, where both have
    ten recorded outcomes.
    """
    check_kind(records, "treatment")
    return said_of_attempts(care(records).attempts)


def said_of_attempts(table: pd.DataFrame) -> Verdict:
    """The verdict on a table of attempts, as ``care`` has it."""
    attempts = list(rows_of(table))
    if not attempts:
        return Verdict("No revision is recorded after these operations.")
    claims = tuple(_claim(row, attempts[0]) for row in attempts)
    told = 1 if len(claims) > 1 else 0
    answer = _counted(attempts[told], claims[told])
    if not told:
        return Verdict(f"{answer} No later one is recorded.", claims=claims)
    return Verdict(answer, f"{_counted(attempts[0], claims[0])} {_against(claims[told], attempts[told])}", claims)


def _claim(row: Any, first: Any) -> Claim:
    """One attempt, and how much more or less often than the first that is recorded it helped."""
    figure, lower, upper = (row.share, row.lower, row.upper) if row.shown else (None, None, None)
    label = f"{row.label}, {row.treatments:,} done"
    plain = (WHAT, str(row.attempt), label, figure, int(row.recorded), int(row.improved))
    if row.attempt == first.attempt:
        return Claim(*plain, lower=lower, upper=upper)
    apart = None
    if row.shown and first.shown:
        apart = proportions.newcombe_difference(row.improved, row.recorded, first.improved, first.recorded)
    difference, apart_lower, apart_upper = apart or (None, None, None)
    return Claim(
        *plain, judged(apart_lower, apart_upper), lower, upper, _many(first), first.share if first.shown else None,
        difference, apart_lower, apart_upper,
    )  # fmt: skip


def _many(row: Any) -> str:
    return f"{wording.within_sentence(row.label)}s"


def _counted(row: Any, claim: Claim) -> str:
    """2 of 9 second revisions with a recorded outcome improved (22.2 %; 6.3 to 54.7), 11 done."""
    counted = f"{claim.failed} of {claim.operations:,} {_many(row)} with a recorded outcome improved"
    if claim.figure is None:
        return f"{counted}, {row.treatments:,} done: too few for a share."
    share = f"{wording.percent(claim.figure)}; {wording.interval(claim.lower, claim.upper)}"
    return f"{counted} ({share}), {row.treatments:,} done."


def _against(claim: Claim, row: Any) -> str:
    """How the later attempt compares with the first, and whether chance would do."""
    if claim.difference is None:
        return f"With fewer than {FEWEST} recorded outcomes of either it cannot be said whether one helps more often."
    helped = f"{_many(row)} helped {apart_words(claim, 'less often' if claim.difference < 0 else 'more often')}"
    by_chance = {ALIKE: ", no more than chance would do", FEW: ": too few to say whether that is chance"}
    other = "The patients differ: it compares no operation with another."
    return f"{wording.at_the_start(helped)} than {claim.comparator}{by_chance.get(claim.word, '')}. {other}"

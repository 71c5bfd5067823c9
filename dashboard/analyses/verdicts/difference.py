"""Whether one group of operations fails more often than another that it was held against."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.asked import Asked
from dashboard.analyses.difference import Compared, before_and_after, difference
from dashboard.analyses.groups import failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.trend import settled_middle
from dashboard.analyses.verdicts.claim import (
    FEW,
    FEWEST_FAILURES,
    FEWEST_OPERATIONS,
    HIGHER,
    WIDEST,
    Claim,
    Verdict,
    apart_words,
)
from dashboard.errors import WrongUsage
from dashboard.leeway import UNSAID
from dashboard.records import Records


def difference_verdict(compared: Compared, outcome: str, within_days: int) -> Verdict:
    """What is concluded of two groups, from the rows that the picture and the table of them show."""
    if not compared.possible:
        return Verdict(f"{compared.what}: these two groups cannot be compared.", compared.reason)
    claims = claims_of(compared, outcome)
    first, second = claims
    known = outcome_named(outcome)
    when, failed = when_words(known, within_days), failed_words(known)
    if first.stands_out:
        more = "more" if first.word == HIGHER else "less"
        answer = f"{first.label} {failed} {more} often {when} than {_named(second)}, by {apart_words(first)}."
        return Verdict(answer, f"{side_words(first)}, {side_words(second)}.", claims)
    opening = _opening(first).format(f"in {wording.within_sentence(known.short)} {when}")
    answer = f"{opening}: {side_words(first)}, {_named(second)} {figure_words(second)}."
    return Verdict(answer, f"They are {apart_words(first)} apart. {why_few(first, second)}".strip(), claims)


def _opening(first: Claim) -> str:
    """How it is said that no difference is claimed; {}: of what."""
    if first.word == UNSAID:
        return "Whether they differ {} cannot be told from rounded counts"
    if first.word != FEW:
        return "No difference beyond chance {}"
    within = first.difference_lower is None or first.difference_lower <= 0 <= (first.difference_upper or 0)
    return "Too few to say whether they differ {}" if within else "Too few to judge their difference by {}"


def difference_table(records: Records, asked: Asked) -> pd.DataFrame:
    """The two sides as rows, as ``Compared`` has them, with ``what`` is compared and the ``sentence`` said of it.

    Against another cohort, over the same period; else before and after a day, the middle one where none is given.
    """
    check_recorded(records, asked.outcome)
    if asked.against is not None:
        if asked.since is not None:
            raise WrongUsage("One difference at a time: before and after a day (--since), or against a cohort.")
        cohort = records.cohort
        against = replace(
            asked.against, operated_from=cohort.operated_from, operated_to=cohort.operated_to,
            every_operation=cohort.every_operation,
        )  # fmt: skip
        compared = difference(records, asked.outcome, asked.days, against)
    else:
        day = asked.since or settled_middle(records, asked.outcome, asked.days)
        if day is None:
            raise WrongUsage(
                "All operations whose outcome is settled are of one month, or none is: say which day with --since."
            )
        compared = before_and_after(records, asked.outcome, asked.days, day)
    said = difference_verdict(compared, asked.outcome, asked.days).sentence
    return compared.sides.assign(what=compared.what, sentence=said)


def claims_of(compared: Compared, outcome: str) -> tuple[Claim, Claim]:
    """The claim of the first side against the second, and that of the second alone."""
    at_visit = outcome_named(outcome).kind == "landmark"
    row, other = rows_of(compared.sides)
    second = _claim(other, compared.what, at_visit)
    first = replace(
        _claim(row, compared.what, at_visit), comparator=second.label, comparator_figure=second.figure,
        difference=_number(row.difference), difference_lower=_number(row.difference_lower),
        difference_upper=_number(row.difference_upper), p=_number(row.p),
    )  # fmt: skip
    return first, second


def _claim(row: Any, what: str, at_visit: bool) -> Claim:
    counted = int(row.known if at_visit else row.operations)
    limits = _number(row.lower), _number(row.upper)
    return Claim(what, row.side, row.label, float(row.share), counted, int(row.failed), row.word or "", *limits)


def figure_words(claim: Claim) -> str:
    """A share with its counts and interval: 12.4 % (143 seen of 1,309; 10.4 to 14.6)."""
    return wording.share_words(claim.figure or 0.0, claim.failed, claim.operations, claim.lower, claim.upper)


def side_words(claim: Claim) -> str:
    """Who, with the share: TLIF 18.3 % (41 seen of 255; 13.4 to 24.0)."""
    return f"{claim.label} {figure_words(claim)}"


def why_few(first: Claim, second: Claim) -> str:
    """Why it is too few to say, as a sentence; empty where it is not."""
    if first.word != FEW:
        return ""
    sides = first, second
    small = [one for one in sides if one.operations < FEWEST_OPERATIONS or one.failed < FEWEST_FAILURES]
    if small:
        named = wording.joined([wording.within_sentence(one.label) for one in small])
        return f"Fewer than {FEWEST_OPERATIONS} operations or {FEWEST_FAILURES} failures: {named}."
    return f"The interval reaches more than {100 * WIDEST:.0f} points to either side."


def _named(claim: Claim) -> str:
    return wording.within_sentence(claim.label)


def _number(value: Any) -> float | None:
    return None if value is None or pd.isna(value) else float(value)

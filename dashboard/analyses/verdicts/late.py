"""How many operations failed later than a day, and from which causes most often."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import wording
from dashboard.analyses.causes import NO_LATER, Causes, causes
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import NOT_RECORDED, outcome_named, rows_of, when_words
from dashboard.analyses.verdicts.causes import check_failure
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.records import Records

MOST_NAMED = 3
ALL, NONE_RECORDED = "all causes", "no cause recorded"


def late_verdict(records: Records, outcome: str, within_days: int = 730, after_days: int = NO_LATER) -> Verdict:
    """The failures later than a day and by a landmark, and their most frequent main causes: figures of ``causes``."""
    check_failure(outcome_named(outcome))
    answer = causes(records, outcome, "family", within_days, after_days)
    return said_late(answer, window_words(when_words(outcome_named(outcome), within_days), after_days))


def window_words(when: str, after_days: int) -> str:
    """By 2 years; after day 274 and by 2 years."""
    return when if after_days <= NO_LATER else f"after day {after_days:,} and {when}"


def said_late(answer: Causes, window: str) -> Verdict:
    """The verdict on the causes of one cohort in a window of time."""
    claims = _claims(answer, f"Failed {window}")
    if not answer.failed:
        return Verdict(f"No operation is seen to have failed {window}.", claims=claims)
    many = wording.count(answer.failed, "operation")
    named = _most(claims[1:])
    most = f"; most often: {wording.joined([_words(claim) for claim in named])}" if named else ""
    return Verdict(f"{many} failed {window}{most}.", _doubt(answer, claims[1:], named), claims)


def _most(claims: Sequence[Claim]) -> Sequence[Claim]:
    """The most frequent causes, three at most: none is left out that is as frequent as one named, unless all are."""
    left = claims[MOST_NAMED].failed if len(claims) > MOST_NAMED else 0
    return [claim for claim in claims[:MOST_NAMED] if claim.failed > left] or claims


def _claims(answer: Causes, what: str) -> tuple[Claim, ...]:
    """All of them, then each main cause that occurs, the most frequent first; shares of all where they are enough."""
    found = answer.causes[answer.causes["failed"] > 0].sort_values("failed", ascending=False, kind="stable")
    enough = answer.failed >= FEWEST_FOR_A_SHARE
    rows = [
        Claim(what, row.cause, row.label, row.share if enough else None, answer.failed, row.failed,
              lower=row.lower if enough else None, upper=row.upper if enough else None)
        for row in rows_of(found)
    ]  # fmt: skip
    whole = Claim(what, "all", ALL, None, answer.failed, answer.failed)
    without = Claim(what, NOT_RECORDED, NONE_RECORDED, None, answer.failed, answer.without_cause)
    return (whole, *rows, *([without] if answer.without_cause else []))


def _words(claim: Claim) -> str:
    """Scar tissue 4 of 12 (13.8 to 60.9 %)."""
    limits = wording.interval(claim.lower, claim.upper)
    label = wording.within_sentence(claim.label)
    return f"{label} {wording.out_of(claim.failed, claim.operations)}{f' ({limits} %)' if limits else ''}"


def _doubt(answer: Causes, rest: Sequence[Claim], named: Sequence[Claim]) -> str:
    said = []
    if answer.failed < FEWEST_FOR_A_SHARE:
        said.append("Fewer than 10 failures: too few for shares.")
    if answer.without_cause and not any(claim.unit == NOT_RECORDED for claim in named):
        said.append(f"Of {answer.without_cause} no cause is recorded.")
    others = [claim for claim in rest[len(named) :] if claim.unit != NOT_RECORDED]
    if others:
        causes_left = wording.count(len(others), "further cause")
        said.append(f"The other {sum(claim.failed for claim in others)} failed from {causes_left}.")
    return " ".join(said)

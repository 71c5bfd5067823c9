"""How much of failure could perhaps have been prevented, and what that would be if every cause were known."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.causes import Causes, causes
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import outcome_named, when_words
from dashboard.analyses.shares import share_of
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.definitions import Outcome, load
from dashboard.definitions.terms import CauseReading
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import proportions


def preventable_verdict(records: Records, outcome: str, within_days: int = 730) -> Verdict:
    """Of the failures seen by a landmark and of known cause, the share that could perhaps have been prevented.

    Of what no cause could be named, or none is recorded, nothing is known: all of it preventable, or none, are the ends
    of what the share of all failures could be. Figures are those of ``causes``.
    """
    known = outcome_named(outcome)
    check_failure(known)
    return said_of_causes(causes(records, outcome, "family", within_days), when_words(known, within_days))


def check_failure(outcome: Outcome) -> None:
    """Raises WrongUsage for what is no failure: the causes that are recorded are those of failure."""
    if not outcome.is_failure:
        label = wording.within_sentence(outcome.short)
        raise WrongUsage(f"Causes are recorded of failure, and {label} is none: choose a definition of failure.")


def said_of_causes(answer: Causes, when: str) -> Verdict:
    """The verdict on the causes of one cohort; when: by which time its failures were seen."""
    if not answer.failed:
        return Verdict(f"No failure was seen {when} among these operations.")
    claims = _claims(answer, f"Failures seen {when}")
    return Verdict(_answer(claims, answer, when), _doubt(claims, answer), claims)


def of_reading(answer: Causes, reading: CauseReading) -> int:
    """Failures whose main cause is one of those read together."""
    return int(answer.causes.loc[answer.causes["reading"] == reading.name, "failed"].sum())


def of_known_cause(answer: Causes) -> int:
    """Failures of which a cause is recorded and named."""
    return answer.failed - answer.without_cause - not_named(answer)


def not_named(answer: Causes) -> int:
    """Failures of which it is recorded that no cause could be named."""
    return sum(of_reading(answer, reading) for reading in load().cause_readings if not reading.named)


def _claims(answer: Causes, what: str) -> tuple[Claim, ...]:
    reading = load().preventable
    known, failed = of_known_cause(answer), of_reading(answer, reading)
    found = share_of(failed, known) if known >= FEWEST_FOR_A_SHARE else dict.fromkeys(("share", "lower", "upper"))
    band = proportions.non_response_band(failed, known, answer.failed)
    of_all = f"{what}, of all"
    claims = [
        Claim(f"{what}, of known cause", reading.name, reading.label, found["share"], known, failed,
              lower=found["lower"], upper=found["upper"]),
    ]  # fmt: skip
    if band is not None and known < answer.failed and answer.failed >= FEWEST_FOR_A_SHARE:
        unknown = answer.failed - known
        claims += [
            Claim(of_all, "none unknown", "If none of unknown cause could", band.best, answer.failed, failed),
            Claim(of_all, "all unknown", "If all of unknown cause could", band.worst, answer.failed, failed + unknown),
        ]
    return tuple(claims)


def _answer(claims: tuple[Claim, ...], answer: Causes, when: str) -> str:
    own = claims[0]
    seen = f"{wording.count(answer.failed, 'failure')} seen {when}"
    those = f"{own.failed} of the {own.operations:,} whose cause is known"
    label = wording.within_sentence(own.label)
    if own.figure is None:
        return f"Of {seen}, {those} {label}: too few for a share."
    share = f"{wording.percent(own.figure)}; {wording.interval(own.lower, own.upper)}"
    return f"Of {seen}, {those} ({share}) {label}."


def _doubt(claims: tuple[Claim, ...], answer: Causes) -> str:
    unknown = answer.failed - claims[0].operations
    if not unknown:
        return ""
    parts = [
        words
        for count, words in (
            (not_named(answer), f"of {not_named(answer)} no cause could be named"),
            (answer.without_cause, f"of {answer.without_cause} none is recorded"),
        )
        if count
    ]
    cause_unknown = f"{wording.at_the_start(wording.joined(parts))}."
    if len(claims) == 1:
        return cause_unknown
    _, none, all_of_them = claims
    return (
        f"{cause_unknown} Could none of these have been prevented, it would be {wording.percent(none.figure or 0)} of "
        f"all {answer.failed:,}; could all, {wording.percent(all_of_them.figure or 0)}."
    )

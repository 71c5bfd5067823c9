"""How many of 100 patients like one are expected to fail, and how many of those in whom something was changed."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import wording
from dashboard.analyses.asked import Asked
from dashboard.analyses.estimate import AVERAGE, Change, Estimate, check_horizon, estimate
from dashboard.analyses.groups import outcome_named, when_words
from dashboard.analyses.verdicts.claim import ALIKE, FEW, Claim, Verdict, apart_words, judged
from dashboard.definitions import Outcome
from dashboard.records import Records

LIKE_THIS = "Patients like this"
GIVE = (
    "Say what is planned, and what is known of the patient: --procedure NAME --profile FACTOR=BAND, a band's name or "
    "a number, as in --procedure tlif --profile smoking=current --profile bmi=34."
)
AVERAGE_OF_SUCH = "The intervals are of the average of such patients, and no prediction for one of them."
POOR_C = 0.6
"""Below this a model hardly tells patients apart, and the reader is told."""
CHANCE = {ALIKE: ", no more than chance would do", FEW: ", too uncertain to say whether chance would do"}


def asked_of_patient(records: Records, asked: Asked) -> Verdict:
    """The verdict where a patient is described; else what to give."""
    if not asked.procedure:
        return Verdict(GIVE)
    check_horizon(asked.outcome, asked.days)
    return patient_verdict(records, asked.outcome, asked.procedure, asked.profile, asked.days)


def patient_verdict(
    records: Records, outcome: str, procedure: str, profile: Mapping[str, str], within_days: int = 730
) -> Verdict:
    """What the model expects of 100 patients like this, and of 100 in whom each factor at risk was changed.

    Figures are those of ``estimate``. A difference is the changed share less the patient's own; of an outcome asked at
    a visit the days play no part. Where there is no figure by then, what can be said by another time stands behind why.
    """
    known = outcome_named(outcome)
    found = estimate(records, procedure, profile, outcome)
    one = next((each for each in found if each.within_days == within_days), found[-1])
    told = one if one.share is not None else next((each for each in found if each.share is not None), None)
    refused = "" if told is one else f"No figure {when_words(known, one.within_days)}: {_reason(one.reason)}"
    if told is None:
        return Verdict(refused)
    when = when_words(known, told.within_days)
    changed = (_changed(told, change, known, when) for change in told.changes if change.apart)
    claims = (_own(told, known, when), *changed)
    answer, doubt = _answer(told, claims, known, when), _doubt(records, told, procedure)
    return Verdict(refused or answer, f"{answer} {doubt}" if refused else doubt, claims)


def hundred(share: float | None) -> int:
    """So many of 100, as they are drawn and said."""
    return round(100 * (share or 0))


def of_hundred(share: float | None, lower: float | None, upper: float | None) -> str:
    """So many of 100 with the interval: "31 (24 to 39)"."""
    return f"{hundred(share)} ({hundred(lower)} to {hundred(upper)})"


def _reason(reason: str) -> str:
    """A reason without its own heading, as it goes on after one."""
    return wording.within_sentence(reason.removeprefix("No estimate: ").removeprefix("No figure: "))


def _own(one: Estimate, outcome: Outcome, when: str) -> Claim:
    plan = one.model.plan
    return Claim(
        f"{outcome.short} {when}", "patient", LIKE_THIS, one.share, plan.operations, plan.failed,
        lower=one.lower, upper=one.upper, comparator=AVERAGE, comparator_figure=one.average,
    )  # fmt: skip


def _changed(one: Estimate, change: Change, outcome: Outcome, when: str) -> Claim:
    plan = one.model.plan
    share, lower, upper = change.expected or (None, None, None)
    apart, apart_lower, apart_upper = change.apart or (None, None, None)
    return Claim(
        f"{outcome.short} {when}", change.factor, change.change.words, share, plan.operations, plan.failed,
        judged(apart_lower, apart_upper), lower, upper, LIKE_THIS.lower(), one.share, apart, apart_lower, apart_upper,
    )  # fmt: skip


def _answer(one: Estimate, claims: tuple[Claim, ...], outcome: Outcome, when: str) -> str:
    own, *changed = claims
    count, interval = of_hundred(own.figure, own.lower, own.upper).split(" ", 1)
    parts = [
        f"Of 100 patients like this, {count} are expected to {_fail(outcome)} {when} {interval}",
        *map(_other_words, changed),
    ]
    refused = [f"No figure for 100 {each.change.words}: {_reason(each.reason)}" for each in one.changes if each.reason]
    return " ".join([f"{'; '.join(parts)}.", *refused])


def _fail(outcome: Outcome) -> str:
    return "fail" if outcome.is_failure else f"have this ({wording.within_sentence(outcome.short)})"


def _other_words(claim: Claim) -> str:
    count = of_hundred(claim.figure, claim.lower, claim.upper)
    how = "fewer" if (claim.difference or 0) < 0 else "more"
    return f"of 100 {claim.label}, {count}: {apart_words(claim, how)}{CHANCE.get(claim.word, '')}"


def _doubt(records: Records, one: Estimate, procedure: str) -> str:
    """On what it rests: as what the procedure stands, what plays no part, how well the model tells patients apart."""
    sentences = [AVERAGE_OF_SUCH]
    if not one.by_itself:
        sentences.append(f"{wording.at_the_start(stands_as(records, one, procedure))}.")
    if one.not_used:
        silent = [f"{wording.within_sentence(label)} ({why})" for label, why in one.not_used]
        sentences.append(f"Not used: {wording.joined(silent)}.")
    if one.changes:
        sentences.append("Patients are compared, not one before and after: an association.")
    c = one.model.c_statistic
    if c is not None:
        sentences.append(f"{_apart_by(c)} (c-statistic {c:.2f}; 0.5 is chance, 1 perfect).")
    return " ".join(sentences)


def _apart_by(c: float) -> str:
    return "The model hardly tells patients apart" if c < POOR_C else "The model tells patients apart in part"


def stands_as(records: Records, one: Estimate, procedure: str) -> str:
    """As what the procedure stands in the model: "as Fusion (400 of the model's operations): too few failures for TLIF
    by itself"."""
    size = f"{one.group_operations:,} of the model's operations"
    if one.by_itself:
        return f"as {one.group} ({size})"
    return f"as {one.group} ({size}): too few failures for {records.label('procedure', procedure)} by itself"

"""How many of 100 patients like one are expected to fail, and how many of those in whom something was changed."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard import wording
from dashboard.analyses.asked import Asked
from dashboard.analyses.estimate import AVERAGE, Change, Estimate, Tenth, check_horizon, estimate
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
    claims = _claims(one, known)
    if told is one:
        return Verdict(_answer(one, claims, known), _doubt(records, one, procedure), claims)
    refused = _refused(one, claims, known)
    if told is None:
        return Verdict(refused, claims=claims)
    others = _claims(told, known)
    return Verdict(refused, f"{_answer(told, others, known)} {_doubt(records, told, procedure)}", claims + others)


def hundred(share: float | None) -> int:
    """So many of 100, as they are drawn and said."""
    return round(100 * (share or 0))


def of_hundred(share: float | None, lower: float | None, upper: float | None) -> str:
    """So many of 100 with the interval: "31 (24 to 39)"."""
    return f"{hundred(share)} ({hundred(lower)} to {hundred(upper)})"


def _reason(reason: str) -> str:
    """A reason without its own heading, as it goes on after one."""
    return wording.within_sentence(reason.removeprefix("No estimate: ").removeprefix("No figure: "))


def _claims(one: Estimate, outcome: Outcome) -> tuple[Claim, ...]:
    """The patient's own where there is a figure, then each change that has one."""
    plan, what = one.model.plan, f"{outcome.short} {when_words(outcome, one.within_days)}"
    own = Claim(
        what, "patient", LIKE_THIS, one.share, plan.operations, plan.failed,
        lower=one.lower, upper=one.upper, comparator=AVERAGE, comparator_figure=one.average,
    )  # fmt: skip
    changed = [_changed(one, change, what) for change in one.changes if change.expected]
    return (*([own] if one.share is not None else []), *changed)


def _changed(one: Estimate, change: Change, what: str) -> Claim:
    plan = one.model.plan
    share, lower, upper = change.expected or (None, None, None)
    plain = (what, change.factor, change.change.words, share, plan.operations, plan.failed)
    if change.apart is None:
        return Claim(*plain, lower=lower, upper=upper)
    apart = change.apart
    return Claim(*plain, judged(apart.lower, apart.upper), lower, upper, LIKE_THIS.lower(), one.share, *apart)


def _answer(one: Estimate, claims: tuple[Claim, ...], outcome: Outcome) -> str:
    own, *changed = claims
    count, interval = of_hundred(own.figure, own.lower, own.upper).split(" ", 1)
    expected = f"{count} are expected to {_fail(outcome)} {when_words(outcome, one.within_days)} {interval}"
    parts = [f"Of 100 patients like this, {expected}", *map(_other_words, changed)]
    refused = [f"No figure for 100 {each.change.words}: {_reason(each.reason)}" for each in one.changes if each.reason]
    return " ".join([f"{'; '.join(parts)}.", *refused])


def _refused(one: Estimate, claims: tuple[Claim, ...], outcome: Outcome) -> str:
    """Why there is no figure, and what is expected of those who changed, where that was tried."""
    when = when_words(outcome, one.within_days)
    sentences = [f"No figure {when}: {_reason(one.reason)}"]
    changed = [f"of 100 {claim.label}, {of_hundred(claim.figure, claim.lower, claim.upper)}" for claim in claims]
    if changed:
        sentences.append(f"Patients otherwise like this, expected to {_fail(outcome)}: {'; '.join(changed)}.")
    return " ".join(sentences)


def _fail(outcome: Outcome) -> str:
    return "fail" if outcome.is_failure else f"have this ({wording.within_sentence(outcome.short)})"


def _other_words(claim: Claim) -> str:
    count = of_hundred(claim.figure, claim.lower, claim.upper)
    how = "fewer" if (claim.difference or 0) < 0 else "more"
    return f"of 100 {claim.label}, {count}: {apart_words(claim, how)}{CHANCE.get(claim.word, '')}"


def _doubt(records: Records, one: Estimate, procedure: str) -> str:
    """On what it rests: as what the procedure stands, what plays no part, how well the model tells patients apart."""
    sentences = [] if one.by_itself else [f"{wording.at_the_start(stands_as(records, one, procedure))}."]
    if one.not_used:
        silent = [f"{wording.within_sentence(label)} ({why})" for label, why in one.not_used]
        sentences.append(f"Not used: {wording.joined(silent)}.")
    if one.tenth and (one.tenth.outermost or missed(one.tenth)):
        sentences.append(tenth_words(one.tenth))
    sentences.append(AVERAGE_OF_SUCH)
    if one.changes:
        sentences.append("Patients are compared, not one before and after: an association.")
    c = one.model.c_statistic
    if c is not None:
        sentences.append(f"{_apart_by(c)} (c-statistic {c:.2f}; 0.5 is chance, 1 perfect).")
    return " ".join(sentences)


def missed(tenth: Tenth) -> bool:
    """Whether the model expected another share of those at about this risk than chance lets them have had."""
    return not tenth.seen.lower <= tenth.expected <= tenth.seen.upper


def tenth_words(tenth: Tenth) -> str:
    """How right the model was on those at about this risk: "Of the highest tenth … 33.4 % were expected to fail …"."""
    seen = wording.share_words(tenth.seen.share, tenth.failed, tenth.operations, tenth.seen.lower, tenth.seen.upper)
    operations = "tenth of the model's operations"
    whom = f"the {tenth.outermost} {operations}" if tenth.outermost else f"the {operations} at about this risk"
    off = "low" if tenth.seen.lower > tenth.expected else "high"
    told = f": the model was too {off} there" if missed(tenth) else ""
    return f"Of {whom} {wording.percent(tenth.expected)} were expected to fail, and {seen} did{told}."


def _apart_by(c: float) -> str:
    return "The model hardly tells patients apart" if c < POOR_C else "The model tells patients apart in part"


def stands_as(records: Records, one: Estimate, procedure: str) -> str:
    """As what the procedure stands in the model: "as Fusion (400 of the model's operations): too few failures for TLIF
    by itself"."""
    size = f"{one.group_operations:,} of the model's operations"
    if one.by_itself:
        return f"as {one.group} ({size})"
    return f"as {one.group} ({size}): too few failures for {records.label('procedure', procedure)} by itself"

"""Whether one factor goes along with failure, adjusted: smokers against non-smokers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from dashboard import wording
from dashboard.analyses.adjusted_risk import AdjustedRisk, adjusted_risk
from dashboard.analyses.case_mix import factor_label
from dashboard.analyses.changing_ratio import LEVEL
from dashboard.analyses.groups import event_words, failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.model_plan import NEEDED
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.verdicts.claim import (
    ALIKE,
    FEW,
    HIGHER,
    LOWER,
    RATIO,
    Claim,
    Verdict,
    apart_words,
    few,
    judged,
    shares_words,
)
from dashboard.analyses.verdicts.factors import limits_words, phrase_of, ratio_claims, reference_phrase
from dashboard.definitions import Outcome, load
from dashboard.errors import WrongUsage
from dashboard.records import Records

TOGETHER_BECAUSE = "; bands stand together where failures are too few to tell them apart"
CONSTANT = "whether the ratio stays the same all the time"


@remembered
def exposure_verdict(records: Records, outcome: str, exposure: str | None, within_days: int = 730) -> Verdict:
    """The bands of one factor against its reference: adjusted ratios, the shares without adjusting, and by period.

    The bands that are worth changing, where the definition names them, stand in the answer, the others behind it.
    Figures are those of ``adjusted_risk`` and ``risk_factors``. Raises WrongUsage without a factor that a model takes.
    """
    if exposure is None:
        raise WrongUsage(f"Name the factor of interest (--exposure): {', '.join(load().adjusting)}.")
    known = outcome_named(outcome)
    check_recorded(records, outcome)
    answer = adjusted_risk(records, outcome, within_days, exposure)
    when = f"{failed_words(known)} {when_words(known, within_days)}"
    crude = _share_claims(records, known, within_days, exposure)
    shares = _shares_said(_in_front(crude, exposure)[0], when)
    if answer.plan.reason:
        return Verdict(f"No adjusted figure: {answer.plan.reason}.", shares, tuple(crude))
    ratios = ratio_claims(answer, known, within_days, exposure)
    constant, periods = _constant_claim(answer, exposure), _period_claims(answer, known, exposure)
    if not ratios:
        return Verdict(f"No ratio: no band of {factor_label(exposure).lower()} can be compared.", shares, tuple(crude))
    first, rest = _in_front(ratios, exposure)
    said, of_time = _ratios_said(first, answer, known, within_days), _constant_said(answer, exposure, constant, periods)
    of_first = {claim.unit for claim in first}
    if sum(claim.unit in of_first for claim in periods) > len(of_first):
        # What one ratio does not describe is not told by one ratio first.
        said, of_time = of_time, f"Over all that time as one: {wording.within_sentence(said)}"
    behind = [_briefly(rest), _adjusted_for(answer, exposure), of_time, shares]
    claims = (*first, *rest, *([constant] if constant else ()), *periods, *crude)
    return Verdict(said, " ".join(part for part in behind if part), claims)


def answerable(records: Records, outcome: str, exposure: str, within_days: int) -> bool:
    """Whether the operations suffice for an adjusted answer: a model, and enough in some band that is asked about."""
    claims = exposure_verdict(records, outcome, exposure, within_days).claims
    first, _ = _in_front([claim for claim in claims if claim.measure == RATIO], exposure)
    return any(claim.word != FEW for claim in first)


def _share_claims(records: Records, outcome: Outcome, within_days: int, exposure: str) -> list[Claim]:
    """A claim for each band beside the reference whose share may be shown: shares, unadjusted."""
    rows = risk_factors(records, outcome.name, within_days)
    rows = rows[(rows["factor"] == exposure) & rows["shown"]]
    factor = load().factors[exposure]
    bands = {row.band: row for row in rows_of(rows)}
    usual = bands.get(factor.reference)
    if usual is None:
        return []
    what = f"{outcome.short} {when_words(outcome, within_days)}"
    claims = []
    for row in (bands[band.name] for band in factor.bands if band.name in bands and band.name != factor.reference):
        if pd.isna(row.difference):
            continue
        too_few = few(row.operations, row.failed, usual.operations, usual.failed)
        # Asked beforehand, and told with its interval: however wide, chance is the word for what it may be.
        word = FEW if too_few else judged(row.difference_lower, row.difference_upper, widest=None)
        claims.append(Claim(
            what, f"{exposure}:{row.band}", factor.phrase(row.band), row.share, int(row.operations), int(row.failed),
            word, row.lower, row.upper, factor.phrase(factor.reference), usual.share, row.difference,
            row.difference_lower, row.difference_upper,
        ))  # fmt: skip
    return claims


def _shares_said(claims: Sequence[Claim], when: str) -> str:
    """Shares without adjusting: of one band with its distance from the reference, of several beside it."""
    if not claims:
        return ""
    usual = f"{wording.percent(claims[0].comparator_figure or 0)} of those with {claims[0].comparator}"
    if len(claims) > 1:
        return f"Not adjusted, {when}: {shares_words(claims)}; {usual}."
    (claim,) = claims
    words = {ALIKE: ", which may be chance", FEW: ", too few to say whether that is chance"}
    return (
        f"Not adjusted, {wording.percent(claim.figure or 0)} of the operations with {claim.label} {when}, {usual}: "
        f"{_apart(claim)}{words.get(claim.word, ', more than chance would do')}."
    )


def _apart(claim: Claim) -> str:
    """9.1 points apart (−1.1 to 19.3)."""
    size, _, limits = apart_words(claim).partition(" (")
    return f"{size} apart ({limits}"


def _in_front(claims: Sequence[Claim], exposure: str) -> tuple[list[Claim], list[Claim]]:
    """The claims of the bands at risk, and the others; all where the definition names none that occurs."""
    at_risk = {f"{exposure}:{band}" for band in load().factors[exposure].at_risk}
    first = [claim for claim in claims if claim.unit in at_risk]
    return (first, [claim for claim in claims if claim.unit not in at_risk]) if first else (list(claims), [])


def _ratios_said(claims: Sequence[Claim], answer: AdjustedRisk, outcome: Outcome, within_days: int) -> str:
    """Each band that stands out; then those that do not, together."""
    when, measure = when_words(outcome, within_days), wording.within_sentence(answer.measure)
    events = event_words(outcome)
    told = [
        f"{wording.at_the_start(claim.label)} went along with {'more' if claim.word == HIGHER else 'fewer'} {events} "
        f"{when}, adjusted: {measure} {apart_words(claim)} against {claim.comparator}."
        for claim in claims
        if claim.stands_out
    ]
    alike, small = ([claim for claim in claims if claim.word == word] for word in (ALIKE, FEW))
    if len(alike) == 1:
        (claim,) = alike
        many = "more" if (claim.difference or 1) > 1 else "fewer"
        told.append(
            f"That {claim.label} went along with {many} {events} {when} may be chance, adjusted: {measure} "
            f"{apart_words(claim)} against {claim.comparator}."
        )
    elif alike:
        told.append(
            f"{wording.at_the_start(_listed(alike))} differ {when} from {alike[0].comparator} by no more than chance "
            f"would do: {measure}s, adjusted."
        )
    told += [
        f"{wording.at_the_start(claim.label)}: too few to say, with {wording.count(claim.operations, 'operation')} and "
        f"{claim.failed} seen to fail; adjusted, {measure} {apart_words(claim)} against {claim.comparator}."
        for claim in small
    ]
    return " ".join(told)


def _listed(claims: Sequence[Claim]) -> str:
    return wording.joined([f"{claim.label} ({limits_words(claim)})" for claim in claims])


def _briefly(claims: Sequence[Claim]) -> str:
    """The other bands, in so many words."""
    by_word: dict[str, list[Claim]] = {}
    for claim in claims:
        by_word.setdefault(claim.word, []).append(claim)
    endings = {HIGHER: "more, beyond chance", LOWER: "fewer, beyond chance"}
    return " ".join(f"{wording.at_the_start(_listed(of))}: {endings.get(word, word)}." for word, of in by_word.items())


def _adjusted_for(answer: AdjustedRisk, exposure: str) -> str:
    plan = answer.plan
    held = [plan.surgery, *(name for name in plan.factors if name != exposure)]
    # A single procedure, or family, is adjusted for by its being the only one.
    surgery = answer.rows[answer.rows["factor"] == plan.surgery]
    held = held if len(surgery) > 1 else held[1:]
    words = f"Adjusted for {wording.joined([wording.within_sentence(factor_label(name)) for name in held])}"
    few_for = [one.factor for one in plan.left_out if one.why.endswith(NEEDED)]
    if few_for:
        first = wording.within_sentence(factor_label(few_for[0]))
        others = f" and {wording.count(len(few_for) - 1, 'other factor')}" if len(few_for) > 1 else ""
        words = f"{words}; failures are too few to adjust for {first}{others}"
    return f"{words}{TOGETHER_BECAUSE if exposure in plan.merged else ''}."


def _constant_claim(answer: AdjustedRisk, exposure: str) -> Claim | None:
    """Of the factor, p of the test whether its ratio stays the same; None where it was not tested."""
    p = answer.change.p(exposure)
    if p is None:
        return None
    own = answer.rows[answer.rows["factor"] == exposure]
    label = factor_label(exposure)
    return Claim(
        CONSTANT, exposure, label, None, int(own["operations"].sum()), int(own["failed"].sum()),
        "" if p < LEVEL else ALIKE, p=p,
    )  # fmt: skip


def _period_claims(answer: AdjustedRisk, outcome: Outcome, exposure: str) -> dict[Claim, str]:
    """The ratios by period, where one does not describe them all, each with the words for its period."""
    rows = answer.change.periods
    rows = rows[(rows["factor"] == exposure) & rows["ratio"].notna()]
    usual = answer.rows[(answer.rows["factor"] == exposure) & answer.rows["reference"]]
    return {
        Claim(
            f"{answer.measure} of {outcome.short} {row.period}, adjusted", f"{exposure}:{row.band}", phrase_of(row),
            None, row.operations, row.failed, judged(row.lower, row.upper, middle=1, widest=None),
            comparator=reference_phrase(answer, next(rows_of(usual))), difference=row.ratio,
            difference_lower=row.lower, difference_upper=row.upper, measure=RATIO,
        ): row.period
        for row in rows_of(rows)
    }  # fmt: skip


def _constant_said(answer: AdjustedRisk, exposure: str, constant: Claim | None, periods: Mapping[Claim, str]) -> str:
    if constant is None or constant.p is None:
        return answer.change.untested
    tested = wording.p_words(constant.p)
    if constant.word == ALIKE:
        return f"No sign that the ratio changes with time ({tested})."
    first, _ = _in_front(list(periods), exposure)
    if not first:
        not_divided = answer.change.undivided.get(exposure, "it is not shown by period")
        return f"One ratio does not describe it, as it changes with time ({tested}); {not_divided}."
    several = len({claim.unit for claim in first}) > 1
    told = [f"{f'{claim.label} ' if several else ''}{apart_words(claim)} {periods[claim]}" for claim in first]
    labels = wording.joined(list(dict.fromkeys(claim.label for claim in first)))
    whose = f"The {wording.within_sentence(answer.measure)} of {labels} against {first[0].comparator}, adjusted,"
    return f"{whose} changes with time ({tested}): {wording.joined(told)}."

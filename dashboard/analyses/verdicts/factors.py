"""Which factors go along with failure, each adjusted for the others: those beyond chance, the surest first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.analyses.adjusted_risk import AdjustedRisk, adjusted_risk
from dashboard.analyses.changing_ratio import TOGETHER
from dashboard.analyses.groups import outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.verdicts.claim import FEW, HIGHER, LOWER, RATIO, Claim, Verdict, apart_words, few, judged
from dashboard.definitions import Outcome, load
from dashboard.records import Records

MOST_NAMED = 4
BY_CHANCE = 0.05
NOT_ADJUSTED = (
    "Each band of each factor is told by itself: none is adjusted for the others, and none is said to differ.",
    "A model, and what is judged by it, rests on counts of very few, and your role shows rounded counts.",
)


@remembered
def factors_verdict(records: Records, outcome: str, within_days: int = 730) -> Verdict:
    """The bands of all factors that the adjusted model holds, by how surely their ratio lies away from 1.

    In the order of the end of the interval that is nearer to 1 (those across it last), then of the ratio: small groups
    with a wild ratio do not lead. Figures are those of ``adjusted_risk``; of protected counts there is no model.
    """
    known = outcome_named(outcome)
    check_recorded(records, outcome)
    if records.viewer.is_protected:
        return Verdict(*NOT_ADJUSTED)
    answer = adjusted_risk(records, outcome, within_days)
    if answer.plan.reason:
        return Verdict(f"There is no adjusted model: {answer.plan.reason}.")
    claims = sorted(ratio_claims(answer, known, within_days), key=_sureness)
    return Verdict(*_said(claims, answer, known, within_days), tuple(claims))


def ratio_claims(answer: AdjustedRisk, outcome: Outcome, within_days: int, factor: str | None = None) -> list[Claim]:
    """A claim for each band with an adjusted ratio, of all factors or one, against the reference of its factor."""
    what = f"{answer.measure} of {outcome.short} {when_words(outcome, within_days)}, adjusted"
    rows = answer.rows if factor is None else answer.rows[answer.rows["factor"] == factor]
    usual = {row.factor: row for row in rows_of(rows[rows["reference"]])}
    return [
        _claim(row, usual[row.factor], what, reference_phrase(answer, usual[row.factor]))
        for row in rows_of(rows[~rows["reference"].astype(bool)])
        if not np.isnan(row.adjusted)
    ]


def drawn_ratios(claims: Sequence[Claim]) -> pd.DataFrame:
    """The claims as rows of a picture of ratios."""
    return pd.DataFrame([_drawn(claim) for claim in claims])


def _drawn(claim: Claim) -> dict[str, Any]:
    factor = claim.unit.partition(":")[0]
    return {
        "label": wording.at_the_start(claim.label), "operations": claim.operations, "failed": claim.failed,
        "ratio": claim.difference, "lower": claim.difference_lower, "upper": claim.difference_upper,
        "word": claim.word, "group": factor,
    }  # fmt: skip


def phrase_of(row: Any) -> str:
    """What a band is called in a sentence: by its definition; of procedures and their families, by its name there."""
    known = load().factors.get(row.factor)
    return known.phrase(row.band) if known else wording.within_sentence(row.band_label)


def reference_phrase(answer: AdjustedRisk, row: Any) -> str:
    """What a reference band is called in a sentence, with the bands that stand together with it."""
    if row.factor not in answer.plan.merged:
        return phrase_of(row)
    known = load().factors[row.factor]
    names = {known.reference, *answer.plan.merged[row.factor].bands}
    return f"{wording.joined([band.phrase for band in known.bands if band.name in names])} together"


def limits_words(claim: Claim) -> str:
    """A ratio beside its name: "1.93; 1.39 to 2.69"."""
    size, _, limits = apart_words(claim).partition(" (")
    return f"{size}; {limits.removesuffix(')')}"


def _claim(row: Any, usual: Any, what: str, comparator: str) -> Claim:
    too_few = few(row.operations, row.failed, usual.operations, usual.failed)
    word = FEW if too_few else judged(row.adjusted_lower, row.adjusted_upper, middle=1, widest=None)
    return Claim(
        what, f"{row.factor}:{row.band}", phrase_of(row), None, int(row.operations), int(row.failed), word,
        comparator=comparator, difference=row.adjusted, difference_lower=row.adjusted_lower,
        difference_upper=row.adjusted_upper, measure=RATIO,
    )  # fmt: skip


def _sureness(claim: Claim) -> tuple[bool, float, float]:
    """How near to 1 the nearer end of the interval lies, on the log scale; then the ratio itself."""
    ratio, lower, upper = (
        math.log(end or 1.0) for end in (claim.difference, claim.difference_lower, claim.difference_upper)
    )
    nearer = 0.0 if lower <= 0 <= upper else min(abs(lower), abs(upper))
    return not claim.stands_out, -nearer, -abs(ratio)


def _said(claims: Sequence[Claim], answer: AdjustedRisk, outcome: Outcome, within_days: int) -> tuple[str, str]:
    when, measure = when_words(outcome, within_days), wording.within_sentence(answer.measure)
    higher, lower = ([claim for claim in claims if claim.word == word] for word in (HIGHER, LOWER))
    doubt = " ".join(part for part in (_by_chance(claims), _small(claims), _changing(answer)) if part)
    if not higher and not lower:
        return (
            f"No factor stands out {when}, adjusted for one another: {_lie(measure, len(claims))} no further from 1 "
            "than chance takes them."
        ), doubt
    parts = []
    if higher:
        named = _named(higher, measure)
        parts.append(f"Strongest {when}, adjusted for one another: {named}.")
    if lower:
        events = "failures" if outcome.is_failure else "cases"
        how = "" if higher else f" {when}, adjusted for one another"
        parts.append(f"Fewer {events}{how}: {_named(lower, '' if higher else measure)}.")
    return " ".join([*parts, _modifiable(higher)]).rstrip(), doubt


def _lie(measure: str, bands: int) -> str:
    return f"the {measure} of 1 band lies" if bands == 1 else f"the {measure}s of {bands} bands lie"


def _named(claims: Sequence[Claim], measure: str) -> str:
    """Bands with their ratios, the first with the name of the measure; of surgery also against which."""
    factors = load().factors
    told = []
    for place, claim in enumerate(claims[:MOST_NAMED]):
        against = "" if claim.unit.split(":")[0] in factors else f" against {claim.comparator}"
        named = f"{measure} " if measure and not place else ""
        told.append(f"{claim.label}{against} ({named}{limits_words(claim)})")
    more = len(claims) - MOST_NAMED
    return wording.joined(told) if more <= 0 else f"{', '.join(told)}, and {wording.count(more, 'band')} more"


def _modifiable(claims: Sequence[Claim]) -> str:
    """Which of them can be changed before surgery."""
    factors = load().factors
    found = [factor for factor, _, band in (claim.unit.partition(":") for claim in claims)
             if factor in factors and factors[factor].modifiable and band in factors[factor].at_risk]  # fmt: skip
    labels = wording.joined([wording.within_sentence(factors[name].label) for name in dict.fromkeys(found)])
    return f"{wording.at_the_start(labels)} can be changed before surgery." if labels else ""


def _by_chance(claims: Sequence[Claim]) -> str:
    expected = round(BY_CHANCE * len(claims))
    return f"Of {len(claims)} bands compared about {expected} would seem to differ by chance alone." if expected else ""


def _small(claims: Sequence[Claim]) -> str:
    small = [claim.label for claim in claims if claim.word == FEW]
    return f"Too few to say: {wording.joined(small)}." if small else ""


def _changing(answer: AdjustedRisk) -> str:
    """Whose ratio changes with time."""
    tests = answer.change.tests
    changing = tests.loc[tests["factor"].isin(answer.change.changing), "factor_label"]
    names = [wording.within_sentence(label) for label in changing]
    if names:
        change = "changes" if len(names) == 1 else "change"
        return f"One ratio does not describe {wording.joined(names)}, which {change} with time."
    p = answer.change.p(TOGETHER)
    if p is None or pd.isna(p):
        return answer.change.untested
    return ""

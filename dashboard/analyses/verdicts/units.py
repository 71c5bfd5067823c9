"""Where a surgeon or a site stands by the limits of chance, and what could be seen. Never one against another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from dashboard import wording
from dashboard.analyses.compare import Comparison, compare
from dashboard.analyses.failure_rate import NOBODY_DUE
from dashboard.analyses.groups import event_words, failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.unit_funnels import Detection
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, RATIO, Claim, Verdict
from dashboard.definitions import Outcome
from dashboard.records import Records
from dashboard.stats.funnel import WITHIN

LEVEL = 0.05
OWN_PATIENTS = "what its own patients and procedures lead one to expect"
SURE = 0.995
NO_CASE_MIX = "there is no model of case mix, which takes the operations whose state is known"
"""What the model of Compare is called, so that it is not taken for the one of Risk factors, which follows a course."""
SIDES = {HIGHER: "above the upper", LOWER: "below the lower"}


def units_verdict(records: Records, outcome: str, by: str = "surgeon", within_days: int = 730) -> Verdict:
    """Each unit by the limits of the funnels that are drawn: of its ratio, and of its share where that is drawn too.

    The word of a claim is the place of its dot in the funnel; one that is not drawn is too few to say. ``q`` allows for
    how many were compared in that funnel. What either funnel could have seen is always said.
    """
    known = outcome_named(outcome)
    return concluded(compare(records, outcome, by, within_days), known, when_words(known, within_days))


def concluded(answer: Comparison, known: Outcome, when: str) -> Verdict:
    """The same of a comparison that was made: of which outcome, and at which time."""
    by = answer.by
    if answer.units.empty:
        return Verdict(f"Of none of these operations is the {by} recorded: there is nobody to hold against a limit.")
    ratios = [_ratio_claim(row, f"{known.short} {when}, seen to expected") for row in rows_of(answer.units)]
    shares = [_share_claim(row, answer, f"{known.short} {when}, share") for row in rows_of(answer.units)]
    # One alone is all of them together: its share can be held against nothing.
    shares = shares if answer.shares is not None and (len(shares) > 1 or answer.others) else []
    told, doubt, more = _parts(answer, ratios, shares, known, when)
    return Verdict(told, " ".join(filter(None, (doubt, more))), (*ratios, *shares))


def _parts(
    answer: Comparison, ratios: Sequence[Claim], shares: Sequence[Claim], known: Outcome, when: str
) -> tuple[str, str, str]:
    """What is concluded, whether it holds for all compared, and what more there is to bear in mind."""
    told = " ".join(
        filter(None, (_ratios_said(answer, ratios, known, when), _shares_said(answer, shares, known, when)))
    )
    by = answer.by
    allowing = _allowing(ratios, by, "by the ratio" if shares else ""), _allowing(shares, by, "by the share")
    alone = len(answer.units) == 1 and not answer.others
    more = (
        *_left_out(answer, ratios),
        f"Alone: choose all {answer.by}s to see it among the others." if alone else "",
        "The others stand behind the limits, and are not shown." if answer.others else "",
        seen_words(answer),
    )
    return told, " ".join(filter(None, allowing)), " ".join(filter(None, more))


def in_two(answer: Comparison, known: Outcome, when: str) -> tuple[Verdict, str]:
    """The same for a screen: what stands above the pictures, and what stands with the method below them.

    To whoever looks at the own operations among others these are "You", as in the pictures.
    """
    units = answer.units
    called = replace(answer, units=units.assign(label=units["label"].mask(units["own"].astype(bool), wording.YOU)))
    found, more = _in_two(called, known, when)
    return replace(found, claims=concluded(answer, known, when).claims), more


def _in_two(answer: Comparison, known: Outcome, when: str) -> tuple[Verdict, str]:
    whole = concluded(answer, known, when)
    ratios = [claim for claim in whole.claims if claim.measure == RATIO]
    shares = [claim for claim in whole.claims if claim.measure != RATIO]
    if not whole.claims:
        return whole, ""
    told, doubt, more = _parts(answer, ratios, shares, known, when)
    return Verdict(told, doubt, whole.claims), more


def seen_words(answer: Comparison) -> str:
    """What the funnels could detect, of the sizes that there are; the share's where it is drawn or nothing else is."""
    ratios, shares = answer.ratios_see, answer.shares_see
    told = [] if ratios is None else [_could_see(ratios, f"{ratios.size:.1f} failures expected")]
    by_share = "by the share " if told else ""
    if shares is not None and (
        ratios is None or (answer.shares is not None and (len(answer.units) > 1 or answer.others))
    ):
        told.append(by_share + _could_see(shares, wording.count(int(shares.size), "operation")))
    if not told:
        return "Nothing could be seen here: there is no rate to double."
    where = f"{'the middle' if len(answer.units) > 1 else 'this'} {answer.by}"
    where = "yours" if list(answer.units["label"]) == [wording.YOU] else where
    return f"What could be seen: a doubled rate of {where} lies beyond the upper 95 % limit {'; '.join(told)}."


def _could_see(seen: Detection, size: str) -> str:
    """How likely a doubled rate would be seen at a size, and from which size on it would be four times in five."""
    needed = "no size would do for" if seen.needed is None else f"from {seen.needed:,g} on with"
    return f"with probability {probability_words(seen.probability)} (of {size}; {needed} 0.80 or more)"


def probability_words(value: float) -> str:
    """0.92; never a certainty that only rounding makes."""
    return "over 0.99" if value > SURE else "under 0.01" if value < 1 - SURE else f"{value:.2f}"


def _word(shown: bool, position: str, figure: float, middle: float) -> str:
    """By the limits of the funnel alone."""
    if not shown or not position:
        return FEW
    return ALIKE if position == WITHIN else HIGHER if figure > middle else LOWER


def _ratio_claim(row: Any, what: str) -> Claim:
    """A unit's failures seen by those expected; of one without a ratio the counts alone."""
    word = _word(row.ratio_shown, row.ratio_position, row.ratio, 1.0)
    plain = what, row.unit, row.label
    if not row.ratio_shown:
        return Claim(*plain, None, int(row.cases), int(row.observed), word, comparator=OWN_PATIENTS, measure=RATIO)
    return Claim(
        *plain, row.ratio, int(row.cases), int(row.observed), word, row.lower, row.upper, OWN_PATIENTS, row.expected,
        row.ratio, row.lower, row.upper, row.ratio_p, row.ratio_q, RATIO,
    )  # fmt: skip


def _share_claim(row: Any, answer: Comparison, what: str) -> Claim:
    """A unit's share, of operations whose state is known."""
    target = answer.shares.target if answer.shares else 0.0
    word = _word(row.shown, row.position, row.share, target)
    of = f"operations whose state is known, all these {answer.by}s together"
    plain = what, row.unit, row.label
    if not row.shown:
        return Claim(*plain, None, int(row.operations), int(row.failed), word, comparator=of, comparator_figure=target)
    return Claim(
        *plain, row.share, int(row.operations), int(row.failed), word, row.share_lower, row.share_upper, of, target,
        p=row.share_p, q=row.share_q,
    )  # fmt: skip


def _ratios_said(answer: Comparison, claims: Sequence[Claim], outcome: Outcome, when: str) -> str:
    if answer.model.fit is None:
        return f"Nobody is held against what is expected: {NO_CASE_MIX}, as {answer.model.plan.reason}."
    drawn = [claim for claim in claims if claim.figure is not None]
    if not drawn:
        why = "none has ten operations with everything recorded and five expected failures."
        if set(answer.units["note"]) == {NOBODY_DUE}:
            why = wording.within_sentence(NOBODY_DUE)
        return f"No {answer.by} is held against what is expected: {why}"
    return _placed(
        answer, drawn, lambda claim: _ratio_words(claim, outcome, when), "ratio of failures seen to expected", "ratio"
    )


def _ratio_words(claim: Claim, outcome: Outcome, when: str) -> str:
    """S06: 33 failures seen by 2 years, 20.2 expected (ratio 1.63, 1.12 to 2.29)."""
    return (
        f"{claim.label}: {event_words(outcome, claim.failed)} seen {when}, {claim.comparator_figure:.1f} expected "
        f"(ratio {claim.figure:.2f}, {wording.ratio_interval(claim.lower, claim.upper)})"
    )


def _shares_said(answer: Comparison, claims: Sequence[Claim], outcome: Outcome, when: str) -> str:
    drawn = [claim for claim in claims if claim.figure is not None]
    if not drawn:
        return ""
    return _placed(
        answer,
        drawn,
        lambda claim: _share_words(claim, outcome, when),
        "share failed, not adjusted",
        "share, not adjusted",
    )


def _share_words(claim: Claim, outcome: Outcome, when: str) -> str:
    """S06: 38.1 % (16 of 42; 25.0 to 53.2) failed by 2 years, 20.8 % of all whose state is known."""
    share = wording.share_words(claim.figure or 0.0, claim.failed, claim.operations, claim.lower, claim.upper)
    together = f"{wording.percent(claim.comparator_figure or 0.0)} of all whose state is known"
    return f"{claim.label}: {share} {failed_words(outcome)} {when}, {together}"


def _placed(answer: Comparison, drawn: Sequence[Claim], words: Callable[[Claim], str], measure: str, short: str) -> str:
    """One's own and who lies beyond the limits of one funnel, each by itself; or that nobody does."""
    own = set(answer.units.loc[answer.units["own"], "unit"])
    named = [claim for claim in drawn if claim.unit in own or claim.stands_out or len(drawn) == 1]
    named.sort(key=lambda claim: claim.unit not in own)
    if not named:
        return f"By the {measure}, all {len(drawn)} {answer.by}s lie within the limits of chance."
    told = "; ".join(f"{words(claim)}, {_place(answer, claim)} of the {short}" for claim in named)
    rest = len(drawn) - len(named)
    return f"{told}{f'; the other {rest} within them' if rest else ''}."


def _place(answer: Comparison, claim: Claim) -> str:
    """Above the upper 95 % limit, or within the limits."""
    return f"{SIDES[claim.word]} {_limit(answer, claim)} limit" if claim.stands_out else "within the limits"


def _limit(answer: Comparison, claim: Claim) -> str:
    """95 % or 99.8 %, as its dot is drawn."""
    column = "ratio_position" if claim.measure == RATIO else "position"
    row = answer.units[answer.units["unit"] == claim.unit].iloc[0]
    return str(row[column]).removeprefix("beyond ")


def _allowing(claims: Sequence[Claim], by: str, which: str) -> str:
    """Whether those beyond the limits remain so once it is allowed for how many were compared."""
    drawn = [claim for claim in claims if claim.figure is not None]
    beyond = [claim for claim in drawn if claim.stands_out]
    if len(drawn) < 2 or not beyond:
        return ""
    remain = [claim.label for claim in beyond if claim.q is not None and claim.q < LEVEL]
    nobody = "it does not stand out" if len(beyond) == 1 else "none stands out"
    named = f"{wording.joined(remain)} still {'stands' if len(remain) == 1 else 'stand'} out"
    words = f"allowing for {len(drawn)} {by}s compared {which}".strip()
    return f"{wording.at_the_start(words)}, {named if remain else nobody}."


def _left_out(answer: Comparison, ratios: Sequence[Claim]) -> list[str]:
    """Of those beyond the limits of the ratio: failures that it leaves out, and an interval that says less."""
    beyond = {claim.unit for claim in ratios if claim.stands_out}
    rows = [row for row in rows_of(answer.units) if row.unit in beyond]
    dropped = [
        f"{row.dropped_failed} of {_whose(row.label)} {row.failed} failures left out: a factor is not recorded."
        for row in rows if row.dropped_failed
    ]  # fmt: skip
    across = [row.label for row in rows if row.lower <= 1 <= row.upper]
    unsure = f"The interval of {wording.joined(across)}, which is exact, contains 1." if across else ""
    return [*dropped, "Your interval, which is exact, contains 1." if across == [wording.YOU] else unsure]


def _whose(label: str) -> str:
    return "your" if label == wording.YOU else f"{label}'s"

"""A conclusion as it may leave the practice: what differs beyond chance and what does not, without a count or share."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from dashboard import wording
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, Verdict
from dashboard.stats.suppression import Rule

SAID = {
    HIGHER: "Higher than {comparator}, beyond chance: {whom}.",
    LOWER: "Lower than {comparator}, beyond chance: {whom}.",
    ALIKE: "No more than chance would do, against {comparator}: {whom}.",
    FEW: "Too few to say: {whom}.",
}
FIGURES = "The figures stand below, as far as they may be shared."


def without_numbers(verdict: Verdict, rule: Rule, hidden: Collection[str] = ()) -> Verdict:
    """The same conclusion said from its claims alone, in words; for a document whose small counts are hidden by a rule.

    hidden: the groups of whom a count is not shown beside it, for their own sake or for another's. A sentence made for
    the screen quotes exact counts, from which a hidden one could be worked out. Of a group that is hidden nothing is
    said, as the word would tell on which side of five failures it lies; whoever stands in no table and is few is among
    those of whom it is too few to say. Whatever compares nothing is not said again: its figure stands in the table
    below, protected as that is.
    """
    claims = [
        replace(claim, word=FEW) if claim.word and _is_few(claim, rule) else claim
        for claim in verdict.claims if claim.unit not in hidden
    ]  # fmt: skip
    told = [sentence for word in SAID for sentence in _sentences(word, claims)]
    return Verdict(" ".join(told) or FIGURES, FIGURES if told else "", ())


def _is_few(claim: Claim, rule: Rule) -> bool:
    return any(map(rule.is_small, (claim.operations, claim.failed, claim.operations - claim.failed)))


def _sentences(word: str, claims: Sequence[Claim]) -> list[str]:
    """One sentence for each comparator and each thing that is spoken of."""
    found: dict[tuple[str, str], list[str]] = {}
    for claim in claims:
        if claim.word == word:
            comparator = "" if word == FEW else claim.comparator or "all together"
            found.setdefault((comparator, claim.what), []).append(wording.within_sentence(claim.label))
    return [
        SAID[word].format(comparator=wording.within_sentence(comparator), whom=f"{wording.joined(names)} ({what})")
        for (comparator, what), names in found.items()
    ]

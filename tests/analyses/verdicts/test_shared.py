"""A conclusion that leaves the practice says what differs, and no count from which a hidden one could be worked out."""

from __future__ import annotations

import re

from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, Verdict
from dashboard.analyses.verdicts.shared import FIGURES, without_numbers


def claim(label: str, word: str) -> Claim:
    return Claim("FBSS by 2 years", label, label, 0.231, 137, 31, word, comparator="All operations")


def test_says_what_differs_and_what_chance_would_do_without_a_number() -> None:
    told = Verdict(
        "PLIF (31 of 137; 23.1 %) fails more often.",
        "3 groups compared.",
        (claim("PLIF", HIGHER), claim("TLIF", HIGHER), claim("Disc", LOWER), claim("Fusion", ALIKE), claim("X", FEW)),
    )
    assert without_numbers(told).answer == (
        "Higher than all operations, beyond chance: PLIF and TLIF (FBSS by 2 years). "
        "Lower than all operations, beyond chance: disc (FBSS by 2 years). "
        "No more than chance would do, against all operations: fusion (FBSS by 2 years). "
        "Too few to say: x (FBSS by 2 years)."
    )
    assert not re.search(r"31|137|23", without_numbers(told).sentence)


def test_what_compares_nothing_points_to_the_figures() -> None:
    assert without_numbers(Verdict("41 of 600 failed.", claims=(claim("All", ""),))).sentence == FIGURES


def test_claims_do_not_go_along() -> None:
    assert without_numbers(Verdict("", claims=(claim("PLIF", HIGHER),))).claims == ()

"""A conclusion that leaves the practice says what differs, and no count from which a hidden one could be worked out."""

from __future__ import annotations

import re
from dataclasses import replace

from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, Verdict
from dashboard.analyses.verdicts.shared import FIGURES, without_numbers
from dashboard.disclosure import MODES

NHS = MODES["nhs"].rule


def claim(label: str, word: str) -> Claim:
    return Claim("FBSS by 2 years", label, label, 0.231, 137, 31, word, comparator="All operations")


def test_says_what_differs_and_what_chance_would_do_without_a_number() -> None:
    told = Verdict(
        "PLIF (31 of 137; 23.1 %) fails more often.",
        "3 groups compared.",
        (claim("PLIF", HIGHER), claim("TLIF", HIGHER), claim("Disc", LOWER), claim("Fusion", ALIKE), claim("X", FEW)),
    )
    assert without_numbers(told, NHS).answer == (
        "Higher than all operations, beyond chance: PLIF and TLIF (FBSS by 2 years). "
        "Lower than all operations, beyond chance: disc (FBSS by 2 years). "
        "No more than chance would do, against all operations: fusion (FBSS by 2 years). "
        "Too few to say: x (FBSS by 2 years)."
    )
    assert not re.search(r"31|137|23", without_numbers(told, NHS).sentence)


def test_nothing_is_concluded_of_a_group_whose_count_is_hidden() -> None:
    """Higher is said of five failures or more only: beside "fewer than 8" it would tell that they are 5 to 7."""
    hidden = [replace(claim("PLIF", word), failed=6) for word in (HIGHER, ALIKE, FEW)]
    said = {without_numbers(Verdict("", claims=(one,)), NHS).answer for one in hidden}
    assert said == {"Too few to say: PLIF (FBSS by 2 years)."}
    rest = replace(claim("PLIF", HIGHER), failed=134)
    assert without_numbers(Verdict("", claims=(rest,)), NHS).answer in said


def test_a_group_that_is_withheld_for_anothers_sake_is_not_spoken_of() -> None:
    both = Verdict("", claims=(claim("PLIF", HIGHER), claim("Disc", LOWER), claim("Fusion", FEW)))
    said = without_numbers(both, NHS, hidden={"Disc", "Fusion"}).answer
    assert said == "Higher than all operations, beyond chance: PLIF (FBSS by 2 years)."


def test_what_compares_nothing_points_to_the_figures() -> None:
    assert without_numbers(Verdict("41 of 600 failed.", claims=(claim("All", ""),)), NHS).sentence == FIGURES


def test_claims_do_not_go_along() -> None:
    assert without_numbers(Verdict("", claims=(claim("PLIF", HIGHER),)), NHS).claims == ()

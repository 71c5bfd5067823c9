"""How long failures waited to be found after their first symptom, and whether those of one onset waited longer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.analyses.diagnosis_delay import WITHIN, Delay, diagnosis_delay
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE
from dashboard.analyses.groups import NOT_RECORDED, rows_of
from dashboard.analyses.remembering import remembered
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, Verdict
from dashboard.records import Records
from dashboard.stats.group_tests import log_rank
from dashboard.stats.multiplicity import benjamini_hochberg

LEVEL = 0.05
FEWEST_FOUND = 10
"""With fewer found on either side nothing is said of who waited longer."""
WAIT = "Days from the first symptom to the finding: half of those found within 1 year"
SHARE = "Found within 1 year of the first symptom"
OTHERS = "all the others"


@remembered
def delay_verdict(records: Records, by: str = "onset") -> Verdict:
    """Half of the failures found within a year of their first symptom were found by which day, and who waited longer.

    Each group against all the others together, of those found in that time: log-rank, Benjamini-Hochberg over all that
    are compared. How many were never found is said beside it, and of how many of these every symptom resolved.
    """
    (whole,) = rows_of(diagnosis_delay(records).groups)
    if not whole.operations:
        return Verdict("No symptom is recorded after these operations.")
    share = Claim(
        SHARE, whole.group, whole.label, whole.share, int(whole.operations), int(whole.found),
        lower=whole.lower, upper=whole.upper,
    )  # fmt: skip
    if not whole.found:
        many = wording.count(int(whole.operations), "operation")
        return Verdict(f"Of {many} with a symptom afterwards no failure was found within 1 year of it.", "", (share,))
    if whole.found < FEWEST_FOR_A_SHARE:
        many = wording.out_of(whole.found, whole.operations)
        few = f"{many} operations with a symptom were found to have failed within 1 year of it: too few for a median."
        return Verdict(few, _without(whole), (share,))
    claims = (share, _wait(whole), *compared(diagnosis_delay(records, by)))
    return Verdict(_answer(whole), " ".join(filter(None, (_longer(claims[2:]), _without(whole)))), claims)


def compared(delay: Delay) -> list[Claim]:
    """Of each group by when half of those found in a year were found, against all the others."""
    found = {name: _found(counts) for name, counts in delay.counts.items() if name != NOT_RECORDED}
    claims, p = [], []
    for row in rows_of(delay.groups[delay.groups["group"].isin(found)]):
        others = _together([counts for name, counts in found.items() if name != row.group])
        n_others = int(others["failed"].sum())
        test = log_rank({"own": found[row.group], "others": others}) if n_others else None
        enough = test is not None and min(int(row.found), n_others) >= FEWEST_FOUND
        theirs = _half(others) if n_others else None
        claim = replace(_wait(row), comparator=OTHERS, comparator_figure=theirs, p=test.p if test else None)
        claims.append(replace(claim, word=ALIKE if enough else FEW))
        p.append(1.0 if claim.p is None else claim.p)
    each = zip(claims, benjamini_hochberg(np.array(p)), strict=True)
    return [replace(claim, q=float(q), word=_word(claim, float(q))) for claim, q in each]


def _wait(row: Any) -> Claim:
    """By which day half of those found in a year were; operations with a symptom, and of these those found."""
    half, lower, upper = (None if pd.isna(each) else float(each) for each in (row.half, row.half_lower, row.half_upper))
    return Claim(WAIT, row.group, row.label, half, int(row.operations), int(row.found), "", lower, upper)


def _found(counts: pd.DataFrame) -> pd.DataFrame:
    """Those found within the year alone."""
    own = counts[(counts["day"] <= WITHIN) & (counts["failed"] > 0)]
    return own.assign(died=0, left=0)[["day", "failed", "died", "left"]]


def _together(counts: list[pd.DataFrame]) -> pd.DataFrame:
    empty = pd.DataFrame({name: pd.Series(dtype="int64") for name in ("day", "failed", "died", "left")})
    return pd.concat([empty, *counts]).groupby("day", as_index=False).sum()


def _half(counts: pd.DataFrame) -> float:
    so_far = counts["failed"].cumsum()
    return float(counts["day"].to_numpy()[int((so_far >= so_far.iloc[-1] / 2).to_numpy().argmax())])


def _word(claim: Claim, q: float) -> str:
    if claim.word == FEW or q >= LEVEL or claim.figure is None or claim.comparator_figure is None:
        return claim.word
    apart = claim.figure - claim.comparator_figure
    return HIGHER if apart > 0 else LOWER if apart < 0 else ALIKE


def _answer(row: Any) -> str:
    """Half of the 298 failures found within 1 year of their first symptom were found after 50 days (44 to 59 days)."""
    found = wording.count(int(row.found), "failure")
    limits = "" if pd.isna(row.half_lower) else f" ({wording.durations(row.half_lower, row.half_upper)})"
    half = (
        f"Half of the {found} found within 1 year of the first symptom had waited {wording.duration(row.half)} or less"
    )
    return f"{half}{limits}, a quarter longer than {wording.duration(row.three_quarters)}."


def _longer(claims: tuple[Claim, ...]) -> str:
    """Who waited longer or shorter beyond chance; else the longest wait, and that chance would do."""
    beyond = [
        f"{how} {wording.joined([_told(claim) for claim in claims if claim.word == word])}"
        for word, how in HOW.items() if any(claim.word == word for claim in claims)
    ]  # fmt: skip
    if beyond:
        return f"Beyond chance {'; '.join(beyond)}."
    judged = [claim for claim in claims if claim.word == ALIKE and claim.figure is not None]
    if len(judged) < 2:
        return "Too few were found to say whether any waited longer."
    longest = max(judged, key=lambda claim: (claim.figure or 0, claim.unit))
    return f"Longest {_told(longest)}, which may be chance among {len(judged)} compared."


HOW: Mapping[str, str] = {HIGHER: "longer:", LOWER: "shorter:"}


def _told(claim: Claim) -> str:
    """A label without what stands in brackets, and its wait."""
    label = wording.within_sentence(claim.label.partition(" (")[0])
    return f"{label} ({wording.duration(claim.figure or 0)})"


def _without(row: Any) -> str:
    """How many were never found, and what became of their symptoms."""
    if not row.without:
        return ""
    many = f"{wording.out_of(row.without, row.operations)} operations with a symptom have no finding"
    return f"{many}; in {row.resolved:,} of these every symptom resolved."

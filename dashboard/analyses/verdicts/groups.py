"""Which procedures, families or bands fail more or less often than all the others, and whether chance would do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.alike import made_once
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.groups import (
    FAMILY,
    NOT_RECORDED,
    event_words,
    failed_words,
    groups_of,
    outcome_named,
    rows_of,
    when_words,
)
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.verdicts.claim import (
    ALIKE,
    FEW,
    FEWEST_FAILURES,
    FEWEST_OPERATIONS,
    HIGHER,
    LOWER,
    Claim,
    Verdict,
    apart_words,
    few,
    shares_words,
)
from dashboard.definitions import Outcome, load
from dashboard.errors import WrongUsage
from dashboard.leeway import UNSAID
from dashboard.records import Records
from dashboard.slots import UNITS
from dashboard.stats import proportions, survival
from dashboard.stats.group_tests import shares_test
from dashboard.stats.multiplicity import benjamini_hochberg

LEVEL = 0.05
OTHERS = "all the others"
MOST_NAMED = 2


@dataclass(frozen=True)
class _Apart:
    """One group against all the others together."""

    operations: int
    failed: int
    others: int
    others_failed: int
    others_share: float | None
    difference: proportions.Difference | None
    p: float | None


@remembered
def groups_verdict(records: Records, outcome: str, by: str, within_days: int = 730) -> Verdict:
    """Each group against all the others together, marked beyond chance only where the groups as a whole differ.

    Whole: Gray's test cut at the time (Pearson's at a visit). Each: the difference then, p by its standard error,
    Benjamini-Hochberg over all that are shown; one without 50 operations and 5 failures on both sides is never marked.
    Of counts in protected form none is marked: a test of all groups, and an allowance for how many they are, cannot be
    made for all that may stand behind each of them.
    Figures are those of ``failure_rate``; a group whose share is not shown, or that is not recorded, is not compared.
    Raises WrongUsage for surgeons and sites, who are held against the limits of a funnel alone.
    """
    if by in UNITS:
        raise WrongUsage(f"A {by} is held against the limits of a funnel, and against nobody else: ask compare.")
    known = outcome_named(outcome)
    check_recorded(records, outcome)
    rates = failure_rate(records, outcome, by, within_days)
    rates = rates[rates["group"] != NOT_RECORDED]
    shown = rates[rates["shown"].astype(bool)]
    if records.viewer.is_protected:
        return _unsaid(shown, known, by, within_days)
    apart = _at_visit(shown) if known.kind == "landmark" else _over_time(records, outcome, by, within_days, shown)
    whole = _whole_p(records, outcome, by, within_days, shown)
    what = f"{known.short} {when_words(known, within_days)}"
    if known.kind == "landmark":
        shown = shown.assign(operations=shown["known"])
    each = [_claim(row, apart[row.group], what, _named(by, row)) for row in rows_of(shown)]
    claims = _marked(each, whole)
    return _said(claims, known, by, within_days, whole)


def _unsaid(shown: pd.DataFrame, known: Outcome, by: str, within_days: int) -> Verdict:
    """What is said of counts in protected form: each with its figures, and none held against the others."""
    when, many = when_words(known, within_days), _nouns(by)[1]
    counted = "known" if known.kind == "landmark" else "operations"
    claims = tuple(
        Claim(
            f"{known.short} {when}", row.group, _named(by, row), row.share, int(getattr(row, counted)),
            int(row.failed), UNSAID, row.lower, row.upper,
        )
        for row in rows_of(shown)
    )  # fmt: skip
    return Verdict(
        f"Which {many} {failed_words(known)} more or less often than others {when} cannot be told from rounded counts.",
        claims=claims,
    )


@made_once
def judged(rates: pd.DataFrame, found: Verdict) -> pd.DataFrame:
    """The rates with what was concluded of each group beside them, for the picture and the table of the same.

    ``word``, ``difference``, ``difference_lower``, ``difference_upper``: empty for a group that was not compared; the
    word of what is not recorded says so.
    """
    claims = found.frame().rename(columns={"unit": "group"})
    columns = ["group", "difference", "difference_lower", "difference_upper", "word"]
    return rates.merge(claims[columns], on="group", how="left").assign(
        word=lambda rows: rows["word"].fillna("").mask(rows["group"] == NOT_RECORDED, NOT_RECORDED)
    )


def _whole_p(records: Records, outcome: str, by: str, within_days: int, shown: pd.DataFrame) -> float | None:
    """Whether all groups together differ; None where no test can say."""
    if outcome_named(outcome).kind == "landmark":
        return shares_test(shown["failed"].to_numpy(), shown["known"].to_numpy()).p
    p = failure_test(records, outcome, by, within_days)["gray_p"].iloc[0]
    return None if pd.isna(p) else float(p)


def _over_time(records: Records, outcome: str, by: str, within_days: int, shown: pd.DataFrame) -> dict[str, _Apart]:
    counts = {
        group.name: group.counts[["day", "failed", "died", "left"]]
        for group in groups_of(records, "failure_curve", by, outcome=outcome)
        if group.name in set(shown["group"])
    }
    found = {}
    for name, own in counts.items():
        rest = [other for other_name, other in counts.items() if other_name != name]
        others = pd.concat(rest or [own.head(0)]).groupby("day", as_index=False).sum()
        here, there = survival.share_at(own, within_days), survival.share_at(others, within_days)
        found[name] = _Apart(
            here.operations, here.failed, there.operations, there.failed, there.share,
            survival.difference(here, there), survival.difference_p(here, there),
        )  # fmt: skip
    return found


def _at_visit(shown: pd.DataFrame) -> dict[str, _Apart]:
    n, failed = int(shown["known"].sum()), int(shown["failed"].sum())
    found = {}
    for row in rows_of(shown):
        own, others = (int(row.failed), int(row.known)), (failed - int(row.failed), n - int(row.known))
        p = shares_test([own[0], others[0]], [own[1], others[1]]).p
        share = others[0] / others[1] if others[1] else None
        apart = proportions.newcombe_difference(*own, *others)
        found[row.group] = _Apart(own[1], own[0], others[1], others[0], share, apart, p)
    return found


def _named(by: str, row: Any) -> str:
    """What a group is called in a sentence: a band of a factor by its phrase, which says of what it is."""
    factor = load().factors.get(by)
    return factor.phrase(row.group) if factor else str(row.label)


def _claim(row: Any, apart: _Apart, what: str, name: str) -> Claim:
    """The claim of one group, not yet marked: FEW where it never will be."""
    # Without variation no test can say, and where all failed on both sides there is nothing to test.
    untested = apart.p is None and row.share != apart.others_share
    too_few = few(apart.operations, apart.failed, apart.others, apart.others_failed) or untested
    apart_by, lower, upper = apart.difference or (None, None, None)
    return Claim(
        what, row.group, name, row.share, int(row.operations), int(row.failed), FEW if too_few else ALIKE,
        row.lower, row.upper, OTHERS, apart.others_share, apart_by, lower, upper, apart.p,
    )  # fmt: skip


def _marked(claims: Sequence[Claim], whole: float | None) -> list[Claim]:
    """The claims with q, and the word of each that lies beyond chance.

    Whoever is on the picture was compared: one without a p value counts among them as one that chance explains.
    """
    p = np.array([1.0 if claim.p is None else claim.p for claim in claims])
    # Of two, each against the other is the whole.
    differ = len(claims) == 2 or (whole is not None and whole < LEVEL)
    return [
        replace(claim, q=float(q), word=_word(claim, float(q)) if differ else claim.word)
        for claim, q in zip(claims, benjamini_hochberg(p), strict=True)
    ]


def _word(claim: Claim, q: float) -> str:
    if claim.word == FEW or q >= LEVEL or claim.difference_lower is None or claim.difference_upper is None:
        return claim.word
    return HIGHER if claim.difference_lower > 0 else LOWER if claim.difference_upper < 0 else claim.word


def _said(claims: Sequence[Claim], outcome: Outcome, by: str, within_days: int, whole: float | None) -> Verdict:
    when, failed = when_words(outcome, within_days), failed_words(outcome)
    one, many = _nouns(by)
    if len(claims) < 2:
        only = f"Only {wording.within_sentence(claims[0].label)} has" if claims else f"No {one} has"
        return Verdict(f"{only} enough operations for a share: there is nothing to compare.", claims=tuple(claims))
    judged = [claim for claim in claims if claim.word != FEW]
    higher, lower = ([claim for claim in judged if claim.word == word] for word in (HIGHER, LOWER))
    doubt = _doubt(claims, outcome)
    among = f", of the {len(judged)} large enough to judge" if len(judged) < len(claims) else ""
    if not judged:
        needed = f"{wording.count(FEWEST_OPERATIONS, 'operation')} and {event_words(outcome, FEWEST_FAILURES)}"
        few_words = f"No {one} can be held against {OTHERS} {when}: that takes {needed} on either side."
        return Verdict(few_words, doubt, tuple(claims))
    if higher or lower:
        answer = " ".join(
            [*_beyond(higher, f"{failed} more often {when}"), *_beyond(lower, f"{failed} less often {when}")]
        )
    elif whole is not None and whole < LEVEL and len(claims) > 2:
        most = sorted(judged, key=lambda claim: -(claim.figure or 0))
        named = most[: min(MOST_NAMED, len(most) - 1)]
        least = f", {wording.within_sentence(most[-1].label)} least ({wording.percent(most[-1].figure or 0)})"
        which = f": {shares_words(named)} {failed} most often {when}{among}{least}" if named else f" {when}"
        answer = f"The {many} differ by more than chance, though no single one stands out among {len(claims)}{which}."
    else:
        answer = (
            f"No {one} stands out {when}: the differences are no larger than chance makes among {len(claims)} compared."
        )
    return Verdict(wording.at_the_start(answer), doubt, tuple(claims))


def _beyond(claims: Sequence[Claim], how: str) -> list[str]:
    """Who lies beyond chance on one side; the distance where it is one alone."""
    if not claims:
        return []
    by = f", by {apart_words(claims[0])}" if len(claims) == 1 else ""
    ordered = sorted(claims, key=lambda claim: -abs(claim.difference or 0))
    return [f"{wording.at_the_start(shares_words(ordered))} {how} than {OTHERS}{by}."]


def _doubt(claims: Sequence[Claim], outcome: Outcome) -> str:
    """Of those too small to be judged the one that looks worst, where it looks worse than every other that is shown."""
    worst = max(claims, key=lambda claim: (claim.figure or 0, claim.label))
    others = [claim.figure or 0 for claim in claims if claim is not worst]
    if worst.word != FEW or (worst.figure or 0) <= max(others):
        return ""
    looks = f"{wording.at_the_start(worst.label)} looks worst ({wording.percent(worst.figure or 0)})"
    if worst.operations >= FEWEST_OPERATIONS and worst.failed >= FEWEST_FAILURES:
        return f"{looks}, but {OTHERS} are too few, or failed too seldom, to hold it against them."
    size = f"with {wording.count(worst.operations, 'operation')} and {event_words(outcome, worst.failed)}"
    by_chance = worst.difference_lower is None or worst.difference_lower <= 0
    return f"{looks}, but {size} {'that may be chance' if by_chance else 'that is too few to judge by'}."


def _nouns(by: str) -> tuple[str, str]:
    """What a group is called, one and many."""
    named = {"procedure": ("procedure", "procedures"), FAMILY: ("family", "families")}
    if by in named:
        return named[by]
    label = wording.within_sentence(load().factors[by].label)
    return f"group by {label}", f"groups by {label}"

"""How many answered when they were asked, site by site, and what the outcomes of that visit could be at worst."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.access import FIGURES
from dashboard.analyses.failure_rate import COLUMNS, FEWEST_FOR_A_SHARE, failure_rate
from dashboard.analyses.follow_up import chance, everybody, follow_up, follow_up_goal
from dashboard.analyses.groups import NOT_RECORDED, rows_of
from dashboard.analyses.recorded import check_kind, not_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, Verdict, judged
from dashboard.analyses.verdicts.overall import BAND
from dashboard.definitions import Outcome, load
from dashboard.errors import told_or
from dashboard.leeway import UNSAID
from dashboard.records import Records

MONTHS = 12
UNSAID_APART = "Whether {} differ by more than chance in how many answered cannot be told from rounded counts."
MANY = {"site": "sites", "surgeon": "surgeons", "procedure": "procedures"}


@remembered
def answered_verdict(records: Records, by: str = "site", months: int = MONTHS) -> Verdict:
    """Share answered of the visits due, against the goal; of each group by the limits of chance; then the worst case.

    Figures are those of ``follow_up``, ``chance`` and, for the outcomes asked at that visit, ``failure_rate``.
    """
    check_kind(records, "follow_up")
    whole, groups = (frame[frame["visit"] == months] for frame in (follow_up(records), follow_up(records, by)))
    limits = chance(records, groups)
    (together,) = rows_of(everybody(whole))
    label = together.visit_label
    unjudged = UNSAID if records.viewer.is_protected else FEW
    claims = [against_goal(records, months), *(_group(row, limits, label, unjudged) for row in rows_of(groups))]
    bands = [claim for outcome in asked_at(records, months) for claim in _worst_cases(records, outcome, by)]
    unsaid = UNSAID_APART.format(MANY.get(by, "groups")) if records.viewer.is_protected and len(groups) > 1 else ""
    doubt = f"{unsaid} {_at_worst(bands, by)}".strip()
    return Verdict(_said(claims, limits, by), doubt, (*claims, *bands))


def against_goal(records: Records, months: int = MONTHS) -> Claim:
    """Of everybody due at a visit the share answered, against the goal."""
    rows = everybody(follow_up(records))
    (row,) = rows_of(rows[rows["visit"] == months])
    return _whole(row, row.visit_label, moved=records.viewer.is_protected)


def against_goal_words(claim: Claim) -> str:
    """68.3 % answered at 12 months (66.2 to 70.4), goal 80 %; the counts where they are too few for a share."""
    if claim.figure is None:
        return f"{wording.out_of(claim.failed, claim.operations)} due {claim.what}: too few for a share"
    wanted = wording.percent(claim.comparator_figure or 0.0, digits=0)
    limits = wording.interval(claim.lower, claim.upper)
    return f"{wording.percent(claim.figure)} {claim.what} ({limits}), goal {wanted}"


def under_goal_words(claim: Claim) -> str:
    """Under the goal of 80 % answered at 12 months; empty where no fewer answer than chance alone would leave."""
    if claim.word != LOWER:
        return ""
    return f"under the goal of {wording.percent(claim.comparator_figure or 0.0, digits=0)} {claim.what}"


def asked_at(records: Records, months: int) -> list[Outcome]:
    """The definitions of failure that hang on the answers of this visit; none for a viewer who is told no outcomes."""
    if not records.viewer.may(FIGURES):
        return []
    asked = [one for one in load().failures.values() if one.kind == "landmark" and one.visit == months]
    return [one for one in asked if not not_recorded(records, one.name)]


def _whole(row: Any, visit: str, *, moved: bool) -> Claim:
    """All together against the goal."""
    kept = follow_up_goal()
    goal = kept.figures[0].value
    word = judged(row.lower, row.upper, middle=goal or 0.0, widest=None, moved=moved) if row.shown else FEW
    return _claim(row, visit, word, f"goal of {kept.source}", goal)


def _group(row: Any, limits: pd.DataFrame, visit: str, unjudged: str) -> Claim:
    """One group by the range in which chance alone leaves one of its size; unjudged: the word where it has none."""
    held = limits[limits["group"] == row.group]
    target = None if held.empty else float(held["target"].iloc[0])
    word = unjudged if target is None else ALIKE
    if target is not None and held["beyond"].iloc[0]:
        word = HIGHER if row.share > target else LOWER
    return _claim(row, visit, word, "all these groups together" if target is not None else "", target)


def _claim(row: Any, visit: str, word: str, comparator: str, figure: float | None) -> Claim:
    share, lower, upper = (row.share, row.lower, row.upper) if row.shown else (None, None, None)
    return Claim(
        f"answered at {visit}", row.group, row.label, share, int(row.due), int(row.answered), word, lower, upper,
        comparator, figure,
    )  # fmt: skip


def _worst_cases(records: Records, outcome: Outcome, by: str) -> list[Claim]:
    """Of all and of each group the share failed of those who answered, between its best and its worst case."""
    asked = [partial(failure_rate, records, outcome.name), partial(failure_rate, records, outcome.name, by)]
    rows = pd.concat([pd.DataFrame(columns=COLUMNS), *(told_or(ask, None) for ask in asked)])
    what = f"{outcome.short}{BAND}"
    return [
        Claim(what, row.group, row.label, row.share if row.shown else None, int(row.due), int(row.failed),
              lower=row.best_case, upper=row.worst_case)
        for row in rows_of(rows) if row.due >= FEWEST_FOR_A_SHARE
    ]  # fmt: skip


def _said(claims: Sequence[Claim], limits: pd.DataFrame, by: str) -> str:
    """68.3 % answered at 12 months (66.2 to 70.4), goal 80 %; sites 67.3 to 70.4 %, no more apart than chance."""
    whole, *groups = claims
    first = against_goal_words(whole)
    if whole.figure is None:
        return f"{first}."
    held = [claim for claim in groups if claim.word not in (FEW, UNSAID) and claim.figure is not None]
    if len(held) < 2:
        return f"{first}."
    shares = [claim.figure or 0.0 for claim in held]
    apart = f"{MANY.get(by, 'groups')} {wording.span(min(shares), max(shares))}"
    beyond = [claim for claim in held if claim.stands_out]
    if not beyond:
        return f"{first}; {apart}, no more apart than chance."
    ranges = limits.set_index("group")
    told = "; ".join(
        f"{claim.label} {claim.word} ({wording.percent(claim.figure or 0.0)}; chance alone "
        f"{wording.span(*ranges.loc[claim.unit, ['low', 'high']])})"
        for claim in beyond
    )
    return f"{first}; {apart}, beyond chance {told}."


def _at_worst(bands: Sequence[Claim], by: str) -> str:
    """By outcome what all together would be if all others were well, or had failed; and the ends over all groups."""
    told = []
    for what in dict.fromkeys(claim.what for claim in bands):
        whole, *groups = [claim for claim in bands if claim.what == what and claim.unit != NOT_RECORDED]
        lower, upper = [one.lower or 0.0 for one in groups], [one.upper or 0.0 for one in groups]
        ends = f" ({MANY.get(by, 'groups')} {wording.span(min(lower), max(upper))})" if len(groups) > 1 else ""
        told.append(f"{what.removesuffix(BAND)}, {wording.span(whole.lower, whole.upper)}{ends}")
    return f"From all who did not answer well to all of them failed: {'; '.join(told)}." if told else ""

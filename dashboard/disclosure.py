"""What may be told of patients outside one's own: of many together only, of no unit that could be told apart, and, of
whatever leaves the practice, no count so small that somebody could be recognised in it.

    mode = MODES["nhs"]
    rows = protected(failure_rate(records, outcome, "family"), mode)
    rows["failed_words"]  # "fewer than 8", "45", "not shown"
    mode.sentence         # stands below the table, and at the foot of the document

Everything that leaves goes through ``protected`` or ``protected_curve``, in mode "none" too, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.stats.proportions import share_interval
from dashboard.stats.suppression import FEWER, SHOWN, WITHHELD, Rule, marks_of_counts, marks_of_parts

FEWEST_UNITS: Mapping[str, int] = MappingProxyType({"surgeon": 5, "site": 3})
"""By what a viewer's scope is narrowed to, so many others there must be besides."""
FEWEST_OPERATIONS = 11
NOT_SHOWN = "not shown"
PARTS: Mapping[str, str] = MappingProxyType({
    "failed": "operations", "events": "operations", "found": "operations", "recorded": "operations",
    "operations": "of", "answered": "due", "overdue": "due",
})  # fmt: skip
"""The counts of the house that leave it, each with what it is a part of; of a table those that it has."""
ONE_WHOLE = frozenset({"of"})
"""Wholes that are one number for all rows: their rows are its parts."""
SHARES = ("share", "lower", "upper")
BANDS = ("best_case", "worst_case")
STEP = 5
"""To so many operations the heights of a curve that leaves are rounded, whichever the mode: each is a count in time."""
CURVE = ("group", "label", "day", "at_risk", "known", "failed", "died", "left", *SHARES)


@dataclass(frozen=True)
class Sharing:
    """How far a document or file may go. name: its word in a command; label: in a choice; sentence: what was done."""

    name: str
    label: str
    sentence: str
    rule: Rule

    @property
    def exact(self) -> bool:
        """Whether every count stands as it is."""
        return self.rule.fewest <= 1

    @property
    def fewer_words(self) -> str:
        """What stands for a small count: "fewer than 8"."""
        return f"fewer than {self.rule.fewest}"


MODES: Mapping[str, Sharing] = MappingProxyType({
    each.name: each
    for each in (
        Sharing(
            "none", "Exact counts, for within the practice",
            "Counts are exact: for use within the practice, not for sharing.",
            Rule(1),
        ),
        Sharing(
            "nhs", "For sharing, by NHS rules: counts of 1 to 7 hidden, others rounded to 5",
            "For sharing, by NHS rules: counts of 1 to 7 are not shown, others rounded to the nearest 5, shares and "
            "intervals are worked out from rounded counts, so that parts may not add up. A further count is left out "
            "where a hidden one could be worked out from it.",
            Rule(8, 5),
        ),
        Sharing(
            "cms", "For sharing, by CMS rules: counts of 1 to 10 hidden",
            "For sharing, by CMS rules: counts of 1 to 10 are not shown, nor a share or any further count from which a "
            "hidden one could be worked out.",
            Rule(11),
        ),
    )
})  # fmt: skip
"""The modes of sharing by name. NHS: NHS Digital's rules for hospital episode statistics. CMS: the cell size
suppression policy of the US Centers for Medicare & Medicaid Services."""


def protected(
    frame: pd.DataFrame,
    mode: Sharing,
    *,
    parts: Mapping[str, str] = PARTS,
    within: Sequence[str] = (),
    keep: Sequence[str] = (),
) -> pd.DataFrame:
    """The same table as it may leave: small counts, and what would give them away, are null.

    parts: counts, each with its whole, as in PARTS; those that the table has. The rows of a whole in ONE_WHOLE are its
    parts; of any other they are groups that together are everybody, whose sum the reader is taken to know. within:
    columns whose values part the table into several such sets (the factor, of bands). What is hidden of one part in a
    row is hidden of every other part of that whole.
    keep: further columns of numbers that say nothing of a count. Words stay, except notes, which have counts in them;
    every other number is left out, unless it is ``share, lower, upper`` of the first of the parts, or ``best_case,
    worst_case``: these are worked out again from what is shown, and null where that is hidden; the band is widened.
    Each count has its words beside it, as ``failed_words``. Mode "none" only adds the words.
    """
    frame = frame.reset_index(drop=True)
    there = {part: whole for part, whole in parts.items() if {part, whole} <= set(frame.columns)}
    marks = pd.DataFrame(SHOWN, frame.index, list(dict.fromkeys([*there, *there.values()])), dtype=object)
    if not mode.exact:
        groups = [rows.index for _, rows in frame.groupby(list(within), dropna=False)] if within else [frame.index]
        for index in groups:
            _mark(frame.loc[index], marks, there, mode.rule)
        _mark_few_known(frame, marks, mode.rule)
    return _shown(frame, marks, there, mode, keep)


def _mark(rows: pd.DataFrame, marks: pd.DataFrame, parts: Mapping[str, str], rule: Rule) -> None:
    """Enter the marks of one set of rows that together are everybody."""
    for whole in dict.fromkeys(parts.values()):
        of_whole, counts = [part for part, its in parts.items() if its == whole], _whole_numbers(rows[whole])
        if whole in ONE_WHOLE:
            for part in of_whole:
                _hide(marks, rows.index, part, marks_of_counts(_whole_numbers(rows[part]), rule))
            _hide(marks, rows.index, whole, [marks_of_counts([count], rule)[0] for count in counts])
            continue
        found = marks_of_counts(counts, rule)
        for part in of_whole:
            found, of_part = marks_of_parts(counts, _whole_numbers(rows[part]), found, rule)
            _hide(marks, rows.index, part, of_part)
        _hide(marks, rows.index, whole, found)
        hidden = (marks.loc[rows.index, [*of_whole, whole]] != SHOWN).any(axis=1)
        for part in of_whole:
            _hide(marks, rows.index, part, [WITHHELD if each else SHOWN for each in hidden])


def _mark_few_known(frame: pd.DataFrame, marks: pd.DataFrame, rule: Rule) -> None:
    """Of few whose state is known, or of whom few did not fail, neither failures nor a share: it rests on these."""
    if "failed" not in marks or "known" not in frame:
        return
    known, failed = _whole_numbers(frame["known"]), _whole_numbers(frame["failed"])
    few = [rule.is_small(n) or rule.is_small(n - part) for n, part in zip(known, failed, strict=True)]
    _hide(marks, frame.index, "failed", [WITHHELD if each else SHOWN for each in few])


def _whole_numbers(counts: pd.Series) -> list[int]:
    return [int(count) for count in pd.to_numeric(counts).fillna(0)]


def _hide(marks: pd.DataFrame, index: pd.Index, name: str, found: Sequence[str]) -> None:
    """Enter marks, without taking one back that stands there."""
    before = marks.loc[index, name]
    marks.loc[index, name] = [new if old == SHOWN else old for old, new in zip(before, found, strict=True)]


def _shown(
    frame: pd.DataFrame, marks: pd.DataFrame, parts: Mapping[str, str], mode: Sharing, keep: Sequence[str]
) -> pd.DataFrame:
    found = frame.copy()
    for name in marks.columns:
        values = [
            mode.rule.rounded(count) if mark == SHOWN and not pd.isna(count) else None
            for count, mark in zip(frame[name], marks[name], strict=True)
        ]
        found[name] = pd.array(values, dtype="Int64")
        found[f"{name}_words"] = [
            count_words(value, mark, mode) for value, mark in zip(values, marks[name], strict=True)
        ]
    if mode.exact:
        return found
    if parts and {SHARES[0]} <= set(frame.columns):
        _share_again(frame, found, next(iter(parts.items())), mode)
    _widen_band(frame, found, mode)
    return found[[name for name in found.columns if name in keep or _may_stay(found, name, marks)]]


def _may_stay(found: pd.DataFrame, name: str, marks: pd.DataFrame) -> bool:
    if name in (*marks.columns, *(f"{count}_words" for count in marks.columns), *SHARES, *BANDS):
        return True
    words = not pd.api.types.is_numeric_dtype(found[name]) or pd.api.types.is_bool_dtype(found[name])
    return words and "note" not in name and name != "reason"


def count_words(value: int | None, mark: str, mode: Sharing) -> str:
    """A count as it stands there: "1,160"; "fewer than 8"; "not shown"."""
    if value is not None:
        return f"{value:,}"
    return mode.fewer_words if mark == FEWER else NOT_SHOWN if mark != SHOWN else "–"


def _share_again(frame: pd.DataFrame, found: pd.DataFrame, pair: tuple[str, str], mode: Sharing) -> None:
    """Shares only where part and whole are shown; where counts are rounded, worked out from these with their limits.

    A share that allows for operations not followed so long goes by the failures that it stands for, rounded alike.
    """
    part, whole = pair
    for place in range(len(frame)):
        row = frame.iloc[place]
        if pd.isna(found[part].iloc[place]) or pd.isna(found[whole].iloc[place]) or pd.isna(row["share"]):
            limits: tuple[float | None, ...] = (None, None, None)
        elif mode.rule.rounded_to > 1:
            limits = _rounded_share(float(row["share"]), row, whole, mode.rule)
        else:
            continue
        for name, value in zip(SHARES, limits, strict=True):
            if name in found:
                found.loc[place, name] = value


def _rounded_share(share: float, row: Any, whole: str, rule: Rule) -> tuple[float | None, ...]:
    n = rule.rounded(row[whole])
    events = min(rule.rounded(share * row[whole]), n)
    known = min(rule.rounded(row.get("known", row[whole])), n) or n
    limits = share_interval(round(events / n * known), known) if n else None
    return (events / n, limits.lower, limits.upper) if limits else (None, None, None)


def _widen_band(frame: pd.DataFrame, found: pd.DataFrame, mode: Sharing) -> None:
    """The worst case, each end moved outwards to a whole number of times the smallest count that may be shown."""
    if not set(BANDS) <= set(frame.columns):
        return
    best, worst = BANDS
    step = mode.rule.fewest / pd.to_numeric(frame["due" if "due" in frame else "operations"]).astype(float)
    shown = found["share"].notna() if "share" in found else pd.Series(True, frame.index)
    low, high = (pd.to_numeric(frame[name]).astype(float) for name in BANDS)
    found[best] = ((low / step + 1e-9) // 1 * step).clip(lower=0).where(shown)
    found[worst] = (-(-(high / step - 1e-9) // 1) * step).clip(upper=1).where(shown)


def protected_curve(curves: pd.DataFrame, mode: Sharing) -> pd.DataFrame:
    """Curves as they may leave: by whole months, no further than enough remain at risk, in steps of what is rounded.

    curves: ``group, label, day, at_risk, failed, share, lower, upper`` as ``failure_curve`` gives them, from day 0. Of
    a month the share is null while the failures so far, or those yet free of it, are too few to be told.
    ``failed, died, left``, by day, are 0: no event has its day. ``known`` is the number at risk, rounded.
    """
    if mode.exact or curves.empty:
        return curves
    return pd.concat([_by_month(rows, mode.rule) for _, rows in curves.groupby("group", sort=False)], ignore_index=True)


def _by_month(rows: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    rows, in_steps = rows.sort_values("day").reset_index(drop=True), Rule(rule.fewest, STEP)
    everybody, total = int(rows["at_risk"].iloc[0]), rows["failed"].cumsum()
    found = []
    for month in range(int(rows["day"].iloc[-1] / wording.A_MONTH) + 1):
        day = round(month * wording.A_MONTH)
        place = max(int((rows["day"] <= day).sum()) - 1, 0)
        row, at_risk = rows.iloc[place], int(rows["at_risk"].iloc[place])
        if at_risk < rule.fewest:
            break
        told = marks_of_parts([everybody], [int(total.iloc[place])], [SHOWN], rule)[1][0] == SHOWN
        limits = _curve_share(float(row["share"]), everybody, at_risk, in_steps) if told else (None, None, None)
        left = in_steps.rounded(at_risk)
        words = {"group": row["group"], "label": row["label"], "day": day, "at_risk": left, "known": left}
        found.append(words | dict.fromkeys(("failed", "died", "left"), 0) | dict(zip(SHARES, limits, strict=True)))
    return pd.DataFrame(found, columns=[name for name in CURVE if name in rows])


def _curve_share(share: float, everybody: int, at_risk: int, rule: Rule) -> tuple[float | None, ...]:
    """The share in steps, with the limits of as many as are still followed (the effective number)."""
    known = at_risk / (1 - share) if share < 1 else everybody
    return _rounded_share(share, {"operations": everybody, "known": known}, "operations", rule)


def hidden_among(sizes: Sequence[int], kind: str) -> bool:
    """Whether the others are so many that none of them is told by a figure of them all.

    sizes: the operations of each other surgeon or site (``kind``). None may have more than half of them.
    """
    total = sum(sizes)
    return len(sizes) >= FEWEST_UNITS[kind] and total >= FEWEST_OPERATIONS and 2 * max(sizes) <= total


def masks(others: Mapping[int, str], keyed: Callable[[str], bytes]) -> dict[int, str]:
    """For units of others, by their code, words that say nothing of them: a place in an order that nobody can work out.

    others: by code the name. keyed: a digest with a secret of the store; without a secret, whoever knows the names
    could number them himself. It holds for one cohort of one viewer, so that no number stays with a unit.
    """
    order = sorted(others, key=lambda code: keyed(others[code]))
    return {code: f"Peer {place}" for place, code in enumerate(order, start=1)}

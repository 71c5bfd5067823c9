"""What may be told of patients outside one's own: of many together only, of no unit that could be told apart, and, of
whatever leaves the practice, no count so small that somebody could be recognised in it.

    mode = MODES["nhs"]
    rows = protected(failure_rate(records, outcome, "family"), mode)
    rows["failed_words"]  # "fewer than 8", "45", "not shown"
    mode.sentence         # stands below the table, and at the foot of the document

Everything that leaves goes through ``protected`` or ``protected_curve``, in mode "none" too, which changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from numbers import Number
from types import MappingProxyType

import numpy as np
import pandas as pd

from dashboard import wording
from dashboard.stats.proportions import share_interval
from dashboard.stats.suppression import FEWER, SHOWN, WITHHELD, Rule, marks_of_counts, marks_of_parts

FEWEST_UNITS: Mapping[str, int] = MappingProxyType({"surgeon": 5, "site": 3})
"""By what a viewer's scope is narrowed to, so many others there must be besides."""
FEWEST_OPERATIONS = 11
NOT_SHOWN = "not shown"
WORDS = "_words"
"""So ends the name of the column that has a count in words."""
PARTS: Mapping[str, str] = MappingProxyType({
    "failed": "operations", "events": "operations", "found": "operations", "recorded": "operations",
    "operations": "of", "answered": "due", "overdue": "due",
})  # fmt: skip
"""The counts of the house that leave it, each with what it is a part of; of a table those that it has."""
AT_VISIT: Mapping[str, str] = MappingProxyType({"failed": "answered"})
"""The same of an outcome asked at a visit, besides."""
ONE_WHOLE = frozenset({"of"})
"""Wholes that are one number for all rows: their rows are its parts."""
SHARES = ("share", "lower", "upper")
BANDS = ("best_case", "worst_case")
STEP = 0.05
"""To multiples of this share the ends of a worst case that leaves are moved outwards."""
KIND_OF_ROW = ("reference", "own")
"""The truths that say which row it is; any other was made of exact counts."""
TOLD = "told"
"""The truth beside a curve, where it has one: whether a share is told of the group."""
CURVE = ("group", "label", "day", "at_risk", "known", "failed", "died", "left", *SHARES)


ROUNDED = (
    "others rounded to 5, so that no difference of two tells a small one; shares and intervals are worked out from "
    "rounded counts, so that parts may not add up. A further count is left out where a hidden one could be worked out "
    "from it."
)
"""What every mode does besides that is not exact."""


@dataclass(frozen=True)
class Sharing:
    """How far a document or file may go. name: its word in a command; label: in a choice; sentence: what was done.

    moved: whether the counts that leave were moved before they were told, whose intervals are wider for that.
    """

    name: str
    label: str
    sentence: str
    rule: Rule
    moved: bool = False

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
            f"For sharing, by NHS rules: counts of 1 to 7 are not shown, {ROUNDED}",
            Rule(8, 5),
        ),
        Sharing(
            "cms", "For sharing, by CMS rules: counts of 1 to 10 hidden, others rounded to 5",
            f"For sharing, by CMS rules: counts of 1 to 10 are not shown, {ROUNDED}",
            Rule(11, 5),
        ),
    )
})  # fmt: skip
"""The modes of sharing by name. NHS: NHS Digital's rules for hospital episode statistics. CMS: the cell size
suppression policy of the US Centers for Medicare & Medicaid Services, which asks for no rounding: without it two counts
of one file, or of two files, would tell by their difference how few lie between them."""


def protected(
    frame: pd.DataFrame,
    mode: Sharing,
    *,
    parts: Mapping[str, str] = PARTS,
    within: Sequence[str] = (),
) -> pd.DataFrame:
    """The same table as it may leave: small counts, and what would give them away, are null.

    parts: counts, each with its whole, as in PARTS; those that the table has. The rows of a whole in ONE_WHOLE are its
    parts; of any other they are groups that together are everybody, whose sum the reader is taken to know. within:
    columns whose values part the table into several such sets (the factor, of bands). What is hidden of one part in a
    row is hidden of every other part of that whole.
    Words stay, except notes, which have counts in them, and of truths those of KIND_OF_ROW; ``shown`` is then whether
    there is a share, by what is shown. Every other number is left out, unless it is ``share, lower,
    upper`` of the first of the parts, or ``best_case, worst_case``: these are worked out again from rounded counts
    alone, and null where those are hidden; the band is widened. A share failed beside those who ``answered`` is of
    these, who are then the ``known``. Each count has its words beside it, as ``failed_words``. Mode "none" only adds
    the words.
    """
    frame = frame.reset_index(drop=True)
    there = {part: whole for part, whole in parts.items() if {part, whole} <= set(frame.columns)}
    of_visit = AT_VISIT if {"failed", "answered", "due"} <= set(frame.columns) else {}
    pairs = [*of_visit.items(), *there.items()]
    marks = pd.DataFrame(SHOWN, frame.index, list(dict.fromkeys(name for pair in pairs for name in pair)), dtype=object)
    if not mode.exact:
        groups = [rows.index for _, rows in frame.groupby(list(within), dropna=False)] if within else [frame.index]
        for index in groups:
            _mark(frame.loc[index], marks, there, mode.rule)
            _mark(frame.loc[index], marks, of_visit, mode.rule)
        _mark_few_known(frame, marks, mode.rule)
    return _shown(frame, marks, pairs[0] if pairs else None, mode)


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
    """Of few whose state is known, or of whom few did not fail, neither failures nor a share: it rests on these.

    Nor where it is not said of how many it is known.
    """
    if "failed" not in marks or "known" not in frame:
        return
    known, failed = _whole_numbers(frame["known"]), _whole_numbers(frame["failed"])
    few = [
        unsaid or rule.is_small(n) or rule.is_small(n - part)
        for unsaid, n, part in zip(frame["known"].isna(), known, failed, strict=True)
    ]
    _hide(marks, frame.index, "failed", [WITHHELD if each else SHOWN for each in few])


def _whole_numbers(counts: pd.Series) -> list[int]:
    return [int(count) for count in pd.to_numeric(counts).fillna(0)]


def _hide(marks: pd.DataFrame, index: pd.Index, name: str, found: Sequence[str]) -> None:
    """Enter marks, without taking one back that stands there."""
    before = marks.loc[index, name]
    marks.loc[index, name] = [new if old == SHOWN else old for old, new in zip(before, found, strict=True)]


def _shown(frame: pd.DataFrame, marks: pd.DataFrame, pair: tuple[str, str] | None, mode: Sharing) -> pd.DataFrame:
    """The table with its counts in figures and words; pair: the part and whole of its share."""
    found = frame.copy()
    for name in marks.columns:
        values = [
            mode.rule.rounded(count) if mark == SHOWN and not pd.isna(count) else None
            for count, mark in zip(frame[name], marks[name], strict=True)
        ]
        found[name] = pd.array(values, dtype="Int64")
        found[f"{name}{WORDS}"] = [
            count_words(value, mark, mode) for value, mark in zip(values, marks[name], strict=True)
        ]
    if mode.exact:
        return found
    if pair and "share" in frame:
        _share_again(frame, found, pair, mode)
    _widen_band(frame, found, mode.rule)
    counts = [*marks.columns, *(f"{count}{WORDS}" for count in marks.columns)]
    if pair in [*AT_VISIT.items()]:
        found["known"], counts = found[AT_VISIT["failed"]], [*counts, "known"]
    if "shown" in found:
        # What stands there came of exact counts, as "fewer than 11" or "most are lost" do.
        found["shown"] = found["share"].notna() if "share" in found else wholly_shown(found)
    return found[[name for name in found.columns if _may_stay(found, name, counts)]]


def _may_stay(found: pd.DataFrame, name: str, counts: Sequence[str]) -> bool:
    if name in (*counts, *SHARES, *BANDS, *KIND_OF_ROW, "shown"):
        return True
    return not _counts_or_tells(found[name]) and "note" not in name and name != "reason"


def _counts_or_tells(column: pd.Series) -> bool:
    """Whether it holds numbers or truths, of whatever type: a column with a gap in it has that of anything."""
    values = column.dropna()
    return pd.api.types.is_numeric_dtype(values) or any(isinstance(value, Number | np.bool_) for value in values)


def wholly_shown(found: pd.DataFrame) -> pd.Series:
    """Of what ``protected`` gave, by row, whether every count is shown."""
    counts = [name.removesuffix(WORDS) for name in found.columns if str(name).endswith(WORDS)]
    return found[counts].notna().all(axis=1)


def count_words(value: int | None, mark: str, mode: Sharing) -> str:
    """A count as it stands there: "1,160"; "fewer than 8"; "not shown"."""
    if value is not None:
        return f"{value:,}"
    return mode.fewer_words if mark == FEWER else NOT_SHOWN if mark != SHOWN else "–"


def _share_again(frame: pd.DataFrame, found: pd.DataFrame, pair: tuple[str, str], mode: Sharing) -> None:
    """Shares only where part and whole are shown, worked out from rounded counts with their limits.

    None where the screen refuses one: too little is known for it. A share that allows for operations not followed so
    long goes by the failures that it stands for, rounded alike.
    """
    (part, whole), rule = pair, mode.rule
    for place in range(len(frame)):
        row = frame.iloc[place]
        limits: tuple[float | None, ...] = (None, None, None)
        rests_on = found[part].iloc[place], found[whole].iloc[place], row["share"], row.get("known", 0)
        if row.get("shown", True) and not any(map(pd.isna, rests_on)):
            known = rule.rounded(row.get("known", row[whole]))
            limits = _rounded_share(float(row["share"]) * row[whole], row[whole], known, rule)
            limits = _as_wide(limits, row) if mode.moved else limits
        for name, value in zip(SHARES, limits, strict=True):
            if name in found:
                found.loc[place, name] = value


def _as_wide(limits: tuple[float | None, ...], row: pd.Series) -> tuple[float | None, ...]:
    """The limits of counts that were moved before, no narrower than that makes them, each moved outwards to a step."""
    share, lower, upper = limits
    if lower is None or upper is None or pd.isna(row.get("lower")) or pd.isna(row.get("upper")):
        return limits
    steps = int(row["lower"] / STEP), ceil(row["upper"] / STEP)
    return share, min(lower, round(steps[0] * STEP, 2)), max(upper, round(min(steps[1] * STEP, 1.0), 2))


def _rounded_share(events: float, whole: int, known: int, rule: Rule) -> tuple[float | None, ...]:
    """The share of both counts rounded, with the limits of as many as are known, which is rounded already."""
    n = rule.rounded(whole)
    share = min(rule.rounded(events), n) / n if n else 0.0
    known = min(known, n) or n
    limits = share_interval(round(share * known), known) if n else None
    return (share, limits.lower, limits.upper) if limits else (None, None, None)


def _widen_band(frame: pd.DataFrame, found: pd.DataFrame, rule: Rule) -> None:
    """The worst case as wide as what is told of its counts leaves it, each end moved outwards to a whole step."""
    if not set(BANDS) <= set(frame.columns):
        return
    dues = _whole_numbers(frame["due" if "due" in frame else "operations"])
    told = found["share"].notna() if "share" in found else pd.Series(True, frame.index)
    ends = [
        _wide(round(best * due), round(worst * due), due, rule)
        if shown and pd.notna(best) and due >= rule.fewest
        else None
        for best, worst, due, shown in zip(*(pd.to_numeric(frame[name]) for name in BANDS), dues, told, strict=True)
    ]
    for place, name in enumerate(BANDS):
        found[name] = [None if each is None else each[place] for each in ends]
        found[name] = found[name].astype(float)


def _wide(well: int, failed: int, due: int, rule: Rule) -> tuple[float, float]:
    """The ends for the counts failed had all whose state is unknown been well, and had all of them failed."""
    low, high, of = rule.known(well), rule.known(failed), rule.known(due)
    steps = int(low.low / of.high / STEP), ceil(min(high.high / of.low, 1) / STEP)
    return round(steps[0] * STEP, 2), round(steps[1] * STEP, 2)


def protected_curve(curves: pd.DataFrame, mode: Sharing) -> pd.DataFrame:
    """Curves as they may leave: by whole months, no further than enough remain at risk, in steps of what is rounded.

    curves: ``group, label, day, at_risk, failed, share, lower, upper`` as ``failure_curve`` gives them, from day 0. Of
    a month the share is null while the failures so far, or those yet free of it, are too few to be told.
    ``failed, died, left``, by day, are 0: no event has its day. ``known`` is the number at risk, rounded.
    """
    if mode.exact or curves.empty:
        return curves
    return pd.concat([_by_month(rows, mode) for _, rows in curves.groupby("group", sort=False)], ignore_index=True)


def _by_month(rows: pd.DataFrame, mode: Sharing) -> pd.DataFrame:
    rule = mode.rule
    rows = rows.sort_values("day").reset_index(drop=True)
    everybody, total = int(rows["at_risk"].iloc[0]), rows["failed"].cumsum()
    found = []
    for month in range(int(rows["day"].iloc[-1] / wording.A_MONTH) + 1):
        day = round(month * wording.A_MONTH)
        place = max(int((rows["day"] <= day).sum()) - 1, 0)
        row, at_risk = rows.iloc[place], int(rows["at_risk"].iloc[place])
        if at_risk < rule.fewest:
            break
        told = marks_of_parts([everybody], [int(total.iloc[place])], [SHOWN], rule)[1][0] == SHOWN
        left = rule.rounded(at_risk)
        limits = _curve_share(float(row["share"]) * everybody, everybody, left, rule) if told else (None, None, None)
        limits = _as_wide(limits, row) if mode.moved else limits
        words = {"group": row["group"], "label": row["label"], "day": day, "at_risk": left, "known": left}
        words |= {TOLD: row[TOLD]} if TOLD in rows else {}
        found.append(words | dict.fromkeys(("failed", "died", "left"), 0) | dict(zip(SHARES, limits, strict=True)))
    return pd.DataFrame(found, columns=[name for name in (*CURVE, TOLD) if name in rows])


def _curve_share(events: float, everybody: int, left: int, rule: Rule) -> tuple[float | None, ...]:
    """The share in steps, with the limits of as many as are still followed (the effective number), all rounded."""
    n = rule.rounded(everybody)
    well = n - min(rule.rounded(events), n)
    return _rounded_share(events, everybody, rule.rounded(left * n / well) if well else n, rule)


def hidden_among(sizes: Sequence[int], kind: str) -> bool:
    """Whether the others are so many that none of them is told by a figure of them all.

    sizes: the operations of each other surgeon or site (``kind``). None may have more than half of them.
    """
    total = sum(sizes)
    return len(sizes) >= FEWEST_UNITS[kind] and total >= FEWEST_OPERATIONS and 2 * max(sizes) <= total


def hidden(units: pd.DataFrame, scope: Mapping[str, Sequence[int] | None]) -> bool:
    """The same of those beyond a viewer's scope. units: ``surgeon, site, operations``; scope: by kind the own codes."""
    outside = pd.Series(False, index=units.index)
    for kind, own in scope.items():
        outside |= ~units[kind].isin(own) if own is not None else False
    kind = next(kind for kind, own in scope.items() if own is not None)
    others = units[outside & (units[kind] > 0)].groupby(kind)["operations"].sum()
    return hidden_among([int(size) for size in others], kind)

"""Counts in protected form: what each read tells of patients who are not the viewer's own, and what it does not.

    ProtectedForm(signature, keyed).told("failure_curve", columns, bound, frame)

Counts are coarsened here, where they enter, so that whatever is made of them is safe. No rule looks at an exact count:
a fixed threshold or rounding gives a patient away at its edge, where one more makes 10 into 15, or hides a group. Each
count is moved by a few, by a key that nobody can work out, and then put on the multiple of 5 below: on average right,
and the same whenever the same set of operations is asked about, by whatever words and in whatever read, so that asking
again tells nothing more. Another set, or the same with one failure more, is moved by something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.access import Viewer
from dashboard.cohort import PLACES, TITLES
from dashboard.definitions import load
from dashboard.disclosure import MODES, Sharing
from dashboard.errors import NotTold
from dashboard.told_days import FREE_DAYS, days_are_offered, in_quarters, moved

STEP = 5
"""Every count that is told is a multiple of this."""
FEWEST, FEW = 15, 5
"""Of fewer operations, or so few failures or others or fewer still, nothing is told: both as they are told, rounded."""
EVENTS = frozenset({"failed", "died"})
"""Counts of what the set of failures and deaths decides: moved alike in every read of the same outcome."""
DOUBTS = frozenset({"lost"})
"""Counts of whom nothing is known, never told as none: no share is known of all, and no worst case is the best one."""
REST = "left_follow_up"
"""Of a course, who neither failed nor died: so many that all of them together are the operations."""
COUNTED = ("failed", "died", REST)
"""What a course adds up from day to day."""
WIDEST = 8
"""So far at most a count is told from what it is; what is left over beside other parts of the same, further."""
SENTENCE = (
    f"each count moved by up to {WIDEST} and rounded to {STEP}, what is left over beside others by more, so that parts "
    f"need not add up, and intervals reach as far as that leaves open; groups of fewer than about {FEWEST} operations, "
    f"{FEW + 1} failures or {FEW + 1} others left out"
)
"""Stands in the head of every page of whoever is told counts in protected form."""
TOO_FEW = (
    "Too few operations, failures or others are chosen here for your role, which tells of none that could be made out. "
    "Choose more operations."
)
FEW_LEFT_OUT = (
    "A filter leaves out so few operations that they could be made out by it. Take it away, or choose less by it."
)
NO_FORM = (
    "This rests on single patients or on counts of very few, and your role shows rounded counts. Ask whoever sees the "
    "practice's exact figures."
)

AS_SEEN = replace(
    MODES["none"], label="Rounded counts, for within the practice",
    sentence=f"{SENTENCE}. For use within the practice, not for sharing.",
)  # fmt: skip
"""What stands in the place of exact counts for a viewer who is told none."""

MONTHS = 12
CLOSE = 15
"""Days: a month that ends so near to a landmark ends on it."""
OF_THE_DAY = ("first_operation", "last_operation")

Keyed = Callable[[str], bytes]
Columns = Mapping[str, str | Sequence[str]]
Signature = Callable[[str, str, Mapping[str, Any]], pd.DataFrame]
"""The read of signatures of this name by a column, "" for none, with these values in place of those of the cohort."""


def modes(viewer: Viewer) -> Mapping[str, Sharing]:
    """How far a document or file of this viewer may go, by name."""
    if not viewer.is_protected:
        return MODES
    return {name: replace(mode, moved=True) for name, mode in {**MODES, AS_SEEN.name: AS_SEEN}.items()}


@dataclass(frozen=True)
class Cells:
    """A read of counts by cell: which columns tell its cells apart beside the group, and which are counts.

    of: each count with the count that it is a part of, wholes first; the parts of one whole have nothing in common.
    floor: a whole and its part, which with the others of the whole must be enough, or the cell is left out.
    rest: the count that makes, with those of no whole, everybody. nobody: whether too few are told of as none, since
    every page opens with it.
    """

    of: Mapping[str, str]
    cells: tuple[str, ...] = ()
    floor: tuple[str, str] = ("", "")
    rest: str = ""
    nobody: bool = False


@dataclass(frozen=True)
class Course:
    """A read of COUNTED by day: told by month, from running totals, so that no event has its day.

    beside: counts that have no course, parts of the operations that have nothing in common. by_year: a column of
    months, told by year.
    """

    day: str = "day"
    beside: tuple[str, ...] = ()
    by_year: str = ""


OF_NO_PATIENT = frozenset({"import_before"})
"""The reads that count nobody: told as they are."""

FORMS: Mapping[str, Cells | Course] = MappingProxyType({
    "failure_by_month": Course(by_year="month"),
    "failure_curve": Course(),
    "follow_up": Cells({"operations": ""}, cells=("visit", "visit_state")),
    "landmark": Cells(
        {"operations": "", "due": "operations", "answered": "due", "failed": "answered", "died": "operations",
         "not_due": "operations"},
        floor=("answered", "failed"),
    ),
    "lost": Cells({"not_due": "", "due": "", "due_failed": "due", "lost": "due"}, rest="due"),
    "operations": Cells({"operations": "", "patients": "operations"}, nobody=True),
    "risk_factors": Course(day="until_day", beside=("not_due", "lost", "due_failed")),
    "risk_factors_landmark": Cells(
        {"operations": "", "due": "operations", "answered": "due", "failed": "answered"}, floor=("answered", "failed")
    ),
})  # fmt: skip
"""How each read is told; one that is neither here nor in OF_NO_PATIENT is not.

Nor is any that parts its operations into many small cells, such as failures by cause, by onset or by what was found, or
what is not recorded of them: with its small cells left out it would say that there are none, and its totals would be
too small; with them in it would be chance alone.
"""


def is_told(viewer: Viewer, read: str) -> bool:
    """Whether a read has a form in which this viewer is told it; to be asked before the read, which else is refused."""
    return not viewer.is_protected or read in OF_NO_PATIENT or read in FORMS


@dataclass(frozen=True)
class _Set:
    """One set of operations: words for which, and for which of them failed or died; whether it may be told of."""

    words: str
    events: str
    told: bool


@dataclass(frozen=True)
class ProtectedForm:
    """What may be told of the operations of one cohort. keyed: a digest with the secret of the store."""

    signature: Signature
    keyed: Keyed

    def told(self, name: str, columns: Columns, bound: Mapping[str, Any], frame: pd.DataFrame) -> pd.DataFrame:
        """The counts of a read in protected form: of the same columns, its groups and cells those that are told.

        bound: what the read was asked with, and the ``data_date``. Raises NotTold for a read without such a form, for
        other days than are offered, and where nothing is left.
        """
        of_nobody = [] in (bound.get("scope_surgeons"), bound.get("scope_sites"))
        if name in OF_NO_PATIENT or of_nobody:
            return frame
        form = FORMS.get(name)
        if form is None:
            raise NotTold(NO_FORM)
        if not days_are_offered(bound, {mark.days for mark in load().landmarks}):
            raise NotTold(FREE_DAYS)
        if not (isinstance(form, Cells) and form.nobody):
            self._check_left_out(bound)
        groups = [(part, of) for part, of in self._groups(columns, bound, frame, form) if of.told]
        told = self._of_course if isinstance(form, Course) else self._of_cells
        rows = [row for part, of in groups for row in told(part, of, form, bound)]  # type: ignore[arg-type]
        if not rows and isinstance(form, Cells) and form.nobody:
            rows = [{**dict.fromkeys(form.of, 0), **dict.fromkeys(OF_THE_DAY, pd.NaT)}]
        if not rows:
            raise NotTold(TOO_FEW)
        return pd.DataFrame(rows)[list(frame.columns)]

    def rounded(self, count: int, words: str) -> int:
        """A count as it is told. words: of which set and what, as the same words move it alike."""
        return rounded(count, words, self.keyed)

    def _check_left_out(self, bound: Mapping[str, Any]) -> None:
        """Whether each filter leaves out enough, or nobody: the others are what it narrows less what it leaves."""
        here = self._sets("", {}, "")[0]
        narrowing = [{name: None} for name in TITLES if bound.get(name) is not None]
        ends = ("operated_from", "operated_to")
        if any(bound.get(end) is not None for end in ends):
            narrowing.append(dict.fromkeys(ends))
        for without in narrowing:
            wider = self._sets("", without, "")[0]
            if wider.words != here.words and self._few(wider, here):
                raise NotTold(FEW_LEFT_OUT)

    def _few(self, wider: _Set, here: _Set) -> bool:
        left = int(wider.words.split()[0]) - int(here.words.split()[0])
        return self.rounded(left, f"{wider.words} less {here.words}") < FEWEST

    def _sets(self, by: str, values: Mapping[str, Any], outcome: Any) -> dict[int, _Set]:
        """The sets that a column parts the operations into, by its code; one with code 0 where there is none."""
        found = self.signature("set_signature", by, values)
        events = self.signature("event_signature", by, {**values, "outcome": outcome}) if outcome else found.head(0)
        happened = {int(row[0]): " ".join(map(str, row[1:])) for row in events.itertuples(index=False)}
        total = int(found["operations"].sum())
        sets = {}
        for unit, *numbers in found.itertuples(index=False):
            words, n = " ".join(map(str, numbers)), int(numbers[0])
            enough = self.rounded(n, f"{words} operations") >= FEWEST
            few_others = 0 < n < total and self.rounded(total - n, f"{words} of {total}") < FEWEST
            sets[int(unit)] = _Set(words, f"{outcome}: {happened.get(int(unit), '')}", enough and not few_others)
        return sets or {0: _Set("0", "", told=False)}

    def _groups(
        self, columns: Columns, bound: Mapping[str, Any], frame: pd.DataFrame, form: Cells | Course
    ) -> Iterator[tuple[pd.DataFrame, _Set]]:
        """The rows of each group, with the set of operations that they count."""
        outcome = bound.get("outcome", "")
        if "grouping_bits" in frame:
            factors = list(columns["factors"])
            for bits, part in frame.groupby("grouping_bits"):
                place = len(factors) - (2 ** len(factors) - 1 - int(str(bits))).bit_length()
                sets = self._sets(factors[place], {}, outcome)
                yield from ((rows, sets[int(str(band))]) for band, rows in part.groupby("band"))
        elif isinstance(form, Course) and form.by_year:
            yield from self._years(bound, frame, form.by_year)
        elif columns.get("by") in {*PLACES, *load().factors}:
            sets = self._sets(str(columns["by"]), {}, outcome)
            yield from ((part, sets[int(str(unit))]) for unit, part in frame.groupby("unit"))
        else:
            # A column that comes with the failure, such as its cause, parts no operations: its groups are cells.
            whole = self._sets("", {}, outcome)[0]
            yield from ((part, whole) for _, part in (frame.groupby("unit") if "unit" in frame else [(0, frame)]))

    def _years(self, bound: Mapping[str, Any], frame: pd.DataFrame, column: str) -> Iterator[tuple[pd.DataFrame, _Set]]:
        """The rows of each year of surgery; their set is that of the same operations chosen by their period."""
        whole = self._sets("", {}, "")[0]
        years = frame[column] // MONTHS
        for year, part in frame.assign(**{column: years * MONTHS}).groupby(column):
            number = int(str(year)) // MONTHS
            first, last = date(number, 1, 1), date(number, 12, 31)
            ends = {
                "operated_from": max(first, bound["operated_from"] or first),
                "operated_to": min(last, bound["operated_to"] or last),
            }
            of = self._sets("", ends, bound["outcome"])[0]
            yield part, replace(of, told=of.told and not (of.words != whole.words and self._few(whole, of)))

    def _of_cells(
        self, part: pd.DataFrame, of: _Set, form: Cells, bound: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        fixed = [column for column in part.columns if column not in (*form.of, *OF_THE_DAY)]
        days = {
            column: in_quarters(part[column].iloc[0], end) for end, column in enumerate(OF_THE_DAY) if column in part
        }
        for cell, rows in part.groupby(fixed, dropna=False) if fixed else [((), part)]:
            counts = self._parts(rows[list(form.of)].sum(), str(cell) if form.cells else "", of, form)
            whole, counted = (counts.get(column, 0) for column in form.floor)
            few = whole and (whole < FEWEST or min(counted, whole - counted) <= FEW)
            # A cell that comes to nothing stands as one of nobody does; any other stays, or the shares of a visit lie.
            if not (few or (form.cells and not any(counts.values()))):
                yield {**dict(zip(fixed, cell, strict=True)), **counts, **days}

    def _parts(self, exact: pd.Series, cell: str, of: _Set, form: Cells) -> dict[str, int]:
        """The counts of one cell, each no more than its whole less the parts of it before."""
        counts: dict[str, int] = {}
        cell = _of_due(cell, int(exact["due"])) if "due" in exact else cell
        for name, whole in form.of.items():
            value = int(exact[name])
            if name == form.rest:
                everybody = int(sum(exact[each] for each, its in form.of.items() if not its))
                value = self.rounded(everybody, self._of_everybody(everybody, of))
                counts[name] = max(0, value - sum(counts.values()))
                continue
            left = counts[whole] - sum(counts[each] for each in counts if form.of[each] == whole) if whole else None
            counts[name] = self._part(name, value, cell, of, left)
        return counts

    def _words(self, name: str, value: int, cell: str, of: _Set) -> str:
        """By what a count is moved; not by the read that it stands in, as some counts stand in two."""
        if name == "operations" and str(value) == of.words.split()[0]:
            return self._of_everybody(value, of)
        counted = "" if name in EVENTS and of.events else f" {cell} {value}"
        return f"{of.words} {of.events} {name}{counted}"

    def _of_everybody(self, count: int, of: _Set) -> str:
        return f"{of.words} operations" + ("" if of.words.startswith(f"{count} ") else f" of whom {count}")

    def _part(self, name: str, value: int, cell: str, of: _Set, left: int | None) -> int:
        """A count as it is told; left: what is left of its whole, None for a count that is no part."""
        told = self.rounded(value, self._words(name, value, cell, of))
        told = max(told, STEP) if name in DOUBTS else told
        return told if left is None else min(told, left)

    def _of_course(
        self, part: pd.DataFrame, of: _Set, form: Course, bound: Mapping[str, Any]
    ) -> Iterator[dict[str, Any]]:
        ends = month_ends(int(part[form.day].max()), bound.get("within_days"))
        everybody = int(part[list(COUNTED)].to_numpy().sum())
        n = left = self.rounded(everybody, self._of_everybody(everybody, of))
        steps: dict[str, dict[int, int]] = {}
        for count in COUNTED:
            steps[count] = self._steps(part.set_index(form.day)[count], of, ends, left)
            left -= sum(steps[count].values())
        failed = sum(steps["failed"].values())
        if n < FEWEST or min(failed, n - failed) <= FEW:
            return
        of_group = part.columns.difference([form.day, *COUNTED, *form.beside])
        group = {str(column): part[column].iloc[0] for column in of_group}
        beside = self._beside(part, of, form, n)
        for day in sorted({day for risen in steps.values() for day in risen}):
            yield {**group, form.day: day, **{count: steps[count].get(day, 0) for count in COUNTED}, **beside}
            beside = dict.fromkeys(beside, 0)

    def _steps(self, by_day: pd.Series, of: _Set, ends: Sequence[int], left: int) -> dict[int, int]:
        """By day what a running total, rounded, rises by; left: how many operations are not told of yet.

        by_day: one of COUNTED, which is its name, by the day after surgery.
        """
        count, happened = str(by_day.name), by_day[by_day > 0]
        told_on = [moved(int(day), ends, back=count == REST) for day in happened.index]
        totals = happened.set_axis(told_on).groupby(level=0).sum().cumsum()
        by = shift(self._words(count, int(happened.sum()), "", of), self.keyed)
        days, so_far = list(map(int, totals.index)), [min(shifted(int(total), by), left) for total in totals]
        if count == REST:
            days, so_far = days or [ends[-1]], [*so_far[:-1], left]
        rises = zip(days, [0, *so_far], so_far, strict=False)
        return {day: after - earlier for day, earlier, after in rises if after > earlier}

    def _beside(self, part: pd.DataFrame, of: _Set, form: Course, n: int) -> dict[str, int]:
        told: dict[str, int] = {}
        sums = part[[*COUNTED, *form.beside]].sum()
        cell = _of_due("", int(sums[[*COUNTED]].sum() - sums["not_due"])) if form.beside else ""
        for count in form.beside:
            told[count] = self._part(count, int(sums[count]), cell, of, n - sum(told.values()))
        return told


def named_units(units: pd.DataFrame, keyed: Keyed) -> pd.DataFrame:
    """Surgeons by site, without the code of whoever has so few operations that the name alone would tell of some."""
    sums = units.groupby("surgeon")["operations"].sum()
    enough = [code for code, n in sums.items() if rounded(int(n), f"surgeon {code} of {n} named", keyed) >= FEWEST]
    return units.assign(surgeon=units["surgeon"].where(units["surgeon"].isin(enough), 0))


def rounded(count: int, words: str, keyed: Keyed) -> int:
    """A count as it is told. words: of which set and what, as the same words move it alike."""
    return shifted(count, shift(words, keyed))


def shift(words: str, keyed: Keyed) -> int:
    """By how much the counts of these words are moved before they are put on the multiple below.

    By -4 to 8, in the middle by 2, which is as much as the multiple below takes off: the sum of a die of five
    and eight coins. So wide that two counts that differ by one patient never tell which of them it is, and rarely
    at the ends, so that no two of a thousand pairs do by both being there.
    """
    digest = keyed(f"rounded {words}")
    die, coins = int.from_bytes(digest[:4]) % STEP, digest[4].bit_count() - 4
    return die + coins


def shifted(count: int, by: int) -> int:
    """A count that is moved by so much, on the multiple below."""
    return max(0, (count + by) // STEP * STEP)


def month_ends(last: int, within_days: int | None) -> list[int]:
    """The days after surgery on which a month ends, up to the last, and in their place the landmarks close to one.

    within_days: a day that a read looks at, and behind which it has one more for whatever comes later.
    """
    asked = [] if within_days is None else [within_days, within_days + 1]
    marks = {*(mark.days for mark in load().landmarks), *asked}
    months = (round(month * wording.A_MONTH) for month in range(1, int(last / wording.A_MONTH) + 2))
    return sorted({*marks, *(day for day in months if all(abs(day - mark) > CLOSE for mark in marks))})


def _of_due(cell: str, due: int) -> str:
    """The words of a cell of which so many are due.

    They are another set with each day on which somebody's time comes: what is counted of them is then moved anew, or
    an import in which nothing else happened would tell what had become of whoever came to be due.
    """
    return f"{cell} of {due} due"

"""Which factors an adjusted model takes: decided before any result, by what is recorded and how many failed.

The rule, the same for every model of the house. The surgery comes first, then the factor that the reader asks about, if
any, then the others in the fixed clinical order of their definitions (``adjust``); each is taken while ten failures
stand for each term, and while no more than a fifth of the operations are left out for want of a record. Failures are
counted by 1 year for every landmark from 1 year on, so that the set of factors is the same at 1 and at 2 years, and by
the landmark itself before that. A factor whose bands say nothing that those before it do not say, as where every
revision was operated before and nobody else was, is left out. One that does not fit may join bands with its reference,
in the order of its definition (``merge``) and no more of them than it must. The factor of interest must leave room for
one more term, that it be adjusted for something: the surgery's own, or another factor's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import FAMILY
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records

FEWEST_EVENTS_PER_TERM = 10
MOST_MISSING = 0.20
PROCEDURE = "procedure"
NEEDED = "would be needed"
"""How the words end where failures are too few."""
NOT_APART = "it cannot be told apart from what the model already takes"
DECIDED_BY = 365
"""A plan is decided on the failures by so many days, for every landmark from there on."""
BY_THEN = " by 1 year, which decides for every later time"
PATIENT_MINIMUM = 1
"""An adjusted model holds at least so many patient factors beside the procedure."""
RULE = (
    "Which factors are adjusted for is decided before any result: the surgery, the factor of interest, then the others "
    "in a fixed clinical order, while ten failures by 1 year (for a figure by 90 days: by then) stand for each band."
)
"""The rule above, as a reader is told it."""


class LeftOut(NamedTuple):
    """A factor that the model did not take, and why, in words."""

    factor: str
    why: str


class Joinable(NamedTuple):
    """Of a factor whose definition allows it: the code of the reference band; those that may join it in turn."""

    into: int
    names: tuple[str, ...]
    codes: tuple[int, ...]


class Merged(NamedTuple):
    """Bands of a factor that stand together with its reference band in a model.

    bands: their names, without the reference's own; codes: theirs; into: the code of the reference.
    """

    bands: tuple[str, ...]
    codes: tuple[int, ...]
    into: int


NO_BANDS: Mapping[str, Joinable] = MappingProxyType({})


@dataclass(frozen=True)
class ModelPlan:
    """Which factors a model takes, decided by how much is recorded and how many failed, never by who failed.

    surgery: how the operation itself stands in the model: ``procedure``, or ``family`` where failures are too few for
    each procedure and the patients' factors together. factors: taken beside it, the exposure first; left_out: the
    others; reason: why there is no model at all, else empty.
    operations, failed: those in which everything that the model takes is recorded, and the failures among them.
    missing_share: of all operations, those in which something that the model takes is not recorded.
    exposure: the factor that the reader asked about, if any. merged: by factor, the bands that stand together with its
    reference, as failures are too few to tell them apart.
    """

    surgery: str
    factors: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    reason: str
    operations: int
    failed: int
    missing_share: float
    exposure: str | None = None
    merged: Mapping[str, Merged] = field(default_factory=dict)

    @property
    def terms_from(self) -> tuple[str, ...]:
        """Everything that the model takes, the surgery first."""
        return (self.surgery, *self.factors)

    def together(self, patterns: pd.DataFrame) -> pd.DataFrame:
        """The patterns with the bands that were merged given their reference's code: all that a fit may see."""
        joined = {name: patterns[name].where(~patterns[name].isin(m.codes), m.into) for name, m in self.merged.items()}
        return patterns.assign(**joined) if joined else patterns

    def merged_words(self, factor: str) -> str:
        """What stands together in a factor and why; empty where each band stands by itself."""
        if factor not in self.merged:
            return ""
        labels = wording.within_sentence(self.merged_labels(factor))
        return f"{labels} together, as failures are too few to tell them apart"

    def merged_labels(self, factor: str) -> str:
        """The reference band of a factor and those that stand together with it: Never and former."""
        known = load().factors[factor]
        names = {known.reference, *(self.merged[factor].bands if factor in self.merged else ())}
        labels = [wording.within_sentence(band.label) for band in known.bands if band.name in names]
        return wording.at_the_start(wording.joined(labels))


def planned(
    patterns: pd.DataFrame,
    deciding: pd.DataFrame | None = None,
    exposure: str | None = None,
    joinable: Mapping[str, Joinable] = NO_BANDS,
) -> ModelPlan:
    """Which factors a model of these patterns may take, while the guards hold.

    Each procedure by itself where that leaves no patient factor out, and no bands together, for want of failures; else
    its family, if the patterns hold more than one and this lets in more factors, or tells more bands apart.
    deciding: the patterns by 1 year, where the landmark is later; what is taken must fit in both. exposure: the factor
    that stays in, or there is no model. joinable: of which factors bands may stand together.
    Raises WrongUsage for an exposure that no model may take.
    """
    if exposure is not None and exposure not in load().adjusting:
        raise WrongUsage(f'"{exposure}" is no factor that a model takes. Choose one of {", ".join(load().adjusting)}.')
    frames = [patterns] if deciding is None else [deciding, patterns]
    fine = _Planner(frames, PROCEDURE, exposure, joinable).plan()
    loses_nothing = not fine.merged and not any(one.why.endswith(NEEDED) for one in fine.left_out)
    if not fine.reason and loses_nothing:
        return fine
    if patterns.loc[patterns["operations"] > 0, FAMILY].nunique() < 2:
        return fine
    coarse = _Planner(frames, FAMILY, exposure, joinable).plan()
    return coarse if _holds(coarse) > _holds(fine) else fine


def decided_by(within_days: int) -> int:
    """The day by which the failures count that decide the plan of a landmark."""
    return min(within_days, DECIDED_BY)


def joinable_bands(records: Records) -> dict[str, Joinable]:
    """By factor which bands may join its reference, and in which order."""
    found = {}
    for name in load().adjusting:
        known, codes = load().factors[name], records.order(name)
        names = tuple(band for band in known.merge if band in codes)
        if known.reference in codes and names:
            found[name] = Joinable(codes[known.reference], names, tuple(codes[band] for band in names))
    return found


def too_few(failed: int, terms: int, when: str = "") -> str:
    """Why so many terms do not fit, in words; empty where they do."""
    needed = max(FEWEST_EVENTS_PER_TERM * terms, FEWEST_EVENTS_PER_TERM)
    return "" if failed >= needed else f"{wording.count(failed, 'failure')}{when}, and {needed} {NEEDED}"


def _holds(plan: ModelPlan) -> tuple[bool, int, int]:
    """How much a plan holds: any model at all, then factors, then as few bands together as can be."""
    return not plan.reason, len(plan.factors), -sum(len(one.codes) for one in plan.merged.values())


class _Planner:
    """Takes factor after factor while all frames carry them; the frames are the deciding one, if any, and the own."""

    def __init__(
        self, frames: Sequence[pd.DataFrame], surgery: str, exposure: str | None, joinable: Mapping[str, Joinable]
    ) -> None:
        self.frames, self.surgery, self.exposure, self.joinable = frames, surgery, exposure, joinable
        self.some = [frame["operations"].to_numpy() > 0 for frame in frames]
        self.complete = [np.ones(len(frame), dtype=bool) for frame in frames]
        self.whens = ["", ""] if len(frames) == 1 else [BY_THEN, ""]
        self.taken = [[frame[surgery].to_numpy()] for frame in frames]
        self.terms = [
            max(0, frame.loc[some, surgery].nunique() - 1) for frame, some in zip(frames, self.some, strict=True)
        ]

    def plan(self) -> ModelPlan:
        if reason := self._surgery_alone():
            return self._made((), (), reason, {})
        taken: list[str] = []
        left_out: list[LeftOut] = []
        merged: dict[str, Merged] = {}
        for factor in self._in_turn():
            why, joined = self._take(factor)
            if why:
                left_out.append(LeftOut(factor, why))
                continue
            taken.append(factor)
            if joined is not None:
                merged[factor] = joined
        return self._made(tuple(taken), tuple(left_out), self._reason(taken, left_out), merged)

    def _in_turn(self) -> list[str]:
        first = [self.exposure] if self.exposure else []
        return [*first, *(name for name in load().adjusting if name != self.exposure)]

    def _surgery_alone(self) -> str:
        found = (
            too_few(int(frame["failed"].sum()), terms, when)
            for frame, terms, when in zip(self.frames, self.terms, self.whens, strict=False)
        )
        return next((why for why in found if why), "")

    def _take(self, factor: str) -> tuple[str, Merged | None]:
        """Take a factor, with as few bands together as can be; or why it does not fit."""
        why = ""
        # The factor of interest leaves room for something to adjust it for.
        spare = int(factor == self.exposure and max(self.terms) == 0)
        for codes in self._ways_to_join(factor):
            recorded, bands, why = self._tried(factor, codes, spare)
            if not why:
                self.complete, self.terms = recorded, [t + b - 1 for t, b in zip(self.terms, bands, strict=True)]
                for place in range(len(self.frames)):
                    self.taken[place].append(self._codes(place, factor, codes))
                return "", self._joined(factor, codes) if codes else None
            if not why.endswith(NEEDED):
                break
        return why, None

    def _ways_to_join(self, factor: str) -> Iterator[tuple[int, ...]]:
        """Which codes to give to the reference: none, then one more at a time; two bands are left at least."""
        yield ()
        if factor not in self.joinable:
            return
        into, _, codes = self.joinable[factor]
        there = [set(frame.loc[some, factor]) for frame, some in zip(self.frames, self.some, strict=True)]
        occurring = [code for code in codes if any(code in one for one in there)]
        for k in range(1, len(occurring) + 1):
            left = [one - set(occurring[:k]) - {0} for one in there]
            if all(into in one and len(one) > 1 for one in left):
                yield tuple(occurring[:k])

    def _tried(
        self, factor: str, joined: Sequence[int], spare: int
    ) -> tuple[list[npt.NDArray[np.bool_]], list[int], str]:
        """Whose records are complete with a factor, how many bands it has, and why it does not fit: in each frame."""
        recorded, bands, why = [], [], ""
        for place, frame in enumerate(self.frames):
            codes, operations = frame[factor].to_numpy(), frame["operations"].to_numpy()
            known = self.complete[place] & (codes != 0)
            own = len(set(codes[known & self.some[place]]) - set(joined))
            share = operations[known].sum() / max(1, operations.sum())
            failed = int(frame["failed"].to_numpy()[known].sum())
            why = why or _why_not(own, self.terms[place] + spare, share, failed, self.whens[place])
            if not why and _repeats([*self.taken[place], self._codes(place, factor, joined)], known & self.some[place]):
                why = NOT_APART
            recorded.append(known)
            bands.append(own)
        return recorded, bands, why

    def _codes(self, place: int, factor: str, joined: Sequence[int]) -> npt.NDArray[np.int64]:
        """The codes of a factor in a frame, with the bands that are joined given the reference's."""
        codes = self.frames[place][factor].to_numpy()
        return np.where(np.isin(codes, joined), self.joinable[factor].into, codes) if joined else codes

    def _joined(self, factor: str, codes: tuple[int, ...]) -> Merged:
        may = self.joinable[factor]
        names = dict(zip(may.codes, may.names, strict=True))
        return Merged(tuple(names[code] for code in codes), codes, may.into)

    def _reason(self, taken: Sequence[str], left_out: Sequence[LeftOut]) -> str:
        if self.exposure is None:
            return "" if len(taken) >= PATIENT_MINIMUM else _nothing_to_adjust(left_out)
        label = wording.within_sentence(load().factors[self.exposure].label)
        if self.exposure not in taken:
            return f"{label} cannot be adjusted ({next(one.why for one in left_out if one.factor == self.exposure)})"
        if len(taken) == 1 and self.frames[-1].loc[self.some[-1], self.surgery].nunique() < 2:
            return f"{label} can be adjusted for nothing else ({_nearest(left_out)})"
        return ""

    def _made(
        self, taken: tuple[str, ...], left_out: tuple[LeftOut, ...], reason: str, merged: Mapping[str, Merged]
    ) -> ModelPlan:
        own, complete = self.frames[-1], self.complete[-1]
        kept, failed = (int(own[name].to_numpy()[complete].sum()) for name in ("operations", "failed"))
        missing = 1 - kept / max(1, int(own["operations"].sum())) if taken else 0.0
        return ModelPlan(self.surgery, taken, left_out, reason, kept, failed, missing, self.exposure, merged)


def _why_not(bands: int, terms: int, recorded_share: float, failed: int, when: str) -> str:
    if bands < 2:
        return "only one band occurs"
    if 1 - recorded_share > MOST_MISSING:
        return f"with it {100 * (1 - recorded_share):.0f} % of the operations would be left out, not being recorded"
    return too_few(failed, terms + bands - 1, when)


def _repeats(factors: Sequence[npt.NDArray[np.int64]], rows: npt.NDArray[np.bool_]) -> bool:
    """Whether the bands of one of these factors are already told by those of the others, in these rows."""
    each = np.unique(np.column_stack([codes[rows] for codes in factors]), axis=0)
    bands = [codes[:, None] == np.unique(codes)[1:] for codes in each.T]
    columns = np.column_stack([np.ones(len(each)), *bands])
    return bool(np.linalg.matrix_rank(columns) < columns.shape[1])


def _nearest(left_out: Sequence[LeftOut]) -> str:
    """Of the factors that were left out the one that wants the fewest failures, and why it was."""
    few = [one for one in left_out if one.why.endswith(NEEDED)]
    if not few:
        return "no other factor is recorded enough"
    nearest = min(few, key=lambda one: int(one.why.removesuffix(f" {NEEDED}").split()[-1]))
    return f"{wording.within_sentence(load().factors[nearest.factor].label)}: {nearest.why}"


def _nothing_to_adjust(left_out: Sequence[LeftOut]) -> str:
    words = "; ".join(f"{wording.within_sentence(load().factors[one.factor].label)}: {one.why}" for one in left_out)
    return f"no patient factor can be adjusted for ({words})" if words else "no patient factor is recorded"

"""What a definition is made of: plain frozen records, one for each kind of entry in the TOML files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from dashboard.definitions.canonical import TABLES

BEFORE = "before surgery"
"""The timing of a factor that a model may adjust for."""
TIMINGS = (BEFORE, "after surgery")
EVENT_KINDS: Mapping[str, str] = MappingProxyType(
    {table.kept: table.columns[table.word].words for table in TABLES.values() if table.word} | {"reoperation": ""}
)
"""By kind of record that may make an operation a failure, the vocabulary of its words; a reoperation has none."""
ESTIMATE, RANGE, UPPER_BOUND = "estimate", "range", "upper_bound"
HIGHER, LOWER = "higher", "lower"
PUBLISHED_KINDS: Mapping[str, str] = MappingProxyType(
    {ESTIMATE: "estimate", RANGE: "range of several reports", UPPER_BOUND: "upper bound"}
)
"""What a published figure may be, and the words for it."""


@dataclass(frozen=True)
class Entry:
    """A named entry with its words on screen, where it comes from, who wrote it, and when it was last reviewed."""

    name: str
    label: str
    source: str
    author: str
    reviewed: date


@dataclass(frozen=True)
class Term:
    """One word that a record may use, such as the procedure ``tlif``."""

    name: str
    label: str
    group: str | None = None
    icd: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class EventRule:
    """One kind of recorded event that makes an operation a failure.

    source: one of EVENT_KINDS; values: which words of its vocabulary (empty = any).
    clock: ``event`` counts from the event's own date, ``first_symptom`` from the first symptom if one is recorded.
    within_days: the event counts only on its own days 0 to this one after surgery; None: on any day.
    within_days_with_implant: the same after an operation of which an implant is recorded; None: no other days.
    """

    source: str
    clock: str
    values: tuple[str, ...] = ()
    within_days: int | None = None
    within_days_with_implant: int | None = None


@dataclass(frozen=True)
class Outcome(Entry):
    """A named definition of failure, with its clock.

    kind ``time``: the earliest of ``events``, followed over time with death as a competing event.
    kind ``landmark``: what the answer at one visit (months) says; ``reading`` is the value itself or its
    improvement on the baseline (baseline minus visit), failed when it compares so with ``threshold``.
    is_failure: False for what is watched for safety, such as complications, and is no definition of failure.
    order: its place on every screen; None: after all that have one.
    """

    short: str
    kind: str
    description: str
    why: str
    caution: str
    version: int
    events: tuple[EventRule, ...] = ()
    visit: int | None = None
    measure: str | None = None
    reading: str | None = None
    comparison: str | None = None
    threshold: float | None = None
    is_failure: bool = True
    order: int | None = None


@dataclass(frozen=True)
class Band:
    """One band of a factor: the numbers low <= x < high, or the recorded values listed.

    phrase: what it is called in a sentence that does not name its factor: "current smoking".
    """

    name: str
    label: str
    phrase: str
    low: float | None = None
    high: float | None = None
    values: tuple[str, ...] = ()

    def holds(self, number: float) -> bool:
        """Whether a number lies in it: low <= number < high."""
        return (self.low is None or self.low <= number) and (self.high is None or number < self.high)


@dataclass(frozen=True)
class FactorChange:
    """What a band at risk becomes where it is changed before surgery.

    words: whom it is compared with, after "of 100": "who had stopped smoking". caution: what the records do not say.
    """

    band: str
    to: str
    words: str
    caution: str


@dataclass(frozen=True)
class PublishedRatio:
    """A published odds ratio with its 95 % interval, shown beside a factor with its source."""

    measure: str
    value: float
    low: float
    high: float
    of: str
    source: str


@dataclass(frozen=True)
class Factor(Entry):
    """A risk factor: a recorded trait and its bands. "Not recorded" is a band of every factor and never listed.

    adjust: its place among the factors that an adjusted model takes, first come first served while there are failures
    enough to carry them; None for those that no model takes. Known before surgery, and chosen before any result.
    at_risk: of a factor that can be changed before surgery, the bands that are worth changing. changes: what each of
    these becomes.
    merge: the bands that may stand together with the reference in a model whose failures are too few to tell them
    apart, in the order in which they join it; clinically the next to it.
    order: its place on every screen; None: after all that have one.
    """

    trait: str
    timing: str
    modifiable: bool
    reference: str
    bands: tuple[Band, ...]
    note: str
    adjust: int | None = None
    at_risk: tuple[str, ...] = ()
    changes: tuple[FactorChange, ...] = ()
    merge: tuple[str, ...] = ()
    published: tuple[PublishedRatio, ...] = ()
    order: int | None = None

    @property
    def numeric(self) -> bool:
        """Whether its bands are ranges of a number."""
        return not any(band.values for band in self.bands)

    def holding(self, number: float) -> Band | None:
        """The band that a number lies in, low <= number < high; None where it lies in none."""
        return next((band for band in self.bands if self.numeric and band.holds(number)), None)

    def change_of(self, band: str) -> FactorChange | None:
        """What a band becomes where it is changed; None of a band that is not at risk."""
        return next((change for change in self.changes if change.band == band), None)

    def phrase(self, band: str) -> str:
        """What a band is called in a sentence."""
        return next(each.phrase for each in self.bands if each.name == band)


@dataclass(frozen=True)
class Figure:
    """One number that a source gives, a share from 0 to 1. Which of them it has, its benchmark's kind says.

    value: of an estimate, with low and high its 95 % interval where the source gives one; else low and high are the
    ends of a range, and high alone is an upper bound. within_days: None has no fixed time. band: of the factor that the
    benchmark is broken down by.
    """

    within_days: int | None = None
    value: float | None = None
    low: float | None = None
    high: float | None = None
    band: str | None = None


@dataclass(frozen=True)
class Benchmark(Entry):
    """Published figures of one source and population; never a target. ``benchmarks.toml`` says what each key is.

    kind: one of PUBLISHED_KINDS; country: of which country or register; n: how many operations they rest on.
    """

    kind: str
    figures: tuple[Figure, ...]
    country: str
    population: str
    definition: str
    warning: str
    year: int
    n: int | None = None
    outcome: str | None = None
    differs: str = ""
    families: tuple[str, ...] = ()
    procedures: tuple[str, ...] = ()
    indications: tuple[str, ...] = ()
    factor: str | None = None


@dataclass(frozen=True)
class Monitoring:
    """What is watched from operation to operation; the comments in ``monitoring.toml`` say what each number is."""

    outcome: str
    within_days: int
    odds_ratio_more: float
    odds_ratio_fewer: float
    false_alarm_operations: int
    frozen_years_before: int
    fewest_operations: int
    source: str
    author: str
    reviewed: date


@dataclass(frozen=True)
class RedFlagCombination(Entry):
    """What red flags point to: at least one from each list in ``any_of``.

    within_days: so many days at most between the beginnings of those that make it up. advice: what it points to.
    """

    advice: str
    within_days: int
    any_of: tuple[tuple[str, ...], ...]

    @property
    def symptoms(self) -> tuple[str, ...]:
        """Every symptom that it names."""
        return tuple(name for names in self.any_of for name in names)


@dataclass(frozen=True)
class RedFlags:
    """What ``red_flags.toml`` says; same_days: how near another symptom began that is shown beside a red flag."""

    same_days: int
    combinations: tuple[RedFlagCombination, ...]


@dataclass(frozen=True)
class CauseReading(Entry):
    """Causes that are read together, and what they have in common; a cause stands in one reading at most.

    preventable: of the one reading whose failures could perhaps have been prevented. named: False where its causes say
    that none was found.
    """

    causes: tuple[str, ...]
    preventable: bool = False
    named: bool = True


@dataclass(frozen=True)
class Revisions:
    """The step of care that operates again, and its treatments told apart."""

    step: str
    urgent: tuple[str, ...]
    minimally_invasive: tuple[str, ...]
    open: tuple[str, ...]


@dataclass(frozen=True)
class Thresholds:
    """The changes that matter by one set of sources, in units of the measure; None where it does not say one."""

    important: float
    source: str
    substantial: float | None = None
    worse: float | None = None


@dataclass(frozen=True)
class ThresholdSet:
    """A set of thresholds that a reader may choose."""

    name: str
    label: str


@dataclass(frozen=True)
class Measure:
    """A patient-reported measure by its change since before surgery (a rise is better), and the changes that matter.

    score: the answer itself, by its name at a visit; better: whether a lower or a higher one is.
    detectable: the smallest change beyond the error of measurement in one patient, in units. thresholds: by set.
    """

    name: str
    score: str
    better: str
    label: str
    unit: str
    detectable: float
    detectable_source: str
    caution: str
    thresholds: Mapping[str, Thresholds]

    def changed(self, score: float, change: float) -> float:
        """The score after a change, of which a plus is better whichever way the score runs."""
        return score + change if self.better == HIGHER else score - change

    def within_error(self, change: float | None) -> bool:
        """Whether a change in one patient may be the error of measurement alone."""
        return change is not None and change < self.detectable


@dataclass(frozen=True)
class Opinion:
    """A question that is answered with one of a few words, from 1, the best, on."""

    name: str
    label: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class BaselineBand:
    """Disability before surgery, over the band before it and up to ``high``."""

    label: str
    high: int


@dataclass(frozen=True)
class PatientReported:
    """What patients report at visits: measures with their thresholds, opinions, bands of disability before surgery."""

    sets: tuple[ThresholdSet, ...]
    measures: tuple[Measure, ...]
    opinions: tuple[Opinion, ...]
    bands: tuple[BaselineBand, ...]
    author: str
    reviewed: date


@dataclass(frozen=True)
class Visit:
    """A planned follow-up and its window in days since surgery, both ends counted."""

    months: int
    label: str
    low: int
    high: int


@dataclass(frozen=True)
class Landmark:
    """A fixed day at which shares are read off, chosen before any curve was seen."""

    days: int
    label: str


@dataclass(frozen=True)
class OnsetCategory:
    """When a failure showed itself: days since surgery, both ends counted; ``persistent`` has no days."""

    name: str
    label: str
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Clock:
    """How time after surgery is told; the comments in ``follow_up.toml`` say what each number is."""

    reoperation_window_days: int
    overdue_days: int
    fbss_code: str
    visits: tuple[Visit, ...]
    landmarks: tuple[Landmark, ...]
    onset: tuple[OnsetCategory, ...]
    source: str
    author: str
    reviewed: date

"""Where a figure cannot be given: which other choice would give it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dashboard import wording
from dashboard.analyses.groups import FAMILY, families
from dashboard.cohort import TITLES, Cohort
from dashboard.records import Records

WHOLE_PERIOD = "the whole period"


@dataclass(frozen=True)
class Way:
    """Another choice: words that say what it is, and the cohort that it is."""

    words: str
    cohort: Cohort


def ways(
    records: Records, possible: Callable[[Records], bool], most: int = 2, unlike: Sequence[str] = ()
) -> tuple[Way, ...]:
    """The choices next to the reader's own under which a figure is possible, the narrowest first.

    possible: whether the figure can be given of these records. unlike: the procedure families that may not stand
    together, where that is what refuses it: each of them alone that would do. Else one filter is widened at a time, a
    procedure to its family before it is let go; then all of them together. Empty where not even the whole practice
    would do.
    """
    if alone := tuple(way for way in _alone(records, unlike) if possible(records.of(way.cohort))):
        return alone
    found: list[Way] = []
    for way in _wider(records):
        if len(found) < most and way.cohort not in [one.cohort for one in found] and possible(records.of(way.cohort)):
            found.append(way)
    return tuple(found)


def _alone(records: Records, families: Sequence[str]) -> Iterator[Way]:
    """The reader's own choice, narrowed to one procedure family after the other."""
    for name, label in records.choices(FAMILY).items():
        if name in families:
            chosen = {**records.cohort.chosen, FAMILY: (name,)}
            yield Way(f"{wording.within_sentence(label)} alone", replace(records.cohort, chosen=chosen))


def _wider(records: Records) -> Iterator[Way]:
    cohort = records.cohort
    of = families()
    if procedures := cohort.chosen.get("procedure"):
        kept = tuple(sorted({of[name] for name in procedures if name in of}))
        rest = _without(cohort.chosen, "procedure")
        words = f"all of {', '.join(records.label(FAMILY, name) for name in kept)}"
        yield Way(words, replace(cohort, chosen={**rest, FAMILY: kept}))
    if cohort.operated_from or cohort.operated_to:
        yield Way(WHOLE_PERIOD, replace(cohort, operated_from=None, operated_to=None))
    for dimension in cohort.chosen:
        words = f"any {TITLES[dimension].lower()}"
        yield Way(words, replace(cohort, chosen=_without(cohort.chosen, dimension)))
    if len(cohort.chosen) + bool(cohort.operated_from or cohort.operated_to) > 1:
        yield Way("all operations", Cohort(every_operation=cohort.every_operation))


def _without(chosen: Mapping[str, tuple[str, ...]], dimension: str) -> dict[str, tuple[str, ...]]:
    return {name: kept for name, kept in chosen.items() if name != dimension}

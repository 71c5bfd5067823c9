"""The operations that a reader chose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from types import MappingProxyType

from dashboard.errors import WrongUsage

FILTERS: Mapping[str, str] = MappingProxyType(
    {
        "procedures": "procedure",
        "surgeons": "surgeon",
        "sites": "site",
        "prior_surgery": "prior_surgery",
        "age": "age",
        "sex": "sex",
        "indication": "indication",
    }
)
"""Each list that a cohort may filter by, and the dimension that its names belong to."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "procedures": "Procedure",
        "surgeons": "Surgeon",
        "sites": "Site",
        "prior_surgery": "Previous spine surgery",
        "age": "Age",
        "sex": "Sex",
        "indication": "Indication",
    }
)

LONGEST_NAME, LONGEST_LIST = 200, 500
"""A link may carry anything: what is longer than this was not chosen on a screen."""


@dataclass(frozen=True)
class Cohort:
    """Which operations to count, in names and not codes; an empty tuple means that nothing is filtered.

    operated_from, operated_to: the first and the last day of surgery, both included.
    every_operation: reoperations within the window and planned stages count too, not index operations alone.
    Raises WrongUsage when a value cannot be what a reader chose.
    """

    operated_from: date | None = None
    operated_to: date | None = None
    procedures: tuple[str, ...] = ()
    surgeons: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    prior_surgery: tuple[str, ...] = ()
    age: tuple[str, ...] = ()
    sex: tuple[str, ...] = ()
    indication: tuple[str, ...] = ()
    every_operation: bool = False

    def __post_init__(self) -> None:
        for name in ("operated_from", "operated_to"):
            _check_day(getattr(self, name))
        if self.operated_from and self.operated_to and self.operated_from > self.operated_to:
            raise WrongUsage(
                f"The period begins on {_day(self.operated_from)}, after its end on {_day(self.operated_to)}. "
                "Exchange the two dates."
            )
        for name in FILTERS:
            object.__setattr__(self, name, _names(name, getattr(self, name)))
        if not isinstance(self.every_operation, bool):
            raise WrongUsage("Every operation is either yes or no.")

    def filters(self) -> dict[str, tuple[str, ...]]:
        """The lists that filter something: by the cohort's own word, the names asked for."""
        return {name: getattr(self, name) for name in FILTERS if getattr(self, name)}

    def without(self, *names: str) -> Cohort:
        """The same cohort with these filters cleared."""
        empty = {field.name: field.default for field in fields(self) if field.name in names}
        return replace(self, **empty)  # type: ignore[arg-type]

    def described(self, labels: Mapping[str, Mapping[str, str]] | None = None) -> str:
        """What is counted, in words; ``labels``: by dimension, a label for each name."""
        labels = labels or {}
        kind = "every operation" if self.every_operation else "index operations"
        parts = [kind, *filter(None, [self._period()])]
        for name, chosen in self.filters().items():
            known = labels.get(FILTERS[name], {})
            parts.append(f"{TITLES[name].lower()}: {', '.join(known.get(value, value) for value in chosen)}")
        words = "; ".join(parts)
        return words[0].upper() + words[1:]

    def _period(self) -> str:
        if self.operated_from and self.operated_to:
            return f"operated {_day(self.operated_from)} to {_day(self.operated_to)}"
        if self.operated_from:
            return f"operated from {_day(self.operated_from)}"
        return f"operated until {_day(self.operated_to)}" if self.operated_to else ""


def _names(filter_name: str, values: object) -> tuple[str, ...]:
    """The chosen names, each once and in order, so that the same choice is the same cohort."""
    if isinstance(values, str) or not isinstance(values, tuple | list | set | frozenset):
        raise WrongUsage(f"{TITLES[filter_name]} is chosen as a list of names.")
    if len(values) > LONGEST_LIST or not all(isinstance(value, str) and len(value) <= LONGEST_NAME for value in values):
        raise WrongUsage(f"{TITLES[filter_name]}: this is not a list of names from the screen. Choose again.")
    return tuple(sorted(set(values)))


def _check_day(day: object) -> None:
    if day is not None and type(day) is not date:
        raise WrongUsage("A period is given as dates, such as 2024-02-28.")


def _day(day: date) -> str:
    return f"{day.day} {day:%b %Y}"

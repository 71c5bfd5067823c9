"""The operations that a reader chose, and what there is to choose by."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

from dashboard.errors import WrongUsage

LONGEST_NAME, LONGEST_LIST = 10_000, 500
"""A link may carry anything: what is longer was not chosen on a screen. A name is as long as a cell may be."""


@dataclass(frozen=True)
class Filter:
    """One thing that a reader may narrow the cohort by. All that is known of it stands here.

    word: in the address. dimension: what its names are names of, the column of every mart that holds their codes, and
    the parameter that a read binds them to. many: what several of them are called ("5 procedures"). in_bar: in the line
    above every page, else behind "More". everybody: what is counted while nothing is chosen, where it is not "All" of
    them.
    """

    word: str
    dimension: str
    label: str
    many: str
    in_bar: bool = False
    everybody: str = ""

    @property
    def unchosen(self) -> str:
        """What stands in its place while nothing is chosen: "All procedures"."""
        return self.everybody or f"All {self.many}"

    @property
    def condition(self) -> str:
        """What keeps the chosen rows of a mart: null filters nothing, an empty list matches nothing."""
        return f"(${self.dimension} is null or list_contains(${self.dimension}, {self.dimension}))"


FILTERS = (
    Filter("family", "family", "Procedure family", "families", in_bar=True),
    Filter("procedure", "procedure", "Procedure", "procedures", in_bar=True),
    Filter("levels", "levels", "Levels operated", "numbers of levels", in_bar=True, everybody="All levels"),
    Filter("surgeon", "surgeon", "Surgeon", "surgeons", in_bar=True),
    Filter("site", "site", "Site", "sites", in_bar=True),
    Filter(
        "prior", "prior_surgery", "Previous spine surgery", "kinds of earlier surgery", in_bar=True,
        everybody="First and redo",
    ),
    Filter("age", "age", "Age", "ages"),
    Filter("sex", "sex", "Sex", "sexes"),
    Filter("indication", "indication", "Indication", "indications"),
)  # fmt: skip
"""In the order of the screen. A further one is a line here: the marts have its column with the next import."""

TITLES = {each.dimension: each.label for each in FILTERS}
PARAMETERS = frozenset(TITLES) | {"operated_from", "operated_to", "index_only"}
"""What a read binds the choices to."""
PLACES = ("procedure", "family", "surgeon", "site")
"""Columns of every mart that a reader may break down by, and that tell nothing of the patient; the factors do."""
MOST_OF_PATIENT = 2
"""So many filters of the patient, the breakdown among them, may a viewer in protected mode choose at once."""


@dataclass(frozen=True)
class Cohort:
    """Which operations to count.

    operated_from, operated_to: the first and the last day of surgery, both included.
    chosen: by a filter's dimension the names, not codes, of what is kept; what is not there, or empty, filters nothing.
    every_operation: reoperations within the window and planned stages count too, not index operations alone.
    Raises WrongUsage when a value cannot be what a reader chose.
    """

    operated_from: date | None = None
    operated_to: date | None = None
    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    every_operation: bool = False

    def __post_init__(self) -> None:
        for day in (self.operated_from, self.operated_to):
            _check_day(day)
        if self.operated_from and self.operated_to and self.operated_from > self.operated_to:
            raise WrongUsage(
                f"The period begins on {day_words(self.operated_from)}, after its end on "
                f"{day_words(self.operated_to)}. Exchange the two dates."
            )
        if surplus := set(self.chosen) - set(TITLES):
            raise WrongUsage(f"There is no filter by {', '.join(sorted(surplus))}.")
        names = {of: _names(of, self.chosen[of]) for of in TITLES if of in self.chosen}
        object.__setattr__(self, "chosen", MappingProxyType({of: kept for of, kept in names.items() if kept}))
        if not isinstance(self.every_operation, bool):
            raise WrongUsage("Every operation is either yes or no.")

    @property
    def narrowed_by(self) -> dict[str, object]:
        """What is chosen, as the audit has it: the period and the names."""
        chosen = {"from": self.operated_from, "to": self.operated_to, **self.chosen}
        return {key: value for key, value in chosen.items() if value}

    def values(self, known: Callable[[str, Sequence[str]], list[int]]) -> dict[str, bool | date | list[int] | None]:
        """What a read binds the choices to. known: the codes of names of a dimension."""
        chosen = {of: known(of, self.chosen[of]) if of in self.chosen else None for of in TITLES}
        period = {"operated_from": self.operated_from, "operated_to": self.operated_to}
        return {**period, **chosen, "index_only": not self.every_operation}

    def renamed(self, dimension: str, names: Mapping[str, str]) -> Cohort:
        """The same with other names of a dimension in the place of those chosen; one that has none matches nobody."""
        chosen = tuple(names.get(name, "") for name in self.chosen.get(dimension, ()))
        return replace(self, chosen={**self.chosen, dimension: chosen})

    def in_quarters(self) -> Cohort:
        """The same of whole quarters, wider than it was: by one day more or less a patient could be made out."""
        start, end = self.operated_from, self.operated_to
        return replace(self, operated_from=start and quarter_of(start)[0], operated_to=end and quarter_of(end)[1])

    def complaint(self, slots: Iterable[str | Sequence[str]] = ()) -> str:
        """Why a viewer in protected mode may not be told of these; empty where he or she may.

        slots: the columns that they are counted by, in each slot of a read; of one slot they count one at a time.
        """
        if self.every_operation:
            return "Your role shows index operations: reoperations are so few that they could be made out."
        if self != self.in_quarters():
            return "Your role shows whole quarters of a year. Choose the period again."
        chosen = set(self.chosen).difference(PLACES)
        columns = ({of} if isinstance(of, str) else set(of) for of in slots)
        asked = len(chosen) + sum(bool(of.difference(PLACES, chosen, {""})) for of in columns)
        if asked > MOST_OF_PATIENT:
            return (
                f"Your role shows figures by {MOST_OF_PATIENT} things about the patient at once, and these are "
                f"{asked}. Take away one filter."
            )
        return ""

    def described(self, labels: Mapping[str, Mapping[str, str]] | None = None, part: str = "") -> str:
        """What is counted, in words; ``labels``: by dimension, a label for each name; part: of the practice."""
        labels = labels or {}
        kind = "every operation" if self.every_operation else "index operations"
        parts = [f"{kind} {part}".rstrip(), *filter(None, [self.period_words()])]
        for dimension, chosen in self.chosen.items():
            known = labels.get(dimension, {})
            parts.append(f"{TITLES[dimension].lower()}: {', '.join(known.get(value, value) for value in chosen)}")
        words = "; ".join(parts)
        return words[0].upper() + words[1:]

    def period_words(self) -> str:
        """From when to when, in words; empty for the whole period."""
        if self.operated_from and self.operated_to:
            return f"operated {day_words(self.operated_from)} to {day_words(self.operated_to)}"
        if self.operated_from:
            return f"operated from {day_words(self.operated_from)}"
        return f"operated until {day_words(self.operated_to)}" if self.operated_to else ""


def understood(choices: Mapping[str, str], words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Of these words the choices that they name, in order, by name or label; and the words that name none.

    choices: name -> label. A cohort that asks for a name that is no choice matches nothing by it: it never widens.
    """
    names = {label: name for name, label in choices.items()} | {name: name for name in choices}
    known = {names[word] for word in words if word in names}
    return [name for name in choices if name in known], [word for word in words if word not in names]


def _names(dimension: str, values: object) -> tuple[str, ...]:
    """The chosen names, each once and in order, so that the same choice is the same cohort."""
    if isinstance(values, str) or not isinstance(values, tuple | list | set | frozenset):
        raise WrongUsage(f"{TITLES[dimension]} is chosen as a list of names.")
    if len(values) > LONGEST_LIST or not all(isinstance(value, str) and len(value) <= LONGEST_NAME for value in values):
        raise WrongUsage(f"{TITLES[dimension]}: this is not a list of names from the screen. Choose again.")
    return tuple(sorted(set(values)))


def _check_day(day: object) -> None:
    if day is not None and type(day) is not date:
        raise WrongUsage("A period is given as dates, such as 2024-02-28.")


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter of a year in which a day lies."""
    first, last = (day.month - 1) // 3 * 3 + 1, (day.month - 1) // 3 * 3 + 3
    return date(day.year, first, 1), date(day.year, last, monthrange(day.year, last)[1])


def day_words(day: date) -> str:
    """A day as it stands in a sentence: 3 Feb 2024."""
    return f"{day.day} {day:%b %Y}"

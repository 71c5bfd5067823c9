"""What ``sample_data/rules.toml`` says, as arrays in one fixed order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.errors import DefinitionsWrong
from dashboard.sample.draws import Floats, Ints
from dashboard.strict import toml

DAY_ZERO = date(2015, 1, 1)  # days are counted from here, so that a baseline visit before 2018 has a number too


def day_number(day: date) -> int:
    return (day - DAY_ZERO).days


@dataclass(frozen=True)
class Rules:
    """The rules and what is worked out from them once: lists of names, and weights as arrays in their order."""

    text: Mapping[str, Any]
    procedures: tuple[str, ...]
    courses: tuple[str, ...]
    causes: tuple[str, ...]
    symptoms: tuple[str, ...]
    indications: tuple[str, ...]
    first_day: int
    data_day: int
    day_weights: Floats
    course_of: Ints  # by procedure
    cause_weights: Floats  # course x cause
    quick: Ints  # by cause: 1 found and reoperated within days
    symptom_weights: Floats  # cause x symptom; the last row: passing symptoms
    reoperation_weights: Floats  # cause x procedure

    def __getitem__(self, section: str) -> Any:
        return self.text[section]

    def each(self, section: str, name: str) -> Floats:
        """One number (or five quartiles) of every entry of a section, in order: procedures, causes or surgeons."""
        entries = self.text[section]
        entries = entries.values() if isinstance(entries, Mapping) else entries
        return np.array([entry[name] for entry in entries], dtype=np.float64)

    @property
    def sites(self) -> tuple[str, ...]:
        """Where the surgeons usually operate, in the order of first mention."""
        return tuple(dict.fromkeys(entry["site"] for entry in self.text["surgeon"]))


def read_rules(file: Path) -> Rules:
    """The rules in a TOML file."""
    text = toml(file)
    procedures, causes = text["procedure"], text["cause"]
    courses = tuple(dict.fromkeys(entry["course"] for entry in procedures.values()))
    symptoms = _names(entry["symptom"] for entry in causes.values())
    calendar = text["calendar"]
    return Rules(
        text=text,
        procedures=tuple(procedures),
        courses=courses,
        causes=tuple(causes),
        symptoms=symptoms,
        indications=_names(text["indication"].values()),
        first_day=day_number(calendar["first_day"]),
        data_day=day_number(calendar["data_date"]),
        day_weights=_day_weights(calendar),
        course_of=np.array([courses.index(entry["course"]) for entry in procedures.values()]),
        cause_weights=_grid([entry["weight"] for entry in causes.values()], courses).T.copy(),
        quick=np.array([int(entry["delay"] == "quick") for entry in causes.values()]),
        symptom_weights=_grid(
            [entry["symptom"] for entry in causes.values()] + [text["symptoms"]["passing_symptom"]], symptoms
        ),
        reoperation_weights=_grid([entry["reoperation"]["with"] for entry in causes.values()], tuple(procedures)),
    )


def _names(weights: Any) -> tuple[str, ...]:
    """Every name in several tables of weights, in the order of first mention."""
    return tuple(dict.fromkeys(name for entry in weights for name in entry))


def _grid(rows: Sequence[Mapping[str, float]], names: tuple[str, ...]) -> Floats:
    """Tables of weights as one array; a name that a table leaves out has weight 0."""
    unknown = {name for row in rows for name in row} - set(names)
    if unknown:
        raise DefinitionsWrong(f"sample rules: {sorted(unknown)} is not one of {', '.join(names)}. Correct the name.")
    return np.array([[row.get(name, 0.0) for name in names] for row in rows], dtype=np.float64)


def _day_weights(calendar: Mapping[str, Any]) -> Floats:
    """How many operations each day from the first day to the data date gets, against the others."""
    first, last = day_number(calendar["first_day"]), day_number(calendar["data_date"])
    days = np.arange(first, last + 1)
    weekday = (days + DAY_ZERO.weekday()) % 7
    weights: Floats = np.asarray(calendar["weekday_weights"], dtype=np.float64)[weekday]
    weights = weights * (1 + calendar["yearly_growth"] * (days - first) / 365.25)
    quiet = (days >= day_number(calendar["quiet_from"])) & (days <= day_number(calendar["quiet_until"]))
    return np.where(quiet, weights * calendar["quiet_weight"], weights)

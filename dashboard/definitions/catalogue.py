"""Reads every definition file once and hands them out as one frozen catalogue."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from dashboard.definitions.complaints import complaints_of
from dashboard.definitions.terms import (
    Band,
    BaselineBand,
    Benchmark,
    CauseReading,
    EventRule,
    Factor,
    Family,
    Landmark,
    Measure,
    Monitoring,
    OnsetCategory,
    Opinion,
    Outcome,
    PatientReported,
    PublishedRatio,
    RedFlagCombination,
    Revisions,
    Term,
    Visit,
)
from dashboard.errors import DefinitionsWrong

FOLDER = Path(__file__).parent

Entry = TypeVar("Entry")


@dataclass(frozen=True)
class Definitions:
    """Everything clinical that the house knows: dictionaries from a name to its entry, in the order of the screens."""

    outcomes: Mapping[str, Outcome]
    factors: Mapping[str, Factor]
    vocabularies: Mapping[str, Mapping[str, Term]]
    group_labels: Mapping[str, Mapping[str, str]]
    largest_first: tuple[str, ...]
    benchmarks: Mapping[str, Benchmark]
    visits: Mapping[int, Visit]
    landmarks: tuple[Landmark, ...]
    onset_categories: tuple[OnsetCategory, ...]
    reoperation_window_days: int
    overdue_days: int
    fbss_code: str
    monitoring: Monitoring
    patient_reported: PatientReported
    cause_readings: tuple[CauseReading, ...]
    revisions: Revisions
    red_flag_combinations: tuple[RedFlagCombination, ...]
    version: str

    @property
    def families(self) -> dict[str, Family]:
        """The groups of procedures, in order."""
        return {name: Family(name, label) for name, label in self.group_labels["procedure"].items()}

    @property
    def failures(self) -> dict[str, Outcome]:
        """The outcomes that are definitions of failure; the others are watched for safety."""
        return {name: outcome for name, outcome in self.outcomes.items() if outcome.is_failure}

    @property
    def default_outcome(self) -> Outcome:
        """The definition of failure that is shown until a reader chooses another: the first in ``order``."""
        return next(iter(self.failures.values()))

    @property
    def adjusting(self) -> tuple[str, ...]:
        """The factors that an adjusted model may take beside the procedure, in the order in which it takes them."""
        taken = [factor for factor in self.factors.values() if factor.adjust is not None]
        return tuple(factor.name for factor in sorted(taken, key=lambda factor: factor.adjust or 0))

    @property
    def red_flags(self) -> tuple[str, ...]:
        """The symptoms that ask for contact at once."""
        return tuple(name for name, term in self.vocabularies["symptom"].items() if term.group == "red_flag")

    def groups(self, dimension: str) -> dict[str, str]:
        """The groups of a vocabulary and their labels; empty where it has none."""
        return dict(self.group_labels.get(dimension, {}))

    def complaints(self, today: date) -> list[str]:
        """What is wrong or out of date, a sentence each; empty when all is well."""
        return complaints_of(self, today)


@cache
def load(folder: Path = FOLDER) -> Definitions:
    """Read the definition files of a folder.

    Raises DefinitionsWrong, naming the file and the key, when one cannot be read.
    """
    vocabularies = _toml(folder / "vocabularies.toml")
    clock = _toml(folder / "follow_up.toml")
    care = folder / "causes.toml"
    outcomes = [_outcome(path) for path in _in_order(folder / "outcomes")]
    factors = [_factor(path) for path in _in_order(folder / "factors")]
    benchmarks = _toml(folder / "benchmarks.toml")
    reviewed = benchmarks["reviewed"]
    lists = {name: words for name, words in vocabularies.items() if isinstance(words, dict)}
    return Definitions(
        outcomes={outcome.name: outcome for outcome in outcomes},
        factors={factor.name: factor for factor in factors},
        vocabularies={name: _terms(words["terms"]) for name, words in lists.items()},
        group_labels={name: words.get("groups", {}) for name, words in lists.items()},
        largest_first=tuple(lists["procedure"]["largest_first"]),
        benchmarks={
            name: _made(Benchmark, {"name": name, "reviewed": reviewed, **entry}, folder / "benchmarks.toml")
            for name, entry in benchmarks.items()
            if isinstance(entry, dict)
        },
        visits={visit["months"]: Visit(**visit) for visit in clock["visits"]},
        landmarks=tuple(Landmark(**landmark) for landmark in clock["landmarks"]),
        onset_categories=tuple(OnsetCategory(**category) for category in clock["onset"]),
        reoperation_window_days=clock["reoperation_window_days"],
        overdue_days=clock["overdue_days"],
        fbss_code=clock["fbss_code"],
        cause_readings=_cause_readings(care, lists["cause"]["terms"]),
        revisions=_revisions(care, lists["treatment"]["terms"]),
        patient_reported=_reported(folder / "proms.toml"),
        monitoring=_made(Monitoring, _toml(folder / "monitoring.toml"), folder / "monitoring.toml"),
        red_flag_combinations=_combinations(folder / "red_flags.toml", lists["symptom"]["terms"]),
        version=_version(folder),
    )


def _outcome(path: Path) -> Outcome:
    entry = _toml(path)
    entry.update(entry.pop("landmark", {}))
    entry["events"] = tuple(_made(EventRule, event, path) for event in entry.get("events", []))
    return _made(Outcome, entry, path)


def _factor(path: Path) -> Factor:
    entry = _toml(path)
    entry["bands"] = tuple(_made(Band, band, path) for band in entry["bands"])
    entry["published"] = tuple(
        _made(PublishedRatio, {**ratio, "of": ratio["for"]}, path) for ratio in entry.get("published", [])
    )
    return _made(Factor, entry, path)


def _cause_readings(path: Path, causes: Mapping[str, Any]) -> tuple[CauseReading, ...]:
    """Which causes are read together; an unknown or repeated word would make a sum wrong, and nobody would notice."""
    file = _toml(path)
    made = tuple(_made(CauseReading, {**file, **entry}, path) for entry in file["readings"])
    _check_words(path, [name for reading in made for name in reading.causes], causes, "cause")
    return made


def _revisions(path: Path, treatments: Mapping[str, Mapping[str, Any]]) -> Revisions:
    """The treatments that operate again, told apart."""
    made = _made(Revisions, _toml(path)["revisions"], path)
    at_step = {name for name, word in treatments.items() if word.get("group") == made.step}
    _check_words(path, [*made.urgent, *made.minimally_invasive, *made.open], at_step, f"treatment of {made.step}")
    return made


def _check_words(path: Path, named: list[str], known: Iterable[str], kind: str) -> None:
    """Raises DefinitionsWrong when a word is unknown, or named twice."""
    for place, name in enumerate(named):
        if name not in known:
            raise DefinitionsWrong(f'{path.name}: "{name}" is no {kind}.')
        if name in named[:place]:
            raise DefinitionsWrong(f'{path.name}: "{name}" is named twice.')


def _combinations(path: Path, symptoms: Mapping[str, Mapping[str, Any]]) -> tuple[RedFlagCombination, ...]:
    """The combinations of red flags; a word that is no red flag would never be found, and nobody would notice."""
    entries = [
        {**entry, "any_of": [tuple(names) for names in entry.get("any_of", [])]}
        for entry in _toml(path)["combinations"]
    ]
    made = tuple(_made(RedFlagCombination, entry, path) for entry in entries)
    for combination in made:
        for name in combination.symptoms:
            if symptoms.get(name, {}).get("group") != "red_flag":
                raise DefinitionsWrong(f'{path.name}: {combination.name} names "{name}", which is no red flag.')
    return made


def _reported(path: Path) -> PatientReported:
    words = _toml(path)
    return PatientReported(
        measures=tuple(_made(Measure, entry, path) for entry in words["measures"]),
        opinions=tuple(_made(Opinion, entry, path) for entry in words["opinions"]),
        bands=tuple(_made(BaselineBand, entry, path) for entry in words["bands"]),
        reviewed=words["reviewed"],
    )


def _terms(words: Mapping[str, Mapping[str, Any]]) -> dict[str, Term]:
    return {name: _made(Term, {"name": name, **word}, FOLDER / "vocabularies.toml") for name, word in words.items()}


def _made(kind: type[Entry], entry: Mapping[str, Any], path: Path) -> Entry:
    """An entry of this kind from the keys of a TOML table; lists become tuples, missing optional keys stay empty."""
    known = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in entry.items() if key in known}
    try:
        return kind(**values)
    except TypeError as problem:
        raise DefinitionsWrong(f"{path.name}: an entry is incomplete ({problem}).") from problem


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as problem:
        raise DefinitionsWrong(f"{path.name} cannot be read: {problem}.") from problem


def _in_order(folder: Path) -> list[Path]:
    """The files of a folder by the ``order`` each one states, then by name."""
    return sorted(folder.glob("*.toml"), key=lambda path: (_toml(path).get("order", 1_000), path.name))


def _version(folder: Path) -> str:
    """Twelve hexadecimal digits that change when any definition file changes."""
    return _digest(path.read_bytes() for path in sorted(folder.rglob("*.toml")))


def _digest(parts: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.replace(b"\r\n", b"\n"))
    return digest.hexdigest()[:12]

"""Reads every definition file once and hands them out as one frozen catalogue."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from dashboard.definitions.complaints import check, complaints_of
from dashboard.definitions.headline import Headline
from dashboard.definitions.programmes import Programme, read_programmes
from dashboard.definitions.terms import (
    Benchmark,
    CauseReading,
    Clock,
    Factor,
    Landmark,
    Monitoring,
    OnsetCategory,
    Outcome,
    PatientReported,
    RedFlagCombination,
    RedFlags,
    Revisions,
    Term,
    Visit,
)
from dashboard.errors import DefinitionsWrong
from dashboard.strict import check_keys, made, toml

FOLDER = Path(__file__).parent
Placed = TypeVar("Placed", Outcome, Factor)
OF_A_FILE = ("source", "author", "reviewed")
OF_A_LANDMARK = ("visit", "measure", "reading", "comparison", "threshold")


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
    headline: Headline
    patient_reported: PatientReported
    cause_readings: tuple[CauseReading, ...]
    revisions: Revisions
    red_flag_combinations: tuple[RedFlagCombination, ...]
    red_flag_same_days: int
    programmes: Mapping[str, Programme]
    version: str

    @property
    def families(self) -> dict[str, str]:
        """The labels of the groups of procedures that are read together, such as fusion, in order."""
        return self.groups("procedure")

    @property
    def failures(self) -> dict[str, Outcome]:
        """The outcomes that are definitions of failure; the others are watched for safety."""
        return {name: outcome for name, outcome in self.outcomes.items() if outcome.is_failure}

    @property
    def default_outcome(self) -> Outcome:
        """The definition of failure that is shown until a reader chooses another: the first that has a course."""
        return next(outcome for outcome in self.failures.values() if outcome.kind == "time")

    @property
    def adjusting(self) -> tuple[str, ...]:
        """The factors that an adjusted model may take beside the procedure, in the order in which it takes them."""
        taken = [factor for factor in self.factors.values() if factor.adjust is not None]
        return tuple(factor.name for factor in sorted(taken, key=lambda factor: factor.adjust or 0))

    @property
    def red_flags(self) -> tuple[str, ...]:
        """The symptoms that ask for contact at once."""
        return tuple(name for name, term in self.vocabularies["symptom"].items() if term.group == "red_flag")

    @property
    def preventable(self) -> CauseReading:
        """The causes whose failures could perhaps have been prevented."""
        return next(reading for reading in self.cause_readings if reading.preventable)

    def reading_of(self, cause: str) -> CauseReading | None:
        """The reading in which this cause stands, if any."""
        return next((reading for reading in self.cause_readings if cause in reading.causes), None)

    def groups(self, dimension: str) -> dict[str, str]:
        """The groups of a vocabulary and their labels; empty where it has none."""
        return dict(self.group_labels.get(dimension, {}))

    def complaints(self, today: date) -> list[str]:
        """Whose review is due, a sentence each; empty when all is well."""
        return complaints_of(self, today)


@cache
def load(folder: Path = FOLDER) -> Definitions:
    """Read the definition files of a folder.

    Raises DefinitionsWrong, naming the file and the key, when one cannot be read or would make a wrong number.
    """
    vocabularies = _vocabularies(folder / "vocabularies.toml")
    clock = made(Clock, toml(folder / "follow_up.toml"), "follow_up.toml")
    terms = {name: _terms(name, words["terms"]) for name, words in vocabularies.items()}
    readings, revisions = _causes(folder / "causes.toml")
    urgent = made(RedFlags, toml(folder / "red_flags.toml"), "red_flags.toml")
    definitions = Definitions(
        outcomes=_in_order(folder / "outcomes", Outcome),
        factors=_in_order(folder / "factors", Factor),
        vocabularies=terms,
        group_labels={name: words.get("groups", {}) for name, words in vocabularies.items()},
        largest_first=tuple(vocabularies["procedure"]["largest_first"]),
        benchmarks=_benchmarks(folder / "benchmarks.toml"),
        visits={visit.months: visit for visit in clock.visits},
        landmarks=clock.landmarks,
        onset_categories=clock.onset,
        reoperation_window_days=clock.reoperation_window_days,
        overdue_days=clock.overdue_days,
        fbss_code=clock.fbss_code,
        cause_readings=readings,
        revisions=revisions,
        patient_reported=made(PatientReported, toml(folder / "proms.toml"), "proms.toml"),
        monitoring=made(Monitoring, toml(folder / "monitoring.toml"), "monitoring.toml"),
        headline=made(Headline, toml(folder / "headline.toml"), "headline.toml"),
        red_flag_combinations=urgent.combinations,
        red_flag_same_days=urgent.same_days,
        programmes=read_programmes(folder / "programmes"),
        version=_version(folder),
    )
    check(definitions)
    return definitions


def _vocabularies(path: Path) -> dict[str, Any]:
    """The part of the file on each vocabulary."""
    lists = {name: words for name, words in toml(path).items() if name not in OF_A_FILE}
    for name, words in lists.items():
        known = ("terms", "groups", *(["largest_first"] if name == "procedure" else []))
        check_keys(f"{path.name}, [{name}]", words, known, known[:1] + known[2:])
    return lists


def _terms(dimension: str, words: Mapping[str, Mapping[str, Any]]) -> dict[str, Term]:
    where = f"vocabularies.toml, {dimension}"
    return {name: made(Term, word, f"{where}.{name}", name=name) for name, word in words.items()}


def _benchmarks(path: Path) -> dict[str, Benchmark]:
    file = toml(path)
    common = {key: file.pop(key) for key in OF_A_FILE if key in file}
    check_keys(path.name, common, ["author", "reviewed"], ["author", "reviewed"])
    return {name: made(Benchmark, entry, f"{path.name}, [{name}]", name=name, **common) for name, entry in file.items()}


def _causes(path: Path) -> tuple[tuple[CauseReading, ...], Revisions]:
    file = toml(path)
    check_keys(path.name, file, (*OF_A_FILE, "readings", "revisions"), ["readings", "revisions"])
    common = {key: file[key] for key in OF_A_FILE if key in file}
    readings = tuple(made(CauseReading, entry, path.name, **common) for entry in file["readings"])
    return readings, made(Revisions, file["revisions"], f"{path.name}, [revisions]")


def _in_order(folder: Path, kind: type[Placed]) -> dict[str, Placed]:
    """The entries of a folder by name, in the order that each one states; those that state none come last."""
    entries = []
    for path in sorted(folder.glob("*.toml")):
        words = toml(path)
        if landmark := words.pop("landmark", None):
            check_keys(f"{path.name}, [landmark]", landmark, OF_A_LANDMARK)
        entry = made(kind, words, path.name, **(landmark or {}))
        if entry.name != path.stem:
            raise DefinitionsWrong(f'{path.name}, key "name": "{entry.name}" is not the name of its file.')
        entries.append(entry)
    entries.sort(key=lambda entry: (entry.order is None, entry.order))
    return {entry.name: entry for entry in entries}


def _version(folder: Path) -> str:
    """Twelve hexadecimal digits that change when any definition file changes."""
    written = b"".join(path.read_bytes() for path in sorted(folder.rglob("*.toml")))
    return hashlib.sha256(written.replace(b"\r\n", b"\n")).hexdigest()[:12]

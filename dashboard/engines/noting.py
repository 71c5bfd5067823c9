"""Whom a note is about, and whether whoever writes it may write about them: found within the scope and nowhere else."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple, Protocol

import pandas as pd

from dashboard.access import MACHINE, NOTES, OF_A_PART, VIEWS, Viewer
from dashboard.codebook import Codebook
from dashboard.engines.notebook import GROUP, OF_A_PATIENT, PLAN, SERIES, SUBJECT, VIEW, Note, Notebook, said_of_view
from dashboard.errors import NotAllowed, WrongUsage

PLANNED = re.compile(r"plan/(?P<number>[0-9]+)")
"""What a further line of a plan is about: the line that opened it."""
OF_THE_WRITER = ("annotation", PLAN, VIEW)
"""Kinds that a viewer with a scope may write about no unit in particular: they are about what he or she sees."""
NOT_TO_WRITE = "Your role reads what is written here, and writes nothing."
BEYOND = "What this is about lies beyond what you may see."
OF_ANOTHER = "Only whoever saved this view may change it."
LONG = 4
"""Letters of a name from which every word that begins with it is taken for it."""
UNSEEN = ("Mn", "Cf")
LETTERS = str.maketrans({"ø": "o", "æ": "a", "œ": "o", "ł": "l", "đ": "d", "_": " "})
"""What has no form without a mark, by what is written where there is none."""
UNITS = tuple(OF_A_PART)
SURGEON = UNITS[0]


class Whom(NamedTuple):
    """The surgeons and the sites; none for the whole practice."""

    surgeons: tuple[str, ...]
    sites: tuple[str, ...]


class Scoped(Protocol):
    """What is asked of the one door to patients."""

    @property
    def viewer(self) -> Viewer: ...

    @property
    def notebook(self) -> Notebook | None: ...

    def choices(self, dimension: str) -> dict[str, str]: ...

    def notes(self, kind: str) -> list[Note]: ...


class Operated(Protocol):
    """By the pseudonym of a patient and a day, the surgeon and the site of what was operated then, within the scope."""

    def __call__(self, patient: int, day: date) -> pd.DataFrame: ...


def about(kind: str, subject: str, door: Scoped, operated: Operated, counts_only: str) -> Whom:
    """Whom a note of this kind and subject is about. Raises NotAllowed, in words, for what lies beyond the scope.

    counts_only: why whoever sees counts alone writes of no patient. Raises WrongUsage where a subject names nothing.
    """
    viewer = door.viewer
    if not viewer.may(VIEWS if kind == VIEW else NOTES):
        raise NotAllowed(NOT_TO_WRITE)
    if viewer.sites == ():
        raise NotAllowed("There is nothing that you may see, and so nothing to write about.")
    if (kind in OF_A_PATIENT or SERIES.fullmatch(subject)) and not viewer.sees_patients:
        raise NotAllowed(counts_only)
    if kind in OF_A_PATIENT:
        return _of_an_operation(kind, subject, operated)
    if kind == VIEW:
        _check_view(subject, door)
    if kind == PLAN and (further := PLANNED.fullmatch(subject)):
        return _of_a_plan(int(further["number"]), door.notes(PLAN))
    return _of_a_unit(kind, subject, door)


def seen(kind: str, door: Scoped, known: Codebook) -> list[Note]:
    """The notes of a kind within the scope, the oldest first: without those of others that name whom they may not.

    Of the views of others none that names a unit beyond the scope; to a viewer to whom surgeons are numbers nothing
    that names one. known: the words of the whole practice.
    """
    lines = door.notebook.seen_by(door.viewer, kind) if door.notebook else []
    if door.viewer.masked:
        named = _called(known)
        lines = _without(lines, {_about_what(line) for line in lines if line.who != door.viewer.name and named(line)})
    if kind != VIEW or door.viewer.sees_everything:
        return lines
    mine = {of: {*(choices := door.choices(of)), *choices.values()} for of in UNITS}
    others = {word for of in UNITS for both in _words(known, of) for word in both}.difference(*mine.values())
    return _without(
        lines,
        {_about_what(line) for line in lines if line.who != door.viewer.name and _names_others(line, mine, others)},
    )


def _without(lines: Sequence[Note], hidden: Collection[str]) -> list[Note]:
    return [line for line in lines if _about_what(line) not in hidden]


def _about_what(line: Note) -> str:
    """What is hidden together: a plan, or a view, with every line of it."""
    if line.kind == VIEW:
        return line.subject
    further = PLANNED.fullmatch(line.subject)
    return further["number"] if further else str(line.number)


def _words(known: Codebook, dimension: str) -> list[tuple[str, str]]:
    """Of each of a dimension's units the name and the label."""
    names = [name for code, name in known.names.get(dimension, {}).items() if code]
    return [(name, known.labels[dimension][name]) for name in names]


def _called(known: Codebook) -> Callable[[Note], bool]:
    """Whether a note has a surgeon's name in it, or a part of one by which that surgeon alone is called."""
    each = _words(known, SURGEON)
    parts = Counter(part for both in each for part in set(re.findall(r"\w{2,}", _plain(" ".join(both)))))
    words = {*(word for both in each for word in both), *(part for part, of in parts.items() if of == 1)}
    return lambda line: _has_one_of(words, line.text)


def _has_one_of(names: Collection[str], text: str) -> bool:
    """Whether a name stands in a text, however it is inflected or spelt: "Müllers", "Mueller", "AnnaMüller".

    A short one only with an ending: "Li" is not in "list", nor is "S02" in "S022".
    """
    apart = "".join(f" {here}" if here.isupper() and before.islower() else here
                    for before, here in pairwise(f" {_without_marks(text)}"))  # fmt: skip
    ends = {
        name: r"(?!\d)(?:\W?e?s)?(?!\w)" if name[-1].isdigit() or len(name) < LONG else ""
        for name in filter(None, map(_plain, names))
    }
    found = "|".join(f"{re.escape(name)}{end}" for name, end in ends.items())
    return bool(found) and re.search(rf"(?<!\w)(?:{found})", f"{_plain(text)} {_plain(apart)}") is not None


def _without_marks(text: str) -> str:
    """Letters without their marks, and without what is not seen between them, as a soft hyphen."""
    return "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) not in UNSEEN)


def _plain(text: str) -> str:
    """The same for every spelling of a name: ü, ue and u are one."""
    return re.sub("([aou])e", r"\1", _without_marks(text).casefold().translate(LETTERS))


def _names_others(line: Note, known: Mapping[str, Collection[str]], others: Collection[str]) -> bool:
    """Whether a view chooses a unit that is not known, or has the name of another in what it is called or asks."""
    said = said_of_view(line)
    asked = said.get("asked", {})
    if not isinstance(asked, dict) or any(not set(asked.get(of, ())) <= set(known[of]) for of in UNITS):
        return True
    words = " ".join([str(said.get("name", "")), *(str(one) for chosen in asked.values() for one in chosen)])
    return _has_one_of(others, words)


def may_change_view(viewer: Viewer, who: str) -> bool:
    """Whether somebody may freeze or delete the view of this person: whoever saved it, and the operator."""
    return who == viewer.name or viewer.may(MACHINE)


def _check_view(subject: str, door: Scoped) -> None:
    standing = door.notebook.read(VIEW) if door.notebook else []
    first = next((line for line in standing if line.subject == subject), None)
    if first is None or first.who == door.viewer.name:
        return
    if not (may_change_view(door.viewer, first.who) and any(line.subject == subject for line in door.notes(VIEW))):
        raise NotAllowed(OF_ANOTHER)


def _of_an_operation(kind: str, subject: str, operated: Operated) -> Whom:
    found = SUBJECT.fullmatch(subject)
    if found is None or found["kind"] != kind:
        raise WrongUsage("This is about no operation.")
    rows = operated(int(found["patient"], 16), date.fromisoformat(found["day"]))
    if rows.empty:
        raise NotAllowed("No operation of this patient on that day lies within what you may see.")
    return Whom(tuple(sorted(set(rows["surgeon"]))), tuple(sorted(set(rows["site"]))))


def _of_a_plan(number: int, seen: Sequence[Note]) -> Whom:
    """A further line of a plan is about whom the plan is about: whoever sees the one sees the other."""
    for note in seen:
        if note.number == number and not PLANNED.fullmatch(note.subject):
            return Whom(note.surgeons, note.sites)
    raise NotAllowed(BEYOND)


def _of_a_unit(kind: str, subject: str, door: Scoped) -> Whom:
    viewer = door.viewer
    series, group = SERIES.fullmatch(subject), GROUP.fullmatch(subject)
    unit = ("surgeon", series["surgeon"]) if series else (group["by"], group["name"]) if group else ("", "")
    if unit[0] in UNITS:
        if not _knows(door, *unit):
            raise NotAllowed(BEYOND)
        one = (unit[1],)
        return Whom(one, viewer.sites or ()) if unit[0] == "surgeon" else Whom(viewer.surgeons or (), one)
    if kind not in OF_THE_WRITER and not viewer.sees_everything:
        raise NotAllowed(BEYOND)
    return Whom(viewer.surgeons or (), viewer.sites or ())


def _knows(door: Scoped, dimension: str, name: str) -> bool:
    known: Collection[str] = door.choices(dimension)
    return name in known

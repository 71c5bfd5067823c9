"""What a REDCap project says of its fields: its data dictionary, whichever file it came from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dashboard.importing.formats.text_files import Allowed

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
KINDS = {"select": "dropdown", "textarea": "notes", "enum": "radio"}
"""Words of the project XML and of old dictionaries, and the word of a dictionary of today."""
WITH_CHOICES = ("radio", "dropdown", "checkbox", "yesno", "truefalse")
TWO = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}
NO_MARK = ("", "n", "no", "na", "0", "false")
OF_THE_SYSTEM = (
    "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance", "redcap_data_access_group",
    "redcap_survey_identifier",
)  # fmt: skip
EVENT, INSTRUMENT, INSTANCE = OF_THE_SYSTEM[:3]
OF_AN_INSTRUMENT = ("_complete", "_timestamp", "_return_code")
"""What REDCap puts behind an instrument's name for its own columns of it."""
TICK = "___"
MOST_BYTES = 200 << 20
ALLOWED = Allowed((",", ";", "\t", "|", "^"), columns=5_000, size=MOST_BYTES, names_repeat=True)
"""A checkbox field is a column a choice, so that an export has more of them than a table of ours."""


class UnusableProject(Exception):
    """What is wrong with a dictionary, in words that follow its name."""


@dataclass(frozen=True)
class Field:
    """One question.

    form: the instrument that asks it; kind: as a dictionary calls it (radio, checkbox, text …); choices: code -> label.
    validation: what a text must be, such as ``date_dmy``; identifier: whether it says who a patient is.
    """

    name: str
    form: str
    kind: str
    label: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    validation: str = ""
    identifier: bool = False

    @cached_property
    def boxes(self) -> dict[str, str]:
        """Of a checkbox field, its columns in an export and the code of each."""
        return {box(self.name, code): code for code in self.choices} if self.kind == "checkbox" else {}

    @property
    def columns(self) -> list[str]:
        """The columns of an export that hold its answers."""
        return list(self.boxes) if self.kind == "checkbox" else [self.name]


@dataclass(frozen=True)
class Project:
    """source: the name of the file that says all this; missing: codes that stand for an answer that is not known.

    record: the field that names the record; events: those that there are; repeating: events and instruments that
    repeat in them. The latter two are known from a project XML alone, and empty otherwise. Without a dictionary there
    is a project of which nothing is known.
    """

    source: str = ""
    fields: Mapping[str, Field] = field(default_factory=dict)
    record: str = ""
    missing: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    repeating: frozenset[tuple[str, str]] = frozenset()

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """The instruments, in their order."""
        return tuple(dict.fromkeys(one.form for one in self.fields.values()))

    @cached_property
    def columns(self) -> dict[str, Field]:
        """Every column that an export may have, with its field."""
        return {column: one for one in self.fields.values() for column in one.columns}

    @cached_property
    def of_the_system(self) -> frozenset[str]:
        """The columns of an export that belong to no field: REDCap's own of a row, and of an instrument."""
        return frozenset((*OF_THE_SYSTEM, *(form + end for form in self.forms for end in OF_AN_INSTRUMENT)))

    @cached_property
    def identifiers(self) -> frozenset[str]:
        """Names of fields that say who a patient is."""
        return frozenset(one.name for one in self.fields.values() if one.identifier)

    def owner(self, column: str) -> Field | None:
        """The field that a column of an export belongs to, also one of a choice that the dictionary does not have."""
        found = self.columns.get(column) or self.fields.get(column)
        return found or self.fields.get(column.split(TICK)[0])


def box(name: str, code: str) -> str:
    """The column of one choice of a checkbox field; of the code -9 it is ``field____9``."""
    return name + TICK + re.sub(r"[^a-z0-9_]", "_", code.strip().lower())


def plain(label: str) -> str:
    """A label as an export writes it into one cell: without mark-up, and with single spaces."""
    return " ".join(TAG.sub("", label).split())


def is_marked(word: str) -> bool:
    """Whether a dictionary's word says that a field is an identifier: anything but a no."""
    return word.strip().lower() not in NO_MARK


def kind_of(word: str) -> str:
    """A field type in the words of a dictionary of today."""
    found = word.strip().lower()
    return KINDS.get(found, found)


def choices_of(kind: str, text: str, name: str) -> dict[str, str]:
    """``1, Yes | 2, No`` as code -> label. Raises UnusableProject when a code stands twice."""
    if kind in TWO:
        return TWO[kind]
    found: dict[str, str] = {}
    for part in text.split("|") if kind in WITH_CHOICES else ():
        code, comma, label = part.partition(",")
        if not code.strip() or (not comma and part.strip() == "NA"):
            continue
        if code.strip() in found:
            raise UnusableProject(f"has the code {code.strip()} twice among the choices of the field {name}.")
        found[code.strip()] = plain(label) or code.strip()
    return found


def project_of(source: str, fields: Iterable[Field], missing: Iterable[str] = ()) -> Project:
    """A project whose first field names the record. Raises UnusableProject when it has none, or one twice."""
    named: dict[str, Field] = {}
    for one in fields:
        if one.name in named:
            raise UnusableProject(f"has the field {one.name} twice.")
        if len(one.boxes) < len(one.choices) and one.kind == "checkbox":
            raise UnusableProject(f"has two choices of the field {one.name} that an export cannot tell apart.")
        named[one.name] = one
    if not named:
        raise UnusableProject("names no field.")
    return Project(source, named, next(iter(named)), tuple(missing))

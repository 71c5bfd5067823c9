"""Who is looking, and what they may see: one table of roles and rights, printed in `docs/roles.md`.

viewer.may(PATIENTS)      # what the role gives
viewer.sees_everything    # how far: the whole practice, or a surgeon's or some sites' part of it
viewer.is_protected       # how exactly: counts as they are, or as `dashboard.disclosure` lets them be told
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from dashboard.errors import NotAllowed, WrongUsage
from dashboard.strict import known_words

Role = Literal["surgeon", "manager", "steward", "auditor", "operator"]
ROLES: tuple[Role, ...] = ("surgeon", "manager", "steward", "auditor", "operator")


@dataclass(frozen=True)
class Right:
    """One thing that a role may do. label: in a sentence; whole: only for whoever sees the whole practice."""

    label: str
    roles: tuple[Role, ...]
    whole: bool = False


FIGURES = Right("Counts, shares and comparisons, from Overview to Compare", ("surgeon", "manager", "operator"))
OWN_PAGE = Right("A page of one surgeon's own figures", ("surgeon", "operator"))
PATIENTS = Right(
    "Single patients: the list of operations, a patient's course, red flags, notes of a patient, packs for a meeting "
    "or an appraisal",
    ("surgeon", "operator"),
)
PLANNING = Right(
    "What is to be expected for one patient before surgery, and the patient's sheet", ("surgeon", "operator")
)
RED_FLAG_SENTENCES = Right(
    "What red flags point to together, in sentences", ("surgeon", "manager", "steward", "auditor", "operator")
)
QUALITY = Right("How many records there are, and how complete", ("surgeon", "manager", "steward", "operator"))
CORRECTION = Right(
    "Rows to be corrected or asked for: overdue visits, letters, flagged records", ("surgeon", "steward", "operator")
)
IMPORT = Right(
    "Bring in records, and read what an import left out",
    ("steward", "operator"),
    whole=True,
)
REPORTS = Right("The quality report and what registries and payers ask for", ("surgeon", "manager", "operator"))
EXPORT = Right(
    "Take tables and pictures of what one sees as files", ("surgeon", "manager", "steward", "auditor", "operator")
)
NOTES = Right("Write what was looked at: acknowledgements, annotations, plans", ("surgeon", "manager", "operator"))
VIEWS = Right("Save views and share them", ("surgeon", "manager", "steward", "operator"))
DEFINITIONS = Right(
    "What is counted, and by whose definition", ("surgeon", "manager", "steward", "auditor", "operator")
)
AUDIT = Right("Who asked what, and whether the log is whole", ("auditor", "operator"), whole=True)
MACHINE = Right("The commands of the machine that the records lie on", ("operator",), whole=True)

RIGHTS = (
    FIGURES, OWN_PAGE, PATIENTS, PLANNING, RED_FLAG_SENTENCES, QUALITY, CORRECTION, IMPORT, REPORTS, EXPORT, NOTES,
    VIEWS, DEFINITIONS, AUDIT, MACHINE,
)  # fmt: skip
"""The table: every page, list, download, document, note and command asks one of these."""

OF_A_PART = {"surgeon": "of", "site": "at"}
"""By kind of unit the word that joins it to "operations"."""

SWITCHES: Mapping[str, Right] = {"estimate": PLANNING, "red_flag_sentences": RED_FLAG_SENTENCES}
"""What a practice can switch off for everybody, by the word that does it in `$OUTCOMES_SWITCHED_OFF`."""


@dataclass(frozen=True)
class Viewer:
    """One person, with a role and a scope.

    surgeon: the key of the only surgeon whose operations this viewer sees; None for every surgeon.
    sites: the only sites whose operations this viewer sees; None for every site, empty for none at all.
    protected: whether the practice has decided that this viewer is told counts in protected form alone.
    masked: whether surgeons stand as numbers, not by name, for this viewer.
    made_up_only: whether the shipped sample alone is shown, and nothing brought in: nobody has let this viewer in.
    without: the rights that the practice has switched off for everybody.
    """

    name: str
    role: Role
    surgeon: str | None = None
    sites: tuple[str, ...] | None = None
    protected: bool = False
    masked: bool = False
    made_up_only: bool = False
    without: tuple[Right, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise NotAllowed(f'"{self.role}" is not a role. Roles are {", ".join(ROLES)}.')
        if self.role == "surgeon" and self.surgeon is None:
            raise NotAllowed(
                "This account has the role of a surgeon but no surgeon's key. Ask whoever keeps the accounts."
            )

    @property
    def told_as(self) -> Viewer:
        """What two viewers have in common to whom the same is told, to the letter: all but their names."""
        return replace(self, name="")

    def may(self, right: Right, *, exact: bool = False) -> bool:
        """Whether this viewer's role gives a right, the scope is as wide as it asks, and it is not switched off.

        exact: whether of what is asked for nothing has a protected form.
        """
        given = self.role in right.roles and right not in self.without
        return given and (self.sees_everything or not right.whole) and not (exact and self.is_protected)

    @property
    def sees_patients(self) -> bool:
        """Whether lists of single operations are open to this viewer."""
        return self.may(PATIENTS)

    @property
    def sees_rows(self) -> bool:
        """Whether any list of single operations is: of patients, or of what is to be corrected or asked for."""
        return self.sees_patients or self.may(CORRECTION)

    @property
    def may_import(self) -> bool:
        """Whether this viewer may bring in records: what is published is seen by everybody."""
        return self.may(IMPORT) and not self.made_up_only

    @property
    def is_protected(self) -> bool:
        """Whether counts are told in protected form: of patients who are not one's own, and for a part of the practice.

        A surgeon's own are exact for that surgeon; and so is what a steward corrects, row by row.
        """
        return self.protected or (self.role == "manager" and not self.sees_everything)

    @property
    def surgeons(self) -> tuple[str, ...] | None:
        """The surgeons whose operations this viewer sees; None for every one."""
        return None if self.surgeon is None else (self.surgeon,)

    @property
    def sees_everything_exactly(self) -> bool:
        """Whether this viewer is told exact counts of the whole practice."""
        return self.sees_everything and not self.is_protected

    @property
    def sees_everything(self) -> bool:
        """Whether this viewer's scope is the whole practice."""
        return not self.scope

    @property
    def scope(self) -> dict[str, tuple[str, ...]]:
        """By kind of unit the only ones that this viewer sees; empty for the whole practice."""
        own = {"surgeon": self.surgeons, "site": self.sites}
        return {kind: names for kind, names in own.items() if names is not None}

    def part_words(self, label: Callable[[str, str], str]) -> str:
        """The part of the practice that this viewer sees, behind "operations": "of Dr One", "at Central".

        label: the words for a kind and a name. Empty for the whole practice.
        """
        words = [
            f"{OF_A_PART[kind]} {', '.join(label(kind, name) for name in names) or f'no {kind}'}"
            for kind, names in self.scope.items()
        ]
        return " ".join(words)


OPERATOR = Viewer(name="operator of this machine", role="operator")
"""Whoever may run commands on this machine could read the files anyway: sees everything, and is audited."""

VISITOR = Viewer(name="visitor", role="operator", made_up_only=True)
"""Whoever comes without having been let in, or by a way past the guard: tries the app out on made-up records."""


def switched(viewer: Viewer, off: Sequence[str]) -> Viewer:
    """The viewer without what the practice has switched off, by the words of SWITCHES. Raises WrongUsage for others."""
    for word in off:
        if word not in SWITCHES:
            raise WrongUsage(f'"{word}" cannot be switched off. Known: {known_words(word, tuple(SWITCHES))}')
    return replace(viewer, without=tuple(SWITCHES[word] for word in off))


def table() -> Iterator[str]:
    """The lines of the table of roles and rights, in Markdown."""
    yield f"| | {' | '.join(ROLES)} |"
    yield f"|---|{'---|' * len(ROLES)}"
    for right in RIGHTS:
        marks = [("whole practice" if right.whole else "yes") if role in right.roles else "" for role in ROLES]
        yield f"| {right.label} | {' | '.join(marks)} |"

"""Every read, slot, word and note by every viewer: what reaches a viewer, and whether it is of anybody else.

Each surgeon, site and patient is a canary: a name or number that stands nowhere else. A read of counts shows no name,
so its answer is held against the answer to the same question of a practice in which there is nobody else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from dashboard import slots, sql
from dashboard.access import OPERATOR, Viewer
from dashboard.audit import Audit
from dashboard.audit_keys import KEY
from dashboard.cohort import PLACES, Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.notebook import KINDS, OF_A_PATIENT, Notebook
from dashboard.errors import NotAllowed, OutcomesError
from dashboard.protecting import STEP
from dashboard.records import Records
from tests.queries.every_read import LISTED, READS
from tests.text_tables import SITES, SURGEONS, generation

EVERY = Cohort(every_operation=True)
ONE_OF_EACH = (*PLACES, "age", "smoking", "cause")
"""Of the columns that stand in every slot alike: each place, two factors, and the one that only one read takes."""
FORBIDDEN = ("operation", "patient", "operated", "profile", "day", "state")
PARTS = ("reads", "lists", "words", "practice", "notes")
FIRST_PATIENT = 0xC0FFEE0000
NOTES = {
    "acknowledgement": "monitor/complication/{surgeon}/fusion/more/2024-01-01",
    "annotation": "annotation/2024-01-01",
    "contact": "contact/P-{patient:016X}/2024-01-01/fever/2024-01-05",
    "flag": "flag/P-{patient:016X}/2024-01-01",
    "plan": "group/fbss/730/site/{site}",
    "view": "view/0123456789ab",
}


class Operated(NamedTuple):
    """One operation of the practice: its number, its patient, who operated and where."""

    number: int
    patient: int
    surgeon: str
    site: str


class WithoutSurgeons(Viewer):
    """A viewer whose list of surgeons is empty."""

    @property
    def surgeons(self) -> tuple[str, ...] | None:
        """None of them."""
        return ()


PRACTICE = [
    Operated(10 * place + one, FIRST_PATIENT + 10 * place + one, surgeon, SITES[one % 2])
    for place, surgeon in enumerate(SURGEONS, start=1)
    for one in range(place + 1)
]
"""Seven surgeons at two sites, each with one operation more than the one before."""
NOTED = list({(one.surgeon, one.site): one for one in PRACTICE}.values())
"""The operations that something is written about: one of each surgeon at each site."""

VIEWERS = {
    "operator": OPERATOR,
    "manager of all": Viewer("Manager", "manager"),
    "manager without names": Viewer("Manager by number", "manager", masked=True),
    "manager of a site without names": Viewer("Manager of North by number", "manager", sites=("North",), masked=True),
    "manager of a site": Viewer("Manager of North", "manager", sites=("North",)),
    "manager of a site who sees patients": Viewer("Manager of South", "operator", sites=("South",)),
    "steward": Viewer("Steward", "steward"),
    "steward of a site": Viewer("Steward of North", "steward", sites=("North",)),
    "auditor": Viewer("Auditor", "auditor"),
    "surgeon": Viewer("Dr One", "surgeon", surgeon="S01"),
    "surgeon who sees counts": Viewer("Dr Two", "surgeon", surgeon="S02"),
    "surgeon at one site": Viewer("Dr Three", "surgeon", surgeon="S03", sites=("South",)),
    "surgeon not in the data": Viewer("Dr New", "surgeon", surgeon="S99"),
    "no surgeons": WithoutSurgeons("Nobody", "operator"),
    "no sites": Viewer("Manager of nothing", "operator", sites=()),
}


def is_seen(one: Operated, viewer: Viewer) -> bool:
    """Whether an operation lies within a viewer's scope."""
    surgeons, sites = viewer.surgeons, viewer.sites
    return (surgeons is None or one.surgeon in surgeons) and (sites is None or one.site in sites)


@dataclass
class Found:
    """What the matrix has seen: how many combinations, each leak in words, and what the allowed did see."""

    combinations: int = 0
    leaks: list[str] = field(default_factory=list)
    own: dict[str, int] = field(default_factory=dict)


class Matrix:
    """The practice, and for each scope the same practice without the others."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = _practice(folder / "whole", PRACTICE)
        self.alone: dict[tuple[Operated, ...], Records] = {}
        self.reads: list[str] = []

    def door(self, viewer: Viewer, store: str = "store") -> Records:
        """The door as it stands for a viewer; the secret of each store is another."""
        audit = _audit(self.folder / store / "audit", store)
        return Records(self.engine, viewer, EVERY, audit, Notebook(self.folder / store))

    def run(self, *parts: str, viewers: Iterable[str] = VIEWERS, reads: Iterable[str] = READS) -> Found:
        """Every combination; of these parts, viewers and reads alone, where they are said."""
        found, self.reads = Found(), list(reads)
        if "notes" in (parts or PARTS):
            self._write_notes()
        for name, viewer in ((name, VIEWERS[name]) for name in viewers):
            seen = [one for one in PRACTICE if is_seen(one, viewer)]
            for part in (getattr(self, f"_{part}") for part in parts or PARTS):
                for what, text in part(viewer, seen, found):
                    found.combinations += 1
                    self._judge(f"{name}: {what}", text, seen, found, viewer)
        return found

    def _judge(self, what: str, text: str, seen: list[Operated], found: Found, viewer: Viewer) -> None:
        for kind, canaries in _canaries(PRACTICE).items():
            own = set() if viewer.masked and kind == "surgeon" else _canaries(seen)[kind]
            there = {canary for canary in canaries if canary in text}
            found.own[kind] = found.own.get(kind, 0) + len(there & own)
            if others := there - own:
                found.leaks.append(f"{what} shows {kind} {sorted(others)[0]}")

    def _reads(self, viewer: Viewer, seen: list[Operated], found: Found) -> Iterator[tuple[str, str]]:
        """Each read with each column in its slot, and with those that may not stand there; and those of the door."""
        for read in slots.OF_THE_DOOR:
            answer = _answered(self.door(viewer), read, {}, {})
            yield read, "" if answer is None else answer.to_csv()
        whole, alone = self.door(viewer), replace(self._alone(seen), viewer=replace(OPERATOR, masked=viewer.masked))
        for read in self.reads:
            asked = {key: value for key, value in READS[read].items() if key != "columns"}
            for columns in _columns(read, FORBIDDEN if viewer.role == "manager" else FORBIDDEN[:2]):
                what = f"{read} {columns}"
                if _is_forbidden(columns):
                    answer = _answered(whole, read, columns, asked)
                    if answer is not None:
                        found.leaks.append(f"{viewer.name}: {what} is answered")
                    yield what, ""
                    continue
                answer = _answered(whole, read, columns, asked)
                same = _answered(alone, read, columns, asked)
                if (
                    answer is not None
                    and same is not None
                    and not (answer.equals(same) or _plain(answer) == _plain(same))
                ):
                    found.leaks.append(f"{viewer.name}: {what} counts others")
                yield what, "" if answer is None else answer.to_csv()

    def _lists(self, viewer: Viewer, seen: list[Operated], found: Found) -> Iterator[tuple[str, str]]:
        for name, values in LISTED.items():
            text = ""
            with suppress(NotAllowed):
                rows = self.door(viewer).listing(name, **values)
                text = rows.to_csv()
                if not viewer.may(slots.LISTS[name]):
                    found.leaks.append(f"{viewer.name} sees the list {name}")
            yield f"list {name}", text

    def _words(self, viewer: Viewer, seen: list[Operated], found: Found) -> Iterator[tuple[str, str]]:
        whole = self.door(viewer)
        for dimension in slots.breakdowns(load()):
            yield f"choices {dimension}", str(whole.choices(dimension))
            yield f"order {dimension}", str(whole.order(dimension))
        facts = whole.facts
        near = 2 * STEP if viewer.is_protected else 1
        if not viewer.sees_everything and abs(facts.all_operations - len(seen)) >= near:
            found.leaks.append(f"{viewer.name}: the facts count {facts.all_operations} of {len(seen)}")
        yield "facts", str(facts)
        for dimension, names in (("surgeon", SURGEONS), ("site", SITES)):
            for name in names:
                said = ""
                try:
                    whole._coded(dimension, name)
                except OutcomesError as refusal:
                    said = refusal.message.replace(f'"{name}"', "")
                yield f"message about {name}", said

    def _practice(self, viewer: Viewer, seen: list[Operated], found: Found) -> Iterator[tuple[str, str]]:
        """What a viewer is compared with: nobody by name, and by no order that can be worked out."""
        for read in sorted(slots.OF_THE_PRACTICE & READS.keys()):
            asked = {key: value for key, value in READS[read].items() if key != "columns"}
            for by in ((), "surgeon", "site"):
                for chosen in ({}, {"surgeon": ("S07",)}, {"site": ("South",)}):
                    cohort = Cohort(chosen=chosen)  # of the practice no reoperations are told to a part of it
                    of = self.door(viewer).of(cohort).of_practice
                    answer = _answered(of, read, {"by": by}, asked)
                    if answer is not None and of.whole_practice and not viewer.sees_everything:
                        found.leaks.append(f"{viewer.name} reads {read} of the practice")
                    said = "" if answer is None else answer.to_csv()
                    if not seen and said.count("\n") > 1:
                        found.leaks.append(f"{viewer.name} sees a practice and nothing of it")
                    yield f"practice {read} by {by} {chosen}", said
        yield from self._others(viewer, seen, found)

    def _others(self, viewer: Viewer, seen: list[Operated], found: Found) -> Iterator[tuple[str, str]]:
        """What is told of others: to nobody who sees nothing, and of all of them whatever units are chosen."""
        asked = {key: value for key, value in READS["case_mix"].items() if key != "columns"}
        for by in ("", "surgeon", "site"):
            told = set()
            for chosen in ({}, {"surgeon": ("S07",)}, {"site": ("South",)}):
                of = self.door(viewer).of(Cohort(chosen=chosen)).of_practice
                with suppress(NotAllowed):
                    others = of.others(by, **asked)
                    told.add(str(others.patterns.to_csv()))
                    if not seen:
                        found.leaks.append(f"{viewer.name} sees a practice and nothing of it")
                    yield f"others by {by} {chosen}", f"{others} {others.told('operations')}"
            if len(told) > 1 and not viewer.sees_everything:
                found.leaks.append(f"{viewer.name}: a filter cuts out others")

    def _write_notes(self) -> None:
        operator = self.door(OPERATOR)
        for kind, subject in NOTES.items():
            for one in NOTED:
                writer = replace(operator, viewer=Viewer("x", "surgeon", one.surgeon, (one.site,)))
                (operator if kind in OF_A_PATIENT else writer).note(
                    kind, subject.format(**one._asdict()), f"of {one.surgeon} at {one.site}, {one.patient}"
                )

    def _notes(self, viewer: Viewer, seen: list[Operated], found: Found) -> Iterator[tuple[str, str]]:
        whole = self.door(viewer)
        for kind in KINDS:
            yield f"notes {kind}", str(whole.notes(kind))
        for kind in OF_A_PATIENT:
            for one in NOTED:
                may = viewer.sees_patients and one in seen
                # Nothing is kept of an empty note: what is asked is whether it would have been.
                try:
                    whole._about(kind, NOTES[kind].format(**one._asdict()))
                except NotAllowed:
                    if may:
                        found.leaks.append(f"{viewer.name} may not write a {kind} of {one}")
                else:
                    if not may:
                        found.leaks.append(f"{viewer.name} may write a {kind} of {one}")
                yield f"write {kind}", ""

    def _alone(self, seen: list[Operated]) -> Records:
        key = tuple(seen)
        if key not in self.alone:
            folder = self.folder / f"alone {len(self.alone)}"
            self.alone[key] = Records(_practice(folder, seen), OPERATOR, EVERY, _audit(folder / "audit", "store"))
        return self.alone[key]


def _audit(folder: Path, secret: str) -> Audit:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / KEY).write_bytes(hashlib.sha256(secret.encode()).digest())
    return Audit(folder)


def _practice(folder: Path, operations: list[Operated]) -> DuckEngine:
    """Rows of these operations in every mart; each has days of its own."""
    marts = {
        "operation_outcome": "state | day | outcome",
        "symptom_event": "day",
        "finding_event": "cause | day",
        "diagnosis_delay": "day | visits",
        "treatment_event": "treatment | step | day",
        "care_path": "path",
        "undated_answer": "undated | within_days | answer",
        "symptom_pair": "symptom | other_symptom",
        "visit_state": "visit | state | odi_before | odi_change",
        "unreadable": "quarter",
    }

    def cells(mart: str, one: Operated) -> list[str]:
        day = 100 + one.number
        return {
            "operation_outcome": [f"failed | {day} | fbss", f"well | {day} | not_better"],
            "symptom_event": [str(day % 60)],
            "finding_event": [f"infection | {day}"],
            "diagnosis_delay": [f"{day} | 1"],
            "treatment_event": [f"revision_surgery | surgery | {day}"],
            "care_path": ["1"],
            "undated_answer": ["readmitted | 30 | 2"],
            "symptom_pair": ["fever | chills"],
            "visit_state": [f"12 | 1 | {one.number} | 5"],
            "unreadable": ["8096"],
        }[mart]

    tables = {
        mart: "\n".join(
            [f"operation | patient | surgeon | site | {head}"]
            + [f"{one.number} | {one.patient} | {one.surgeon} | {one.site} | {row}" for one in operations
               for row in cells(mart, one)]
        )
        for mart, head in marts.items()
    }  # fmt: skip
    outcomes, symptoms = tables.pop("operation_outcome"), tables.pop("symptom_event")
    return generation(folder, outcomes, symptoms, **tables)


def _columns(read: str, forbidden: Sequence[str]) -> Iterator[dict[str, Any]]:
    """What may stand in the slots of a read, one slot after the other, and what may not."""
    open_slots = sorted(sql.slots_of(f"reads/{read}"))
    if not open_slots:
        yield {}
        return
    allowed = {slot: list(slots.SLOTS[read, slot](load())) for slot in open_slots}
    usual = {slot: () if slot == "by" else names[0] for slot, names in allowed.items()}
    for slot in open_slots:
        for name in [*(one for one in allowed[slot] if one in ONE_OF_EACH or slot != "by"), *forbidden]:
            yield {**usual, slot: name}


def _is_forbidden(columns: dict[str, Any]) -> bool:
    return bool(set(FORBIDDEN) & slots.columns_in(columns))


def _answered(asked: Records, read: str, columns: dict[str, Any], values: dict[str, Any]) -> pd.DataFrame | None:
    try:
        return asked.read(read, columns=columns, **values)
    except NotAllowed:
        return None


def _differ(answer: pd.DataFrame | None, same: pd.DataFrame | None) -> bool:
    if answer is None or same is None:
        return False
    return not answer.equals(same) and _plain(answer) != _plain(same)


def _plain(answer: pd.DataFrame) -> str:
    """Without the numbers of profiles, which differ between two practices, and in an order that is not theirs."""
    plain = answer.drop(columns="profile", errors="ignore")
    return str(plain.sort_values(list(plain.columns)).to_csv(index=False)) if len(plain.columns) else ""


def _canaries(operations: list[Operated]) -> dict[str, set[str]]:
    return {
        "surgeon": {one.surgeon for one in operations},
        "site": {one.site for one in operations},
        "patient": {form for one in operations for form in (str(one.patient), f"{one.patient:016X}")},
    }

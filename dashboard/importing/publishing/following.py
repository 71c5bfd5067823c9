"""Notes follow their patient: when a patient or an operation is keyed anew, what was written of it goes along.

A note is about a pseudonym and a day of surgery. The same operation may have another of either in a new import: merged
patients are one, a number holds at one site only, a date was corrected. What was written stays under the old key too,
where an earlier generation shows it; nothing in the notebook is ever changed.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from dashboard.definitions.canonical import OPERATION
from dashboard.engines.notebook import OF_A_PATIENT, SUBJECT, Note, Notebook
from dashboard.engines.writer import Writer
from dashboard.importing.publishing import building
from dashboard.importing.publishing.since import BEFORE as EARLIER
from dashboard.importing.result import Issue

Operated = tuple[int, date]
"""A pseudonym and a day of surgery."""


def follow(writer: Writer, notebook: Notebook, key: bytes, numbers: Mapping[str, Sequence[str]]) -> Iterator[Issue]:
    """Write each note of an operation that is keyed anew under its new key as well; an issue lists what cannot follow.

    The generation before is attached, the operations of the new one are there. numbers: by identifier of a patient,
    what the patient's number may have been by itself before.
    """
    notes = list(_notes(notebook))
    written = {(note.subject, note.text, note.at) for _, note in notes}
    here, there = _operations(writer, ""), _operations(writer, f"{EARLIER}.")
    lost = {about for about, _ in notes if about in there and about not in here}
    if not lost:
        return
    heirs = _heirs(writer, key, numbers, lost)
    astray = [(about, note, heirs[about]) for about, note in notes if about in lost]
    for _, note, now in astray:
        if len(now) == 1 and (anew := (_subject(note, *now), note.text, note.at)) not in written:
            written.add(anew)
            notebook.copy(note, anew[0])
    yield from (_left_behind(about, note, len(now)) for about, note, now in astray if len(now) != 1)


def _notes(notebook: Notebook) -> Iterator[tuple[Operated, Note]]:
    for kind in OF_A_PATIENT:
        for note in notebook.read(kind):
            if found := SUBJECT.fullmatch(note.subject):
                yield (int(found["patient"], 16), date.fromisoformat(found["day"])), note


def _subject(note: Note, now: Operated) -> str:
    """What a note is about once its operation is this one."""
    return SUBJECT.sub(rf"\g<kind>/P-{now[0]:016X}/{now[1]:%Y-%m-%d}\g<rest>", note.subject)


def _operations(writer: Writer, database: str) -> set[Operated]:
    return set(writer.run(f"select distinct patient, surgery_date from {database}operation"))


def _heirs(
    writer: Writer, key: bytes, numbers: Mapping[str, Sequence[str]], lost: set[Operated]
) -> Mapping[Operated, set[Operated]]:
    """By operation that is gone, what it is now: the one with its identifier, else the one of the patient's number."""
    heirs: dict[Operated, set[Operated]] = defaultdict(set)
    same = (
        "select earlier.patient, earlier.surgery_date, operation.patient, operation.surgery_date"
        f" from {_earlier(writer, key)} as earlier inner join operation using (operation_key)"
    )
    for patient, day, now, now_day in writer.run(same):
        if (patient, day) in lost:
            heirs[patient, day].add((now, now_day))
    for patient_id, pseudonym, day in writer.run(
        "select staged.patient_id, pseudonym.patient, staged.surgery_date from staged_operations as staged"
        " inner join pseudonym on staged.patient_id = pseudonym.patient_id"
    ):
        for number in numbers.get(patient_id, ()):
            before = (int.from_bytes(hmac.digest(key, number.encode(), "sha256")[:8], "big"), day)
            if before in lost:
                heirs[before].add((pseudonym, day))
    return heirs


def _earlier(writer: Writer, key: bytes) -> str:
    """The operations of the generation before with their pseudonyms; an earlier version kept their own numbers."""
    if building.OPERATION_KEY in writer.columns(EARLIER, "operation"):
        return f"{EARLIER}.operation"
    writer.view("earlier_operation", f"select * from {EARLIER}.operation")
    building.pseudonyms(writer, key, OPERATION, "earlier_operation")
    return "(select * from earlier_operation inner join operation_pseudonym using (operation_id))"


def _left_behind(about: Operated, note: Note, heirs: int) -> Issue:
    patient, day = about
    why = (
        "several operations may be meant by it now"
        if heirs
        else "no operation of this import is known to be the one that it was about"
    )
    message = (
        f"The {note.kind} of {note.at:%Y-%m-%d} about P-{patient:016X}, operated on {day}, cannot follow: {why}. It "
        "stays in the notebook under its old key. Look whether it must be written again."
    )
    return Issue("note", "note_left_behind", "notebook", message)

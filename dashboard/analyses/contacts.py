"""Who was contacted about a red flag: what is recorded, and what somebody has marked in the app since."""

from __future__ import annotations

from datetime import date

from dashboard.analyses.patients import shown_patient
from dashboard.engines.notebook import Note
from dashboard.errors import NotAllowed
from dashboard.records import Records

CONTACT = "contact"


def contact_subject(patient: int, operated: date, symptom: str, onset: date) -> str:
    """The key of one red flag, the same in every import: operations are numbered anew, pseudonyms are not."""
    return f"{about_patient(patient, operated)}{symptom}/{onset:%Y-%m-%d}"


def about_patient(patient: int, operated: date) -> str:
    """How the key of every red flag after one operation begins."""
    return f"{CONTACT}/{shown_patient(patient)}/{operated:%Y-%m-%d}/"


def contacts(records: Records) -> dict[str, Note]:
    """The contacts marked in the app, by red flag; of several the last, which says most."""
    return {note.subject: note for note in records.notes(CONTACT)}


def mark_contacted(records: Records, subject: str, text: str) -> None:
    """Keep that somebody was contacted: who, when, and what was done.

    subject: of a red flag in the viewer's own queue. Raises WrongUsage when nothing was written.
    """
    if not records.viewer.sees_patients:
        raise NotAllowed("Your role shows counts, so that it has nobody to mark as contacted.")
    records.note(CONTACT, subject, text)

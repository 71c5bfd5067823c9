"""FHIR R4: patients, operations and what followed them, from bulk NDJSON files or a Bundle, as canonical tables.

Only a procedure whose code means one of ours becomes an operation; what is not mapped is counted, by its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboard.importing.formats.course import tell
from dashboard.importing.formats.fhir import files
from dashboard.importing.formats.fhir.gathering import Gathering
from dashboard.importing.formats.fhir.joining import contacts_of, events_of, patient_of, procedures_of
from dashboard.importing.formats.fhir.notes import notes
from dashboard.importing.formats.fhir.readers import take
from dashboard.importing.formats.meanings import understood
from dashboard.importing.formats.sheets import Place, Reading, Written
from dashboard.importing.mapping import SiteMapping


def recognise(paths: Sequence[Path]) -> str:
    """How these files or folders were told to be FHIR; empty when they are not. Looks at names and first bytes only."""
    return files.recognise(paths)


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The canonical tables in these files or folders.

    Raises ImportRefused when a file cannot be FHIR, is too large or too deep, or the mapping's codes mean nothing here.
    """
    gathering = Gathering(understood(mapping.sections.get("codes", {})), today)
    for found in files.resources(paths, gathering.issues):
        take(gathering, found)
    written = Written()
    procedures = procedures_of(gathering, written)
    events, others = events_of(gathering, written, procedures)
    last = contacts_of(gathering)
    for key, performed in procedures.items():
        tell(written, patient_of(gathering, key, last.get(key)), performed, events.get(key, ()))
    first = Place(files.inside(paths)[0], 1, "line")
    said = [*gathering.issues, *notes(gathering, len(procedures), others)]
    return written.reading({"patients": first, "operations": first}, said)

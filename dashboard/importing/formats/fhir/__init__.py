"""FHIR R4: patients, operations and what followed them, from bulk NDJSON files or a Bundle, as canonical tables.

Only a procedure whose code means one of ours becomes an operation; what is not mapped is counted, by its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboard.importing.formats.course import tell
from dashboard.importing.formats.fhir.files import inside, recognise, resources
from dashboard.importing.formats.fhir.gathering import Gathering
from dashboard.importing.formats.fhir.joining import contacts_of, joined, patient_of
from dashboard.importing.formats.fhir.notes import notes
from dashboard.importing.formats.fhir.readers import take
from dashboard.importing.formats.meanings import understood
from dashboard.importing.formats.sheets import Place, Reading, Written
from dashboard.importing.mapping import SiteMapping

__all__ = ["read", "recognise"]


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The canonical tables in these files or folders.

    Raises ImportRefused when a file cannot be FHIR, is too large or too deep, or the mapping's codes mean nothing here.
    """
    gathering = Gathering(understood(mapping.sections.get("codes", {})), today)
    for resource in resources(paths, gathering.issues):
        take(gathering, resource)
    gathering.settle()
    written = Written()
    procedures, events, others = joined(gathering, written)
    last = contacts_of(gathering)
    for key, performed in procedures.items():
        tell(written, patient_of(gathering, key, last.get(key)), performed, events.get(key, ()))
    first = Place(inside(paths)[0], 1, "line")
    said = [*gathering.issues, *notes(gathering, len(procedures), others)]
    return written.reading({"patients": first, "operations": first}, said)

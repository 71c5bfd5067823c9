"""FHIR R4 and R5: patients, operations and what followed them, from bulk NDJSON files or a Bundle, as canonical tables.

Only a procedure whose code means one of ours becomes an operation; what is not mapped is counted, by its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from dashboard.importing.formats.course import tell
from dashboard.importing.formats.fhir.files import inside, recognise, resources
from dashboard.importing.formats.fhir.gathering import Gathering, Known
from dashboard.importing.formats.fhir.joining import contacts_of, joined, patient_of
from dashboard.importing.formats.fhir.notes import notes
from dashboard.importing.formats.fhir.percentages import Percentages
from dashboard.importing.formats.fhir.readers import take
from dashboard.importing.formats.fhir.references import Index
from dashboard.importing.formats.meanings import understood
from dashboard.importing.formats.sheets import Place, Reading, Written
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import wrong_mapping

__all__ = ["read", "recognise"]


def read(paths: Sequence[Path], mapping: SiteMapping, today: date) -> Reading:
    """The canonical tables in these files or folders.

    Raises ImportRefused when a file cannot be FHIR, is too large or too deep, or the mapping's codes mean nothing here.
    """
    meanings = understood(mapping.sections.get("codes", {}))
    servers, scaled = _servers(mapping), mapping.of("follow_ups").units
    gathering = _gathered(paths, Gathering(meanings, today, Known(), Index(servers), Percentages(scaled)))
    known = Known(gathering.versions.outdated(), gathering.forms)
    if known.outdated or known.forms.asked:
        # What was read before its newer version, or before the form that it answers, was not read as it is meant.
        gathering = _gathered(paths, Gathering(meanings, today, known, Index(servers), Percentages(scaled)))
    gathering.settle()
    written = Written()
    procedures, events, others = joined(gathering, written)
    last = contacts_of(gathering)
    for key, performed in procedures.items():
        tell(written, patient_of(gathering, key, last.get(key)), performed, events.get(key, ()))
    first = Place(inside(paths)[0], 1, "line")
    said = [*gathering.issues, *notes(gathering, len(procedures), others)]
    return written.reading({"patients": first, "operations": first}, said)


def _servers(mapping: SiteMapping) -> tuple[str, ...]:
    """The addresses of the site's own servers. Raises ImportRefused when the mapping does not list them."""
    held = mapping.sections.get("fhir", {})
    servers = held.get("servers", [])
    if set(held) - {"servers"} or not isinstance(servers, list) or not all(isinstance(one, str) for one in servers):
        raise wrong_mapping('[fhir] may hold servers, a list such as ["https://ehr.example/fhir"].')
    return tuple(server.rstrip("/") for server in servers)


def _gathered(paths: Sequence[Path], gathering: Gathering) -> Gathering:
    """The same with all that stands in the files."""
    for resource in resources(paths, gathering.issues):
        take(gathering, resource)
    return gathering

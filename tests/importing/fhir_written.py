"""Small FHIR records written as Bundles or lines, and read where the test can see what came of them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.importing.formats import fhir
from dashboard.importing.formats.sheets import Reading
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.result import ImportRefused, Issue

TODAY = date(2026, 11, 1)
PCS, CM = "http://hl7.org/fhir/sid/icd-10-pcs", "http://hl7.org/fhir/sid/icd-10-cm"
SNOMED, LOINC, LOCAL = "http://snomed.info/sct", "http://loinc.org", "urn:local"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
PLIF, CAGE_IN_FRONT, POSTERIOR = "0SG00AJ", "0SG00A0", "0SG0071"
Resource = dict[str, Any]


def concept(system: str, code: str) -> Resource:
    return {"coding": [{"system": system, "code": code}]}


def patient(key: str = "p1", **others: Any) -> Resource:
    return {"resourceType": "Patient", "id": key, "gender": "female", "birthDate": "1960-05-01", **others}


def procedure(key: str = "o1", code: str | Resource = PLIF, day: str = "2024-01-10", **others: Any) -> Resource:
    return {
        "resourceType": "Procedure",
        "id": key,
        "status": "completed",
        "subject": {"reference": "Patient/p1"},
        "performedDateTime": day,
        "code": code if isinstance(code, dict) else concept(PCS, code),
        **others,
    }


def prescription(**others: Any) -> Resource:
    """A medicine ordered before surgery; others: what it is, which R4 and R5 say in their own ways."""
    return {
        "resourceType": "MedicationRequest",
        "id": "m1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "authoredOn": "2023-12-01",
        **others,
    }


def condition(code: str, day: str, key: str = "", system: str = CM, **others: Any) -> Resource:
    return {
        "resourceType": "Condition",
        "id": key or f"c-{code.replace('.', '')}-{day}",
        "subject": {"reference": "Patient/p1"},
        "code": concept(system, code),
        "onsetDateTime": day,
        **others,
    }


def observation(code: str, day: str, key: str = "", system: str = LOINC, **value: Any) -> Resource:
    return {
        "resourceType": "Observation",
        "id": key or f"v-{code}-{day}",
        "status": "final",
        "subject": {"reference": "Patient/p1"},
        "code": concept(system, code),
        "effectiveDateTime": day,
        **value,
    }


def quantity(value: Any, unit: str = "{score}") -> Resource:
    return {"valueQuantity": {"value": value, "system": "http://unitsofmeasure.org", "code": unit}}


def bundle(folder: Path, *resources: Any, **entry: Any) -> Path:
    path = folder / "bundle.json"
    entries = [{"resource": resource, **entry} for resource in resources]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}, indent=1))
    return path


def lines(folder: Path, name: str, *resources: Resource | str) -> Path:
    path = folder / name
    said = [one if isinstance(one, str) else json.dumps(one) for one in resources]
    path.write_text("".join(f"{line}\n" for line in said))
    return path


def mapping(**codes: Any) -> SiteMapping:
    """The mapping of a site with codes of its own system."""
    return SiteMapping(sections={"codes": {LOCAL: codes}})


def read(path: Path, site: SiteMapping | None = None) -> tuple[dict[str, list[dict[str, str]]], list[Issue]]:
    """Every row by table, with the columns that are filled in; and every issue, of rows and of files."""
    return unfolded(fhir.read([path], site or SiteMapping(), TODAY))


def unfolded(reading: Reading) -> tuple[dict[str, list[dict[str, str]]], list[Issue]]:
    rows: dict[str, list[dict[str, str]]] = {}
    issues: list[Issue] = []
    for sheet in reading.sheets:
        for row in sheet.rows:
            if isinstance(row, Issue):
                issues.append(row)
            else:
                filled = {name: cell for name, cell in zip(sheet.header, row[1], strict=True) if cell is not None}
                rows.setdefault(sheet.table, []).append(filled)
    return rows, issues + reading.issues


def left_out(issues: Sequence[Issue]) -> list[tuple[str, int | None]]:
    """What was left out, by rule and line."""
    return [(issue.rule, issue.line) for issue in issues if issue.severity == "row"]


def cells_left_out(issues: Sequence[Issue]) -> list[tuple[str, int | None]]:
    """What was left out alone, by rule and line."""
    return [(issue.rule, issue.line) for issue in issues if issue.severity == "cell"]


def notes(issues: Sequence[Issue], rule: str) -> list[str]:
    return [issue.message for issue in issues if issue.severity == "note" and issue.rule == rule]


def refusal(path: Path, site: SiteMapping | None = None) -> str:
    with pytest.raises(ImportRefused) as refused:
        fhir.read([path], site or SiteMapping(), TODAY)
    return str(refused.value)


def only(rows: Mapping[str, list[dict[str, str]]], table: str) -> dict[str, str]:
    assert len(rows[table]) == 1
    return rows[table][0]

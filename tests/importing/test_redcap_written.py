"""REDCap exports written as text tables, and what the reader makes of them."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from dashboard.importing.formats import redcap
from dashboard.importing.mapping import understood
from dashboard.importing.result import ImportRefused, Issue
from tests.text_tables import parse

DICTIONARY = """
    name         | form       | kind     | label          | choices                            | validation   | who
    record_id    | intake     | text     | Record ID      |                                    |              |
    family_name  | intake     | text     | Family name    |                                    |              | y
    sex          | intake     | radio    | Sex            | 0, Female / 1, Male / 9, Not asked |              |
    birth_date   | intake     | text     | Born on        |                                    | date_dmy     |
    surgery_date | operations | text     | Operated       |                                    | date_mdy     |
    procedure    | operations | dropdown | Procedure      | 1, TLIF / 2, PLIF / alif, Front    |              |
    weight_kg    | operations | text     | Weight         |                                    | comma        |
    height_cm    | operations | text     | Height         |                                    | number       |
    diabetes     | operations | yesno    | Diabetes       |                                    |              |
    asa          | operations | radio    | ASA            | 1, ASA 1 / 2, ASA 2                |              |
    risk         | operations | checkbox | Risks          | 1, Osteoporosis / -9, Opioids      |              |
    visit_date   | follow_ups | text     | Visit          |                                    | datetime_ymd |
    odi          | follow_ups | calc     | Disability     | sum([a], [b])                      |              |
    onset_date   | symptoms   | text     | Since          |                                    | date_ymd     |
    symptom      | symptoms   | checkbox | Signs          | 1, Back pain / leg, <b>Leg pain</b> / -9, Fever |
"""
"""Choices are parted by a slash here, because the text table takes the bar; comma: a number with a decimal comma."""
COMMA = "number_1dp_comma_decimal"
FULL = {
    "name": "Variable / Field Name",
    "form": "Form Name",
    "kind": "Field Type",
    "label": "Field Label",
    "choices": "Choices, Calculations, OR Slider Labels",
    "validation": "Text Validation Type OR Show Slider Number",
    "who": "Identifier?",
}
OF_THE_INTERFACE = {
    "name": "field_name",
    "form": "form_name",
    "kind": "field_type",
    "label": "field_label",
    "choices": "select_choices_or_calculations",
    "validation": "text_validation_type_or_show_slider_number",
    "who": "identifier",
}
SHORT = {"event": "redcap_event_name", "repeats": "redcap_repeat_instrument", "nr": "redcap_repeat_instance"}
"""The system's own columns, and how the text tables call them."""
PLAIN = """
    record_id | family_name | sex | birth_date | surgery_date | procedure | weight_kg | asa | operations_complete
    7         | CANARY      | 0   | 1960-05-01 | 2024-01-31   | 1         | 70,5      | 2   | 2
    8         | CANARY      | 1   | 1950-06-02 | 2024-02-28   | alif      | 80        |     | 0
"""
REPEATING = """
    record_id | repeats    | nr | sex | surgery_date | procedure | visit_date       | odi
    7         |            |    | 0   |              |           |                  |
    7         | operations | 1  |     | 2023-01-01   | 1         |                  |
    7         | operations | 2  |     | 2024-01-01   | 2         |                  |
    7         | follow_ups | 1  |     |              |           | 2023-03-01 09:30 | 20
    7         | follow_ups | 2  |     |              |           | 2024-03-01 09:30 | 30
    8         |            |    | 1   |              |           |                  |
    8         | operations | 1  |     | 2024-05-05   | alif      |                  |
    8         | follow_ups | 1  |     |              |           | 2024-05-01       | 60
"""
TICKS = """
    record_id | surgery_date | procedure | onset_date | symptom___1 | symptom___leg | symptom____9 | risk___1
    7         | 2024-01-01   | 1         | 2024-02-01 | 1           | 1             | 0            | 1
    8         | 2024-01-01   | 1         | 2024-02-02 | 0           | 0             | 1            | 0
    9         |              |           |            | 0           | 0             | 0            | 0
"""
EVENTS = """
    record_id | event             | sex | surgery_date | procedure | height_cm | visit_date | odi
    7         | baseline_arm_1    | 0   |              |           | 170       | 2023-12-01 | 50
    7         | surgery_arm_1     |     | 2024-01-01   | 1         |           |            |
    7         | m3_arm_1          |     |              |           |           | 2024-04-01 | 20
"""
LABELS = """
    Record ID | Event Name          | Sex    | Operated   | Procedure | Diabetes | Signs (choice=Back pain) | Since
    7         | Baseline (Arm 1: A) | Female | 2024-01-31 | TLIF      | Yes      | Checked                  | 2024-02-01
    8         | Baseline (Arm 1: A) | Male   | 2024-02-28 | Front     | No       | Unchecked                |
"""
OF_EVERY_INSTRUMENT = (("Complete?", "Complete?"), ("Complete", "Incomplete"))


@dataclass(frozen=True)
class Read:
    """tables: by name, their rows with the cells that are filled; issues: those of the whole and of rows left out."""

    tables: Mapping[str, Sequence[Mapping[str, str]]]
    issues: Sequence[Issue]

    def column(self, table: str, name: str) -> list[str | None]:
        """One column of a table."""
        return [row.get(name) for row in self.tables.get(table, [])]

    def of(self, rule: str) -> list[Issue]:
        """The issues of one rule."""
        return [issue for issue in self.issues if issue.rule == rule]


def dictionary(
    folder: Path, text: str = DICTIONARY, header: Mapping[str, str] = FULL, name: str = "dictionary.csv"
) -> Path:
    """A data dictionary of these fields."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    rows = [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]
    rows = [{**row, "validation": row.get("validation", "").replace("comma", COMMA)} for row in rows]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, quoting=csv.QUOTE_ALL)
        written.writerow([*header.values(), "Field Note"])
        written.writerows([*(row.get(part, "").replace(" / ", " | ") for part in header), ""] for row in rows)
    return folder / name


def export(folder: Path, text: str = PLAIN, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """An export of these records, in the form of the table."""
    rows = parse(text)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "data.csv").open("w", encoding=encoding, newline="") as file:
        written = csv.writer(file, delimiter=delimiter)
        written.writerow(SHORT.get(name, name) for name in rows[0])
        written.writerows(list(row.values()) for row in rows)
    return folder / "data.csv"


def read(paths: Path | Sequence[Path], mapping: str = "") -> Read:
    """What the reader makes of these files, the sheets of one table together."""
    site = understood(tomllib.loads(mapping), Path("site.toml"))
    reading = redcap.read([paths] if isinstance(paths, Path) else paths, site, date(2026, 1, 1))
    tables: dict[str, list[Mapping[str, str]]] = {}
    issues: list[Issue] = []
    for sheet in reading.sheets:
        for row in sheet.rows:
            if isinstance(row, Issue):
                issues.append(row)
            else:
                cells = dict(zip(sheet.header, row[1], strict=True))
                tables.setdefault(sheet.table, []).append({name: cell for name, cell in cells.items() if cell})
    return Read(tables, [*issues, *reading.issues])


def project(folder: Path, records: str = PLAIN, mapping: str = "", fields: str = DICTIONARY) -> Read:
    """The same of an export with its dictionary beside it."""
    dictionary(folder, fields)
    export(folder, records)
    return read(folder, mapping)


def refusal(folder: Path, records: str = PLAIN, mapping: str = "", fields: str = DICTIONARY) -> str:
    """What is said of an export that is refused as a whole."""
    with pytest.raises(ImportRefused) as refused:
        project(folder, records, mapping, fields)
    assert "CANARY" not in str(refused.value.result)
    return refused.value.message


def labels(folder: Path, text: str = LABELS) -> Path:
    """An export with labels, in which the label of every instrument's status stands again."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([*line, *OF_EVERY_INSTRUMENT[min(number, 1)]] for number, line in enumerate(lines))
    return folder / "labels.csv"

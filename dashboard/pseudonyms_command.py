"""The command `outcomes store pseudonyms`: which of the practice's own patient numbers stands behind which P-…

The matching is done here, where the key is, and outside the app: it writes the answer to standard output and keeps none
of the numbers. Whoever runs it may read the store anyway; that it was run, and for how many numbers, is on record.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import named_files
from dashboard.errors import WrongUsage
from dashboard.harmless import one_line
from dashboard.terminal import DONE, say, tell_lines

if TYPE_CHECKING:
    from dashboard.records import Records

COLUMN = "patient_id"
HEAD = (COLUMN, "patient", "in_the_records")


def run(records: Records, store: Path, file: Path, column: str | None = None) -> int:
    """Print a CSV table of the numbers in a file, each with its pseudonym and whether the records have it.

    records: of every operation, of a viewer who sees patients.
    """
    from dashboard.analyses.patients import patients, shown_patient
    from dashboard.definitions import load
    from dashboard.engines.generations import Store
    from dashboard.engines.pseudonym_key import key_of, pseudonym
    from dashboard.exports.cells import guarded

    named_files.check([file])
    numbers, key = _numbers(file, column), key_of(Store(store))
    records.leaves("pseudonyms", len(numbers))
    known = set(patients(records, load().default_outcome.name)["patient"])
    found = [(number, shown_patient(pseudonym(key, number))) for number in numbers]
    table = io.StringIO()
    lines = csv.writer(table, lineterminator="\n")
    lines.writerow(HEAD)
    lines.writerows(
        (one_line(guarded(number)), patient, "yes" if patient in known else "no") for number, patient in found
    )
    tell_lines(table.getvalue(), end="")
    there = sum(patient in known for _, patient in found)
    say(f"{there} of {len(found)} numbers are in the records. Keep this table as you keep the records themselves.")
    return DONE


def _numbers(file: Path, column: str | None) -> list[str]:
    """The numbers of a column, each once, in their order: as an import reads them, without blanks around."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            first = opened.readline()
            opened.seek(0)
            rows = csv.DictReader(opened, delimiter=";" if first.count(";") > first.count(",") else ",")
            names = [name.strip() for name in rows.fieldnames or ()]
            wanted = column or (COLUMN if COLUMN in names else names[0] if len(names) == 1 else "")
            if wanted not in names:
                there = ", ".join(names)
                raise WrongUsage(f"{file.name}: which column has the patients' numbers? Say --column, one of {there}.")
            rows.fieldnames = names
            cells = [(row[wanted] or "").strip() for row in rows]
    except UnicodeDecodeError:
        raise WrongUsage(f"{file.name} is not UTF-8 text. Save it as CSV UTF-8.") from None
    return list(dict.fromkeys(cell for cell in cells if cell))

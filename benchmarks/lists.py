"""How much memory the import of a list takes: made-up operations in one flat file, with a mapping."""

from __future__ import annotations

import argparse
import csv
import random
import resource
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from dashboard import importing

NAMES = "patient,sex,birth,op,proc,surgeon,site,bmi,smoker,odi0,odi3,odi12,pain0,pain12,last,failed"
MAPPING = """
[columns]
patient_id = "patient"
sex = "sex"
birth_year = "birth"
surgery_date = "op"
procedure = "proc"
surgeon = "surgeon"
site = "site"
bmi = "bmi"
smoking = "smoker"
last_contact_date = "last"

[values.sex]
F = "female"
M = "male"

[failure]
date = "failed"

[visits.baseline]
odi = "odi0"
back_pain = "pain0"

[visits.3]
odi = "odi3"

[visits.12]
odi = "odi12"
back_pain = "pain12"
"""
PROCEDURES = ("tlif", "plif", "laminectomy", "microdiscectomy")


def main() -> None:
    """Make the list, import it, and print how long that took and the most memory that the import had."""
    words = argparse.ArgumentParser(prog="python3 -m benchmarks.lists", description=__doc__)
    words.add_argument("--rows", type=int, default=300_000)
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = Path(passing)
        path, mapping = folder / "list.csv", folder / "mapping.toml"
        _write(path, chosen.rows)
        mapping.write_text(MAPPING, encoding="utf-8")
        began = time.perf_counter()
        result = importing.run([path], folder / "store", mapping)
        seconds = time.perf_counter() - began
        used = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        accepted = result.tables["operations"].accepted
        print(
            f"{path.stat().st_size / 1024**2:.0f} MiB, {accepted:,} operations: {seconds:.0f} s, {used:.0f} MiB at most"
        )


def _write(path: Path, rows: int) -> None:
    """Made-up operations, each of its own patient."""
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.writer(file, lineterminator="\n")
        written.writerow(NAMES.split(","))
        for row in range(rows):
            day = date(2012, 1, 1) + timedelta(days=chance.randrange(4_500))
            who = [f"P{row:06d}", chance.choice("FM"), 1930 + row % 60]
            what = [day, chance.choice(PROCEDURES), f"S{row % 40:02d}", f"Site{row % 5}"]
            traits = [round(chance.uniform(18, 40), 1), chance.choice(("never", "current", "former"))]
            answers = [chance.randrange(low, high) for low, high in ((20, 80), (5, 60), (0, 60), (3, 10), (0, 8))]
            last = day + timedelta(days=chance.randrange(300, 1_200))
            failed = day + timedelta(days=200) if chance.random() < 0.1 else ""
            written.writerow([*who, *what, *traits, *answers, last, failed])


if __name__ == "__main__":
    main()

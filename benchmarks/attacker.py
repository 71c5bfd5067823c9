"""``python3 -m benchmarks.attacker --keys 5``: what an attacker finds in protected counts, by many more questions.

The suite tries a part of it by one key (``tests/attacker/``). The status is 1 when anybody was found.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from dashboard.analyses.remembering import forget
from dashboard.importing.work import work
from dashboard.shipped import shipped
from tests.attacker.peers import DAYS, Surgeon
from tests.attacker.practice import READS, Found, Practice


def main() -> None:
    """Ask by each key, and print what was told, how many pairs were tried, and who was found."""
    words = argparse.ArgumentParser(prog="python3 -m benchmarks.attacker", description=__doc__)
    words.add_argument("--keys", type=int, default=5, help="secrets of a store, by which counts are moved")
    words.add_argument("--cohorts", type=int, default=150)
    chosen = words.parse_args()
    patients = 0
    with tempfile.TemporaryDirectory() as passing:
        store = Path(passing) / "store"
        work([shipped("sample_data")], store, None, False, lambda step: None)
        for key in range(chosen.keys):
            patients += _by_key(store, key, chosen.cohorts)
            forget()
    raise SystemExit(bool(patients))


def _by_key(store: Path, key: int, cohorts: int) -> int:
    """How many patients were found by one key."""
    patients = 0
    with tempfile.TemporaryDirectory() as audit:
        practice = Practice(store, Path(audit), key=key)
        for read in READS:
            answers = practice.answers(read, cohorts, seed=key)
            patients += _printed(
                f"key {key}, {read}", practice.found(answers), practice.found(practice.exactly(answers))
            )
    with tempfile.TemporaryDirectory() as audit:
        surgeon = Surgeon(store, Path(audit), key)
        answers = [said for days in DAYS for said in (*surgeon.totals(days, cohorts, seed=key), *surgeon.bands(days))]
        found, exact = surgeon.found(answers), surgeon.found(surgeon.exactly(answers))
        return patients + _printed(f"key {key}, what a surgeon is told of the others", found, exact)


def _printed(what: str, found: Found, exact: Found) -> int:
    print(
        f"{what}: {found.counts} counts, {found.pairs} pairs: {found.patients} found ({exact.patients} exactly)",
        flush=True,
    )
    return found.patients


if __name__ == "__main__":
    main()

"""Faults as real exports have them, in a share of the rows: for trying out an import."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from dashboard.definitions.canonical import OPERATION, TABLES, Table
from dashboard.sample.draws import Draws
from dashboard.sample.tables import TextColumns

Rows = npt.NDArray[np.int64]
Fault = Callable[[TextColumns, Rows], None]


def _writes(column: str, text: str) -> Fault:
    """A fault that puts this text into a column."""

    def fault(table: TextColumns, rows: Rows) -> None:
        table[column][rows] = text

    return fault


def _changes(column: str, change: Callable[[str], str]) -> Fault:
    """A fault that writes what stands in a column otherwise."""

    def fault(table: TextColumns, rows: Rows) -> None:
        table[column][rows] = [change(text) for text in table[column][rows].tolist()]

    return fault


def _odd_spelling(column: str) -> Fault:
    """A word of the vocabulary with its last letters gone: nothing that an import may guess."""
    return _changes(column, lambda word: word[:-3] + "?")


def _orphan(column: str) -> Fault:
    """A key that no other table knows."""
    return _changes(column, lambda key: "X" + key[1:])


def _duplicate(column: str) -> Fault:
    """The key of the row above; the first row takes that of the row below."""

    def fault(table: TextColumns, rows: Rows) -> None:
        keys = table[column].copy()
        table[column][rows] = keys[np.where(rows == 0, min(1, len(keys) - 1), rows - 1)]

    return fault


FAULTS: dict[str, tuple[Fault, ...]] = {
    "patients": (_writes("birth_year", "1066"), _writes("sex", "unknwon"), _writes("death_date", "31/02/2024"),
                 _duplicate("patient_id")),
    "operations": (_writes("surgery_date", "31/02/2024"), _odd_spelling("procedure"), _orphan("patient_id"),
                   _duplicate("operation_id"), _writes("asa", "7"), _writes("phq9", "99"),
                   _writes("surgery_date", "2062-03-01")),
    "follow_ups": (_writes("visit_date", "31/02/2024"), _writes("odi", "140"), _writes("back_pain", "-1"),
                   _writes("gpe", "eight"), _orphan("operation_id")),
    "symptoms": (_writes("onset_date", "31/02/2024"), _odd_spelling("symptom"), _writes("severity", "11"),
                 _orphan("operation_id")),
    "diagnoses": (_writes("diagnosis_date", "1994-01-01"), _odd_spelling("cause"), _writes("is_primary", "perhaps"),
                  _orphan("operation_id")),
    "treatments": (_writes("start_date", "31/02/2024"), _odd_spelling("treatment"), _writes("outcome", "beter"),
                   _orphan("operation_id")),
}  # fmt: skip


def _of_events(table: Table) -> tuple[Fault, ...]:
    """What goes wrong with the records of a kind of event that has no faults of its own here."""
    return _writes(table.day, "31/02/2024"), _odd_spelling(table.word), _orphan(OPERATION)


def spoil(tables: dict[str, TextColumns], share: float, draws: Draws) -> None:
    """Puts one fault into this share of each table's rows."""
    for name, table in tables.items():
        count = len(next(iter(table.values())))
        order = np.argsort(draws.uniform(count), kind="stable")
        spoiled = np.sort(order[: int(share * count + 0.5)])
        faults = FAULTS.get(name) or _of_events(TABLES[name])
        kind = draws.pick([1.0] * len(faults), len(spoiled))
        for number, fault in enumerate(faults):
            fault(table, spoiled[kind == number])

"""What the declaration has and no rule draws is in the sample all the same, without chance."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from dashboard.definitions.canonical import TABLES, Column, Table
from dashboard.sample import declared


def words(*values: str) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    return np.array(values, dtype=object)


def test_a_new_column_and_a_new_table_are_filled_and_nothing_else_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    frail = Column("boolean", "frail")
    operations = replace(TABLES["operations"], columns={**TABLES["operations"].columns, "frail": frail})
    readmissions = Table(
        "readmissions", "readmission",
        {"operation_id": TABLES["symptoms"].columns["operation_id"], "readmission_date": Column("date", required=True),
         "readmission": Column("word", required=True, words="complication"),
         "nights": Column("integer", low=0, high=8)},
        key=("operation_id", "readmission_date", "readmission"), day="readmission_date", word="readmission",
    )  # fmt: skip
    monkeypatch.setattr(declared, "TABLES", {"operations": operations, "readmissions": readmissions})
    drawn = {name: words(*[f"{name}{row}" for row in range(40)]) for name in TABLES["operations"].columns}
    filled = declared.fill({"operations": drawn})
    assert list(filled) == ["operations", "readmissions"]
    assert all(filled["operations"][name] is values for name, values in drawn.items())
    assert list(filled["operations"]["frail"][:10]) == ["true", *["false"] * 6, "true", "false", ""]
    assert list(filled["readmissions"]["operation_id"]) == ["operation_id0", "operation_id20"]
    assert list(filled["readmissions"]["readmission_date"]) == ["surgery_date0", "surgery_date20"]
    assert list(filled["readmissions"]["nights"]) == ["0", "2"]
    assert "" not in filled["readmissions"]["readmission"]

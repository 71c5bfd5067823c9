"""Whether a share may be told beside its line: where that of the table is refused, that of the curve is too."""

from __future__ import annotations

from pathlib import Path

from dashboard.analyses.failure_curve import curves_told, failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.charts.step_curve import describe
from tests.text_tables import records

LOST = 24
"""Of 40 after each operation so many are lost early after a TLIF, and nobody after a laminectomy."""
ROWS = "\n".join([
    "operation | procedure | state | day | operated",
    *(f"{n} | tlif | {'failed' if n < 3 else 'left'} | {20 if n <= LOST else 900} | 2021-01-01" for n in range(1, 41)),
    *(f"{n} | laminectomy | {'failed' if n < 51 else 'left'} | {20 if n < 51 else 900} | 2021-01-01"
      for n in range(41, 81)),
])  # fmt: skip


def test_a_line_stands_and_tells_no_share_where_the_table_refuses_it(tmp_path: Path) -> None:
    found = records(tmp_path, ROWS)
    rates = failure_rate(found, "fbss", "procedure", 730).set_index("group")
    assert rates["note"]["tlif"] == "Of those due, the state of 45 % is known: too few for a share."
    curves = curves_told(found, "fbss", "procedure", 730)
    assert curves.drop(columns="told").equals(failure_curve(found, "fbss", "procedure"))
    assert curves.groupby("group")["told"].all().to_dict() == {"tlif": False, "laminectomy": True}
    words = describe(curves, until_days=730)
    assert f"{rates['label']['tlif']}: of too few due the state is known for a share; 40 operations" in words
    assert f"{rates['label']['laminectomy']}: 25.0 % (" in words


def test_where_the_line_ends_early_it_tells_what_stands_there(tmp_path: Path) -> None:
    found = records(tmp_path, ROWS)
    assert not failure_rate(found, "fbss", "procedure", 3650)["shown"].any()
    assert curves_told(found, "fbss", "procedure", 3650)["told"].all()

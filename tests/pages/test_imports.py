"""The page Import: what is ticked beside the files, and what is said of what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import settings
from dashboard.access import OPERATOR
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.importing import desk
from dashboard.pages import imports
from dashboard.records import Records
from tests.importing.written import rows, take, write
from tests.patience import SECONDS, wait_until

MONTH = {
    "patients": "patient_id | birth_year | sex\nP2 | 1970 | male",
    "operations": "operation_id | patient_id | surgery_date | procedure\nO2 | P2 | 2025-01-01 | plif",
}


def choosing(records: object, month: object) -> None:
    from pathlib import Path
    from typing import Any, cast
    from unittest.mock import patch

    from dashboard import settings
    from dashboard.pages import imports

    class Given:
        def __init__(self, file: Path) -> None:
            self.name, self.getvalue = file.name, file.read_bytes

    given = [Given(file) for file in sorted(cast(Path, month).glob("*.csv"))]
    with patch("streamlit.file_uploader", lambda *args, **others: given):
        imports._choose(cast(Any, records), settings.read())


def what_came_of_it(records: object) -> None:
    from typing import Any, cast

    from dashboard import settings
    from dashboard.importing import desk
    from dashboard.pages import imports

    running = desk.under_way(settings.read().store)
    assert running is not None
    imports._outcome(cast(Any, records), settings.read(), running)


@pytest.mark.parametrize("ticked", [True, False])
def test_what_is_ticked_as_additions_is_added_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ticked: bool
) -> None:
    store, month = tmp_path / "store", write(tmp_path / "month", **MONTH)
    take(write(tmp_path / "first"), store)
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    current = Store(store).current()
    assert current is not None
    records = Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(store / "audit"))
    page = AppTest.from_function(choosing, args=(records, month), default_timeout=SECONDS).run()
    assert not page.exception
    (tick,) = (one for one in page.checkbox if one.label == imports.ADDITIONS)
    if ticked:
        tick.check().run()
    next(button for button in page.button if button.label == "Import").click().run()
    running = desk.under_way(settings.read().store)
    assert running is not None
    wait_until(running.over.is_set)
    seen = AppTest.from_function(what_came_of_it, args=(records,), default_timeout=SECONDS).run()
    added = "Added to generation 1. " if ticked else ""
    assert seen.success[0].value == f"{added}Published as generation 2. Every page shows it from now on."
    assert rows(store, "select operation_id from operation order by 1") == [("O1",)] * ticked + [("O2",)]

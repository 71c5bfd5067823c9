"""The made-up practice, imported once for all tests of this folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import importing
from dashboard.access import OPERATOR
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.records import Records
from dashboard.shipped import shipped


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The operator's records of the whole made-up practice."""
    return published([shipped("sample_data")], tmp_path_factory.mktemp("sample"))


def published(sources: list[Path], store: Path) -> Records:
    importing.run(sources, store)
    current = Store(store).current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(store / "audit"))

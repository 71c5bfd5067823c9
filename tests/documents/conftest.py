"""The made-up practice, for the documents that are made of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard.records import Records
from tests.analyses.conftest import opened


@pytest.fixture(scope="session")
def sample(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Records:
    """The operator's records of the whole made-up practice."""
    folder = tmp_path_factory.mktemp("sample-documents")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return opened(folder)

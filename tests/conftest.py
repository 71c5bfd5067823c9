"""What holds for every test."""

from __future__ import annotations

import functools
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

from dashboard import audit
from dashboard.analyses.remembering import forget
from dashboard.audit_keys import DISCLOSURE
from dashboard.importing.work import work
from dashboard.private import SECRET_BYTES, secret
from dashboard.shipped import shipped

# On top of what Hypothesis takes by itself, which under CI is the same examples every time: nothing that asks how
# fast the machine is. An example may take as long as it takes, and so may drawing one.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Each page that is opened looks through every installed package for components of its own, which none brings.
manifest_scanner.scan_component_manifests = functools.cache(manifest_scanner.scan_component_manifests)


@pytest.fixture(autouse=True, scope="module")
def _let_go() -> Iterator[None]:
    """No file of tests leaves its databases open for the next: an answer that is remembered holds its engine."""
    yield
    forget()
    gc.collect()


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data, published once for all tests of a process: to be copied, never written into.

    An import takes some seconds, a copy of what it made none. What is told in protected form is the same in each run.
    """
    folder = tmp_path_factory.mktemp("sample-store")
    secret(folder / audit.FOLDER / DISCLOSURE, b"3" * SECRET_BYTES)
    work([shipped("sample_data")], folder, None, False, lambda step: None)
    return folder

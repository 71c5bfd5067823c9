"""Where the files that are not Python stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import shipped as place
from dashboard.errors import NoData
from dashboard.shipped import shipped


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package folder that the module takes for its own."""
    folder = tmp_path / "site" / "dashboard"
    folder.mkdir(parents=True)
    monkeypatch.setattr(place, "PACKAGE", folder)
    return folder


def test_in_this_checkout_they_stand_beside_the_package() -> None:
    assert shipped("queries", "reads", "cohort.sql").is_file()
    assert shipped("app.py").parent == place.PACKAGE.parent


def test_in_a_wheel_they_stand_inside_the_package(package: Path) -> None:
    (package / "queries").mkdir()
    assert shipped("queries") == package / "queries"


def test_a_stranger_of_the_same_name_beside_an_installed_package_is_not_ours(package: Path) -> None:
    (package / "queries").mkdir()
    (package.parent / "queries").mkdir()
    assert shipped("queries") == package / "queries"


def test_what_was_not_installed_is_named_with_what_to_do(package: Path) -> None:
    with pytest.raises(NoData) as raised:
        shipped("sample_data", "operations.csv")
    assert (
        str(raised.value) == '"sample_data" is missing beside the program. Install it again, or take a whole checkout.'
    )

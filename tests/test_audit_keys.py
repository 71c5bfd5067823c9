"""Whoever can forge a line of the audit learns nothing from what is told; what was told once is told so for good."""

from __future__ import annotations

import hmac
import os
import shutil
from pathlib import Path

import pytest

from dashboard.audit import Audit, verify
from dashboard.audit_keys import DISCLOSURE, KEY
from dashboard.private import SECRET_BYTES

LINE = {"viewer": "Max Moor", "role": "manager", "question": "operations"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit"


def as_it_was(folder: Path) -> Audit:
    """The audit of an earlier version, which had one secret: it told with it what the second is for now."""
    Audit(folder).listed(LINE)
    (folder / DISCLOSURE).unlink()
    return Audit(folder)


def test_the_two_are_different_and_their_owners_alone(folder: Path) -> None:
    audit = Audit(folder)
    told = audit.keyed("S03")
    first, second = ((folder / name).read_bytes() for name in (KEY, DISCLOSURE))
    assert first != second
    assert told == hmac.digest(second, b"not a line\nS03", "sha256")
    assert all(not (folder / name).stat().st_mode & 0o077 for name in (KEY, DISCLOSURE))


def test_a_key_of_lines_that_is_another_tells_nothing_otherwise(folder: Path) -> None:
    audit = Audit(folder)
    told = audit.keyed("S03")
    (folder / KEY).write_bytes(os.urandom(SECRET_BYTES))
    assert audit.keyed("S03") == Audit(folder).keyed("S03") == told
    (folder / KEY).unlink()
    assert audit.keyed("S03") == Audit(folder).keyed("S03") == told


def test_a_secret_in_the_place_of_ours_is_the_one_from_then_on(folder: Path, tmp_path: Path) -> None:
    audit, other = Audit(folder), Audit(tmp_path / "other")
    assert audit.keyed("S03") != other.keyed("S03")
    shutil.copy(tmp_path / "other" / DISCLOSURE, folder / DISCLOSURE)
    assert audit.keyed("S03") == other.keyed("S03")
    audit.listed(LINE)
    assert verify(folder) == []


def test_a_store_of_an_earlier_version_opens_and_tells_what_it_told(folder: Path) -> None:
    audit = as_it_was(folder)
    before = hmac.digest((folder / KEY).read_bytes(), b"not a line\nS03", "sha256")
    assert audit.keyed("S03") == before
    assert verify(folder) == []
    (folder / KEY).write_bytes(os.urandom(SECRET_BYTES))
    assert Audit(folder).keyed("S03") == before, "it is kept from then on"


def test_one_that_was_cut_short_is_none(folder: Path) -> None:
    Audit(folder)
    (folder / DISCLOSURE).write_bytes(b"")
    Audit(folder)
    assert len((folder / DISCLOSURE).read_bytes()) == SECRET_BYTES

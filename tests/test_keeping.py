"""For how long things are kept is said by a setting, and what is kept too long goes at the next import."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import settings
from dashboard.engines.generations import Store
from dashboard.errors import WrongUsage
from dashboard.importing import run
from dashboard.keeping import USUAL, VARIABLES, Keeping
from tests.importing.written import write


def test_each_setting_has_a_default_and_is_read_from_the_environment(tmp_path: Path) -> None:
    assert settings.keeping_of({}) == USUAL == Keeping(generations=3, report_days=30, audit_days=3_650)
    said = {"OUTCOMES_KEEP_GENERATIONS": "5", "OUTCOMES_KEEP_REPORT_DAYS": " 0 ", "OUTCOMES_KEEP_AUDIT_DAYS": "365"}
    assert set(said) == set(VARIABLES)
    assert settings.read(said, tmp_path).keeping == Keeping(5, 0, 365)


@pytest.mark.parametrize("written", ["0", "-1", "101", "many", "3.5", "\u0663", "9" * 5_000])
def test_what_cannot_be_is_refused(written: str) -> None:
    with pytest.raises(WrongUsage, match="OUTCOMES_KEEP_GENERATIONS is no whole number from 1 to 100"):
        settings.keeping_of({"OUTCOMES_KEEP_GENERATIONS": written})


def test_an_import_keeps_as_many_generations_and_reports_as_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_KEEP_GENERATIONS", "1")
    source, store = write(tmp_path / "records"), tmp_path / "store"
    for _ in range(2):
        run([source], store)
    assert [one.number for one in Store(store).generations()] == [2]
    assert [path.name for path in (store / "reports").iterdir()] == ["000002.json"]
    monkeypatch.setenv("OUTCOMES_KEEP_GENERATIONS", "2")
    monkeypatch.setenv("OUTCOMES_KEEP_REPORT_DAYS", "0")
    run([source], store)
    assert [one.number for one in Store(store).generations()] == [2, 3]
    assert list((store / "reports").iterdir()) == []

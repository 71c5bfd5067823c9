"""A question that is answered with counts stands in the log once a day, for each person, for as long as it is there."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.audit import Audit, lines_of, verify
from dashboard.audit_head import beside
from dashboard.cli import main
from dashboard.settings import Settings
from tests.importing.written import take, write
from tests.opened import app_for
from tests.test_audit import written

QUESTION = {"viewer": "Max Moor", "question": "failure_curve"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def held(tmp_path: Path) -> Settings:
    return Settings(store=tmp_path / "store")


def counts(folder: Path) -> list[str]:
    """Who asked, line by line."""
    return [line["viewer"] for line in lines_of(folder) if line["what"] == "counts"]


def test_a_store_has_one_audit_in_this_process_which_remembers(held: Settings) -> None:
    for _ in range(2):  # as each run of a page opens it
        Settings(store=held.store).opened_audit().asked(QUESTION)
        Settings(store=held.store).opened_audit().asked(QUESTION | {"viewer": "Anna Berg"})
    assert counts(held.audit) == ["Max Moor", "Anna Berg"]


def test_threads_that_open_it_at_once_and_ask_the_same_write_one_line(held: Settings) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: held.opened_audit().asked(QUESTION | {"viewer": str(n % 5)}), range(200)))
    assert Counter(counts(held.audit)) == dict.fromkeys("01234", 1)
    assert verify(held.audit) == []


def test_a_page_that_is_drawn_again_writes_no_line_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    take(write(tmp_path / "records"), store)
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    app = app_for().run()
    asked = counts(store / "audit")
    assert asked
    app.run()
    app_for().run()  # another window
    assert counts(store / "audit") == asked


def test_a_new_day_writes_again(tmp_path: Path) -> None:
    def hours() -> Iterator[datetime]:
        for hour in range(0, 72, 6):
            yield from [NOON + timedelta(hours=hour)] * 8

    moments = hours()
    audit = Audit(tmp_path / "audit", clock=lambda: next(moments))
    for _ in range(30):
        audit.asked(QUESTION)
    days = Counter(line["at"][:10] for line in lines_of(tmp_path / "audit"))
    assert set(days) >= {"2026-03-01", "2026-03-02"}
    assert set(days.values()) == {1}


def test_what_could_not_be_written_is_written_when_it_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audit = Audit(tmp_path / "audit")
    monkeypatch.setattr(Audit, "_appended", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        audit.asked(QUESTION)
    monkeypatch.undo()
    audit.asked(QUESTION)
    assert counts(tmp_path / "audit") == ["Max Moor"]


@pytest.mark.parametrize("gone", ["the file", "the folder", "all lines", "the folder and its end"])
def test_where_lines_were_taken_away_each_question_is_written_again_and_the_gap_is_told(
    held: Settings, gone: str
) -> None:
    written(held.audit, 3)
    held.opened_audit().asked(QUESTION)
    if gone == "the file":
        (held.audit / "audit.jsonl").unlink()
    elif gone == "all lines":
        (held.audit / "audit.jsonl").write_bytes(b"")
    else:
        shutil.rmtree(held.audit)
    if gone == "the folder and its end":
        beside(held.audit).unlink()
    held.opened_audit().asked(QUESTION)
    assert counts(held.audit) == ["Max Moor"]
    assert bool(verify(held.audit)) == (gone != "the folder and its end")


@pytest.mark.parametrize("whole", [True, False], ids=["in one move", "over what was there"])
def test_another_audit_with_its_key_in_the_place_of_this_one_goes_on_as_it_was(
    held: Settings, tmp_path: Path, whole: bool
) -> None:
    held.opened_audit().asked(QUESTION)
    other = written(tmp_path / "other" / "audit", 4).path.parent
    if whole:
        shutil.rmtree(held.audit)
        other.rename(held.audit)
    else:
        shutil.copytree(other, held.audit, dirs_exist_ok=True)
    shutil.copy(beside(other), beside(held.audit))
    held.opened_audit().asked(QUESTION)
    held.opened_audit().listed(QUESTION)
    assert len(lines_of(held.audit)) == 6
    assert verify(held.audit) == []


def test_a_key_in_the_place_of_ours_is_the_one_that_lines_are_written_with_from_then_on(
    held: Settings, tmp_path: Path
) -> None:
    audit = held.opened_audit()
    audit.asked(QUESTION)
    other = written(tmp_path / "other" / "audit", 1).path.parent
    shutil.copy(other / "audit.key", held.audit / "audit.key")
    audit.asked(QUESTION)
    assert verify(held.audit) == ["Audit line 1 was changed, or the line before it was."]


def test_a_process_that_went_on_while_a_backup_was_put_back_writes_on_its_chain(held: Settings, tmp_path: Path) -> None:
    other, file, key = tmp_path / "other", str(tmp_path / "backup"), str(tmp_path / "key")
    take(write(tmp_path / "records"), other)
    written(other / "audit", 3)
    assert main(["store", "backup", file, "--key", key, "--store", str(other)]) == 0
    held.opened_audit()  # as the page does that says that nothing is published yet
    assert main(["store", "restore", file, "--key", key, "--store", str(held.store)]) == 0
    for _ in range(2):
        held.opened_audit().asked(QUESTION)
    assert counts(held.audit) == ["Max Moor"]
    assert verify(held.audit) == []
    assert main(["store", "verify", "--store", str(held.store)]) == 0


def test_half_a_sign_in_what_was_asked_stands_there_as_a_question_mark(tmp_path: Path) -> None:
    audit = Audit(tmp_path / "audit")
    for title in ("Fusions\ud83d", "\ude00", "\ud83d\ude00"):
        audit.listed({"question": "export", "title": title, title: [title]})
        audit.asked({"question": "trend", "title": title})
    assert verify(tmp_path / "audit") == []
    said = [line["title"] for line in lines_of(tmp_path / "audit")]
    assert said == ["Fusions?", "Fusions?", "?", "?", "??", "??"]

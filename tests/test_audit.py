"""Every line is there, in order, and a changed one shows."""

from __future__ import annotations

import json
import os
import random
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import audit_command
from dashboard.audit import Audit, _code, _text, head_of, lines_of, verify
from dashboard.audit_head import START, Head, beside, head_said, sent
from dashboard.cli import main
from dashboard.settings import Settings
from tests.importing.written import contents, take, write


def written(folder: Path, lines: int = 20) -> Audit:
    audit = Audit(folder)
    for number in range(lines):
        audit.listed({"viewer": "Dr One", "question": "red_flags", "rows": number})
    return audit


def test_lines_are_numbered_and_the_chain_holds(tmp_path: Path) -> None:
    audit = written(tmp_path)
    numbers = [json.loads(line)["number"] for line in audit.path.read_text().splitlines()]
    assert numbers == list(range(1, 21))
    assert verify(tmp_path, audit.head) == []


def test_a_question_asked_again_needs_no_second_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    for _ in range(3):
        audit.asked({"question": "failure_curve", "generation": 1})
    audit.asked({"question": "failure_curve", "generation": 2})
    assert audit.head.number == 2


def test_a_list_shown_again_is_a_second_line(tmp_path: Path) -> None:
    audit = Audit(tmp_path)
    audit.listed({"question": "red_flags"})
    audit.listed({"question": "red_flags"})
    assert audit.head.number == 2


@pytest.mark.parametrize("seed", range(300))
def test_every_tampering_is_found(tmp_path: Path, seed: int) -> None:
    audit = written(tmp_path, 8)
    head, chance = audit.head, random.Random(seed)
    lines = audit.path.read_text().splitlines()
    place = chance.randrange(len(lines))
    match chance.choice(["change", "drop", "swap", "cut", "double", "renumber"]):
        case "change":
            lines[place] = lines[place].replace("Dr One", "Dr Two")
        case "drop":
            del lines[place]
        case "swap":
            other = (place + 1) % len(lines)
            lines[place], lines[other] = lines[other], lines[place]
        case "cut":
            lines = lines[:place]
        case "double":
            lines.insert(place, lines[place])
        case "renumber":
            lines[place] = lines[place].replace('"number":', '"number":1')
    audit.path.write_text("".join(f"{line}\n" for line in lines))
    assert verify(tmp_path, head)


def test_a_line_torn_by_a_kill_does_not_take_the_next_one_with_it(tmp_path: Path) -> None:
    audit = written(tmp_path, 3)
    with audit.path.open("a") as file:
        file.write('{"number":4,"at":"2026')
    Audit(tmp_path).listed({"question": "red_flags"})
    assert audit.head.number == 4
    assert verify(tmp_path, audit.head) == ["Audit line 4 is not whole."]


def test_writers_at_the_same_time_make_one_chain(tmp_path: Path) -> None:
    audits = [Audit(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: audits[n % 4].listed({"n": n}), range(60)))
    assert audits[0].head.number == 60
    assert verify(tmp_path) == []


def test_only_the_owner_can_read_it(tmp_path: Path) -> None:
    audit = written(tmp_path / "audit", 1)
    for path in audit.path.parent.iterdir():
        assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("seed", range(300))
def test_every_changed_byte_is_found_without_a_head_from_elsewhere(tmp_path: Path, seed: int) -> None:
    audit, chance = written(tmp_path / "audit", 4), random.Random(seed)
    audit.asked({"question": "failure_curve", "cohort": {"procedure": ["tlif"]}})
    content = bytearray(audit.path.read_bytes())
    place = chance.randrange(len(content))
    match chance.choice(["flip", "take", "put", "cut", "space"]):
        case "flip":
            content[place] ^= 1 << chance.randrange(7)
        case "take":
            del content[place]
        case "put":
            content[place:place] = bytes([chance.randrange(32, 127)])
        case "cut":
            del content[place:]
        case "space":
            content[content.index(b":", place) if b":" in content[place:] else 10] = 0x20
    audit.path.write_bytes(bytes(content))
    assert verify(tmp_path / "audit")


CUTS: dict[str, Callable[[Path], None]] = {
    "cut before the end": lambda audit: _cut(audit / "audit.jsonl", 3),
    "the last line cut": lambda audit: _cut(audit / "audit.jsonl", 1),
    "emptied": lambda audit: _cut(audit / "audit.jsonl", 99),
    "deleted": lambda audit: (audit / "audit.jsonl").unlink(),
    "deleted with its end": lambda audit: _gone(audit / "audit.jsonl", beside(audit)),
    "cut with its end": lambda audit: _cut_with_its_end(audit),
    "deleted with its folder": lambda audit: shutil.rmtree(audit),
    "deleted with all that speaks of it": lambda audit: _gone(*audit.iterdir(), beside(audit)),
    "deleted with its key": lambda audit: _gone(audit / "audit.jsonl", audit / "audit.key"),
    "another key": lambda audit: _write(audit / "audit.key", os.urandom(32)),
    "an older one put back": lambda audit: _cut(audit / "audit.jsonl", 2),
    "the same words written otherwise": lambda audit: _write(
        audit / "audit.jsonl", (audit / "audit.jsonl").read_bytes().replace(b'"number":', b'"number": ')
    ),
}


def _cut(path: Path, lines: int) -> None:
    _write(path, b"".join(path.read_bytes().splitlines(keepends=True)[:-lines]))


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _cut_with_its_end(audit: Path) -> None:
    _cut(audit / "audit.jsonl", 2)
    _gone(beside(audit))


def _gone(*paths: Path) -> None:
    for path in paths:
        path.unlink()


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("audited")
    assert main(["import", str(write(folder / "records")), "--store", str(folder / "store")]) == 0
    audit = Audit(folder / "store" / "audit")
    audit.listed({"viewer": "Dr One", "question": "red_flags", "rows": 3})
    audit.asked({"viewer": "Dr One", "question": "failure_curve"})
    return folder / "store"


@pytest.mark.parametrize("later", [False, True], ids=["looked at once", "looked at after the next line"])
@pytest.mark.parametrize("name", CUTS)
def test_the_store_tells_a_log_that_was_cut(
    practice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, later: bool
) -> None:
    store = tmp_path / "store"
    shutil.copytree(practice, store)
    assert main(["store", "verify", "--store", str(store)]) == 0
    CUTS[name](store / "audit")
    if later:  # who uses the app afterwards does not hide it
        Audit(store / "audit").listed({"viewer": "Dr One", "question": "timeline", "rows": 1})
    capsys.readouterr()
    assert main(["store", "verify", "--store", str(store)]) == 1
    assert "udit" in capsys.readouterr().err


def test_a_cut_with_its_end_is_found_after_a_question_that_is_answered_with_counts(
    practice: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    shutil.copytree(practice, store)
    CUTS["cut with its end"](store / "audit")
    assert main(["query", "failure_rate", "--store", str(store)]) == 0
    capsys.readouterr()
    assert main(["store", "verify", "--store", str(store)]) == 1
    assert "says that the audit ended at number 2 when it was written, and that nothing" in capsys.readouterr().err


@pytest.mark.parametrize("kept", ["a line", "a manifest", "a first line that goes on"])
def test_an_end_that_is_gone_is_told_by_whatever_speaks_of_it(tmp_path: Path, kept: str) -> None:
    audit = written(tmp_path / "audit", 4)
    if kept == "a manifest":  # as the version before wrote its lines, and this app's manifests
        _as_earlier(audit)
        (tmp_path / "gen").mkdir()
        (tmp_path / "gen" / "000001.json").write_text(json.dumps({"audit": str(audit.head)}), encoding="utf-8")
    elif kept == "a first line that goes on":
        assert audit.let_go(datetime.now(UTC) + timedelta(days=4_000)) == 3
    else:
        _cut(audit.path, 3)
    beside(tmp_path / "audit").unlink(missing_ok=True)
    Audit(tmp_path / "audit").asked({"question": "trend"})
    (told,) = verify(tmp_path / "audit")
    assert "lines may be missing" in told


def _as_earlier(audit: Audit) -> None:
    """The same lines as a version wrote them that kept no end."""
    previous, lines = START, []
    for line in lines_of(audit.path.parent):
        words = {name: value for name, value in line.items() if name not in ("code", "end")}
        previous = _code(audit._keys.lines, previous, words)
        lines.append(_text({**words, "code": previous}) + "\n")
    _write(audit.path, "".join(lines).encode())
    beside(audit.path.parent).unlink(missing_ok=True)


def test_a_chain_of_an_earlier_version_that_kept_no_end_goes_on_without_a_gap_and_has_one_from_then_on(
    tmp_path: Path,
) -> None:
    audit = written(tmp_path / "audit", 4)
    _as_earlier(audit)
    for manifest in ({}, {"audit": f"0:{START}"}):
        (tmp_path / "gen").mkdir(exist_ok=True)
        (tmp_path / "gen" / f"00000{len(manifest)}.json").write_text(json.dumps(manifest), encoding="utf-8")
    Audit(tmp_path / "audit").asked({"question": "trend"})
    assert verify(tmp_path / "audit") == []
    Audit(tmp_path / "audit").asked({"question": "timeline"})
    _cut(audit.path, 1)
    beside(tmp_path / "audit").unlink()
    Audit(tmp_path / "audit").asked({"question": "trend"})
    assert len(verify(tmp_path / "audit")) == 1


def test_who_is_killed_before_the_first_line_has_taken_nothing_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Audit, "_appended", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Audit(tmp_path / "audit").asked({"question": "trend"})
    monkeypatch.undo()
    Audit(tmp_path / "audit").asked({"question": "trend"})
    beside_it = beside(tmp_path / "audit").read_bytes()
    assert verify(tmp_path / "audit") == []
    # And who is killed between a line and its end: what stands beside is that of the line before.
    Audit(tmp_path / "audit").asked({"question": "timeline"})
    beside(tmp_path / "audit").write_bytes(beside_it)
    Audit(tmp_path / "audit").asked({"question": "cohort"})
    assert verify(tmp_path / "audit") == []


def test_looking_at_it_makes_nothing(tmp_path: Path) -> None:
    (tmp_path / "audit").mkdir()
    assert verify(tmp_path / "audit") == []
    assert head_of(tmp_path / "none").number == 0
    assert contents(tmp_path) == {}
    assert not (tmp_path / "none").exists()


def test_the_manifest_of_a_generation_names_the_end_of_the_audit_and_the_first_names_one_too(practice: Path) -> None:
    told = json.loads((practice / "gen" / "000001.json").read_text())["audit"]
    first = lines_of(practice / "audit")[0]
    assert head_said(told) == Head(1, first["code"])
    assert (first["viewer"], first["role"], first["change"], first["step"]) == (
        "operator of this machine", "operator", "import", "begun",
    )  # fmt: skip


def test_the_screen_of_the_auditor_gives_the_head_and_verify_takes_it(
    practice: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--store", str(practice)]
    capsys.readouterr()
    assert main(["store", "audit", *where]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert main(["audit", *where]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said == shown
    head = said[-1].removeprefix("Head: ")
    assert "operator of this machine (operator)  change  change=import, step=begun, files=1" in said[0]
    assert main(["store", "verify", "--head", head, *where]) == 0
    assert main(["store", "verify", "--head", f"{head[:-1]}{'0' if head[-1] != '0' else '1'}", *where]) == 1
    assert main(["store", "verify", "--head", "12", *where]) == 2
    assert main(["store", "audit", "--json", *where]) == 0


def test_the_head_is_sent_elsewhere_and_shows_an_audit_written_anew_with_its_own_key(tmp_path: Path) -> None:
    store, elsewhere = tmp_path / "store", tmp_path / "other_disk" / "heads"
    elsewhere.parent.mkdir()
    held = Settings(store=store, audit_head=str(elsewhere))
    for rows in range(4):
        held.opened_audit().listed({"viewer": "Dr One", "question": "red_flags", "rows": rows})
    assert len(elsewhere.read_text().splitlines()) == 4
    take(write(tmp_path / "records"), store)
    assert audit_command.complaints(held, None) == []
    # Whoever runs the machine has the key, and can write another past elsewhere: the chain itself holds.
    another = tmp_path / "another" / "audit"
    another.mkdir(parents=True)
    shutil.copy(store / "audit" / "audit.key", another)
    for rows in range(4):
        Audit(another).listed({"viewer": "Dr One", "question": "trend", "rows": rows})
    shutil.rmtree(store / "audit")
    shutil.copytree(another, store / "audit")
    shutil.copy(beside(another), beside(store / "audit"))
    assert verify(store / "audit") == []
    assert audit_command.complaints(held, None) != []


def test_a_place_that_cannot_be_written_keeps_nobody_from_the_records(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    Audit(tmp_path / "audit", str(tmp_path / "not" / "there")).listed({"question": "red_flags"})
    assert head_of(tmp_path / "audit").number == 1
    assert "could not be sent" in caplog.text


@pytest.mark.parametrize("read", [False, True])
def test_a_pipe_in_the_place_of_the_file_of_heads_keeps_nobody_waiting(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, read: bool
) -> None:
    """With nobody at its other end, and full: the line is in the audit, and verify goes through."""
    os.mkfifo(tmp_path / "pipe")
    ends = []
    if read:
        ends = [os.open(tmp_path / "pipe", how | os.O_NONBLOCK) for how in (os.O_RDONLY, os.O_WRONLY)]
        with suppress(BlockingIOError):
            while True:
                os.write(ends[1], b"full")
    held = Settings(store=tmp_path / "store", audit_head=str(tmp_path / "pipe"))
    held.opened_audit().listed({"question": "red_flags"})
    assert head_of(held.audit).number == 1
    assert "could not be sent" in caplog.text
    assert audit_command.complaints(held, None) == []
    for end in ends:
        os.close(end)


def test_a_device_in_the_place_of_the_file_of_heads_is_not_read(tmp_path: Path) -> None:
    assert list(sent("/dev/zero")) == []


def test_counts_that_a_power_cut_took_are_told_as_such(tmp_path: Path) -> None:
    audit = written(tmp_path / "audit", 2)
    audit.asked({"question": "failure_curve"})
    _cut(audit.path, 1)
    assert verify(tmp_path / "audit") == [
        "The audit ends at number 2; number 3, of a question answered with counts, is missing: it was cut off, or lost "
        "when the power failed."
    ]


def test_a_sign_that_ends_lines_elsewhere_does_not_end_one_here(tmp_path: Path) -> None:
    Audit(tmp_path / "audit").asked({"question": "trend", "cohort": {"surgeon": ["a\u2028b\x85c"]}})
    assert verify(tmp_path / "audit") == []


def test_old_lines_are_let_go_and_the_rest_is_still_one_chain(tmp_path: Path) -> None:
    audit = written(tmp_path / "audit", 6)
    ends = [Head(line["number"], line["code"]) for line in lines_of(tmp_path / "audit")]
    assert audit.let_go() == 0
    later = datetime.now(UTC) + timedelta(days=4_000)
    assert audit.let_go(later) == 5  # the last one always stays
    assert [line["number"] for line in lines_of(tmp_path / "audit")] == [5, 6]
    audit.listed({"viewer": "Dr One", "question": "timeline", "rows": 1})
    assert verify(tmp_path / "audit", audit.head, ends) == []
    assert audit.let_go(later) == 2
    assert verify(tmp_path / "audit", None, ends) == []
    for lines in (1, 2):
        copied = tmp_path / f"copied {lines}" / "audit"
        shutil.copytree(tmp_path / "audit", copied)
        shutil.copy(beside(tmp_path / "audit"), beside(copied))
        _cut(copied / "audit.jsonl", lines)
        assert verify(copied)


@pytest.mark.parametrize("seed", range(40))
def test_a_changed_beginning_is_found_too(tmp_path: Path, seed: int) -> None:
    audit, chance = written(tmp_path / "audit", 5), random.Random(seed)
    assert audit.let_go(datetime.now(UTC) + timedelta(days=4_000)) == 4
    content = bytearray(audit.path.read_bytes())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(7)
    audit.path.write_bytes(bytes(content))
    assert verify(tmp_path / "audit")


def test_a_damaged_chain_is_let_go_of_nowhere(tmp_path: Path) -> None:
    audit = written(tmp_path / "audit", 5)
    _write(audit.path, audit.path.read_bytes().replace(b"Dr One", b"Dr Two", 1))
    before = audit.path.read_bytes()
    assert audit.let_go(datetime.now(UTC) + timedelta(days=4_000)) == 0
    assert audit.path.read_bytes() == before

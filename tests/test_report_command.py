"""The command `outcomes report`: a file whole or not at all, on record, for its owner alone."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
from pathlib import Path

import pytest

from dashboard import mail
from dashboard.cli import main
from dashboard.documents import issuing
from dashboard.documents.issuing import Issued
from dashboard.engines import pins
from tests.documents.written import of
from tests.mailbox import HOST, Box, serving


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reported")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return folder


def report(store: Path, *words: object) -> int:
    return main(["report", "--store", str(store), *map(str, words)])


def test_a_report_is_written_for_its_owner_alone_and_put_on_record(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "quality.pdf"
    assert report(store, "--out", out, "--from", "2025-01-01", "--json") == 0
    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert set(told["sections"]) <= set(printed.err.splitlines())  # each as it is begun
    content = out.read_bytes()
    assert content.startswith(b"%PDF-")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert (told["file"], told["kind"], told["bytes"]) == (str(out), "quality", len(content))
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    assert told["sections"][0] == "Summary"
    assert set(pins.pins(store).values()) == {told["generation"]}
    lines = [json.loads(line) for line in (store / "audit" / "audit.jsonl").read_text().splitlines()]
    (line,) = [line for line in lines if line.get("change") == "document"]
    assert (line["kind"], line["form"], line["share"], line["from"]) == ("quality", "pdf", "none", "2025-01-01")

    # What is there stays, unless somebody says otherwise.
    assert report(store, "--out", out) == 1
    assert "--replace" in capsys.readouterr().err
    assert out.read_bytes() == content
    assert report(store, "--out", out, "--replace", "--kind", "quality", "--from", "2026-01-01") == 0
    assert out.read_bytes() != content
    assert [path.name for path in tmp_path.iterdir()] == ["quality.pdf"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--out", "report.docx"], ".pdf or .html"),
        (["--out", "no/where/report.pdf"], "no folder"),
        (["--out", "report.pdf", "--kind", "novel"], "is no document"),
        (["--out", "report.pdf", "--month", "2026-10"], "is of no month"),
        (["--out", "report.pdf", "--kind", "letters", "--month", "2026-13"], "Write months as 2026-10"),
        (["--out", "report.pdf", "--surgeon", "S99"], "surgeon"),
        (["--out", "report.pdf", "--from", "2025-02-01", "--to", "2025-01-01"], "after its end"),
        (["--out", "report.pdf", "--from", "2030-01-01"], "begins on 1 Jan 2030, after the last day of the data, 30 "),
        (["--out", "report.pdf", "--kind", "letters", "--from", "2030-01-01"], "there is nothing to show"),
        (["--out", "report.pdf", "--outcome", "luck"], "is no outcome"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    words: list[str], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert report(store, *words) == 2
    assert said in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_before_the_first_operation_there_is_nothing_to_show(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for kind in ("quality", "meeting"):
        assert report(store, "--kind", kind, "--out", tmp_path / "report.pdf", "--to", "1999-12-31") == 1
        assert "ends on 31 Dec 1999, before the first operation" in capsys.readouterr().err
    assert [*tmp_path.iterdir()] == []


def test_no_document_is_put_into_the_store(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "link").symlink_to(store)
    for folder in (store, tmp_path / "link", store / "audit"):
        assert report(store, "--out", folder / "report.pdf") == 2
        assert "is inside the store" in capsys.readouterr().err
    assert not list(store.rglob("report.pdf"))


def test_an_empty_store_has_nothing_to_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(tmp_path / "store", "--out", tmp_path / "report.pdf") == 1
    assert "Nothing is published" in capsys.readouterr().err
    assert not (tmp_path / "report.pdf").exists()


def test_a_mail_says_that_it_is_ready_or_brings_the_file_where_small_counts_are_hidden(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "quality.html"
    assert report(store, "--out", out, "--mail") == 2, "it is not set up"
    for name, value in {mail.TO: "a@practice.example", mail.FROM: "app@practice.example", mail.SERVER: HOST}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(mail.SECURITY, mail.PLAIN)
    content = "<!doctype html><title>Größer als 5 脊柱</title>".encode()
    monkeypatch.setattr(issuing, "issued", lambda *asked: Issued(content, of()))
    with serving(Box()) as box:
        monkeypatch.setenv(mail.PORT, str(box.port))
        assert report(store, "--out", out, "--mail", "enclosed") == 2
        assert "choose --share nhs or cms, or say that it may: --mail exact" in capsys.readouterr().err
        assert not out.exists()
        assert report(store, "--out", out, "--mail") == 0
        assert report(store, "--out", out, "--replace", "--mail", "enclosed", "--share", "nhs") == 0
        box.refuses = ("a@practice.example",)
        assert report(store, "--out", tmp_path / "kept.html", "--mail") == 1
    assert "kept.html is written. The mail was not sent." in capsys.readouterr().err
    ready, brought = box.taken
    assert list(ready.iter_attachments()) == []
    assert ready.get_content().strip() == f"Quality report is ready: {out}"
    (file,) = brought.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("quality.html", "text/html")
    assert file.get_content().strip() == out.read_text(encoding="utf-8") == content.decode()
    assert (tmp_path / "kept.html").exists(), "what was done before the mail stays done"

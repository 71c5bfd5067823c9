"""The command `outcomes digest`: what it prints, and the mail that arrives at a real server on this computer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dashboard import mail
from dashboard.analyses.digest import digest, digest_text
from dashboard.audit import lines_of
from dashboard.cli import main
from dashboard.cohort import Cohort
from dashboard.query_command import opened
from dashboard.settings import Settings
from tests.importing.written import take, write
from tests.mailbox import HOST, Box, serving

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("digest")
    take(write(folder / "records"), folder / "store")
    return folder / "store"


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Box:
    for name, value in {mail.TO: "a@practice.example", mail.FROM: "app@practice.example", mail.SERVER: HOST}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv(mail.SECURITY, mail.PLAIN)
    return Box()


def test_it_prints_the_rows_of_the_analysis_as_text_and_as_one_document(store: Path, capsys: Said) -> None:
    assert main(["digest", "--store", str(store)]) == 0
    records = opened(store, Cohort())
    rows = digest(records)
    assert capsys.readouterr().out == f"{digest_text(records, rows)}\n"
    assert main(["digest", "--json", "--store", str(store)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["generation"], told["made_up"]) == (1, False)
    assert [(row["kind"], row["count"], row["words"], row["where"]) for row in told["rows"]] == [
        (row.kind, row.count, row.words, row.where) for row in rows
    ]


def test_the_mail_that_arrives_is_what_is_printed_and_is_on_record_before(
    store: Path, box: Box, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    with serving(box):
        monkeypatch.setenv(mail.PORT, str(box.port))
        assert main(["digest", "--mail", "--store", str(store)]) == 0
    said = capsys.readouterr()
    (found,) = box.taken
    body = found.get_body()
    assert body is not None
    assert body.get_content().splitlines() == said.out.splitlines()
    assert found["Subject"].startswith("Spine outcomes: ")
    assert "Sent to a@practice.example." in said.err
    lines = [line for line in lines_of(Settings(store).audit) if line.get("change") == "mail"]
    assert [line["step"] for line in lines[-2:]] == ["begun", "done"]
    assert "practice.example" not in json.dumps(lines)


def test_a_mail_that_is_not_taken_leaves_the_digest_printed_and_says_why(
    store: Path, box: Box, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    box.refuses = ("a@practice.example",)
    with serving(box):
        monkeypatch.setenv(mail.PORT, str(box.port))
        assert main(["digest", "--mail", "--store", str(store)]) == 1
    said = capsys.readouterr()
    assert said.out.startswith("Needs review on ")
    assert "takes no mail for these addresses. What was done before stays done." in said.err
    monkeypatch.delenv(mail.SERVER)
    assert main(["digest", "--mail", "--store", str(store)]) == 2
    assert f"Mail is not set up: set ${mail.SERVER}." in capsys.readouterr().err


def test_without_anything_published_it_says_so(tmp_path: Path, capsys: Said) -> None:
    assert main(["digest", "--store", str(tmp_path / "none")]) == 1
    assert "Nothing is published" in capsys.readouterr().err

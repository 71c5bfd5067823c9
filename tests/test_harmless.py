"""Nothing that a command prints or a log holds steers a terminal, or begins a line of its own."""

from __future__ import annotations

import csv
import json
import logging
from pathlib import Path

import pytest

from dashboard import cli, terminal
from dashboard.errors import OurFault
from dashboard.harmless import harmless, one_line

STEERING = "\x1b[2J\x1b]0;title\x07\x9b31m\u202egnp\u2028\u200b\r\x08\x7f"


def steers(words: str) -> bool:
    return any(sign in words for sign in STEERING if not sign.isascii() or not sign.isprintable())


def test_steering_signs_stand_as_their_number_and_the_rest_as_it_is() -> None:
    assert harmless("a\x1b[31mb\tc\nd é") == "a\\u001b[31mb\tc\nd é"
    assert not steers(harmless(STEERING))
    assert json.loads(harmless(json.dumps({"name": STEERING}, ensure_ascii=False))) == {"name": STEERING}
    assert harmless("\ud800") == "\\ud800"


def test_answers_and_sentences_steer_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.tell(f"S01{STEERING}")
    terminal.print_json({"name": STEERING})
    terminal.say(STEERING)
    printed = capsys.readouterr()
    assert "S01" in printed.out
    assert not steers(printed.out + printed.err)


@pytest.mark.parametrize(
    "words",
    [
        [f"nothing{STEERING}"],
        ["query", f"nothing{STEERING}"],
        ["query", "failure_rate", "--where", f"procedure={STEERING}"],
        ["import", f"/tmp/nothing{STEERING}"],
        ["store", "restore", STEERING],
        ["sample", "--operations", STEERING, "--seed", "1", "--out", "x"],
    ],
)
def test_no_command_repeats_what_steers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))
    assert cli.main(words) != 0
    printed = capsys.readouterr()
    assert printed.err
    assert not steers(printed.out + printed.err)


def test_a_file_whose_name_and_cells_steer_says_so_harmlessly(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "list\x1b[2J.csv"
    header = "patient\x1b]0;x\x07,operated\u202e,procedure"
    (tmp_path / name).write_text(f"{header}\n1,2024\x9b-01-01,tlif\x1b[31m\n", encoding="utf-8")
    cli.main(["import", str(tmp_path / name), "--store", str(tmp_path / "store"), "--check"])
    cli.main(["import", str(tmp_path / name), "--store", str(tmp_path / "store"), "--suggest"])
    printed = capsys.readouterr()
    assert printed.err
    assert not steers(printed.out + printed.err)


def test_no_line_of_a_log_is_begun_by_what_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        OurFault(f"line\nERROR forged by somebody{STEERING}")
    assert not steers(caplog.records[-1].getMessage())
    assert "\nERROR forged" not in caplog.text
    assert "\n    ERROR forged" in caplog.text


FORGED = "x\nPublished as generation 77.\r\nx"


def forges(printed: str) -> bool:
    return any(line.strip().startswith("Published as generation 77.") for line in printed.splitlines())


def test_a_line_break_in_a_sentence_or_an_answer_is_shown_as_a_sign(capsys: pytest.CaptureFixture[str]) -> None:
    assert one_line("a\nb\tc") == "a\\nb\tc"
    terminal.say(FORGED)
    terminal.tell(FORGED)
    terminal.print_json({"name": FORGED})
    printed = capsys.readouterr()
    assert (len(printed.err.splitlines()), len(printed.out.splitlines())) == (1, 4)
    assert not forges(printed.out + printed.err)


@pytest.mark.parametrize(
    "words",
    [
        [FORGED],
        ["query", FORGED],
        ["query", "failure_rate", "--where", f"procedure={FORGED}"],
        ["query", "failure_rate", "--unheard-of", FORGED],
        ["import", f"/tmp/nothing{FORGED}"],
        ["store", "restore", FORGED],
        ["store", "verify", "--head", FORGED],
        ["store", "forget", FORGED],
        ["sample", "--operations", FORGED, "--seed", "1", "--out", "x"],
        ["serve", "--host", FORGED],
    ],
)
def test_no_argument_begins_a_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))
    cli.main(words)
    printed = capsys.readouterr()
    assert printed.err
    assert not forges(printed.out + printed.err)


def test_no_cell_header_or_name_of_a_file_begins_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = str(tmp_path / "store")
    records = tmp_path / "records\nPublished as generation 77."
    tables = {
        "patients": [["patient_id", "sex"], ["P1", FORGED], ["P2", "female"]],
        "operations": [
            ["operation_id", "patient_id", "surgery_date", "procedure", "surgeon", FORGED],
            ["O1", "P1", "2024-01-01", "tlif", FORGED, "1"],
            ["O2", "P1", FORGED, "tlif", "Dr One", "1"],
            ["O3", "P2", "2024-02-01", FORGED, "Dr One", "1"],
        ],
    }
    records.mkdir()
    for name, rows in tables.items():
        with (records / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    assert cli.main(["import", str(records), "--store", store]) == 0
    cli.main(["import", str(records / "operations.csv"), "--store", store, "--suggest"])
    asked = [["failure_rate", "--by", "surgeon", *more] for more in ([], ["--csv"], ["--json"])]
    for words in asked:
        assert cli.main(["query", *words, "--store", store]) == 0
    for words in (["audit"], ["list"], ["verify"]):
        assert cli.main(["store", *words, "--store", store]) == 0
    printed = capsys.readouterr()
    assert "77" in printed.out  # the surgeon is answered with
    assert "77" in printed.err  # and the cells are quoted
    assert not forges(printed.out + printed.err)

"""Nothing that a command prints or a log holds steers a terminal, or begins a line of its own."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from dashboard import cli, terminal
from dashboard.errors import OurFault
from dashboard.harmless import harmless

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

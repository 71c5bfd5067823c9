"""The set-up behind the two commands."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from dashboard import environment

ROOT = Path(__file__).resolve().parents[1]


class Terminal:
    """Stands for the commands that set-up starts: remembers them, and makes what they would make."""

    def __init__(self, fail: str = "") -> None:
        self.fail = fail
        self.started: list[list[str]] = []

    def __call__(self, command: list[str], **_: Any) -> subprocess.CompletedProcess[bytes]:
        self.started.append(command)
        if self.fail and self.fail in command:
            return subprocess.CompletedProcess(command, 1, b"first\nNo matching distribution found\n")
        if "venv" in command:
            python = environment.python_of(Path(command[-1]))
            python.parent.mkdir(parents=True, exist_ok=True)
            python.touch()
        return subprocess.CompletedProcess(command, 0, b"")


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.txt"
    path.write_text("six==1.16.0\n")
    return path


def make(tmp_path: Path, pins: Path, terminal: Terminal) -> list[str]:
    said: list[str] = []
    environment.make_ready(tmp_path / ".venv", pins, said.append, terminal)
    return said


def test_the_first_time_makes_installs_and_says_so(tmp_path: Path, pins: Path) -> None:
    terminal = Terminal()
    said = make(tmp_path, pins, terminal)
    assert [("venv" in command, "pip" in command) for command in terminal.started] == [
        (True, False), (False, True), (False, True),
    ]  # fmt: skip
    assert "--require-hashes" in terminal.started[1]
    assert said[-1] == "Set-up complete."


def test_the_old_installers_are_taken_out_and_where_they_will_not_go_it_is_not_complete(
    tmp_path: Path, pins: Path
) -> None:
    terminal = Terminal()
    make(tmp_path, pins, terminal)
    assert "uninstall" in terminal.started[-1]
    assert terminal.started[-1][-2:] == ["setuptools", "pip"]
    pins.write_text("six==1.17.0\n")
    with pytest.raises(environment.CannotSetUp, match="could not be taken out"):
        make(tmp_path, pins, Terminal(fail="uninstall"))
    assert not environment.is_ready(tmp_path / ".venv", pins)


def test_the_second_time_starts_nothing(tmp_path: Path, pins: Path) -> None:
    make(tmp_path, pins, Terminal())
    terminal = Terminal()
    assert make(tmp_path, pins, terminal) == []
    assert terminal.started == []


def test_an_interrupted_set_up_is_repaired(tmp_path: Path, pins: Path) -> None:
    with pytest.raises(environment.CannotSetUp):
        make(tmp_path, pins, Terminal(fail="pip"))
    assert not environment.is_ready(tmp_path / ".venv", pins)
    make(tmp_path, pins, Terminal())
    assert environment.is_ready(tmp_path / ".venv", pins)


def test_changed_pins_are_installed_again(tmp_path: Path, pins: Path) -> None:
    make(tmp_path, pins, Terminal())
    pins.write_text("six==1.17.0\n")
    assert not environment.is_ready(tmp_path / ".venv", pins)


def test_a_missing_venv_module_is_named_with_its_cure(tmp_path: Path, pins: Path) -> None:
    with pytest.raises(environment.CannotSetUp, match="apt install python3-venv"):
        make(tmp_path, pins, Terminal(fail="venv"))


def test_no_network_is_a_sentence_with_pips_last_words(tmp_path: Path, pins: Path) -> None:
    with pytest.raises(environment.CannotSetUp, match=r"(?s)start again.*No matching distribution found"):
        make(tmp_path, pins, Terminal(fail="pip"))


def test_an_old_python_is_told_which_one_it_needs() -> None:
    assert environment.complain_of_old_python((3, 10, 4)) == (
        "Python 3.10 is too old: this needs Python 3.11 or newer. Start it with a newer one, such as python3.11."
    )
    assert environment.complain_of_old_python((3, 14, 0)) is None


@pytest.mark.parametrize("path", ["dashboard/__init__.py", "dashboard/__main__.py", "dashboard/environment.py"])
def test_an_old_python_can_read_what_it_must_read(path: str) -> None:
    """Syntax of Python 3.6: what it meets before the sentence must parse there."""
    source = (ROOT / path).read_text(encoding="utf-8")
    compile_as(source, (3, 6))


def compile_as(source: str, version: tuple[int, int]) -> None:
    import ast

    ast.parse(source, feature_version=version)


@pytest.mark.parametrize("path", ["requirements.txt", "requirements-auth.txt", "tests/requirements.txt"])
def test_every_pin_has_its_hash_and_no_address(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    pins = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert len(pins) > 20
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_the_tests_run_on_the_packages_that_are_served() -> None:
    def pinned(path: str) -> set[str]:
        lines = (ROOT / path).read_text(encoding="utf-8").splitlines()
        return {line.split(";")[0].strip(" \\") for line in lines if line and line[0].isalpha()}

    assert pinned("requirements.txt") <= pinned("requirements-auth.txt") <= pinned("tests/requirements.txt")

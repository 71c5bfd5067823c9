"""The two commands as a person starts them: in a small checkout, with real processes and no network.

The checkout has the real start of the program, a command that repeats its words, and no packages to fetch.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard import environment
from tests.patience import SECONDS

pytestmark = pytest.mark.xdist_group("two commands")

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "import sys\n\n\ndef main(argv):\n    print(sys.prefix, *argv)\n    return 3\n"
UNREACHABLE = "nowhere-to-be-found==1.0 --hash=sha256:" + "0" * 64 + "\n"
OLD_PYTHONS = ["python3.6", "python3.7", "python3.8", "python3.9", "python3.10"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The start of the program and nothing to install."""
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "dashboard").mkdir()
    for name in ("__init__.py", "__main__.py", "environment.py"):
        shutil.copy(ROOT / "dashboard" / name, folder / "dashboard" / name)
    (folder / "dashboard" / "cli.py").write_text(COMMAND)
    (folder / "requirements.txt").touch()
    return folder


def start(checkout: Path, *words: str, python: str = sys.executable, **more: str) -> subprocess.CompletedProcess[str]:
    """What ``python -m dashboard`` answers there; pip may not look anywhere."""
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run(
        [python, "-m", "dashboard", *words],
        cwd=checkout,
        env={**clean, "PIP_NO_INDEX": "1", **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture(scope="module")
def set_up(checkout: Path) -> subprocess.CompletedProcess[str]:
    """What the first start answered."""
    return start(checkout, "query", "--by", "two words")


def test_the_first_start_sets_up_says_so_and_runs_inside(
    checkout: Path, set_up: subprocess.CompletedProcess[str]
) -> None:
    assert set_up.stdout == f"{checkout / '.venv'} query --by two words\n"
    assert "Setting up in .venv" in set_up.stderr
    assert "Set-up complete." in set_up.stderr


def test_the_status_of_the_command_is_the_status_of_the_start(set_up: subprocess.CompletedProcess[str]) -> None:
    assert set_up.returncode == 3


@pytest.mark.usefixtures("set_up")
def test_nothing_that_installs_is_left_in_the_environment(checkout: Path) -> None:
    left = [path.name for path in (checkout / ".venv").rglob("*") if path.name.startswith(("pip", "setuptools"))]
    assert left == []


@pytest.mark.usefixtures("set_up")
def test_the_second_start_sets_nothing_up_and_says_nothing_of_its_own(checkout: Path) -> None:
    before = changes(checkout / ".venv")
    answer = start(checkout)
    assert answer.stdout == f"{checkout / '.venv'} serve\n"
    assert answer.stderr == ""
    assert changes(checkout / ".venv") == before


def changes(folder: Path) -> dict[Path, int]:
    """When each thing in an environment was last written, without what Python keeps compiled beside its sources."""
    found = [path for path in folder.rglob("*") if "__pycache__" not in path.parts]
    return {path: path.lstat().st_mtime_ns for path in found if not (path / "__pycache__").exists()}


@pytest.mark.usefixtures("set_up")
def test_a_set_up_that_lost_its_stamp_is_repaired(checkout: Path) -> None:
    (checkout / ".venv" / environment.STAMP).unlink()
    answer = start(checkout)
    assert answer.returncode == 3
    assert "Set-up complete." in answer.stderr


@pytest.mark.usefixtures("set_up")
def test_new_pins_are_installed_even_when_started_from_inside(checkout: Path) -> None:
    """As after ``git pull`` in a shell whose environment is active."""
    (checkout / "requirements.txt").write_text("# new pins\n")
    answer = start(checkout, python=str(environment.python_of(checkout / ".venv")))
    assert answer.returncode == 3, answer.stderr
    assert "Set-up complete." in answer.stderr


def test_without_a_network_one_sentence_says_so_and_nothing_runs(checkout: Path, tmp_path: Path) -> None:
    offline = tmp_path / "offline"
    shutil.copytree(checkout, offline, ignore=shutil.ignore_patterns(".venv"))
    (offline / "requirements.txt").write_text(UNREACHABLE)
    answer = start(offline)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert "Is this machine connected" in answer.stderr
    assert "Traceback" not in answer.stderr


def old_python() -> str | None:
    """An interpreter that is too old and starts; None when this machine has none."""
    kept = sorted(Path.home().glob(".pyenv/versions/3.[6-9].*/bin/python"))
    for name in [*map(str, kept), *OLD_PYTHONS]:
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", ""], capture_output=True, check=False).returncode == 0:
            return found
    return None


@pytest.mark.parametrize("module", ["dashboard", "tests"])
def test_an_old_python_says_one_readable_sentence(module: str) -> None:
    python = old_python()
    if python is None:
        pytest.skip("no Python older than 3.11 on this machine")
    answer = subprocess.run([python, "-B", "-m", module], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "is too old: this needs Python 3.11 or newer" in answer.stderr


def test_a_port_in_use_is_said_before_anything_is_served(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        words = ["serve", "--port", str(port), "--store", str(tmp_path / "store")]
        answer = subprocess.run(
            [sys.executable, "-m", "dashboard.cli", *words],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=SECONDS,
        )  # fmt: skip
    assert answer.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in answer.stderr
    assert not (tmp_path / "store").exists()

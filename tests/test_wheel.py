"""The wheel, built and installed into a fresh environment, has everything that a checkout has."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

pytestmark = pytest.mark.xdist_group("wheel")

LOAD_EVERYTHING = """
from dashboard import sql
from dashboard.shipped import shipped
import dashboard
names = sorted(p.relative_to(shipped("queries")).as_posix()[:-4] for p in shipped("queries").rglob("*.sql"))
for name in names:
    assert sql.load(name, dict.fromkeys(sql.slots_of(name), "procedure")).text
print(len(names), shipped("sample_data", "operations.csv").exists(), shipped("app.py").exists(), dashboard.__file__)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a fresh environment that holds the wheel, and borrows the other packages from this one."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "fresh")], check=True)
    python = folder / "fresh" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([*install, str(wheel)], check=True, capture_output=True)
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([str(python), "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    (Path(site) / "borrowed.pth").write_text(sysconfig.get_path("purelib"))
    return python


def run(python: Path, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """What the installed program answers, far from the checkout."""
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "OUTCOMES_STORE")}
    return subprocess.run([str(python), *words], cwd=folder, env=clean, capture_output=True, text=True, check=False)


def test_every_query_and_the_sample_data_are_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    answer = run(installed, tmp_path, "-c", LOAD_EVERYTHING)
    assert answer.returncode == 0, answer.stderr
    queries, sample, app, where = answer.stdout.split()
    assert int(queries) == len(list((ROOT / "queries").rglob("*.sql")))
    assert (sample, app) == ("True", "True")
    assert "fresh" in where


def test_the_command_is_installed_and_knows_the_definitions(installed: Path, tmp_path: Path) -> None:
    command = installed.with_name("outcomes.exe" if os.name == "nt" else "outcomes")
    answer = run(command, tmp_path, "definitions", "--json")
    assert answer.returncode == 0, answer.stderr
    assert "reoperation" in answer.stdout


def test_the_installed_app_serves_with_the_same_settings(installed: Path, tmp_path: Path) -> None:
    where = "from dashboard.shipped import shipped; print(shipped('app.py').parent / '.streamlit' / 'config.toml')"
    path = Path(run(installed, tmp_path, "-c", where).stdout.strip())
    assert path.read_bytes() == (ROOT / ".streamlit" / "config.toml").read_bytes()


def test_the_installed_command_imports_and_answers(installed: Path, tmp_path: Path) -> None:
    sample = run(
        installed, tmp_path, "-m", "dashboard.cli", "sample", "--operations", "60", "--seed", "1", "--out", "made"
    )
    assert sample.returncode == 0, sample.stderr
    store = ["--store", str(tmp_path / "store")]
    imported = run(installed, tmp_path, "-m", "dashboard.cli", "import", "made", *store)
    assert imported.returncode == 0, imported.stderr
    asked = run(installed, tmp_path, "-m", "dashboard.cli", "query", "failure_rate", "--json", *store)
    assert asked.returncode == 0, asked.stderr
    assert '"group": "all"' in asked.stdout
    made = run(installed, tmp_path, "-m", "dashboard.cli", "report", "--out", str(tmp_path / "report.pdf"), *store)
    assert made.returncode == 0, made.stderr
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")

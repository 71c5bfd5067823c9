"""Who may import whom: imports go down only, and each library is known to few."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

FLOORS = {
    "__main__": 9,
    "app": 8,
    "shell": 7,
    "cli": 7,
    "pages": 6,
    "reports": 6,
    "analyses": 5,
    "records": 4,
    "importing": 4,
    "sample": 4,
    "engines": 3,
    "sql": 2,
    "access": 2,
    "settings": 2,
    "definitions": 2,
    "stats": 1,
    "charts": 1,
    "cohort": 1,
    "audit": 1,
    "disclosure": 1,
    "errors": 0,
    "shipped": 1,
    "environment": 1,
}
"""The errors are the floor's own ground: every room may name them."""

KNOWN_TO = {
    "streamlit": {"shell", "pages"},
    "duckdb": {"engines"},
    "plotly": {"charts"},
    "scipy": {"stats"},
}

LONGEST_FILE = 400


def room(path: Path, package: Path) -> str:
    """The room that a file belongs to: the folder or file directly in the package."""
    return path.relative_to(package).parts[0].removesuffix(".py")


def imported(path: Path) -> Iterator[str]:
    """Every module that a file names, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            if node.module == "dashboard":
                yield from (f"dashboard.{name.name}" for name in node.names)
            else:
                yield node.module


def climbs(package: Path) -> list[str]:
    """Every import that goes up, or across to another room of the same floor, and every library out of its room."""
    found = []
    for path in sorted(package.rglob("*.py")):
        here = room(path, package)
        if here == "__init__":
            continue
        if here not in FLOORS:
            found.append(f"{here} stands on no floor")
            continue
        for module in imported(path):
            top, _, rest = module.partition(".")
            if top == "dashboard" and rest:
                there = rest.split(".")[0]
                if there != here and FLOORS.get(there, 99) >= FLOORS[here]:
                    found.append(f"{here} imports {there}")
            elif here not in KNOWN_TO.get(top, {here}):
                found.append(f"{here} knows {top}")
    return found


def test_imports_go_down_only() -> None:
    assert climbs(ROOT / "dashboard") == []


def test_app_calls_the_shell_and_nothing_else() -> None:
    assert {module for module in imported(ROOT / "app.py") if module.startswith("dashboard")} <= {
        "dashboard.shell",
        "dashboard.shell.run",
    }


@pytest.mark.parametrize(
    ("path", "line", "complaint"),
    [
        ("stats/survival.py", "from dashboard.engines import duck", "stats imports engines"),
        ("records.py", "from dashboard.importing import run", "records imports importing"),
        ("analyses/onset.py", "import streamlit as st", "analyses knows streamlit"),
        ("pages/risk.py", "import plotly.graph_objects as go", "pages knows plotly"),
        ("records.py", "def f():\n    import duckdb", "records knows duckdb"),
        ("attic.py", "", "attic stands on no floor"),
    ],
)
def test_a_climb_would_be_seen(tmp_path: Path, path: str, line: str, complaint: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(line)
    assert climbs(tmp_path) == [complaint]


def test_no_room_bears_the_name_of_a_standard_library_module() -> None:
    rooms = {path.name.removesuffix(".py") for path in (ROOT / "dashboard").iterdir()} - {"__init__", "__main__"}
    assert rooms & sys.stdlib_module_names == set()


def test_no_file_has_outgrown_one_thought() -> None:
    files = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), *(ROOT / "queries").rglob("*.sql")]
    lengths = {str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}

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
    "import_command": 6,
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
    "strict": 1,
    "environment": 1,
    "terminal": 1,
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


def imported(path: Path, package: Path | None = None) -> Iterator[str]:
    """Every module that a file names, wherever in the file; a relative one (``from ..engines``) in full."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(node, path, package)
            if origin == "dashboard":
                yield from (f"dashboard.{name.name}" for name in node.names)
            else:
                yield origin


def _origin(node: ast.ImportFrom, path: Path, package: Path | None) -> str:
    if not node.level or package is None:
        return node.module or ""
    folders = ["dashboard", *path.relative_to(package).parts[:-1]]
    return ".".join([*folders[: len(folders) - node.level + 1], *([node.module] if node.module else [])])


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
        for module in imported(path, package):
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
        ("stats/survival.py", "from ..engines import duck", "stats imports engines"),
        ("records.py", "from . import importing", "records imports importing"),
        ("engines/duck.py", "from dashboard import records", "engines imports records"),
        ("attic.py", "", "attic stands on no floor"),
    ],
)
def test_a_climb_would_be_seen(tmp_path: Path, path: str, line: str, complaint: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(line)
    assert climbs(tmp_path) == [complaint]


def test_a_room_may_name_its_own_files_and_the_floors_below(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "risk.py").write_text("from . import parts\nfrom dashboard.analyses import onset\n")
    assert climbs(tmp_path) == []


def shadows(package: Path) -> set[str]:
    """Rooms that a script beside them would import in place of the standard library."""
    return {path.name.removesuffix(".py") for path in package.iterdir()} & sys.stdlib_module_names


def outgrown(folder: Path) -> list[str]:
    """Each file that no longer holds one thought, with what to do."""
    found = []
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.sql")]):
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > LONGEST_FILE:
            name = path.relative_to(folder.parent).as_posix()
            found.append(
                f"{name} has {lines} lines, more than {LONGEST_FILE}: give its second thought a file of its own"
            )
    return found


def test_no_room_bears_the_name_of_a_standard_library_module() -> None:
    assert shadows(ROOT / "dashboard") == set()


def test_a_standard_library_name_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "statistics.py").touch()
    (tmp_path / "queue").mkdir()
    (tmp_path / "cohort.py").touch()
    assert shadows(tmp_path) == {"statistics", "queue"}


@pytest.mark.parametrize("folder", ["dashboard", "tests", "queries"])
def test_no_file_has_outgrown_one_thought(folder: str) -> None:
    assert outgrown(ROOT / folder) == []


def test_a_file_of_two_thoughts_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "rooms").mkdir()
    (tmp_path / "rooms" / "short.py").write_text("x = 1\n" * LONGEST_FILE)
    (tmp_path / "rooms" / "long.sql").write_text("select 1\n" * (LONGEST_FILE + 1))
    (said,) = outgrown(tmp_path / "rooms")
    assert said.startswith("rooms/long.sql has 401 lines")

"""Who may import whom: imports go down only, and each library is known to few."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
IMPORTING = ROOT / "dashboard" / "importing"
NEEDED_LATER = {"openpyxl", "plotly.express", "scipy.optimize", "scipy.sparse", "scipy.stats", "typst", "xlsxwriter"}
"""Slow to import, and imported where they are used: whoever starts the app waits for none of them."""

FLOORS = {
    "__main__": 14,
    "cli": 13,
    "serve_command": 12,
    "server": 11,
    "warming": 10,
    "shell": 9,
    "import_command": 8,
    "query_command": 8,
    "report_command": 9,
    "digest_command": 8,
    "pseudonyms_command": 8,
    "audit_command": 8,
    "people_command": 9,
    "forget_command": 8,
    "backup_command": 8,
    "pages": 8,
    "documents": 7,
    "exports": 7,
    "analyses": 6,
    "records": 5,
    "leeway": 4,
    "recorded": 3,
    "accounts": 3,
    "sign_in": 4,
    "streamlit_sign_in": 6,
    "importing": 5,
    "sample": 4,
    "engines": 3,
    "slots": 3,
    "others": 4,
    "protecting": 3,
    "sql": 2,
    "access": 2,
    "settings": 2,
    "definitions": 2,
    "stats": 1,
    "charts": 1,
    "typesetting": 1,
    "cohort": 1,
    "codebook": 1,
    "disclosure": 2,
    "told_days": 2,
    "audit": 1,
    "audit_asked": -1,
    "audit_keys": 0,
    "audit_head": 0,
    "errors": 0,
    "keeping": 0,
    "harmless": -1,
    "once": -1,
    "alike": 0,
    "wording": 0,
    "shipped": 1,
    "strict": 1,
    "environment": 1,
    "terminal": 1,
    "named_files": 1,
    "made_up": 2,
    "guard": 3,
    "door": 2,
    "handed": 0,
    "round_trip": 1,
    "cookies": 0,
    "answers": 0,
    "repeated": 0,
    "launch": 1,
    "mail": 1,
    "private": -1,
    "way_in": 0,
}
"""The errors are the floor's own ground: every room may name them."""

FLOORS_OF_IMPORTING = {
    "desk": 8,
    "running": 7,
    "child": 7,
    "work": 6,
    "adding": 5,
    "assistant": 5,
    "checking": 4,
    "formats": 3,
    "publishing": 3,
    "column_names": 3,
    "mapping": 2,
    "reasons": 2,
    "backup": 4,
    "watching": 3,
    "arrivals": 0,
    "kept_report": 1,
    "report": 2,
    "templates": 2,
    "site_mapping": 2,
    "leftovers": 2,
    "units": 1,
    "scales": 1,
    "clock": 0,
    "levels": 1,
    "blanks": 0,
    "dates": 0,
    "result": 0,
}
"""Within the import, again from what starts it down to what all of it rests on: the tables and what came of it."""

KNOWN_TO = {
    "streamlit": {"shell", "pages", "server", "streamlit_sign_in"},
    "uvicorn": {"server"},
    "starlette": {"server"},
    "duckdb": {"engines"},
    "plotly": {"charts"},
    "scipy": {"stats"},
    "typst": {"typesetting"},
    "xlsxwriter": {"exports"},
}

SQL_STANDS_IN = {
    "engines": "what opens, fills and closes a database, and a notebook of its own",
    "importing": "a file's columns, and a mapping's, are known only once it is there",
}
"""Rooms whose Python writes statements, and why; every other asks by the name of a file in ``queries``."""

STATEMENT = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert into [\w{]|\bupdate \w* ?set |\bdelete from [\w{]"
    r"|\bcreate (or replace )?(temp )?(table|view)\b",
    re.IGNORECASE | re.DOTALL,
)

LONGEST_FILE = 400


def room(path: Path, package: Path) -> str:
    """The room that a file belongs to: the folder or file directly in the package."""
    return path.relative_to(package).parts[0].removesuffix(".py")


def imported(path: Path, package: Path | None = None, name: str = "dashboard") -> Iterator[str]:
    """Every module that a file names, wherever in the file; a relative one (``from ..engines``) in full.

    name: what the package is called, whose own rooms may be named by ``from dashboard import engines``.
    """
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = _origin(node, path, package, name)
            if origin == name:
                yield from (f"{name}.{alias.name}" for alias in node.names)
            else:
                yield origin


def _origin(node: ast.ImportFrom, path: Path, package: Path | None, name: str) -> str:
    if not node.level or package is None:
        return node.module or ""
    folders = [*name.split("."), *path.relative_to(package).parts[:-1]]
    return ".".join([*folders[: len(folders) - node.level + 1], *([node.module] if node.module else [])])


def rooms(package: Path) -> dict[Path, str]:
    """Every file of a package that belongs to a room, and which."""
    found = {path: room(path, package) for path in sorted(package.rglob("*.py"))}
    return {path: here for path, here in found.items() if here != "__init__"}


def misplaced(package: Path, floors: Mapping[str, int]) -> list[str]:
    """Every room without a floor, and every floor that has been given to a room that is not there."""
    there = set(rooms(package).values())
    return [f"{name} stands on no floor" for name in sorted(there - set(floors))] + [
        f"there is no {name}" for name in sorted(set(floors) - there)
    ]


def climbs(package: Path, floors: Mapping[str, int] = FLOORS, name: str = "dashboard") -> list[str]:
    """Every import of a package that goes up, or across to another room of the same floor."""
    found = []
    for path, here in rooms(package).items():
        for module in imported(path, package, name):
            there = module.removeprefix(f"{name}.").split(".")[0]
            inside = module.startswith(f"{name}.") and there != here
            if inside and floors.get(there, 99) >= floors.get(here, 0):
                found.append(f"{here} imports {there}")
    return found


def strangers(package: Path) -> list[str]:
    """Every library that is named outside the rooms that may know it."""
    return [
        f"{here} knows {top}"
        for path, here in rooms(package).items()
        for top in (module.partition(".")[0] for module in imported(path))
        if here not in KNOWN_TO.get(top, {here})
    ]


def texts(path: Path) -> Iterator[str]:
    """Every text of a file that is no docstring; what a text is filled with stands in it as nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
            yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in passed:
            yield node.value


def written_in_python(package: Path) -> list[str]:
    """Every statement of SQL that stands in a room where none should."""
    return [
        f"{here} writes SQL: {text}"
        for path, here in rooms(package).items()
        if here not in SQL_STANDS_IN
        for text in texts(path)
        if STATEMENT.search(text)
    ]


def test_every_room_has_a_floor_and_every_floor_a_room() -> None:
    assert misplaced(ROOT / "dashboard", FLOORS) == []
    assert misplaced(IMPORTING, FLOORS_OF_IMPORTING) == []
    assert set().union(*KNOWN_TO.values(), SQL_STANDS_IN) <= set(FLOORS)


def test_imports_go_down_only() -> None:
    assert climbs(ROOT / "dashboard") == []
    assert climbs(IMPORTING, FLOORS_OF_IMPORTING, "dashboard.importing") == []


def test_each_library_is_known_to_few() -> None:
    assert strangers(ROOT / "dashboard") == []


def test_sql_is_written_in_python_only_where_the_columns_are_not_known_before() -> None:
    assert written_in_python(ROOT / "dashboard") == []


@pytest.mark.parametrize(
    ("path", "line", "seen"),
    [
        ("records.py", 'X = "select surgeon from operation"', ["records writes SQL: select surgeon from operation"]),
        ("shell.py", 'X = f"delete from operation where {T}"', ["shell writes SQL: delete from operation where "]),
        ("pages/risk.py", 'X = f"select {C}" f" from {T}"', ["pages writes SQL: select  from "]),
        ("analyses/onset.py", 'X = "create temp table x"', ["analyses writes SQL: create temp table x"]),
        ("pages/risk.py", '"""Select a row from the table."""', []),
        ("pages/risk.py", 'X = "Choose what to select."', []),
        ("importing/landing.py", 'X = f"select {C} from landed"', []),
    ],
)
def test_a_statement_in_the_wrong_room_would_be_seen(tmp_path: Path, path: str, line: str, seen: list[str]) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(line)
    assert written_in_python(tmp_path) == seen


def test_app_calls_the_shell_and_nothing_else() -> None:
    assert {module for module in imported(ROOT / "app.py") if module.startswith("dashboard")} <= {
        "dashboard.shell",
        "dashboard.shell.run",
    }


def test_the_app_starts_without_what_only_some_pages_and_files_need() -> None:
    ask = "import sys, dashboard.server; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", ask], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not NEEDED_LATER & set(answer.stdout.split())


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
    ],
)
def test_a_climb_would_be_seen(tmp_path: Path, path: str, line: str, complaint: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text(line)
    assert climbs(tmp_path) + strangers(tmp_path) == [complaint]


@pytest.mark.parametrize(
    ("path", "line", "complaint"),
    [
        ("formats/excel.py", "from dashboard.importing.checking.landing import Landed", "formats imports checking"),
        ("formats/fhir/parts.py", "from ...assistant import readings", "formats imports assistant"),
        ("publishing/late.py", "from dashboard.importing import formats", "publishing imports formats"),
    ],
)
def test_a_climb_within_the_import_would_be_seen(tmp_path: Path, path: str, line: str, complaint: str) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(line)
    assert climbs(tmp_path, FLOORS_OF_IMPORTING, "dashboard.importing") == [complaint]


def test_a_room_without_a_floor_and_a_floor_without_a_room_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "attic.py").touch()
    (tmp_path / "pages").mkdir()
    (tmp_path / "pages" / "risk.py").touch()
    assert misplaced(tmp_path, {"pages": 7, "reports": 6}) == ["attic stands on no floor", "there is no reports"]


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

"""One meaning a word: no two classes of the house bear one name."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "dashboard"


def twice(package: Path) -> dict[str, list[str]]:
    """The classes whose name two files bear, and these files; those with a leading underscore are a file's own."""
    files: dict[str, list[str]] = defaultdict(list)
    for path in sorted(package.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                files[node.name].append(path.relative_to(package).as_posix())
    return {name: found for name, found in files.items() if len(found) > 1}


def test_a_class_has_a_name_of_its_own() -> None:
    assert twice(PACKAGE) == {}


def test_a_name_given_twice_would_be_seen(tmp_path: Path) -> None:
    for name in ("stats.py", "pages.py"):
        (tmp_path / name).write_text("class Landmark: ...\nclass _Own: ...\n")
    assert twice(tmp_path) == {"Landmark": ["pages.py", "stats.py"]}

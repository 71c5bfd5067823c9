"""No test depends on how fast the machine is."""

from __future__ import annotations

import ast
from pathlib import Path

from hypothesis import HealthCheck, settings

from tests.test_floors import imported

TESTS = Path(__file__).parent
MAY_KNOW_THE_TIME = {
    "__main__.py": "says how long each step took",
    "patience.py": "gives up on what hangs",
    "importing/test_leftovers.py": "makes a file an hour old",
    "faults/killing.py": "kills at a moment of chance",
    "faults/reading.py": "leaves the importers some of the machine",
}


def impatient(path: Path) -> list[str]:
    """Each wait in a test file that is not as long as a slow machine needs: a number of its own, or a mere pause."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        for given in node.keywords:
            if str(given.arg).endswith("timeout") and isinstance(given.value, ast.Constant):
                found.append(
                    f"line {node.lineno}: {given.arg}={ast.unparse(given.value)}, not SECONDS of tests/patience.py"
                )
        if isinstance(node.func, ast.Attribute) and node.func.attr == "wait_for_timeout":
            found.append(f"line {node.lineno}: waits for a time, not for what shows that it is done")
    return found


def test_no_test_asks_what_time_it_is() -> None:
    found = {path.relative_to(TESTS).as_posix() for path in TESTS.rglob("*.py") if "time" in imported(path)}
    assert found == set(MAY_KNOW_THE_TIME)


def test_every_wait_is_as_long_as_a_slow_machine_needs() -> None:
    assert {str(path): found for path in TESTS.rglob("*.py") if (found := impatient(path))} == {}


def test_a_short_wait_and_a_mere_pause_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "test_hasty.py").write_text("run(timeout=5)\nApp(default_timeout=60)\npage.wait_for_timeout(500)\n")
    assert [words.split(":")[0] for words in impatient(tmp_path / "test_hasty.py")] == ["line 1", "line 2", "line 3"]


def test_an_example_of_hypothesis_may_take_as_long_as_it_takes() -> None:
    assert settings().deadline is None
    assert HealthCheck.too_slow in settings().suppress_health_check

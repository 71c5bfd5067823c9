"""``python3 -m tests``: sets itself up on first use, then format, lint, types, SQL lint and every test.

Words go to pytest: ``python3 -m tests -k curve``.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

from dashboard.environment import enter

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [name for name in ("app.py", "dashboard", "tests", "benchmarks") if (ROOT / name).exists()]


def steps(words: "list[str]") -> "list[tuple[str, list[str]]]":
    """Each step's name and command; pytest last, so that its summary is the last thing printed."""
    python = [sys.executable, "-m"]
    return [
        ("format", [*python, "ruff", "format", "--check", "--quiet", *PYTHON]),
        ("lint", [*python, "ruff", "check", "--quiet", *PYTHON]),
        ("types", [*python, "mypy", "--no-error-summary", *PYTHON]),
        ("SQL lint", [*python, "sqlfluff", "lint", "--disable-progress-bar", "queries"]),
        ("tests", [*python, "pytest", "-n", "2", "--dist", "loadgroup", *words]),
    ]


def run(words: "list[str]") -> int:
    """Run every step, even after one has failed; 0 when all passed.

    What failed before the tests is said before them too, so that the last line is pytest's own summary.
    """
    failed: list[str] = []
    for name, command in steps(words):
        if name == "tests" and failed:
            print("Failed so far: {}. The tests follow.".format(", ".join(failed)), flush=True)
        began = time.monotonic()
        status = subprocess.call(command, cwd=str(ROOT), env={**os.environ, "PYTHONPATH": str(ROOT)})
        if status != 0:
            failed.append(name)
        if name != "tests":
            print(f"{name}: {'passed' if status == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    enter(ROOT / ".venv-tests", ROOT / "tests" / "requirements.txt", "tests", sys.argv[1:])
    raise SystemExit(run(sys.argv[1:]))

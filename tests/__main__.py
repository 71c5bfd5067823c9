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
PYTHON = ["app.py", "dashboard", "tests", "benchmarks"]


def steps(words):
    """Each step's name and command; pytest last, so that its summary is the last thing printed."""
    python = [sys.executable, "-m"]
    return [
        ("format", [*python, "ruff", "format", "--check", "--quiet", *PYTHON]),
        ("lint", [*python, "ruff", "check", "--quiet", *PYTHON]),
        ("types", [*python, "mypy", "--no-error-summary", *PYTHON]),
        ("SQL lint", [*python, "sqlfluff", "lint", "--disable-progress-bar", "queries"]),
        ("tests", [*python, "pytest", "-n", "2", "--dist", "loadgroup", *words]),
    ]


def run(words):
    """Run every step, even after one has failed; 0 when all passed."""
    failed = []
    for name, command in steps(words):
        began = time.monotonic()
        status = subprocess.call(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        if status != 0:
            failed.append(name)
        if name != "tests":
            print(f"{name}: {'passed' if status == 0 else 'FAILED'} ({time.monotonic() - began:.0f} s)", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    enter(ROOT / ".venv-tests", ROOT / "tests" / "requirements.txt", "tests", sys.argv[1:])
    raise SystemExit(run(sys.argv[1:]))

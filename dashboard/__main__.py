"""``python3 -m dashboard``: sets itself up on first use, then takes the words of ``outcomes``; with none it serves."""

import sys
from pathlib import Path

from dashboard.environment import enter

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    enter(ROOT / ".venv", ROOT / "requirements.txt", "dashboard", sys.argv[1:])
    from dashboard.cli import main

    raise SystemExit(main(sys.argv[1:] or ["serve"]))

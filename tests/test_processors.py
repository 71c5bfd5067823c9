"""How many processors a sum may take."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ASKED = "import dashboard, os, sys; print(os.environ['OPENBLAS_NUM_THREADS'], 'numpy' in sys.modules)"


def test_sums_of_matrices_take_one_processor_and_that_is_said_before_they_can_be_made() -> None:
    told = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True, cwd=ROOT, env={})

    assert told.stdout == "1 False\n"

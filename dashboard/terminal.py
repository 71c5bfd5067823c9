"""What the command says: answers on standard output, words to a person on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from dashboard.harmless import harmless

DONE, REFUSED, WRONG = 0, 1, 2
"""Exit statuses: done; refused and nothing changed; wrong usage."""


def print_json(document: object) -> None:
    """One JSON document, and nothing else."""
    tell(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def tell(answer: object, end: str = "\n") -> None:
    """An answer, on standard output: whatever is in it steers no terminal."""
    print(harmless(answer), end=end, flush=True)


def say(sentence: str) -> None:
    """A sentence to whoever sits at the terminal, which nothing in it steers."""
    print(harmless(sentence), file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    """A parser of arguments whose words steer no terminal, whatever argument they repeat."""

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(harmless(message), file)

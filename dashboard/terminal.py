"""What the command says: answers on standard output, words to a person on standard error."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any, NoReturn

from dashboard.harmless import harmless, one_line

DONE, REFUSED, WRONG = 0, 1, 2
"""Exit statuses: done; refused and nothing changed; wrong usage."""


def print_json(document: object) -> None:
    """One JSON document, and nothing else."""
    tell_lines(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def tell(answer: object) -> None:
    """An answer of one line, on standard output: whatever is in it steers no terminal, and begins no other line."""
    print(one_line(answer), flush=True)


def tell_lines(document: object, end: str = "\n") -> None:
    """An answer of many lines, all of them ours: what is quoted in it has no line break any more."""
    print(harmless(document), end=end, flush=True)


def say(sentence: str) -> None:
    """A sentence to whoever sits at the terminal: one line, which nothing in it steers."""
    print(one_line(sentence), file=sys.stderr, flush=True)


class Parser(argparse.ArgumentParser):
    """A parser of arguments whose words steer no terminal, whatever argument they repeat."""

    def error(self, message: str) -> NoReturn:
        """Refuse an argument, in one line."""
        super().error(one_line(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        super()._print_message(harmless(message), file)

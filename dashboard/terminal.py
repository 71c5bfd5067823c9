"""What the command says: answers on standard output, words to a person on standard error."""

from __future__ import annotations

import json
import sys

DONE, REFUSED, WRONG = 0, 1, 2
"""Exit statuses: done; refused and nothing changed; wrong usage."""


def print_json(document: object) -> None:
    """One JSON document, and nothing else."""
    print(json.dumps(document, ensure_ascii=False, indent=1, default=str))


def say(sentence: str) -> None:
    """A sentence to whoever sits at the terminal."""
    print(sentence, file=sys.stderr, flush=True)

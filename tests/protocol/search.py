"""Whom a pile of bytes tells of: words and pseudonyms that stand nowhere else, in whatever form they were packed."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tests.protocol.practice import Practice

PERSON = re.compile(rb"[0-9A-Fa-f]{16}")
NUMBER = re.compile(rb"[0-9]{15,20}")
PACKED = re.compile(rb'bdata\\?":\s*\\?"([A-Za-z0-9+/=\\]{8,})')
"""An array of a picture: its numbers in base64."""
PDF, ZIP = b"%PDF", b"PK\x03\x04"


@dataclass(frozen=True)
class Names:
    """The words and the patients."""

    words: frozenset[str]
    patients: frozenset[int]


class Search:
    """What is looked for, made ready once."""

    def __init__(self, practice: Practice) -> None:
        """practice: whose words and patients."""
        self._words = re.compile(b"|".join(word.encode() for word in sorted(practice.words)))
        self._patients = practice.patients
        self._numbers = np.array(sorted(practice.patients), dtype="<u8")

    def in_bytes(self, content: bytes) -> Names:
        """Whom these bytes tell of."""
        words: set[str] = set()
        patients: set[int] = set()
        for piece in _unpacked(content):
            words |= {found.decode() for found in self._words.findall(piece)}
            told = {int(found, 16) for found in PERSON.findall(piece)} | {int(one) for one in NUMBER.findall(piece)}
            patients |= (told & self._patients) | self._as_numbers(piece)
        return Names(frozenset(words), frozenset(patients))

    def _as_numbers(self, piece: bytes) -> set[int]:
        """Pseudonyms as a table for the browser holds them: eight bytes, wherever they begin."""
        found: set[int] = set()
        for start in range(8):
            whole = (len(piece) - start) // 8
            numbers = np.frombuffer(piece, dtype="<u8", count=max(whole, 0), offset=start if whole > 0 else 0)
            # Most bytes are text: a number whose every byte could be a letter of ASCII is none of a pseudonym's.
            found |= set(map(int, numbers[np.isin(numbers, self._numbers, kind="sort")]))
        return found


def _unpacked(content: bytes) -> Iterator[bytes]:
    yield content
    for array in PACKED.findall(content):
        try:
            yield base64.b64decode(array.replace(b"\\u003d", b"=").replace(b"\\", b"") + b"==")
        except ValueError:
            continue
    if content.startswith(ZIP):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from _unpacked(archive.read(name))
    if content.startswith(PDF) and (reader := shutil.which("pdftotext")):
        yield subprocess.run([reader, "-", "-"], input=content, capture_output=True, check=True).stdout

"""A stream sealed with a key: nobody without it reads a byte, and a changed byte is found before any is read.

Made of the standard library alone, because no library for it is among those that this app needs: the bytes are joined
(exclusive or) with a keystream of SHAKE-256, and an HMAC with SHA-256 lies over the header and all that was sealed
(encrypt, then authenticate). Both keys come by scrypt from the secret and a salt that is new for each file, so that no
keystream is used twice.

Its limits: the parts are standard, their composition is ours and was reviewed by nobody else. It hides neither how long
a file is nor when it was made. A short passphrase is guessed by whoever has the file, however slow scrypt makes it. It
is not made for many writers, nor to be read before it is whole.
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from dashboard.errors import Refused

MAGIC = b"outcomes sealed 1\n"
SALT_BYTES, CODE_BYTES, BLOCK = 16, 32, 1 << 20
COST = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 64 << 20}
SHORTEST_SECRET = 16
"""Bytes of a secret; a made one has 64."""
CANNOT_OPEN = "It cannot be opened: this is not its key, or the file was damaged or changed. Nothing was changed."


class Sealing(io.RawIOBase):
    """Takes bytes and writes them sealed; ``finish`` makes it whole."""

    def __init__(self, out: IO[bytes], secret: bytes) -> None:
        """out: a file to be written from its beginning."""
        super().__init__()
        salt = os.urandom(SALT_BYTES)
        self._out = out
        self._stream, self._code = _keys(secret, salt)
        self._number, self._waiting = 0, bytearray()
        self._put(MAGIC + salt)

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, content: bytes) -> int:  # type: ignore[override]  # as much as is given
        """Seal these bytes."""
        self._waiting += content
        while len(self._waiting) >= BLOCK:
            self._seal(BLOCK)
        return len(content)

    def finish(self) -> None:
        """Seal the rest, and put the code over all of it behind."""
        if self._waiting:
            self._seal(len(self._waiting))
        self._out.write(self._code.digest())

    def _seal(self, length: int) -> None:
        self._put(_joined(bytes(self._waiting[:length]), self._stream, self._number))
        del self._waiting[:length]
        self._number += 1

    def _put(self, content: bytes) -> None:
        self._code.update(content)
        self._out.write(content)


class _Opening(io.RawIOBase):
    """Gives the bytes of a sealed file that was found whole."""

    def __init__(self, sealed: IO[bytes], length: int, key: bytes) -> None:
        super().__init__()
        self._sealed, self._left, self._key = sealed, length, key
        self._number, self._ready = 0, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # what io.BufferedReader gives
        if not self._ready and self._left:
            block = self._sealed.read(min(BLOCK, self._left))
            self._left -= len(block)
            self._ready, self._number = _joined(block, self._key, self._number), self._number + 1
        given = self._ready[: len(buffer)]
        buffer[: len(given)] = given
        self._ready = self._ready[len(given) :]
        return len(given)


@contextmanager
def opened(path: Path, secret: bytes) -> Iterator[IO[bytes]]:
    """What was sealed in a file, once every byte of the file has been found to be as it was sealed.

    Raises Refused for another key, and for a file that was changed, cut or is none of ours.
    """
    length = path.stat().st_size - len(MAGIC) - SALT_BYTES - CODE_BYTES
    with path.open("rb") as sealed:
        head = sealed.read(len(MAGIC) + SALT_BYTES)
        if length < 0 or not head.startswith(MAGIC):
            raise Refused(f"{path.name} is not a backup of this app.")
        key, code = _keys(secret, head[len(MAGIC) :])
        code.update(head)
        left = length
        while left:
            block = sealed.read(min(BLOCK, left))
            if not block:
                raise Refused(f"{path.name}: {CANNOT_OPEN}")
            code.update(block)
            left -= len(block)
        if not hmac.compare_digest(sealed.read(CODE_BYTES), code.digest()):
            raise Refused(f"{path.name}: {CANNOT_OPEN}")
        sealed.seek(len(head))
        yield io.BufferedReader(cast("io.RawIOBase", _Opening(sealed, length, key)), BLOCK)


def _keys(secret: bytes, salt: bytes) -> tuple[bytes, hmac.HMAC]:
    """The key of the keystream, and the code begun with the other."""
    made = hashlib.scrypt(secret, salt=salt, dklen=64, **COST)
    return made[:32], hmac.new(made[32:], digestmod="sha256")


def _joined(block: bytes, key: bytes, number: int) -> bytes:
    stream = hashlib.shake_256(key + number.to_bytes(8, "big")).digest(len(block))
    return (int.from_bytes(block, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(block), "big")

"""How somebody comes in: by a link that works once, which is exchanged for a cookie that lasts for a day's work.

What this rests on lies in the store, where nobody else can read it: whoever can make a link may read the store anyway.

::

    launch.key              what cookies are signed with; without it every cookie is worthless
    launch/<digest>         a link that was not used yet, and until when it works
    launch/address          where the app is being served
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dashboard import cookies as sent
from dashboard.private import make_folder, secret

KEY, FOLDER, ADDRESS = "launch.key", "launch", "address"
COOKIE_SECONDS, SET_BACK = 12 * 3_600, 120
"""How long a cookie lasts, and by how many seconds more it may seem to, as a clock is put right."""
TOKEN_BYTES, TOKEN_LENGTH = 32, 43
"""Of a token as it is drawn, and as it stands in a link."""
PRINTED_SECONDS, OPENED_SECONDS = 12 * 3_600, 120
"""How long a link works that was printed when the app was started, and one that the browser is opened with at once."""


@dataclass(frozen=True)
class Launch:
    """The way into the app that is served on one port."""

    store: Path
    port: int
    clock: Callable[[], float] = time.time

    @property
    def cookie(self) -> str:
        """The name of the cookie: a browser sends cookies to every port of a host, so two apps need two names."""
        return f"outcomes-{self.port}"

    def new_token(self, seconds: float = OPENED_SECONDS) -> str:
        """A token that can be exchanged once, and for so long."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        folder = self.store / FOLDER
        make_folder(folder)
        path = folder / _digest(token)
        path.touch(mode=0o600)
        path.write_text(f"{self.clock() + seconds:.0f}", encoding="ascii")
        return token

    def exchange(self, token: str) -> str | None:
        """The cookie for a token, as a browser is told to keep it; None for one that is unknown, used or too old."""
        path = self.store / FOLDER / _digest(token)
        try:
            until = float(path.read_text(encoding="ascii"))
            path.unlink()  # of two that come at once, one finds it gone
        except (OSError, ValueError):
            return None
        if until < self.clock():
            return None
        value = self._signed(f"{self.clock() + COOKIE_SECONDS:.0f}.{secrets.token_urlsafe(9)}")
        return f"{self.cookie}={value}; Max-Age={COOKIE_SECONDS}; Path=/; HttpOnly; SameSite=Strict"

    def until(self, cookies: str) -> float:
        """Until when the bearer of these cookies may stay, in seconds since 1970; 0 without one of ours."""
        # Another page of this host may have set one of the same name beside ours: one that is good is enough.
        return max((self._until(value) for value in sent.named(cookies, self.cookie)), default=0.0)

    def forget_tokens(self) -> None:
        """No link that was made before works any more; cookies do."""
        with suppress(OSError):
            for path in (self.store / FOLDER).iterdir():
                path.unlink(missing_ok=True)

    def answer_to(self, challenge: str, at: str) -> str:
        """What only a server of this store can say to a challenge.

        at: the address that it was asked at, as its own socket has it: so no other can pass on what ours says.
        """
        words = f"the server at {at} port {self.port} answers {challenge}"  # no cookie begins so
        return self._code(words)

    def is_served_at(self, address: str) -> None:
        """Write down where the app is, for who opens it from another terminal."""
        make_folder(self.store / FOLDER)
        (self.store / FOLDER / ADDRESS).write_text(address, encoding="ascii")

    def _until(self, value: str) -> float:
        words, _, _ = value.rpartition(".")
        with suppress(OSError, ValueError, UnicodeEncodeError):
            if hmac.compare_digest(self._signed(words).encode(), value.encode("ascii")):
                until = float(words.partition(".")[0])
                # One that would last longer than any was given while the clock was ahead.
                return until if until <= self.clock() + COOKIE_SECONDS + SET_BACK else 0.0
        return 0.0

    def _signed(self, words: str) -> str:
        return f"{words}.{self._code(f'{self.cookie} {words}')}"

    def _code(self, words: str) -> str:
        return hmac.digest(secret(self.store / KEY), words.encode("utf-8", "replace"), "sha256").hex()


def address_of(store: Path) -> str:
    """Where the app of this store was served last; empty where it never was, or was ended as it should be."""
    with suppress(OSError, ValueError):
        return (store / FOLDER / ADDRESS).read_text(encoding="ascii")
    return ""


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

"""What the guard is told of the app behind it: what each path leads to, and who may come in."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from dashboard import way_in
from dashboard.round_trip import SignsIn

STATIC = re.compile(r"/static/(?:[\w@-][\w.@-]*/)*[\w@-][\w.@-]*", re.ASCII)
LOOKED_AT, CHANGED = ("GET", "HEAD"), ("PUT", "DELETE")


class Kind(NamedTuple):
    """What a path leads to, and how it may be asked for."""

    name: str
    methods: Sequence[str] = LOOKED_AT


PAGE, OPEN, MEDIA, PROOF = Kind("page"), Kind("open"), Kind("media"), Kind("proof")
UPLOAD, SIGN_IN = Kind("upload", CHANGED), Kind("sign-in", ("GET",))
STREAM = "/_stcore/stream"
AT = {
    "/favicon.png": OPEN, "/manifest.json": OPEN, "/_stcore/health": OPEN, "/_stcore/host-config": OPEN,
    way_in.PROOF: PROOF, way_in.LOGIN: SIGN_IN, way_in.LOGOUT: SIGN_IN, way_in.CALLBACK: SIGN_IN,
}  # fmt: skip
BELOW = {"/media/": MEDIA, "/_stcore/upload_file/": UPLOAD}


@dataclass(frozen=True)
class Door:
    """What the guard must know of what stands behind it.

    hosts: how we may be called, each to the letter and with the port; pages: the paths of the pages.
    closed: whether real records may be shown, so that nobody comes in without a cookie.
    until: of a request's cookies, when (in seconds since 1970) whoever bears them must go; 0 at once.
    exchange: the cookie for a launch token, which is used up by that; None for one that is not good.
    admits: whether a message to the app is one that its pages send, and asks only for what has been handed to whoever
    sends it, by name; hands_out: the names of what a message to a page hands on.
    may_give: whether somebody may bring in a file; held: the bytes kept of the files of a session.
    proves: what shows to whoever is about to hand over a token that the server is ours, by the challenge and the
    address of the socket that it came to.
    sign_in: who is signed in, where people do; they come by its own address, and by no other. is_of_somebody: whether
    a message that is admitted was sent by something that somebody did. farewell: the message that makes a page of ours
    ask for itself anew, so that nothing stays on a screen whose stream ends.
    """

    hosts: frozenset[str]
    pages: frozenset[str]
    closed: Callable[[], bool]
    until: Callable[[str], float]
    exchange: Callable[[str], str | None]
    admits: Callable[[bytes, Callable[[str], bool]], bool]
    hands_out: Callable[[bytes], Iterable[str]] = lambda told: ()
    may_give: Callable[[Any], bool] = lambda who: True
    held: Callable[[str], int] = lambda session: 0
    proves: Callable[[str, str], str] = lambda challenge, at: ""
    sign_in: SignsIn | None = None
    is_of_somebody: Callable[[bytes], bool] = lambda told: True
    farewell: bytes = b""
    clock: Callable[[], float] = time.time

    def signs_in(self, host: str) -> SignsIn | None:
        """Who is signed in, where this is the address by which people come who do; None by this computer's own."""
        return self.sign_in if self.sign_in is not None and self.sign_in.host == host else None

    def there(self, host: str, cookies: str) -> tuple[Any, float]:
        """Who bears these cookies, by the way that this host is, and until when they may stay; one look at both.

        Who: what signing in says; True for who came by a launch token; None, and 0 at once, for nobody.
        """
        if signed_in := self.signs_in(host):
            return signed_in.there(cookies)
        until = self.until(cookies)
        return (True, until) if until > self.clock() else (None, 0.0)

    def who(self, host: str, cookies: str) -> Any:
        """Who bears these cookies; None for nobody."""
        return self.there(host, cookies)[0]

    def kind_of(self, path: str, host: str) -> Kind | None:
        """What a path leads to; None for whatever is not on the list.

        By the address at which people sign in nobody comes by a launch token, and by no other does anybody sign in.
        """
        if path in self.pages:
            return PAGE
        if STATIC.fullmatch(path):
            return OPEN
        below = next((kind for start, kind in BELOW.items() if path.startswith(start) and ".." not in path), None)
        kind = AT.get(path) or below
        return None if kind is (PROOF if self.signs_in(host) else SIGN_IN) else kind

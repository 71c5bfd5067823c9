"""What stands before the app: every request and every message passes it, or nothing of the app is reached.

Any page in the same browser may ask this computer for anything, and a name of the attacker's may lead here: so the Host
must be ours to the letter, and whoever opens the stream, or gives a file, must come from a page of ours. Streamlit asks
a public service who it is where it does not know an origin; no such question gets that far.

An ASGI middleware: it knows neither Streamlit nor the store, only the `Door` that it is given.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from dashboard import way_in

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

HEADERS = {
    "content-security-policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
STATIC = re.compile(r"/static/(?:[\w@-][\w.@-]*/)*[\w@-][\w.@-]*", re.ASCII)
LOOKED_AT, CHANGED = ("GET", "HEAD"), ("PUT", "DELETE")
MOST_STREAMS = 100
"""Open at once; a browser has one for each tab."""
MOST_SESSIONS, KEPT_SECONDS = 200, 120.0
"""Of streams that are open, or were so short a time ago that Streamlit keeps what they held."""
MOST_BYTES = 250 << 20
"""Of files that one session has given and that are kept for it."""
POLICY, TOO_MANY = 1008, 1013


class Kind(NamedTuple):
    """What a path leads to, and how it may be asked for."""

    name: str
    methods: Sequence[str] = LOOKED_AT


PAGE, OPEN, MEDIA, PROOF = Kind("page"), Kind("open"), Kind("media"), Kind("proof")
UPLOAD, SIGN_IN = Kind("upload", CHANGED), Kind("sign-in")
STREAM = "/_stcore/stream"
AT = {
    "/favicon.png": OPEN, "/manifest.json": OPEN, "/_stcore/health": OPEN, "/_stcore/host-config": OPEN,
    way_in.PROOF: PROOF, "/auth/login": SIGN_IN, "/auth/logout": SIGN_IN, "/oauth2callback": SIGN_IN,
}  # fmt: skip
BELOW = {"/media/": MEDIA, "/_stcore/upload_file/": UPLOAD}


@dataclass(frozen=True)
class Door:
    """What the guard must know of what stands behind it.

    hosts: how we may be called, each to the letter and with the port; pages: the paths of the pages.
    closed: whether real records may be shown, so that nobody comes in without a cookie.
    until: of a request's cookies, when (in seconds since 1970) whoever bears them must go; 0 at once.
    exchange: the cookie for a launch token, which is used up by that; None for one that is not good.
    admits: whether a message to the app is one that its pages send; held: the bytes kept of the files of a session.
    proves: what shows to whoever is about to hand over a token that the server is ours, by the challenge and the
    address of the socket that it came to.
    """

    hosts: frozenset[str]
    pages: frozenset[str]
    closed: Callable[[], bool]
    until: Callable[[str], float]
    exchange: Callable[[str], str | None]
    admits: Callable[[bytes], bool]
    held: Callable[[str], int] = lambda session: 0
    proves: Callable[[str, str], str] = lambda challenge, at: ""
    clock: Callable[[], float] = time.time

    def kind_of(self, path: str) -> Kind | None:
        """What a path leads to; None for whatever is not on the list."""
        if path in self.pages:
            return PAGE
        if STATIC.fullmatch(path):
            return OPEN
        below = next((kind for start, kind in BELOW.items() if path.startswith(start) and ".." not in path), None)
        return AT.get(path) or below


_standing: list[Door] = []


def stand(door: Door) -> None:
    """Say to this process that the guard stands; called by what starts the server, and by nothing that comes in."""
    _standing[:] = [door]


def standing() -> Door | None:
    """The door at which the guard of this process stands; None where the app was started without it."""
    return _standing[0] if _standing else None


@dataclass(frozen=True)
class Request:
    """One request, as far as the guard looks at it."""

    host: str
    path: str
    query: str
    method: str
    headers: Mapping[str, str]

    @property
    def is_ours(self) -> bool:
        """Whether it comes from a page of ours: only a browser says so, and it lets no page say otherwise."""
        return self.headers.get("origin") == f"http://{self.host}"

    @property
    def is_anothers(self) -> bool:
        """Whether it comes from somebody else's page, and not by a link that was followed."""
        if "origin" in self.headers and not self.is_ours:
            return True
        followed = self.headers.get("sec-fetch-mode") == "navigate" and self.headers.get("sec-fetch-dest") == "document"
        return self.headers.get("sec-fetch-site") in ("cross-site", "same-site") and not followed

    @property
    def has_body(self) -> bool:
        """Whether something is sent along, as slowly as the sender likes."""
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0").strip("0") != ""

    @property
    def cookies(self) -> str:
        """As they were sent."""
        return self.headers.get("cookie", "")


def understood(scope: Scope) -> Request | None:
    """What is asked; None where the headers that we rely on are there twice, or not there."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in headers and key in ("host", "origin"):
            return None
        # Two of the same mean what one with both would, for all that is looked at here.
        headers[key] = "; ".join([*([headers[key]] if key in headers else []), value.decode("latin-1")])
    if "host" not in headers:
        return None
    query = scope.get("query_string", b"").decode("latin-1")
    return Request(headers["host"], scope["path"], query, scope.get("method", "GET"), headers)


@dataclass
class Guard:
    """The middleware: one for one server."""

    app: App
    door: Door
    _streams: int = 0
    _ended: deque[float] = field(default_factory=deque)
    _arriving: dict[str, int] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, answer it, or refuse it."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._stream(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = understood(scope)
        if asked is None or asked.host not in self.door.hosts:
            return await _answer(send, 421, "This is not the address of the app.")
        kind = self.door.kind_of(asked.path)
        if kind is None:
            return await _answer(send, 404, "There is nothing here.")
        if asked.method not in kind.methods:
            return await _answer(send, 405, "This is not how it is asked for.")
        if kind is not UPLOAD and asked.has_body:
            return await _answer(send, 400, "Nothing is to be sent here.")
        if asked.is_anothers or (kind is UPLOAD and not asked.is_ours):
            return await _answer(send, 403, "This was asked from another page.")
        if kind is PAGE and (answer := self._way_in(asked)):
            return await _answer(send, *answer)
        if kind is PROOF:
            whole = way_in.CHALLENGE.fullmatch(asked.query)
            told = self.door.proves(asked.query, str((scope.get("server") or ("",))[0])) if whole else ""
            return await _answer(send, 200 if told else 404, told)
        if kind is UPLOAD:
            return await self._upload(asked, scope, receive, send)
        if kind is MEDIA and self.door.closed() and not self._may_stay(asked):
            return await _answer(send, 401, way_in.HOW)
        return await self.app(scope, receive, _guarded(send, kept=kind is not MEDIA))

    def _may_stay(self, asked: Request) -> bool:
        return self.door.until(asked.cookies) > self.door.clock()

    def _way_in(self, asked: Request) -> tuple[int, str, Mapping[str, str]] | None:
        """What a page is answered with in place of itself: the way in, or how to find it; None where it may be shown.

        A link in a letter leads here without the cookie, which goes with nobody else's links: so the small page asks
        once more by itself, and then the cookie comes along.
        """
        words = parse_qsl(asked.query, keep_blank_values=True)
        rest = [(name, value) for name, value in words if name not in (way_in.TOKEN, way_in.AGAIN)]
        here = asked.path + (f"?{urlencode(rest)}" if rest else "")
        token = next((value for name, value in words if name == way_in.TOKEN), None)
        if token is not None:
            if asked.method != "GET" or "prefetch" in asked.headers.get("sec-purpose", ""):
                return 403, "A link that works once is not looked at beforehand.", {}
            if cookie := self.door.exchange(token):
                return 303, "", {"location": here, "set-cookie": cookie}
        if not self.door.closed() or self._may_stay(asked):
            return (303, "", {"location": here}) if len(rest) < len(words) else None
        if token is not None:
            return 401, way_in.small_page(way_in.USED_UP), way_in.AS_PAGE
        if any(name == way_in.AGAIN for name, _ in words):
            return 401, way_in.small_page(way_in.HOW), way_in.AS_PAGE
        again = f"{asked.path}?{urlencode([*rest, (way_in.AGAIN, '1')])}"
        return 401, way_in.small_page(way_in.HOW, again), way_in.AS_PAGE

    async def _upload(self, asked: Request, scope: Scope, receive: Receive, send: Send) -> None:
        """A file is given only by whoever has come in, made-up records or not: what is given is real."""
        if not self._may_stay(asked):
            return await _answer(send, 401, way_in.HOW)
        session, told = asked.path.split("/")[3], asked.headers.get("content-length", "0")
        length = int(told) if told.isdecimal() else MOST_BYTES + 1
        if self._held(session) + length > MOST_BYTES:
            return await _answer(send, 413, "This is more than the app holds at once. Import it from the command line.")
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            self._arriving[session] = self._arriving.get(session, 0) + len(message.get("body", b""))
            # Of a body that goes on, whatever length it had been given, no more is read: it counts as broken off.
            return message if self._held(session) <= MOST_BYTES else {"type": "http.disconnect"}

        try:
            await self.app(scope, counted, _guarded(send))
        finally:
            self._arriving[session] = self._arriving.get(session, 0) - came
            if self._arriving[session] <= 0:
                del self._arriving[session]

    def _held(self, session: str) -> int:
        return self.door.held(session) + self._arriving.get(session, 0)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = understood(scope)
        if asked is None or asked.host not in self.door.hosts or not asked.is_ours or asked.path != STREAM:
            return await send({"type": "websocket.close", "code": POLICY})
        until = self.door.until(asked.cookies)
        if self.door.closed() and until <= self.door.clock():
            return await send({"type": "websocket.close", "code": POLICY})
        if not self._has_room():
            return await send({"type": "websocket.close", "code": TOO_MANY})
        stream = Stream(self.door, until, receive, send)
        self._streams += 1
        try:
            await self.app(scope, stream.receive, stream.send)
        finally:
            self._streams -= 1
            self._ended.append(self.door.clock())

    def _has_room(self) -> bool:
        while self._ended and self._ended[0] < self.door.clock() - KEPT_SECONDS:
            self._ended.popleft()
        return self._streams < MOST_STREAMS and self._streams + len(self._ended) < MOST_SESSIONS


@dataclass
class Stream:
    """One open stream: it ends when its cookie does, or when the first real records come and it has none."""

    door: Door
    until: float
    _receive: Receive
    _send: Send
    _ended: bool = False

    @property
    def may_stay(self) -> bool:
        """Whether whoever is there may hear or say one thing more."""
        return not self._ended and (self.until > self.door.clock() or not self.door.closed())

    async def receive(self) -> Message:
        """The next message that is one of our pages' own."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            if not self.may_stay:
                await self._end()
                return {"type": "websocket.disconnect", "code": POLICY}
            told = message.get("bytes")
            if told is not None and self.door.admits(told):
                return message

    async def send(self, message: Message) -> None:
        """Pass on what the app says, as long as whoever hears it may."""
        if message["type"] == "websocket.send" and not self.may_stay:
            await self._end()
        elif not self._ended:
            self._ended = message["type"] == "websocket.close"
            await self._send(message)

    async def _end(self) -> None:
        if not self._ended:
            self._ended = True
            await self._send({"type": "websocket.close", "code": POLICY})


def _guarded(send: Send, *, kept: bool = True) -> Send:
    """The same answer with our headers, and with none that lets other pages read it.

    kept: whether a browser may keep it; what somebody downloads it may not.
    """

    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            replaced = (*HEADERS, *(() if kept else ("cache-control",)))
            theirs = [
                (name, value) for name, value in message.get("headers", ())
                if not name.lower().startswith(b"access-control-") and name.decode("latin-1").lower() not in replaced
            ]  # fmt: skip
            ours = {**HEADERS, **({} if kept else {"cache-control": "no-store"})}
            message = {**message, "headers": [*theirs, *_encoded(ours)]}
        await send(message)

    return guarded


async def _answer(send: Send, status: int, text: str, more: Mapping[str, str] | None = None) -> None:
    """A short answer of our own; the connection ends with it, and so does whatever is still being sent."""
    body = text.encode()
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "connection": "close",
               "content-length": str(len(body)), **HEADERS, **(more or {})}  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": body})


def _encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

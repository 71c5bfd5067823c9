"""What stands before the app: every request and every message passes it, or nothing of the app is reached.

Any page in the same browser may ask this computer for anything, and a name of the attacker's may lead here: so the Host
must be ours to the letter, and whoever opens the stream, or gives a file, must come from a page of ours. Streamlit asks
a public service who it is where it does not know an origin; no such question gets that far.

An ASGI middleware: it knows neither Streamlit nor the store, only the `Door` that it is given.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from dashboard import cookies as sent
from dashboard import round_trip, way_in
from dashboard.answers import App, Message, Receive, Scope, Send, answer, guarded
from dashboard.door import MEDIA, OPEN, PAGE, PROOF, SIGN_IN, STREAM, UPLOAD, Door, Kind
from dashboard.handed import Handed

MOST_STREAMS = 100
"""Open at once; a browser has one for each tab."""
MOST_SESSIONS, KEPT_SECONDS = 200, 120.0
"""Of streams that are open, or were so short a time ago that Streamlit keeps what they held."""
MOST_STREAMS_OF_ONE, MOST_OF_ONE = 20, 60
"""Of both what one person has who signs in: nobody keeps the others out."""
MOST_BYTES = 250 << 20
"""Of files that one session has given and that are kept for it."""
SECONDS_BETWEEN_LOOKS, SECONDS_TO_LEAVE = 2.0, 1.0
"""At whether somebody who reads may still be there; and between then and a screen that is cleared."""
OF_A_PAGE_THAT_HAD_ONE = 3
"""Words that a page of Streamlit's offers when it had a stream before: the protocol, a token, and its session."""
OFFERED = b"sec-websocket-protocol"
POLICY, TOO_MANY = 1008, 1013
NOT_HANDED = "There is nothing here for you. Open the page again, and take the file from there."


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
    origin: str

    @property
    def is_ours(self) -> bool:
        """Whether it comes from a page of ours: only a browser says so, and it lets no page say otherwise."""
        return self.headers.get("origin") == self.origin

    @property
    def is_anothers(self) -> bool:
        """Whether it comes from somebody else's page, and not by a link that was followed."""
        if "origin" in self.headers and not self.is_ours:
            return True
        followed = self.headers.get("sec-fetch-mode") == "navigate" and self.headers.get("sec-fetch-dest") == "document"
        return self.headers.get("sec-fetch-site") in ("cross-site", "same-site") and not followed

    @property
    def is_by_tls(self) -> bool:
        """Whether it came by TLS to the proxy before us."""
        return sent.is_by_tls(self.origin)

    @property
    def has_body(self) -> bool:
        """Whether something is sent along, as slowly as the sender likes."""
        return "transfer-encoding" in self.headers or self.headers.get("content-length", "0").strip("0") != ""

    @property
    def words(self) -> list[tuple[str, str]]:
        """The words of its address with their values."""
        return parse_qsl(self.query, keep_blank_values=True)

    @property
    def rest(self) -> list[tuple[str, str]]:
        """The same without those that are the guard's own."""
        return [(name, value) for name, value in self.words if name not in (way_in.TOKEN, way_in.AGAIN)]

    @property
    def cookies(self) -> str:
        """As they were sent."""
        return self.headers.get("cookie", "")


def understood(scope: Scope, door: Door) -> Request | None:
    """What is asked; None where the headers that we rely on are there twice, or not there."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key = name.decode("latin-1").lower()
        if key in headers and key in ("host", "origin"):
            return None
        # Two of the same mean what one with both would, for all that is looked at here.
        headers[key] = sent.joined([*([headers[key]] if key in headers else []), value.decode("latin-1")])
    if "host" not in headers:
        return None
    query = scope.get("query_string", b"").decode("latin-1")
    host = headers["host"]
    signed_in = door.signs_in(host)
    # Behind TLS the app itself is asked without: which it was is a setting, not for a header to say.
    origin = signed_in.origin if signed_in else f"http://{host}"
    return Request(host, scope["path"], query, scope.get("method", "GET"), headers, origin)


def _address(path: str, words: Sequence[tuple[str, str]]) -> str:
    return path + (f"?{urlencode(words)}" if words else "")


def _refusal(kind: Kind, asked: Request) -> tuple[int, str] | None:
    """How a request is refused whoever bears it; None for one that may be answered."""
    if asked.method not in kind.methods:
        return 405, "This is not how it is asked for."
    if kind is not UPLOAD and asked.has_body:
        return 400, "Nothing is to be sent here."
    if asked.is_anothers or (kind is UPLOAD and not asked.is_ours):
        return 403, "This was asked from another page."
    # A link of somebody else's signs nobody out; nor does a page of another name of the clinic's.
    if asked.path == way_in.LOGOUT and asked.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
        return 403, "This was asked from another page."
    return None


@dataclass
class Guard:
    """The middleware: one for one server."""

    app: App
    door: Door
    handed: Handed = field(default_factory=Handed)
    _open: Counter[Any] = field(default_factory=Counter)
    _ended: deque[tuple[float, Any]] = field(default_factory=deque)
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
        asked = understood(scope, self.door)
        if asked is None or asked.host not in self.door.hosts:
            return await answer(send, 421, "This is not the address of the app.")
        kind = self.door.kind_of(asked.path, asked.host)
        if kind is None:
            return await answer(send, 404, "There is nothing here.")
        if refusal := _refusal(kind, asked):
            return await answer(send, *refusal)
        sign_in = self.door.signs_in(asked.host)
        if kind is PAGE and sign_in and self._who(asked) is None:
            # No stream for whoever is not signed in: a stream runs the app, and a link needs no app.
            place = round_trip.remembered(_address(asked.path, asked.rest), sign_in.origin)
            return await round_trip.ask_to_sign_in(sign_in, send, place, asked.cookies)
        if kind is PAGE and (instead := self._way_in(asked)):
            return await answer(send, *instead)
        if kind is PROOF:
            whole = way_in.CHALLENGE.fullmatch(asked.query)
            told = self.door.proves(asked.query, str((scope.get("server") or ("",))[0])) if whole else ""
            return await answer(send, 200 if told else 404, told)
        if kind is UPLOAD:
            return await self._upload(asked, scope, receive, send)
        if kind is MEDIA and self.door.closed() and (refusal := self._not_theirs(self._who(asked), asked.path)):
            return await answer(send, *refusal)
        if kind is SIGN_IN and sign_in:
            return await round_trip.go(sign_in, self.door.pages, self.app, scope, receive, send, asked.cookies)
        await self.app(scope, receive, guarded(send, kept=kind is OPEN, secure=asked.is_by_tls))

    def _who(self, asked: Request) -> Any:
        """Who asks, and has done something by that; None for nobody."""
        who = self.door.who(asked.host, asked.cookies)
        if who is not None and (sign_in := self.door.signs_in(asked.host)):
            sign_in.used(asked.cookies)
        return who

    def _not_theirs(self, who: Any, path: str) -> tuple[int, str] | None:
        """How what nobody else may have is refused; None for whoever was handed it, and may still be there."""
        if who is None:
            return 401, way_in.HOW
        return None if self.handed.has(who, path) else (404, NOT_HANDED)

    def _way_in(self, asked: Request) -> tuple[int, str, Mapping[str, str]] | None:
        """What a page is answered with in place of itself: the way in, or how to find it; None where it may be shown.

        A link in a letter leads here without the cookie, which goes with nobody else's links: so the small page asks
        once more by itself, and then the cookie comes along.
        """
        words, rest = asked.words, asked.rest
        here = _address(asked.path, rest)
        if self.door.signs_in(asked.host):  # whoever is there has signed in: a token is nothing here
            return (303, "", {"location": here}) if len(rest) < len(words) else None
        token = next((value for name, value in words if name == way_in.TOKEN), None)
        if token is not None:
            if asked.method != "GET" or "prefetch" in asked.headers.get("sec-purpose", ""):
                return 403, "A link that works once is not looked at beforehand.", {}
            if cookie := self.door.exchange(token):
                return 303, "", {"location": here, "set-cookie": cookie}
        if not self.door.closed() or self._who(asked) is not None:
            return (303, "", {"location": here}) if len(rest) < len(words) else None
        if token is not None:
            return 401, way_in.small_page(way_in.USED_UP), way_in.AS_PAGE
        if any(name == way_in.AGAIN for name, _ in words):
            return 401, way_in.small_page(way_in.HOW), way_in.AS_PAGE
        again = _address(asked.path, [*rest, (way_in.AGAIN, "1")])
        return 401, way_in.small_page(way_in.HOW, again), way_in.AS_PAGE

    async def _upload(self, asked: Request, scope: Scope, receive: Receive, send: Send) -> None:
        """A file is given only by whoever has come in, made-up records or not: what is given is real."""
        who = self._who(asked)
        if refusal := self._not_theirs(who, asked.path):
            return await answer(send, *refusal)
        if not self.door.may_give(who):
            return await answer(send, 403, "Your role brings in no files.")
        session, told = asked.path.split("/")[3], asked.headers.get("content-length", "0")
        length = int(told) if told.isdecimal() else MOST_BYTES + 1
        if self._held(session) + length > MOST_BYTES:
            return await answer(send, 413, "This is more than the app holds at once. Import it from the command line.")
        came = 0

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            self._arriving[session] = self._arriving.get(session, 0) + len(message.get("body", b""))
            # Of a body that goes on, whatever length it had been given, no more is read: it counts as broken off.
            return message if self._held(session) <= MOST_BYTES else {"type": "http.disconnect"}

        try:
            await self.app(scope, counted, guarded(send, secure=asked.is_by_tls))
        finally:
            self._arriving[session] = self._arriving.get(session, 0) - came
            if self._arriving[session] <= 0:
                del self._arriving[session]

    def _held(self, session: str) -> int:
        return self.door.held(session) + self._arriving.get(session, 0)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = understood(scope, self.door)
        if asked is None or asked.host not in self.door.hosts or not asked.is_ours or asked.path != STREAM:
            return await send({"type": "websocket.close", "code": POLICY})
        stream = Stream(self.door, self.handed, asked, receive, send)
        if not stream.may_stay or stream.is_to_go_on_with_anothers(scope):
            return await self._send_away(scope, stream, send)
        if not self._has_room(stream):
            return await send({"type": "websocket.close", "code": TOO_MANY})
        who = stream.who
        self._open[who] += 1
        watching = asyncio.create_task(stream.watch())
        try:
            await self.app(scope, stream.receive, stream.send)
        finally:
            watching.cancel()
            self._open -= Counter([who])
            self._ended.append((self.door.clock(), who))

    async def _send_away(self, scope: Scope, stream: Stream, send: Send) -> None:
        """Whoever had a stream before, and whose time ended while their computer slept: their screen is cleared.

        So is one that was drawn for somebody else.
        """
        offered = scope.get("subprotocols", ())
        if self.door.farewell and len(offered) == OF_A_PAGE_THAT_HAD_ONE:
            await stream.send({"type": "websocket.accept", "subprotocol": offered[0]})
            return await stream.end()
        await send({"type": "websocket.close", "code": POLICY})

    def _has_room(self, stream: Stream) -> bool:
        while self._ended and self._ended[0][0] < self.door.clock() - KEPT_SECONDS:
            self._ended.popleft()
        sessions = self._open + Counter(who for _, who in self._ended)
        is_one_of_many = self.door.signs_in(stream.asked.host) is not None
        if is_one_of_many and (self._open[stream.who] >= MOST_STREAMS_OF_ONE or sessions[stream.who] >= MOST_OF_ONE):
            return False
        return self._open.total() < MOST_STREAMS and sessions.total() < MOST_SESSIONS


@dataclass
class Stream:
    """One open stream.

    It ends when the time of its cookie does, when the cookie stands for somebody else or for nobody any more, or when
    the first real records come and it has none.
    """

    door: Door
    handed: Handed
    asked: Request
    _receive: Receive
    _send: Send
    _ended: bool = False

    def __post_init__(self) -> None:
        # Somebody with a role and a scope: whose rights change is another.
        self.who, self._until = self.door.there(self.asked.host, self.asked.cookies)

    @property
    def may_stay(self) -> bool:
        """Whether whoever is there may hear or say one thing more, as far as was seen when it was last looked."""
        return not self._ended and (self._until > self.door.clock() or not self.door.closed())

    def is_to_go_on_with_anothers(self, scope: Scope) -> bool:
        """Whether the page names a session that is not known as this person's: it was drawn for somebody else.

        As when it comes back out of the browser's memory after another has signed in.
        """
        words = b",".join(value for name, value in scope["headers"] if name.lower() == OFFERED).split(b",")
        session = words[OF_A_PAGE_THAT_HAD_ONE - 1].strip() if len(words) >= OF_A_PAGE_THAT_HAD_ONE else b""
        return bool(session) and not self._is_handed(session.decode("latin-1"))

    async def look(self) -> None:
        """See who is there now, and end the stream where that is another than who opened it, or nobody."""
        who, until = self.door.there(self.asked.host, self.asked.cookies)
        self._until = until if who == self.who else 0.0
        if not self.may_stay:
            # Nothing is heard or said any more. Whoever signed out in this window is on the way out of it.
            await asyncio.sleep(SECONDS_TO_LEAVE)
            await self.end()

    async def watch(self) -> None:
        """Look every few seconds: who only reads says nothing, and nothing else would end the stream."""
        try:
            while not self._ended:
                await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
                await self.look()
        except Exception:  # of whom nothing can be said any more, nothing is believed
            await self.end()
            raise

    async def receive(self) -> Message:
        """The next message that is one of our pages' own."""
        while True:
            message = await self._receive()
            if message["type"] != "websocket.receive":
                return message
            await self.look()
            if self._ended:
                return {"type": "websocket.disconnect", "code": POLICY}
            told = message.get("bytes")
            if told is not None and self.door.admits(told, self._is_handed):
                if (sign_in := self.door.signs_in(self.asked.host)) and self.door.is_of_somebody(told):
                    sign_in.used(self.asked.cookies)
                return message

    async def send(self, message: Message) -> None:
        """Pass on what the app says, as long as whoever hears it may."""
        if message["type"] == "websocket.send" and not self.may_stay:
            await self.look()  # perhaps they were busy in another window meanwhile
        if not self._ended:
            self._ended = message["type"] == "websocket.close"
            if told := message.get("bytes"):
                self.handed.note(self.who, self.door.hands_out(told))
            await self._send(message)

    async def end(self) -> None:
        """Clear the screen, then close."""
        if not self._ended:
            self._ended = True
            if self.door.farewell:
                await self._send({"type": "websocket.send", "bytes": self.door.farewell})
            await self._send({"type": "websocket.close", "code": POLICY})

    def _is_handed(self, name: str) -> bool:
        return self.handed.has(self.who, name)

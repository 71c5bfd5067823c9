"""Requests and streams to the guard without a socket, and an app behind it that answers everything with a record."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from dashboard.door import STREAM, Door
from dashboard.guard import Guard
from dashboard.handed import Handed

HOST = "127.0.0.1:8501"
OURS = f"http://{HOST}"
NOW = 1_000.0
IN, OUT = "outcomes-8501=good", ""
SECRET = b"4711 Zaunkoenig"
UPLOAD = "/_stcore/upload_file/session/file"
Messages = list[dict[str, Any]]
Answered = TypeVar("Answered")


def alone(run: Callable[[], Answered]) -> Answered:
    """What this gives in a thread of its own: the browser of other tests keeps a loop running in ours."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(run).result()


def awaited(what: Coroutine[Any, Any, Answered]) -> Answered:
    """What comes of it, in a loop of its own."""
    return alone(lambda: asyncio.run(what))


@dataclass
class Streamlit:
    """Stands for what is behind the guard: remembers what reached it, and answers everything with a record."""

    reached: list[str] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    offered: list[str] = field(default_factory=list)
    body: int = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.reached.append(f"{scope.get('method', 'stream')} {scope.get('path')}")
        if scope["type"] == "websocket":
            self.offered = [value.decode() for name, value in scope["headers"] if name == b"sec-websocket-protocol"]
            await send({"type": "websocket.accept"})
            while (message := await receive())["type"] == "websocket.receive":
                self.heard.append(message["bytes"])
                await send({"type": "websocket.send", "bytes": SECRET})
            return
        while scope["method"] == "PUT" and (message := await receive())["type"] == "http.request":
            self.body += len(message["body"])
            if not message.get("more_body"):
                break
        headers = [(b"content-type", b"text/plain"), (b"access-control-allow-origin", b"*"),
                   (b"cache-control", b"public, max-age=9"), (b"x-frame-options", b"ALLOWALL")]  # fmt: skip
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": SECRET})


def door(closed: bool = True, kind: type[Door] = Door, **other: Any) -> Door:
    """Real records behind it, and one cookie that is good for an hour."""
    words: dict[str, Any] = {
        "hosts": frozenset({HOST, "localhost:8501"}), "pages": frozenset({"/", "/risk"}), "closed": lambda: closed,
        "until": lambda cookies: NOW + 3_600 if IN in cookies else 0.0,
        "exchange": lambda token: "outcomes-8501=new" if token == "once" else None,
        "admits": lambda told, is_handed: told.startswith(b"ours"), "clock": lambda: NOW,
    }  # fmt: skip
    return kind(**{**words, **other})


@dataclass(frozen=True)
class Answer:
    """What came back, and what reached the app."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    app: Streamlit
    sent: Messages

    @property
    def is_closed(self) -> bool:
        """Nothing reached the app, and nothing of it came back."""
        everything = b"".join(bytes(each.get("body") or each.get("bytes") or b"") for each in self.sent)
        return not self.app.reached and SECRET not in everything


def ask(
    path: str = "/",
    query: str = "",
    method: str = "GET",
    behind: Door | None = None,
    body: list[bytes] | None = None,
    headers: list[tuple[str, str]] | None = None,
    handed: Handed | None = None,
    **more: str,
) -> Answer:
    """A request to the guard; headers with an underscore for each hyphen, besides the usual Host.

    handed: to whom what was handed before; without it, whatever is asked for to whoever has come in.
    """
    given = headers if headers is not None else [("host", HOST)]
    given = [*given, *((name.replace("_", "-"), value) for name, value in more.items())]
    scope = {"type": "http", "method": method, "path": path, "query_string": query.encode(),
             "headers": [(name.encode(), value.encode()) for name, value in given]}  # fmt: skip
    pieces = body or [b""]
    coming = iter(
        {"type": "http.request", "body": piece, "more_body": place < len(pieces)}
        for place, piece in enumerate(pieces, 1)
    )
    if handed is None:
        handed = Handed()
        handed.note(True, [path])
    return passed(scope, behind or door(), lambda: next(coming), handed)


def talk(
    *told: bytes | str,
    behind: Door | None = None,
    origin: str | None = OURS,
    host: str = HOST,
    cookie: str = IN,
    path: str = STREAM,
    between: Callable[[int], None] = lambda place: None,
    handed: Handed | None = None,
    offered: Sequence[str] = (),
) -> Answer:
    """A stream to the guard, and what is said on it.

    between: done before each message; offered: each header of what a page of Streamlit's offers when it comes again.
    """
    headers = {"host": host, **({"origin": origin} if origin is not None else {}), "cookie": cookie}
    given = [*headers.items(), *(("sec-websocket-protocol", words) for words in offered)]
    scope = {"type": "websocket", "path": path, "query_string": b"",
             "headers": [(name.encode(), value.encode()) for name, value in given]}  # fmt: skip
    waiting = list(enumerate(told))

    def coming() -> dict[str, Any]:
        if not waiting:
            return {"type": "websocket.disconnect", "code": 1001}
        place, message = waiting.pop(0)
        between(place)
        return {"type": "websocket.receive", ("text" if isinstance(message, str) else "bytes"): message}

    scope["subprotocols"] = [word.strip() for words in offered for word in words.split(",")]
    return passed(scope, behind or door(), coming, handed or Handed())


async def _passing(before: Guard, scope: Any, receive: Any, send: Any) -> None:
    await before(scope, receive, send)


def passed(scope: Any, behind: Door, coming: Callable[[], dict[str, Any]], handed: Handed) -> Answer:
    """What the guard lets through of a request, and what it sends back."""
    app = Streamlit()
    sent: Messages = []

    async def receive() -> dict[str, Any]:
        return coming()

    async def send(message: Any) -> None:
        sent.append(message)

    awaited(_passing(Guard(app, behind, handed), scope, receive, send))
    start = sent[0] if sent else {}
    found = {name.decode(): value.decode() for name, value in start.get("headers", ())}
    body = b"".join(each.get("body", b"") for each in sent)
    return Answer(start.get("status", 0), found, body, app, sent)

"""How the guard answers: our headers on all that goes out, and short answers of our own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

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


def guarded(send: Send, *, kept: bool = True, secure: bool = False) -> Send:
    """The same answer with our headers, and with none that lets other pages read it.

    kept: whether a browser may keep it; what somebody downloads, or was shown, it may not. secure: whether a cookie
    that goes along is for TLS alone.
    """

    async def passed_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            replaced = (*HEADERS, *(() if kept else ("cache-control",)))
            theirs = [
                (name, value) for name, value in message.get("headers", ())
                if not name.lower().startswith(b"access-control-") and name.decode("latin-1").lower() not in replaced
            ]  # fmt: skip
            ours = {**HEADERS, **({} if kept else {"cache-control": "no-store"})}
            theirs = [(name, secured(value) if secure and is_cookie(name) else value) for name, value in theirs]
            message = {**message, "headers": [*theirs, *encoded(ours)]}
        await send(message)

    return passed_on


async def answer(
    send: Send, status: int, text: str, more: Mapping[str, str] | None = None, cookies: Sequence[bytes] = ()
) -> None:
    """A short answer of our own; the connection ends with it, and so does whatever is still being sent."""
    body = text.encode()
    headers = {"content-type": "text/plain; charset=utf-8", "cache-control": "no-store", "connection": "close",
               "content-length": str(len(body)), **HEADERS, **(more or {})}  # fmt: skip
    told = [*encoded(headers), *((b"set-cookie", cookie) for cookie in cookies)]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


def is_cookie(name: bytes) -> bool:
    """Whether a header gives the browser a cookie."""
    return name.lower() == b"set-cookie"


def secured(cookie: bytes) -> bytes:
    """A cookie that goes over nothing but TLS; Streamlit leaves that to whoever serves it."""
    return cookie if b"; secure" in cookie.lower() else cookie + b"; Secure"


def encoded(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Headers as ASGI has them."""
    return [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]

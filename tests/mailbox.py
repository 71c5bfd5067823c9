"""A mail server on this computer, for one test: what it takes lies in ``taken``."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult

from tests.patience import SECONDS

HOST = "127.0.0.1"


class Box:
    """What the server does with a mail, and those that it has taken. refuses: addresses that it takes none for."""

    def __init__(self, refuses: tuple[str, ...] = ()) -> None:
        self.refuses = refuses
        self.taken: list[EmailMessage] = []
        self.signed_in: list[tuple[str, str]] = []
        self.port = 0

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        """Take or refuse one whom a mail is to."""
        if address in self.refuses:
            return "550 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.taken.append(mail)
        return "250 OK"

    def authenticator(self, server: Any, session: Any, envelope: Any, mechanism: str, told: Any) -> AuthResult:
        """Let in whoever says the right password."""
        self.signed_in.append((told.login.decode(), told.password.decode()))
        return AuthResult(success=told.password == b"right", handled=False)


@contextmanager
def serving(box: Box, context: ssl.SSLContext | None = None, *, at_once: bool = False) -> Iterator[Box]:
    """A server that puts what it takes in the box; context: for STARTTLS, or at_once for TLS from the first byte on."""

    def one() -> SMTP:
        secured: dict[str, Any] = {"tls_context": context, "require_starttls": True} if context and not at_once else {}
        return SMTP(
            box, authenticator=box.authenticator, auth_require_tls=not at_once, enable_SMTPUTF8=False, ident="test",
            hostname="mail.test", loop=asyncio.get_running_loop(), **secured,
        )  # fmt: skip

    async def serve() -> None:
        over = asyncio.Event()
        ends.append((asyncio.get_running_loop(), over))
        listening = await asyncio.get_running_loop().create_server(one, HOST, 0, ssl=context if at_once else None)
        box.port = listening.sockets[0].getsockname()[1]
        ready.set()
        await over.wait()
        listening.close()
        await asyncio.sleep(0)

    ends: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(SECONDS)
    try:
        yield box
    finally:
        ((loop, over),) = ends
        loop.call_soon_threadsafe(over.set)
        thread.join(SECONDS)

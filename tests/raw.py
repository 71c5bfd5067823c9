"""An outsider's own client: a real server, and requests to it byte by byte, which no library would send."""

from __future__ import annotations

import base64
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg

from tests.patience import SECONDS, wait_until

LINK = re.compile(r"works once: (http://\S+)")
OUR_OWN = ("-m", "dashboard.cli", "serve")
"""By what a user starts the app."""


@dataclass(frozen=True)
class Served:
    """A server under way: its port, the link that it printed, what it says, and its process."""

    port: int
    link: str
    log: Path
    pid: int

    @property
    def host(self) -> str:
        """What it is called by its own pages."""
        return f"127.0.0.1:{self.port}"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


@contextmanager
def served(
    store: Path, log: Path, port: int | None = None, command: Sequence[str] = OUR_OWN, **more: str
) -> Iterator[Served]:
    """The app on a store, by the command that a user gives or another; more: of its environment."""
    port = port or free_port()
    words = [sys.executable, *command, "--store", str(store), "--port", str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(
            words, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, env={**os.environ, **more}
        )
        try:
            wait_until(lambda: server.poll() is not None or LINK.search(log.read_text()) is not None)
            link = LINK.search(log.read_text())
            assert link, f"The app did not start:\n{log.read_text()}"
            yield Served(port, link[1], log, server.pid)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                raise


def is_up(port: int) -> bool:
    """Whether Streamlit answers there, with our guard before it or without."""
    with suppress(OSError):
        return b" 200 " in asked(port, "/_stcore/health", {"Host": f"127.0.0.1:{port}"})[:20]
    return False


def asked(port: int, path: str, headers: Mapping[str, str | None], method: str = "GET", body: bytes = b"") -> bytes:
    """All that comes back of one request; a header that is None is left out."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
    lines += [f"Content-Length: {len(body)}"] if body else []
    return said(port, "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body)


def said(port: int, content: bytes) -> bytes:
    """All that comes back of these bytes, until the server hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        line.sendall(content)
        return b"".join(iter(lambda: line.recv(1 << 16), b""))


def streamed(port: int, headers: Mapping[str, str | None], until: bytes, path: str = "/_stcore/stream") -> bytes:
    """All that comes back on a stream on which a page is asked for, up to these bytes; all of it where none comes."""
    lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items() if value is not None)]
    lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
              f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}"]  # fmt: skip
    message = BackMsg()
    message.rerun_script.query_string = ""
    told = b""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as line:
        line.sendall("\r\n".join([*lines, "", ""]).encode("latin-1"))
        while b"\r\n\r\n" not in told and (more := line.recv(1 << 16)):
            told += more
        if b" 101 " in told:
            line.sendall(_frame(message.SerializeToString()))
        while until not in told and (more := line.recv(1 << 16)):
            told += more
    return told


def cookie_for(server: Served) -> str:
    """The cookie that the printed link is exchanged for."""
    path = "/" + server.link.partition("://")[2].partition("/")[2]
    answer = asked(server.port, path, {"Host": server.host}).decode("latin-1")
    found = re.search(r"^set-cookie: ([^;]+)", answer, re.MULTILINE | re.IGNORECASE)
    assert found, answer
    return found[1]


def _frame(content: bytes) -> bytes:
    """One message of a client: masked, as every client's is."""
    mask, size = os.urandom(4), len(content)
    head = bytes([0x82, 0x80 | size]) if size < 126 else bytes([0x82, 0x80 | 126]) + size.to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[place % 4] for place, byte in enumerate(content))

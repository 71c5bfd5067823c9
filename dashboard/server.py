"""The server: Streamlit's own app behind our guard, started by us so that it listens only as we say.

One process, on the loopback alone. The guard (`dashboard.guard`) stands before everything that Streamlit answers.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import h11
import uvicorn
from starlette.middleware import Middleware
from streamlit import config, runtime
from streamlit.proto.AuthRedirect_pb2 import AuthRedirect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.starlette import App
from streamlit.web.bootstrap import load_config_options
from uvicorn.protocols.http.h11_impl import H11Protocol

from dashboard import guard, settings
from dashboard.access import IMPORT, OPERATOR, Viewer
from dashboard.door import Door
from dashboard.engines.generations import Store
from dashboard.errors import Refused, StoreDamaged, WrongUsage
from dashboard.importing import desk, leftovers
from dashboard.launch import TOKEN_LENGTH, Launch
from dashboard.made_up import is_shipped
from dashboard.repeated import Repeated, often
from dashboard.shell import PAGES
from dashboard.shipped import shipped
from dashboard.sign_in import Arranged
from dashboard.streamlit_sign_in import StreamlitSignIn
from dashboard.warming import Warming

MOST_CONNECTIONS = 300
SECONDS_FOR_HEADERS = 10.0
SECONDS_TO_END = 3
MOST_IN_A_MESSAGE = 2 << 20
"""Bytes from a page to the app: what somebody chose and wrote, never a file."""
OF_OUR_PAGES = ("rerun_script", "stop_script", "file_urls_request", "app_heartbeat")
"""What a page sends. Not what anybody may send to anybody's session: `clear_cache`, `set_run_on_save`, and the like."""
PIECES = ("deferred_file", "dataframe_chunk")
"""What a page asks for piece by piece; the others would write files on this machine."""
FAREWELL = ForwardMsg(auth_redirect=AuthRedirect()).SerializeToString()
"""Sends a page to no other address than it has: it is asked for anew, and the guard answers."""
OWN_NAME = "outcomes.localhost"
"""A browser sends a cookie to every port of a host: under a name of our own, no other app is sent ours."""


class Impatient(H11Protocol):
    """HTTP that waits ten seconds for a request to be whole, its first and every later one, and then hangs up."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hang up at once where too many are there already."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            transport.abort()
            return
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Go on waiting while the headers are not whole: a byte now and then buys no more time."""
        super().data_received(data)
        if self.conn.their_state is not h11.IDLE or not self.conn.trailing_data[0]:
            self._stop_waiting()
        elif self._waiting is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there to wait for."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(SECONDS_FOR_HEADERS, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


class RealRecords:
    """Whether real records may be shown: some are kept, or somebody is bringing some in.

    Real is all that did not come with the app, whatever it says of itself.

    Asked with every message, so the manifests are read again only when the store has changed.
    """

    def __init__(self, store: Path) -> None:
        """store: the folder of the generations."""
        self._store = Store(store)
        self._seen: tuple[int, ...] | None = None
        self._kept = True

    def __call__(self) -> bool:
        """A generation that is kept may be shown again at any time; one that cannot be read may be anything."""
        root = self._store.root
        seen = (*_touched(root / "gen"), *_touched(root / "CURRENT"))
        if seen != self._seen:
            self._seen, self._kept = seen, self._any_real()
        return self._kept or desk.under_way(root) is not None or desk.holds_uploads(root)

    def _any_real(self) -> bool:
        try:
            return not all(is_shipped(kept.manifest) for kept in self._store.generations())
        except StoreDamaged:
            return True


def serve(
    store: Path, host: str, listening: socket.socket, announce: Callable[[str], None], said: Arranged | None = None
) -> None:
    """Serve the app of this store until it is ended.

    host, listening: an address of the loopback, and what is bound to it; announce: told the address to open once it
    answers; said: how people sign in, where they do.
    """
    port = int(listening.getsockname()[1])
    # Streamlit looks for its settings where it is started: beside app.py.
    os.chdir(shipped("app.py").parent)
    os.environ[settings.STORE] = str(store)
    load_config_options({"server_address": host, "server_port": port, "server_headless": True,
                         "browser_gatherUsageStats": False, "global_developmentMode": False,
                         "secrets_files": []})  # fmt: skip
    sign_in = signs_in(store, said) if said else None
    launch, address = Launch(store, port), f"http://{known_as(host)}:{port}"
    launch.forget_tokens()
    leftovers.clear(store)
    door = door_of(store, launch, addresses(host, port), sign_in)
    guard.stand(door)
    app = App(
        shipped("app.py"), middleware=[Middleware(guard.Guard, door=door)], secrets=sign_in.secrets if sign_in else None
    )
    # So that what is to be cleared is cleared, however it is ended: the server gives the signal on when it is done.
    signal.signal(signal.SIGTERM, _end)
    try:
        launch.is_served_at(address)
        # Whoever comes from here on waits for the first answer, and is not turned away.
        announce(address)
        with suppress(KeyboardInterrupt), Warming(store):
            uvicorn.Server(_settings(app)).run(sockets=[listening])
    finally:
        launch.forget_tokens()
        leftovers.clear(store)


def _end(number: int, frame: object) -> None:
    raise SystemExit(128 + number)


def signs_in(store: Path, said: Arranged) -> StreamlitSignIn:
    """Who is signed in at this store. Raises Refused where Streamlit would believe somebody else of who is there."""
    if config.get_option("server.trustedUserHeaders"):
        raise Refused(
            "The app does not start: server.trustedUserHeaders is set, so that whoever reaches this port could say who "
            "they are, and people are to sign in. Take that setting out, or sign_in.toml."
        )
    return StreamlitSignIn(store, said, settings.read(store=store).opened_audit)


def door_of(store: Path, launch: Launch, hosts: frozenset[str], sign_in: StreamlitSignIn | None = None) -> Door:
    """What the guard of this app must know."""
    return Door(
        hosts=hosts | ({sign_in.host} if sign_in else frozenset()),
        pages=frozenset(f"/{page.path}" for page in PAGES),
        # Where people sign in, nobody tries the app out: what is shown is told by who is there.
        closed=(lambda: True) if sign_in else RealRecords(store),
        until=launch.until,
        exchange=on_record(launch.exchange, store),
        admits=admits,
        hands_out=hands_out,
        may_give=lambda who: who is True or (isinstance(who, Viewer) and who.may(IMPORT)),
        held=held,
        proves=launch.answer_to,
        sign_in=sign_in,
        is_of_somebody=is_of_somebody,
        farewell=FAREWELL,
    )


def on_record(exchange: Callable[[str], str | None], store: Path) -> Callable[[str], str | None]:
    """The exchange of a link for a cookie, with a line in the audit before anybody is let in, and for whoever is not.

    Of what is no link of ours, by its length, there is no line, and of many that let nobody in few lines: nobody fills
    the audit by asking.
    """
    who = {"viewer": OPERATOR.name, "role": OPERATOR.role}

    def refused(times: int) -> None:
        line = {**who, "question": "sign-in", "why": "The link was used before, or is too old."}
        settings.read(store=store).opened_audit().refused(line | often(times))

    false_links = Repeated(refused)

    def exchanged(token: str) -> str | None:
        cookie = exchange(token)
        if cookie is not None:
            settings.read(store=store).opened_audit().changed({**who, "change": "sign-in"})
        elif len(token) == TOKEN_LENGTH:
            false_links.tried()
        return cookie

    return exchanged


def addresses(host: str, port: int) -> frozenset[str]:
    """All that the app may be called by, each with its port: nothing else that leads to this machine."""
    return frozenset(f"{name}:{port}" for name in (in_a_link(host), "localhost", OWN_NAME))


def in_a_link(host: str) -> str:
    """A host as it stands in an address: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def known_as(host: str, etc: Path = Path("/etc")) -> str:
    """The name of the app's own where this machine knows it by itself, else the address.

    Read from the machine's settings and not tried out: a machine that does not know the name would ask others for it.
    """
    with suppress(OSError):
        asked = re.search(r"^hosts:(.*)$", (etc / "nsswitch.conf").read_text(encoding="utf-8"), re.MULTILINE)
        by_itself = (asked[1] if asked else "").partition("dns")[0].split()
        if host == settings.HOST and {"myhostname", "resolve"} & set(by_itself):
            return OWN_NAME
    return in_a_link(host)


def bound(host: str, port: int) -> socket.socket:
    """The socket that is listened on. Raises Refused, in words, where another has it."""
    if not 1 <= port <= 65_535:
        raise WrongUsage(f"{port} is not a port. Choose 1 to 65535, such as --port {settings.PORT}.")
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        if os.name != "nt":  # where it would let two listen on one port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(128)
    except OSError as problem:
        listening.close()
        raise Refused(
            f"Port {port} of {host} cannot be used ({problem.strerror or 'no such address'}). "
            f"Perhaps the app is already running there; otherwise choose another: --port {port % 65_535 + 1}."
        ) from None
    return listening


def admits(told: bytes, is_handed: Callable[[str], bool]) -> bool:
    """Whether this is a message that a page of ours sends. is_handed: whether its sender was handed what it names."""
    message = BackMsg()
    try:
        message.ParseFromString(told)
    except Exception:  # noqa: BLE001 (whatever is wrong with it, it is not one of ours)
        return False
    kind = message.WhichOneof("type")
    if kind == "backend_operation_request":
        asked = message.backend_operation_request
        piece = asked.WhichOneof("payload")
        return piece in PIECES and (piece != "deferred_file" or is_handed(asked.deferred_file.file_id))
    return kind in OF_OUR_PAGES


def hands_out(told: bytes) -> Iterator[str]:
    """The name of all that a message to a page hands on: its session, and files to take or to put somewhere.

    Read field by field, not looked for in the bytes: a page repeats much that is written on it.
    """
    message = ForwardMsg.FromString(told)
    kind = message.WhichOneof("type")
    if kind == "new_session":
        yield message.new_session.initialize.session_id
    elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "download_button":
        button = message.delta.new_element.download_button
        yield from filter(None, (button.url, button.deferred_file_id))
    elif kind == "backend_operation_response":
        yield from filter(None, [message.backend_operation_response.deferred_file.url])
    elif kind == "file_urls_response":
        for urls in message.file_urls_response.file_urls:
            yield from {urls.upload_url, urls.delete_url}


def is_of_somebody(told: bytes) -> bool:
    """Whether a message that is admitted was sent by something that somebody did, not by a page of its own accord."""
    message = BackMsg()
    message.ParseFromString(told)
    return message.WhichOneof("type") != "app_heartbeat" and not message.rerun_script.is_auto_rerun


def held(session: str) -> int:
    """The bytes of the files that a session has given and that are kept for it."""
    if not runtime.exists():
        return 0
    files: Any = runtime.get_instance().uploaded_file_mgr
    return sum(len(file.data) for file in list(files.file_storage.get(session, {}).values()))


def _settings(app: App) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Impatient,
        ws="websockets-sansio",
        ws_max_size=MOST_IN_A_MESSAGE,
        ws_ping_interval=30.0,
        ws_ping_timeout=30.0,
        ws_per_message_deflate=bool(config.get_option("server.enableWebsocketCompression")),
        limit_concurrency=MOST_CONNECTIONS,
        timeout_graceful_shutdown=SECONDS_TO_END,
        server_header=False,
        access_log=False,
        proxy_headers=False,
        log_level="warning",
        use_colors=False,
    )


def _touched(path: Path) -> tuple[int, ...]:
    with suppress(OSError):
        found = path.stat()
        return found.st_ino, found.st_mtime_ns, found.st_size
    return (0,)

"""A real server on real records, and an outsider's sockets: nothing of a record comes back, and nothing leaves."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.starlette import App
from uvicorn.server import ServerState

from dashboard import audit, private, server
from dashboard.access import OPERATOR
from dashboard.engines.generations import Store
from dashboard.importing import desk
from dashboard.launch import TOKEN_LENGTH
from dashboard.shipped import shipped
from tests import raw
from tests.importing.test_upgrading import SHIPPED, earlier
from tests.importing.written import take, write
from tests.outsider import alone
from tests.patience import wait_until

pytestmark = pytest.mark.xdist_group("server")

CANARY = "Zaunkoenig"
EXTERNAL, INTERNAL = "203.0.113.7", "198.51.100.7"
EARLY = f"""
import os, sys
told = os.path.join(os.path.dirname(__file__), "told.txt")
ours = ("127.0.0.1", "::1", "localhost", None, "")

def hears(event, words):
    place = {{"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0, "socket.gethostbyname": 0}}.get(event)
    address = words[place] if place is not None else None
    if isinstance(address, tuple):
        address = address[0]
    if isinstance(address, str) and address not in ours:
        with open(told, "a") as file:
            file.write(f"{{event}} {{address}}\\n")

sys.addaudithook(hears)
from streamlit import net_util
from streamlit.web.server.starlette import starlette_websocket
net_util._external_ip, net_util._internal_ip = {EXTERNAL!r}, {INTERNAL!r}
known = starlette_websocket.is_url_from_allowed_origins

def asks(url):
    with open(told, "a") as file:
        file.write(f"Streamlit was asked about {{url}}\\n")
    return known(url)

starlette_websocket.is_url_from_allowed_origins = asks
"""
"""Run before the server: writes down whatever leaves this machine and whatever Streamlit's own check is asked, and
poisons the addresses that it believes this machine has."""


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("early")
    (folder / "sitecustomize.py").write_text(EARLY, encoding="utf-8")
    (folder / "told.txt").touch()
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two real operations, one of a surgeon whose name is the canary: of one alone there would be no choice."""
    folder = tmp_path_factory.mktemp("real")
    head = "operation_id|patient_id|surgery_date|procedure|surgeon"
    operations = f"{head}\nO1|P1|2024-01-01|tlif|{CANARY}\nO2|P1|2022-01-02|tlif|Another"
    take(write(folder / "records", operations=operations), folder / "store")
    return folder / "store"


@pytest.fixture(scope="module")
def real(store: Path, early: Path) -> Iterator[raw.Served]:
    root = Path(__file__).resolve().parents[1]
    with raw.served(store, early / "log.txt", PYTHONPATH=f"{early}:{root}") as where:
        yield where


@pytest.fixture(scope="module")
def cookie(real: raw.Served) -> str:
    return raw.cookie_for(real)


def test_whoever_has_come_in_sees_the_records(real: raw.Served, cookie: str) -> None:
    headers = {"Host": real.host, "Origin": f"http://{real.host}", "Cookie": cookie}
    told = raw.streamed(real.port, headers, CANARY.encode())
    assert b" 101 " in told
    assert CANARY.encode() in told


def test_no_outsider_gets_a_byte_of_a_record_and_nothing_leaves_this_machine(
    real: raw.Served, cookie: str, early: Path
) -> None:
    port, ours = real.port, f"http://{real.host}"
    hosts = [real.host, f"localhost:{port}", "evil.example", f"evil.example:{port}", "127.0.0.1", f"{EXTERNAL}:{port}",
             f"{INTERNAL}:{port}", None]  # fmt: skip
    origins = [ours, f"http://localhost:{port}", "http://evil.example", f"http://evil.example:{port}", "null", None,
               f"http://127.0.0.1:{port + 1}", "http://localhost:8888", f"http://{EXTERNAL}", f"http://{INTERNAL}",
               f"http://{EXTERNAL}:{port}"]  # fmt: skip
    tried = 0
    for host, origin, sent in itertools.product(hosts, origins, (None, cookie, "outcomes-1=x", f"{cookie}0")):
        if sent == cookie and (origin == f"http://{host}"):
            continue  # whoever has come in, by one of our own names
        headers = {"Host": host, "Origin": origin, "Cookie": sent}
        told = raw.streamed(port, headers, CANARY.encode())
        assert b" 101 " not in told, headers
        assert told.startswith(b"HTTP/1.1 4"), headers
        body = told.partition(b"\r\n\r\n")[2]
        assert CANARY.encode() not in told
        assert len(body) < 100, (headers, body)
        tried += 1
    for path, method, host, origin, sent in itertools.product(
        ("/media/x.csv", "/_stcore/upload_file/s/f", "/_stcore/metrics", "/_stcore/agent/openapi.json", "/"),
        ("GET", "PUT"), (real.host, "evil.example"), (ours, "http://evil.example", None), (None, f"{cookie}0"),
    ):  # fmt: skip
        told = raw.asked(port, path, {"Host": host, "Origin": origin, "Cookie": sent}, method, b"x" * (method == "PUT"))
        assert told.startswith(b"HTTP/1.1 4"), (path, method, host, origin, sent, told)
        assert CANARY.encode() not in told
        tried += 1
    print(f"{tried} combinations of host, origin, cookie and path: 0 bytes of a record")
    assert (early / "told.txt").read_text() == ""


def test_what_no_library_would_send_gets_no_further(real: raw.Served, cookie: str) -> None:
    ours, evil = f"Host: {real.host}\r\n", "Host: evil.example\r\n"
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + "A" * 22
    stream = f"{upgrade}==\r\nCookie: {cookie}\r\n"
    end = "Connection: close\r\n\r\n"
    rows = {
        f"GET /_stcore/health HTTP/1.1\r\n{ours}\r\nGET /_stcore/health HTTP/1.1\r\n{evil}{end}": [200, 421],
        f"GET http://evil.example/ HTTP/1.1\r\n{ours}{end}": [404],
        f"GET http://{real.host}/ HTTP/1.1\r\n{evil}Cookie: {cookie}\r\n{end}": [421],
        "GET / HTTP/1.0\r\n\r\n": [421],
        f"GET / HTTP/1.1\r\n{ours}{evil}{end}": [400],
        f"GET /%5fstcore/stream HTTP/1.1\r\n{ours}{stream}\r\n": [403],
        f"GET / HTTP/1.1\r\n{ours}Origin: http://{real.host}\r\n{stream}\r\n": [403],
        f"GET /_stcore/stream HTTP/1.1\r\n{ours}Origin: http://{real.host}\r\nCookie: {cookie}\r\n{end}": [404],
        f"GET /static/%2e%2e/index.html HTTP/1.1\r\n{ours}{end}": [404],
        f"GET /static/..%5c..%5cx HTTP/1.1\r\n{ours}{end}": [404],
        f"GET /%00 HTTP/1.1\r\n{ours}{end}": [404],
        f"GET /?launch=x%0d%0aSet-Cookie:a=b HTTP/1.1\r\n{ours}{end}": [401],
        f"CONNECT evil.example:80 HTTP/1.1\r\n{ours}\r\n": [404],
        f"GET / HTTP/1.1\r\n{ours}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x": [400],
        "\x16\x03\x01\x02\x00": [400],
    }
    for sent, statuses in rows.items():
        told = raw.said(real.port, sent.encode("latin-1"))
        assert [int(found) for found in re.findall(rb"HTTP/1\.1 (\d+)", told)] == statuses, (sent, told)
        assert CANARY.encode() not in told
        assert b"a=b" not in told


def test_what_leaves_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(EARLY, encoding="utf-8")
    leaves = (
        "from sys import audit; audit('socket.connect', 0, ('203.0.113.9', 80)); audit('socket.getaddrinfo', 'a.b')"
    )
    root = Path(__file__).resolve().parents[1]
    subprocess.run([sys.executable, "-c", leaves], env={"PYTHONPATH": f"{tmp_path}:{root}"}, check=True)
    assert (tmp_path / "told.txt").read_text() == "socket.connect 203.0.113.9\nsocket.getaddrinfo a.b\n"


def test_streamlits_own_check_would_have_believed_the_poisoned_address(monkeypatch: pytest.MonkeyPatch) -> None:
    from streamlit import net_util
    from streamlit.web.server.server_util import is_url_from_allowed_origins

    monkeypatch.setattr(net_util, "_external_ip", EXTERNAL)
    monkeypatch.setattr(net_util, "_internal_ip", INTERNAL)
    assert is_url_from_allowed_origins(f"http://{EXTERNAL}")


def test_streamlit_started_by_itself_shows_no_real_record_to_anybody(store: Path, tmp_path: Path) -> None:
    root, port = Path(__file__).resolve().parents[1], raw.free_port()
    words = ["-m", "streamlit", "run", str(root / "app.py"), f"--server.port={port}", "--server.address=127.0.0.1"]
    with (tmp_path / "log.txt").open("w") as log:
        past = subprocess.Popen(
            [sys.executable, *words], cwd=root, stdout=log, stderr=log,
            env={**os.environ, "OUTCOMES_STORE": str(store), "PYTHONPATH": str(root)},
        )  # fmt: skip
        try:
            wait_until(lambda: raw.is_up(port))
            headers = {"Host": f"127.0.0.1:{port}", "Origin": f"http://127.0.0.1:{port}"}
            told = raw.streamed(port, headers, b"Start with")
        finally:
            past.terminate()
            past.wait()
    assert b"Start with `python3 -m dashboard`." in told
    assert CANARY.encode() not in told


def test_the_link_was_used_and_lets_nobody_in_again(real: raw.Served, cookie: str) -> None:
    del cookie  # for which it was used
    path = "/" + real.link.partition("://")[2].partition("/")[2]
    told = raw.asked(real.port, path, {"Host": real.host})
    assert told.startswith(b"HTTP/1.1 401")
    assert b"set-cookie" not in told.lower()


def test_who_came_in_and_who_did_not_is_on_record(real: raw.Served, store: Path, cookie: str) -> None:
    del cookie  # whoever bears it came in
    for token in ("x" * TOKEN_LENGTH, "short"):
        raw.asked(real.port, f"/?launch={token}", {"Host": real.host})
    lines = audit.lines_of(store / "audit")
    # One, also where a link that was used up has been tried before: those that follow are counted.
    assert [line["question"] for line in lines if line["what"] == "refusal"] == ["sign-in"]
    assert [line["role"] for line in lines if line.get("change") == "sign-in"] == [OPERATOR.role]
    assert audit.verify(store / "audit") == []


def test_a_restart_leaves_the_cookie_good_and_every_link_worthless(
    store: Path, real: raw.Served, cookie: str, tmp_path: Path
) -> None:
    from dashboard.launch import Launch

    assert Launch(store, real.port).until(cookie) > 0
    unused = Launch(store, real.port).new_token(9_999)
    with raw.served(store, tmp_path / "log.txt") as again:
        told = raw.asked(again.port, f"/?launch={unused}", {"Host": again.host})
    assert told.startswith(b"HTTP/1.1 401")
    assert Launch(store, real.port).until(cookie) > 0


class Line:
    """Stands for a connection: remembers whether it was hung up on."""

    def __init__(self) -> None:
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True

    def get_extra_info(self, _: str) -> Any:
        return None

    def __getattr__(self, _: str) -> Any:
        return lambda *_: None


@pytest.fixture
def waiting() -> Iterator[Any]:
    """A connection that was just made, its line and its loop, and the seconds of each wait that was begun."""
    loop = asyncio.new_event_loop()
    waits: list[float] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})

    begun = loop.call_later
    loop.call_later = lambda seconds, *words, **more: waits.append(seconds) or begun(seconds, *words, **more)  # type: ignore[method-assign,func-returns-value]
    made = server.Impatient(uvicorn.Config(app, log_level="warning"), ServerState(), {}, loop)
    line = Line()
    made.connection_made(line)  # type: ignore[arg-type]
    yield made, line, loop, waits
    made.connection_lost(None)
    loop.close()


def test_a_connection_that_says_nothing_or_half_a_request_is_hung_up_on_after_ten_seconds(waiting: Any) -> None:
    made, line, _, waits = waiting
    assert waits == [10.0]
    for piece in (b"GET / HT", b"TP/1.1\r\n", b"Host: x\r\n", b"X: "):
        made.data_received(piece)
    assert waits == [10.0]  # a byte now and then buys no more time
    assert made._waiting is not None
    made._waiting._run()
    assert line.aborted


def test_a_whole_request_is_waited_for_no_more_and_the_next_one_is_again(waiting: Any) -> None:
    made, line, loop, waits = waiting
    made.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    assert not made._waiting
    alone(lambda: loop.run_until_complete(asyncio.wait(made.tasks)))
    before = len(waits)
    made.data_received(b"GET / HT")
    assert waits[before:] == [10.0]
    assert made._waiting is not None
    assert not line.aborted


def test_more_connections_than_there_may_be_are_hung_up_on(monkeypatch: pytest.MonkeyPatch, waiting: Any) -> None:
    made, _, loop, _ = waiting
    monkeypatch.setattr(server, "MOST_CONNECTIONS", 1)
    second, line = server.Impatient(made.config, made.server_state, {}, loop), Line()
    second.connection_made(line)  # type: ignore[arg-type]
    assert line.aborted


def message(kind: str, value: Any = True) -> bytes:
    told = BackMsg()
    if kind in ("deferred_file", "dataframe_chunk", "install_skills", "dismiss_skills_nudge"):
        getattr(told.backend_operation_request, kind).SetInParent()
    elif kind in ("rerun_script", "file_urls_request"):
        getattr(told, kind).SetInParent()
    else:
        setattr(told, kind, value)
    return bytes(told.SerializeToString())


def test_messages_that_our_pages_send_are_admitted_and_no_others() -> None:
    kinds = [field.name for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields]
    admitted = {kind for kind in kinds if kind != "backend_operation_request" and is_admitted(message(kind))}
    assert admitted == set(server.OF_OUR_PAGES)
    assert {"clear_cache", "set_run_on_save", "load_git_info", "debug_shutdown_runtime"} <= set(kinds) - admitted
    payloads = ("deferred_file", "dataframe_chunk", "install_skills", "dismiss_skills_nudge")
    assert [kind for kind in payloads if is_admitted(message(kind))] == list(server.PIECES)
    assert not any(map(is_admitted, (b"", b"\xff\xff", b"x" * 99)))


def is_admitted(told: bytes) -> bool:
    """Whether a message is, of somebody who was handed what it names."""
    return server.admits(told, lambda name: True)


def test_what_is_kept_or_given_says_whether_real_records_may_be_shown(tmp_path: Path) -> None:
    store = tmp_path / "store"
    closed = server.RealRecords(store)
    assert not closed()
    earlier(store, made_up=True, sources=SHIPPED)
    assert not closed()
    files = desk.put_down(store, {"operations.csv": b"x"})
    assert closed()
    files[0].unlink()
    files[0].parent.rmdir()
    assert not closed()
    take(write(tmp_path / "records"), store)
    assert closed()
    Store(store).restore(1)  # the real ones are kept, and one command away
    assert closed()


@pytest.mark.parametrize("words", ["{}", "[]", "x", json.dumps({"made_up": "yes"}), json.dumps({"made_up": None})])
def test_a_generation_of_which_nobody_knows_is_taken_for_real(tmp_path: Path, words: str) -> None:
    store = earlier(tmp_path / "store", made_up=True, sources=SHIPPED)
    closed = server.RealRecords(store.root)
    assert not closed()
    (store.root / "gen" / "000002.json").write_text(words, encoding="utf-8")
    assert closed()


@pytest.mark.parametrize(
    ("hosts", "host", "name"),
    [("files myhostname dns", "127.0.0.1", "outcomes.localhost"), ("files resolve [!UNAVAIL=return] dns", "127.0.0.1",
     "outcomes.localhost"), ("files dns myhostname", "127.0.0.1", "127.0.0.1"), ("files dns", "127.0.0.1", "127.0.0.1"),
     ("files myhostname", "127.0.0.2", "127.0.0.2"), ("files myhostname", "::1", "[::1]"), (None, "127.0.0.1",
     "127.0.0.1")],
)  # fmt: skip
def test_a_name_of_its_own_is_used_where_the_machine_knows_it_without_asking_others(
    tmp_path: Path, hosts: str | None, host: str, name: str
) -> None:
    if hosts is not None:
        (tmp_path / "nsswitch.conf").write_text(f"passwd: files\nhosts: {hosts}\nnetworks: files\n", encoding="utf-8")
    assert server.known_as(host, tmp_path) == name
    assert f"{name}:8501" in server.addresses(host, 8501)


def test_what_the_server_is_told() -> None:
    told = server._settings(App(shipped("app.py")))
    assert (told.limit_concurrency, told.http, told.ws_max_size) == (300, server.Impatient, 2 << 20)
    assert (told.server_header, told.access_log) == (False, False)


def test_the_store_is_still_its_owners_alone(store: Path, real: raw.Served) -> None:
    del real
    assert private.complaint(store) == ""

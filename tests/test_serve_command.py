"""`outcomes serve` listens on this computer alone; `outcomes open` makes a new way in, and gives it to nobody else."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from dashboard import cli, server
from dashboard.errors import Refused
from dashboard.launch import ADDRESS, FOLDER, Launch
from dashboard.serve_command import is_ours, loopback
from dashboard.way_in import PROOF
from tests.importing.test_upgrading import earlier
from tests.provider import let_sign_in
from tests.raw import asked, free_port, served

pytestmark = pytest.mark.xdist_group("server")

Said = pytest.CaptureFixture[str]


@pytest.mark.parametrize(
    ("host", "listens"),
    [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.1"), ("::1", "::1"), ("[::1]", "::1"), ("127.0.0.2",) * 2],
)
def test_an_address_of_this_computer_is_listened_on(host: str, listens: str) -> None:
    assert loopback(host) == listens


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.4", "203.0.113.7", "example.org", "", "127.0.0.1.evil.example", "::ffff:1.2.3.4"],
)
def test_every_other_address_is_refused_with_the_way_through_a_tunnel(host: str, tmp_path: Path, capsys: Said) -> None:
    with pytest.raises(Refused, match=r"Let people sign in, .*; or reach it through an SSH tunnel on the same port"):
        loopback(host)
    assert cli.main(["serve", "--host", host, "--port", "8777", "--store", str(tmp_path / "store")]) == 1
    assert "ssh -L 8777:127.0.0.1:8777" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


def test_open_says_when_nothing_is_served(tmp_path: Path, capsys: Said) -> None:
    assert cli.main(["open", "--store", str(tmp_path)]) == 1
    assert "is not running" in capsys.readouterr().err
    Launch(tmp_path, 1).is_served_at(f"http://127.0.0.1:{free_port()}")  # where it was killed, and nobody answers
    assert cli.main(["open", "--store", str(tmp_path)]) == 1
    assert "Start it with: python3 -m dashboard" in capsys.readouterr().err


def test_open_makes_a_link_that_works_once_and_that_no_other_user_can_read(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    store = earlier(tmp_path / "store", made_up=False).root
    with served(store, tmp_path / "log.txt") as where:
        launch = Launch(store, where.port)
        assert is_ours(launch, f"http://{where.host}")
        assert not is_ours(Launch(tmp_path, where.port), f"http://{where.host}")  # of another store
        assert cli.main(["open", "--store", str(store)]) == 0
        link = re.findall(r"http://\S+", capsys.readouterr().out)[-1]
        path = "/" + link.partition("://")[2].partition("/")[2]
        # What the browser is started with, which everybody may see, is a file that only its owner may read.
        (page,) = (store / FOLDER).glob("*.html")
        assert opened == [page.as_uri()]
        assert link.partition("=")[2] not in opened[0]
        assert link in page.read_text(encoding="utf-8")
        if os.name == "posix":
            assert page.stat().st_mode & 0o077 == 0
        first, second = (asked(where.port, path, {"Host": where.host}) for _ in range(2))
        assert (first.split()[1], second.split()[1]) == (b"303", b"401")
    assert list((store / FOLDER).iterdir()) == []
    assert not is_ours(launch, f"http://{where.host}")


@contextmanager
def another_server(answer: Callable[[str], bytes], host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """Somebody else's server, which says this to whatever path it is asked for; its port."""

    class Asked(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told = answer(self.path)
            self.send_response(200)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((host, port), Asked) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield int(server.server_address[1])
        server.shutdown()


@pytest.mark.parametrize("answer", [b"ok", b"", b"x" * 64, b"\xff" * 64, b"0" * 5_000])
def test_open_hands_no_token_to_whoever_else_listens_on_the_port(
    tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    with another_server(lambda path: answer) as port:
        Launch(tmp_path, port).is_served_at(f"http://127.0.0.1:{port}")
        assert cli.main(["open", "--store", str(tmp_path)]) == 1
    assert "is not running" in capsys.readouterr().err
    assert (opened, [path.name for path in (tmp_path / FOLDER).iterdir()]) == ([], [ADDRESS])


def test_nobody_can_pass_on_what_our_server_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = earlier(tmp_path / "store", made_up=False).root
    with served(store, tmp_path / "log.txt") as where:
        launch = Launch(store, where.port)

        def passed_on(path: str) -> bytes:
            return asked(where.port, path, {"Host": where.host}).partition(b"\r\n\r\n")[2]

        with another_server(passed_on, "127.0.0.2", where.port):
            assert len(passed_on(f"{PROOF}?{'x' * 43}")) == 64
            assert not is_ours(launch, f"http://127.0.0.2:{where.port}")
            # A browser may try any address of a name: one that is somebody else's is one too many.
            look_up = socket.getaddrinfo

            def both(host: str, *words: Any, **more: Any) -> list[Any]:
                names = ("127.0.0.1", "127.0.0.2") if host == "localhost" else (host,)
                return [found for name in names for found in look_up(name, *words, **more)]

            monkeypatch.setattr("socket.getaddrinfo", both)
            assert not is_ours(launch, f"http://localhost:{where.port}")
        assert is_ours(launch, f"http://localhost:{where.port}")


@pytest.mark.parametrize("public", ["http://127.0.0.1:{port}", "https://127.0.0.1:{port}", "http://localhost:{port}"])
def test_the_name_of_the_link_is_not_that_at_which_people_sign_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said, public: str
) -> None:
    """There the link would let nobody in when the provider is down."""
    served: list[str] = []
    monkeypatch.setattr(server, "known_as", lambda host: host)
    monkeypatch.setattr(server, "serve", lambda store, host, *_: served.append(host))
    port, store = free_port(), tmp_path / "store"
    store.mkdir(mode=0o700)
    let_sign_in(store, public.format(port=port), clinic="https://login.clinic.example")
    refused = "localhost" not in public
    assert cli.main(["serve", "--port", str(port), "--store", str(store)]) == (1 if refused else 0)
    assert served == ([] if refused else ["127.0.0.1"])
    said = f"127.0.0.1:{port} is the name by which the app is opened on this computer"
    assert (said in capsys.readouterr().err) == refused

"""`outcomes serve` listens on this computer alone; `outcomes open` makes a new way in, and gives it to nobody else."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from dashboard import cli
from dashboard.errors import Refused
from dashboard.launch import FOLDER, Launch
from dashboard.serve_command import answers, loopback
from tests.importing.test_upgrading import earlier
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
    with pytest.raises(Refused, match="not yet possible without sign-in; reach it through an SSH tunnel on the same"):
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
        assert answers(f"http://{where.host}")
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
    assert not answers(f"http://{where.host}")

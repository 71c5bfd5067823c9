"""A link lets somebody in once; the cookie lasts for a day's work, and is worth nothing to anybody who made it up."""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path

import pytest

from dashboard import private
from dashboard.launch import COOKIE_SECONDS, FOLDER, KEY, Launch, address_of


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: float = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def launch(tmp_path: Path, clock: Clock) -> Launch:
    return Launch(tmp_path, 8501, clock)


def cookie_of(launch: Launch) -> str:
    """As a browser sends it back."""
    told = launch.exchange(launch.new_token())
    assert told is not None
    return told.partition(";")[0]


def test_the_cookie_is_out_of_reach_of_pages_and_of_other_sites_and_named_for_its_port(launch: Launch) -> None:
    told = launch.exchange(launch.new_token())
    assert told is not None
    ((name, morsel),) = SimpleCookie(told).items()
    assert name == "outcomes-8501"
    assert (morsel["httponly"], morsel["samesite"], morsel["path"]) == (True, "Strict", "/")
    assert morsel["max-age"] == "43200"
    assert not morsel["domain"]


def test_a_token_works_once(launch: Launch) -> None:
    token = launch.new_token()
    assert launch.exchange(token) is not None
    assert launch.exchange(token) is None


def test_of_many_who_come_with_one_token_at_once_one_is_let_in(launch: Launch) -> None:
    token, together, got = launch.new_token(), threading.Barrier(8), []

    def come() -> None:
        together.wait()
        got.append(launch.exchange(token))

    threads = [threading.Thread(target=come) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(one is not None for one in got) == 1


def test_a_token_that_waited_too_long_works_no_more(launch: Launch, clock: Clock) -> None:
    token = launch.new_token(seconds=120)
    clock.now += 121
    assert launch.exchange(token) is None
    clock.now -= 121
    assert launch.exchange(token) is None


@pytest.mark.parametrize("token", ["", "x", "../launch.key", "/etc/passwd", "\0", "address", "ü" * 5_000, "\ud800"])
def test_a_token_that_was_made_up_is_none(launch: Launch, token: str) -> None:
    launch.is_served_at("http://127.0.0.1:8501")
    private.secret(launch.store / KEY)
    assert launch.exchange(token) is None
    assert (launch.store / KEY).is_file()
    assert address_of(launch.store) == "http://127.0.0.1:8501"


def test_what_lies_in_the_store_is_not_the_token_and_is_the_owners_alone(launch: Launch) -> None:
    token = launch.new_token()
    (path,) = (launch.store / FOLDER).iterdir()
    assert token not in path.name + path.read_text()
    if os.name == "posix":
        assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
    launch.forget_tokens()
    assert launch.exchange(token) is None


def test_the_cookie_lasts_twelve_hours_and_over_a_restart(launch: Launch, clock: Clock) -> None:
    cookie = cookie_of(launch)
    again = Launch(launch.store, 8501, clock)
    assert again.until(f"a=b; {cookie}; c=d") == clock.now + COOKIE_SECONDS
    again.forget_tokens()
    assert again.until(cookie) > clock.now


def test_a_cookie_that_was_changed_or_made_up_is_worth_nothing(launch: Launch) -> None:
    cookie = cookie_of(launch)
    assert launch.until(cookie) > 0
    name, _, value = cookie.partition("=")
    until, nonce, code = value.split(".")
    forged = [
        "", "=", ";;;", value, f"{name}", f"{name}=", f"{name}=..", f"{name}={until}", f"{name}={until}.{nonce}",
        f"{name}={int(until) + 1}.{nonce}.{code}", f"{name}={until}.{nonce}x.{code}", f"{name}={until}.{nonce}.{code}0",
        f"{name}={until}.{nonce}.{'0' * 64}", f"{name}=inf.{nonce}.{code}", f"{name}={until}.{nonce}.ü",
        f"outcomes-8502={value}", f"{name.upper()}={value}", f"x{name}={value}",
    ]  # fmt: skip
    for place in range(len(value)):
        other = "x" if value[place] != "x" else "y"
        forged.append(f"{name}={value[:place]}{other}{value[place + 1 :]}")
    for each in forged:
        assert launch.until(each) == 0, each
    print(f"{len(forged)} forged cookies")


def test_a_good_cookie_counts_though_another_page_of_this_host_set_one_beside_it(launch: Launch) -> None:
    cookie = cookie_of(launch)
    assert launch.until(f"outcomes-8501=theirs; {cookie}") > 0
    assert launch.until(f"{cookie}; outcomes-8501=theirs") > 0


def test_a_cookie_under_a_name_with_another_blank_is_not_ours_and_one_from_the_future_is_nobodys(
    launch: Launch, clock: Clock
) -> None:
    cookie = cookie_of(launch)
    assert [launch.until(f"{blank}{cookie}") for blank in ("\xa0", "\x85", "\x1c", "\x0b")] == [0, 0, 0, 0]
    clock.now -= 60
    assert launch.until(cookie) > 0
    clock.now -= 3_600
    assert launch.until(cookie) == 0


def test_a_cookie_of_another_port_or_store_or_key_is_worth_nothing_here(
    launch: Launch, clock: Clock, tmp_path: Path
) -> None:
    value = cookie_of(launch).partition("=")[2]
    assert Launch(tmp_path, 8502, clock).until(f"outcomes-8502={value}") == 0
    assert Launch(tmp_path / "another", 8501, clock).until(f"outcomes-8501={value}") == 0
    (tmp_path / KEY).unlink()
    assert launch.until(f"outcomes-8501={value}") == 0


def test_where_it_is_served_is_known_while_it_is_served(launch: Launch) -> None:
    assert address_of(launch.store) == ""
    launch.is_served_at("http://127.0.0.1:8501")
    assert address_of(launch.store) == "http://127.0.0.1:8501"
    launch.forget_tokens()
    assert address_of(launch.store) == ""


def test_what_the_server_proves_itself_with_is_of_its_store_its_port_and_its_address_and_is_no_cookie(
    launch: Launch, tmp_path: Path
) -> None:
    proof = launch.answer_to("abc", "127.0.0.1")
    assert proof == Launch(tmp_path, launch.port).answer_to("abc", "127.0.0.1")
    others = (Launch(tmp_path, launch.port + 1), Launch(tmp_path / "another", launch.port))
    assert proof not in [other.answer_to("abc", "127.0.0.1") for other in others]
    assert proof not in (launch.answer_to("abd", "127.0.0.1"), launch.answer_to("abc", "127.0.0.2"))
    assert launch.until(f"{launch.cookie}={proof}") == 0

"""Who a cookie stands for, until when, and what of it is on record, with a clock of the test's own."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

import pytest

from dashboard import accounts, cookies, repeated, round_trip, shell, sign_in
from dashboard.access import OPERATOR, PLANNING, VISITOR, Viewer
from dashboard.audit import Audit
from dashboard.engines.sessions import Sessions
from dashboard.errors import NotAllowed, StoreDamaged
from dashboard.sign_in import IDLE_SECONDS, SESSION_SECONDS, SignIn, arranged
from tests.provider import ANNA, CLIENT, NOBODY, let_in, let_sign_in
from tests.test_launch import Clock

PUBLIC = "https://outcomes.clinic.example"
ISSUER = "https://login.clinic.example/realms/clinic"
OTHER = "https://login.other.example"
PERSON = {"name": "Anna Berg", "role": "surgeon", "surgeon": "S03", "iss": ISSUER, "sub": ANNA}
NOW = 2_000_000_000.0


@dataclass(frozen=True)
class At:
    """A store at which people sign in."""

    store: Path
    clock: Clock
    door: SignIn

    def come(self, provider: str = "clinic", cookies: str = "", **claims: object) -> str:
        """Sign in, with these claims besides the usual ones; the cookie as a browser sends it, empty for nobody."""
        said = {"iss": ISSUER, "sub": ANNA, "aud": CLIENT, "exp": NOW + 3_600, **claims}
        came = self.door.begin(provider, said, cookies)
        return came.cookie.partition(";")[0] if came else ""

    def who(self, cookies: str) -> Viewer | None:
        """Who bears these cookies."""
        return self.door.there(cookies)[0]

    def until(self, cookies: str) -> float:
        """Until when they may stay."""
        return self.door.there(cookies)[1]

    def wait(self, seconds: float) -> None:
        """Time goes by."""
        self.clock.now += seconds

    def close(self, provider: str) -> None:
        """The app is started again without a provider."""
        left = {name: one for name, one in self.door.said.providers.items() if name != provider}
        object.__setattr__(self.door, "said", replace(self.door.said, providers=left))

    def lines(self) -> list[dict[str, Any]]:
        """What the audit holds."""
        written = (self.store / "audit" / "audit.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in written.splitlines()]


@pytest.fixture
def at(tmp_path: Path) -> At:
    let_sign_in(tmp_path, PUBLIC, clinic=ISSUER, other=OTHER)
    let_in(tmp_path, PERSON)
    said, clock = arranged(tmp_path), Clock(NOW)
    assert said is not None
    return At(tmp_path, clock, SignIn(tmp_path, said, lambda: Audit(tmp_path / "audit"), clock))


def test_somebody_who_is_known_comes_in_with_their_role_until_nothing_is_done_or_twelve_hours_are_over(at: At) -> None:
    cookie = at.come()
    anna = at.who(cookie)
    assert anna == Viewer("Anna Berg", "surgeon", "S03")
    at.clock.now += IDLE_SECONDS - 1
    at.door.used(cookie)
    at.clock.now += IDLE_SECONDS - 1
    assert at.who(cookie) == anna
    at.clock.now += 1
    assert at.who(cookie) is None
    at.door.used(cookie)  # too late
    assert at.until(cookie) <= at.clock.now
    at.clock.now = NOW
    cookie = at.come()
    for _ in range(SESSION_SECONDS // 1_000):
        at.clock.now += 1_000
        at.door.used(cookie)
    assert at.who(cookie) == anna
    at.clock.now = NOW + SESSION_SECONDS
    assert at.who(cookie) is None


def test_the_cookie_goes_to_this_very_host_over_tls_alone_and_to_no_script(at: At) -> None:
    came = at.door.begin("clinic", {"iss": ISSUER, "sub": ANNA, "aud": CLIENT, "exp": NOW}, "")
    assert came is not None
    name, *attributes = came.cookie.split("; ")
    assert name.startswith("__Host-outcomes=")
    assert set(attributes) == {"Max-Age=43200", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
    assert {"Max-Age=0", "Path=/", "Secure"} < set(at.door.gone().split("; "))


def test_the_table_holds_no_cookie_and_of_a_person_only_who_it_is(at: At) -> None:
    cookie = at.come(email="anna@clinic.example", name="Anna")
    written = (at.store / "sessions.sqlite").read_bytes()
    assert ANNA.encode() in written
    assert cookie.partition("=")[2].encode() not in written
    assert b"anna@" not in written


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-app", "azp": CLIENT}, {"aud": [CLIENT, "another-app"], "azp": CLIENT}, {"aud": None},
     {"exp": NOW - 121}, {"exp": None}, {"iss": OTHER}, {"iss": None}, {"iss": f"{ISSUER}/"}],
)  # fmt: skip
def test_a_token_of_another_or_for_another_or_of_long_ago_is_none(at: At, claims: Mapping[str, object]) -> None:
    assert at.door.begin("clinic", {"iss": ISSUER, "sub": ANNA, "aud": CLIENT, "exp": NOW, **claims}, "") is None
    assert at.come("nowhere") == ""


def test_the_same_name_at_another_provider_is_another_person(at: At) -> None:
    assert at.come("other", iss=OTHER) == ""
    let_in(at.store, PERSON, {"name": "Another", "role": "auditor", "iss": OTHER, "sub": ANNA})
    found = at.who(at.come("other", iss=OTHER))
    assert found == Viewer("Another", "auditor")


def test_who_is_not_known_gets_a_number_that_is_on_record_and_no_session(at: At) -> None:
    came = at.door.begin("clinic", {"iss": ISSUER, "sub": NOBODY, "aud": CLIENT, "exp": NOW, "email": "x@y"}, "")
    assert came is not None
    assert came.cookie == ""
    (line,) = at.lines()
    assert (line["what"], line["quoted"]) == ("refusal", came.quoted)
    assert line["claims"] == {"iss": ISSUER, "sub": NOBODY}


def test_a_role_that_is_taken_away_ends_the_session_and_one_that_is_changed_changes_it(at: At) -> None:
    cookie = at.come()
    let_in(at.store, {**PERSON, "surgeon": "S04"})
    assert at.who(cookie) == Viewer("Anna Berg", "surgeon", "S04")
    let_in(at.store)
    assert (at.who(cookie), at.until(cookie)) == (None, 0.0)
    (at.store / "people.toml").unlink()
    assert at.who(cookie) is None


def test_somebody_who_is_not_known_and_tries_again_and_again_is_two_lines(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans: list[Callable[[], None]] = []
    monkeypatch.setattr(repeated, "_later", lambda seconds, call: spans.append(call))
    for sub in (NOBODY, "another"):
        for _ in range(50):
            came = at.door.begin("clinic", {"iss": ISSUER, "sub": sub, "aud": CLIENT, "exp": NOW}, "")
            assert came is not None
            assert came.quoted
    assert [line["claims"]["sub"] for line in at.lines()] == [NOBODY, "another"]
    for over in spans:
        over()
    assert [line.get("times") for line in at.lines()] == [None, None, 49, 49]
    assert len({line["quoted"] for line in at.lines()}) == 2


BY_ITSELF: dict[str, tuple[Callable[[At], object], str]] = {
    "idle": (lambda at: at.wait(IDLE_SECONDS), "Nothing was done for half an hour."),
    "twelve hours": (lambda at: at.wait(SESSION_SECONDS), "Twelve hours were over."),
    "taken out": (lambda at: let_in(at.store), "people.toml has no such entry now."),
    "the way taken out": (lambda at: at.close("clinic"), "The way by which they came was taken out of sign_in.toml."),
}  # fmt: skip


@pytest.mark.parametrize("how", BY_ITSELF)
def test_a_session_that_ends_by_itself_is_on_record_once_with_who_and_why(at: At, how: str) -> None:
    cookie = at.come()
    end, why = BY_ITSELF[how]
    end(at)
    for _ in range(3):
        assert at.who(cookie) is None
    at.door.used(cookie)
    at.door.end(cookie)
    (line,) = [line for line in at.lines() if line["change"] == "sign-out"]
    assert (line["viewer"], line["role"], line["why"]) == ("Anna Berg", "surgeon", why)


def test_a_session_at_which_nobody_looks_any_more_is_on_record_as_soon_as_somebody_works(at: At) -> None:
    at.come()
    at.wait(IDLE_SECONDS)
    assert [line["change"] for line in at.lines()] == ["sign-in"]
    at.come(exp=at.clock.now)
    assert [(line["change"], line.get("why", "")) for line in at.lines()] == [
        ("sign-in", ""), ("sign-out", "Nothing was done for half an hour."), ("sign-in", ""),
    ]  # fmt: skip


def test_no_session_ends_while_the_file_of_people_is_being_mended(at: At) -> None:
    cookie, path = at.come(), at.store / "people.toml"
    kept = path.read_text(encoding="utf-8")
    path.write_text("[[person]", encoding="utf-8")
    assert at.who(cookie) is None
    path.write_text(kept, encoding="utf-8")
    assert at.who(cookie) is not None
    assert [line["change"] for line in at.lines()] == ["sign-in"]


def test_whoever_was_entered_twice_comes_in_by_neither_and_it_is_told_why(at: At) -> None:
    tid = "72f988bf-86f1-41af-91ab-2d7cd011db47"
    issuer = accounts.ENTRA.format(tid=tid)
    by_sub = {"name": "Eva Ernst", "role": "steward", "iss": issuer, "sub": "eva"}
    by_oid = {"name": "E. Ernst", "role": "operator", "tid": tid, "oid": "o"}
    let_in(at.store, by_sub, by_oid)
    let_sign_in(at.store, PUBLIC, clinic=issuer)
    said = arranged(at.store)
    assert said is not None
    door = replace(at.door, said=said)
    came = door.begin("clinic", {"iss": issuer, "sub": "eva", "tid": tid, "oid": "o", "aud": CLIENT, "exp": NOW}, "")
    assert came is not None
    assert came.cookie == ""
    (line,) = at.lines()
    assert line["quoted"] == came.quoted
    assert line["why"] == accounts.TWICE.format(names="Eva Ernst and E. Ernst")


def test_a_cookie_is_nothing_after_signing_out_or_in_again_or_without_the_secret(at: At) -> None:
    first = at.come()
    second = at.come(cookies=first)
    assert (at.who(first), at.who(second)) == (None, Viewer("Anna Berg", "surgeon", "S03"))
    assert at.door.provider(f"a=b; {second}") == "clinic"
    at.door.end(f"a=b; {second}")
    assert (at.who(second), at.door.provider(second)) == (None, "")
    at.door.end(second)
    assert [line["change"] for line in at.lines()] == ["sign-in", "sign-out", "sign-in", "sign-out"]
    assert [line.get("claims") for line in at.lines()] == [{"iss": ISSUER, "sub": ANNA}, None] * 2
    third = at.come()
    (at.store / sign_in.KEY).unlink()
    assert at.who(third) is None


@pytest.mark.parametrize("cookies", ["", "=", "__Host-outcomes=", "__Host-outcomes=x", "__Host-outcomes=ü", ";;; =="])
def test_what_is_no_cookie_of_ours_is_nobody(at: At, cookies: str) -> None:
    at.come()
    assert (at.who(cookies), at.until(cookies)) == (None, 0.0)


def test_of_two_cookies_of_our_name_neither_counts_and_both_are_taken_back(at: At) -> None:
    anna, again = at.come(), at.come()
    for both in (
        f"{anna}; {again}",
        f"{again}; {again}",
        f"__Host-outcomes=theirs; {anna}",
        f"{anna}; __Host-outcomes=",
    ):
        assert (at.who(both), at.until(both), at.door.provider(both)) == (None, 0.0, "")
        assert at.door.useless(both) == [at.door.gone()]
        at.door.end(both)
    assert at.who(anna) is not None
    assert at.door.useless("a=b") == []


@pytest.mark.parametrize("blank", ["\xa0", "\x85", "\x1c", "\x0b", "\x0c", "\u2000"])
def test_a_cookie_whose_name_begins_or_ends_with_another_sign_than_a_space_is_not_ours(at: At, blank: str) -> None:
    planted = at.come()
    name, _, value = planted.partition("=")
    own = at.come()
    for beside in (f"{blank}{planted}", f"{name}{blank}={value}"):
        assert at.who(beside) is None
        assert at.who(f"{own}; {beside}") is not None
    assert at.who(f"a=b;\t {own} ;c=d") is not None


def test_of_thousands_of_cookies_of_our_name_two_are_looked_at() -> None:
    assert cookies.named("; ".join(f"x={number}" for number in range(2_500)), "x") == ["0", "1"]


def test_a_session_that_began_in_the_future_is_nobodys(at: At) -> None:
    cookie = at.come()
    at.clock.now -= 60
    assert at.who(cookie) is not None
    at.clock.now -= 3_600
    assert (at.who(cookie), at.until(cookie)) == (None, 0.0)


def test_a_session_that_was_used_in_the_future_is_nobodys(at: At) -> None:
    """The clock was ahead for a while: for how long nothing has been done since, nobody knows."""
    cookie = at.come()
    at.clock.now += IDLE_SECONDS - 1
    at.door.used(cookie)
    assert at.who(cookie) is not None
    at.clock.now = NOW + 60
    assert (at.who(cookie), at.until(cookie)) == (None, 0.0)


def test_where_the_table_cannot_be_read_nobody_is_signed_in(at: At) -> None:
    cookie = at.come()
    (at.store / "sessions.sqlite").write_bytes(b"no database at all" * 100)
    assert (at.who(cookie), at.until(cookie)) == (None, 0.0)


def test_a_table_that_another_holds_is_not_waited_for_and_that_is_said(at: At) -> None:
    cookie = at.come()
    assert at.door.trouble() == ""
    with closing(sqlite3.connect(at.store / "sessions.sqlite", isolation_level=None)) as other:
        other.execute("begin exclusive")
        assert at.who(cookie) is None
        assert "cannot be used" in at.door.trouble()
        with pytest.raises(StoreDamaged):
            at.door.end(cookie)
    assert at.who(cookie) is not None


def test_that_it_cannot_be_written_down_that_somebody_was_there_stops_nobody(at: At) -> None:
    cookie = at.come()
    with closing(sqlite3.connect(at.store / "sessions.sqlite", isolation_level=None)) as other:
        other.execute("begin immediate")
        at.door.used(cookie)
        assert at.who(cookie) is not None


@pytest.mark.parametrize(
    ("query", "told"),
    [("error=access_denied&error_description=x", "state=s&error=access_denied"),
     ("error=%1b[31mevil&error_description=%1b", "state=s&error=other"), ("code=c&x=y", "code=c&state=s")],
)  # fmt: skip
def test_what_an_address_says_went_wrong_is_told_on_as_a_word_that_is_known(query: str, told: str) -> None:
    assert round_trip._back_with(dict(parse_qsl(f"{query}&state=s"))) == told


def test_sessions_that_nobody_can_use_any_more_are_let_go(at: At) -> None:
    at.come()
    at.clock.now += SESSION_SECONDS + 1
    assert at.come(exp=at.clock.now) != ""
    with Sessions(at.store)._opened() as table:
        assert table.execute("select count(*) from session").fetchone() == (1,)


@pytest.mark.parametrize(("good", "who"), [(True, OPERATOR), (None, VISITOR), (Viewer("Anna", "auditor"),) * 2])
def test_the_guard_says_who_was_let_in(monkeypatch: pytest.MonkeyPatch, good: object, who: Viewer) -> None:
    before = SimpleNamespace(who=lambda host, cookies: good, sign_in=None)
    monkeypatch.setattr("dashboard.guard.standing", lambda: before)
    assert shell._who_is_here() == who
    monkeypatch.setattr("dashboard.guard.standing", lambda: None)
    assert shell._who_is_here() == VISITOR


def test_where_people_sign_in_nobody_just_tries_the_app_out(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    before = SimpleNamespace(who=lambda host, cookies: None, sign_in=at.door)
    monkeypatch.setattr("dashboard.guard.standing", lambda: before)
    with pytest.raises(NotAllowed, match="not signed in"):
        shell._who_is_here()


def test_whoever_has_an_account_can_sign_out_whatever_its_rights_and_nobody_else_can() -> None:
    for viewer in (OPERATOR, VISITOR):
        assert not shell._has_signed_in(viewer)
        assert not shell._has_signed_in(replace(viewer, without=(PLANNING,), protected=True))
    assert shell._has_signed_in(replace(OPERATOR, name="Olaf Ott"))

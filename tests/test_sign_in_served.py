"""Signing in, as a proxy with TLS passes it on, byte by byte: cookies, names, and what keeps the app from starting."""

from __future__ import annotations

import base64
import html
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests import raw
from tests.importing.written import take, write
from tests.patience import SECONDS
from tests.provider import ANNA, NOBODY, let_in, let_sign_in, provider

pytestmark = pytest.mark.xdist_group("server")

NAME = "outcomes.clinic.example"
PUBLIC = f"https://{NAME}"


@dataclass(frozen=True)
class Said:
    """One answer: its number, where it leads, the cookies that it gives, and its text."""

    status: int
    location: str
    cookies: tuple[str, ...]
    text: str

    @property
    def sent_back(self) -> str:
        """The cookies as a browser sends them."""
        return "; ".join(cookie.partition(";")[0] for cookie in self.cookies)


def asked(address: str, method: str = "GET", body: str = "", **headers: str) -> Said:
    """What an address answers; headers with an underscore for each hyphen."""
    parts = urlsplit(address)
    line = http.client.HTTPConnection(parts.netloc, timeout=SECONDS)
    try:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        line.request(method, f"{parts.path}?{parts.query}", body or None, given)
        answer = line.getresponse()
        cookies = tuple(answer.headers.get_all("set-cookie") or ())
        return Said(answer.status, answer.headers.get("location", ""), cookies, answer.read().decode())
    finally:
        line.close()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address behind the proxy of an app at which Anna may sign in."""
    folder = tmp_path_factory.mktemp("behind")
    take(write(folder / "records"), folder / "store")
    with provider(folder / "provider.txt") as issuer:
        let_sign_in(folder / "store", PUBLIC, clinic=issuer)
        let_in(folder / "store", {"name": "Anna Berg", "role": "operator", "iss": issuer, "sub": ANNA})
        with raw.served(folder / "store", folder / "log.txt") as where:
            yield f"http://{where.host}"


def signed_in(app: str, **headers: str) -> Said:
    """The answer with which somebody comes back from the provider."""
    there = asked(f"{app}/auth/login?provider=clinic", Host=NAME, **headers)
    assert all("Secure" in cookie and "httponly" in cookie.lower() for cookie in there.cookies), there
    form = urlencode({"sub": ANNA})
    back = asked(there.location, "POST", form, Content_Type="application/x-www-form-urlencoded")
    assert back.location.startswith(f"{PUBLIC}/oauth2callback?")
    return asked(back.location.replace(PUBLIC, app), Host=NAME, Cookie=there.sent_back, **headers)


def test_every_cookie_is_for_tls_alone_and_none_holds_a_token_or_a_claim(app: str) -> None:
    came = signed_in(app)
    assert (came.status, came.location) == (303, "/")
    (session,) = [cookie for cookie in came.cookies if cookie.startswith("__Host-outcomes=")]
    assert set(session.split("; ")[1:]) == {"Max-Age=43200", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
    assert all("secure" in cookie.lower() for cookie in came.cookies)
    assert not any("_streamlit_user" in cookie or ANNA in cookie for cookie in came.cookies)
    page = asked(f"{app}/", Host=NAME, Cookie=came.sent_back)
    assert page.status == 200
    assert "Sign in with" not in page.text


def test_what_a_proxy_says_of_the_name_is_not_read(app: str) -> None:
    forwarded = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "http", "Forwarded": "host=evil.example"}
    assert signed_in(app, **forwarded).location == "/"
    assert asked(f"{app}/", Host="evil.example", X_Forwarded_Host=NAME).status == 421
    assert asked(f"{app}/auth/login?provider=clinic", X_Forwarded_Host=NAME).status == 404


@pytest.mark.parametrize("origin", [f"http://{NAME}", "https://evil.example", f"{PUBLIC}:8443", "null", None])
def test_a_stream_from_another_page_is_refused_with_the_best_of_cookies(app: str, origin: str | None) -> None:
    cookie, port = signed_in(app).sent_back, urlsplit(app).port or 0
    assert b" 101 " in raw.streamed(port, {"Host": NAME, "Origin": PUBLIC, "Cookie": cookie}, b"")
    told = raw.streamed(port, {"Host": NAME, "Origin": origin, "Cookie": cookie}, b"x")
    assert b" 101 " not in told


def test_whoever_sends_two_cookies_of_our_name_is_nobody_on_the_screen_too_and_keeps_neither(app: str) -> None:
    cookie, port = signed_in(app).sent_back, urlsplit(app).port or 0
    for both in (f"{cookie}; __Host-outcomes=x", f"__Host-outcomes=x; {cookie}"):
        page = asked(f"{app}/patients", Host=NAME, Cookie=both)
        assert page.status == 401
        assert [one for one in page.cookies if one.startswith("__Host-outcomes=; Max-Age=0")]
        assert b" 101 " not in raw.streamed(port, {"Host": NAME, "Origin": PUBLIC, "Cookie": both}, b"x")
    planted = f"\xa0__Host-outcomes={cookie.partition('__Host-outcomes=')[2]}"
    assert asked(f"{app}/", Host=NAME, Cookie=planted).status == 401
    told = raw.streamed(port, {"Host": NAME, "Origin": PUBLIC, "Cookie": f"{cookie}; {planted}x"}, b"signed in as Anna")
    assert b"signed in as Anna" in told


def test_a_launch_token_in_the_public_address_is_nothing_and_does_not_stay_there(app: str) -> None:
    cookie = signed_in(app).sent_back
    came = asked(f"{app}/patients?launch={'x' * 43}&by=site", Host=NAME, Cookie=cookie)
    assert (came.status, came.location) == (303, "/patients?by=site")
    (place,) = asked(f"{app}/patients?launch={'x' * 43}&by=site", Host=NAME).cookies
    assert place.startswith("outcomes-place=%2Fpatients%3Fby%3Dsite;")


def test_nobody_comes_back_on_a_way_on_which_another_browser_was_sent(app: str) -> None:
    there = asked(f"{app}/auth/login?provider=clinic", Host=NAME)
    (way,) = [cookie for cookie in there.cookies if cookie.startswith("__Host-outcomes-way=")]
    assert set(way.split("; ")[1:]) == {"Max-Age=600", "Path=/", "HttpOnly", "SameSite=Lax", "Secure"}
    form = urlencode({"sub": ANNA})
    back = asked(there.location, "POST", form, Content_Type="application/x-www-form-urlencoded")
    callback = back.location.replace(PUBLIC, app)
    planted = "; ".join(one.partition(";")[0] for one in there.cookies if one != way)
    for beside, why in (("a=b", "not completed"), ("__Host-outcomes-way=another", "in another window")):
        answer = asked(callback, Host=NAME, Cookie=f"{planted}; {beside}")
        assert (answer.status, answer.cookies, why in answer.text) == (401, (), True), answer
    came = asked(callback, Host=NAME, Cookie=there.sent_back)
    ended = [cookie.partition("=")[0] for cookie in came.cookies if "=; Max-Age=0" in cookie]
    assert (came.status, ended) == (303, ["outcomes-place", "__Host-outcomes-way"])


def test_a_link_from_another_site_signs_nobody_out(app: str) -> None:
    cookie = signed_in(app).sent_back
    for site in ("cross-site", "same-site"):
        followed = {"Sec_Fetch_Site": site, "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}
        assert asked(f"{app}/auth/logout", Host=NAME, Cookie=cookie, **followed).status == 403
    assert asked(f"{app}/", Host=NAME, Cookie=cookie).status == 200
    out = asked(f"{app}/auth/logout", Host=NAME, Cookie=cookie, Sec_Fetch_Site="same-origin")
    assert (out.status, asked(f"{app}/", Host=NAME, Cookie=cookie).status) == (200, 401)


def test_the_provider_is_told_whom_it_signs_out_so_that_it_need_not_ask(app: str) -> None:
    out = asked(f"{app}/auth/logout", Host=NAME, Cookie=signed_in(app).sent_back, Sec_Fetch_Site="same-origin")
    onward = html.unescape(out.text.partition("url=")[2].partition('"')[0])
    told = parse_qs(urlsplit(onward).query)
    _, claims, _ = told["id_token_hint"][0].split(".")
    assert json.loads(base64.urlsafe_b64decode(claims + "=="))["sub"] == ANNA
    assert told["post_logout_redirect_uri"] == [f"{PUBLIC}/oauth2callback"]
    nobody = asked(f"{app}/auth/logout", Host=NAME, Sec_Fetch_Site="same-origin")
    assert "id_token_hint" not in nobody.text


def test_what_was_asked_for_is_kept_no_longer_than_until_it_is_known_who_asks(app: str) -> None:
    """It may name a patient by the pseudonym: also of somebody who is not let in nothing stays in the browser."""
    there = asked(f"{app}/auth/login?provider=clinic", Host=NAME)
    form = urlencode({"sub": NOBODY})
    back = asked(there.location, "POST", form, Content_Type="application/x-www-form-urlencoded")
    place = "outcomes-place=%2Fpatients%3Fpatient%3DP-1"
    came = asked(back.location.replace(PUBLIC, app), Host=NAME, Cookie=f"{there.sent_back}; {place}")
    ended = [cookie.partition("=")[0] for cookie in came.cookies if "=; Max-Age=0" in cookie]
    assert (came.status, ended) == (403, ["outcomes-place", "__Host-outcomes-way"])


def test_a_session_is_of_the_public_address_alone(app: str) -> None:
    cookie = signed_in(app).sent_back
    assert asked(f"{app}/", Cookie=cookie).status == 401
    assert asked(f"{app}/launch-proof?{'x' * 43}", Host=NAME, Cookie=cookie).status == 404


def test_the_app_does_not_start_where_headers_say_who_is_there(tmp_path: Path) -> None:
    take(write(tmp_path / "records"), tmp_path / "store")
    let_sign_in(tmp_path / "store", PUBLIC, clinic="https://login.clinic.example")
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "config.toml").write_text('[server.trustedUserHeaders]\nX-User = "email"\n')
    with (
        pytest.raises(AssertionError, match=r"does not start: server\.trustedUserHeaders is set"),
        raw.served(tmp_path / "store", tmp_path / "log.txt", None, HOME=str(tmp_path)),
    ):
        pass

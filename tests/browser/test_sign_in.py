"""Signing in, in a real browser and at a real provider on this computer: who gets in, and for how long."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.audit import FOLDER, lines_of
from dashboard.engines.sessions import FILE
from dashboard.sign_in import IDLE_SECONDS, SESSION_SECONDS
from tests import raw
from tests.browser.chromium import FLAGS, installed_browser
from tests.browser.screen import settle
from tests.importing.written import take, write
from tests.patience import SECONDS, wait_until
from tests.provider import ANNA, ELSEWHERE, NOBODY, OVER, let_in, let_sign_in, provider

pytestmark = pytest.mark.xdist_group("browser")

RECORDS = """operation_id|patient_id|surgery_date|procedure|surgeon
O1|P1|2024-01-01|tlif|Zaunkoenig
O2|P2|2024-01-02|tlif|Nachtigall"""
SIGN_IN = re.compile("^Sign in with the clinic account$")


@dataclass(frozen=True)
class Clinic:
    """An app at which people sign in, on a store of its own, and the issuers of two providers."""

    where: raw.Served
    store: Path
    issuer: str
    other: str

    @property
    def public(self) -> str:
        """The address that people type."""
        return f"http://localhost:{self.where.port}"

    @property
    def anna(self) -> dict[str, str]:
        """The entry of a surgeon."""
        return {"name": "Anna Berg", "role": "surgeon", "surgeon": "Zaunkoenig", "iss": self.issuer, "sub": ANNA}

    def later(self, seconds: float) -> None:
        """As though every session had begun, and had been used last, so much earlier."""
        self._change("update session set began = began - ?, used = used - ?", seconds, seconds)

    def unused(self, seconds: float) -> None:
        """As though nobody had done anything for so long."""
        self._change("update session set used = used - ?", seconds)

    def _change(self, statement: str, *values: float) -> None:
        with closing(sqlite3.connect(self.store / FILE, timeout=SECONDS)) as table, table:
            table.execute(statement, values)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clinic]:
    folder = tmp_path_factory.mktemp("clinic")
    store, port = folder / "store", raw.free_port()
    take(write(folder / "records", operations=RECORDS), store)
    with provider(folder / "provider.txt") as issuer, provider(folder / "other.txt") as other:
        let_sign_in(store, f"http://localhost:{port}", clinic=issuer, other=other)
        with raw.served(store, folder / "log.txt", port) as where:
            yield Clinic(where, store, issuer, other)


@pytest.fixture(autouse=True)
def _anna_may_come_in(clinic: Clinic) -> None:
    let_in(clinic.store, clinic.anna)


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here."""
    opened = browser.new_context()
    opened.set_default_timeout(SECONDS * 1000)
    yield opened
    opened.close()


def go_to_provider(page: Page, clinic: Clinic, path: str = "/", way: str = "clinic") -> None:
    page.goto(f"{clinic.public}{path}")
    page.get_by_role("link", name=f"Sign in with the {way} account").click()


def come_as(page: Page, clinic: Clinic, sub: str, path: str = "/", way: str = "clinic") -> None:
    """Go to the provider, say there who one is, and come back."""
    go_to_provider(page, clinic, path, way)
    page.locator("input[name=sub]").fill(sub)
    page.get_by_role("button", name="Authorize").click()


def come_in(context: BrowserContext, clinic: Clinic, path: str = "/patients", title: str = "Patients") -> Page:
    """Anna's page."""
    page = context.new_page()
    come_as(page, clinic, ANNA, path)
    settle(page, title)
    expect(page.get_by_text("signed in as Anna Berg (surgeon)", exact=False)).to_be_visible()
    return page


def is_cleared(page: Page) -> None:
    """Nothing of the app is on the screen any more, but the way in."""
    expect(page.get_by_role("link", name=SIGN_IN)).to_be_visible()
    expect(page.locator("[data-testid=stApp]")).to_have_count(0)


def session_of(context: BrowserContext) -> str:
    """The cookie of a session, as it is sent."""
    (found,) = [cookie for cookie in context.cookies() if cookie.get("name", "").startswith("outcomes-session")]
    return f"{found.get('name')}={found.get('value')}"


def stream(clinic: Clinic, cookie: str | None) -> bytes:
    """What an outsider's own client gets on a stream, until the server hangs up."""
    headers = {"Host": f"localhost:{clinic.where.port}", "Origin": clinic.public, "Cookie": cookie}
    return raw.streamed(clinic.where.port, headers, b"Zaunkoenig")


def test_a_surgeon_signs_in_and_comes_to_the_page_that_was_asked_for(clinic: Clinic, context: BrowserContext) -> None:
    page = come_in(context, clinic, "/me", "My page")
    assert page.url == f"{clinic.public}/me"
    assert "Nachtigall" not in page.content()
    assert "this computer only" not in page.content()
    (line,) = [line for line in lines_of(clinic.store / FOLDER) if line.get("change") == "sign-in"][-1:]
    assert (line["viewer"], line["role"]) == ("Anna Berg", "surgeon")


@pytest.mark.parametrize("sub", [ELSEWHERE, OVER], ids=["for another app", "of long ago"])
def test_a_token_for_another_app_or_of_long_ago_lets_nobody_in(
    clinic: Clinic, context: BrowserContext, sub: str
) -> None:
    let_in(clinic.store, {**clinic.anna, "sub": sub})
    page = context.new_page()
    come_as(page, clinic, sub)
    expect(page.get_by_text("Signing in was not completed", exact=False)).to_be_visible()
    page.goto(clinic.public)
    is_cleared(page)


def test_somebody_who_is_not_known_is_told_a_number_that_is_in_the_audit(
    clinic: Clinic, context: BrowserContext
) -> None:
    page = context.new_page()
    come_as(page, clinic, NOBODY)
    number = page.locator("strong").inner_text()
    (line,) = [line for line in lines_of(clinic.store / FOLDER) if line.get("quoted") == number]
    assert line["claims"] == {"iss": clinic.issuer, "sub": NOBODY}
    # Nothing but the way to sign in again, once they have been added.
    assert [link.get_attribute("href") for link in page.locator("a").all()] == ["/"]
    page.goto(clinic.public)
    is_cleared(page)


def test_a_role_that_is_taken_away_clears_the_screen_that_is_open(clinic: Clinic, context: BrowserContext) -> None:
    page = come_in(context, clinic)
    let_in(clinic.store)
    is_cleared(page)


def test_after_signing_out_every_window_is_cleared_and_the_cookie_is_nothing(
    clinic: Clinic, context: BrowserContext
) -> None:
    page, another = come_in(context, clinic), context.new_page()
    another.goto(f"{clinic.public}/risk")
    settle(another, "Risk factors")
    cookie = session_of(context)
    assert b" 101 " in stream(clinic, cookie)
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{clinic.issuer}/**")  # the provider's own session is for the provider to end
    is_cleared(another)
    page.goto(clinic.public)
    is_cleared(page)
    answer = stream(clinic, cookie)
    assert (b" 101 " in answer, b"Zaunkoenig" in answer) == (False, False)


@pytest.mark.parametrize("kind", ["idle", "over"])
def test_a_session_ends_after_half_an_hour_in_which_nothing_is_done_and_after_twelve_hours(
    clinic: Clinic, context: BrowserContext, kind: str
) -> None:
    page, cookie = come_in(context, clinic), session_of(context)
    if kind == "idle":
        clinic.unused(IDLE_SECONDS)
    else:
        clinic.later(SESSION_SECONDS)
    is_cleared(page)
    assert b" 101 " not in stream(clinic, cookie)


def test_a_computer_that_slept_until_its_session_was_over_is_cleared_when_it_wakes(
    clinic: Clinic, context: BrowserContext, tmp_path: Path
) -> None:
    store, port = tmp_path / "store", raw.free_port()
    take(write(tmp_path / "records", operations=RECORDS), store)
    let_sign_in(store, f"http://localhost:{port}", clinic=clinic.issuer)
    let_in(store, clinic.anna)
    with raw.served(store, tmp_path / "log.txt", port) as where:
        here = replace(clinic, where=where, store=store)
        page = come_in(context, here)
    here.unused(IDLE_SECONDS)
    expect(page.locator("[data-testid=stApp]")).to_have_count(1)
    with raw.served(store, tmp_path / "again.txt", port):
        is_cleared(page)


LINES = """const Plain = WebSocket; window.lines = [];
window.WebSocket = class extends Plain { constructor(...words) { super(...words); window.lines.push(this); } };"""
"""Keeps the streams of a page, so that one can be broken off."""


def test_a_page_whose_stream_breaks_off_goes_on_for_the_same_person_and_is_cleared_for_another(
    clinic: Clinic, context: BrowserContext
) -> None:
    bernd = {"name": "Bernd Sund", "role": "surgeon", "surgeon": "Nachtigall", "iss": clinic.issuer, "sub": "bernd"}
    let_in(clinic.store, clinic.anna, bernd)
    context.add_init_script(LINES)
    page = come_in(context, clinic)
    page.evaluate("window.same = true; window.lines.at(-1).close()")
    wait_until(lambda: page.evaluate("window.lines.length > 1 && window.lines.at(-1).readyState === 1"))
    settle(page, "Patients")
    expect(page.get_by_text("signed in as Anna Berg (surgeon)", exact=False)).to_be_visible()
    assert page.evaluate("window.same")
    # As it is when a page comes back out of the browser's memory after another has signed in.
    context.clear_cookies()
    other = context.new_page()
    come_as(other, clinic, "bernd")
    expect(other.get_by_text("signed in as Bernd Sund (surgeon)", exact=False)).to_be_visible()
    page.evaluate("window.lines.at(-1).close()")
    expect(page.get_by_text("signed in as Bernd Sund (surgeon)", exact=False)).to_be_visible()
    assert page.evaluate("window.same") is None
    assert "Zaunkoenig" not in page.content()


def test_nobody_goes_back_to_what_another_was_shown_in_the_same_window(clinic: Clinic, browser: Browser) -> None:
    bernd = {"name": "Bernd Sund", "role": "auditor", "iss": clinic.issuer, "sub": "bernd"}
    let_in(clinic.store, clinic.anna, bernd)
    keeps = browser.browser_type.launch(
        executable_path=installed_browser(), args=list(FLAGS), ignore_default_args=["--disable-back-forward-cache"]
    )
    with keeps, keeps.new_context() as context:
        context.set_default_timeout(SECONDS * 1000)
        page = come_in(context, clinic)
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{clinic.issuer}/**")
        come_as(page, clinic, "bernd", "/definitions")
        settle(page, "Definitions")
        back = 0
        while "/patients" not in page.url and back < page.evaluate("history.length"):
            page.go_back(wait_until="commit")
            back += 1
        expect(page.get_by_text("This page is not for the role of auditor", exact=False)).to_be_visible()
        assert "Anna Berg" not in page.content()


def test_the_cookie_is_for_no_script_and_no_other_site_and_holds_nothing_of_the_person(
    clinic: Clinic, context: BrowserContext
) -> None:
    page = come_in(context, clinic)
    (session,) = [each for each in context.cookies() if each.get("name", "").startswith("outcomes-session")]
    assert (session.get("httpOnly"), session.get("sameSite"), session.get("path")) == (True, "Lax", "/")
    assert not any(each.get("name", "").startswith("_streamlit_user") for each in context.cookies())
    assert "outcomes-session" not in page.evaluate("document.cookie")


def test_the_same_name_at_another_provider_is_another_person(clinic: Clinic, context: BrowserContext) -> None:
    page = context.new_page()
    come_as(page, clinic, ANNA, way="other")
    expect(page.locator("strong")).to_be_visible()
    let_in(clinic.store, clinic.anna, {"name": "Aud", "role": "auditor", "iss": clinic.other, "sub": ANNA})
    come_as(page, clinic, ANNA, "/definitions", way="other")
    settle(page, "Definitions")
    expect(page.get_by_text("signed in as Aud (auditor)", exact=False)).to_be_visible()


def test_a_forged_return_lets_nobody_in_and_leads_nowhere_else(clinic: Clinic, context: BrowserContext) -> None:
    page = context.new_page()
    go_to_provider(page, clinic)
    context.add_cookies([{"name": "outcomes-place", "value": "https%3A%2F%2Fevil.example", "url": clinic.public}])
    told = dict.fromkeys(("code=x", "error=x&error_description=%3Cb%3E", "next=https://evil.example"), "not completed")
    for words, what in {"code=x&state=y": "begun anew", **told}.items():
        page.goto(f"{clinic.public}/oauth2callback?{words}")
        expect(page.get_by_text(f"Signing in was {what}", exact=False)).to_be_visible()
        assert page.url.startswith(clinic.public)
    page.goto(f"{clinic.public}/oauth2callback")
    is_cleared(page)
    answer = page.goto(f"{clinic.public}/auth/login?provider=https://evil.example")
    assert answer is not None
    assert answer.status == 404


def test_whoever_has_not_signed_in_gets_no_stream(clinic: Clinic) -> None:
    for cookie in (None, "outcomes-session=x", f"outcomes-session-{clinic.where.port}=x", "_streamlit_user=x"):
        answer = stream(clinic, cookie)
        assert (b" 101 " in answer, b"Zaunkoenig" in answer) == (False, False)


def test_when_the_provider_is_down_the_operator_comes_in_at_the_machine_itself(
    context: BrowserContext, tmp_path: Path
) -> None:
    store, port = tmp_path / "store", raw.free_port()
    take(write(tmp_path / "records", operations=RECORDS), store)
    let_sign_in(store, f"http://localhost:{port}", clinic=f"http://127.0.0.1:{raw.free_port()}")
    with raw.served(store, tmp_path / "log.txt", port) as where:
        page = context.new_page()
        page.goto(f"http://localhost:{port}")
        page.get_by_role("link", name=SIGN_IN).click()
        expect(page.get_by_text("there is no answer just now", exact=False)).to_be_visible()
        page.goto(where.link.replace("127.0.0.1", "localhost"))  # not by the address at which people sign in
        is_cleared(page)
        page.goto(where.link)
        settle(page, "Overview")
        expect(page.get_by_text("this computer only", exact=False)).to_be_visible()
    assert any(line.get("change") == "sign-in" for line in lines_of(store / FOLDER))

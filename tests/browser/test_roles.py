"""Every page of each role in a real browser at three widths: nothing cut off, nothing for others in the menu.

The views of a page have its furniture: here the pages alone, in light and in the dark by turns. Those of the operator
are looked at in `test_every_page.py`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.shell import PAGES
from tests import raw
from tests.browser import labels
from tests.browser.screen import settle
from tests.browser.test_every_page import WIDTHS, pictured
from tests.patience import SECONDS, wait_until
from tests.roles import VIEWERS

pytestmark = pytest.mark.xdist_group("browser")

SCRIPT = Path(__file__).parent / "as_role.py"
ROOT = SCRIPT.parents[2]


@pytest.fixture(scope="module")
def shared(store: Path) -> Iterator[str]:
    """One app for everybody; a cookie says who looks."""
    port = raw.free_port()
    words = [sys.executable, "-m", "streamlit", "run", str(SCRIPT), "--server.port", str(port)]
    env = {**os.environ, "OUTCOMES_STORE": str(store), "PYTHONPATH": str(ROOT)}
    server = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: server.poll() is not None or raw.is_up(port))
        yield f"http://127.0.0.1:{port}"
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=SECONDS)


@pytest.fixture
def as_role(browser: Browser, shared: str, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of somebody of this role, who has just arrived."""
    role = request.param
    dark = list(VIEWERS).index(role) % 2
    context = browser.new_context(
        viewport={"width": WIDTHS["desktop"], "height": 1000}, color_scheme="dark" if dark else "light"
    )
    context.add_cookies([{"name": "role", "value": role, "url": shared}])
    context.set_default_timeout(SECONDS * 1000)
    opened = context.new_page()
    opened.goto(shared)
    settle(opened)
    yield opened
    context.close()


@pytest.mark.parametrize("as_role", [role for role in VIEWERS if role != "operator"], indirect=True)
def test_a_role_has_its_own_pages_in_the_menu_and_each_is_whole_at_every_width(
    as_role: Page, request: pytest.FixtureRequest
) -> None:
    role = request.node.callspec.params["as_role"]
    mine = [page for page in PAGES if page.is_for(VIEWERS[role])]
    menu = as_role.get_by_test_id("stTopNavLink")
    expect(menu).to_have_text([page.title for page in mine])
    for page in mine:
        as_role.set_viewport_size({"width": WIDTHS["desktop"], "height": 1000})
        menu.get_by_text(page.title, exact=True).click()
        settle(as_role, page.title)
        expect(as_role.get_by_test_id("stAlertContentError")).to_have_count(0)
        for form, width in WIDTHS.items():
            name = f"role_{role}_{page.path or 'overview'}_{form}.png"
            assert pictured(as_role, width, name) <= 1, f"{page.title} is wider than a screen of {width} px"
            assert labels.unreadable(as_role) == [], (
                f"{role}, {page.title}, {width} px: words are cut off, or lie on each other"
            )


@pytest.mark.parametrize("as_role", ["steward"], indirect=True)
def test_back_leads_out_of_a_page_of_others_and_of_where_one_arrives(as_role: Page, shared: str) -> None:
    def back_to(title: str) -> None:
        as_role.go_back()
        settle(as_role, title)

    as_role.goto(f"{shared}/definitions")
    settle(as_role, "Definitions")
    as_role.goto(f"{shared}/compare?family=Fusion")
    settle(as_role, "Compare")
    not_theirs = as_role.get_by_text("This page is not for the role of steward.")
    expect(not_theirs).to_be_visible()
    as_role.get_by_test_id("stTopNavLink").get_by_text("Data quality", exact=True).click()
    settle(as_role, "Data quality")
    expect(not_theirs).to_have_count(0)
    back_to("Compare")
    expect(not_theirs).to_be_visible()
    back_to("Definitions")
    as_role.goto(shared)
    settle(as_role, "Data quality")
    back_to("Definitions")
    as_role.goto(f"{shared}/audit")
    settle(as_role, "Audit")
    as_role.get_by_role("button", name="Data quality →").click()
    settle(as_role, "Data quality")
    expect(not_theirs).to_have_count(0)


@pytest.mark.parametrize("as_role", ["steward"], indirect=True)
def test_a_steward_takes_the_work_list_along_on_record(as_role: Page, shared: str, store: Path) -> None:
    as_role.goto(f"{shared}/data?data_view=Work+list")
    settle(as_role, "Data quality")
    first = as_role.get_by_test_id("stTopNavLink").first
    expect(first).to_have_text("Data quality")
    expect(first).to_have_attribute("aria-current", "page")
    with as_role.expect_download() as coming:
        as_role.get_by_role("button", name="Download as CSV").click()
    lines = coming.value.path().read_text(encoding="utf-8-sig").splitlines()
    columns = "Visit,State,Days overdue,Operated,Procedure,Surgeon,Site,Patient"
    assert (columns in lines, len([line for line in lines if ",overdue," in line])) == (True, 182)
    taken = [json.loads(line) for line in (store / "audit" / "audit.jsonl").read_text(encoding="utf-8").splitlines()]
    assert any(line.get("question") == "export" and line["role"] == "steward" and line["rows"] == 443 for line in taken)

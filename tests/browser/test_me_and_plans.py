"""An own page on one screen and one sheet; and from a signal to a plan that stands in its place, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.engines.notebook import FILE
from tests.browser.screen import open_page, settle

pytestmark = pytest.mark.xdist_group("browser")

TALL = "document.querySelector('[data-testid=stMain]').scrollHeight"
PLAN = "Second reader for stenosis of two levels"


@pytest.fixture
def unwritten(store: Path) -> Iterator[None]:
    """What is written here is taken away again: other tests look at the same store."""
    yield
    (store / FILE).unlink(missing_ok=True)


def test_an_own_page_stands_on_one_screen_and_prints_whole_without_its_filters(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    open_page(page, address, "/me?me=S01", "My page")
    assert page.evaluate(TALL) <= 900
    expect(page.get_by_text("S01: 31 failures seen by 2 years in ", exact=False).first).to_be_visible()
    page.pdf(path=tmp_path / "me.pdf", format="A4", landscape=True)
    assert (tmp_path / "me.pdf").read_bytes().count(b"/Type /Page\n") == 1
    page.emulate_media(media="print")
    for words in ("All surgeons", "Compare →"):
        expect(page.get_by_text(words, exact=False).first).to_be_hidden()
    for words in ("Peer 8", "Pseudarthrosis", "Progressive weakness", "answered 68.6 % of 357 due"):
        expect(page.get_by_text(words, exact=False).first).to_be_visible()


@pytest.mark.usefixtures("unwritten")
def test_a_signal_that_is_looked_at_becomes_a_plan_which_is_found_again(page: Page, address: str) -> None:
    page.set_viewport_size({"width": 1440, "height": 900})
    open_page(page, address, "/", "Overview")
    page.get_by_role("button", name=re.compile("^60 days")).click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("The course of this patient")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name=re.compile("^S04, decompression")).click()
    dialog.get_by_role("textbox", name=re.compile("^What was looked at")).fill(PLAN)
    dialog.get_by_role("button", name="Open this plan").click()
    expect(dialog.get_by_text("A plan says what is to be done, and who does it", exact=False)).to_be_visible()
    dialog.get_by_role("textbox", name=re.compile("^Who")).fill("spine lead")
    dialog.get_by_role("button", name="Open this plan").click()
    expect(dialog).to_be_hidden()
    settle(page, "Overview")
    expect(page.get_by_role("heading", name="Needs review: 0 signals, 1 open plan")).to_be_visible()
    page.get_by_role("button", name=re.compile(PLAN)).click()
    dialog.get_by_role("button", name="It is in place").click()
    expect(dialog).to_be_hidden()
    settle(page, "Overview")
    expect(page.get_by_role("button", name=re.compile(f"^look again on .*{PLAN}"))).to_be_visible()

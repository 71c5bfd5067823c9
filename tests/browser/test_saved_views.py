"""Views by name in the browser: saved from the page that is open, opened by a link in its place, frozen and back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import open_page, settle

pytestmark = pytest.mark.xdist_group("browser")

NAME = 'March <b>"meeting"</b> & more'


def test_a_view_is_saved_frozen_opened_taken_along_and_left(page: Page, address: str, strangers: list[str]) -> None:
    open_page(page, address, "/definitions?procedure=tlif&patient=P-0123456789ABCDEF", "Definitions")
    page.get_by_role("button", name="Views", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Save what is open as").fill(NAME)
    dialog.get_by_text("Frozen at these records").click()
    dialog.get_by_role("button", name="Save").click()
    link = dialog.get_by_role("link", name=NAME)
    expect(link).to_be_visible()
    # What no choice on the screen stands for is not kept.
    assert re.fullmatch(r"/definitions\?procedure=TLIF&frozen=[0-9a-f]{12}", link.get_attribute("href") or "")
    expect(dialog).to_contain_text("Definitions · frozen at generation 1 · operator of this machine")
    link.click()
    settle(page, "Definitions")
    banner = page.locator(".frozen")
    expect(banner).to_contain_text(f"· {NAME} · back to now")
    assert re.match(r"Frozen at generation 1 of \d+ \w{3} \d{4} ", banner.inner_text())
    expect(page.get_by_role("link", name="Import", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Patients", exact=True).click()
    settle(page, "Patients")
    expect(banner).to_contain_text(NAME)
    assert "frozen=" in page.url
    banner.get_by_role("link", name="back to now").click()
    settle(page, "Patients")
    expect(banner).to_have_count(0)
    assert "frozen" not in page.url
    assert "procedure=TLIF" in page.url
    page.get_by_role("button", name="Views", exact=True).click()
    dialog.get_by_role("button", name="Delete").click()
    expect(dialog).to_contain_text("No view has been saved yet.")
    assert strangers == []

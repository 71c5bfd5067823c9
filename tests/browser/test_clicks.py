"""A click on a picture leads to its patients: at once, a second time, and after a step back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.screen import open_page, settle

pytestmark = pytest.mark.xdist_group("browser")

ONE = "[class*='st-key-card-course']"
DOTS = "[class*='st-key-card-rates'] .scatterlayer .trace .points path"
PANELS = "[class*='st-key-card-course'] .scatterlayer .trace .points path"
TORNADO = "[class*='st-key-card-tornado'] .scatterlayer .trace .points path"
BEHIND = "operations that failed"


def click_on(page: Page, marks: str, place: int) -> None:
    """A click on one mark as a hand makes it: Plotly hears of it by where the pointer is."""
    mark = page.locator(marks).nth(place)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2 + 1, box["y"] + box["height"] / 2)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    page.mouse.down()
    page.mouse.up()


def test_two_clicks_lead_from_a_dot_to_its_patients_again_after_a_step_back_and_once_more_from_the_same_dot(
    page: Page, address: str
) -> None:
    open_page(page, address, "/procedures")
    behind = page.get_by_role("button", name=BEHIND)
    click_on(page, DOTS, 0)
    expect(behind).to_be_visible()
    named = str(behind.text_content()).partition(":")[0]
    behind.click()
    settle(page, "Patients")
    expect(page.get_by_text(named, exact=False).first).to_be_visible()
    page.go_back()
    settle(page, "Procedures")
    # The filters stay as the way to the patients left them: the procedure is alone, and may be clicked again.
    click_on(page, DOTS, 0)
    expect(behind).to_contain_text(named)
    settle(page)
    page.locator(ONE).get_by_role("combobox").fill("All")
    page.keyboard.press("Enter")
    expect(behind).to_have_count(0)
    settle(page)
    click_on(page, DOTS, 0)
    expect(behind).to_contain_text(named)


def test_a_click_on_a_panel_or_a_ratio_shows_whose_it_is(page: Page, address: str) -> None:
    open_page(page, address, "/procedures?by=family")
    click_on(page, PANELS, 3)
    expect(page.get_by_role("button", name=BEHIND)).to_be_visible()
    open_page(page, address, "/risk")
    click_on(page, TORNADO, 0)
    expect(page.locator("[class*='st-key-card-factor']").get_by_role("combobox")).not_to_have_value("The strongest")
    assert "factor=" in page.url

"""The form of the pages in a real browser: the answer on top, filters that stay, Overview on one screen."""

from __future__ import annotations

import io
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Page, expect

from dashboard.pages import form
from tests.browser.screen import STANDS_STILL, open_page, settle

pytestmark = pytest.mark.xdist_group("browser")

DESKTOP, TABLET = {"width": 1440, "height": 900}, {"width": 820, "height": 1180}
TALL = "document.querySelector('[data-testid=stMain]').scrollHeight"
BOTTOM = "node => Math.round(node.getBoundingClientRect().bottom)"
TOP = "node => Math.round(node.getBoundingClientRect().top)"


def sized(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size({"width": size["width"], "height": size["height"]})
    page.wait_for_function(f"!document.querySelector('[data-testid=stMain]') || ({STANDS_STILL})()")


def keyed(name: str) -> str:
    """What finds a part of the page by its key."""
    return f".st-key-{name}"


def test_overview_fits_one_screen_and_its_filters_stay_on_top(page: Page, address: str) -> None:
    sized(page, DESKTOP)
    open_page(page, address, "/", "Overview")
    assert page.evaluate(TALL) <= DESKTOP["height"]
    sized(page, TABLET)
    assert page.evaluate(TALL) <= 1_340
    above = [keyed(f"{form.CARD}-{name}") for name in ("flags", "review", "curve", "families")]
    assert max(page.locator(part).evaluate(BOTTOM) for part in above) <= TABLET["height"]
    page.set_viewport_size({"width": 1440, "height": 500})
    page.wait_for_function(STANDS_STILL)
    frame = page.locator(keyed(form.FRAME))
    before = frame.evaluate(TOP)
    page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 300)")
    page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop > 200")
    assert abs(frame.evaluate(TOP) - before) <= 2
    expect(page.get_by_role("combobox", name="Procedure", exact=True)).to_be_visible()


def test_filters_stand_on_one_line_and_fold_on_a_telephone(page: Page, address: str) -> None:
    sized(page, DESKTOP)
    open_page(page, address, "/procedures?procedure=tlif&procedure=plif&procedure=alif&age=age_35_49", "Procedures")
    bar = page.locator(keyed(form.BAR))
    assert bar.evaluate("node => node.getBoundingClientRect().height") < 45
    expect(page.get_by_text("3 procedures", exact=False).first).to_be_visible()
    expect(page.get_by_role("combobox", name="Age", exact=True)).to_be_hidden()
    page.get_by_role("button", name="More: 1").click()
    expect(page.get_by_role("combobox", name="Age", exact=True)).to_be_visible()
    page.get_by_role("button", name="Less").click()
    expect(page.get_by_role("combobox", name="Age", exact=True)).to_be_hidden()
    sized(page, {"width": 390, "height": 844})
    expect(bar).to_be_hidden()
    expect(
        page.get_by_role("button", name=re.compile("^Filters: (?=.*ALIF)(?=.*PLIF)(?=.*TLIF).*35 to 49$"))
    ).to_be_visible()
    assert page.locator(keyed(form.FRAME)).evaluate("node => node.getBoundingClientRect().height") < 60
    page.get_by_role("button", name=re.compile("^Filters: ")).click()
    expect(page.get_by_role("combobox", name="Procedure", exact=True)).to_be_visible()


def test_a_page_that_filters_do_not_narrow_keeps_them_for_the_next(page: Page, address: str) -> None:
    sized(page, DESKTOP)
    open_page(page, address, "/procedures?procedure=tlif&within=1+year&age=age_35_49", "Procedures")
    asked, counted = urlsplit(page.url).query, page.locator(keyed(form.HEAD)).inner_text()
    page.get_by_role("link", name="Definitions").first.click()
    settle(page, "Definitions")
    expect(page.get_by_role("combobox", name="Procedure", exact=True)).to_be_hidden()
    expect(page.get_by_role("button", name="Filters: TLIF, 35 to 49")).to_be_visible()
    page.get_by_role("link", name="Procedures").first.click()
    settle(page, "Procedures")
    assert page.locator(keyed(form.HEAD)).inner_text() == counted
    kept = parse_qs(urlsplit(page.url).query)
    assert {word: kept.get(word) for word in ("procedure", "age")} == {
        word: parse_qs(asked)[word] for word in ("procedure", "age")
    }


def test_a_page_prints_without_its_filters_in_dark_ink_from_a_dark_screen_side_by_side(
    page: Page, address: str
) -> None:
    sized(page, DESKTOP)
    page.emulate_media(color_scheme="dark")
    open_page(page, address, "/procedures", "Procedures")
    assert brightness(page) < 80
    page.emulate_media(media="print", color_scheme="dark")
    # As wide as a sheet of A4 on its side between its margins.
    page.set_viewport_size({"width": 1054, "height": 900})
    page.wait_for_function(STANDS_STILL)
    assert brightness(page) > 220
    expect(page.locator(keyed(form.FRAME))).to_be_hidden()
    expect(page.get_by_text("How this is counted")).to_be_hidden()
    expect(page.get_by_text("data to 30 Sep 2026").first).to_be_visible()
    pictures = page.locator(".js-plotly-plot").filter(visible=True)
    assert pictures.count() == 2
    first, second = (pictures.nth(place).bounding_box() for place in (0, 1))
    assert first is not None
    assert second is not None
    assert first["x"] + first["width"] < second["x"] < second["x"] + second["width"] < 1054


def brightness(page: Page) -> float:
    """How bright the page is on the whole, 0 to 255."""
    return float(ImageStat.Stat(Image.open(io.BytesIO(page.screenshot())).convert("L")).mean[0])

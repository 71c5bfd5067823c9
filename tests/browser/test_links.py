"""A view is a link: what a reader chooses stands in the address, survives a reload, and Back undoes a step."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as NotInTime

from tests.browser.screen import open_page, settle

pytestmark = pytest.mark.xdist_group("browser")
TRIES, MILLISECONDS_TILL_TAKEN = 3, 30_000
COUNT = re.compile(r"^[\d,]+ of [\d,]+ operations")


def asked(page: Page) -> dict[str, list[str]]:
    """What the address asks for."""
    return parse_qs(urlsplit(page.url).query)


def choose_procedure(page: Page, label: str) -> None:
    """Choose one more; again where the list closed by itself before it was taken, as on a busy machine."""
    before, address = counted(page), page.url
    for _ in range(TRIES):
        page.get_by_role("combobox", name="Procedure", exact=True).first.click()
        page.get_by_role("option", name=label, exact=True).click()
        # While the list is open, nothing else on the page has a role. Not Escape: once it is closed, that clears it.
        page.keyboard.press("Tab")
        with suppress(NotInTime):
            page.wait_for_url(lambda url: url != address, timeout=MILLISECONDS_TILL_TAKEN)
            break
    expect(page.get_by_text(COUNT).first).not_to_have_text(before)
    settle(page)


def counted(page: Page) -> str:
    return page.get_by_text(COUNT).first.inner_text()


def test_a_filter_set_by_hand_stands_in_the_address_and_survives_a_reload(page: Page, address: str) -> None:
    open_page(page, address, "/procedures")
    everyone = counted(page)
    choose_procedure(page, "Microdiscectomy")
    page.wait_for_url(re.compile("procedure=Microdiscectomy"))
    chosen = counted(page)
    assert chosen != everyone
    page.reload()
    settle(page, "Procedures")
    assert asked(page)["procedure"] == ["Microdiscectomy"]
    assert counted(page) == chosen


def test_the_filter_goes_along_to_the_next_page_and_back_returns(page: Page, address: str) -> None:
    open_page(page, address, "/procedures")
    choose_procedure(page, "Microdiscectomy")
    chosen = counted(page)
    page.get_by_role("link", name="Risk factors").first.click()
    settle(page, "Risk factors")
    assert counted(page) == chosen
    page.go_back()
    settle(page, "Procedures")
    assert asked(page)["procedure"] == ["Microdiscectomy"]
    assert counted(page) == chosen


def test_clear_is_one_click(page: Page, address: str) -> None:
    open_page(page, address, "/procedures")
    everyone = counted(page)
    open_page(page, address, "/procedures?procedure=tlif", "Procedures")
    page.get_by_role("button", name=re.compile("^Clear")).first.click()
    expect(page.get_by_text(everyone).first).to_be_visible()
    page.wait_for_url(lambda address: "procedure=" not in address)


FORMS = {
    "procedure=tlif": {"procedure": ["TLIF"]},
    "procedure=tlif&procedure=Microdiscectomy": {"procedure": ["Microdiscectomy", "TLIF"]},
    "age=age_35_49&sex=female&procedure=tlif&within=1+year": {
        "age": ["35 to 49"], "sex": ["Female"], "procedure": ["TLIF"], "within": ["1 year"],
    },
    "family=fusion&outcome=reoperation&within=365&by=family": {
        "family": ["Fusion"], "outcome": ["Reoperation"], "within": ["1 year"], "by": ["Family"],
    },
    "procedure=tlif&operated=2022-01-01&operated=2024-12-31&every=true": {
        "procedure": ["TLIF"], "operated": ["2022-01-01", "2024-12-31"], "every": ["true"],
    },
}  # fmt: skip
"""Links as somebody may write them, with names or with labels, and the address that each comes to stand at."""


@pytest.mark.parametrize(("link", "stands"), FORMS.items())
def test_a_link_in_either_form_keeps_its_filter_and_its_address(
    page: Page, address: str, link: str, stands: dict[str, list[str]]
) -> None:
    open_page(page, address, f"/procedures?{link}", "Procedures")
    chosen = counted(page)
    assert asked(page) == stands
    expect(page.get_by_role("button", name=re.compile("^Clear")).first).to_be_visible()
    page.reload()
    settle(page, "Procedures")
    assert (asked(page), counted(page)) == (stands, chosen)


def test_back_to_a_link_with_a_name_keeps_its_filter(page: Page, address: str) -> None:
    open_page(page, address, "/procedures?procedure=tlif", "Procedures")
    chosen = counted(page)
    page.evaluate("history.pushState(null, '', '/procedures?procedure=plif&age=age_35_49')")
    page.evaluate("window.dispatchEvent(new PopStateEvent('popstate'))")
    page.wait_for_url(lambda where: "procedure=PLIF" in where)
    settle(page, "Procedures")
    assert asked(page) == {"procedure": ["PLIF"], "age": ["35 to 49"]}
    expect(page.get_by_role("button", name="Clear 2 filters")).to_be_visible()
    page.go_back()
    page.wait_for_url(lambda where: "procedure=TLIF" in where)
    settle(page, "Procedures")
    assert counted(page) == chosen


def test_what_the_browser_asks_by_an_address_that_it_has_not_yet_rewritten_loses_nothing(
    page: Page, address: str
) -> None:
    open_page(page, address, "/procedures?procedure=tlif", "Procedures")
    chosen = counted(page)
    page.evaluate("history.replaceState(null, '', '/procedures?procedure=tlif')")
    page.get_by_role("combobox", name=re.compile("Failed within")).first.click()
    page.get_by_role("option", name="1 year", exact=True).click()
    page.wait_for_url(lambda where: "procedure=TLIF" in where)
    settle(page, "Procedures")
    assert asked(page) == {"procedure": ["TLIF"], "within": ["1 year"]}
    assert counted(page) == chosen
    expect(page.get_by_role("button", name="Clear 1 filter")).to_be_visible()


def test_a_stale_link_says_what_it_dropped(page: Page, address: str) -> None:
    open_page(page, address, "/procedures?procedure=brain_surgery", "Procedures")
    expect(page.get_by_text("brain_surgery").first).to_be_visible()


def test_a_filter_that_matches_nothing_says_so_and_shows_the_way_out(page: Page, address: str) -> None:
    open_page(
        page, address, "/procedures?operated=2018-01-01&operated=2018-01-02&procedure=implant_removal", "Procedures"
    )
    expect(page.get_by_text(re.compile("No operations", re.IGNORECASE)).first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Clear")).first).to_be_visible()


def test_a_row_leads_to_its_curve_and_its_patients(page: Page, address: str) -> None:
    open_page(page, address, "/procedures")
    grid = page.get_by_test_id("stDataFrame").locator("visible=true").first
    grid.scroll_into_view_if_needed()
    box = grid.locator("canvas").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + 35 + 17)
    settle(page, "Procedures")
    page.get_by_role("button", name=re.compile("operations that failed")).click()
    settle(page, "Patients")
    assert "procedure" in asked(page)
    expect(page.get_by_test_id("stDataFrame").locator("visible=true").first).to_be_visible()

"""Every page in a real browser: no error, nothing leaves the machine, nothing cut off, axe finds nothing of ours."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.screen import PAGES, open_page

pytestmark = pytest.mark.xdist_group("browser")

ARTEFACTS = Path(os.environ.get("OUTCOMES_ARTEFACTS", Path(__file__).parents[1] / "artefacts"))
WIDTHS = {"desktop": 1440, "tablet": 820, "phone": 390}

STREAMLITS_OWN = {"svg-img-alt", "target-size", "scrollable-region-focusable"}
"""What axe finds in Streamlit's own widgets and we cannot mend from here."""


def picture_name(path: str) -> str:
    return re.sub(r"[^a-z]+", "_", path.lower()).strip("_") or "overview"


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_opens_without_an_error_and_asks_nothing_of_other_machines(
    page: Page, address: str, strangers: list[str], path: str, title: str
) -> None:
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    open_page(page, address, path, title)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(page.get_by_text("sample data, made by computer", exact=False).first).to_be_visible()
    assert problems == []
    assert strangers == []


@pytest.mark.parametrize(("path", "title"), PAGES.items())
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_that_is_ours(page: Page, address: str, path: str, title: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    open_page(page, address, path, title)
    found = Axe().run(page).response["violations"]
    ours = [
        {"rule": one["id"], "help": one["help"], "where": [node["target"] for node in one["nodes"]][:3]}
        for one in found
        if one["id"] not in STREAMLITS_OWN
    ]
    assert ours == [], json.dumps(ours, indent=1)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("form", WIDTHS)
@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_fits_its_width_and_leaves_a_picture(
    browser: Browser, address: str, path: str, title: str, form: str, scheme: str
) -> None:
    width = WIDTHS[form]
    context = browser.new_context(viewport={"width": width, "height": 1000}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    try:
        open_page(page, address, path, title)
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
        page.set_viewport_size({"width": width, "height": min(int(tall) + 80, 6_000)})
        page.wait_for_timeout(400)
        page.screenshot(path=ARTEFACTS / f"{picture_name(path)}_{form}_{scheme}.png")
        too_wide = page.evaluate(
            "() => { const main = document.querySelector('[data-testid=stMain]');"
            " return main.scrollWidth - main.clientWidth; }"
        )
        assert too_wide <= 1, f"{title} is {too_wide} px wider than a screen of {width} px"
    finally:
        context.close()

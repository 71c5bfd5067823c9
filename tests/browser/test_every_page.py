"""Every page in a real browser: no error, nothing leaves the machine, nothing cut off, axe finds nothing of ours."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect
from playwright.sync_api import TimeoutError as NotSeen

from dashboard.pages.form import VERDICT
from tests.browser import labels
from tests.browser.screen import PAGES, STANDS_STILL, open_page, settle
from tests.patience import wait_until

pytestmark = pytest.mark.xdist_group("browser")

ARTEFACTS = Path(os.environ.get("OUTCOMES_ARTEFACTS", Path(__file__).parents[1] / "artefacts"))
WIDTHS = {"desktop": 1440, "tablet": 820, "phone": 390}
DESKTOP: ViewportSize = {"width": WIDTHS["desktop"], "height": 1000}
A_MOMENT = 1_000
"""Milliseconds after which a run is asked for once more, if none was seen."""

ANSWER_ABOVE, WITHOUT_AN_ANSWER = 220, ("/definitions", "/import")
"""Pixels from the top at which the answer of a page has ended on a wide screen; pages that answer no question."""
STREAMLITS_OWN = {"svg-img-alt", "target-size", "scrollable-region-focusable", "presentation-role-conflict"}
"""What axe finds in Streamlit's own widgets and we cannot mend from here; the last is the place for files."""
NAMELESS = [".stToast"]
"""A toast of Streamlit's is a dialog without a name, for the seconds that it is there; every other dialog has one."""


BACKGROUND = "() => getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
WATCH_FOR_A_RUN = """() => {
    const app = document.querySelector('[data-testid=stApp]'), state = 'data-test-script-state';
    const look = () => { window.hasRun ||= app.getAttribute(state) === 'running'; };
    new MutationObserver(look).observe(app, {attributes: true, attributeFilter: [state]});
}"""


def picture_name(path: str) -> str:
    return re.sub(r"[^a-z]+", "_", path.lower()).strip("_") or "overview"


@pytest.mark.parametrize(("path", "title"), PAGES.items())
def test_a_page_is_whole_at_every_width_light_and_dark_and_asks_nothing_of_other_machines(
    page: Page, address: str, strangers: list[str], blocked: list[str], path: str, title: str
) -> None:
    """One visit for all that is held of a page: each loads anew, and there are many."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(DESKTOP)
    open_page(page, address, path, title)
    if not path.startswith(WITHOUT_AN_ANSWER):
        answer = page.locator(f'[class*="st-key-{VERDICT}"]').first
        assert answer.evaluate("node => node.getBoundingClientRect().bottom") <= ANSWER_ABOVE
    whole_in(page, path, "light", list(WIDTHS))
    page.set_viewport_size(DESKTOP)
    darkened(page, title)
    # A view has the furniture of its page: in the dark it is looked at on the narrowest screen alone.
    whole_in(page, path, "dark", ["phone"] if "?" in path else list(WIDTHS))
    assert problems == []
    assert strangers == []
    assert blocked == []


def whole_in(page: Page, path: str, scheme: str, forms: Sequence[str]) -> None:
    """No error, nothing for axe to find, nothing wider than a screen of these forms; a picture of each is left.

    The page stands still, on a wide screen.
    """
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    expect(page.get_by_text("sample data, made by computer", exact=False).first).to_be_visible()
    ours = found_by_axe(page)
    assert ours == [], json.dumps(ours, indent=1)
    for form in forms:
        too_wide = pictured(page, WIDTHS[form], f"{picture_name(path)}_{form}_{scheme}.png")
        assert too_wide <= 1, f"{path} is {too_wide} px wider than a screen of {WIDTHS[form]} px"
        assert labels.unreadable(page) == [], (
            f"{path}, {WIDTHS[form]} px: words of pictures are cut off, or lie on each other"
        )


def darkened(page: Page, title: str) -> None:
    """The page in the dark, drawn anew (R): a figure keeps the colours of the background that it was drawn for."""
    bright = page.evaluate(BACKGROUND)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(f"bright => ({BACKGROUND})() !== bright", arg=bright)
    page.evaluate(WATCH_FOR_A_RUN)
    wait_until(lambda: asked_to_run(page))
    settle(page, title)


def asked_to_run(page: Page) -> bool:
    """Ask for a run until one is seen: a page with little on it may be through before its state is looked at."""
    page.keyboard.press("r")
    with suppress(NotSeen):
        page.wait_for_function("() => window.hasRun", timeout=A_MOMENT)
        return True
    return False


def found_by_axe(page: Page) -> list[dict[str, object]]:
    """What axe complains of, without what is Streamlit's own."""
    ours = [
        {"rule": one["id"], "help": one["help"], "where": [node["target"] for node in one["nodes"]]}
        for one in Axe().run(page).response["violations"]
        if one["id"] not in STREAMLITS_OWN
    ]
    return [one for one in ours if one["where"] != [NAMELESS]]


def pictured(page: Page, width: int, name: str) -> int:
    """Leave a picture of the whole page at a width; how many pixels it is wider than the screen."""
    size: ViewportSize = {"width": width, "height": 1000}
    if page.viewport_size != size:
        page.set_viewport_size(size)
        page.wait_for_function(STANDS_STILL)
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    # A taller screen shows more of the page, and moves nothing on it.
    page.set_viewport_size({"width": width, "height": min(int(tall) + 80, 6_000)})
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTEFACTS / name)
    wider = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"
    return int(page.evaluate(wider))

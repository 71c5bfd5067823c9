"""In the real browser: no word of the records, an address or a file loads anything from elsewhere or plants a link."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Page, expect

from dashboard import importing
from dashboard.cohort import FILTERS
from dashboard.pages.red_flags import WHOM_TO_CALL
from tests.browser.conftest import served
from tests.browser.screen import open_page, settle
from tests.pages.canaries import CANARY, HOST, poisoned

pytestmark = pytest.mark.xdist_group("browser")

MADE = f"[href*='{HOST}'], [src*='{HOST}'], [data-testid=stMain] [data-testid=stIconMaterial]:text-is('home'), .katex"
"""What would stand in a page of which a word has come to life."""
TITLES = {"/": "Overview", "/compare": "Compare", "/patients": "Patients", "/data": "Data quality"}
PATHS = (
    "/",
    "/compare?family=Fusion",
    f"/patients?patients_view={quote_plus(WHOM_TO_CALL)}",
    "/data?answered_by=Surgeon",
)


@pytest.fixture(scope="module")
def address(cookies: list[SetCookieParam], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("canaries")
    importing.run([poisoned(folder / "files")], folder / "store")
    with served(folder / "store", folder / "log.txt", cookies) as where:
        yield where


def test_nothing_comes_to_life(page: Page, address: str, strangers: list[str], tmp_path: Path) -> None:
    asked = "&".join(f"{each.word}={quote(CANARY)}" for each in FILTERS)
    for path in (*PATHS, f"/?{asked}"):
        open_page(page, address, path, TITLES[path.partition("?")[0]])
        assert page.locator(MADE).count() == 0
        assert HOST in page.content()
    expect(page.get_by_text("so it was left out", exact=False).first).to_be_visible()
    cell = '"' + CANARY.replace('"', "") + '"'
    file = tmp_path / "list.csv"
    file.write_text(f"{cell},patient,date of surgery,procedure\n{cell},1,{cell},{cell}\n", encoding="utf-8")
    open_page(page, address, "/import")
    page.locator("input[type=file]").set_input_files([str(file)])
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    settle(page, "Import")
    assert page.locator(MADE).count() == 0
    assert strangers == []


def test_a_word_that_came_to_life_would_be_seen(page: Page) -> None:
    page.set_content(f"<a href='http://{HOST}'>x</a><span class=katex>y</span>")
    assert page.locator(MADE).count() == 2

"""How a test waits for a page and reads it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.pages.listed import addresses

PAGES = addresses()
"""Every page, and every view of one that is drawn by itself: its address and its title."""

NOTHING_RUNS = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const running = app && app.getAttribute('data-test-script-state') === 'running';
    const waiting = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
    const stale = document.querySelector('[data-stale="true"]');
    return !running && !waiting && !stale;
}"""
STANDS_STILL = """async () => {
    const main = document.querySelector('[data-testid=stMain]');
    const drawn = () => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)));
    let last = '';
    for (let same = 0; same < 6;) {
        await drawn();
        const now = [main.scrollWidth, main.scrollHeight, main.querySelectorAll('*').length].join();
        same = now === last ? same + 1 : 0;
        last = now;
    }
    return true;
}"""
"""Six pictures one after the other in which nothing has moved: a slow machine takes longer to draw them."""


def settle(page: Page, title: str | None = None) -> None:
    """Wait until the page stands still: its title is there, nothing is running, nothing is a placeholder."""
    named = page.get_by_role("heading", level=1, name=title, exact=True if title else None)
    expect(named.first).to_be_visible()
    page.wait_for_function(NOTHING_RUNS)
    page.wait_for_function(STANDS_STILL)
    page.wait_for_function(NOTHING_RUNS)


def open_page(page: Page, address: str, path: str, title: str | None = None) -> None:
    """Open a path of the app and wait for it."""
    page.goto(f"{address}{path}")
    settle(page, title or PAGES.get(path))

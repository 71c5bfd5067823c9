"""How a test waits for a page and reads it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

PAGES = {
    "/": "Overview",
    "/procedures": "Procedures",
    "/procedures?procedures_view=What+patients+report": "Procedures",
    "/onset": "Time to symptoms",
    "/onset?onset_view=Symptoms+in+detail": "Time to symptoms",
    "/risk": "Risk factors",
    "/risk?risk_view=Ratios,+alone+and+adjusted": "Risk factors",
    "/risk?risk_view=Planning+an+operation": "Risk factors",
    "/causes": "Causes and care",
    "/causes?causes_view=When+each+cause+shows+itself": "Causes and care",
    "/causes?causes_view=Care+after+failure": "Causes and care",
    "/compare": "Compare",
    "/compare?family=Fusion": "Compare",
    "/compare?comparison=Monitoring": "Compare",
    "/patients": "Patients",
    "/data": "Data quality",
    "/data?data_view=Work+list": "Data quality",
    "/data?data_view=Completeness": "Data quality",
    "/risk?risk_view=What+can+be+changed": "Risk factors",
    "/patients?patients_view=Red+flags:+whom+to+call": "Patients",
    "/definitions": "Definitions",
    "/definitions?definitions_view=Side+by+side": "Definitions",
    "/import": "Import",
}
"""Every page, and every view of one that is drawn by itself: its address and its title."""


def settle(page: Page, title: str | None = None) -> None:
    """Wait until the page stands still: its title is there, nothing is running, nothing is a placeholder."""
    if title is not None:
        expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible(timeout=30_000)
    else:
        expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=30_000)
    page.wait_for_function(
        """() => {
            const app = document.querySelector('[data-testid="stApp"]');
            const running = app && app.getAttribute('data-test-script-state') === 'running';
            const waiting = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"]');
            const stale = document.querySelector('[data-stale="true"]');
            return !running && !waiting && !stale;
        }""",
        timeout=30_000,
    )
    page.wait_for_timeout(300)


def open_page(page: Page, address: str, path: str, title: str | None = None) -> None:
    """Open a path of the app and wait for it."""
    page.goto(f"{address}{path}")
    settle(page, title or PAGES.get(path))

"""``python -m benchmarks.felt``: what a person waits for, in a real browser, beside Streamlit's own empty app.

Two things, on the sample data, all in one run, since only ratios mean anything on a shared machine: from the start of
the server to a page that stands still; and from a changed filter to charts that stand still, page by page, against an
empty rerun: of the same page with nothing changed, and of the empty app. A page stands still with the last change of
its document before a while of none.
"""

from __future__ import annotations

import argparse
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

from dashboard import importing
from dashboard.shipped import shipped
from tests import raw
from tests.browser.chromium import FLAGS, installed_browser
from tests.browser.screen import PAGES

EMPTY = """import streamlit as st
st.title("Empty")
st.multiselect("Surgeon", ["S01", "S02"])
"""
"""Streamlit's own empty app, with the one input that is changed."""
WATCH = """
window.changed = 0;
new MutationObserver(() => { window.changed = performance.now(); })
    .observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
STILL = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const runs = !app || app.getAttribute('data-test-script-state') === 'running';
    const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]');
    return !runs && !waits && document.querySelector('h1') && performance.now() - window.changed > 700;
}"""
"""Whether nothing runs, nothing waits and nothing has changed for a while."""
BEGIN = "() => { window.begun = performance.now(); }"
TOOK = "() => (window.changed - window.begun) / 1000"
AT = "() => (performance.timeOrigin + window.changed) / 1000"
"""When the document last changed, by the clock that the server's start was read from."""
FILTER = "Surgeon"


def main() -> None:
    """Read the words, measure, and print."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.felt", description=__doc__)
    words.add_argument("--store", type=Path, help="a store that is published already; else the sample is, anew")
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--page", action="append", help="only this address, such as /risk; may be given again")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as passing, sync_playwright() as playwright:
        folder = Path(passing)
        store = chosen.store or _published(folder / "store")
        browser = playwright.chromium.launch(executable_path=installed_browser(), args=list(FLAGS))
        _starts(browser.new_context, folder, store, chosen.repeats)
        _changes(browser.new_context, folder, store, chosen.page or list(PAGES), chosen.repeats)
        browser.close()


def _published(store: Path) -> Path:
    importing.run([shipped("sample_data")], store)
    return store


def _starts(new: Callable[..., BrowserContext], folder: Path, store: Path, repeats: int) -> None:
    """From the start of the server to the first visitor's page, and to the second's, of the empty app and of ours."""
    found: dict[str, list[float]] = {"empty": [], "first": [], "second": []}
    for _ in range(repeats):
        with _empty_app(folder) as (began, address):
            found["empty"].append(_opened(new, address, began))
        began = time.time()
        with raw.served(store, folder / "log.txt") as server:
            found["first"].append(_opened(new, server.link, began))
            cookie = _as_cookie(raw.cookie_for(_again(server, store)), server.host)
            began = time.time()
            found["second"].append(_opened(new, f"http://{server.host}", began, cookie))
    empty, first, second = (statistics.median(found[name]) for name in ("empty", "first", "second"))
    print(f"start to settled, s: empty app {empty:.2f}, Overview {first:.2f}: {first / empty:.1f} times")
    print(f"the second visitor, s: {second:.2f}\n")


def _again(server: raw.Served, store: Path) -> raw.Served:
    """The same server with a new link: one works once."""
    from dashboard.launch import Launch
    from dashboard.serve_command import link_in

    return raw.Served(
        server.port, link_in(f"http://{server.host}", Launch(store, server.port).new_token()), server.log, server.pid
    )


def _changes(new: Callable[..., BrowserContext], folder: Path, store: Path, paths: list[str], repeats: int) -> None:
    """From a changed filter to charts that stand still: asked for the first time, and again."""
    heads = ("first s", "again s", "rerun s", "empty s", "first", "again")
    print(f"{'page':<54}{''.join(f'{head:>8}' for head in heads)}{'kB':>7}   (times of a rerun)")
    with _empty_app(folder) as (_, empty_address), raw.served(store, folder / "log.txt") as server:
        cookie = raw.cookie_for(server)
        empty = _page(new)
        empty.goto(empty_address)
        _settle(empty)
        _first_and_again(empty, repeats)
        for path in paths:
            floor, _, _ = _first_and_again(empty, repeats)
            page = _page(new, _as_cookie(cookie, server.host))
            page.goto(f"http://{server.host}{path}")
            _settle(page)
            rerun = statistics.median(_rerun(page) for _ in range(repeats))
            first, again, sent = _first_and_again(page, repeats)
            print(
                f"{path:<54}{first:>8.2f}{again:>8.2f}{rerun:>8.2f}{floor:>8.2f}{first / rerun:>8.1f}"
                f"{again / rerun:>8.1f}{sent / 1024:>7.0f}",
                flush=True,
            )
            page.context.close()


def _first_and_again(page: Page, repeats: int) -> tuple[float, float, float]:
    """Medians of what a chosen surgeon took, of each that was asked for the first time and of each asked again.

    And how many bytes came each time.
    """
    box = page.get_by_role("combobox", name=FILTER).first
    if not box.count():
        return float("nan"), float("nan"), 0.0
    first, again, sent = [], [], []
    counted = page.context.new_cdp_session(page)
    counted.send("Network.enable")
    counted.on("Network.webSocketFrameReceived", lambda told: sent.append(len(told["response"]["payloadData"])))
    for place in range(repeats):
        first.append(_chosen(page, box, place))
        _cleared(page, box)
        again.append(_chosen(page, box, place))
        _cleared(page, box)
    counted.detach()
    return statistics.median(first), statistics.median(again), 0.75 * sum(sent) / (4 * repeats)


def _rerun(page: Page) -> float:
    """Seconds that the page takes with nothing changed, asked for by its own key."""
    page.locator("h1").first.click()
    page.evaluate(BEGIN)
    page.keyboard.press("r")
    _settle(page)
    return float(page.evaluate(TOOK))


def _chosen(page: Page, box: Locator, place: int) -> float:
    """Seconds from the click on one of the names to the last change."""
    box.click()
    options = page.get_by_role("option")
    options.first.wait_for()
    option = options.nth(min(place, options.count() - 1) + (1 if "all" in options.first.inner_text().lower() else 0))
    page.evaluate(BEGIN)
    option.click()
    _settle(page)
    took = float(page.evaluate(TOOK))
    page.keyboard.press("Escape")
    return took


def _cleared(page: Page, box: Locator) -> None:
    box.focus()
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    _settle(page)


def _opened(new: Callable[..., BrowserContext], address: str, began: float, cookie: str = "") -> float:
    page = _page(new, cookie)
    page.goto(address)
    _settle(page)
    took = float(page.evaluate(AT)) - began
    page.context.close()
    return took


def _as_cookie(pair: str, host: str) -> str:
    return f"{pair}@{host}"


def _page(new: Callable[..., BrowserContext], cookie: str = "") -> Page:
    context = new(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(120_000)
    context.add_init_script(WATCH)
    if cookie:
        pair, _, host = cookie.rpartition("@")
        name, _, value = pair.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": f"http://{host}"}])
    return context.new_page()


def _settle(page: Page) -> None:
    page.wait_for_timeout(50)
    page.wait_for_function(STILL)


@contextmanager
def _empty_app(folder: Path) -> Iterator[tuple[float, str]]:
    """When Streamlit's own empty app was started, and where it is once it answers."""
    script, port = folder / "empty.py", raw.free_port()
    script.write_text(EMPTY, encoding="utf-8")
    look = {"server.port": port, "server.headless": "true", "server.address": "127.0.0.1",
            "browser.gatherUsageStats": "false"}  # fmt: skip
    words = [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{name}={look[name]}" for name in look)]
    began = time.time()
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while not raw.is_up(port):
            time.sleep(0.02)
        yield began, f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    main()

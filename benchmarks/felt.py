"""``python -m benchmarks.felt``: what a person waits for, in a real browser, beside Streamlit's own empty app.

From the start of the server to a page that stands still, for the first visitor and the second; from a changed filter to
charts that stand still, page by page, asked for the first time; the same where a control draws a part of a page alone;
and the same beside an app whose numbers are there already (``canned``). All in one run: only ratios mean anything.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Error, sync_playwright

from benchmarks.browser import Window, empty_app, once_more, window
from benchmarks.figures import Figure
from benchmarks.pages import narrowed
from benchmarks.tables import groups, plain
from benchmarks.tiers import Tier
from tests import raw
from tests.browser.chromium import FLAGS, installed_browser

GROUP = "browser"
SAMPLE = 2_400


def main() -> None:
    """Read the words, measure, and print."""
    words = argparse.ArgumentParser(prog="python -m benchmarks.felt", description=__doc__)
    words.add_argument("--folder", type=Path, help="of records and stores that are kept")
    words.add_argument("--operations", type=int, default=SAMPLE)
    words.add_argument("--repeats", type=int, default=3)
    words.add_argument("--page", action="append", help="only this address, such as risk; may be given again")
    chosen = words.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        tier = Tier(chosen.operations, (chosen.folder or Path(passing)).absolute(), chosen.repeats)
        for _, rows in groups(list(figures(tier, chosen.page))):
            print(plain(rows))


def figures(tier: Tier, only: Sequence[str] | None = None) -> Iterator[Figure]:
    """The start, every page and view that filters narrow, and each page with numbers that are there already."""
    asked = [f"{path}?{words}".rstrip("?") for path, words in narrowed()]
    asked = [path for path in asked if only is None or path in only]
    with tempfile.TemporaryDirectory() as passing, sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed_browser(), args=list(FLAGS))
        except Error as problem:
            why = str(problem).splitlines()[0]
            yield Figure(GROUP, "everything", tier.operations, why_not=f"no browser: {why}")
            return
        yield from _starts(browser, Path(passing), tier)
        yield from _changes(browser, Path(passing), tier, asked)
        yield from _canned(browser, Path(passing), tier, [path for path in asked if "?" not in path])
        browser.close()


def _starts(browser: Browser, folder: Path, tier: Tier) -> Iterator[Figure]:
    """From the start of the server to the first visitor's page, and to the second's, of the empty app and of ours."""
    found = [_start(browser, folder, tier) for _ in range(tier.repeats)]
    ratios = tuple(first / empty for empty, first, _ in found)
    yield Figure(GROUP, "start to Overview ÷ to the empty app", tier.operations, ratios, part="13 start")
    names = ("start to the empty app", "start to Overview", "Overview for the second visitor")
    for name, times in zip(names, zip(*found, strict=True), strict=True):
        yield Figure(GROUP, name, tier.operations, tuple(1000 * one for one in times), unit="ms")


def _start(browser: Browser, folder: Path, tier: Tier) -> tuple[float, float, float]:
    with empty_app(folder) as (began, address):
        empty = _opened(window(browser), address) - began
    began = time.time()
    with raw.served(tier.store, folder / "log.txt") as server:
        first = _opened(window(browser), server.link) - began
        cookie = raw.cookie_for(once_more(server, tier.store))
        began = time.time()
        second = _opened(window(browser, cookie, server.host), f"http://{server.host}") - began
    return empty, first, second


def _opened(one: Window, address: str) -> float:
    one.open(address)
    stood_still = one.stood_still
    one.close()
    return stood_still


def _changes(browser: Browser, folder: Path, tier: Tier, paths: list[str]) -> Iterator[Figure]:
    """Each page's changed filter, which nobody has chosen before, and the empty app's in turn."""
    alone: list[float] = []
    every: list[float] = []
    with empty_app(folder) as (_, address), raw.served(tier.store, folder / "log.txt") as server:
        cookie, empty = raw.cookie_for(server), window(browser)
        empty.open(address)
        empty.change(0)
        for path in paths:
            page = window(browser, cookie, server.host)
            page.open(f"http://{server.host}/{path}")
            if page.filter.count():
                before = page.received
                pairs = [(page.change(place), empty.change(place)) for place in range(tier.repeats)]
                every += [ours for ours, _ in pairs]
                sent = (page.received - before) / (2 * tier.repeats * 1000)
                yield from _of_page(tier, path or "overview", pairs, sent)
            alone += [part / empty.change(0) for part in page.parts()]
            page.close()
    why = "" if alone else "no control draws a part of a page alone"
    name = "a part of a page drawn alone ÷ an empty rerun"
    yield Figure(GROUP, name, tier.operations, tuple(alone), part="9 fragment", why_not=why)
    if len(every) > 1:
        most = 1000 * statistics.quantiles(every, n=20, method="inclusive")[-1]
        yield Figure(GROUP, "a changed filter, any page, 95th percentile", tier.operations, (most,), unit="ms")


def _of_page(tier: Tier, name: str, pairs: Sequence[tuple[float, float]], sent: float) -> Iterator[Figure]:
    ratios = tuple(ours / empty for ours, empty in pairs)
    yield Figure(GROUP, f"{name}, changed filter ÷ an empty rerun", tier.operations, ratios, part="9 page")
    times = tuple(1000 * ours for ours, _ in pairs)
    yield Figure(GROUP, f"{name}, changed filter", tier.operations, times, unit="ms")
    yield Figure(GROUP, f"{name}, bytes of a change", tier.operations, (sent,), unit="kB", part="13 bytes")


def _canned(browser: Browser, folder: Path, tier: Tier, paths: list[str]) -> Iterator[Figure]:
    """Each page's changed filter, and the same change where the numbers are there already."""
    command = ("-m", "benchmarks.canned", str(folder / "answers"))
    with raw.served(tier.store, folder / "log.txt", command=command) as server:
        change = _changing(browser, server)
        for path in paths:
            change(path, tier.repeats)  # whoever asks first fills the file
    with ExitStack() as stack:
        ours = _changing(browser, stack.enter_context(raw.served(tier.store, folder / "ours.txt")))
        there = _changing(browser, stack.enter_context(raw.served(tier.store, folder / "log.txt", command=command)))
        for path in paths:
            pairs = list(zip(ours(path, tier.repeats), there(path, tier.repeats), strict=True))
            if pairs:
                ratios = tuple(a / b for a, b in pairs)
                title = f"{path or 'overview'}, changed filter ÷ with numbers that are there"
                yield Figure(GROUP, title, tier.operations, ratios, part="10")


def _changing(browser: Browser, server: raw.Served) -> Callable[[str, int], list[float]]:
    """The seconds of so many changes on a page of this server; none where it has no filter."""
    cookie = raw.cookie_for(server)

    def changes(path: str, times: int) -> list[float]:
        page = window(browser, cookie, server.host)
        page.open(f"http://{server.host}/{path}")
        found = [page.change(place) for place in range(times)] if page.filter.count() else []
        page.close()
        return found

    return changes


if __name__ == "__main__":
    main()

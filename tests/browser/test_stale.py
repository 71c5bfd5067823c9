"""While a page is drawn anew, no figure of the cohort before can be read beside the head line of the new one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import Page

from dashboard.pages import form
from tests.browser.screen import open_page, settle
from tests.browser.test_links import choose_procedure, counted

pytestmark = pytest.mark.xdist_group("browser")

READ = """() => {
    const legible = node => {
        for (let at = node; at; at = at.parentElement)
            if (getComputedStyle(at).opacity === '0' || getComputedStyle(at).visibility === 'hidden') return false;
        return true;
    };
    const main = document.querySelector('[data-testid=stMain]');
    const places = main.querySelectorAll(
        '[data-testid=stMarkdown] p, [data-testid=stMetricValue], [data-testid=stAlert] p, summary, svg.main-svg text'
    );
    return [...places].filter(legible).map(place => place.textContent.trim()).filter(words => /[0-9]/.test(words));
}"""
WATCH = f"""() => {{
    window.seen = [];
    const look = () => {{ window.seen.push(({READ})()); if (window.seen.length < 500) setTimeout(look, 200); }};
    look();
}}"""
"""Looked at some times a second: at every frame, looking would leave a small machine no time to draw."""
WATCH_WHAT_MOVES = """() => {
    window.moved = 0;
    new PerformanceObserver(list => list.getEntries().forEach(one => { window.moved += one.value; }))
        .observe({type: 'layout-shift'});
}"""
MOST_MOVED = 0.05
"""Of the screen, by how far: the browser's own measure, of which less than 0.1 is called good."""


@pytest.mark.parametrize(("path", "title"), [("/", "Overview"), ("/procedures", "Procedures")])
def test_no_figure_of_the_cohort_before_stands_beside_the_new_head_line(
    page: Page, address: str, path: str, title: str
) -> None:
    open_page(page, address, path, title)
    before = set(page.evaluate(READ))
    page.evaluate(WATCH_WHAT_MOVES)
    page.evaluate(WATCH)
    choose_procedure(page, "TLIF")
    settle(page, title)
    after, seen = set(page.evaluate(READ)), page.evaluate("window.seen")
    head_after = counted(page)
    if path == "/":  # on Procedures the rows themselves become fewer
        assert page.evaluate("window.moved") < MOST_MOVED
    old = before - after
    assert old, "The choice changes nothing that could be mistaken."
    wrong: list[Any] = [sorted(old & set(words))[:5] for words in seen if head_after in words and old & set(words)]
    assert wrong == [], wrong[:3]
    assert any(head_after in words for words in seen)


@pytest.mark.parametrize("path", ["/", "/risk?risk_view=Planning+an+operation", "/patients", "/import"])
def test_what_a_reader_types_or_chooses_in_is_known_by_name_and_stays(page: Page, address: str, path: str) -> None:
    open_page(page, address, path)
    holding = """names => [...document.querySelectorAll('[data-testid="stElementContainer"]')]
        .filter(node => node.querySelector('input, textarea, [role="combobox"]'))
        .map(node => [...node.children].every(child => child.matches(names)))"""
    found = page.evaluate(holding, form.INPUTS)
    assert found
    assert all(found)


def test_a_change_styles_no_whole_page_anew_for_each_part_that_comes(page: Page, address: str) -> None:
    open_page(page, address, "/procedures", "Procedures")
    browser = page.context.browser
    assert browser
    browser.start_tracing(page=page, categories=["devtools.timeline", "blink"])
    page.locator("h1").first.click()
    page.keyboard.press("r")
    settle(page, "Procedures")
    told = json.loads(browser.stop_tracing())["traceEvents"]
    styled = sum(one["args"].get("elementCount", 0) for one in told if one["name"] == "UpdateLayoutTree")
    assert 0 < styled < 4 * page.evaluate("document.querySelectorAll('*').length")

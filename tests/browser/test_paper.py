"""A chart on paper against what Plotly draws of the same figure, and whether every word of it can be read."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import plotly
import pytest
from playwright.sync_api import Browser, Page

from dashboard import typesetting
from dashboard.charts import paper
from dashboard.charts.paper.drawing import SET_AT
from tests.browser import labels
from tests.charts.every import EVERY, MORE_OF_SOME

pytestmark = pytest.mark.xdist_group("browser")

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
NEAR, NEAR_WORDS = 1.0, 2.5
"""Pixels by which what is drawn on paper may lie off the screen's, and the middle of a word."""
ALL = EVERY | MORE_OF_SOME

DRAW = """async figures => {
    await Promise.all([...document.fonts].map(font => font.load()));
    for (const {screen, papers} of figures) {
        const add = (side, inner) => {
            const one = document.body.appendChild(document.createElement('div'));
            one.dataset.side = side;
            one.innerHTML = inner;
            return one;
        };
        papers.forEach((paper, place) => add(place ? 'half' : 'full', paper));
        const here = add('screen', '');
        here.style.width = '680px';
        await Plotly.newPlot(here, screen.data, screen.layout, {staticPlot: true, responsive: false});
    }
}"""
LOOK = """([side, marks, words]) => [...document.querySelectorAll(`[data-side=${side}]`)].map(drawn => {
    const whole = drawn.querySelector('svg').getBoundingClientRect();
    const place = one => {
        const box = one.getBoundingClientRect();
        return {left: box.left - whole.left, top: box.top - whole.top, right: box.right - whole.left,
                bottom: box.bottom - whole.top, wide: whole.width, tall: whole.height};
    };
    const seen = one => {
        const look = getComputedStyle(one), box = one.getBoundingClientRect();
        const drawn = look.fill !== 'none' || parseFloat(look.strokeWidth) > 0;
        const thin = !box.width || !box.height;
        const nothing = thin && (one.closest('.barlayer') || box.width === box.height);
        return drawn && look.opacity > 0 && look.display !== 'none' && !nothing;
    };
    return {
        marks: [...drawn.querySelectorAll(marks)].filter(seen).map(place),
        words: [...drawn.querySelectorAll(words)].filter(one => one.textContent.trim() && seen(one)).map(one => ({
            words: one.textContent.replace(/[\\s\\u200b]+/g, ' ').trim(),
            slants: /rotate\\((?!0[,)])/.test(one.closest('text').getAttribute('transform') || ''), ...place(one),
        })),
    };
})"""
MARKS = """.scatterlayer .points path.point, .barlayer .point path, path.js-line, path.js-fill, path.xerror,
    path.yerror, .shapelayer path"""
ON_SCREEN = [MARKS, ".main-svg text:not(:has(tspan.line)), .main-svg tspan.line"]
ON_PAPER = ["circle, rect, path", "text"]


def letters() -> str:
    """The letters of paper, and in place of the screen's the same at the size at which paper sets them."""
    regular, strong = (
        base64.b64encode((typesetting.FONTS / f"Inter-{name}.otf").read_bytes()).decode()
        for name in ("Regular", "SemiBold")
    )
    smaller = f"size-adjust: {100 * SET_AT:.3f}%;"
    return "".join(
        f"@font-face {{font-family: '{name}'; font-weight: {weight}; {more} src: url(data:font/otf;base64,{face})}}"
        for name, more in (("Inter", ""), ("Source Sans", smaller))
        for weight, face in ((400, regular), (600, strong), (700, strong))
    )


@pytest.fixture(scope="module")
def drawn(browser: Browser) -> Iterator[Page]:
    """Every chart as the screen draws it, 680 pixels wide, and on paper at both widths."""
    page = browser.new_page(viewport={"width": 800, "height": 900})
    page.set_content(f"<style>body {{margin: 0}} {letters()}</style>")
    page.add_script_tag(path=PLOTLY)
    figures = [
        {"screen": json.loads(one.to_json()), "papers": [paper.svg(one, width=w) for w in (paper.FULL, paper.HALF)]}
        for one in (make() for make in ALL.values())
    ]
    page.evaluate(DRAW, figures)
    yield page
    page.close()


def looked_at(page: Page, side: str) -> dict[str, Any]:
    """What stands where in each picture of a side."""
    found = page.evaluate(LOOK, [side, *(ON_SCREEN if side == "screen" else ON_PAPER)])
    return dict(zip(ALL, found, strict=True))


def off(one: dict[str, float], other: dict[str, float]) -> float:
    """By how much two boxes differ, at the side at which they differ most."""
    return max(abs(one[side] - other[side]) for side in ("left", "top", "right", "bottom"))


def middle_off(one: dict[str, float], other: dict[str, float]) -> float:
    """By how much the middles of two boxes differ, across or up."""
    return max(abs(one[a] + one[b] - other[a] - other[b]) / 2 for a, b in (("left", "right"), ("top", "bottom")))


def test_all_that_plotly_draws_stands_on_paper_in_its_place(drawn: Page) -> None:
    screen, full = looked_at(drawn, "screen"), looked_at(drawn, "full")
    missing = [
        (name, mark)
        for name, seen in screen.items()
        for mark in seen["marks"]
        if min(off(mark, one) for one in full[name]["marks"]) > NEAR
    ]
    assert missing == []
    assert {name for name, seen in screen.items() if not seen["marks"]} == {"count_matrix", "empty", "symptom_heat"}
    astray = [
        (name, word["words"])
        for name, seen in screen.items()
        for word in seen["words"]
        if all(middle_off(word, one) > NEAR_WORDS for one in full[name]["words"] if one["words"] == word["words"])
    ]
    assert astray == []


@pytest.mark.parametrize("side", ["full", "half"])
def test_no_word_on_paper_is_cut_off_or_lies_on_another(drawn: Page, side: str) -> None:
    pictures = {name: seen["words"] for name, seen in looked_at(drawn, side).items()}
    assert {name: labels.cut_of(words) for name, words in pictures.items() if labels.cut_of(words)} == {}
    assert {name: labels.met_of(words) for name, words in pictures.items() if labels.met_of(words)} == {}

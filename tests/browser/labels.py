"""Whether every word in a picture can be read: none reaches beyond its figure, none lies on another."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

WORDS_OF_FIGURES = """() => {
    const seen = words => words.width > 0 && words.height > 0;
    return [...document.querySelectorAll('.js-plotly-plot')].filter(
        plot => plot.offsetParent && !plot.closest('details:not([open])')
    ).map(plot => {
        const box = plot.getBoundingClientRect();
        // What stands slanting has a box that is larger than it.
        const slants = text => /rotate\\((?!0[,)])/.test(text.getAttribute('transform') || '');
        const texts = [...plot.querySelectorAll('.main-svg text')].filter(text =>
            text.textContent.trim() && !text.closest('.hoverlayer') && getComputedStyle(text).opacity > 0
        );
        return texts.map(text => ({
            words: text.textContent, at: text.getBoundingClientRect(), slants: slants(text)
        })).filter(
            each => seen(each.at)
        ).map(({words, at, slants}) => ({
            words, slants, left: at.left - box.left, top: at.top - box.top, right: at.right - box.left,
            bottom: at.bottom - box.top, wide: box.width, tall: box.height,
        }));
    });
}"""
EDGE = 1.5
"""Pixels by which a letter's box may reach beyond what is drawn of it."""
APART = 3
"""Pixels by which the boxes of two words may lie on each other before their letters do."""

Word = dict[str, Any]


def unreadable(page: Page) -> list[str]:
    """The words of all figures that stand on the page which are cut off, and pairs of them that lie on each other."""
    return [words for figure in page.evaluate(WORDS_OF_FIGURES) for words in (*cut_of(figure), *met_of(figure))]


def cut_of(figure: list[Word]) -> list[str]:
    """The words of a figure which are cut off at one of its edges."""
    return [
        str(word["words"])
        for word in figure
        if word["left"] < -EDGE
        or word["top"] < -EDGE
        or word["right"] > word["wide"] + EDGE
        or word["bottom"] > word["tall"] + EDGE
    ]


def met_of(figure: list[Word]) -> list[str]:
    """Pairs of words of a figure that lie on each other."""
    return [
        f"{one['words']} | {other['words']}"
        for place, one in enumerate(figure)
        for other in figure[:place]
        if not one["slants"]
        and not other["slants"]
        and min(one["right"], other["right"]) - max(one["left"], other["left"]) > APART
        and min(one["bottom"], other["bottom"]) - max(one["top"], other["top"]) > APART + 1
    ]

"""Twelve questions, answered from the screens alone with at most four clicks each; the key is made by the command."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard import cli
from dashboard.analyses.causes import LATE_DAYS
from dashboard.pages.brief import SENTENCES
from tests.browser.screen import open_page, settle

pytestmark = pytest.mark.xdist_group("browser")
MOST_CLICKS = 4
DESKTOP = {"width": 1440, "height": 900}


@dataclass
class Reader:
    """Somebody at the screen, whose clicks are counted; what is typed into an open list is not."""

    page: Page
    title: str = "Overview"
    clicks: list[str] = field(default_factory=list)

    def to(self, title: str) -> None:
        """Go to a page by the navigation."""
        self._click(lambda: self.page.get_by_role("link", name=title, exact=True).first.click(), title)
        self.title = title
        settle(self.page, title)

    def choose(self, name: str, words: str) -> None:
        """Open a list and type what is meant."""
        box = self.page.get_by_role("combobox", name=re.compile(f"{name}$")).first
        self._click(box.click, name)
        self.page.keyboard.type(words)
        self.page.get_by_role("option", name=words).first.wait_for()
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Tab")
        settle(self.page, self.title)

    def press(self, name: str, title: str = "") -> None:
        """Click a button, which may lead to another page."""
        self._click(
            self.page.get_by_role("button", name=name).or_(self.page.get_by_role("radio", name=name)).first.click, name
        )
        self.title = title or self.title
        settle(self.page, self.title)

    def _click(self, click: Callable[[], None], what: str) -> None:
        click()
        self.clicks.append(what)

    def reads(self, sentence: str) -> None:
        """Every sentence of an answer stands on the screen."""
        shown = self.page.locator("body").inner_text()
        missing = [one for one in SENTENCES.split(sentence) if flat(one) not in flat(shown)]
        assert missing == [], f"{self.clicks}: {missing}"
        assert len(self.clicks) <= MOST_CLICKS, self.clicks


def flat(words: str) -> str:
    return re.sub(r"\s+", " ", words.replace("\u2060", ""))


@pytest.fixture(scope="module")
def concluded(store: Path) -> Callable[..., str]:
    """What the command concludes: the key."""

    def ask(about: str, *more: str) -> str:
        told = io.StringIO()
        with redirect_stdout(told):
            words = ["query", "verdicts", "--store", str(store), "--about", about, *more, "--json"]
            assert cli.main(words) == 0
        return str(json.loads(told.getvalue())[0]["sentence"])

    return ask


def first_sentence(words: str) -> str:
    return SENTENCES.split(words)[0]


def test_twelve_questions(page: Page, address: str, concluded: Callable[..., str]) -> None:
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})

    def begin() -> Reader:
        open_page(page, address, "/", "Overview")
        return Reader(page)

    fails_most = begin()
    fails_most.to("Procedures")
    fails_most.choose("Failed within", "1 year")
    fails_most.reads(concluded("procedures", "--days", "365"))

    late = begin()
    late.choose("Procedure", "TLIF")
    late.choose("Levels operated", "One")
    late.to("Causes and care")
    late.choose("Failed after", "month 9")
    asked = ("--where", "procedure=tlif", "--where", "levels=one", "--after", str(LATE_DAYS))
    late.reads(first_sentence(concluded("late_causes", *asked)))

    waiting = begin()
    waiting.press("All 7", "Patients")
    waiting.reads(concluded("red_flags"))

    smokers = begin()
    smokers.choose("Procedure family", "Fusion")
    smokers.to("Risk factors")
    smokers.press("Alone and adjusted")
    smokers.choose("Factor of interest", "Smoking")
    smokers.reads(concluded("exposure", "--exposure", "smoking", "--where", "family=fusion"))

    revisions = begin()
    revisions.to("Causes and care")
    revisions.choose("Shown", "Care after failure")
    revisions.reads(concluded("revisions"))

    preventable = begin()
    preventable.to("Causes and care")
    preventable.reads(concluded("preventable"))

    surgeons = begin()
    surgeons.to("Compare")
    surgeons.reads(concluded("surgeons"))

    answered = begin()
    answered.to("Data quality")
    answered.reads(concluded("follow_up"))

    planned = begin()
    planned.to("Risk factors")
    planned.press("Planning an operation")
    planned.choose("Smoking", "Current")
    planned.choose("Depression", "Yes")
    profile = ("--profile", "smoking=current", "--profile", "depression=yes")
    planned.reads(first_sentence(concluded("patient", "--procedure", "microdiscectomy", *profile)))
    planned.reads("body mass index")

    better = begin()
    better.press("Control chart", "Procedures")
    better.reads(concluded("change"))

    imported = begin()
    imported.press("Since the last import")
    imported.reads(concluded("last_import"))

    this_month = begin()
    this_month.reads("Red flags: 4 without contact")
    this_month.reads("Needs review: 1 signal")
    expect(page.get_by_text(re.compile(r"182 visits .* overdue")).first).to_be_visible()

"""What each page asks of the database, by its own word: recorded while it is drawn, and asked anew.

Drawn by the whole frame, as a link opens it: every page that filters narrow, and every view of one. Three times: of all
operations; of half of them, by a day on which nothing was counted beforehand; and of one value of the first filter of
the list, by which counts can be prepared.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qs

from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from benchmarks.figures import Figure, Took, beside, milliseconds, ratios, took
from benchmarks.questions import Asked, Recording, Scanned, half, opened
from benchmarks.tiers import Tier
from dashboard import shell
from dashboard.analyses.remembering import forget
from dashboard.cohort import FILTERS
from dashboard.errors import OutcomesError
from tests.opened import app_for
from tests.pages.listed import addresses

GROUP = "pages"
LONGEST_SECONDS = 600
NO_SERVER = "streamlit.runtime.scriptrunner_utils.script_run_context"
"""Says of each page that no server draws it."""
ALL, HALF, PREPARED = "all", "half", "prepared"


@dataclass(frozen=True)
class Drawn:
    """One page as it was drawn for the first time: what it asked, what reached the database, how long it took."""

    asked: list[Asked]
    scanned: list[Scanned]
    first: Took


def figures(tier: Tier) -> Iterator[Figure]:
    """Page by page: its reads against a bare scan, those of all operations against those of half, the first sight."""
    os.environ["OUTCOMES_STORE"] = str(tier.store)
    logging.getLogger(NO_SERVER).disabled = True
    setattr(shell, "DuckEngine", Recording)  # noqa: B010 (a type checker holds that it is no part of the frame)
    filters = _filters(tier)
    _draw("", {})  # opens the store, and reads once what is read once
    engine = Recording.opened[-1]
    for path, words in narrowed():
        drawn = {of: _drawn(engine, path, {**parse_qs(words), **asked}) for of, asked in filters.items()}
        yield from _page(engine, tier, _name(path, words), drawn)


def narrowed() -> Iterator[tuple[str, str]]:
    """Every page and view that filters narrow: its path, and the words of its address."""
    by_path = {each.path: each for each in shell.PAGES}
    for address in addresses():
        path, _, words = address.removeprefix("/").partition("?")
        if by_path[path].narrowed:
            yield path, words


def _page(engine: Recording, tier: Tier, name: str, drawn: dict[str, Drawn]) -> Iterator[Figure]:
    """Of one page. Where a question was not answered the page has no figures, and says why."""
    yield Figure(GROUP, f"{name}, first sight", tier.operations, **milliseconds([drawn[ALL].first]), unit="ms")
    asks = {of: partial(engine.anew, one.asked) for of, one in drawn.items()}
    try:
        floor = engine.floor(drawn[HALF].scanned)
        pairs = beside(asks[HALF], floor, tier.repeats)
        yield Figure(GROUP, f"{name}, of half ÷ bare scan", tier.operations, **ratios(pairs), part="2")
        for of, words in ((ALL, "of all"), (PREPARED, "by a prepared filter")):
            pairs = beside(asks[of], asks[HALF], tier.repeats)
            yield Figure(GROUP, f"{name}, {words} ÷ of half", tier.operations, **ratios(pairs), part="3")
    except OutcomesError as problem:
        yield Figure(GROUP, f"{name}, its reads", tier.operations, why_not=problem.message)


def _filters(tier: Tier) -> dict[str, dict[str, list[str]]]:
    """What the address says for each of the three."""
    with opened(tier) as (_, records):
        first, facts = FILTERS[0], records.facts
        name = next(iter(records.choices(first.dimension)))
        period = f"{half(records).operated_from},{facts.last_operation}"
    return {ALL: {}, HALF: {"operated": [period]}, PREPARED: {first.word: [name]}}


def _drawn(engine: Recording, path: str, words: dict[str, list[str]]) -> Drawn:
    forget()
    times: list[Took] = []
    asked, scanned = engine.recorded(lambda: times.append(took(lambda: _draw(path, words))))
    return Drawn(asked, scanned, times[0])


def _draw(path: str, words: dict[str, list[str]]) -> AppTest:
    app = app_for()
    for word, value in words.items():
        app.query_params[word] = value
    app._page_hash = calc_hash(path)  # its own `switch_page` knows pages by the file that they stand in
    return app.run(timeout=LONGEST_SECONDS)


def _name(path: str, words: str) -> str:
    return (path or "overview") + (f" ({', '.join(*parse_qs(words).values())})" if words else "")

"""The pages that tests open: those that the app lists, and each view of one, so that a new page is tried or fails."""

from __future__ import annotations

from inspect import getmodule
from urllib.parse import quote_plus

from dashboard.shell import PAGES, Listed

VIEW_CHOSEN_BY = {"compare": "comparison"}
"""The word in the address by which a page's view is chosen, where it is not the page's own with ``_view``."""
DRAWN_OTHERWISE = {"compare": ("family=Fusion",)}
"""Choices that draw a page otherwise than a view of it does, and are tried in the browser too."""
FOR_NOBODY_TOO = {
    "audit": "it says who asked what, whoever is chosen",
    "definitions": "it says what is counted, whoever is chosen",
    "imports": "it brings records in, whoever is chosen",
}
"""Pages that a cohort of nobody leaves as they are, and why; every other must show the way out of it."""


def name_of(listed: Listed) -> str:
    """The page's own word: its file in ``dashboard/pages``."""
    return listed.draw.__module__.rpartition(".")[2]


def views_of(listed: Listed) -> list[str]:
    """What the page's views are called on the screen, the one shown by itself first; none where it has only one."""
    return list(getattr(getmodule(listed.draw), "VIEWS", {}).values())


def view_word(name: str) -> str:
    """The word in the address by which a view of the page is chosen."""
    return VIEW_CHOSEN_BY.get(name, f"{name}_view")


def addresses() -> dict[str, str]:
    """Every page, every view that it does not show by itself and every way to draw it otherwise: address and title."""
    found = {}
    for listed in PAGES:
        name = name_of(listed)
        views = [f"{view_word(name)}={quote_plus(view, safe=':,')}" for view in views_of(listed)[1:]]
        for asked in ("", *views, *DRAWN_OTHERWISE.get(name, ())):
            found[f"/{listed.path}?{asked}".rstrip("?")] = listed.title
    return found


BY_NAME = {name_of(listed): listed for listed in PAGES}

"""How much of everything is tried: all of it, or as much as a suite has time for, so that each thing is tried by some.

The short way opens each page as each viewer, each view as one viewer of each kind of scope at the least, and takes the
strange values, the buttons and the files in turn: by another viewer, on another page, it is the next ones.
"""

from __future__ import annotations

from dashboard import slots
from dashboard.analyses.saved_views import FROZEN
from dashboard.documents.kinds import KINDS
from dashboard.pages.saved_views import WAY
from dashboard.shell import HOW_MANY, PAGES
from tests.pages.listed import addresses
from tests.protocol import strangers
from tests.protocol.attempts import VALUES
from tests.protocol.trial import Trial

ALIKE = (
    ("surgeon", "surgeon at one site"),
    ("manager with masks", "manager", "manager in protected form"),
    ("manager of a site",),
    ("steward",),
    ("steward of a site",),
    ("auditor",),
)
"""Viewers with the same pages and the same kind of scope: the views are shared out among them."""
CHEAP, NARROWED = "/definitions", "/data"
"""The page that is drawn the soonest, and one that the filters narrow; more than one viewer has both."""
EVERY = [*addresses()]
FIRST = {f"/{page.path}" for page in PAGES}


def viewers() -> list[str]:
    """Whoever is tried: the operator sees all, and what is known of the pages comes from there."""
    return [who for alike in ALIKE for who in alike]


def short(trial: Trial, who: str) -> None:
    """What a suite has time for."""
    (alike,) = [alike for alike in ALIKE if who in alike]
    place, turn = alike.index(who), viewers().index(who)
    for number, address in enumerate(EVERY):
        if number % 8 == turn % 8:
            trial.forge(who, address, number // 8 + turn)
        elif address in FIRST or number % len(alike) == place:
            trial.open(who, address)
        if address in FIRST and number % 6 == turn % 6:
            trial.take(who, address, number + turn)
    trial.mistype(who, EVERY[turn])
    for number, kind in enumerate(KINDS):
        if number % 3 == turn % 3:
            trial.open(who, f"/report?document={kind.name}&preview=true")
    _besides(trial, who)


def whole(trial: Trial, who: str) -> None:
    """All of it."""
    for address in EVERY:
        trial.open(who, address)
        trial.mistype(who, address)
        for place in range(VALUES):
            trial.forge(who, address, place)
        trial.take(who, address)
        for word in sorted({one.word for one in trial.known[address].values() if one.word}):
            trial.asks_in_vain(who, address, word)
    for kind in KINDS:
        for looked_at in ("", "&preview=true"):
            trial.open(who, f"/report?document={kind.name}{looked_at}")
    _besides(trial, who)


def _besides(trial: Trial, who: str) -> None:
    for word in slots.UNITS:
        trial.asks_in_vain(who, NARROWED, word)
    for key in (*trial.practice.frozen, "0" * 12):
        trial.open(who, f"{CHEAP}?{FROZEN}={key}")
    trial.press(who, NARROWED, HOW_MANY)
    trial.press(who, CHEAP, WAY)
    strangers.say_what_no_page_says(trial, who)
    strangers.give_a_file(trial, who)

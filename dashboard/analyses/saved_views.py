"""Views by name: an address that opens again as it was left, on today's records or frozen at those of a meeting.

A view is lines in the notebook under a key of its own, the first of which saves it; a further one freezes it, lets it
follow the records again, or takes it away. It holds an address and no figure, so whoever opens it sees what is his or
hers to see. What a view is frozen at is kept by a pin of its name, and told by that alone: a generation that was made
anew, without somebody who was forgotten, has another number.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from urllib.parse import urlencode

from dashboard import wording
from dashboard.access import VIEWS, Viewer
from dashboard.engines import pins
from dashboard.engines.digests import remembered
from dashboard.engines.generation import complaints
from dashboard.engines.generations import Generation, Store
from dashboard.engines.notebook import LONGEST_TEXT, VIEW, Note, said_of_view
from dashboard.engines.noting import OF_ANOTHER, may_change_view
from dashboard.engines.versions import lacks_tables, refuse_newer
from dashboard.errors import NoData, NotAllowed, OutcomesError, WrongUsage
from dashboard.records import Records

FROZEN = "frozen"
"""The word in the address by which a frozen view is opened."""
LONGEST, MOST = 60, 100
"""Letters of a name, and views of one person."""
GONE = "This frozen view is no longer there, or it is not shared with you."
TOO_LONG = "So much is chosen here that its address cannot be kept. Choose less, then save it."

Asked = Mapping[str, Sequence[str]]
"""What an address asks for: by each word what is chosen."""


@dataclass(frozen=True)
class SavedView:
    """One view as it stands now. path: of the page, without the stroke; frozen: whether it is kept at one generation.

    who: whoever saved it; shared: whether others may open it too.
    """

    key: str
    name: str
    path: str
    asked: Mapping[str, tuple[str, ...]]
    who: str
    shared: bool
    saved: date
    frozen: bool

    @property
    def address(self) -> str:
        """The link to it, from the stroke on."""
        return address_of(self.path, {**self.asked, **({FROZEN: (self.key,)} if self.frozen else {})})

    @property
    def pin(self) -> str:
        """By what name its generation is kept."""
        return f"{VIEW}-{self.key}"


class FrozenView(NamedTuple):
    """A view and the generation that it is frozen at."""

    view: SavedView
    generation: Generation


def address_of(path: str, asked: Asked) -> str:
    """The link to a page with what is chosen there."""
    words = urlencode({word: list(chosen) for word, chosen in asked.items()}, doseq=True)
    return f"/{path}?{words}" if words else f"/{path}"


def views(records: Records) -> list[SavedView]:
    """The viewer's own and those that others share, by name; of these none that names a unit beyond the scope."""
    return standing(records.notes(VIEW), records.viewer)


def is_open_to(records: Records, view: SavedView) -> bool:
    """Whether a view is among them."""
    return any(one.key == view.key for one in views(records))


def standing(notes: Sequence[Note], viewer: Viewer) -> list[SavedView]:
    """The views that were written of, as they stand now, by name; none for whoever may keep none."""
    if not viewer.may(VIEWS):
        return []
    lines: dict[str, list[Note]] = {}
    for note in notes:
        lines.setdefault(note.subject, []).append(note)
    kept = [view for of in lines.values() if (view := _folded(of)) is not None]
    return sorted(kept, key=lambda view: (view.name.casefold(), view.key))


def save(records: Records, store: Store, view: SavedView) -> SavedView:
    """Keep a view under its name, frozen at the generation that is looked at where it says so.

    Raises WrongUsage, in words, for a name that says nothing or stands already, and for an address that is too long.
    """
    name = " ".join(wording.readable(view.name).split())
    own = [one for one in views(records) if one.who == records.viewer.name]
    if not name or len(name) > LONGEST:
        raise WrongUsage(f"Give the view a name of at most {LONGEST} letters.")
    if any(one.name.casefold() == name.casefold() for one in own):
        raise WrongUsage(f'You have a view named "{name}" already. Choose another name, or delete that one first.')
    if len(own) >= MOST:
        raise WrongUsage(f"You have {MOST} views already. Delete one first.")
    kept = replace(view, key=uuid.uuid4().hex[:12], name=name, who=records.viewer.name)
    text = json.dumps(
        {"name": name, "path": kept.path, "asked": {word: list(of) for word, of in kept.asked.items()},
         "shared": kept.shared, "frozen": kept.frozen}, ensure_ascii=False,
    )  # fmt: skip
    if len(text) > LONGEST_TEXT:
        raise WrongUsage(TOO_LONG)
    records.note(VIEW, _subject(kept), text)
    if kept.frozen:
        try:
            store.pin(kept.pin, records.engine.generation)
        except OutcomesError:
            delete(records, store, replace(kept, frozen=False))
            raise
    return kept


def freeze(records: Records, store: Store, view: SavedView) -> None:
    """Keep a view at the generation that is looked at."""
    _check_own(records, view)
    store.pin(view.pin, records.engine.generation)
    records.note(VIEW, _subject(view), json.dumps({"frozen": True}))


def let_follow(records: Records, store: Store, view: SavedView) -> None:
    """Show a view on whatever records are the newest again; what it was frozen at goes with its time."""
    _change(records, store, view, {"frozen": False})


def delete(records: Records, store: Store, view: SavedView) -> None:
    """Take a view away, and let go what it was frozen at."""
    _change(records, store, view, {"gone": True})


def frozen_at(store: Store, notes: Sequence[Note], viewer: Viewer, key: str) -> FrozenView:
    """The frozen view of this key, and the generation that is kept for it, which is whole and can be read.

    Raises NoData, in words, where it cannot be honoured: without its name, as it may be of somebody beyond the scope.
    """
    view = next((one for one in standing(notes, viewer) if one.key == key), None)
    if view is None:
        raise NoData(GONE)
    if not view.frozen:
        raise NoData("This view is no longer frozen: it follows the newest records.")
    said = "This view is frozen at records that "
    number = pins.pins(store.root).get(view.pin)
    generation = next((one for one in store.generations() if one.number == number), None)
    if generation is None:
        raise NoData(f"{said}are no longer kept here.")
    if complaints(generation, remembered):
        raise NoData(f"{said}are no longer whole. Run `outcomes store verify`.")
    refuse_newer(generation.manifest)
    if lacks_tables(generation.manifest):
        raise NoData(f"{said}an earlier version of this app published, and this version cannot read them.")
    return FrozenView(view, generation)


def numbers(store: Store, kept: Collection[SavedView]) -> dict[str, int]:
    """By the key of each frozen view the number of the generation that is kept for it, where one is."""
    pinned = pins.pins(store.root)
    return {view.key: pinned[view.pin] for view in kept if view.frozen and view.pin in pinned}


def _change(records: Records, store: Store, view: SavedView, said: Mapping[str, bool]) -> None:
    """Add a line, once what the view was frozen at is let go: a pin is never left for what is no longer there."""
    _check_own(records, view)
    if view.pin in pins.pins(store.root):
        store.unpin(view.pin)
    records.note(VIEW, _subject(view), json.dumps(said))


def _check_own(records: Records, view: SavedView) -> None:
    if not may_change_view(records.viewer, view.who):
        raise NotAllowed(OF_ANOTHER)


def _subject(view: SavedView) -> str:
    return f"{VIEW}/{view.key}"


def _folded(lines: Sequence[Note]) -> SavedView | None:
    """A view as its lines leave it; None where it was taken away, or its first line is not as it was written."""
    first, *further = map(said_of_view, lines)
    now = first | {key: value for line in further for key, value in line.items() if key in ("frozen", "gone")}
    try:
        asked = {str(word): tuple(map(str, of)) for word, of in now["asked"].items()}
        view = SavedView(
            lines[0].subject.partition("/")[2], str(now["name"]), str(now["path"]), asked, lines[0].who,
            bool(now["shared"]), lines[0].at.date(), bool(now["frozen"]),
        )  # fmt: skip
    except (KeyError, AttributeError, TypeError):
        return None
    return None if now.get("gone") else view

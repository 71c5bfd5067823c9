"""A person is forgotten: every kept generation is made anew without them, and what else names them goes.

::

    1  a mark says who is being forgotten, until it is done: whoever holds the store next goes on from here
    2  the person is added to the list of those who opted out: no later import brings them back
    3  every kept generation that holds them is made anew under a new number, without them
    4  the pointer is set to the one that stands for the current generation
    5  what pinned them pins the new ones, they are deleted, and the reports of all imports, which may quote any cell
    6  what was written of them in the notebook goes, and the link between them and their number in the audit
    7  the mark is taken away

Each step may be done twice, so a kill at any of them costs nothing but going on. In the mark stands what stands in the
list, so that a half of it names nobody either: whom it means is asked of the generations, the notebook and the links.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from dashboard.definitions import load
from dashboard.engines import opted_out, pins
from dashboard.engines.disk import sync, write
from dashboard.engines.generations import MADE_FROM, REPORTS, Generation, Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.opted_out import OptedOut
from dashboard.engines.pseudonym_key import FINGERPRINT, key_of, pseudonym
from dashboard.engines.versions import READING, outdated
from dashboard.engines.writer import Writer, counts_who_is_gone, patients_of, rows_of
from dashboard.errors import OutcomesError, Refused, StoreDamaged
from dashboard.importing.leftovers import clear_uploads
from dashboard.importing.publishing import building, since, upgrading

MARK = "forgetting"
KEPT_WORDS = ("sources", "made_up", "reading", FINGERPRINT, "published")
"""What a manifest says of the records themselves, and stays true without one person."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Forgotten:
    """What was done: the numbers of the generations that were deleted, each with that of the one that stands for it.

    entries: those of the list that meant somebody who was known here.
    """

    anew: dict[int, int | None]
    entries: frozenset[str] = frozenset()


def forget(store: Store, patient_id: str, say: Say) -> Forgotten:
    """Forget whoever bears this number of the practice, and let no later import bring them back.

    Raises Refused when a generation cannot be made anew: then it is still there, and so is the mark.
    """
    with store.writing():
        key = key_of(store)
        return _forget(store, {opted_out.entry(key, pseudonym(key, patient_id)), *_marked(store)}, key, say)


def finish(store: Store, say: Say) -> Forgotten | None:
    """Go on with what a kill has interrupted, None where nothing was; call while the store is held."""
    entries = _marked(store)
    return _forget(store, entries, key_of(store), say) if entries else None


def apply_list(store: Store, say: Say) -> Forgotten:
    """Forget everybody on the list of those who opted out whom a kept generation holds; call while it is held."""
    key, entries = key_of(store), opted_out.read(store.root / opted_out.FILE)
    return _forget(store, entries, key, say) if _meant(store, entries, key) else Forgotten({})


def pending(store: Store) -> str:
    """What is to be said of a store in which somebody is only half forgotten; empty where nobody is."""
    return "A person is only half forgotten. `outcomes store forget --finish` goes on." if _marked(store) else ""


def _forget(store: Store, entries: Collection[str], key: bytes, say: Say) -> Forgotten:
    say("mark")
    _mark(store, entries)
    say("opted out")
    opted_out.add(store.root, entries)
    people, current = _meant(store, entries, key), store.current()
    holding = _holding(store, people)
    anew = {
        int(one.manifest[MADE_FROM]): one
        for one in store.generations()
        if MADE_FROM in one.manifest and one not in holding
    }
    for one in holding:
        follows = _follows(store, one, holding, anew)
        if one.number not in anew and (made := _without(store, one, people, key, one == current, say, follows)):
            anew[one.number] = made
    say("pointer")
    if current in holding and current is not None:
        store.restore_held(anew[current.number])
    say("pins")
    _pin_anew(store, holding, anew)
    for one in holding:
        say(f"delete generation {one.number}")
        store.delete(one)
    say("reports")
    shutil.rmtree(store.root / REPORTS, ignore_errors=True)
    clear_uploads(store.root)
    for patient in people:
        say("notes")
        Notebook(store.root).forget(patient)
    say("done")
    (store.root / MARK).unlink(missing_ok=True)
    sync(store.root)
    numbers = {one.number: anew[one.number].number if one.number in anew else None for one in holding}
    return Forgotten(numbers, frozenset(opted_out.entry(key, patient) for patient in people))


def _pin_anew(store: Store, holding: Collection[Generation], anew: Mapping[int, Generation]) -> None:
    """What a generation was pinned for is kept with the one that stands for it; with none that cannot be made anew."""
    numbers = {one.number for one in holding}
    for name, number in pins.pins(store.root).items():
        if number in anew:
            pins.put(store.root, name, anew[number].number)
        elif number in numbers:
            pins.take(store.root, name)


def _meant(store: Store, entries: Collection[str], key: bytes) -> set[int]:
    """Whoever of a list is known here: to a kept generation, a note, or the links."""
    listed, known = OptedOut(key, frozenset(entries)), Notebook(store.root).patients()
    for one in store.generations():
        with suppress(StoreDamaged, OutcomesError):  # one that cannot be read is taken to hold them
            known |= patients_of(one.path)
    return {patient for patient in known if listed.has_pseudonym(patient)}


def _holding(store: Store, people: Collection[int]) -> list[Generation]:
    """The generations that hold anybody of them, or whose counts of the one before may, the oldest first."""
    found: dict[int, Generation] = {}
    kept = {one.number for one in store.generations()}
    for one in store.generations():
        if _holds(one, people) or (_counts_the_gone(one) and one.manifest.get("parent") not in kept - found.keys()):
            found[one.number] = one
    return list(found.values())


def _counts_the_gone(generation: Generation) -> bool:
    try:
        return counts_who_is_gone(generation.path)
    except OutcomesError:
        return True


def _follows(
    store: Store, generation: Generation, holding: Collection[Generation], anew: Mapping[int, Generation]
) -> Generation | None:
    """What a generation that is made anew follows, without them too; None where that is not kept or is outdated."""
    with suppress(StoreDamaged):
        kept = {one.number: one for one in store.generations() if one not in holding} | dict(anew)
        found = kept.get(generation.manifest.get("parent", 0))
        return found if found and not outdated(found.manifest, load().version) else None
    return None


def _holds(generation: Generation, people: Collection[int]) -> bool:
    """Whether anybody of them is in it; of one that cannot be read nobody knows, and it counts as if."""
    try:
        return not patients_of(generation.path).isdisjoint(people) if generation.manifest else True
    except (StoreDamaged, OutcomesError):
        return True


def _without(
    store: Store,
    before: Generation,
    people: Collection[int],
    key: bytes,
    needed: bool,
    say: Say,
    follows: Generation | None,
) -> Generation | None:
    """A generation made anew without them, not yet pointed to; None for one that cannot be, and is not needed.

    follows: what its import is held against, without them as well; where there is none, it is held against nothing.
    """
    say(f"generation {before.number}")
    definitions, scratch = load(), store.scratch()
    try:
        built = scratch / "generation.duckdb"
        with closing(Writer(built, [before.path.parent])) as writer:
            about = upgrading.rebuilt(
                writer, before, definitions, key, lambda step: None, without=people,
                held_against=lambda writer: _held_against(writer, follows),
            )  # fmt: skip
        about |= {"rows": rows_of(built, building.VERIFIED), **_kept_of(before)}
        if not about["rows"]["operation"]:
            raise Refused("No operation would be left. Take the whole store away instead.")
        # What changed from one to the other would be what was known of one person.
        about = {name: word for name, word in about.items() if name not in ("changes", "changes_told")}
        return store.publish(
            built,
            {**about, "parent": follows and follows.number, MADE_FROM: before.number, "rebuilt": READING},
            pointed=False,
        )
    except OutcomesError:
        if needed:
            raise
        return None
    finally:
        building.remove(scratch)


def _held_against(writer: Writer, follows: Generation | None) -> since.Earlier | None:
    days = since.days_of(writer, upgrading.EARLIER)
    if follows is None or days is None:
        return None
    writer.attach(follows.path, since.BEFORE)
    return since.Earlier(since.BEFORE, since.BEFORE, imported=days[0], published=days[1])


def _kept_of(before: Generation) -> dict[str, Any]:
    return {name: before.manifest[name] for name in KEPT_WORDS if name in before.manifest}


def _mark(store: Store, entries: Collection[str]) -> None:
    scratch = store.scratch()
    try:
        write(scratch / MARK, "".join(f"{one}\n" for one in sorted(entries)).encode("ascii"), mode=0o600)
        (scratch / MARK).replace(store.root / MARK)
        sync(store.root)
    finally:
        building.remove(scratch)


def _marked(store: Store) -> frozenset[str]:
    return opted_out.read(store.root / MARK)

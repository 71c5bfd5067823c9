"""The trial: everything that is asked as each viewer, and whom what came back tells of beyond the viewer's scope."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from urllib.parse import urlencode

from streamlit.proto.WidgetStates_pb2 import WidgetState

from dashboard.shell import PAGES
from tests import raw
from tests.pages.listed import addresses
from tests.protocol import attempts
from tests.protocol.attempts import Widget, files, held, links, pressed, title, widgets
from tests.protocol.client import Session, Told, made_on_demand, opened, rerun
from tests.protocol.practice import VIEWERS, Practice
from tests.protocol.search import Search

EXPORT, WHAT, FORM, WHOM = "Export →", "What", "As", "For whom"
TRACE = b"Traceback (most recent"
NOBODY = "Blaumeise"
"""A name that nobody bears."""


@dataclass
class Found:
    """What came of it: how many combinations, each leak in words, and by viewer what was rightly shown."""

    combinations: int = 0
    leaks: list[str] = field(default_factory=list)
    words: dict[str, set[str]] = field(default_factory=dict)
    patients: dict[str, set[int]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


class Trial:
    """A practice that is served, and all that is known of the app's pages by what the operator was shown of them."""

    def __init__(self, practice: Practice, server: raw.Served) -> None:
        """server: where it is served."""
        self.practice, self.server, self.found = practice, server, Found()
        self.search = Search(practice)
        self.cookie = raw.cookie_for(server)
        self.known: dict[str, dict[str, Widget]] = {}
        self.links: set[str] = set()
        self.hole = ""

    @contextmanager
    def session(self, who: str) -> Iterator[Session]:
        """A stream of this viewer's."""
        with opened(self.server.port, self.cookies(who)) as stream:
            yield stream

    def cookies(self, who: str) -> str:
        """What this viewer's browser bears."""
        return f"{self.cookie}; looks={who.replace(' ', '_')}{self.hole}"

    def see(self, who: str, what: str, content: bytes, sent: Iterable[str] = (), tried: int = 1) -> None:
        """Look for what is beyond a viewer's scope. sent: names that the viewer gave, and may hear again."""
        viewer, told = VIEWERS[who], self.search.in_bytes(content)
        words, patients = self.practice.words_for(viewer), self.practice.patients_for(viewer)
        given = {*sent}
        alien = told.words - words - given
        strangers = {f"P-{one:016X}" for one in told.patients - patients} - given
        with self.found.lock:
            self.found.combinations += tried
            self.found.words.setdefault(who, set()).update(told.words & words)
            self.found.patients.setdefault(who, set()).update(told.patients & patients)
            if TRACE in content:
                self.found.leaks.append(f"{who}, {what}: a traceback")
            if alien or strangers:
                self.found.leaks.append(f"{who}, {what}: {', '.join([*sorted(alien)[:3], *sorted(strangers)[:2]])}")

    def complain(self, leak: str) -> None:
        """Put down what went wrong otherwise."""
        with self.found.lock:
            self.found.leaks.append(leak)

    def with_a_hole(self, hole: str, ask: Callable[[Trial], None]) -> list[str]:
        """What is found where the app has a hole: nothing of it is put down with what was found before."""
        holed = copy(self)
        holed.found, holed.hole = Found(), f"; hole={hole.replace(' ', '_')}"
        ask(holed)
        return holed.found.leaks

    def both(self, who: str, address: str) -> None:
        """A page as the operator asks for it, and the same page as a viewer does."""
        for one in ("operator", who):
            self.open(one, address)

    def learn(self) -> None:
        """What stands on each page, as the operator has it: whoever is not shown it may ask for it all the same."""
        for address in addresses():
            with self.session("operator") as stream:
                told = stream.run(*apart(address))
                self.known[address] = widgets(told)
                self.see("operator", address, told.content)

    def strange(self, who: str) -> list[str]:
        """Names that are none of a viewer's: another surgeon, another site, another's patient, and nobody's."""
        viewer = VIEWERS[who]
        words = self.practice.words_for(viewer)
        own = {one.person for one in self.practice.operations if one.patient in self.practice.patients_for(viewer)}
        known = [one for one in self.practice.operations if one.surgeon and one.site]
        surgeon = next((one.surgeon for one in known if one.surgeon not in words), known[0].surgeon)
        site = next((one.site for one in known if one.site not in words), known[0].site)
        person = next((one.person for one in known if one.person not in own), known[0].person)
        return [surgeon, site, person, NOBODY]

    def open(self, who: str, address: str, *, files_too: bool = True) -> None:
        """A page as it is, whether the viewer has it or not, with the files that it offers."""
        viewer = VIEWERS[who]
        with self.session(who) as stream:
            told = stream.run(*apart(address))
            self.see(who, address, told.content)
            drawn = title(told)
            if drawn and drawn not in {page.title for page in PAGES if page.is_for(viewer)}:
                self.complain(f"{who}, {address}: the page {drawn} is drawn")
            for label, file in files(told).items() if files_too else ():
                self.see(who, f"{address}, {label}", self.file(who, stream, file))

    def forge(self, who: str, address: str, place: int) -> None:
        """The same page with a strange word in the address wherever one may stand, and a strange value in every widget.

        Also in those that the operator alone is shown; and one of the buttons is pressed, drawn or not. place: which of
        the values of each widget, and which button.
        """
        strange = self.strange(who)
        value = strange[place % len(strange)]
        path, query = apart(address)
        known = self.known[address]
        words = sorted({one.word for one in known.values() if one.word})
        asked = urlencode([(word, value) for word in words])
        with self.session(who) as stream:
            told = stream.run(path, "&".join(filter(None, [query, asked])))
            self.see(who, f"{address} with {value} in every word", told.content, strange, tried=len(words))
            every = {**known, **widgets(told)}
            states = [*_one_each(every.values(), strange, place), *_a_button(every.values(), place)]
            for fragment in sorted({one.fragment for one in every.values() if one.fragment}):
                stream.say(rerun(path, query, states, fragment))
            told = stream.run(path, query, states)
            self.see(who, f"{address}, forged ({place})", told.content, strange, tried=len(states))

    def mistype(self, who: str, address: str) -> None:
        """The same page with a value of the wrong kind in every widget of a kind: the first that minds ends the run."""
        path, query = apart(address)
        with self.session(who) as stream:
            every = {**self.known[address], **widgets(stream.run(path, query))}.values()
            for kind in sorted({one.kind for one in every}):
                states = [attempts.mistyped(one) for one in every if one.kind == kind]
                told = stream.run(path, query, states)
                self.see(who, f"{address}, each {kind} of the wrong kind", told.content, tried=len(states))

    def asks_in_vain(self, who: str, address: str, word: str) -> None:
        """Who asks by the name of a stranger is told no more than who asks by nobody's, where there are strangers."""
        path, query = apart(address)
        alien = self.strange(who)[1 if word == "site" else 0]
        if alien in self.practice.words_for(VIEWERS[who]):
            return
        screens = []
        for name in (alien, "X" * len(alien)):
            with self.session(who) as stream:
                told = stream.run(path, f"{query}&{urlencode({word: name})}")
                self.see(who, f"{address} by {word}", told.content, [alien])
                screens.append([piece.replace(name.encode(), b"") for piece in attempts.shown(told)])
        if screens[0] != screens[1]:
            different = [pair for pair in zip(*screens, strict=False) if pair[0] != pair[1]]
            self.complain(f"{who}, {address}: {word} tells a stranger from nobody: {different[:1]}")

    def take(self, who: str, address: str, place: int | None = None) -> None:
        """What a page offers to be taken away: each table and picture in each form under each rule.

        place: which one of them alone, and all its tables in one, in one form and for one reader.
        """
        path, query = apart(address)
        with self.session(who) as stream:
            told = stream.run(path, query)
            button = next((one for one in widgets(told).values() if one.label == EXPORT), None)
            if button is None:
                return
            told = stream.run(path, query, [pressed(button)])
            self.see(who, f"{address}, what is offered", told.content)
            offers = _offers(told)
            for offer in offers if place is None else {*offers[-1:], *offers[place % max(len(offers), 1) :][:1]}:
                for states, part in self._ways(stream, path, query, told, offer, place is None):
                    for file in files(part).values():
                        self.see(who, f"{address}, {offer}, {states}", self.file(who, stream, file))

    def press(self, who: str, address: str, label: str) -> None:
        """One button, where it is drawn, and what opens."""
        path, query = apart(address)
        with self.session(who) as stream:
            drawn = widgets(stream.run(path, query)).values()
            states = [pressed(one) for one in drawn if one.label == label]
            told = stream.run(path, query, states)
            self.see(who, f"{address}, {label}", told.content)

    def _ways(
        self, stream: Session, path: str, query: str, told: Told, offer: str, every: bool
    ) -> Iterator[tuple[str, Told]]:
        """An offer, chosen, in each form and for each reader."""
        (what,) = [one for one in widgets(told).values() if one.label == WHAT]
        chosen = held(what, offer)
        part = stream.run(path, query, [chosen], what.fragment)
        by = {one.label: one for one in widgets(part).values()}
        if FORM not in by or WHOM not in by:
            return
        for form in by[FORM].options if every else by[FORM].options[-1:]:
            for whom in by[WHOM].options if every else by[WHOM].options[:1]:
                states = [chosen, held(by[FORM], form), held(by[WHOM], whom)]
                yield f"{form} for {whom}", stream.run(path, query, states, what.fragment)

    def file(self, who: str, stream: Session, file: str) -> bytes:
        """A file that is made when it is asked for, as the link to it gives it; what is said instead where it fails."""
        answer = stream.ask(made_on_demand(file, stream.id))
        found = links(answer)
        with self.found.lock:
            self.links |= found
        return answer.content + b"".join(self.fetched(who, link) for link in found)

    def fetched(self, who: str, link: str) -> bytes:
        """What a link gives to this viewer."""
        answer = raw.asked(self.server.port, link, {"Host": self.server.host, "Cookie": self.cookies(who)})
        return answer.partition(b"\r\n\r\n")[2] if b" 200 " in answer[:20] else b""


def apart(address: str) -> tuple[str, str]:
    """The page and what is asked of it."""
    page, _, query = address.lstrip("/").partition("?")
    return page, query


def _one_each(known: Iterable[Widget], strange: Sequence[str], place: int) -> Iterator[WidgetState]:
    """Of each widget one of the values that it cannot have."""
    for widget in known:
        if values := list(attempts.forged(widget, strange)):
            yield values[place % len(values)]


def _a_button(known: Iterable[Widget], place: int) -> Iterator[WidgetState]:
    """One of the buttons, pressed: two at once would open two windows, of which the app shows none."""
    buttons = [one for one in known if one.kind in attempts.PRESSED]
    if buttons:
        yield pressed(buttons[place % len(buttons)])


def _offers(told: Told) -> list[str]:
    """What may be taken of a page."""
    return [words for one in widgets(told).values() if one.label == WHAT for words in one.options]

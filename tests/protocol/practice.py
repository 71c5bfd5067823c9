"""A made-up practice in which every name stands nowhere else: wherever one is found, it came from the records."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dashboard import sample
from dashboard.access import CORRECTION, FIGURES, IMPORT, OPERATOR, PATIENTS, VIEWS, Viewer
from dashboard.analyses.plans import Intended, open_plan
from dashboard.analyses.saved_views import SavedView, save
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.pseudonym_key import key_of, pseudonym
from dashboard.importing.work import work
from dashboard.records import Records
from dashboard.shipped import shipped
from tests import csv_rows

OPERATIONS, SEED = 300, 7
SURGEONS = {
    "S01": "Zaunkoenig", "S02": "Wiedehopf", "S03": "Rotschwanz", "S04": "Kleiber", "S05": "Stieglitz",
    "S06": "Grasmuecke", "S07": "Eisvogel", "S08": "Rohrdommel", "S09": "Kiebitz",
}  # fmt: skip
SITES = {"Northside": "Kranichhausen", "Central": "Storchental", "Lakeside": "Reihersee"}
UNREADABLE = "Fledermaus"
"""Stands in a cell that cannot be read: the report of the import quotes it."""

VIEWERS = {
    "surgeon": Viewer("Dr One", "surgeon", SURGEONS["S01"]),
    "surgeon at one site": Viewer("Dr Two", "surgeon", SURGEONS["S02"], (SITES["Northside"],)),
    "manager": Viewer("Manager", "manager"),
    "manager of a site": Viewer("Manager of a site", "manager", sites=(SITES["Central"],)),
    "manager with masks": Viewer("Manager with masks", "manager", masked=True),
    "manager in protected form": Viewer("Manager in protected form", "manager", protected=True),
    "steward": Viewer("Steward", "steward"),
    "steward of a site": Viewer("Steward of a site", "steward", sites=(SITES["Lakeside"],)),
    "auditor": Viewer("Auditor", "auditor"),
    "operator": OPERATOR,
}


@dataclass(frozen=True)
class Operated:
    """One operation: whose, where, of whom and when."""

    surgeon: str
    site: str
    patient: int
    day: str

    @property
    def person(self) -> str:
        """The patient as the app writes one."""
        return f"P-{self.patient:016X}"


@dataclass(frozen=True)
class Written:
    """A word that stands in one note or view alone: of what kind, about whom, by whom, for others to see or not."""

    word: str
    kind: str
    surgeons: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    by: str = ""
    shared: bool = True

    def is_for(self, viewer: Viewer) -> bool:
        """Whether a viewer may read it: what is about others, or for somebody else, may not be."""
        if self.kind == "view":
            names_one = bool(self.surgeons) and viewer.masked
            mine = self.by == viewer.name
            return viewer.may(VIEWS) and (mine or (self.shared and self._is_within(viewer) and not names_one))
        if self.kind in ("flag", "contact"):
            return viewer.may(PATIENTS if self.kind == "contact" else CORRECTION) and self._is_within(viewer)
        return viewer.may(FIGURES) and self._is_within(viewer, whole=True) and not (viewer.masked and self.surgeons)

    def _is_within(self, viewer: Viewer, *, whole: bool = False) -> bool:
        """whole: whether what is about nobody in particular is about the whole practice."""
        return all(
            own is None or ((about or not whole) and set(about) <= set(own))
            for about, own in ((self.surgeons, viewer.surgeons), (self.sites, viewer.sites))
        )


@dataclass(frozen=True)
class Practice:
    """A store that holds it, each operation in it, and what is written about them; frozen: the key of each view."""

    store: Path
    operations: tuple[Operated, ...]
    written: tuple[Written, ...]
    frozen: tuple[str, ...]

    @property
    def words(self) -> frozenset[str]:
        """Every word that stands nowhere else; patients are told by their pseudonyms."""
        names = {name for one in self.operations for name in (one.surgeon, one.site)} - {""}
        return frozenset(names | {one.word for one in self.written} | {UNREADABLE})

    @property
    def patients(self) -> frozenset[int]:
        """Every pseudonym."""
        return frozenset(one.patient for one in self.operations)

    def seen_by(self, viewer: Viewer) -> list[Operated]:
        """The operations that lie within a viewer's scope."""
        surgeons, sites = viewer.surgeons, viewer.sites
        return [
            one for one in self.operations
            if (surgeons is None or one.surgeon in surgeons) and (sites is None or one.site in sites)
        ]  # fmt: skip

    def words_for(self, viewer: Viewer) -> frozenset[str]:
        """Of the words those that a viewer may read."""
        seen = self.seen_by(viewer)
        units = {one.site for one in seen} | ({one.surgeon for one in seen} if not viewer.masked else set())
        notes = {one.word for one in self.written if one.is_for(viewer)}
        return frozenset((units - {""}) | notes | ({UNREADABLE} if viewer.may(IMPORT) else set()))

    def patients_for(self, viewer: Viewer) -> frozenset[int]:
        """Of the patients those whom a viewer may see one by one."""
        if not viewer.may(CORRECTION):
            return frozenset()
        return frozenset(one.patient for one in self.seen_by(viewer))


def made(folder: Path) -> Practice:
    """The practice, published, and written about by everybody who may."""
    sample.write(folder / "files", OPERATIONS, SEED, rules=shipped("sample_data", "rules.toml"))
    found = _renamed(folder / "files")
    store = folder / "store"
    work([folder / "files"], store, None, False, lambda step: None)
    key = key_of(Store(store))
    operations = tuple(
        Operated(row["surgeon"], row["site"], pseudonym(key, row["patient_id"]), row["surgery_date"]) for row in found
    )
    written, frozen = _written(store, operations)
    return Practice(store, operations, tuple(written), tuple(frozen))


def _renamed(folder: Path) -> list[dict[str, str]]:
    """The operations, after surgeons and sites have got their names, and one cell that nobody can read."""
    path = folder / "operations.csv"
    rows = csv_rows.read(path)
    for row in rows:
        row.update(surgeon=SURGEONS.get(row["surgeon"], ""), site=SITES.get(row["site"], ""))
    rows[0]["bmi"] = UNREADABLE
    csv_rows.write(path, rows)
    return rows


def _written(store: Path, operations: tuple[Operated, ...]) -> tuple[list[Written], list[str]]:
    """Notes about one operation of each surgeon at each site, and a view of each who may keep one."""
    current = Store(store).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    door = Records(engine, OPERATOR, Cohort(), Audit(store / "audit"), Notebook(store))
    found = [*_about_operations(door, operations), *_about_units(door)]
    views = [
        pair for place, viewer in enumerate(VIEWERS.values()) for pair in _views(door, Store(store), viewer, place)
    ]
    engine.close()
    return [*found, *(one for one, _ in views)], [key for _, key in views]


def _about_operations(door: Records, operations: tuple[Operated, ...]) -> Iterator[Written]:
    one_of_each = {(one.surgeon, one.site): one for one in operations if one.surgeon and one.site}
    for place, one in enumerate(one_of_each.values()):
        for kind, rest in (("flag", ""), ("contact", f"/fever/{one.day}")):
            word = f"Nachtigall{place:02}{kind}x"
            door.note(kind, f"{kind}/{one.person}/{one.day}{rest}", f"{word} is about one patient.")
            yield Written(word, kind, (one.surgeon,), (one.site,))


def _about_units(door: Records) -> Iterator[Written]:
    for place, surgeon in enumerate(SURGEONS.values()):
        word = f"Amsel{place:02}x"
        of_one = replace(door, viewer=Viewer(f"writer {place}", "surgeon", surgeon))
        of_one.note("annotation", "annotation/2024-01-01", f"{word} was written by one surgeon.")
        yield Written(word, "annotation", (surgeon,))
        word = f"Drossel{place:02}x"
        door.note("acknowledgement", f"monitor/complication/{surgeon}/fusion/more/2024-01-01", word)
        yield Written(word, "acknowledgement", (surgeon,))
        word = f"Dohle{place:02}x"
        open_plan(door, f"group/fbss/730/surgeon/{surgeon}", _intended(word))
        yield Written(word, "plan", (surgeon,))
    for place, site in enumerate(SITES.values()):
        word = f"Elster{place:02}x"
        open_plan(door, f"group/fbss/730/site/{site}", _intended(word))
        yield Written(word, "plan", (), (site,))
    door.note("annotation", "annotation/2024-02-01", "Habicht00x is about the whole practice.")
    yield Written("Habicht00x", "annotation")


def _intended(what: str) -> Intended:
    return Intended(what, "board", date(2026, 1, 1), date(2026, 6, 1))


def _views(door: Records, store: Store, viewer: Viewer, place: int) -> Iterator[tuple[Written, str]]:
    if not viewer.may(VIEWS):
        return
    own = replace(door, viewer=viewer)
    names_one = viewer.sees_everything and not viewer.masked
    path, surgeon = "compare" if viewer.may(FIGURES) else "data", SURGEONS["S01"]
    for kind, shared in (("Sperber", True), ("Bussard", False)):
        word = f"{kind}{place:02}x"
        asked = {"surgeon": (surgeon,)} if shared and names_one else {}
        view = SavedView("", word, path, asked, viewer.name, shared, date(2026, 1, 1), frozen=True)
        kept = save(own, store, view)
        yield Written(word, "view", tuple(asked.get("surgeon", ())), (), viewer.name, shared), kept.key

"""Views by name: an address that opens as it was left, on today's records or frozen at those of a meeting."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, VISITOR, Viewer
from dashboard.analyses.saved_views import (
    FROZEN,
    LONGEST,
    SavedView,
    delete,
    freeze,
    frozen_at,
    let_follow,
    numbers,
    save,
    views,
)  # fmt: skip
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import LONGEST_TEXT, VIEW, Notebook
from dashboard.engines.versions import SCHEMA
from dashboard.errors import NoData, NotAllowed, OutcomesError, StoreBusy, WrongUsage
from dashboard.importing.publishing.forgetting import forget
from dashboard.importing.work import work
from dashboard.pages.saved_views import READ_ONLY
from dashboard.records import Records
from tests.faults.small import publish
from tests.opened import app_for

HEAD = "operation_id,patient_id,surgery_date,procedure,surgeon,site,level_count\n"
ONE = "a,p,2020-01-05,tlif,S01,North,1\n"
TWO = "b,q,2022-06-01,tlif,S02,South,2\n"
MARCH = SavedView("", "March <b>", "procedures", {"procedure": ("TLIF",), "surgeon": ("S01",)}, "", False,
                  date(2026, 3, 1), frozen=True)  # fmt: skip
S01, S02 = (Viewer(name, "surgeon", surgeon=name) for name in ("S01", "S02"))


def import_rows(folder: Path, store: Path, rows: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "patients.csv").write_text("patient_id,birth_year\np,1960\nq,1970\nr,1980\n", encoding="utf-8")
    (folder / "operations.csv").write_text(HEAD + rows, encoding="utf-8")
    work([folder], store, None, False, lambda step: None)


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of two generations, of one operation and of two."""
    folder = tmp_path_factory.mktemp("views")
    for rows in (ONE, ONE + TWO):
        import_rows(folder / "records", folder / "store", rows)
    return folder / "store"


@pytest.fixture
def store(imported: Path, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(imported, tmp_path / "store")), kept=1)


def door(store: Store, viewer: Viewer = OPERATOR, number: int = 1) -> Records:
    """The records of a generation, as somebody sees them."""
    (looked_at,) = [one for one in store.generations() if one.number == number]
    engine = DuckEngine(looked_at.path, looked_at.number)
    return Records(engine, viewer, Cohort(), Audit(store.root / "audit"), Notebook(store.root))


def newest(store: Store) -> Records:
    return door(store, number=max(one.number for one in store.generations()))


def frozen(store: Store, key: str, viewer: Viewer = OPERATOR) -> int:
    return frozen_at(store, Notebook(store.root).seen_by(viewer, VIEW), viewer, key).generation.number


def test_a_frozen_view_keeps_its_records_through_every_import_until_it_is_deleted(store: Store) -> None:
    then = door(store)
    kept = save(then, store, MARCH)
    assert kept.address == f"/procedures?procedure=TLIF&surgeon=S01&{FROZEN}={kept.key}"
    for number in (3, 4):
        publish(store, number)
    assert ([one.number for one in store.generations()], frozen(store, kept.key)) == ([1, 4], 1)
    assert store.verify() == []
    (seen,) = views(then)
    assert (seen, numbers(store, [seen])) == (replace(kept, saved=seen.saved), {kept.key: 1})
    freeze(newest(store), store, seen)
    assert set(store.pinned()) == {4}
    let_follow(then, store, seen)
    (seen,) = views(then)
    assert (seen.address, len(store.pinned())) == ("/procedures?procedure=TLIF&surgeon=S01", 0)
    with pytest.raises(NoData, match="no longer frozen"):
        frozen(store, kept.key)
    delete(then, store, seen)
    assert views(then) == []
    with pytest.raises(NoData, match="no longer there"):
        frozen(store, kept.key)


def test_two_views_may_be_frozen_at_one_generation_and_the_last_lets_it_go(store: Store) -> None:
    whole = door(store)
    first, second = (save(whole, store, replace(MARCH, name=name)) for name in ("March", "April"))
    publish(store, 3)
    delete(whole, store, first)
    assert frozen(store, second.key) == 1
    delete(whole, store, second)
    assert [one.number for one in store.generations()] == [3]


@pytest.mark.parametrize("name", ["", " \n ", "x" * (LONGEST + 1), "MARCH <b>", "March\n\u202e<b>"])
def test_a_name_says_something_and_is_ones_own_alone(store: Store, name: str) -> None:
    save(door(store), store, MARCH)
    with pytest.raises(WrongUsage):
        save(door(store), store, replace(MARCH, name=name))
    assert len(views(door(store))) == 1
    save(door(store, S01, 2), store, replace(MARCH, frozen=False))


def test_an_address_too_long_to_keep_is_refused_and_pins_nothing(store: Store) -> None:
    with pytest.raises(WrongUsage, match="Choose less"):
        save(door(store), store, replace(MARCH, asked={"procedure": ("x" * LONGEST_TEXT,)}))
    assert (views(door(store)), store.pinned()) == ([], frozenset())


def test_a_view_that_cannot_be_frozen_while_an_import_runs_is_not_saved(store: Store) -> None:
    with store.writing(), pytest.raises(StoreBusy):
        save(door(store), store, MARCH)
    assert (views(door(store)), store.pinned()) == ([], frozenset())
    save(door(store), store, MARCH)


def test_a_view_is_ones_own_until_it_is_shared_and_then_of_those_who_may_see_the_units_that_it_names(
    store: Store,
) -> None:
    operator = newest(store)
    save(operator, store, replace(MARCH, frozen=False))
    assert views(door(store, S01, 2)) == []
    save(operator, store, replace(MARCH, name="Shared", shared=True, frozen=False))
    save(operator, store, replace(MARCH, name="All", shared=True, frozen=False, asked={}))
    assert [view.name for view in views(door(store, S01, 2))] == ["All", "Shared"]
    assert [view.name for view in views(door(store, S02, 2))] == ["All"]
    own = save(door(store, S01, 2), store, replace(MARCH, name="Own", frozen=False, shared=True))
    assert [view.name for view in views(door(store, S02, 2))] == ["All"]
    with pytest.raises(NotAllowed):
        delete(door(store, S02, 2), store, own)
    delete(operator, store, own)
    assert own.name not in {view.name for view in views(door(store, S01, 2))}


def test_a_view_of_others_that_names_a_unit_beyond_the_scope_anywhere_is_neither_listed_nor_handed_out(
    store: Store,
) -> None:
    operator = newest(store)
    for name, asked in (("Own page", {"me": ("S02",)}), ("Review of s02", {}), ("Both", {"rows": ("S01 S02",)})):
        save(operator, store, replace(MARCH, name=name, shared=True, frozen=False, asked=asked))
    save(operator, store, replace(MARCH, name="Private", frozen=False, asked={}))
    manager = Viewer("Manager", "manager", masked=True)
    for viewer, seen in ((S01, []), (S02, ["Own page", "Review of s02"]), (manager, [])):
        asked_by = door(store, viewer, 2)
        assert [view.name for view in views(asked_by)] == seen
        assert len(asked_by.notes(VIEW)) == len(seen)
    own = save(door(store, manager, 2), store, replace(MARCH, name="Own", frozen=False, asked={}))
    assert [view.key for view in views(door(store, manager, 2))] == [own.key]


def test_nobody_writes_into_the_view_of_another(store: Store) -> None:
    """Whatever way it is written by: the notebook refuses what the list of views does not offer."""
    private = save(newest(store), store, replace(MARCH, frozen=False))
    shared = save(newest(store), store, replace(MARCH, name="Shared", shared=True, frozen=False))
    of_north, of_all = Viewer("M", "manager", sites=("North",)), Viewer("All", "manager")
    by_number, steward = replace(of_all, name="By number", masked=True), Viewer("Steward", "steward")
    for viewer, view in (
        (S01, private), (S01, shared), (of_north, shared), (of_all, private), (of_all, shared), (by_number, shared),
        (steward, private), (steward, shared),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="whoever saved"):
            door(store, viewer, 2).note(VIEW, f"view/{view.key}", json.dumps({"gone": True}))
    for viewer in (of_all, steward):
        with pytest.raises(NotAllowed, match="whoever saved"):
            delete(door(store, viewer, 2), store, shared)
    assert len(views(newest(store))) == 2


def test_a_view_holds_an_address_and_stands_in_the_audit_without_it(store: Store) -> None:
    kept = save(door(store), store, MARCH)
    (note,) = Notebook(store.root).read(VIEW)
    assert json.loads(note.text) == {
        "name": "March <b>", "path": "procedures", "asked": {"procedure": ["TLIF"], "surgeon": ["S01"]},
        "shared": False, "frozen": True,
    }  # fmt: skip
    last = json.loads((store.root / "audit" / "audit.jsonl").read_text().splitlines()[-1])
    assert (last["change"], last["kind"], last["subject"]) == ("note", VIEW, f"view/{kept.key}")
    assert "March" not in str(last)


def test_after_somebody_was_forgotten_a_frozen_view_shows_its_records_without_them(store: Store) -> None:
    kept = save(newest(store), store, MARCH)
    forget(store, "q", say=lambda step: None)
    number = frozen(store, kept.key)
    assert (number not in (1, 2), store.verify()) == (True, [])


def damage_pin(store: Store) -> None:
    store.unpin(f"view-{views(door(store))[0].key}")


def damage_data(store: Store) -> None:
    (generation,) = [one for one in store.generations() if one.number == 1]
    generation.path.chmod(0o600)
    generation.path.write_bytes(generation.path.read_bytes()[:-1] + b"?")


def change_schema(store: Store, by: int) -> None:
    (generation,) = [one for one in store.generations() if one.number == 1]
    generation.manifest_path.chmod(0o600)
    generation.manifest_path.write_text(json.dumps(generation.manifest | {"schema": SCHEMA + by}))


@pytest.mark.parametrize(
    ("damage", "said"),
    [(damage_pin, "no longer kept"), (damage_data, "no longer whole"),
     (lambda store: change_schema(store, -1), "an earlier version"),
     (lambda store: change_schema(store, 1), "a newer version")],
)  # fmt: skip
def test_what_cannot_be_honoured_is_said_and_the_way_out_stands_there(
    store: Store, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Store], None], said: str
) -> None:
    key = save(door(store), store, MARCH).key
    damage(store)
    with pytest.raises(OutcomesError, match=said):
        frozen(store, key)
    app = opened(store, monkeypatch, frozen=key, procedure="TLIF")
    assert [said in warning.value for warning in app.warning] == [True]
    assert "Show the same on the newest records" in drawn(app)
    assert 'href="/?procedure=TLIF"' in drawn(app)
    assert (len(app.title), len(app.error), len(app.exception)) == (0, 0, 0)


def opened(store: Store, monkeypatch: pytest.MonkeyPatch, *, viewer: Viewer = OPERATOR, **asked: str) -> AppTest:
    """The app as a link opens it."""
    monkeypatch.setenv("OUTCOMES_STORE", str(store.root))
    app = app_for(viewer)
    for word, value in asked.items():
        app.query_params[word] = value
    return app.run()


def drawn(app: AppTest) -> str:
    """All that is written as HTML."""
    return "\n".join(part.proto.body for part in app.get("html"))


def counted(app: AppTest) -> str:
    (found,) = [str(part.value) for part in app.markdown if re.match(r"\*\*[\d,]+\*\* of ", str(part.value))]
    return found.split(" operations · ")[0]


def test_the_app_opens_a_frozen_view_on_its_records_and_says_so_and_any_other_on_todays(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = save(door(store), store, MARCH).key
    app = opened(store, monkeypatch, frozen=key)
    assert counted(app) == "**1** of 1"
    assert re.search(r"<b>Frozen at generation 1 of \d+ \w+ \d+</b> · March &lt;b&gt; ·", drawn(app))
    assert '<a href="/">back to now</a>' in drawn(app)
    today = opened(store, monkeypatch)
    assert (counted(today), "Frozen at" in drawn(today)) == ("**2** of 2", False)


def test_the_session_stays_frozen_when_another_page_has_taken_the_word_out_of_the_address(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = save(door(store), store, MARCH).key
    app = opened(store, monkeypatch, frozen=key)
    del app.query_params[FROZEN]
    app.run()
    assert counted(app) == "**1** of 1"
    assert key in app.query_params[FROZEN]


def test_nothing_is_written_into_a_frozen_view_and_nothing_brought_in(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = replace(door(store), notebook=Notebook(store.root, closed=READ_ONLY))
    with pytest.raises(WrongUsage, match="Go back to now"):
        closed.note("annotation", "annotation/2020-01-05", "A new implant.")
    key = save(closed, store, MARCH).key
    assert frozen(store, key) == 1


def test_a_link_to_a_view_of_somebody_else_or_of_nobody_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    key = save(door(store), store, MARCH).key
    for viewer, asked in ((S01, key), (OPERATOR, "<b>"), (OPERATOR, "0" * 12)):
        app = opened(store, monkeypatch, viewer=viewer, frozen=asked)
        assert [warning.value for warning in app.warning] == [
            "This frozen view is no longer there, or it is not shared with you."
        ]
    assert "Frozen at" not in drawn(opened(store, monkeypatch, viewer=VISITOR, frozen=key))

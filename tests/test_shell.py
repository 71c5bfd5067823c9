"""The frame around every page: what narrows the cohort, what is left out, and what goes wrong in words."""

from __future__ import annotations

import json
import logging
import re
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import shell
from dashboard.access import OPERATOR, VISITOR
from dashboard.analyses.cohort_line import CohortLine, cohort_line
from dashboard.cohort import FILTERS
from dashboard.engines.generations import Store
from dashboard.engines.versions import SCHEMA, NewReading
from dashboard.importing import desk
from dashboard.importing.work import work
from dashboard.pages import filter_line
from dashboard.records import Records
from tests.importing.test_upgrading import SHIPPED, earlier
from tests.opened import app_for
from tests.patience import SECONDS, wait_until

FIRST, LAST = date(2020, 1, 5), date(2024, 3, 9)
ROWS = """operation_id,patient_id,surgery_date,procedure,surgeon,site,level_count
a,p,2020-01-05,tlif,S01,North,1
b,q,2022-06-01,tlif,S02,South,2
c,r,2024-03-09,laminectomy,S01,South,
"""
Opened = Callable[..., AppTest]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """The app on three operations, as a link opens it."""
    source = tmp_path / "records"
    source.mkdir()
    (source / "patients.csv").write_text("patient_id,birth_year\np,1960\nq,1970\nr,1980\n", encoding="utf-8")
    (source / "operations.csv").write_text(ROWS, encoding="utf-8")
    work([source], tmp_path / "store", None, False, lambda step: None)
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))

    def run(**asked: str | list[str]) -> AppTest:
        app = app_for()
        for word, value in asked.items():
            app.query_params[word] = value
        return app.run()

    return run


def line(app: AppTest) -> str:
    """The line that says how many operations are counted."""
    (found,) = [str(part.value) for part in app.markdown if re.match(r"\*\*[\d,]+\*\* of ", str(part.value))]
    return found.split(" operations · ")[0]


@pytest.mark.parametrize(
    ("asked", "counted"),
    [({}, 3), ({"procedure": "tlif"}, 2), ({"surgeon": "S01"}, 2), ({"surgeon": "S01", "site": "South"}, 1),
     ({"surgeon": ["S01", "S02"]}, 3), ({"operated": ["2022-01-01", "2024-03-09"]}, 2),
     ({"family": "Fusion"}, 2), ({"family": "decompression"}, 1), ({"levels": "Two"}, 1)],
)  # fmt: skip
def test_filters_in_the_address_narrow_the_line(opened: Opened, asked: dict[str, str], counted: int) -> None:
    assert line(opened(**asked)) == f"**{counted}** of 3"


def test_the_title_stands_beside_what_is_counted_and_what_is_chosen(opened: Opened) -> None:
    app = opened(procedure="tlif", surgeon=["S01", "S02"], operated=["2020-01-05", "2023-01-01"])
    assert [title.value for title in app.title] == ["Overview"]
    (head,) = [str(part.value) for part in app.markdown if str(part.value).startswith("**2** of 3 operations")]
    assert head.split(" · ")[1:4] == ["TLIF", "2 surgeons", "operated until 1 Jan 2023"]


@pytest.mark.parametrize(
    ("asked", "counted"), [({}, 2), ({"me": "S02"}, 1), ({"surgeon": "S02"}, 1), ({"me": "S01", "site": "South"}, 1)]
)
def test_the_head_of_an_own_page_counts_that_surgeon_and_tells_of_no_others(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, asked: dict[str, str], counted: int
) -> None:
    first, own, *others = shell.PAGES
    monkeypatch.setattr(shell, "PAGES", (replace(first, whose=own.whose), own, *others))
    (head,) = [str(part.value) for part in opened(**asked).markdown if "** operations · " in str(part.value)]
    assert head.startswith(f"**{counted}** operations · {asked.get('me') or asked.get('surgeon', 'S01')} · ")


def test_the_way_back_counts_the_filters_that_are_set(opened: Opened) -> None:
    labels = [button.label for button in opened(surgeon="S01", site="South").button]
    assert "Clear 2 filters" in labels
    assert not any(button.label.startswith("Clear") for button in opened().button)


@pytest.mark.parametrize(
    ("asked", "left"),
    [({"procedure": "Nope"}, "Nope"), ({"operated": "2022-01-01"}, "2022-01-01"),
     ({"operated": ["1999-01-01", "1999-12-31"]}, "1999-01-01, 1999-12-31"),
     ({"operated": ["soon", "2022-01-01"]}, "soon, 2022-01-01")],
)  # fmt: skip
def test_what_a_link_asks_in_vain_is_said_and_is_no_filter_to_clear(
    opened: Opened, asked: dict[str, str], left: str
) -> None:
    app = opened(**asked)
    assert [warning.value for warning in app.warning if "left out" in warning.value] == [
        f"This link asks for what cannot be chosen here, so it was left out: {left}."
    ]
    assert line(app) == "**3** of 3"
    assert len(app.session_state["operated"]) == 2
    assert not any(button.label.startswith("Clear") for button in app.button)


def test_records_of_a_practice_are_not_called_made_up(opened: Opened) -> None:
    assert not any("sample data" in str(part.value) for part in opened().markdown)


def test_a_value_that_has_gone_is_named_beside_those_that_remain(opened: Opened) -> None:
    app = opened(surgeon=["S01", "S99"])
    assert [warning.value for warning in app.warning if "left out" in warning.value] == [
        "This link asks for what cannot be chosen here, so it was left out: S99."
    ]
    assert line(app) == "**2** of 3"


def test_a_choice_in_the_words_of_the_definitions_stands_there_in_those_of_the_screen(opened: Opened) -> None:
    app = opened(procedure=["tlif", "Laminectomy"], family="fusion")
    assert line(app) == "**2** of 3"
    assert app.query_params["procedure"] == ["Laminectomy", "TLIF"]
    assert "Clear 2 filters" in [button.label for button in app.button]
    (shown,) = [chosen for chosen in app.multiselect if chosen.label == "Procedure"]
    assert shown.value == ["laminectomy", "tlif"]
    assert "TLIF" in shown.options
    assert not any("left out" in warning.value for warning in app.warning)


def test_every_filter_is_drawn_once_in_its_place(opened: Opened) -> None:
    app = opened()
    in_order = sorted(FILTERS, key=lambda each: not each.in_bar)
    assert [chosen.label for chosen in app.multiselect] == [each.label for each in in_order]


def test_a_stale_value_is_cut_to_what_a_line_can_hold(opened: Opened) -> None:
    (named,) = [warning.value for warning in opened(site="x" * 500).warning if "left out" in warning.value]
    assert named.endswith(f": {'x' * 60}.")


@pytest.mark.parametrize("chosen", [None, (), (date(2022, 1, 1),), date(2022, 1, 1)])
def test_a_period_half_way_through_choosing_is_the_whole(chosen: object) -> None:
    assert filter_line.whole_period(chosen, FIRST, LAST) == (FIRST, LAST)


@pytest.mark.parametrize("kind", [tuple, list])
def test_a_period_with_both_ends_is_that_period(kind: Callable[[tuple[date, date]], object]) -> None:
    ends = (date(2021, 1, 1), date(2022, 1, 1))
    assert filter_line.whole_period(kind(ends), FIRST, LAST) == ends


def test_a_period_with_one_end_counts_everybody(opened: Opened) -> None:
    app = opened()
    app.date_input[0].set_value((date(2022, 1, 1),)).run()
    assert not app.exception
    assert line(app) == "**3** of 3"


def test_an_unforeseen_error_is_in_the_log_under_the_reference_on_the_screen(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("patient 4711")

    monkeypatch.setattr("dashboard.shell.cohort_line", broken)
    with caplog.at_level(logging.ERROR, "dashboard"):
        (shown,) = [str(error.value) for error in opened().error]
    reference = shown.split("(reference ")[1].split(")")[0]
    assert f"reference {reference}" in caplog.text
    assert "4711" not in shown
    assert "RuntimeError" not in shown


def test_an_empty_store_says_how_to_import_and_how_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path))
    app = app_for().run()
    assert "`outcomes import FOLDER`" in app.error[0].value
    assert "`python3 -m dashboard`" in app.error[0].value
    assert not app.title


def test_a_damaged_generation_gives_way_to_the_last_whole_one_and_says_so(opened: Opened, tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    work([tmp_path / "records"], store.root, None, False, lambda step: None)
    current = store.current()
    assert current is not None
    content = bytearray(current.path.read_bytes())
    content[len(content) // 2] ^= 1
    current.path.chmod(0o640)
    current.path.write_bytes(bytes(content))
    app = opened()
    assert line(app) == "**3** of 3"
    assert "Generation 2" in app.warning[0].value
    assert not app.exception


def test_whoever_was_not_let_in_is_told_on_the_page_of_imports_how_to_be_and_can_bring_nothing_in() -> None:
    def visited() -> None:
        from types import SimpleNamespace
        from typing import Any, cast

        from dashboard.access import VISITOR
        from dashboard.pages import imports

        imports.page(cast(Any, SimpleNamespace(viewer=VISITOR)))

    app = AppTest.from_function(visited).run()
    assert "`python3 -m dashboard open`" in app.info[0].value
    assert not app.get("file_uploader")
    assert not app.button


def test_records_of_an_earlier_version_are_brought_up_to_date_on_request_and_say_once_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = earlier(tmp_path / "store", made_up=False)
    monkeypatch.setenv("OUTCOMES_STORE", str(store.root))
    app = app_for().run()
    assert app.title[0].value == "One step before you go on"
    assert "earlier version" in app.warning[0].value
    (begin,) = [button for button in app.button if button.label == "Bring the records up to date"]
    begin.click().run()
    running = desk.under_way(store.root)
    assert running is not None
    wait_until(running.over.is_set)
    assert running.result().generation == 2
    app.run()
    assert line(app) == "**51** of 51"
    said = "\n".join(str(part.value) for part in app.markdown)
    assert "These records were brought up to date. No figure has changed." in said
    assert "New in this version" in said
    (seen,) = [button for button in app.button if button.label == "I have seen this"]
    seen.click().run()
    assert "brought up to date" not in "\n".join(str(part.value) for part in app.markdown)
    assert not app.exception


def test_changed_definitions_are_told_and_what_only_a_new_import_mends(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.pages.upgrading.outdated", lambda manifest, definitions: "The definitions changed.")
    mended = NewReading("Ages are read from dates of birth.", ("operations.age",))
    monkeypatch.setattr("dashboard.pages.upgrading.read_otherwise", lambda manifest: [mended])
    app = opened()
    assert any("The definitions changed." in str(part.value) for part in app.markdown)
    assert "Bring the records up to date" in [button.label for button in app.button]
    assert app.info[0].value == (
        "Ages are read from dates of birth. Right only after the records are imported again: operations.age."
    )
    assert line(app) == "**3** of 3"


def test_records_of_a_newer_version_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(earlier(tmp_path / "store", schema=SCHEMA + 1).root))
    app = app_for().run()
    assert "newer version of this app" in app.error[0].value
    assert not app.title


def test_an_upgrade_under_way_is_drawn_once_on_the_page_of_imports_too(opened: Opened, tmp_path: Path) -> None:
    def both(folder: str) -> None:
        from pathlib import Path

        from dashboard import settings
        from dashboard.access import OPERATOR
        from dashboard.audit import Audit
        from dashboard.cohort import Cohort
        from dashboard.engines.duck import DuckEngine
        from dashboard.engines.generations import Store
        from dashboard.pages import imports, upgrading
        from dashboard.records import Records

        current = Store(Path(folder)).current()
        assert current is not None
        engine = DuckEngine(current.path, current.number)
        records = Records(engine, OPERATOR, Cohort(), Audit(Path(folder) / "audit"))
        upgrading.news(records, settings.read(), current.manifest)
        imports.page(records)

    del opened  # the store that it has made is the one that the settings name
    store = tmp_path / "store"
    running = desk.begin(store, [], None, "tables", check=False, upgrade=True, recorded=None)
    running.child.send_signal(signal.SIGSTOP)
    try:
        app = AppTest.from_function(both, args=(str(store),), default_timeout=SECONDS).run()
        assert not app.exception
        assert [header.value for header in app.header] == ["Bringing up to date"]
        assert [button.label for button in app.button] == ["Cancel"]
    finally:
        running.child.kill()
        wait_until(running.over.is_set)
        desk.forget(store)


def test_what_a_page_shows_together_is_of_one_generation_though_another_is_published_meanwhile(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, audit = cohort_line, tmp_path / "store" / "audit" / "audit.jsonl"
    more = ROWS.replace("a,p,2020-01-05", "d,p,2020-01-05")

    def publishes(records: Records) -> CohortLine:
        found = real(records)
        if records.engine.generation == 1:
            (tmp_path / "records" / "operations.csv").write_text(more, encoding="utf-8")
            work([tmp_path / "records"], tmp_path / "store", None, False, lambda step: None)
        return found

    monkeypatch.setattr(shell, "cohort_line", publishes)
    app = opened()
    asked = [json.loads(each) for each in audit.read_text(encoding="utf-8").splitlines()]
    assert {each["generation"] for each in asked if each["what"] != "change"} == {1}
    assert line(app) == "**3** of 3"
    app.run()
    assert not app.exception
    asked = [json.loads(each) for each in audit.read_text(encoding="utf-8").splitlines()][len(asked) :]
    assert {each["generation"] for each in asked if each["what"] != "change"} == {2}
    assert line(app) == "**3** of 3"


def test_past_the_guard_real_records_are_not_shown_but_how_to_start(opened: Opened) -> None:
    opened()
    for viewer in (None, VISITOR):
        app = app_for(viewer).run()
        assert [error.value for error in app.error] == ["Start with `python3 -m dashboard`."]
        assert [len(app.get(kind)) for kind in ("title", "markdown", "metric", "multiselect", "button")] == [0] * 5


def test_past_the_guard_records_that_did_not_come_with_the_app_are_real(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [(made_up, SHIPPED) for made_up in (False, None, "yes", 1)]
    for number, (made_up, sources) in enumerate([*said, (True, []), (True, [{"sha256": "0" * 64}])]):
        store = earlier(tmp_path / str(number), made_up=made_up, sources=sources)
        monkeypatch.setenv("OUTCOMES_STORE", str(store.root))
        assert [error.value for error in app_for(None).run().error] == ["Start with `python3 -m dashboard`."]


def test_whoever_was_not_let_in_has_no_page_of_imports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not VISITOR.may_import
    monkeypatch.setenv("OUTCOMES_STORE", str(earlier(tmp_path / "store", made_up=True, sources=SHIPPED).root))
    app = app_for(None).run()
    assert not app.error
    assert "Bring the records up to date" not in [button.label for button in app.button]


def test_whoever_was_not_let_in_looks_at_made_up_records_and_leaves_nothing(
    opened: Opened, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del opened  # which has made the folder of records
    (tmp_path / "records" / "about.toml").write_text("made_up = true\n", encoding="utf-8")
    work([tmp_path / "records"], tmp_path / "made_up", None, False, lambda step: None)
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "made_up"))
    assert [error.value for error in app_for(None).run().error] == ["Start with `python3 -m dashboard`."]
    (manifest,) = (tmp_path / "made_up" / "gen").glob("*.json")
    sources = json.loads(manifest.read_text(encoding="utf-8"))["sources"]
    # As though these files had come with the app.
    monkeypatch.setattr("dashboard.made_up.shipped_digests", lambda: {one["sha256"] for one in sources})
    app = app_for(None).run()
    assert line(app) == "**3** of 3"
    notebooks: list[object] = []
    monkeypatch.setattr(shell, "_draw", lambda records, *_: notebooks.append(records.notebook))
    for viewer in (None, OPERATOR):
        assert not app_for(viewer).run().error
    nobodys, ours = notebooks
    assert nobodys is None
    assert ours is not None


def test_every_screen_says_that_it_is_on_this_computer_alone(opened: Opened) -> None:
    assert any(str(part.value).endswith(" · this computer only") for part in opened().markdown)

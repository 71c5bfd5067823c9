"""What a manager of one site has on each page: counts in protected form, and a line where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from dashboard.audit import Audit
from dashboard.audit_keys import KEY
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.pages import parts, risk
from dashboard.private import SECRET_BYTES
from dashboard.protecting import NO_FORM, SENTENCE
from dashboard.records import Records
from tests.opened import app_for
from tests.pages.listed import BY_NAME
from tests.pages.test_what_stands_there import said
from tests.patience import SECONDS

MANAGER = Viewer("Manager of Central", "manager", sites=("Central",))
PAGES = [name for name, listed in BY_NAME.items() if listed.is_for(MANAGER)]
WITHOUT_FORM = {"causes", "compare", "onset"}
"""The pages that rest on a model or on many small cells throughout, whose one line says so."""


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("protected-store")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def app(store: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    return app_for(MANAGER)


@pytest.fixture(scope="module")
def records(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    shown = Store(store).last_whole()
    assert shown is not None
    engine = DuckEngine(shown.generation.path, shown.generation.number)
    audit = tmp_path_factory.mktemp("audit")
    (audit / KEY).write_bytes(b"3" * SECRET_BYTES)  # by which counts are moved
    yield Records(engine, MANAGER, Cohort(), Audit(audit))
    engine.close()


def drawn(name: str, records: object) -> None:
    from importlib import import_module

    from dashboard.pages.furniture import as_far_as_told

    with as_far_as_told():
        import_module(f"dashboard.pages.{name}").page(records)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_is_drawn_as_far_as_it_has_a_protected_form(records: Records, name: str) -> None:
    page = AppTest.from_function(drawn, args=(name, records), default_timeout=SECONDS).run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    assert (NO_FORM in said(page).replace("\\", "")) == (name in WITHOUT_FORM)
    assert len(page.header) > 0 or name in WITHOUT_FORM


def test_the_head_says_in_which_form_the_counts_are(app: AppTest) -> None:
    assert SENTENCE in said(app.run())


def test_a_third_filter_of_the_patient_is_refused_with_what_to_do(app: AppTest) -> None:
    app.run()
    for word in ("age", "sex", "levels"):
        app.multiselect(key=word).set_value(app.multiselect(key=word).options[:1])
    assert ["Take away one filter" in error.value for error in app.run().error] == [True]


def test_reoperations_are_not_to_be_counted_beside_index_operations(app: AppTest) -> None:
    assert "every" not in {toggle.key for toggle in app.run().toggle}


def test_no_row_and_no_button_leads_to_a_view_that_has_no_protected_form(app: AppTest) -> None:
    whole = app_for()
    for each in (app, whole):
        each.session_state[parts.GOING_TO] = "risk", {"risk_view": "Every band"}
        assert each.run().title[0].value == "Risk factors"
    assert app.button_group[0].options == ["Every band", "What can be changed"]
    hint = "Select a row to go to that factor's curves."
    assert (hint in said(app), hint in said(whole)) == (False, True)
    assert (risk.SHOWN.word, "Alone and adjusted") in risk.SHOWN.closed_to(MANAGER)
    assert not risk.SHOWN.closed_to(OPERATOR)

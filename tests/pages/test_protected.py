"""What a manager of one site has on each page: counts in protected form, and a line where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import wording
from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.trend import trend
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.data_quality import FACTORS_UNTOLD
from dashboard.audit import Audit
from dashboard.audit_keys import KEY
from dashboard.cohort import Cohort
from dashboard.documents.document import WordTable
from dashboard.documents.issuing import made
from dashboard.documents.kinds import KINDS
from dashboard.documents.wanted import Wanted
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NotTold
from dashboard.importing.work import work
from dashboard.pages import compare, data, parts, procedures, report, risk
from dashboard.private import SECRET_BYTES
from dashboard.protecting import NO_FORM, SENTENCE, STEP
from dashboard.records import Records
from dashboard.sample import write
from dashboard.shipped import shipped
from tests.opened import app_for
from tests.pages.listed import BY_NAME, view_word, views_of
from tests.pages.test_what_stands_there import said
from tests.patience import SECONDS

MANAGER = Viewer("Manager of Central", "manager", sites=("Central",))
PAGES = [name for name, listed in BY_NAME.items() if listed.is_for(MANAGER)]
CLOSED_VIEWS = {pair for page in BY_NAME.values() if page.views for pair in page.views.closed_to(MANAGER)}
WAYS = [
    (name, {view_word(name): view})
    for name in PAGES
    for view in views_of(BY_NAME[name])
    if (view_word(name), view) not in CLOSED_VIEWS
]
"""Every view that is there for this manager."""
WITHOUT_AN_ANSWER = ("definitions",)
"""The pages that answer no question."""
CLOSED = {
    risk: {"Strongest", "Alone and adjusted", "What can be changed", "Planning an operation"},
    compare: {"Monitoring"},
    procedures: {"What patients report"},
    data: {"Issues and flags", "Work list", "Letters", "Registries and payers"},
}


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


def opened(records: Records, name: str, **asked: str) -> AppTest:
    page = AppTest.from_function(drawn, args=(name, records), default_timeout=SECONDS)
    for word, value in asked.items():
        page.query_params[word] = value
    page.run()
    assert not page.exception
    assert [error.value for error in page.error] == []
    return page


@pytest.mark.parametrize(
    ("name", "asked"), [*((name, {}) for name in PAGES), *WAYS], ids=lambda one: one if isinstance(one, str) else ""
)
def test_every_page_and_view_that_is_there_has_something_to_tell_and_an_answer(
    records: Records, name: str, asked: dict[str, str]
) -> None:
    page = opened(records, name, **asked)
    assert NO_FORM not in said(page).replace("\\", "")
    assert page.header or page.get("plotly_chart") or page.info  # or what is to be chosen first
    answers = [one for one in page.markdown if one.value.startswith("**")]
    assert answers or page.info or name in WITHOUT_AN_ANSWER


def test_of_a_small_practice_what_can_be_told_is_told_though_each_year_is_too_few(tmp_path: Path) -> None:
    write(tmp_path / "made-up", operations=200, seed=7, rules=shipped("sample_data", "rules.toml"))
    work([tmp_path / "made-up"], tmp_path / "store", None, False, lambda step: None)
    shown = Store(tmp_path / "store").last_whole()
    assert shown is not None
    engine = DuckEngine(shown.generation.path, shown.generation.number)
    (tmp_path / "audit").mkdir()
    (tmp_path / "audit" / KEY).write_bytes(b"3" * SECRET_BYTES)
    of_all = replace(MANAGER, sites=None, protected=True)
    records = Records(engine, of_all, Cohort(), Audit(tmp_path / "audit"))
    with pytest.raises(NotTold):
        trend(records, "fbss", 730)
    assert "Whether this has changed is not told" in change_verdict(records, "fbss").answer
    for name in ("overview", "data"):
        page = opened(records, name)
        assert any(one.value.startswith("**") and "%" in one.value for one in page.markdown), name
    engine.close()


@pytest.mark.parametrize("page", CLOSED, ids=lambda page: page.__name__.rpartition(".")[2])
def test_a_view_without_a_protected_form_is_not_offered(page: ModuleType) -> None:
    assert {title for _, title in page.SHOWN.closed_to(MANAGER)} == CLOSED[page]


def test_the_head_says_that_counts_are_rounded_and_the_foot_once_how_and_what_is_not_told(app: AppTest) -> None:
    words = said(app.run())
    assert "rounded counts" in words
    assert words.count(SENTENCE) == 1
    for untold in ("Time to symptoms", "Causes and care", "Compare: Monitoring", "Risk factors: Strongest"):
        assert words.count(untold) == 1
    assert "Planning" not in words


def test_surgeons_are_told_of_in_order_of_name_within_one_family_and_nobody_is_judged(records: Records) -> None:
    together = opened(records, "compare")
    assert "No surgeon is held against what is expected here." in said(together)
    assert "Possible for fusion alone →" in [button.label for button in together.button]
    fusion = replace(records, cohort=Cohort(chosen={"family": ("fusion",)}))
    alone = opened(fusion, "compare")
    (table,) = [each.value for each in alone.dataframe]
    told = failure_rate(fusion, "fbss", "surgeon")
    assert list(table["Surgeon"]) == list(told["label"]) == sorted(table["Surgeon"])
    assert list(table["Operations"]) == list(told["operations"])
    left_out = [name for name in records.choices("surgeon") if name not in set(told["group"])]
    assert f"Too few to be told, or none: {wording.joined(left_out)}." in said(alone)
    assert "Whether one stands out is not said" in said(alone)
    assert not [one for one in alone.markdown if "limit" in one.value]


def test_which_factors_are_not_recorded_is_told_as_far_as_their_bands_are(records: Records) -> None:
    page = opened(records, "data", data_view="Completeness")
    (table,) = [each.value for each in page.dataframe]
    bands = risk_factors(records, "fbss")
    bands = bands[bands["band"] == "not recorded"].set_index("factor_label")
    assert dict(zip(table["Factor"], table["Not recorded"], strict=True)) == dict(bands["operations"])
    assert set(table["Operations"] % STEP) == {0}
    assert FACTORS_UNTOLD in said(page)


def test_a_band_a_family_and_a_year_that_is_not_told_is_named(records: Records) -> None:
    bands = risk_factors(records, "fbss")
    words = said(opened(records, "risk"))
    untold = [
        f"{wording.within_sentence(str(factor))}, {wording.within_sentence(label)}"
        for (name, factor), rows in bands.groupby(["factor", "factor_label"], sort=False)
        for band, label in records.choices(str(name)).items() if band not in set(rows["band"])
    ]  # fmt: skip
    assert untold
    assert f"Too few to be told, or none: {', '.join(untold[:4])}" in words
    families = set(failure_rate(records, "fbss", "family")["group"])
    small = [label for name, label in records.choices("family").items() if name not in families]
    assert f"Too few to be told, or none: {wording.joined(small)}." in said(opened(records, "overview"))


def test_the_report_tells_the_bands_that_the_screen_draws(records: Records, store: Path) -> None:
    (quality,) = [kind for kind in KINDS if kind.name == "quality"]
    document = made(Store(store), records, quality, Wanted("fbss", 730, datetime(2026, 11, 1, tzinfo=UTC)))
    (section,) = [section for section in document.sections if section.title == "Risk factors"]
    (table,) = [block for block in section.blocks if isinstance(block, WordTable)]
    bands = risk_factors(records, "fbss")
    assert [row[0] for row in table.rows] == list(bands["factor_label"])
    assert "What is recorded" in [section.title for section in document.sections]


def test_what_has_no_protected_form_is_no_document_and_no_way(app: AppTest) -> None:
    shown = app.run()
    assert "Complication by 90 days →" not in [button.label for button in shown.button]
    assert [kind.name for kind in KINDS if kind.is_for(MANAGER)] == ["quality"]
    app.session_state[parts.GOING_TO] = "report", {}
    assert not [box for box in app.run().selectbox if box.key == report.KIND]


def test_a_period_that_is_chosen_stands_there_in_whole_quarters(app: AppTest) -> None:
    app.query_params["operated"] = ["2022-02-10", "2023-05-03"]
    (box,) = [each for each in app.run().date_input if each.key == "operated"]
    assert box.value == (date(2022, 1, 1), date(2023, 6, 30))
    box.set_value((date(2021, 5, 1), date(2023, 6, 30)))
    (box,) = [each for each in app.run().date_input if each.key == "operated"]
    assert box.value == (date(2021, 4, 1), date(2023, 6, 30))


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
    assert not app.button_group
    hint = "Select a row to go to that factor's curves."
    assert (hint in said(app), hint in said(whole)) == (False, True)
    assert (risk.SHOWN.word, "Alone and adjusted") in risk.SHOWN.closed_to(MANAGER)
    assert not risk.SHOWN.closed_to(OPERATOR)

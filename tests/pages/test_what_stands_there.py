"""What must stand on a page whatever the numbers are: order, caveats, sources, and nobody's record for a manager."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.risk_factors import risk_factors
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.records import Records
from tests.pages.listed import BY_NAME, DRAWN_OTHERWISE, FOR_NOBODY_TOO, VIEW_CHOSEN_BY, view_word, views_of
from tests.patience import SECONDS

PAGES = Path(__file__).parents[2] / "dashboard" / "pages"
NOBODY = Cohort(chosen={"procedure": ("implant_removal",), "sex": ("other",)})
MANAGER = Viewer("Manager", "manager")
AT_ONE_VISIT = next(outcome for outcome in load().outcomes.values() if outcome.kind == "landmark")


@pytest.fixture(scope="module")
def sample(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder = tmp_path_factory.mktemp("stands")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    current = Store(folder).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    yield Records(engine, OPERATOR, Cohort(), Audit(folder / "audit"))
    engine.close()


def drawn(name: str, records: object) -> None:
    from importlib import import_module

    import_module(f"dashboard.pages.{name}").page(records)


def opened(name: str, records: Records, **asked: str) -> AppTest:
    """One page alone, as a link opens it, without an error."""
    app = AppTest.from_function(drawn, args=(name, records), default_timeout=SECONDS)
    for word, value in asked.items():
        app.query_params[word] = value
    app.run()
    assert not app.exception
    return app


def in_order(app: AppTest) -> list[tuple[str, str]]:
    """What stands on the page from its top, each with its kind."""
    return [(part.type, str(getattr(part, "value", ""))) for part in app.main]


def said(app: AppTest) -> str:
    kinds = ("title", "header", "markdown", "info", "warning")
    return "\n".join(str(getattr(part, "value", "")) for kind in kinds for part in app.get(kind))


def tables(app: AppTest) -> str:
    return "\n".join(table.value.to_csv() for table in app.dataframe)


def table_with(app: AppTest, column: str) -> pd.DataFrame:
    (found,) = [table.value for table in app.dataframe if column in table.value.columns]
    return pd.DataFrame(found)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_page_of_the_whole_practice_leaves_the_title_to_the_frame_and_every_view_can_be_chosen(
    sample: Records, name: str
) -> None:
    page, views = opened(name, sample), views_of(BY_NAME[name])
    assert not page.title
    boxes = [*page.selectbox, *page.segmented_control]
    offered = {box.key: box.options for box in boxes if "view" in str(box.key) or box.options == views}
    assert offered == ({view_word(name): views} if views else {}), (
        f"The views of a page are its VIEWS, chosen by {name}_view; name another word in tests/pages/listed.py."
    )


def test_every_page_that_is_written_is_listed() -> None:
    written = {path.stem for path in PAGES.glob("*.py") if "\ndef page(" in path.read_text(encoding="utf-8")}
    assert written == set(BY_NAME)


def test_what_is_said_of_single_pages_is_said_of_pages_that_are_there() -> None:
    assert {*VIEW_CHOSEN_BY, *DRAWN_OTHERWISE, *FOR_NOBODY_TOO} <= set(BY_NAME)


@pytest.mark.parametrize("name", [name for name in BY_NAME if name not in FOR_NOBODY_TOO])
def test_a_cohort_of_nobody_is_shown_the_way_out_and_no_number(sample: Records, name: str) -> None:
    page = opened(name, sample.of(NOBODY))
    assert [info.value for info in page.info] == [
        "No operations match these filters. Take one away above, or clear them all."
    ]
    assert not page.metric
    assert not page.dataframe


@pytest.mark.parametrize("name", [name for name, listed in BY_NAME.items() if listed.is_for(MANAGER)])
def test_a_manager_meets_no_patient_on_any_page(sample: Records, name: str) -> None:
    page = opened(name, replace(sample, viewer=MANAGER))
    seen = said(page) + tables(page)
    assert "P0000" not in seen
    assert "OP0000" not in seen
    assert not any(button.label.startswith(("Open these patients", "Patients behind")) for button in page.button)


def test_every_share_in_the_table_stands_with_n_and_its_interval(sample: Records) -> None:
    table = table_with(opened("procedures", sample), "Median follow-up (days)")
    shares = table["Share failed (count; 95 % interval)"]
    assert shares.str.fullmatch(r"[\d.]+ % \([\d,]+( seen)? of [\d,]+; [\d.]+ to [\d.]+\)|[\d,]+ of [\d,]+").all()
    rates = failure_rate(sample, "fbss", by="procedure")
    assert list(shares.str.contains("%"))[:-1] == list(rates["shown"])
    assert "All chosen" in set(table["Group"])


def test_an_outcome_of_one_visit_shows_answered_of_due(sample: Records) -> None:
    table = table_with(opened("procedures", sample, outcome=AT_ONE_VISIT.short), "Answered of due")
    assert table["Answered of due"].str.fullmatch(r"[\d,]+ of [\d,]+").all()
    assert "Median follow-up (days)" not in table.columns


def test_not_recorded_is_a_band_of_every_factor_that_has_gaps(sample: Records) -> None:
    bands = risk_factors(sample, "fbss")
    gaps = set(bands.loc[bands["missing_share"] > 0, "factor_label"])
    table = table_with(opened("risk", sample, risk_view="Every band"), "Factor")
    assert len(gaps) >= 5
    assert set(table.loc[table["Band"] == "Not recorded", "Factor"]) == gaps
    assert (table.loc[table["Band"] == "Not recorded", "Operations"] > 0).all()


@pytest.mark.parametrize("arises", ["after surgery", "before surgery"])
def test_only_what_arises_after_surgery_carries_its_caveat(sample: Records, arises: str) -> None:
    factor = next(f for f in load().factors.values() if (f.timing == "after surgery") == (arises == "after surgery"))
    warned = [warning.value for warning in opened("risk", sample, factor=factor.label).warning]
    assert any("arises after surgery: it is described here and never used to adjust" in one for one in warned) == (
        arises == "after surgery"
    )


def test_published_figures_stand_with_their_warning_and_source(sample: Records) -> None:
    reoperation = load().outcomes["reoperation"]
    figure = load().benchmarks["stenosis_reoperation_korea"]
    words = said(opened("procedures", sample, outcome=reoperation.short, against="Published"))
    assert figure.warning in words
    assert f"Source: {figure.source}." in words
    assert figure.source not in said(opened("procedures", sample, outcome=reoperation.short))


def test_a_published_figure_that_does_not_fit_is_listed_with_why_and_not_drawn(sample: Records) -> None:
    page = opened("procedures", sample, against="Published")
    assert "No published figure counts the same after the same surgery at this time" in said(page)
    listed = table_with(page, "Why it is not drawn").set_index("Published")
    assert listed.loc["Upper bound, lumbar fusion", "Figure"] == "up to 46.0 %"
    assert listed.loc["Pain that lasts over 6 months after discectomy", "Figure"] == "15.0 % (12.4 to 17.8)"
    assert listed["Why it is not drawn"].str.len().min() > 0


def test_definitions_list_every_outcome_factor_and_word(sample: Records) -> None:
    page, definitions = opened("definitions", sample), load()
    assert {outcome.label for outcome in definitions.outcomes.values()} <= {part.label for part in page.expander}
    assert set(table_with(page, "Factor")["Factor"]) == {factor.label for factor in definitions.factors.values()}
    assert set(table_with(page, "Figure")["Source"]) == {one.source for one in definitions.benchmarks.values()}
    words = {word for table in page.dataframe if "Word" in table.value for word in table.value["Word"]}
    assert words == {term.label for terms in definitions.vocabularies.values() for term in terms.values()}

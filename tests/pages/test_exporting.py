"""Every table and every picture of every page can be taken away, from one place, by whoever may."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from dashboard.disclosure import MODES
from dashboard.exports.offers import PATIENTS, Again, PictureOffer, TableOffer
from dashboard.pages import exporting
from dashboard.records import Records
from tests.opened import app_for
from tests.pages.listed import BY_NAME, view_word, views_of
from tests.pages.test_screens import store as store
from tests.pages.test_what_stands_there import sample as sample
from tests.patience import SECONDS

PAGES = Path(exporting.__file__).parent
DRAWS = {"st.dataframe", "st.plotly_chart", "st.table", "st.altair_chart", "st.line_chart", "st.bar_chart"}
NOTES = {"exporting.note_table", "exporting.note_picture"}


def calls(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if (
            isinstance(each, ast.Call)
            and isinstance(each.func, ast.Attribute)
            and isinstance(each.func.value, ast.Name)
        ):
            yield f"{each.func.value.id}.{each.func.attr}"


def drawn_without_a_note(folder: Path) -> list[str]:
    """Every function that draws a table or picture and does not note it for the export."""
    found = []
    for path in sorted(folder.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = set(calls(node))
                if names & DRAWS and not names & NOTES:
                    found.append(f"{path.name}: {node.name}")
    return found


def test_nothing_draws_a_table_or_picture_without_offering_it() -> None:
    assert drawn_without_a_note(PAGES) == []


def test_a_picture_that_is_not_offered_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "page.py").write_text("def draw(figure):\n    st.plotly_chart(figure)\n")
    assert drawn_without_a_note(tmp_path) == ["page.py: draw"]


def drawn(name: str, records: object, found: list[object]) -> None:
    from importlib import import_module

    from dashboard.pages import exporting

    with exporting.offered(records) as offers:  # type: ignore[arg-type]
        import_module(f"dashboard.pages.{name}").page(records)
    found.append(offers)


VIEWS = [(name, view) for name, listed in BY_NAME.items() for view in views_of(listed) or [""]]


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_each_view_of_each_page_offers_as_many_as_it_has_drawn(sample: Records, name: str, view: str) -> None:
    found: list[exporting.Offers] = []
    app = AppTest.from_function(drawn, args=(name, sample, found), default_timeout=SECONDS)
    if view:
        app.query_params[view_word(name)] = view
    app.run()
    assert not app.exception
    lists = [set(offer.shown) for offer in found[0].found if isinstance(offer, TableOffer) and offer.holds == PATIENTS]
    shown = [set(table.value) for table in app.dataframe]
    assert len(lists) == len({*map(frozenset, lists)})  # none is offered twice
    assert len(found[0].named()) == len(shown) + len(app.get("plotly_chart")) + sum(one not in shown for one in lists)


@pytest.fixture
def app(store: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    return app_for(OPERATOR)


def test_export_opens_a_choice_of_all_that_the_page_has_drawn(app: AppTest) -> None:
    seen = app.run()
    assert not [box for box in seen.selectbox if box.key == "export-what"]
    seen.button(key=f"head {exporting.EXPORT}").click().run()
    assert not seen.exception
    assert seen.selectbox(key="export-what").options == [
        "Picture: When failures come", "Picture: FBSS by 2 years, by family", "Picture: By year of surgery",
    ]  # fmt: skip
    assert [button.proto.label for button in seen.get("download_button")] == ["Download"]


def chosen(offers: object) -> None:
    from dashboard.pages import exporting

    exporting.choice(offers)  # type: ignore[arg-type]


def test_what_cannot_be_shared_says_why_and_gives_no_file(sample: Records) -> None:
    offers = exporting.Offers(sample, found=[TableOffer("Pairs", pd.DataFrame({"Together": [3]}))])
    seen = AppTest.from_function(chosen, args=(offers,), default_timeout=SECONDS).run()
    assert [button.proto.label for button in seen.get("download_button")] == ["Download"]
    seen.selectbox(key="export-for").select(MODES["nhs"].label).run()
    assert not seen.get("download_button")
    assert any("no rules are known" in told.value for told in seen.info)


def test_who_sees_counts_is_offered_no_list_of_patients(sample: Records) -> None:
    lists = [TableOffer("Operations", pd.DataFrame({"Operation": ["O-1"]}), holds=PATIENTS)]
    offers = exporting.Offers(replace(sample, viewer=Viewer("Manager", "manager")), found=lists)  # type: ignore[arg-type]
    seen = AppTest.from_function(chosen, args=(offers,), default_timeout=SECONDS).run()
    assert not seen.selectbox
    assert "Nothing on this page can be exported." in [told.value for told in seen.markdown]


def test_what_a_dialog_draws_can_be_taken_there(app: AppTest) -> None:
    seen = app.run()
    seen.button(key="in full").click().run()
    assert not seen.exception
    assert seen.selectbox(key="export-what").options[:1] == ["Table: Share failed by family of surgery"]


def test_who_sees_a_part_takes_what_is_shown_and_nothing_that_the_analysis_knows_besides(sample: Records) -> None:
    rows, shown = pd.DataFrame({"operations": [3]}), pd.DataFrame({"Operations": [3]})
    surgeon = replace(sample, viewer=Viewer("S01", "surgeon", surgeon="S01"))
    for records, known in ((sample, True), (surgeon, False)):
        with exporting.offered(records) as offers:
            exporting.note_table(shown, "Operations", rows)
            exporting.note_picture(None, "Operations", again=Again(rows, lambda shared: None))
        table, picture = offers.found
        assert isinstance(table, TableOffer)
        assert isinstance(picture, PictureOffer)
        assert ((table.rows is not None), (picture.again is not None)) == (known, known)

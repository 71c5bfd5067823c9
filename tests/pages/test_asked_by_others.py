"""Letters, and what registries and payers ask for, as a person reads them on Data quality."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.access import Viewer
from dashboard.exports.sharing import can_be_shared
from dashboard.records import Records
from tests.pages.test_comparison import practice
from tests.pages.test_exporting import drawn
from tests.pages.test_what_stands_there import opened, said, table_with
from tests.patience import SECONDS

__all__ = ["practice"]
LETTERS = {"data_view": "Letters"}
ASKED = {"data_view": "Registries and payers"}


def test_the_letters_of_the_month_after_the_data_stand_first(practice: Records) -> None:
    page = opened("data", practice, **LETTERS)
    assert "**323 letters to 311 patients in October 2026.** Visits 182 overdue, 64 falling due in it" in said(page)
    first = table_with(page, "Letter").iloc[0]
    assert first["Patient"].startswith("P-")
    later = opened("data", practice, **LETTERS, month="February 2027")
    assert "patients in February 2027.**" in said(later)


def test_who_sees_counts_alone_has_no_letters(practice: Records) -> None:
    page = opened("data", replace(practice, viewer=Viewer("Manager", "manager")), **LETTERS)
    assert "Letters" not in page.selectbox(key="data_view").options
    assert "left out: Letters." in page.warning[0].value


def test_each_programme_stands_with_its_fields_and_its_source(practice: Records) -> None:
    page = opened("data", practice, **ASKED)
    assert "Of 41 fields: 24 recorded in part" in said(page)
    assert [header.value for header in page.header][:2] == ["Case mix, before surgery", "What patients report"]
    assert "Clement et al., Acta Orthop 2015" in said(page)
    families = opened("data", practice, **ASKED, asked_by="First 30 days", asked_of="Procedure family")
    assert "Decompression" in table_with(families, "Figure")["Procedure family"].tolist()


def test_its_tables_leave_for_others_as_the_document_alone(practice: Records) -> None:
    """A share beside a count that is hidden would tell it: the rules of the document know which count is whose."""
    found: list[Any] = []
    app = AppTest.from_function(drawn, args=("data", practice, found), default_timeout=SECONDS)
    app.query_params["data_view"] = ASKED["data_view"]
    app.run()
    assert len(found[0].found) == 3
    assert not any(can_be_shared(offer.rows) for offer in found[0].found)

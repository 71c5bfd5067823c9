"""Tables and pictures leave by our own way alone, in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from tests.browser.screen import open_page, settle

pytestmark = pytest.mark.xdist_group("browser")


def test_a_table_leaves_as_excel_by_our_own_way_alone_and_on_record(page: Page, address: str, store: Path) -> None:
    open_page(page, address, "/procedures", "Procedures")
    page.get_by_test_id("stDataFrame").first.hover()
    tools = page.get_by_test_id("stElementToolbarButton")
    expect(tools.get_by_role("button", name="Search")).to_have_count(1)
    expect(tools.get_by_role("button", name="Download")).to_have_count(0)
    page.get_by_role("button", name="Export →", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Table: Share failed for each group, with counts", exact=True).click()
    expect(dialog.get_by_text("Excel", exact=True)).to_be_visible()
    settle(page)
    with page.expect_download() as found:
        dialog.get_by_role("button", name="Download", exact=True).click()
    assert found.value.suggested_filename.startswith("share-failed-for-each-group-with-counts-")
    book = CalamineWorkbook.from_path(found.value.path())
    assert book.sheet_names == ["Data", "Figures", "Filter", "Definitions", "Generation"]
    lines = (store / "audit" / "audit.jsonl").read_text(encoding="utf-8").splitlines()
    asked = [line for line in map(json.loads, lines) if line.get("question") == "export"]
    assert (asked[-1]["form"], asked[-1]["share"], asked[-1]["single"]) == ("xlsx", "none", False)

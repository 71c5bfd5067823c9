"""A practice's own list comes in on the page Import: suggested, previewed, kept, checked, published or cancelled."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Page, expect

from dashboard import importing
from dashboard.shipped import shipped
from tests.browser.conftest import served
from tests.browser.screen import open_page, settle
from tests.browser.test_every_page import found_by_axe, pictured
from tests.importing.test_suggest import GERMAN
from tests.patience import wait_until

pytestmark = pytest.mark.xdist_group("browser")

WIDTHS = {"desktop": 1440, "tablet": 820, "phone": 390}


@pytest.fixture(scope="module")
def own(cookies: list[SetCookieParam], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """An app on a store that these tests may change, and that store."""
    store = tmp_path_factory.mktemp("own")
    importing.run([shipped("sample_data")], store)
    with served(store, tmp_path_factory.mktemp("server") / "log.txt", cookies) as where:
        yield where, store


def give(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").set_input_files([str(path) for path in files])
    expect(page.get_by_text(files[-1].name).first).to_be_visible()
    settle(page, "Import")


def written(tmp_path: Path, text: str, name: str = "Liste 2024.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_in_another_language_is_mapped_checked_and_published(
    page: Page, own: tuple[str, Path], tmp_path: Path, strangers: list[str]
) -> None:
    address, store = own
    open_page(page, address, "/import", "Import")
    give(page, written(tmp_path, GERMAN))
    expect(page.get_by_role("heading", name="Which column is which?")).to_be_visible()
    expect(page.get_by_text('"Mikrodiskektomie" is not a known procedure', exact=False)).to_be_visible()
    assert found_by_axe(page) == []
    for form, width in WIDTHS.items():
        assert pictured(page, width, f"import_assistant_{form}_light.png") <= 1
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.get_by_role("button", name="Keep as the site's mapping").click()
    expect(page.get_by_role("radio", name="The site's own mapping")).to_be_checked()
    assert 'surgery_date = "OP-Datum"' in (store / "mapping.toml").read_text(encoding="utf-8")
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("Checked. Nothing was published", exact=False)).to_be_visible()
    expect(page.get_by_text("Row left out · Unknown word: 1 of 2", exact=False)).to_be_visible()
    assert found_by_axe(page) == []
    pictured(page, 1440, "import_checked_desktop_light.png")
    pictured(page, 390, "import_checked_phone_light.png")
    page.set_viewport_size({"width": 1440, "height": 1000})
    page.get_by_role("button", name="Import these now").click()
    expect(page.get_by_text("Published as generation 2", exact=False)).to_be_visible()
    expect(page.get_by_text("of 1 operations", exact=False).first).to_be_visible()
    wait_until(lambda: not any((store / "uploads").iterdir()))
    lines = [
        line
        for path in sorted((store / "audit").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    changes = [json.loads(line) for line in lines if '"change"' in line]
    assert any((line["change"], line.get("generation")) == ("import", 2) for line in changes)
    assert strangers == []


def test_a_file_that_is_none_is_refused_in_words_and_nothing_changes(
    page: Page, own: tuple[str, Path], tmp_path: Path
) -> None:
    address, store = own
    before = (store / "CURRENT").read_text()
    open_page(page, address, "/import", "Import")
    give(page, written(tmp_path, "<html><body>no table</body></html>", "operations.csv"))
    page.get_by_role("button", name="Check only").click()
    expect(page.get_by_text("Nothing was imported.", exact=False).first).to_be_visible()
    assert (store / "CURRENT").read_text() == before


def hold_import(store: Path) -> None:
    """Let the import that the app has begun stand where it is, so that it is not over before somebody cancels it."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words, given = ((process / name).read_bytes() for name in ("cmdline", "environ"))
            if b"dashboard.importing.child" in words and str(store).encode() in given:
                os.kill(int(process.name), signal.SIGSTOP)


def test_a_long_import_shows_its_steps_and_can_be_cancelled(page: Page, own: tuple[str, Path], tmp_path: Path) -> None:
    address, store = own
    before = (store / "CURRENT").read_text()
    patients = "".join(f"P{n},1960\n" for n in range(120_000))
    operations = "".join(f"O{n},P{n},2024-01-{1 + n % 28:02d},tlif\n" for n in range(120_000))
    files = [
        written(tmp_path, f"patient_id,birth_year\n{patients}", "patients.csv"),
        written(tmp_path, f"operation_id,patient_id,surgery_date,procedure\n{operations}", "operations.csv"),
    ]
    open_page(page, address, "/import", "Import")
    give(page, *files)
    page.get_by_role("button", name="Import", exact=True).click()
    wait_until(lambda: any((store / "incoming").iterdir()))
    hold_import(store)
    expect(page.get_by_text("Step", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The import was cancelled. Nothing was changed.", exact=False)).to_be_visible()
    assert (store / "CURRENT").read_text() == before
    assert list((store / "incoming").iterdir()) == []

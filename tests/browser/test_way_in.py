"""The way into the app, and what another page of the same browser gets: nothing, though it knows the address."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.launch import Launch
from tests import raw
from tests.browser.screen import open_page, settle
from tests.importing.test_upgrading import SHIPPED, earlier
from tests.importing.written import take, write
from tests.patience import SECONDS

pytestmark = pytest.mark.xdist_group("browser")

FOREIGN = """<!doctype html><title>Another page</title>
<a href="{app}/patients?surgeon=Zaunkoenig">A link to the app</a>
<iframe src="{app}/" title="framed"></iframe>
<script>
window.told = [];
const socket = new WebSocket("{stream}");
socket.onopen = () => told.push("opened");
socket.onmessage = () => told.push("message");
socket.onclose = () => told.push("closed");
for (const path of ["/", "/_stcore/health", "/_stcore/host-config", "/media/x.csv"])
    fetch("{app}" + path, {{credentials: "include"}}).then(() => told.push("read"), () => told.push("refused"));
</script>"""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[raw.Served, Path]]:
    """An app on real records of one surgeon, whose name nobody but who came in may see; and its store."""
    folder = tmp_path_factory.mktemp("real")
    head = "operation_id|patient_id|surgery_date|procedure|surgeon"
    operations = f"{head}\nO1|P1|2024-01-01|tlif|Zaunkoenig\nO2|P1|2022-01-02|tlif|Another"
    take(write(folder / "records", operations=operations), folder / "store")
    with raw.served(folder / "store", folder / "log.txt") as where:
        yield where, folder / "store"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that has never been here."""
    opened = browser.new_context()
    opened.set_default_timeout(SECONDS * 1000)
    yield opened
    opened.close()


def link_to(app: tuple[raw.Served, Path]) -> str:
    where, store = app
    return f"http://{where.host}/?launch={Launch(store, where.port).new_token()}"


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    settle(page, "Overview")


def test_a_link_lets_a_browser_in_once_and_leaves_no_trace_in_the_address(
    app: tuple[raw.Served, Path], browser: Browser, context: BrowserContext
) -> None:
    where, link = app[0], link_to(app)
    first = context.new_page()
    first.goto(f"http://{where.host}/patients")
    expect(first.get_by_text("python3 -m dashboard open", exact=False)).to_be_visible()
    assert "Zaunkoenig" not in first.content()
    come_in(first, link)
    assert first.url == f"http://{where.host}/"
    expect(first.get_by_text("this computer only", exact=False)).to_be_visible()
    assert first.evaluate("document.cookie").find("outcomes-") == -1
    another = browser.new_context()
    page = another.new_page()
    page.goto(link)
    expect(page.get_by_text("each works once", exact=False)).to_be_visible()
    another.close()


def test_a_list_is_downloaded_and_the_browser_keeps_no_copy_of_its_own(
    page: Page, address: str, blocked: list[str]
) -> None:
    """On made-up records: they are many, and every page is opened on them too."""
    open_page(page, address, "/patients", "Patients")
    with page.expect_response(re.compile("/media/")) as told, page.expect_download() as found:
        page.get_by_role("button", name="Download as CSV", exact=True).first.click()
    assert found.value.path().read_text(encoding="utf-8-sig").count("\n") > 1
    assert blocked == []
    assert told.value.header_value("cache-control") == "no-store"


@contextmanager
def foreign(folder: Path, where: raw.Served) -> Iterator[str]:
    """A page of somebody else's, on another port of this computer."""
    text = FOREIGN.format(app=f"http://{where.host}", stream=f"ws://{where.host}/_stcore/stream")
    (folder / "index.html").write_text(text, encoding="utf-8")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *words: object) -> None:  # noqa: A002 (the library's word)
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("let_in", [False, True], ids=["a browser outside", "a browser that is in"])
def test_a_page_on_another_port_reads_nothing_and_frames_nothing_but_its_link_works(
    app: tuple[raw.Served, Path], context: BrowserContext, tmp_path: Path, let_in: bool
) -> None:
    page = context.new_page()
    if let_in:
        come_in(page, link_to(app))
    with foreign(tmp_path, app[0]) as address:
        page.goto(address)
        page.wait_for_function("told.length >= 5")
        assert sorted(page.evaluate("told")) == ["closed", *["refused"] * 4]
        framed = page.frames[1]
        assert "Zaunkoenig" not in framed.content()
        assert framed.locator("[data-testid=stApp]").count() == 0
        page.get_by_text("A link to the app").click()
        if let_in:  # by way of the small page, which asks once more by itself
            settle(page, "Patients")
            assert page.url == f"http://{app[0].host}/patients?surgeon=Zaunkoenig"
        else:
            expect(page.get_by_text("python3 -m dashboard open", exact=False)).to_be_visible()


def test_the_shipped_sample_needs_no_link_but_real_ones_that_come_in_close_the_door(
    context: BrowserContext, tmp_path: Path
) -> None:
    store = earlier(tmp_path / "store", made_up=True, sources=SHIPPED).root
    with raw.served(store, tmp_path / "log.txt") as where:
        page = context.new_page()
        open_page(page, f"http://{where.host}", "/", "Overview")
        expect(page.get_by_text("sample data, made by computer", exact=False).first).to_be_visible()
        page.get_by_role("link", name="Import").first.click()
        settle(page, "Import")
        expect(page.get_by_text("python3 -m dashboard open", exact=False)).to_be_visible()
        expect(page.locator("input[type=file]")).to_have_count(0)
        take(write(tmp_path / "records"), store)
        page.get_by_role("link", name="Patients").click()
        page.reload()
        expect(page.get_by_text("python3 -m dashboard open", exact=False)).to_be_visible()

"""A page in a real browser, as a person waits for it: it stands still with the last change before a while of none."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page
from streamlit.proto.BackMsg_pb2 import BackMsg

from dashboard.launch import Launch
from dashboard.serve_command import link_in
from tests import raw

EMPTY = """import streamlit as st
st.title("Empty")
st.multiselect("Surgeon", ["S01", "S02"])
"""
"""Streamlit's own empty app, with the one input that is changed."""
WATCH = """
window.changed = 0;
new MutationObserver(() => { window.changed = performance.now(); })
    .observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
"""
STILL = """() => {
    const app = document.querySelector('[data-testid="stApp"]');
    const runs = !app || app.getAttribute('data-test-script-state') === 'running';
    const waits = document.querySelector('[data-testid="stSkeleton"], [data-testid="stSpinner"], [data-stale="true"]');
    return !runs && !waits && document.querySelector('h1') && performance.now() - window.changed > 700;
}"""
"""Whether nothing runs, nothing waits and nothing has changed for a while."""
BEGIN = "() => { window.begun = performance.now(); }"
TOOK = "() => (window.changed - window.begun) / 1000"
AT = "() => (performance.timeOrigin + window.changed) / 1000"
"""When the document last changed, by the clock that the server's start was read from."""
FILTER = "Surgeon"

SMALL_PARTS = (
    '[data-testid="stMain"] [data-testid="stButtonGroup"] button[kind$="segmented_control"]',
    '[data-testid="stMain"] [role="radiogroup"] label:not(:has(input:checked))',
    '[data-testid="stMain"] [data-testid="stCheckbox"] label',
)
"""Controls on a page itself, beside the filters: what may be drawn again alone."""


@dataclass
class Window:
    """One page in a browser of its own, and what goes over its stream. received: bytes; said: each message."""

    page: Page
    received: int = 0
    said: list[BackMsg] = field(default_factory=list)

    def open(self, address: str) -> None:
        """Go there, and wait until it stands still."""
        self.page.goto(address)
        self.settle()

    def settle(self) -> None:
        """Wait until nothing runs, nothing waits and nothing has changed for a while."""
        self.page.wait_for_timeout(50)
        self.page.wait_for_function(STILL)

    def took(self) -> float:
        """Seconds from the last beginning to the last change."""
        self.settle()
        return float(self.page.evaluate(TOOK))

    @property
    def stood_still(self) -> float:
        """When the document last changed, by the clock of this machine."""
        return float(self.page.evaluate(AT))

    @property
    def filter(self) -> Locator:
        """The filter that is changed."""
        return self.page.get_by_role("combobox", name=FILTER).first

    def change(self, place: int) -> float:
        """Seconds from the click on one of the filter's names to the last change; then nothing is chosen again."""
        box = self.filter
        box.click()
        options = self.page.get_by_role("option")
        options.first.wait_for()
        every = 1 if "all" in options.first.inner_text().lower() else 0
        option = options.nth(min(place + every, options.count() - 1))
        self.page.evaluate(BEGIN)
        option.click()
        seconds = self.took()
        self.page.keyboard.press("Escape")
        box.focus()
        self.page.keyboard.press("Backspace")
        self.page.keyboard.press("Escape")
        self.settle()
        return seconds

    def rerun(self) -> float:
        """Seconds that the page takes with nothing changed, asked for by its own key."""
        self.page.locator("h1").first.click()
        self.page.evaluate(BEGIN)
        self.page.keyboard.press("r")
        return self.took()

    def parts(self) -> Iterator[float]:
        """The seconds of each control on the page that draws a part of it alone: as many as say so."""
        for kind in SMALL_PARTS:
            for control in self.page.locator(kind).all()[:MOST_CONTROLS]:
                if not control.is_visible():
                    continue
                self.said.clear()
                self.page.evaluate(BEGIN)
                control.click()
                seconds = self.took()
                if any(one.rerun_script.fragment_id for one in self.said):
                    yield seconds

    def close(self) -> None:
        """Let it go."""
        self.page.context.close()


MOST_CONTROLS = 4
"""Of a kind on one page: the others do the same."""


def window(browser: Browser, cookie: str = "", host: str = "") -> Window:
    """A new browser of somebody, with nothing open. cookie: of whoever is let in at this host."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(120_000)
    context.add_init_script(WATCH)
    if cookie:
        name, _, value = cookie.partition("=")
        context.add_cookies([{"name": name, "value": value, "url": f"http://{host}"}])
    opened = Window(context.new_page())
    counted = context.new_cdp_session(opened.page)
    counted.send("Network.enable")
    counted.on("Network.webSocketFrameReceived", lambda told: _received(opened, told))
    counted.on("Network.webSocketFrameSent", lambda told: _said(opened, told))
    return opened


def _received(window: Window, told: Any) -> None:
    window.received += len(told["response"]["payloadData"]) * 3 // 4  # it is told in base 64


def _said(window: Window, told: Any) -> None:
    message = BackMsg()
    message.ParseFromString(base64.b64decode(told["response"]["payloadData"]))
    window.said.append(message)


def once_more(server: raw.Served, store: Path) -> raw.Served:
    """The same server with a new link: one works once."""
    return raw.Served(
        server.port, link_in(f"http://{server.host}", Launch(store, server.port).new_token()), server.log, server.pid
    )


@contextmanager
def empty_app(folder: Path) -> Iterator[tuple[float, str]]:
    """When Streamlit's own empty app was started, and where it is once it answers."""
    script, port = folder / "empty.py", raw.free_port()
    script.write_text(EMPTY, encoding="utf-8")
    look = {"server.port": port, "server.headless": "true", "server.address": "127.0.0.1",
            "browser.gatherUsageStats": "false"}  # fmt: skip
    words = [sys.executable, "-m", "streamlit", "run", str(script), *(f"--{name}={look[name]}" for name in look)]
    began = time.time()
    server = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while not raw.is_up(port):
            time.sleep(0.02)
        yield began, f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait()

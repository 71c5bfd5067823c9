"""A real server on the sample data and a real browser in front of it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from dashboard import importing
from dashboard.shipped import shipped
from tests.browser.chromium import FLAGS, HOW_TO_GET_ONE, installed_browser
from tests.patience import SECONDS, wait_until

expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = installed_browser()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(HOW_TO_GET_ONE)
        pytest.skip(HOW_TO_GET_ONE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data, published."""
    folder = tmp_path_factory.mktemp("store")
    importing.run([shipped("sample_data")], folder)
    return folder


@pytest.fixture(scope="session")
def address(store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, served as ``python3 -m dashboard`` serves it."""
    with served(store, tmp_path_factory.mktemp("server") / "log.txt") as where:
        yield where


@contextmanager
def served(store: Path, log: Path) -> Iterator[str]:
    """The app on a store of its own; yields its address."""
    port = _free_port()
    words = [sys.executable, "-m", "dashboard.cli", "serve", "--store", str(store), "--port", str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            _wait_for(f"http://127.0.0.1:{port}", server, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(server)


@pytest.fixture
def strangers() -> list[str]:
    """Addresses outside this machine that a page asked for; must stay empty."""
    return []


@pytest.fixture
def page(browser: Browser, strangers: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.set_default_timeout(SECONDS * 1000)
    opened = context.new_page()
    opened.on("request", lambda request: strangers.append(request.url) if _leaves(request.url) else None)
    yield opened
    context.close()


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    wait_until(lambda: server.poll() is not None or _answers(address))
    if server.poll() is not None:
        pytest.fail(f"The app did not start:\n{log.read_text()}")


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/_stcore/health", timeout=SECONDS):
            return True
    except OSError:
        return False


def _end(server: subprocess.Popen[bytes]) -> None:
    """End the command and the server that it started."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGTERM)
    try:
        server.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        raise

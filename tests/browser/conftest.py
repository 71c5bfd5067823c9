"""A real server on the sample data and a real browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests import raw
from tests.browser.chromium import FLAGS, HOW_TO_GET_ONE, installed_browser
from tests.patience import SECONDS

INLINE_SCRIPT = "Executing inline script violates the following Content Security Policy directive 'script-src 'self'"
"""What the console says, once a page, of the script that tells search engines that a page is ready."""

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
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample data, published."""
    folder = tmp_path_factory.mktemp("store")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def cookies() -> list[SetCookieParam]:
    """What each app that is served here has let its browser in with."""
    return []


@pytest.fixture(scope="session")
def address(store: Path, cookies: list[SetCookieParam], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the app, served as ``python3 -m dashboard`` serves it."""
    with served(store, tmp_path_factory.mktemp("server") / "log.txt", cookies) as where:
        yield where


@contextmanager
def served(store: Path, log: Path, cookies: list[SetCookieParam]) -> Iterator[str]:
    """The app on a store of its own, by the command that a user gives; yields its address.

    cookies: gets the one that the printed link is exchanged for.
    """
    with raw.served(store, log) as where:
        name, _, value = raw.cookie_for(where).partition("=")
        cookies.append(
            {"name": name, "value": value, "url": f"http://{where.host}", "httpOnly": True, "sameSite": "Strict"}
        )
        yield f"http://{where.host}"


@pytest.fixture
def strangers() -> list[str]:
    """Addresses outside this machine that a page asked for; must stay empty."""
    return []


@pytest.fixture
def blocked() -> list[str]:
    """What the browser's console says that is wrong; but for the one script of Streamlit's that is not needed."""
    return []


@pytest.fixture
def page(browser: Browser, strangers: list[str], blocked: list[str], cookies: list[SetCookieParam]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 1000})
    context.add_cookies(cookies)
    context.set_default_timeout(SECONDS * 1000)
    opened = context.new_page()
    opened.on("request", lambda request: strangers.append(request.url) if _leaves(request.url) else None)
    opened.on(
        "console",
        lambda said: blocked.append(said.text) if said.type == "error" and not _is_expected(said) else None,
    )
    yield opened
    context.close()


def _is_expected(said: ConsoleMessage) -> bool:
    """Whether the console says what it always does.

    That is of the one script of Streamlit's that is blocked, and of where its page looks for the app's own path: below
    the path of a page, where nothing is.
    """
    below_a_page = re.search(r"//[^/]+/[a-z_]+/_stcore/(health|host-config)$", said.location.get("url", ""))
    return INLINE_SCRIPT in said.text or bool(below_a_page and "404" in said.text)


def _leaves(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in ("127.0.0.1", "localhost")

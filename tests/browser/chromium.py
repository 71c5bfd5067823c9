"""Where an installed Chromium, Chrome or Edge stands on this machine, and how it is started without calling home."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe",
)
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HOW_TO_GET_ONE = (
    "No browser was found. Install Chromium, Chrome or Edge, or name one in OUTCOMES_BROWSER, to run these tests."
)


def installed_browser() -> str | None:
    """The browser named in ``$OUTCOMES_BROWSER``, else the first of the usual names and places; None without one."""
    named = os.environ.get("OUTCOMES_BROWSER")
    if named:
        return named
    found = (shutil.which(name) for name in NAMES)
    standing = (place for place in PLACES if Path(place).exists())
    return next((path for path in (*found, *standing) if path), None)

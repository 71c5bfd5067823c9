"""``python3 -m tests.protocol.serving``: the app as it is served, but that a cookie says who looks."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import Any

from streamlit.starlette import App

from dashboard import guard, serve_command, server, settings
from dashboard.door import Door
from tests.protocol.practice import VIEWERS

SCRIPT = Path(__file__).with_name("looked_at.py")
THERE, LOOKS = Door.there, re.compile(r"looks=(\w+)")


def main() -> None:
    """Serve a store until it is ended."""
    words = argparse.ArgumentParser()
    words.add_argument("--store", type=Path, required=True)
    words.add_argument("--port", type=int, required=True)
    words.set_defaults(host=settings.HOST)
    guard.MOST_SESSIONS = guard.MOST_STREAMS = 100_000  # what is tried here is what is sent, not to how many

    def instead(script: Path, **more: Any) -> App:
        return App(SCRIPT, **more)

    def there(door: Door, host: str, cookies: str) -> tuple[Any, float]:
        looks, (who, until) = LOOKS.search(cookies), THERE(door, host, cookies)
        return VIEWERS[looks[1].replace("_", " ")] if looks and who else None, until

    setattr(server, "App", instead)  # noqa: B010 (a type checker holds that it is no part of the server)
    setattr(Door, "there", there)  # noqa: B010 (likewise of a method)
    serve_command.run(words.parse_args())


if __name__ == "__main__":
    main()

"""``python3 -m tests.protocol.serving``: the app as it is served, but that a cookie says who looks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from streamlit.starlette import App

from dashboard import guard, serve_command, server, settings

SCRIPT = Path(__file__).with_name("looked_at.py")


def main() -> None:
    """Serve a store until it is ended."""
    words = argparse.ArgumentParser()
    words.add_argument("--store", type=Path, required=True)
    words.add_argument("--port", type=int, required=True)
    words.set_defaults(host=settings.HOST)
    guard.MOST_SESSIONS = guard.MOST_STREAMS = 100_000  # what is tried here is what is sent, not to how many

    def instead(script: Path, **more: Any) -> App:
        return App(SCRIPT, **more)

    setattr(server, "App", instead)  # noqa: B010 (a type checker holds that it is no part of the server)
    serve_command.run(words.parse_args())


if __name__ == "__main__":
    main()

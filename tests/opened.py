"""The app for a test, which says who looks: no guard stands before it, and so nobody is let in."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from tests.patience import SECONDS


def app_for(viewer: Viewer | None = OPERATOR) -> AppTest:
    """The app as this viewer has it; for None, as whoever comes past the guard has it."""

    def script(viewer: object) -> None:
        from dashboard.shell import run

        run(viewer)  # type: ignore[arg-type]

    return AppTest.from_function(script, args=(viewer,), default_timeout=SECONDS)

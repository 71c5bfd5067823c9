"""``python -m benchmarks.plain --store … --port …``: the same app by Streamlit's own means alone.

What it leaves out: garbage is collected in full after every run, of all that there is, as Streamlit does; of answers,
estimates and pictures nothing is kept by us; and answers of the database are kept as Streamlit's manual has it, by
``st.cache_data``. All else, the guard before it and every page, is the app's own. With ``--keeping`` first what we keep
is kept, and only garbage is collected as Streamlit does: the stricter of the two to be held against.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.web.bootstrap import load_config_options

from dashboard import cli, server
from dashboard.engines.duck import REMEMBERED, DuckEngine, _sorted
from dashboard.once import Once
from dashboard.sql import Query

KEEPING = "--keeping"


def main() -> None:
    """Serve a store until it is ended."""
    words = sys.argv[1:]
    _instead(server, "load_config_options", lambda flags: load_config_options({**flags, "runner_postScriptGC": True}))
    _instead(gc, "freeze", lambda: None)
    if words[:1] == [KEEPING]:
        words = words[1:]
    else:
        _instead(Once, "ask", _anew)
        _instead(DuckEngine, "frame", _frame)
    raise SystemExit(cli.main(["serve", *words]))


def _instead(of: object, name: str, ours: Callable[..., Any]) -> None:
    setattr(of, name, ours)


def _anew(kept: Once[Any, Any], question: Any) -> Any:
    future: Future[Any] = Future()
    kept._begin(question, future)
    return future.result()


def _frame(engine: DuckEngine, query: Query, parameters: Any) -> pd.DataFrame:
    return _answer(engine, engine.generation, query.text, _sorted(parameters), query)


@st.cache_data(max_entries=REMEMBERED, show_spinner=False)
def _answer(_engine: DuckEngine, generation: int, text: str, bound: Any, _query: Query) -> pd.DataFrame:
    return _anew(_engine._answers, (_query, bound))  # type: ignore[no-any-return]


if __name__ == "__main__":
    main()

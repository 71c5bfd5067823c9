"""``python -m benchmarks.canned FILE --store … --port …``: the app with numbers that are there already.

Every answer of the database that the file holds is taken from it, as if it took no time; one that it does not hold is
asked for, and kept there. All else, from the estimates to the pictures, is as in the app itself.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from dashboard import cli
from dashboard.engines.duck import DuckEngine
from dashboard.sql import Query

Key = tuple[str, Any]
ASK = DuckEngine._frame


def main() -> None:
    """Serve a store until it is ended."""
    path = Path(sys.argv[1])
    kept = dict(_kept(path))

    def answer(engine: DuckEngine, cursor: Any, query: Query, parameters: Any) -> pd.DataFrame:
        key = query.text, parameters
        if key not in kept:
            kept[key] = ASK(engine, cursor, query, parameters)
            with path.open("ab") as file:
                pickle.dump((key, kept[key]), file)
        return kept[key].copy()

    setattr(DuckEngine, "_frame", answer)  # noqa: B010 (a type checker holds that it is no attribute to be set)
    raise SystemExit(cli.main(["serve", *sys.argv[2:]]))


def _kept(path: Path) -> list[tuple[Key, pd.DataFrame]]:
    found: list[tuple[Key, pd.DataFrame]] = []
    if path.exists():
        with path.open("rb") as file:
            while file.peek(1):
                found.append(pickle.load(file))
    return found


if __name__ == "__main__":
    main()

"""What a picture shows as a table: a row for each of its points, so that it can be read without being drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd
import plotly.graph_objects as go

COLUMNS = ["series", "x", "y", "value"]


def points_of(figure: go.Figure) -> pd.DataFrame:
    """Series and place of each point; of a field of shaded cells the shade of each, 0 to 1."""
    rows = [row for number, trace in enumerate(figure.data, 1) for row in _points(trace, number)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _points(trace: Any, number: int) -> Iterator[tuple[Any, ...]]:
    name, field = trace.name or f"series {number}", getattr(trace, "z", None)
    if field is not None:
        yield from ((name, x, y, value) for y, line in enumerate(field) for x, value in enumerate(line))
        return
    across, along = (list(each) if each is not None else [] for each in (trace.x, trace.y))
    yield from ((name, x, y, None) for x, y in zip(across, along, strict=False))

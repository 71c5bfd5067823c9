"""What of Plotly's description this writer draws, and what says nothing on paper; anything else is refused.

A new kind of trace or a new attribute of one is entered here together with how it is drawn: else it would be lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from dashboard.charts.paper.drawing import unknown

Known = Mapping[str, Collection[Any] | None]
"""Each attribute by its path, with the values that it may have; None: any."""


def _any(*paths: str) -> dict[str, Collection[Any] | None]:
    return dict.fromkeys(paths)


POINTED: Known = _any("customdata", "hoverinfo", "hovertemplate", "hovertext", "name", "selected.*", "unselected.*")
"""What only pointing and clicking shows."""
ERRORS: Known = {
    f"{way}.{name}": values
    for way in ("error_x", "error_y")
    for name, values in {
        "array": None, "arrayminus": None, "color": None, "thickness": None, "width": None, "type": ["data"],
        "symmetric": [False],
    }.items()
}  # fmt: skip
SCATTER: Known = {
    **POINTED, **ERRORS,
    **_any("x", "y", "text", "opacity", "fillcolor", "stackgroup", "line.color", "line.dash", "line.width",
           "marker.color", "marker.line.color", "marker.line.width", "marker.opacity", "marker.size", "marker.symbol",
           "textfont.color", "textfont.size", "xaxis", "yaxis"),
    "type": ["scatter"], "mode": ["lines", "markers", "lines+markers", "markers+text"], "cliponaxis": [True, False],
    "connectgaps": [False], "fill": ["tonexty"], "line.shape": ["linear", "hv"],
}  # fmt: skip
BAR: Known = {
    **POINTED,
    **_any("x", "y", "base", "width", "text", "marker.color", "marker.line.color", "marker.line.width",
           "marker.pattern.*", "textfont.color", "textfont.size", "xaxis", "yaxis"),
    "type": ["bar"], "orientation": ["h", "v"], "textposition": ["inside"], "insidetextanchor": ["middle"],
    "textangle": [0], "constraintext": ["none"],
}  # fmt: skip
HEATMAP: Known = {
    **POINTED, **_any("z", "colorscale", "xgap", "ygap", "text"),
    "type": ["heatmap"], "zmin": [0], "zmax": [1], "showscale": [False],
}  # fmt: skip
TRACES: Mapping[str, Known] = {"scatter": SCATTER, "bar": BAR, "heatmap": HEATMAP}

ANNOTATION: Known = {
    **_any("text", "name", "x", "y", "xref", "yref", "xshift", "yshift", "ax", "ay", "arrowcolor", "arrowwidth",
           "standoff", "bgcolor", "borderpad", "font.color", "font.size"),
    "align": ["left", "center", "right"], "xanchor": ["auto", "left", "center", "right"],
    "yanchor": ["auto", "top", "middle", "bottom"], "showarrow": [True, False], "arrowhead": [0],
}  # fmt: skip
SHAPE: Known = {
    **_any("name", "path", "x0", "x1", "y0", "y1", "xref", "yref", "xanchor", "yanchor", "fillcolor", "opacity",
           "line.color", "line.dash", "line.width"),
    "type": ["line", "rect", "path"], "layer": ["below", "above"], "xsizemode": ["pixel"], "ysizemode": ["pixel"],
}  # fmt: skip
AXIS: Known = {
    **_any("range", "domain", "tickvals", "ticktext", "tickangle", "nticks", "tickfont.*", "ticklabelstandoff",
           "title.text", "title.standoff", "title.font.*", "gridcolor", "zerolinecolor", "zerolinewidth", "anchor",
           "fixedrange", "linecolor", "mirror"),
    "type": ["linear", "log"], "side": ["top", "bottom"], "visible": [True, False], "showgrid": [True, False],
    "zeroline": [True, False], "showline": [False], "ticks": [""], "automargin": [False], "tickformat": [","],
    "constrain": ["domain"], "constraintoward": ["left", "top"], "scaleanchor": ["x"],
}  # fmt: skip
LAYOUT: Known = {
    **_any("height", "margin.*", "font.*", "hoverlabel.*", "hovermode", "dragmode"),
    "paper_bgcolor": ["rgba(0,0,0,0)"], "plot_bgcolor": ["rgba(0,0,0,0)"], "showlegend": [False], "barmode": ["stack"],
}  # fmt: skip


def check(what: str, given: Mapping[str, Any], known: Known) -> None:
    """Refuse an attribute that is not known, and a value of one that is not drawn."""
    for path, value in _flat(given):
        place = next((place for place in _places(path) if place in known), None)
        if place is None:
            raise unknown(f"the attribute {path} of {what}")
        values = known[place]
        if values is not None and any(one not in values for one in _each(value)):
            raise unknown(f"the value of {path} of {what}")


def _places(path: str) -> Iterator[str]:
    """The path itself, and those under which all that it begins with may stand: a.b.c, a.b.*, a.*."""
    yield path
    while "." in path:
        path = path.rpartition(".")[0]
        yield f"{path}.*"


def _flat(given: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in given.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif value is not None:
            yield f"{before}{name}", value


def _each(value: Any) -> Iterable[Any]:
    return value if isinstance(value, (list, tuple)) else (value,)

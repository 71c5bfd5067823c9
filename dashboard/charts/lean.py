"""A picture as the browser needs it: nothing said twice, no number finer than a pixel can show.

The picture itself stays whole, for whoever takes it away.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

POINTED = "%{text}<extra></extra>"
"""What pictures say on pointing: the words of the mark."""
PLACES: Mapping[str, Collection[str]] = {
    "annotations": ("text", "x", "y"),
    "shapes": ("x0", "x1", "y0", "y1", "path"),
}
"""What differs from one of them to the next; all else is its look."""
FEWEST_ALIKE = 3
DIGITS = 7
"""As many as a number of four bytes holds."""


class Lean(go.Figure):  # type: ignore[misc]
    """A picture that says of itself only what a browser needs.

    Made of one that is valid already, and not checked again: a check takes as long as to draw it.
    """

    def __init__(self, whole: go.Figure, *, clicked: bool = False) -> None:
        """clicked: whether its marks may be clicked, and so bear the key of their group."""
        self._whole, self._clicked = whole, clicked

    def to_dict(self) -> dict[str, Any]:
        """As Streamlit asks for it to send it."""
        said: dict[str, Any] = self._whole.to_dict()
        for trace in said["data"]:
            if not self._clicked:
                _forget_clicks(trace)
            _say_once(trace)
        said["data"] = _coarser(said["data"])
        for kind, places in PLACES.items():
            _share_looks(said["layout"], kind, places)
        return said


def _forget_clicks(trace: dict[str, Any]) -> None:
    for name in ("selected", "unselected"):
        trace.pop(name, None)
    if "customdata" not in str(trace.get("hovertemplate", "")):
        trace.pop("customdata", None)


def _say_once(trace: dict[str, Any]) -> None:
    """What the words of all marks begin and end with, which is mostly the name of the group, stands once."""
    words = trace.get("text")
    if trace.get("hovertemplate") != POINTED or "text" in str(trace.get("mode")) or not isinstance(words, list):
        return
    told = [word for word in words if isinstance(word, str)]
    begin = _beginning(told)
    end = _beginning([word[len(begin) :][::-1] for word in told])[::-1]
    if len(told) > 1 and "{" not in begin + end:
        trace["text"] = [word and word[len(begin) : len(word) - len(end)] for word in words]
        trace["hovertemplate"] = f"{begin}{POINTED.replace('<', f'{end}<', 1)}"


def _beginning(words: list[str]) -> str:
    """What all of them begin with, up to a space: no name is cut in two."""
    first, last = (min(words), max(words)) if words else ("", "")
    apart = (place for place, (one, other) in enumerate(zip(first, last, strict=False)) if one != other)
    return first[: first.rfind(" ", 0, next(apart, min(len(first), len(last)))) + 1]


def _coarser(said: Any) -> Any:
    """All numbers as far as four bytes hold them, many of them packed."""
    if isinstance(said, dict):
        if said.get("dtype") == "f8":
            return said | _packed(np.frombuffer(base64.b64decode(said["bdata"]), "<f8"))
        return {name: _coarser(value) for name, value in said.items()}
    if isinstance(said, list):
        if len(said) > 2 and all(value is None or type(value) in (int, float) for value in said):
            packed = _packed(np.array(said, dtype=np.float64))
            return packed if len(packed["bdata"]) < len(json.dumps(said, separators=(",", ":"))) - 20 else said
        return [_coarser(value) for value in said]
    return float(f"{said:.{DIGITS}g}") if isinstance(said, float) else said


def _packed(numbers: np.ndarray) -> dict[str, str]:
    return {"dtype": "f4", "bdata": base64.b64encode(numbers.astype("<f4").tobytes()).decode()}


def _share_looks(layout: dict[str, Any], kind: str, places: Collection[str]) -> None:
    """Words or shapes that look alike say how once, under a number by which each goes."""
    parts = [
        ({name: _coarser(part[name]) for name in places if name in part},
         {name: value for name, value in part.items() if name not in places and name != "name"})
        for part in layout.get(kind, ())
    ]  # fmt: skip
    looks = [json.dumps(look, sort_keys=True) for _, look in parts]
    often = [look for look, count in Counter(looks).items() if count >= FEWEST_ALIKE]
    if not often:
        return
    layout[kind] = [
        place | ({"templateitemname": str(often.index(key))} if key in often else look)
        for (place, look), key in zip(parts, looks, strict=True)
    ]
    shared = layout.setdefault("template", {}).setdefault("layout", {})
    shared[kind] = [json.loads(look) | {"name": str(number)} for number, look in enumerate(often)]

"""What a client that is no browser may say to the app: of each widget what it may hold, and what it may not."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.protocol.client import Told

HEX = re.compile(rb"[0-9a-f]{32}")
TEXTS = ("selectbox", "radio", "text_input", "text_area")
SEVERAL = ("multiselect", "button_group", "date_input")
CLICKED = ("dataframe", "plotly_chart")
SHORTEST = 20
"""Bytes of a piece that shows anything."""
VALUES = 6
"""So many strange values a widget has at most."""
PRESSED = ("button", "download_button")


@dataclass(frozen=True)
class Widget:
    """One widget as it was sent: its kind, and all that was said of it; fragment: the part of the page it stands in."""

    kind: str
    said: Any
    fragment: str = ""

    @property
    def id(self) -> str:
        """By which its state is given."""
        return str(self.said.id)

    @property
    def word(self) -> str:
        """By which the address sets it; empty where it does not."""
        return str(getattr(self.said, "query_param_key", ""))

    @property
    def label(self) -> str:
        """What stands on it."""
        return str(getattr(self.said, "label", ""))

    @property
    def options(self) -> list[str]:
        """What may be chosen."""
        return [str(getattr(one, "content", one)) for one in getattr(self.said, "options", ())]


def widgets(told: Told) -> dict[str, Widget]:
    """Every widget that was drawn, by its id."""
    found = {}
    for message in told.messages:
        if message.WhichOneof("type") != "delta":
            continue
        delta = message.delta
        of: Any = {"new_element": delta.new_element, "add_block": delta.add_block}.get(str(delta.WhichOneof("type")))
        kind = of.WhichOneof("type") if of is not None else None
        said: Any = getattr(of, kind) if kind else None
        if str(getattr(said, "id", "")).startswith("$$"):
            found[said.id] = Widget(str(kind), said, delta.fragment_id)
    return found


def files(told: Told) -> dict[str, str]:
    """By the label of each download, what its file is asked for by."""
    return {
        one.label: one.said.deferred_file_id
        for one in widgets(told).values() if one.kind == "download_button" and one.said.deferred_file_id
    }  # fmt: skip


def links(told: Told) -> set[str]:
    """Every link to a file that was sent."""
    return {found.decode() for found in re.findall(rb"/media/[0-9a-f]+\.[a-z0-9]+", told.content)}


def title(told: Told) -> str:
    """The page that was drawn last, as the navigation names it; empty where it is one of those out of sight."""
    drawn = ""
    for message in told.messages:
        if message.WhichOneof("type") == "navigation":
            known = message.navigation
            current = [one for one in known.app_pages if one.page_script_hash == known.page_script_hash]
            drawn = next((one.page_name for one in current if not one.is_hidden), "")
    return drawn


def shown(told: Told) -> list[bytes]:
    """What stands on the screen in the end, piece by piece, without the numbers that each run has of its own.

    Without empty places too: one that says that something is being reckoned is there or not, as it was or was not.
    """
    pieces: list[bytes] = []
    for message in told.messages:
        if message.WhichOneof("type") == "new_session":
            pieces = []
        elif message.WhichOneof("type") == "delta" and message.delta.WhichOneof("type") == "new_element":
            pieces.append(HEX.sub(b"", message.delta.new_element.SerializeToString()))
    return [piece for piece in pieces if len(piece) > SHORTEST]


def pressed(widget: Widget) -> WidgetState:
    """A button, pressed."""
    return WidgetState(id=widget.id, trigger_value=True)


def held(widget: Widget, *values: str) -> WidgetState:
    """A widget that holds a value, or several."""
    state = WidgetState(id=widget.id)
    if widget.kind in SEVERAL:
        state.string_array_value.data.extend(values)
    else:
        state.string_value = values[0]
    return state


def mistyped(widget: Widget) -> WidgetState:
    """A value of a kind that no widget here has."""
    return WidgetState(id=widget.id, json_value="[1e999]")


def forged(widget: Widget, strange: Sequence[str]) -> Iterator[WidgetState]:
    """What no page of ours would send of this widget. strange: names that are none of its choices."""
    if widget.kind in TEXTS:
        yield from (held(widget, value) for value in strange)
    elif widget.kind == "date_input":
        yield from (held(widget, *days) for days in (("2021/02/03", "2021/02/04"), ("0001/01/01",), strange[:2]))
    elif widget.kind in SEVERAL:
        yield held(widget, *strange)
        yield from (held(widget, value) for value in strange)
    elif widget.kind == "number_input":
        yield from (WidgetState(id=widget.id, double_value=value) for value in (math.nan, math.inf, -1e308))
    elif widget.kind == "checkbox":
        yield WidgetState(id=widget.id, bool_value=True)
    elif widget.kind in CLICKED:
        yield from (WidgetState(id=widget.id, string_value=json.dumps(said)) for said in _clicks(strange))


def _clicks(strange: Sequence[str]) -> Iterator[Any]:
    """Rows and points that are not there, or of somebody else."""
    yield {"selection": {"rows": [99_999, -1], "columns": [], "cells": []}}
    yield {"selection": {"rows": [0], "columns": [strange[0]], "cells": [[0, strange[0]]]}}
    for value in strange:
        point = {"point_index": 0, "point_number": 0, "curve_number": 0, "customdata": [value], "legendgroup": value,
                 "x": value, "y": value, "label": value}  # fmt: skip
        yield {"selection": {"points": [point], "point_indices": [0], "rows": [10**12], "box": [], "lasso": []}}

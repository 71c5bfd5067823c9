"""Holes as they have been, or might be: planted in the served app for whoever asks with a cookie that names one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.patients import patients
from dashboard.analyses.remembering import forget
from dashboard.codebook import Codebook
from dashboard.definitions import load
from dashboard.engines import notebook
from dashboard.engines.duck import DuckEngine
from dashboard.engines.notebook import Note
from dashboard.exports import leaving
from dashboard.handed import Handed
from dashboard.pages import exporting
from dashboard.records import Records
from dashboard.shell import Listed


def forgetful(engine: DuckEngine, query: Any, parameters: Any) -> Any:
    """A cache whose key lacks the scope."""
    kept = engine.__dict__.setdefault("_without_scope", {})
    key = query.text, str(sorted((name, value) for name, value in parameters.items() if not name.startswith("scope_")))
    if key not in kept:
        kept[key] = FRAME(engine, query, parameters)
    return kept[key].copy()


def of_everybody(records: Records, offer: Any, form: str, *rest: Any) -> bytes:
    """A file that is made for the operator, whoever asks."""
    everybody = replace(records, viewer=OPERATOR)
    table = patients(everybody, next(iter(load().outcomes)))
    return leaving.made(everybody, replace(offer, shown=table), form, *rest)


FRAME = DuckEngine.frame
HOLES: dict[str, tuple[Any, str, Any]] = {
    "page for everybody": (Listed, "is_for", lambda listed, viewer: True),
    "scope not bound": (
        Records, "_scope_values", lambda records: dict.fromkeys(("scope_surgeons", "scope_sites")),
    ),
    "download for everybody": (exporting, "made", of_everybody),
    "cache without scope": (DuckEngine, "frame", forgetful),
    "note for everybody": (Note, "is_seen_by", lambda note, viewer: True),
    "mask that is the name": (Codebook, "masked", lambda codebook, dimension, keyed: codebook),
    "right for everybody": (Viewer, "may", lambda viewer, right, exact=False: True),
    "handed to everybody": (Handed, "has", lambda handed, who, name: True),
    "view for everybody": (notebook, "open_views", lambda lines, viewer: lines),
}  # fmt: skip
"""By name: what is put in the place of what."""
_planted: list[tuple[str, Callable[[], None]]] = []


def plant(name: str) -> None:
    """This hole and no other; the empty name mends all."""
    if [planted for planted, _ in _planted] == [name] or (not name and not _planted):
        return
    while _planted:
        _planted.pop()[1]()
    forget()
    if name:
        where, what, instead = HOLES[name]
        before = where.__dict__[what]
        _planted.append((name, lambda: setattr(where, what, before)))
        setattr(where, what, instead)

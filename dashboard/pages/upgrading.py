"""Records published by an earlier version: brought up to date when somebody asks, and then, once, what has changed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboard import settings
from dashboard.access import FIGURES, Viewer
from dashboard.definitions import load
from dashboard.engines.versions import outdated, read_otherwise
from dashboard.errors import OutcomesError
from dashboard.importing import desk
from dashboard.made_up import is_shipped
from dashboard.pages import imports, parts
from dashboard.recorded import Recorded
from dashboard.records import Records

MOST_SAID = 6
SEEN = "annotation"
"""The kind of note that says so: of the whole practice, and of no patient."""
KEEPS = (
    "They can be brought up to date from what is kept here, without the files they came from. Nothing is lost, and the "
    "generation shown until now stays beside the new one."
)


def offer(held: settings.Settings, viewer: Viewer, why: str) -> None:
    """In the place of every page: these records lack what this version reads, and can be brought up to date."""
    st.title("One step before you go on")
    running = desk.under_way(held.store)
    if running is not None and not running.over.is_set():
        imports.under_way(held.store)
        return
    others = "Ask whoever imports records here to bring them up to date."
    st.warning(f"{parts.told(why)} {KEEPS if viewer.may_import else others}")
    _problem(held)
    if viewer.may_import:
        _button(held, viewer)


def news(records: Records, held: settings.Settings, manifest: Mapping[str, Any]) -> None:
    """Above a page: what is out of date, what only a new import mends, and once after an upgrade what has changed."""
    viewer = records.viewer
    running = desk.under_way(held.store)
    if running is not None and running.upgrade and not running.over.is_set():
        imports.under_way(held.store)
    elif (why := outdated(manifest, load().version)) and viewer.may_import and not is_shipped(manifest):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"{parts.told(why)} {KEEPS}")
            _problem(held)
            _button(held, viewer)
    for reading in read_otherwise(manifest):
        st.info(
            f"{parts.said(reading.what)} Right only after the records are imported again: "
            f"{parts.said(', '.join(reading.columns))}.",
            icon=":material/info:",
        )
    told = viewer.may(FIGURES) and viewer.sees_everything_exactly
    if told and manifest.get("upgraded_from") is not None and records.notebook is not None:
        _once(records, manifest)


def _once(records: Records, manifest: Mapping[str, Any]) -> None:
    """Which figures an upgrade changed and why, until somebody has seen it: exact figures of the whole practice."""
    subject = f"upgrade to generation {manifest.get('number')}"
    seen = {note.subject for note in records.notes(SEEN)}
    if subject in seen:
        return
    changes = [str(change) for change in manifest.get("changes", [])]
    with st.container(border=True):
        figures = (
            f"{parts.said(manifest.get('changes_told'))} figures have changed" if changes else "No figure has changed"
        )
        st.markdown(f"**These records were brought up to date. {figures}.**")
        lines = [*map(str, manifest.get("why", [])), *changes[:MOST_SAID]]
        st.markdown("\n".join(f"* {parts.said(line)}" for line in lines))
        if len(changes) > MOST_SAID:
            with st.expander(f"All {parts.count_words(len(changes))}"):
                st.markdown("\n".join(f"* {parts.said(line)}" for line in changes))
        st.button("I have seen this", on_click=records.note, args=(SEEN, subject, "Seen."))


def _button(held: settings.Settings, viewer: Viewer) -> None:
    st.button("Bring the records up to date", type="primary", on_click=_begin, args=(held, viewer))


def _begin(held: settings.Settings, viewer: Viewer) -> None:
    desk.forget(held.store)
    desk.begin(
        held.store, [], None, "tables", check=False, upgrade=True,
        recorded=Recorded(held.opened_audit(), viewer, "upgrade").begun(),
    )  # fmt: skip


def _problem(held: settings.Settings) -> None:
    """Why the last try came to nothing, if it did."""
    running = desk.under_way(held.store)
    if running is None or not running.upgrade or not running.over.is_set():
        return
    try:
        running.result()
    except OutcomesError as problem:
        st.error(parts.told(problem.message))

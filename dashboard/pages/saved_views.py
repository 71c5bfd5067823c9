"""Views by name: the list over the page, from which each is opened, saved, frozen or deleted; and what is frozen now.

A link to a view is an address and opens as one: the page is loaded anew, and asks for what it says and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlsplit

import streamlit as st

from dashboard.analyses import saved_views
from dashboard.analyses.saved_views import FROZEN, FrozenView, SavedView
from dashboard.cohort import day_words
from dashboard.definitions import load
from dashboard.engines.generations import Generation, Store
from dashboard.engines.noting import may_change_view
from dashboard.engines.versions import outdated
from dashboard.pages import addresses, notes
from dashboard.pages.said import for_html, said, told
from dashboard.records import Records

WAY, TITLE = "Views", "Views that were saved"
HELD = "frozen view"
"""Where the session holds the key of the frozen view that it shows."""
READ_ONLY = "This view is frozen at earlier records. Go back to now to write something."
NOW = "back to now"


def asked_for() -> str:
    """The key of the frozen view that the address asks for, or that this session shows; empty where none is frozen.

    A page that is gone to from the top of the screen loses the word in its address: it is set anew.
    """
    key = st.query_params.get(FROZEN) or st.session_state.get(HELD, "")
    if key:
        st.session_state[HELD] = key
        if st.query_params.get(FROZEN) != key:
            st.query_params[FROZEN] = key
    return str(key)


def banner(frozen: FrozenView) -> None:
    """That these are not today's records, of which day they are, and the way back."""
    view, generation = frozen
    changed = ["the definitions have changed since"] if outdated(generation.manifest, load().version) else []
    words = " · ".join(map(for_html, [view.name, *changed]))
    when = for_html(f"Frozen at generation {generation.number}{_published(generation)}")
    st.html(f'<p class="frozen"><b>{when}</b> · {words} · {_link(_now(), NOW)}</p>')


def gone(why: str) -> None:
    """Why a frozen view cannot be shown, and the same on today's records."""
    st.warning(told(why))
    st.html(f"<p>{_link(_now(), 'Show the same on the newest records')}</p>")


def _published(generation: Generation) -> str:
    day = str(generation.manifest.get("published", ""))[:10]
    try:
        return f" of {day_words(datetime.fromisoformat(day).date())}"
    except ValueError:
        return ""


def _now() -> str:
    """The address that is open, on today's records."""
    path = urlsplit(str(st.context.url or "")).path.strip("/")
    return saved_views.address_of(path, _asked_here())


def _asked_here() -> dict[str, tuple[str, ...]]:
    """What the address asks for, without that it is frozen."""
    words = {word: tuple(st.query_params.get_all(word)) for word in st.query_params}
    return {word: chosen for word, chosen in words.items() if word != FROZEN}


def _link(address: str, words: str) -> str:
    """A link that opens in the place of this page."""
    return f'<a href="{for_html(address)}">{for_html(words)}</a>'


def opened(records: Records, store: Store, path: str, titles: dict[str, str]) -> None:
    """The views over the page. path: of the page that is open; titles: by its path that of each page."""
    st.dialog(TITLE, width="medium", on_dismiss="rerun")(lambda: _dialog(records, store, path, titles))()


def _dialog(records: Records, store: Store, path: str, titles: dict[str, str]) -> None:
    if records.notebook is None:
        st.markdown("Views can be saved once somebody has been let in.")
        return
    _save(records, store, path)
    kept = [view for view in saved_views.views(records) if view.who == records.viewer.name or _leads_on(view)]
    held = saved_views.numbers(store, kept)
    if not kept:
        st.markdown("No view has been saved yet.")
    for view in kept:
        _row(records, store, view, _words(view, held, titles), is_open=view.path in titles)


def _leads_on(view: SavedView) -> bool:
    """Whether this viewer has the page that a view is of, and what it shows of it."""
    return addresses.leads_on(view.path, {word: chosen[-1] for word, chosen in view.asked.items() if chosen})


def _save(records: Records, store: Store, path: str) -> None:
    """What is open, under a name."""
    with st.form("save a view", border=False):
        name = st.text_input("Save what is open as", max_chars=saved_views.LONGEST, key="view-name")
        with st.container(horizontal=True, vertical_alignment="center"):
            shared = st.checkbox("For others too", key="view-shared")
            frozen = st.checkbox(
                said(f"Frozen at these records (generation {records.engine.generation})"), key="view-frozen"
            )
            if st.form_submit_button("Save"):
                asked = _bound(_asked_here())
                today = datetime.now(UTC).date()
                drawn = SavedView("", name, path, asked, records.viewer.name, shared, today, frozen)
                notes.kept(lambda: saved_views.save(records, store, drawn), scope="fragment")


def _bound(asked: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """What a choice on the screen stands for, and nothing else that an address may carry."""
    return {word: chosen for word, chosen in asked.items() if word in st.session_state}


def _words(view: SavedView, held: dict[str, int], titles: dict[str, str]) -> str:
    """The page, whether it is frozen, and whose it is."""
    parts = [titles.get(view.path, "a page that is no longer there")]
    if view.frozen:
        parts.append(f"frozen at generation {held[view.key]}" if view.key in held else "frozen, records no longer kept")
    parts.append(f"{view.who}, {day_words(view.saved)}")
    return " · ".join([*parts, "for others too"] if view.shared else parts)


def _row(records: Records, store: Store, view: SavedView, words: str, *, is_open: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"view {view.key}"):
        name = _link(view.address, view.name) if is_open else for_html(view.name)
        st.html(f"<p class='view'>{name}<br><small>{for_html(words)}</small></p>", width="stretch")
        if may_change_view(records.viewer, view.who):
            change = saved_views.let_follow if view.frozen else saved_views.freeze
            _button("Follow the newest" if view.frozen else "Freeze here", lambda: change(records, store, view), view)
            _button("Delete", lambda: saved_views.delete(records, store, view), view)


def _button(label: str, change: Callable[[], object], view: SavedView) -> None:
    if st.button(said(label), key=f"{label} {view.key}", type="tertiary"):
        notes.kept(change, scope="fragment")

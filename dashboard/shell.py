"""The frame around every page: who is looking, which generation, the filters, the navigation; and what goes wrong."""

from __future__ import annotations

import atexit
import gc
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard import guard, settings
from dashboard.access import OPERATOR, VISITOR, Viewer
from dashboard.analyses.cohort_line import cohort_line
from dashboard.cohort import FILTERS, Cohort, Filter
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Shown, Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.versions import lacks_tables, outdated, refuse_newer
from dashboard.errors import NoData, NotAllowed, OurFault, OutcomesError
from dashboard.made_up import is_shipped
from dashboard.pages import (
    addresses,
    causes,
    compare,
    data,
    definitions,
    imports,
    onset,
    overview,
    parts,
    patients,
    procedures,
    risk,
    upgrading,
)
from dashboard.records import Records

ENGINES_KEPT = 2
WHOLE = "whole period"
"""Where the session remembers which period was the whole one, to see that a new generation has moved it."""


@dataclass(frozen=True)
class Listed:
    """One page: its address, its title, what draws it, and for whom it is there at all."""

    path: str
    title: str
    draw: Callable[[Records], None]
    allowed: Callable[[Viewer], bool] = lambda viewer: True


PAGES = (
    Listed("", "Overview", overview.page),
    Listed("procedures", "Procedures", procedures.page),
    Listed("onset", "Time to symptoms", onset.page),
    Listed("risk", "Risk factors", risk.page),
    Listed("causes", "Causes and care", causes.page),
    Listed("compare", "Compare", compare.page),
    Listed("patients", "Patients", patients.page),
    Listed("data", "Data quality", data.page),
    Listed("definitions", "Definitions", definitions.page),
    Listed("import", "Import", imports.page, lambda viewer: viewer.may_import),
)

KEYS = ("operated", *(each.word for each in FILTERS), "every")
"""All that narrows the cohort, by its word in the address."""


UNREADABLE_WHILE_STALE = """<style>
[data-testid="stElementContainer"][data-stale="true"]:not(:has(input, textarea, [role="combobox"])),
[data-testid="stVerticalBlock"]:has(> [data-stale="true"]) details:not(:has([data-testid="stMultiSelect"])) summary
{opacity: 0 !important; transition: none !important;}
</style>"""
"""Between two runs Streamlit leaves the last one's figures where the new ones will stand: they are not to be read
beside a head line of another cohort. What a reader types or chooses in stays, as does the place that has the focus."""
READABLE_WHEN_OFF = """<style>
[data-testid="stElementContainer"]:has(input:disabled) [data-testid="stWidgetLabel"] {color: inherit !important;}
</style>"""
"""What an input that is switched off is called is read, unlike what stands in it: in the colour of the page's words."""

Choices = Mapping[Filter, Mapping[str, str]]
"""By filter the names that this viewer may choose, each with its label."""


def run(viewer: Viewer | None = None) -> None:
    """Draw one page for one viewer: everything that every page needs stands here, once.

    viewer: who looks, where that is known already; else whoever has been let in by the guard, or nobody in particular.
    """
    st.set_page_config(page_title="Spine outcomes", page_icon="📈", layout="wide")
    try:
        held, viewer = settings.read(), viewer or _who_is_here()
        shown = _shown(held)
        manifest = shown.generation.manifest
        if viewer.made_up_only and not is_shipped(manifest):
            raise NotAllowed("Start with `python3 -m dashboard`.")
        refuse_newer(manifest)
        if shown.warning:
            st.warning(parts.told(shown.warning))
        if lacks_tables(manifest):
            upgrading.offer(held, viewer, outdated(manifest, load().version))
            return
        st.html(UNREADABLE_WHILE_STALE + READABLE_WHEN_OFF)
        engine = _engine(shown.generation.path, shown.generation.number)
        # Whoever was not let in reads no notes and writes none: they would stay beside the real records to come.
        notebook = None if viewer.made_up_only else Notebook(held.store)
        door = Records(
            engine, viewer, Cohort(), held.opened_audit(), notebook,
            import_report=shown.generation.report_path,
        )  # fmt: skip
        _draw(door, held, manifest)
    except OutcomesError as problem:
        st.error(parts.told(problem.message))
    except Exception:  # noqa: BLE001 (nothing unforeseen is shown: its text may hold a record)
        st.error(parts.told(OurFault(traceback.format_exc()).message))


def _who_is_here() -> Viewer:
    """The operator of this machine, where the guard stands and has let them in: this process knows that, no header."""
    door = guard.standing()
    if door is None:
        return VISITOR
    cookies = "; ".join(f"{name}={value}" for name, value in st.context.cookies.to_dict().items())
    return OPERATOR if door.until(cookies) > door.clock() else VISITOR


def _shown(held: settings.Settings) -> Shown:
    """The current generation, or the last whole one and why it is shown instead.

    The pointer is read at each interaction, so a new generation shows at the next.
    """
    shown = Store(held.store).last_whole()
    if shown is None:
        raise NoData(
            "Nothing has been published yet. Import your records with `outcomes import FOLDER`, or start with "
            "`python3 -m dashboard`, which loads made-up sample data first."
        )
    return shown


@st.cache_resource(max_entries=ENGINES_KEPT, show_spinner=False, on_release=DuckEngine.close)
def _engine(path: Path, number: int) -> DuckEngine:
    engine = DuckEngine(path, number)
    # Streamlit collects garbage after every run: what stays for good need not be looked through each time.
    gc.collect()
    gc.freeze()
    # Frozen objects are never given back at the end, and the database's binding complains of each: thaw them then.
    atexit.register(gc.unfreeze)
    return engine


def _draw(everybody: Records, held: settings.Settings, manifest: Mapping[str, Any]) -> None:
    chosen: list[Records] = []
    pages = [
        st.Page(_drawing(listed, chosen), title=listed.title, url_path=listed.path, default=not listed.path)
        for listed in PAGES if listed.allowed(everybody.viewer)
    ]  # fmt: skip
    current = st.navigation(pages, position="top")
    if parts.GOING_TO in st.session_state:
        path = st.session_state.pop(parts.GOING_TO)
        st.switch_page(next(page for page in pages if page.url_path == path))
    # After the navigation, which knows the page that the address names, and before the filters, which bind the rest.
    choices = {each: everybody.choices(each.dimension) for each in FILTERS}
    dropped = addresses.understand(*(addresses.Word(each.word, known, several=True) for each, known in choices.items()))
    records = everybody.of(_filters(everybody, choices))
    chosen.append(records)
    addresses.left_out(dropped)
    upgrading.news(everybody, held, manifest)
    _line(records)
    current.run()


def _drawing(listed: Listed, chosen: list[Records]) -> Callable[[], None]:
    """What Streamlit calls for a page: the page of the records that the filters, drawn before it, have chosen."""
    return lambda: listed.draw(chosen[0])


def _filters(records: Records, choices: Choices) -> Cohort:
    """The bar above every page, drawn before the page runs, so that every page has the same and a view is a link."""
    first, last = _period(records)
    _follow(first, last)
    chosen: dict[str, tuple[str, ...]] = {}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        period = st.date_input(
            "Operated between", (first, last), first, last, key="operated", bind="query-params", format="DD/MM/YYYY",
            width=236,
        )  # fmt: skip
        chosen |= {each.dimension: _choose(each, choices[each]) for each in FILTERS if each.in_bar}
    behind = [each for each in FILTERS if not each.in_bar]
    asked = any(word in st.query_params for word in (*(each.word for each in behind), "every"))
    with st.expander("More filters", expanded=asked):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            chosen |= {each.dimension: _choose(each, choices[each]) for each in behind}
        every = st.toggle("Every operation, reoperations and planned stages too", key="every", bind="query-params")
    start, end = whole_period(period, first, last)
    return Cohort(start if start > first else None, end if end < last else None, chosen, every)


def _period(records: Records) -> tuple[date, date]:
    """The whole recorded period: the default of the dates, which never moves while a generation lasts."""
    facts = records.facts
    return facts.first_operation or date.today(), facts.last_operation or date.today()  # noqa: DTZ011


def _follow(first: date, last: date) -> None:
    """Who looked at the whole period, or lets a part of it go, looks at the whole of what a new generation has."""
    before = st.session_state.get(WHOLE)
    held = st.session_state.get("operated", (first, last))
    if held is None or (before not in (None, (first, last)) and held == before):
        st.session_state["operated"] = (first, last)
    st.session_state[WHOLE] = (first, last)


def whole_period(chosen: object, first: date, last: date) -> tuple[date, date]:
    """Both ends of the period; half way through choosing there is only one, and the whole period stands."""
    days = tuple(chosen) if isinstance(chosen, tuple | list) else ()
    return (days[0], days[1]) if len(days) == 2 else (first, last)


def _choose(each: Filter, choices: Mapping[str, str]) -> tuple[str, ...]:
    """The names chosen; on the screen and in the address stand their labels."""
    return tuple(
        st.multiselect(
            each.label, list(choices), format_func=choices.__getitem__, key=each.word, bind="query-params",
            placeholder="All", width=158,
        )
    )  # fmt: skip


def _line(records: Records) -> None:
    """What is counted, up to which day, and whether it is real."""
    line, facts = cohort_line(records), records.facts
    active = [key for key in KEYS if key in st.query_params]
    words = [
        f"**{parts.count_words(line.operations)}** of {parts.count_words(line.of)} operations",
        f"data to {parts.day_words(facts.data_date)}",
        *(["**sample data, made by computer**"] if facts.made_up else []),
        "this computer only",
        *(["to import, open it by `python3 -m dashboard open`"] if records.viewer.made_up_only else []),
    ]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(" · ".join(words), width="content")
        if active:
            noun = "filter" if len(active) == 1 else "filters"
            st.button(f"Clear {len(active)} {noun}", on_click=_clear, args=(_period(records),), type="tertiary")


def _clear(whole: tuple[date, date]) -> None:
    """Every filter back to its default, which takes it out of the address."""
    for each in FILTERS:
        st.session_state[each.word] = []
    st.session_state["operated"] = whole
    st.session_state["every"] = False

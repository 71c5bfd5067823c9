"""The frame around every page: who is looking, which generation, the filters, the navigation; and what goes wrong."""

from __future__ import annotations

import atexit
import gc
import traceback
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import access, guard, settings
from dashboard.access import OPERATOR, VISITOR, Right, Viewer
from dashboard.alike import forget
from dashboard.analyses.cohort_line import cohort_line
from dashboard.analyses.saved_views import GONE, FrozenView, frozen_at, is_open_to
from dashboard.cohort import FILTERS, Cohort
from dashboard.cookies import joined
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Shown, Store
from dashboard.engines.notebook import VIEW, Notebook
from dashboard.engines.versions import lacks_tables, outdated, refuse_newer
from dashboard.errors import NoData, NotAllowed, OurFault, OutcomesError, TooMuch
from dashboard.made_up import is_shipped
from dashboard.once import Once
from dashboard.pages import (
    addresses,
    asking,
    audit,
    causes,
    compare,
    data,
    definitions,
    exporting,
    flow,
    form,
    furniture,
    imports,
    me,
    onset,
    overview,
    parts,
    patients,
    procedures,
    report,
    risk,
    saved_views,
    short_list,
    upgrading,
)
from dashboard.pages.filter_line import Choices, chosen_words, filter_line, left_out_by
from dashboard.protecting import SENTENCE
from dashboard.records import Records

ENGINES_KEPT = 3
SIGN_OUT = "Sign out"
SIGNED_OUT = "You are not signed in. Open the page anew, and sign in."
HOW_MANY, HOW_MANY_AND_WHY = "How many, and why →", "From the rows read to the operations known"


@dataclass(frozen=True)
class Listed:
    """One page: its address, its title, what draws it, the right that it asks, and whether filters narrow it.

    brings_in: whether it brings in records, which makes no sense where earlier ones are shown.
    whose: of those chosen, the records that the page is about and its head counts, where it is about some of them.
    views: its views, where some of them are for fewer than the page is. or_by: another right that opens it as well.
    exact: whether nothing of it has a protected form.
    """

    path: str
    title: str
    draw: Callable[[Records], None]
    right: Right
    narrowed: bool = True
    brings_in: bool = False
    whose: Callable[[Records], Records] | None = None
    views: addresses.Views | None = None
    or_by: Right | None = None
    exact: bool = False

    def is_for(self, viewer: Viewer) -> bool:
        """Whether the page is there at all for this viewer; who tries the app out is told how records come in."""
        return any(viewer.may(right, exact=self.exact) for right in (self.right, self.or_by) if right is not None)


PAGES = (
    Listed("", "Overview", overview.page, access.FIGURES),
    Listed("me", "My page", me.page, access.OWN_PAGE, whose=me.whose),
    Listed("procedures", "Procedures", procedures.page, access.FIGURES, views=procedures.SHOWN),
    Listed("onset", "Time to symptoms", onset.page, access.FIGURES, exact=True),
    Listed("risk", "Risk factors", risk.page, access.FIGURES, views=risk.SHOWN),
    Listed("causes", "Causes and care", causes.page, access.FIGURES, exact=True),
    Listed("compare", "Compare", compare.page, access.FIGURES, views=compare.SHOWN),
    Listed("patients", "Patients", patients.page, access.PATIENTS),
    Listed("data", "Data quality", data.page, access.QUALITY, views=data.SHOWN),
    Listed("report", "Report", report.page, access.REPORTS, or_by=access.CORRECTION),
    Listed("audit", "Audit", audit.page, access.AUDIT, narrowed=False),
    Listed(
        "definitions", "Definitions", definitions.page, access.DEFINITIONS, narrowed=False, views=definitions.SHOWN
    ),
    Listed("import", "Import", imports.page, access.IMPORT, narrowed=False, brings_in=True),
)  # fmt: skip


def run(viewer: Viewer | None = None) -> None:
    """Draw one page for one viewer: everything that every page needs stands here, once.

    viewer: who looks, where that is known already; else whoever has been let in by the guard, or nobody in particular.
    """
    st.set_page_config(page_title="Spine outcomes", page_icon="📈", layout="wide")
    st.html(form.STYLE)
    st.html(form.DARK_ON_PAPER if parts.is_dark() else form.LIGHT_ON_PAPER)
    try:
        held = settings.read()
        _show(held, access.switched(viewer or _who_is_here(), held.switched_off))
    except TooMuch as problem:
        asking.offered(problem)
    except OutcomesError as problem:
        st.error(parts.told(problem.message))
    except Exception:  # noqa: BLE001 (nothing unforeseen is shown: its text may hold a record)
        st.error(parts.told(OurFault(traceback.format_exc()).message))


def _show(held: settings.Settings, viewer: Viewer) -> None:
    """The page on the newest records, or on those at which the view that the address asks for is frozen."""
    # Whoever was not let in reads no notes and writes none: they would stay beside the real records to come.
    notebook = None if viewer.made_up_only else Notebook(held.store)
    frozen: FrozenView | None = None
    if notebook and (key := saved_views.asked_for()):
        try:
            frozen = frozen_at(Store.of(held), notebook.seen_by(viewer, VIEW), viewer, key)
        except OutcomesError as problem:
            saved_views.gone(problem.message)
            return
        notebook = Notebook(held.store, closed=saved_views.READ_ONLY)
    shown = Shown(frozen.generation) if frozen else _shown(held)
    manifest = shown.generation.manifest
    if viewer.made_up_only and not is_shipped(manifest):
        raise NotAllowed("Start with `python3 -m dashboard`.")
    refuse_newer(manifest)
    if shown.warning:
        st.warning(parts.told(shown.warning))
    if lacks_tables(manifest):
        upgrading.offer(held, viewer, outdated(manifest, load().version))
        return
    engine = engine_of(shown.generation.path, shown.generation.number)
    door = Records(
        engine, viewer, Cohort(), held.opened_audit(), notebook,
        import_report=shown.generation.report_path, answers=shown.generation.answers_path,
    )  # fmt: skip
    if frozen and not is_open_to(door, frozen.view):
        saved_views.gone(GONE)
        return
    _draw(door, held, manifest, frozen)


def _who_is_here() -> Viewer:
    """Who has signed in, or the operator of this machine, where the guard stands and has let them in.

    This process knows that, no header: the one that is read says only by which address somebody came, and the guard
    has let in nobody who could say another.
    """
    door = guard.standing()
    if door is None:
        return VISITOR
    sent = st.context.headers
    # The very header that the guard has read, and by its own way: read otherwise it might name another.
    who = door.who(sent.get("Host") or "", joined(sent.get_all("Cookie")))
    if not who and door.sign_in:
        raise NotAllowed(SIGNED_OUT)
    return who if isinstance(who, Viewer) else OPERATOR if who else VISITOR


def _shown(held: settings.Settings) -> Shown:
    """The current generation, or the last whole one and why it is shown instead.

    The pointer is read at each interaction, so a new generation shows at the next.
    """
    shown = Store.of(held).last_whole()
    if shown is None:
        raise NoData(
            "Nothing has been published yet. Import your records with `outcomes import FOLDER`, or start with "
            "`python3 -m dashboard`, which loads made-up sample data first."
        )
    return shown


def _asked_anew() -> None:
    """Ends a run whose page was asked anew while it waits for an answer; Streamlit looks between elements only.

    It looks as well where the state of a session is read.
    """
    if get_script_run_ctx(suppress_warning=True) is not None:
        _ = "asked anew" in st.session_state


Once.look = staticmethod(_asked_anew)
DuckEngine.goes_on = staticmethod(asking.goes_on)


def _let_go(engine: DuckEngine) -> None:
    """Of a generation that is shown no more nothing stays in this process."""
    engine.close()
    forget()


@st.cache_resource(max_entries=ENGINES_KEPT, show_spinner=False, on_release=_let_go)
def engine_of(path: Path, number: int) -> DuckEngine:
    """The one of this process that answers from a generation."""
    engine = DuckEngine(path, number)
    # Streamlit collects garbage after every run: what stays for good need not be looked through each time.
    gc.collect()
    gc.freeze()
    # Frozen objects are never given back at the end, and the database's binding complains of each: thaw them then.
    atexit.register(gc.unfreeze)
    return engine


def _draw(
    everybody: Records,
    held: settings.Settings,
    manifest: Mapping[str, Any],
    frozen: FrozenView | None,
) -> None:
    viewer, chosen = everybody.viewer, list[Records]()
    first, *others = [each for each in PAGES if each.is_for(viewer) and not (frozen and each.brings_in)]
    arrival, *at_its_own = _twice(first, chosen)
    others_listed = {each: st.Page(_drawing(each, chosen), title=each.title, url_path=each.path) for each in others}
    listed = {first: arrival, **others_listed}
    out_of_sight = _out_of_sight([first, *others])
    current = st.navigation([arrival, *at_its_own, *others_listed.values(), *out_of_sight], position="top")
    _go_on({each.path: page for each, page in listed.items()})
    addresses.open_to(viewer, [each.path for each in listed], [each.views for each in PAGES if each.views])
    asked = current.url_path or first.path
    shown = next((each for each in listed if each.path == asked), None)
    if shown is None:
        if furniture.head(current.title, [], _ways(viewer)) == SIGN_OUT:
            st.logout()
        _say_why_not(viewer, asked, frozen)
        parts.link_to(first.path, first.title)
        return
    # Where filters narrow no page of a viewer there are none, and nothing is counted.
    choices = (
        {each: everybody.choices(each.dimension) for each in FILTERS} if any(each.narrowed for each in listed) else {}
    )
    records, dropped = _chosen(everybody, choices, folded=not shown.narrowed) if choices else (everybody, [])
    chosen.append(records)
    about = records if shown.whose is None else shown.whose(records)
    counted = _counted(about, chosen_words(about.cohort, choices), of_all=shown.whose is None) if choices else []
    clicked = furniture.head(shown.title, [*counted, *_up_to(about)], _ways(viewer, shown))
    if clicked == SIGN_OUT:
        st.logout()
    addresses.left_out(dropped)
    if frozen:
        saved_views.banner(frozen)
    else:
        upgrading.news(everybody, held, manifest)
    export = clicked == exporting.EXPORT
    with exporting.offered(about, on_paper=export) as offers:
        if clicked == HOW_MANY:
            short_list.opened(HOW_MANY_AND_WHY, lambda: flow.section(about, *flow.asked_now()))
        awaited = furniture.awaiting_the_answer() if shown.narrowed else nullcontext()
        with asking.under_way(about.engine.generation), awaited, furniture.as_far_as_told():
            current.run()
        if viewer.is_protected and shown.narrowed:
            parts.note(_untold(viewer))
    if export:
        exporting.opened(offers)
    if clicked == saved_views.WAY:
        titles = {each.path: each.title for each in listed}
        saved_views.opened(everybody, Store.of(held), shown.path, titles)
    addresses.all_said()


def _twice(first: Listed, chosen: list[Records]) -> list[st.Page]:
    """The first page of this viewer: at the app's own address, and at the page's where that is another.

    In the menu stands the one that is open, else the first: where whoever arrives is, and from where the way back is
    open, which it is not where one is sent on.
    """
    draw = _drawing(first, chosen)
    if not first.path:
        return [st.Page(draw, title=first.title, url_path="", default=True)]
    there = urlsplit(str(st.context.url or "")).path.strip("/") == first.path
    seen, unseen = ("hidden", "visible") if there else ("visible", "hidden")
    return [
        st.Page(draw, title=first.title, url_path="", default=True, visibility=seen),  # type: ignore[arg-type]
        st.Page(draw, title=first.title, url_path=first.path, visibility=unseen),  # type: ignore[arg-type]
    ]


def _out_of_sight(mine: Collection[Listed]) -> list[st.Page]:
    """The pages that stand in no menu: who follows a link to one of another role is told so, in our words."""
    return [
        st.Page(lambda: None, title=each.title, url_path=each.path, visibility="hidden")
        for each in PAGES if each.path and each not in mine
    ]  # fmt: skip


def _go_on(pages: Mapping[str, st.Page]) -> None:
    """To where a button leads. pages: those that the viewer has, by path."""
    path, asked = st.session_state.pop(parts.GOING_TO, (None, {}))
    if path in pages:
        # With an address of its own: Streamlit refuses to empty by itself one that a filter is bound to.
        st.switch_page(pages[path], query_params=asked)


def _say_why_not(viewer: Viewer, path: str, frozen: FrozenView | None) -> None:
    """In the place of a page that this viewer does not have, or that earlier records have not."""
    listed = next(each for each in PAGES if each.path == path)
    why = f"is not for the role of {parts.said(viewer.role)}"
    if frozen:
        saved_views.banner(frozen)
        why = "is not there while a view is frozen"
    elif viewer.may(listed.right):
        why = "rests on counts of very few, and your role shows rounded counts"
    st.info(f"This page {why}. Those that are there for you stand at the top; the first of them:")


def _untold(viewer: Viewer) -> str:
    """At the foot of a page of protected counts, once: how they are told, and what is not told besides."""
    pages = [each.title for each in PAGES if each.exact and viewer.may(each.right)]
    of_views = {each.title: each.views for each in PAGES if each.views and each.is_for(viewer)}
    views = [f"{title}: {of}" for title, views in of_views.items() for name, of in views.titles.items()
             if name in views.exact and viewer.may(views.rights.get(name, access.FIGURES))]  # fmt: skip
    return (
        f"Your role shows rounded counts: {SENTENCE}. Not told, as it rests on a model, on single patients or on "
        f"counts of very few: {'; '.join([*pages, *views])}. Ask whoever sees the practice's exact figures."
    )


def _chosen(everybody: Records, choices: Choices, *, folded: bool) -> tuple[Records, list[str]]:
    """The records that the filters choose, and what the address asked of the filters in vain."""
    # After the navigation, which knows the page that the address names, and before the filters, which bind the rest.
    dropped = addresses.understand(*(addresses.Word(each.word, known, several=True) for each, known in choices.items()))
    dropped += left_out_by(everybody)
    return everybody.of(filter_line(everybody, choices, folded=folded)), dropped


def _ways(viewer: Viewer, shown: Listed | None = None) -> list[str]:
    """What leads on from the head of a page, None for one that the viewer does not have; and the way out."""
    offered = {
        HOW_MANY: shown is not None and shown.narrowed and viewer.may(access.FIGURES),
        saved_views.WAY: shown is not None and viewer.may(access.VIEWS),
        exporting.EXPORT: shown is not None and viewer.may(access.EXPORT),
        SIGN_OUT: _has_signed_in(viewer),
    }
    return [way for way, there in offered.items() if there]


def _drawing(listed: Listed, chosen: list[Records]) -> Callable[[], None]:
    """What Streamlit calls for a page: the page of the records that the filters, drawn before it, have chosen."""
    return lambda: listed.draw(chosen[0])


def _counted(records: Records, chosen: Sequence[str], *, of_all: bool) -> list[str]:
    """How many operations are chosen, and by what.

    of_all: whether it is said of how many; of one surgeon it would tell the others' number, who may be one alone.
    """
    line = cohort_line(records)
    own = "your " if records.viewer.surgeon else ""
    of = f" of {own}{parts.count_words(line.of)}" if of_all else f" of {own}" if own else ""
    # Of a surgeon's own "your" says whose; of sites their names do, else a part would read as the practice.
    part = "" if own else parts.said(records.viewer.part_words(records.label))
    counted = f"**{parts.count_words(line.operations)}**{of.rstrip()} operations {part}".rstrip()
    quarters = ["whole quarters"] if records.viewer.is_protected and records.cohort.period_words() else []
    return [counted, *map(parts.said, chosen), *quarters]


def _up_to(records: Records) -> list[str]:
    """Up to which day the records go, whether they are real, and who looks."""
    facts, who = records.facts, records.viewer
    return [
        f"data to {parts.day_words(facts.data_date)}",
        *(["rounded counts"] if records.viewer.is_protected else []),
        *(["**sample data, made by computer**"] if facts.made_up else []),
        f"signed in as {parts.said(who.name)} ({parts.said(who.role)})"
        if _has_signed_in(who)
        else "this computer only",
    ]


def _has_signed_in(viewer: Viewer) -> bool:
    """Whether this is somebody with an account, who can sign out of it; not whoever has opened the app from here.

    By the name, which is who it is: no account has one of these, whatever its role and scope.
    """
    return viewer.name not in (OPERATOR.name, VISITOR.name)

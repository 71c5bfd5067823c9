"""Import: files are looked at, checked and published, or refused with nothing changed; step by step, and with words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboard import settings
from dashboard.analyses.signals import keep_current
from dashboard.analyses.verdicts.data_quality import published_verdict
from dashboard.engines.generations import Store
from dashboard.errors import OutcomesError
from dashboard.exports.offers import PATIENTS
from dashboard.importing import ImportRefused, ImportResult, Running, desk, report
from dashboard.importing.clock import clock_doubt
from dashboard.importing.formats import AUTO, FORMAT_NAMES
from dashboard.importing.formats.sources import calls_for_mapping
from dashboard.importing.site_mapping import site_mapping
from dashboard.importing.watching import Watched, watched
from dashboard.pages import furniture, mapping_assistant, parts
from dashboard.recorded import Recorded
from dashboard.records import Records

KINDS = ["csv", "gz", "parquet", "xlsx", "json", "ndjson", "xml", "duckdb", "db", "toml"]
HOW_TO_IMPORT = (
    "What you see are made-up sample records, which anybody on this computer may look at. To bring in your own, open "
    "the app with `python3 -m dashboard open`: it gives this browser a link of its own, and this page then takes your "
    "files."
)
MOST_REFUSED = 10
ADDITIONS = "These records are additions to those already here"
WHAT_ADDITIONS_ARE = (
    "The files then hold only what is new: patients and operations, and visits and events of operations that are here "
    "already. Without this, what is in the files takes the place of everything."
)
AS_NAMES, SITE, GIVEN, MAKE = "ours", "site", "given", "make"


@dataclass(frozen=True)
class _Said:
    """What was ticked beside the files."""

    clock_is_right: bool
    add: bool


def page(records: Records) -> None:
    """What is published; what is under way, or what came of it; then the next files."""
    if records.viewer.made_up_only:
        st.info(HOW_TO_IMPORT, title="Your own records")
        return
    if not records.viewer.may_import:
        st.info("Your role does not include importing records. The page Data quality shows what the last import found.")
        return
    furniture.verdict(published_verdict(records))
    held = settings.read()
    running = desk.under_way(held.store)
    if running is not None and not running.over.is_set():
        if not running.upgrade:  # which the frame draws, on every page
            under_way(held.store)
        return
    if running is not None and not running.upgrade:
        _outcome(records, held, running)
    desk.take_away_old(held.store)
    with furniture.card("Bring in records", key="bring in"):
        _choose(records, held)
    for folder in watched(held.store):
        _watched(folder)


def _watched(folder: Watched) -> None:
    """A folder from which records are taken by themselves, as the last look at it has left it."""
    with furniture.card("A folder that is watched", key=f"watched {folder.folder}"):
        told = [f"{parts.said(folder.folder)}, looked at to the end on {parts.day_words(folder.looked_on)}."]
        if folder.problem:
            since = parts.day_words(date.fromisoformat(folder.failing_since))
            told.append(f"**Since {since} that could not be done.** {parts.said(folder.problem)}")
        if folder.refused:
            names = [
                f"{parts.said(name)} ({parts.day_words(date.fromisoformat(day))})"
                for name, day in sorted(folder.refused.items(), key=lambda one: (one[1], one[0]))
            ]
            more = f" and {len(names) - MOST_REFUSED} more" if len(names) > MOST_REFUSED else ""
            told.append(
                f"**Refused, {len(names):,}:** {'; '.join(names[:MOST_REFUSED])}{more}. Each lies in `refused` there "
                "with its report beside it. What is taken out of it counts as seen to at the next look."
            )
        if folder.stuck:
            told.append(f"**Imported or refused, but cannot be moved:** {'; '.join(map(parts.said, folder.stuck))}.")
        st.markdown("\n\n".join(told))


@st.fragment(run_every=1.0)
def under_way(store: Path) -> None:
    """The steps as they are said; ends when the import does."""
    running = desk.under_way(store)
    if running is None or running.over.is_set():
        st.rerun()
    now = running.progress
    st.header("Bringing up to date" if running.upgrade else "Checking" if running.check else "Importing")
    st.progress(
        min(now.place / now.of, 1.0),
        text=f"Step {now.place:d} of {now.of:d}: {parts.said(now.step)} ({now.seconds:.0f} s)",
    )
    st.markdown("You may leave this page; it goes on. Readers see the records as they were until it is done.")
    if st.button("Cancel", help="Nothing of it stays"):
        running.cancel()
        st.rerun()


def _outcome(records: Records, held: settings.Settings, running: Running) -> None:
    """What came of the last import, by rule, with what to do."""
    try:
        result, refusal = running.result(), ""
    except ImportRefused as problem:
        result, refusal = problem.result, problem.message
    except OutcomesError as problem:
        result, refusal = ImportResult(None, {}, []), problem.message
    st.header("What came of it")
    if refusal:
        st.error(parts.told(refusal))
    elif result.generation is None:
        st.success("Checked. Nothing was published: this is what an import would bring.")
        said = _Said(running.clock_is_right, running.add)
        again = (records, held, list(running.sources), running.mapping, running.form, False, said)
        st.button("Import these now", type="primary", on_click=_begin, args=again)
    else:
        st.success(parts.told(f"{result.published_words} Every page shows it from now on."))
        # Worked out while whoever imported reads what came of it: nobody else has to wait.
        keep_current(held.store)
    _tables(result)
    _rules(result)
    with st.container(horizontal=True):
        about = "Check of records" if running.check else "Import of records"
        st.download_button(
            "Report to print (HTML)", lambda: report.html(result, about), "import-report.html", "text/html",
            on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Report as JSON", lambda: report.json_text(result), "import-report.json", "application/json",
            on_click="ignore",
        )  # fmt: skip
        st.button("Put this aside", on_click=desk.forget, args=(running.store,), type="tertiary")


def _tables(result: ImportResult) -> None:
    if not result.tables:
        return
    rows = [
        {"Table": name.replace("_", " "), "Read": count.read, "Accepted": count.accepted, "Left out": count.left_out}
        for name, count in result.tables.items()
    ]  # fmt: skip
    parts.show_table(pd.DataFrame(rows), "Rows of each table")


def _rules(result: ImportResult) -> None:
    """Each rule that was broken: how often, an example, and what to do; the gravest first."""
    for rule in report.summary(result):
        if not rule.broken:
            continue
        of = f" of {parts.count_words(rule.judged)}" if rule.judged else ""
        with st.expander(
            f"{parts.SEVERITIES[rule.severity]} · {parts.said(rule.title)}: {parts.count_words(rule.broken)}{of}"
        ):
            examples = [
                {"File": one.file, "Row": one.line, "Column": one.column, "Value": one.value, "What": one.message}
                for one in rule.examples
            ]
            parts.show_table(pd.DataFrame(examples), f"Examples of {rule.title}", holds=PATIENTS)


def _choose(records: Records, held: settings.Settings) -> None:
    st.markdown(
        "CSV or Parquet files named as our tables, an Excel workbook, a REDCap export with its data dictionary, FHIR "
        "or OMOP files, or any spreadsheet with a mapping. Nothing leaves this machine; with an error nothing changes."
    )
    # Another one for each time: what is imported, or was given an hour ago, is not put down again at the next click.
    files = st.file_uploader(
        "Files (up to 50 MB each; larger ones: `outcomes import FOLDER`)", KINDS, True,
        key=f"files {desk.times_taken_away(held.store)}",
    )  # fmt: skip
    if not files:
        return
    paths = desk.put_down(held.store, {file.name: file.getvalue() for file in files})
    sources = [path for path in paths if path.suffix != ".toml"]
    mapping = _mapping(held.store, sources, [path for path in paths if path.suffix == ".toml"])
    if not sources or mapping is MAKE:
        return
    doubt = clock_doubt(Store.of(held))
    clock_is_right = bool(doubt) and st.checkbox(
        f"{parts.said(doubt)} Tick this if the clock is right; else set the clock first."
    )
    add = records.facts.operations > 0 and not records.facts.made_up and st.checkbox(ADDITIONS, help=WHAT_ADDITIONS_ARE)
    form = st.selectbox("Format", FORMAT_NAMES, format_func=lambda name: "Recognise it" if name == AUTO else name)
    with st.container(horizontal=True):
        for label, check in (("Check only", True), ("Import", False)):
            st.button(
                label, on_click=_begin, args=(records, held, sources, mapping, form, check, _Said(clock_is_right, add)),
                type="secondary" if check else "primary",
            )  # fmt: skip


def _mapping(store: Path, sources: list[Path], given: list[Path]) -> Path | str | None:
    """The mapping to read the files by: none, the site's, one among the files, or MAKE while it is being made."""
    site = site_mapping(store)
    choices = {AS_NAMES: "None: the columns have our names, or the format tells"}
    choices |= {SITE: "The site's own mapping"} if site else {}
    choices |= {GIVEN: f"{parts.said(given[0].name)}, among the files"} if given else {}
    choices |= {MAKE: "Make one with the assistant"} if mapping_assistant.takes(sources) else {}
    names = list(choices)
    usual = GIVEN if given else AS_NAMES if not calls_for_mapping(sources) or len(names) == 1 else names[1]
    chosen = st.radio("Mapping of columns and words", names, names.index(usual), format_func=choices.__getitem__)
    if chosen == MAKE:
        mapping_assistant.section(store, sources[0])
        return MAKE
    return {SITE: site, GIVEN: given[0] if given else None}.get(chosen)


def _begin(
    records: Records,
    held: settings.Settings,
    sources: list[Path],
    mapping: Path | None,
    form: str,
    check: bool,
    said: _Said,
) -> None:
    recorded = None if check else Recorded(held.opened_audit(), records.viewer, "import").begun(files=len(sources))
    desk.begin(
        held.store, sources, mapping, form,
        check=check, recorded=recorded, clock_is_right=said.clock_is_right, add=said.add,
    )  # fmt: skip

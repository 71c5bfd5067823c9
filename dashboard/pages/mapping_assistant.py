"""The mapping assistant: their columns beside ours, what must be asked, and ten rows as they will be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.definitions import load
from dashboard.errors import OutcomesError
from dashboard.importing import mapping as mappings
from dashboard.importing.assistant.preview import preview
from dashboard.importing.assistant.readings import DATE_FORMATS
from dashboard.importing.assistant.suggest import (
    NEEDED,
    TARGETS,
    Excerpt,
    Suggestion,
    column_of,
    excerpt_of,
    mapping_words,
    questions,
    suggest,
    values_to_name,
)
from dashboard.importing.assistant.written_mapping import toml
from dashboard.importing.formats import excel
from dashboard.importing.formats.text_files import look
from dashboard.importing.mapping import FLAT
from dashboard.importing.result import ImportRefused
from dashboard.importing.site_mapping import save_mapping
from dashboard.pages import parts

ENDINGS = (".csv", ".csv.gz", ".xlsx")
ROWS = 10
ENCODINGS = ("cp1252", "latin-1", "mac-roman", "cp850")
STATES = {"censored": "followed, nothing found", "failed": "found to have failed", "died": "died"}
UNUSED = "not used"


def takes(sources: Sequence[Path]) -> bool:
    """Whether the assistant can look at what was given: one table."""
    return len(sources) == 1 and sources[0].name.lower().endswith(ENDINGS)


def section(store: Path, path: Path) -> None:
    """From the first look to the saved mapping."""
    try:
        sheet, encoding = _sheet(path), _encoding(path)
        excerpt = excerpt_of(path, sheet, encoding)
    except ImportRefused as problem:
        st.error(problem.message)
        return
    found = suggest(excerpt)
    if found.kind != FLAT:
        st.info(f"These columns are those of our table {found.kind.replace('_', ' ')}: no mapping is needed. "
                f"Name the file {found.kind}.csv and give it with the other tables.")  # fmt: skip
        return
    st.header("Which column is which?")
    st.markdown(
        "A suggestion by name and content: correct it where it is wrong. What is not used is not stored. Needed are "
        "the patient, the date of surgery and the procedure."
    )
    chosen = _columns(found)
    values = _values(excerpt, chosen)
    asked = _asked(found, excerpt, chosen)
    words = mapping_words(chosen, values, missing=found.missing, decimal=found.decimal, sheet=sheet, **asked)
    if encoding is not None:
        words["file"] = {**words.get("file", {}), "encoding": encoding}
    if open_questions := list(questions(excerpt, found)):
        with st.expander(f"Worth a look before the first import: {len(open_questions)}"):
            st.markdown("\n".join(f"- {question[:1].upper()}{question[1:]}" for question in open_questions))
    _understood(store, path.name, excerpt, words, chosen)


def _sheet(path: Path) -> str | None:
    """Which sheet of a workbook; asked where there are several."""
    if not excel.recognise([path]):
        return None
    names = excel.sheet_names(path)
    return names[0] if len(names) == 1 else st.selectbox("Sheet", names)


def _encoding(path: Path) -> str | None:
    """How a text file is encoded: UTF-8 if it can be that, else asked."""
    if excel.recognise([path]):
        return None
    try:
        look(path, None, None)
    except ImportRefused as problem:
        if "encoding" not in problem.message:
            raise
        st.warning(problem.message)
        return st.selectbox("Encoding of this file: which one makes its letters right below?", ENCODINGS)
    return None


def _columns(found: Suggestion) -> dict[str, str]:
    labels = {target: _label(target) for target in TARGETS}
    rows = [
        {"Their column": one.theirs, "Is our": labels.get(one.ours, UNUSED), "How sure": one.sure,
         "For example": " · ".join(one.examples)}
        for one in found.guesses
    ]  # fmt: skip
    edited = st.data_editor(
        pd.DataFrame(rows), hide_index=True, width="stretch", height="content",
        disabled=["Their column", "For example", "How sure"],
        column_config={"Is our": st.column_config.SelectboxColumn(options=[UNUSED, *labels.values()], required=True)},
    )  # fmt: skip
    targets = {label: target for target, label in labels.items()}
    pairs = zip(edited["Their column"], edited["Is our"], strict=True)
    return {str(theirs): targets[ours] for theirs, ours in pairs if ours in targets}


def _label(target: str) -> str:
    """A target in words: ``visits.12.odi`` is "12 months: odi"."""
    if not target.startswith("visits."):
        return target.replace("_", " ").replace(".", ": ")
    _, visit, measure = target.split(".")
    return f"{visit if visit == 'baseline' else f'{visit} months'}: {measure.replace('_', ' ')}"


def _values(excerpt: Excerpt, chosen: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each word of theirs means here: a choice for every word that is not ours already."""
    values: dict[str, dict[str, str]] = {}
    open_ones = list(values_to_name(excerpt, chosen))
    if not open_ones:
        return values
    st.header("What do these words mean?")
    for ours in dict.fromkeys(name for name, _, _ in open_ones):
        options = _options(ours)
        rows = [{"Their word": value, "Means": meaning or None} for name, value, meaning in open_ones if name == ours]
        edited = st.data_editor(
            pd.DataFrame(rows, dtype=object), hide_index=True, disabled=["Their word"], key=f"words {ours}",
            column_config={
                "Their word": st.column_config.TextColumn(f"Their word for {_label(ours)}"),
                "Means": st.column_config.SelectboxColumn(options=options),
            },
        )  # fmt: skip
        pairs = zip(edited["Their word"], edited["Means"], strict=True)
        values[ours] = {str(theirs): str(word) for theirs, word in pairs if word}
    return values


def _options(ours: str) -> list[str]:
    column = column_of(ours)
    if column is None or column.kind == "boolean":
        return ["true", "false"]
    return list(load().vocabularies[column.words])


def _asked(found: Suggestion, excerpt: Excerpt, chosen: Mapping[str, str]) -> dict[str, Any]:
    """What no look at the file can tell: the order of day and month, units, the codes of a status."""
    answers: dict[str, Any] = {"date_format": found.date_formats[0] if len(found.date_formats) == 1 else None}
    targets = {ours: theirs for theirs, ours in chosen.items()}
    if len(found.date_formats) != 1 or found.units or "follow_up.status" in targets:
        st.header("What the file does not say")
    if len(found.date_formats) != 1:
        formats = found.date_formats or list(DATE_FORMATS)
        answers["date_format"] = st.radio(
            "How are dates written? 28 February 2024 is", formats, None, format_func=DATE_FORMATS.get, horizontal=True
        )
    units = {
        ours: unit for ours, unit in found.units.items() if st.checkbox(_unit_words(ours, unit), key=f"unit {ours}")
    }
    answers["units"] = units
    if "follow_up.status" in targets:
        codes = sorted(set(excerpt.values(targets["follow_up.status"])))
        answers["codes"] = {"unit": st.selectbox("The time of follow-up is in", list(mappings.DAYS_OF))}
        for state, words in STATES.items():
            code = st.selectbox(f"{targets['follow_up.status']}: which value means {words}?", codes, None, key=state)
            answers["codes"] |= {state: code} if code else {}
    return answers


def _unit_words(ours: str, unit: str) -> str:
    words = {"in": "inches", "lb": "pounds"}
    return (
        f"{parts.within_sentence(ours.split('_')[0].capitalize())} is written in {words[unit]}, as its values suggest"
    )


def _understood(store: Path, name: str, excerpt: Excerpt, words: Mapping[str, Any], chosen: Mapping[str, str]) -> None:
    """The first rows as an import would take them, and the way to keep the mapping."""
    st.header("The first rows as they will be understood")
    if gone := [ours for ours in NEEDED if ours not in chosen.values()]:
        st.info(f"Still needed: which column is {', '.join(gone)}?")
        return
    try:
        site = mappings.understood(words, Path(mappings_name(name)))
        shown = preview(Excerpt(excerpt.header, excerpt.rows[:ROWS]), name, site, date.today())  # noqa: DTZ011 (a local day)
    except OutcomesError as problem:
        st.warning(problem.message)
        return
    if shown.rows:
        frame = pd.DataFrame(
            [[line, *map(_cell, cells)] for line, cells in shown.rows],
            columns=["Row", *(theirs for _, theirs in shown.header)],
        )
        parts.show_table(frame, "The first rows as they will be understood")
    for issue in shown.issues:
        st.markdown(f"- {'Left out: ' if issue.severity == 'row' else ''}{issue.message}")
    with st.container(horizontal=True):
        st.download_button(
            "The mapping as a file", toml(words), mappings_name(name), "application/toml", on_click="ignore"
        )
        if st.button("Keep as the site's mapping", type="primary"):
            save_mapping(store, toml(words))
            st.toast("Kept as the site's mapping, and used from now on.")
            st.rerun()


def mappings_name(name: str) -> str:
    """What the mapping of a file is called."""
    return f"{name.split('.')[0]}-mapping.toml"


def _cell(value: object) -> str:
    if isinstance(value, date):
        return parts.day_words(value)
    return "not recorded" if value is None else str(value)

"""The mapping assistant: their columns beside ours, what must be asked, and ten rows as they will be understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from dashboard.errors import OutcomesError
from dashboard.exports.offers import PATIENTS
from dashboard.importing import mapping as mappings
from dashboard.importing.assistant.asking import questions
from dashboard.importing.assistant.chosen_words import mapping_words
from dashboard.importing.assistant.excerpts import Excerpt, excerpt_of, sheet_with_data, where
from dashboard.importing.assistant.preview import preview, without_syntax
from dashboard.importing.assistant.suggest import NEEDED, Suggestion, suggest, targets
from dashboard.importing.assistant.written_mapping import toml
from dashboard.importing.formats import excel
from dashboard.importing.formats.text_files import look
from dashboard.importing.mapping import FLAT, MOST_ABOVE
from dashboard.importing.result import ImportRefused
from dashboard.importing.site_mapping import save_mapping
from dashboard.pages import mapping_answers, parts
from dashboard.pages.mapping_answers import Answered, label

ENDINGS = (".csv", ".csv.gz", ".xlsx")
ROWS = 10
ENCODINGS = ("cp1252", "latin-1", "mac-roman", "cp850")
UNUSED = "not used"
FEW = 4
"""So many questions are shown without a click."""


def takes(sources: Sequence[Path]) -> bool:
    """Whether the assistant can look at what was given: one table."""
    return len(sources) == 1 and sources[0].name.lower().endswith(ENDINGS)


def section(store: Path, path: Path) -> None:
    """From the first look to the saved mapping."""
    try:
        sheet, encoding = _sheet(path), _encoding(path)
        excerpt = _named_in(path, sheet, encoding)
    except ImportRefused as problem:
        st.error(parts.told(without_syntax(problem.message)))
        return
    found = suggest(excerpt)
    if found.kind != FLAT:
        st.info(f"These columns are those of our table {parts.said(found.kind.replace('_', ' '))}: no mapping is "
                f"needed. Name the file {parts.said(found.kind)}.csv and give it with the other tables.")  # fmt: skip
        return
    st.header("Which column is which?")
    st.markdown(
        "A suggestion by name and content: correct it where it is wrong. What is not used is not stored. Needed are "
        "the patient, the date of surgery and the procedure."
    )
    chosen = _columns(excerpt, found)
    _worth_a_look(excerpt, found)
    given = mapping_answers.asked(excerpt, found, chosen)
    file = where(path, excerpt, sheet) | ({"encoding": encoding} if encoding else {})
    words = mapping_words(chosen, given.values, replace(given.answers, file=file))
    _understood(store, path.name, excerpt, words, chosen, given)


def _sheet(path: Path) -> str | None:
    """Which sheet of a workbook; asked where there are several, beginning with the one that holds the data."""
    if not excel.recognise([path]):
        return None
    names = excel.sheet_names(path)
    return names[0] if len(names) == 1 else st.selectbox("Sheet", names, names.index(sheet_with_data(path)))


def _named_in(path: Path, sheet: str | None, encoding: str | None) -> Excerpt:
    """The table, with its names in the row where they seem to stand, unless somebody says another."""
    found = excerpt_of(path, sheet, encoding)
    first = found.header_rows[-1] if found.header_rows else 1
    row = st.number_input("The names of the columns stand in row", 1, MOST_ABOVE, first, key=f"row {path.name} {sheet}")
    grouped = len(found.header_rows) == 2 and int(row) == first
    if grouped:
        grouped = st.checkbox(f"Row {first - 1:d} above it groups them, and is part of each name", value=True)
    rows = [int(row) - 1, int(row)] if grouped else [int(row)]
    return found if rows == (list(found.header_rows) or [1]) else excerpt_of(path, sheet, encoding, rows)


def _encoding(path: Path) -> str | None:
    """How a text file is encoded: UTF-8 if it can be that, else asked."""
    if excel.recognise([path]):
        return None
    try:
        look(path, None, None)
    except ImportRefused as problem:
        if "encoding" not in problem.message:
            return None
        st.warning(parts.told(without_syntax(problem.message)))
        return st.selectbox("Encoding of this file: which one makes its letters right below?", ENCODINGS)
    return None


def _columns(excerpt: Excerpt, found: Suggestion) -> dict[str, str]:
    labels = {target: label(target) for target in targets(excerpt)}
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
    named = {words: target for target, words in labels.items()}
    pairs = zip(edited["Their column"], edited["Is our"], strict=True)
    return {str(theirs): named[ours] for theirs, ours in pairs if ours in named}


def _worth_a_look(excerpt: Excerpt, found: Suggestion) -> None:
    """What the file does not say, and no control below asks."""
    open_ones = [question.text for question in questions(excerpt, found) if not question.answered_there]
    if not open_ones:
        return
    names = {target: label(target) for target in sorted(targets(excerpt), key=len, reverse=True)}
    with st.expander(f"Worth a look before the first import: {len(open_ones)}", len(open_ones) <= FEW):
        for text in open_ones:
            for target, words in names.items():
                text = text.replace(target, words)
            st.markdown(f"- {parts.said(text[:1].upper() + text[1:])}")


def _understood(
    store: Path, name: str, excerpt: Excerpt, words: Mapping[str, Any], chosen: Mapping[str, str], given: Answered
) -> None:
    """The first rows as an import would take them, and the way to keep the mapping."""
    st.header("The first rows as they will be understood")
    there = {*chosen.values(), *given.answers.constants}
    if gone := [label(ours) for ours in NEEDED if ours not in there]:
        st.info(f"Still needed above: {', '.join(map(parts.said, gone))}.")
        return
    if given.dates_open:
        st.info("Still needed above: how are the dates written?")
        return
    try:
        site = mappings.understood(words, Path(mappings_name(name)))
        shown = preview(Excerpt(excerpt.header, excerpt.rows[:ROWS]), name, site, date.today())  # noqa: DTZ011 (a local day)
    except OutcomesError as problem:
        st.warning(parts.told(without_syntax(problem.message)))
        return
    if shown.rows:
        frame = pd.DataFrame(
            [[line, *map(_cell, cells)] for line, cells in shown.rows],
            columns=["Row", *(theirs for _, theirs in shown.header)],
        )
        parts.show_table(frame, "The first rows as they will be understood", holds=PATIENTS)
    for issue in shown.issues:
        st.markdown(f"- {'Left out: ' if issue.severity == 'row' else ''}{parts.told(without_syntax(issue.message))}")
    for still in given.still_open:
        st.info(f"Not answered yet: {parts.said(still)}")
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

"""What the mapping assistant asks beside the columns: words, codes, dates, units, the one procedure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.definitions import load
from dashboard.definitions.canonical import Column
from dashboard.importing import mapping as mappings
from dashboard.importing.assistant import word_meanings
from dashboard.importing.assistant.asking import date_shares, measured_otherwise, unanswered
from dashboard.importing.assistant.chosen_words import NOT_KNOWN, Answers
from dashboard.importing.assistant.excerpts import Excerpt
from dashboard.importing.assistant.readings import DATE_FORMATS
from dashboard.importing.assistant.suggest import Suggestion, column_of, dates_of, values_to_name
from dashboard.importing.scales import OtherScale
from dashboard.pages import parts

STATES = {"censored": "followed, nothing found", "failed": "found to have failed", "died": "died"}
MONTHS = st.column_config.TextColumn("Means (a number)")
MOST_GRADES = 12
"""A number with so many values at most is chosen from a list."""
TRUE_VALUE = "a true value"
WORDS_OF_UNITS = {"in": "inches", "lb": "pounds"}


@dataclass(frozen=True)
class Answered:
    """What a person has answered so far.

    values: ours -> their word -> our word; dates_open: nobody has said how dates are written; still_open: sentences.
    """

    answers: Answers
    values: Mapping[str, Mapping[str, str]]
    dates_open: bool = False
    still_open: Sequence[str] = field(default_factory=list)


def asked(excerpt: Excerpt, found: Suggestion, chosen: Mapping[str, str]) -> Answered:
    """Draw every control that these columns call for; what was answered with them."""
    values = _words(excerpt, chosen)
    theirs = {ours: column for column, ours in chosen.items()}
    codes = list(dict.fromkeys(unanswered(excerpt, found)))
    forms = found.date_formats if len(found.date_formats) == 1 else []
    otherwise = list(measured_otherwise(excerpt, found))
    if (
        not forms
        or codes
        or found.units
        or otherwise
        or found.missing
        or "follow_up.status" in theirs
        or "procedure" not in theirs
    ):
        st.header("What the file does not say")
    constants = {} if "procedure" in theirs else _one_procedure()
    date_format = forms[0] if forms else _dates(excerpt, found)
    missing = _missing(found)
    units = {unit: name for unit, name in found.units.items() if _is_in(unit, name)}
    scales, still_open = _scales(otherwise)
    units |= scales
    for ours, text in codes:
        if ours not in theirs:
            continue
        answer = st.radio(
            f"{parts.said(label(ours))}: what does {parts.said(text)} mean?", [NOT_KNOWN, TRUE_VALUE], None,
            horizontal=True, format_func={NOT_KNOWN: "not known", TRUE_VALUE: TRUE_VALUE}.__getitem__,
            key=f"code {ours} {text}",
        )  # fmt: skip
        if answer is not None:
            values.setdefault(ours, {})[text] = NOT_KNOWN if answer == NOT_KNOWN else text
        else:
            still_open.append(f"what {text} means in {label(ours)}. Until then it is counted as it stands.")
    states = _states(excerpt, theirs["follow_up.status"]) if "follow_up.status" in theirs else {}
    if "follow_up.status" in theirs and not {"censored"} < states.keys() - {"unit"}:
        still_open.append("what the values of the status mean. Until then nothing of the follow-up is read.")
    answers = Answers(date_format, missing, units, found.decimal, states, constants)
    return Answered(answers, values, dates_open=date_format is None, still_open=still_open)


def label(target: str) -> str:
    """A target in words: ``visits.12.odi`` is "12 months: odi"."""
    if target.startswith("visit."):
        return {"visit.date": "this visit: date", "visit.months": "this visit: months after surgery"}.get(
            target, f"this visit: {target.removeprefix('visit.').replace('_', ' ')}"
        )
    if not target.startswith("visits."):
        return target.replace("_", " ").replace(".", ": ")
    _, visit, measure = target.split(".")
    when = visit if visit == "baseline" else f"{visit} month{'s' if visit != '1' else ''}"
    return f"{when}: {measure.replace('_', ' ')}"


def _words(excerpt: Excerpt, chosen: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What each word of theirs means here: a choice for every word that is not ours already."""
    values: dict[str, dict[str, str]] = {}
    open_ones = list(values_to_name(excerpt, chosen))
    if open_ones:
        st.header("What do these words mean?")
        st.markdown("Rows with a word that is left open are left out of the import where the word is needed.")
    for ours in dict.fromkeys(name for name, _, _ in open_ones):
        rows = [_row(ours, value, meaning) for name, value, meaning in open_ones if name == ours]
        frame = pd.DataFrame(rows, dtype=object)
        if not frame["Perhaps"].any():
            frame = frame.drop(columns="Perhaps")
        options = _options(ours)
        edited = st.data_editor(
            frame, hide_index=True, disabled=["Their word", "Perhaps"], key=f"words {ours}",
            column_config={
                "Their word": st.column_config.TextColumn(f"Their word for {label(ours)}"),
                "Means": st.column_config.SelectboxColumn(options=options) if options else MONTHS,
            },
        )  # fmt: skip
        pairs = zip(edited["Their word"], edited["Means"], strict=True)
        values[ours] = {str(theirs): str(word) for theirs, word in pairs if word}
    return values


def _row(ours: str, value: str, meaning: str) -> dict[str, Any]:
    column = column_of(ours)
    close = word_meanings.near(column, value) if column and not meaning else []
    return {"Their word": value, "Means": meaning or None, "Perhaps": " or ".join(close)}


def _options(ours: str) -> list[str]:
    """What a word may mean; none where any number may be written."""
    column = column_of(ours)
    if column is None or column.kind == "boolean":
        return ["true", "false"]
    if column.kind == "integer" and column.low is not None and column.high is not None:
        grades = range(int(column.low), int(column.high) + 1)
        return [str(number) for number in grades] if len(grades) <= MOST_GRADES else []
    return list(load().vocabularies[column.words]) if column.words else []


def _one_procedure() -> dict[str, str]:
    procedure = st.selectbox(
        "No column says the procedure. If every operation of this list is of one, which?",
        list(load().vocabularies["procedure"]), None, format_func=lambda name: name.replace("_", " "),
    )  # fmt: skip
    return {"procedure": procedure} if procedure else {}


def _dates(excerpt: Excerpt, found: Suggestion) -> str | None:
    """How dates are written: the ways that fit all of them, else every way that any is written in, with how many."""
    dates = dates_of(excerpt, found)
    shares = date_shares(dates)
    forms = list(found.date_formats) or list(shares) or list(DATE_FORMATS)
    if not found.date_formats and dates:
        st.markdown(
            "The dates are written in several ways. Those written otherwise than you say, and those with a year of two "
            "digits, are left out and named. 2024-02-28 is always read."
        )
    return st.radio(
        "How are dates written? 28 February 2024 is", forms, None, horizontal=True,
        format_func=lambda form: f"{DATE_FORMATS[form]} ({shares.get(form, 0):d} of {len(dates)})",
    )  # fmt: skip


def _missing(found: Suggestion) -> list[str]:
    words = list(found.missing)
    return st.multiselect("These mean that nothing is known", words, words) if words else []


def _is_in(ours: str, unit: str) -> bool:
    name = wording.within_sentence(ours.split("_")[0].capitalize())
    return st.checkbox(
        f"{parts.said(name)} is written in {WORDS_OF_UNITS[unit]}, as its values suggest", key=f"unit {ours}"
    )


def _scales(otherwise: Sequence[tuple[str, Column, OtherScale]]) -> tuple[dict[str, str], list[str]]:
    """What the numbers of a column are measured in, where they do not look like ours; and what is not answered yet."""
    units: dict[str, str] = {}
    still_open: list[str] = []
    for ours, column, other in otherwise:
        names = {scale.said or "as they stand": scale.name for scale in column.scales}
        answer = st.selectbox(
            f"{parts.said(label(ours))}: {parts.said(other.why)} What are they?", list(names), None, key=f"scale {ours}"
        )
        chosen = names.get(answer or "")
        units |= {ours: chosen} if chosen else {}
        still_open += [] if chosen else [f"what {label(ours)} is measured in."]
    return units, still_open


def _states(excerpt: Excerpt, theirs: str) -> dict[str, str]:
    """What the codes of a status mean, and what its time is counted in."""
    codes = sorted(set(excerpt.values(theirs)))
    told = {"unit": st.selectbox("The time of follow-up is in", list(mappings.DAYS_OF))}
    for state, words in STATES.items():
        code = st.selectbox(f"{parts.said(theirs)}: which value means {words}?", codes, None, key=state)
        told |= {state: code} if code else {}
    return told

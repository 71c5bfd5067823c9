"""What was chosen with the assistant, as the words of a mapping file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dashboard.importing.assistant.excerpts import Excerpt
from dashboard.importing.assistant.suggest import Suggestion, values_to_name
from dashboard.importing.dates import ISO
from dashboard.importing.mapping import FLAT

NOT_KNOWN = "(not known)"
"""What a person chooses for a code that stands for no answer."""


@dataclass(frozen=True)
class Answers:
    """What no look at the file can tell, as a person says it.

    units: ours -> theirs; codes: of ``follow_up.status``, what censored, failed and died are written as, and the unit;
    constants: ours -> what holds in every row; file: what else stands below [file], such as the sheet.
    """

    date_format: str | None = None
    missing: Sequence[str] = ()
    units: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "."
    codes: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    file: Mapping[str, Any] = field(default_factory=dict)


def mapping_words(
    chosen: Mapping[str, str], values: Mapping[str, Mapping[str, str]], answers: Answers | None = None
) -> dict[str, Any]:
    """What was chosen as the words of a mapping file, such as ``mapping.understood`` takes them.

    chosen: theirs -> ours, of ``targets``; values: ours -> their value -> our word. A part that cannot be read without
    an answer that is not given yet is left out.
    """
    answers = answers or Answers()
    ours = {name: theirs for theirs, name in chosen.items() if name}
    words: dict[str, Any] = {"file": file} if (file := _file(answers)) else {}
    words["columns"] = {name: theirs for name, theirs in ours.items() if "." not in name}
    words["columns"] |= {name: {"constant": value} for name, value in answers.constants.items()}
    words |= {"values": named} if (named := _values(values, ours)) else {}
    words |= {"units": dict(answers.units)} if answers.units else {}
    for part in ("failure", "visit"):
        held = _part(ours, f"{part}.")
        needed = "date" in held if part == "failure" else held.keys() & {"date", "months"} and len(held) > 1
        words |= {part: held} if needed else {}
    follow_up = _part(ours, "follow_up.")
    told = {"censored"} < answers.codes.keys() - {"unit"}
    words |= {"follow_up": follow_up | dict(answers.codes)} if {"days", "status"} <= set(follow_up) and told else {}
    visits: dict[str, dict[str, str]] = {}
    for name, theirs in ours.items():
        if name.startswith("visits."):
            _, visit, measure = name.split(".")
            visits.setdefault(visit, {})[measure] = theirs
    return words | ({"visits": visits} if visits else {})


def as_suggested(excerpt: Excerpt, found: Suggestion, file: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The mapping's words as far as the suggestion goes, for a person to complete; file: what ``where`` says."""
    date_format = found.date_formats[0] if len(found.date_formats) == 1 else None
    answers = Answers(date_format, found.missing, found.units, found.decimal, file=file or {})
    if found.kind != FLAT:
        words = mapping_words({}, {}, Answers(date_format, found.missing, decimal=found.decimal, file=file or {}))
        below = {part: held for part, held in words.items() if part == "file"}
        return below | ({found.kind: {"units": dict(found.units)}} if found.units else {})
    values: dict[str, dict[str, str]] = {}
    for ours, theirs, word in values_to_name(excerpt, found.chosen):
        values.setdefault(ours, {})[theirs] = word
    return mapping_words(found.chosen, values, answers)


def _file(answers: Answers) -> dict[str, Any]:
    file: dict[str, Any] = {}
    file |= {"date_format": answers.date_format} if answers.date_format not in (None, ISO) else {}
    file |= {"missing": list(answers.missing)} if answers.missing else {}
    file |= {"decimal": answers.decimal} if answers.decimal != "." else {}
    return file | dict(answers.file)


def _values(values: Mapping[str, Mapping[str, str]], ours: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """By our column, whatever its visit, their word -> ours; a code that means "not known" is kept as an empty word."""
    named: dict[str, dict[str, str]] = {}
    for name, pairs in values.items():
        if name in ours:
            kept = {theirs: word for theirs, word in pairs.items() if word}
            kept |= {theirs: "" for theirs, word in pairs.items() if word == NOT_KNOWN}
            named.setdefault(name.split(".")[-1], {}).update(kept)
    return {name: pairs for name, pairs in named.items() if pairs}


def _part(ours: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {name.removeprefix(prefix): theirs for name, theirs in ours.items() if name.startswith(prefix)}

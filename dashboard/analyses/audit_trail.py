"""Who asked what: the lines of the audit as a table without anybody's pseudonym, and whether the chain is whole."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import pandas as pd

from dashboard.access import AUDIT
from dashboard.audit import BLOCKS_KEPT, read_line
from dashboard.audit_head import Head
from dashboard.cohort import TITLES
from dashboard.errors import NotAllowed
from dashboard.records import Records

KINDS: Mapping[str, str] = {
    "counts": "Counts", "listing": "Lists and files", "change": "Changes", "refusal": "Refusals",
}  # fmt: skip
"""What a line may be, in words."""
OTHER = "other"
"""What is no question: that the chain goes on, or had been longer."""
MOST_IN_A_DAY = 200
"""So many different answers in one day are no cause for doubt: more could be put together until they tell of one."""
COLUMNS = ["number", "at", "person", "role", "kind", "words", "chosen", "rows", "why", "question"]
TOLD = ("added", "removed", "as", "was", "kind", "form", "share", "generation", "added_to", "quoted", "times")
"""What a line says besides that is shown; never its values, titles or subjects, which may name a patient."""
FOR_THOSE_LET_IN = "The log of who asked what is for the auditor and the operator."


@dataclass(frozen=True)
class AuditTrail:
    """The audit as it is now.

    complaints: what is wrong with the chain, a sentence each; empty where every line is as it was written. head: its
    end. lines: the newest first, as in COLUMNS; ``at`` in UTC, ``question`` the same for two that ask the same.
    """

    complaints: tuple[str, ...]
    head: Head
    lines: pd.DataFrame


def audit_trail(records: Records) -> AuditTrail:
    """The whole log, for whoever may read it; that it was read is on record before it is.

    Raises NotAllowed for everybody else, and puts that on record.
    """
    viewer, audit = records.viewer, records.audit
    asked = {
        "viewer": viewer.name, "role": viewer.role, "generation": records.engine.generation, "question": "audit",
    }  # fmt: skip
    if not viewer.may(AUDIT) or viewer.made_up_only:
        audit.refused(asked | {"why": FOR_THOSE_LET_IN})
        raise NotAllowed(FOR_THOSE_LET_IN)
    audit.listed(asked)
    frames = [_rows(block) for block in reversed(audit.blocks())]
    lines = pd.concat(frames, ignore_index=True) if frames else _rows(())
    return AuditTrail(tuple(audit.complaints()), audit.head, lines)


def narrowed_to(lines: pd.DataFrame, person: str | None, kind: str | None, since: date | None) -> pd.DataFrame:
    """The lines of one person, of one kind and from a day on; None for every one."""
    keep = pd.Series(True, lines.index)
    if person is not None:
        keep &= lines["person"] == person
    if kind is not None:
        keep &= lines["kind"] == kind
    if since is not None:
        keep &= lines["at"] >= pd.Timestamp(since, tz="UTC")
    return lines[keep]


def by_person(lines: pd.DataFrame) -> pd.DataFrame:
    """A row for each person: how many lines of each kind, the most different answers in one day, and the last line.

    Columns ``person``, ``role`` (the last one), the KINDS, ``most``, ``on`` (the day of it) and ``last``; whoever was
    refused most stands first.
    """
    rows = [_of_person(str(name), of) for name, of in lines[lines["person"] != ""].groupby("person")]
    frame = pd.DataFrame(rows, columns=["person", "role", *KINDS, "most", "on", "last"])
    return frame.sort_values(["refusal", "most", "person"], ascending=[False, False, True], ignore_index=True)


def since_when(days: int, now: datetime) -> date:
    """The first of so many days, of which today is the last."""
    return now.date() - timedelta(days=days - 1)


def _of_person(name: str, lines: pd.DataFrame) -> dict[str, Any]:
    counts = lines["kind"].value_counts()
    answered = lines[lines["kind"].isin(("counts", "listing"))]
    different = answered.groupby(answered["at"].dt.date)["question"].nunique()
    most = int(different.max()) if len(different) else 0
    return {
        "person": name,
        "role": lines["role"].iloc[0],
        **{kind: int(counts.get(kind, 0)) for kind in KINDS},
        "most": most,
        "on": different.idxmax() if most else None,
        "last": lines["at"].max(),
    }


@lru_cache(maxsize=BLOCKS_KEPT)
def _rows(block: tuple[str, ...]) -> pd.DataFrame:
    """The lines of a block that can be read, the newest first."""
    frame = pd.DataFrame([_row(line) for written in reversed(block) if (line := read_line(written))], columns=COLUMNS)
    frame["at"] = pd.to_datetime(frame["at"], utc=True, errors="coerce", format="ISO8601")
    frame["rows"] = frame["rows"].astype("Int64")
    for name in ("person", "role", "kind", "words", "chosen", "why"):
        frame[name] = frame[name].map(sys.intern)
    return frame


def _row(line: Mapping[str, Any]) -> dict[str, Any]:
    rows = line.get("rows")
    return {
        "number": line["number"],
        "at": str(line.get("at", "")),
        "person": str(line.get("viewer", "")),
        "role": str(line.get("role", "")),
        "kind": kind if (kind := str(line.get("what"))) in KINDS else OTHER,
        "words": _words(line),
        "chosen": _chosen(line),
        "rows": rows if isinstance(rows, int) else None,
        "why": str(line.get("why", "")),
        "question": _asked(line),
    }


def _asked(line: Mapping[str, Any]) -> str:
    """The same few letters for two lines that ask the same: a long log is held in memory."""
    said = json.dumps([line.get(name) for name in _OF_A_QUESTION], sort_keys=True, default=str)
    return hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=8).hexdigest()


_OF_A_QUESTION = ("question", "title", "cohort", "values", "columns", "every_operation", "whole_practice", "generation")


def _words(line: Mapping[str, Any]) -> str:
    """What was asked or done: "Failure curve"; "Import: done, generation 4"."""
    of = str(line.get("question") or line.get("change") or line.get("what") or "").replace("_", " ").replace("-", " ")
    step = f": {line['step']}" if line.get("step") else ""
    more = [f"{name} {line[name]}" for name in TOLD if isinstance(line.get(name), str | int) and _is_told(line, name)]
    return ", ".join([f"{of.capitalize()}{step}", *more])


def _is_told(line: Mapping[str, Any], name: str) -> bool:
    # Of a question the generation is where it was asked, of a change what came of it.
    return name != "generation" or "step" in line


def _chosen(line: Mapping[str, Any]) -> str:
    """The filters: "surgeon S03, from 2024-01-01"."""
    cohort = line.get("cohort")
    if not isinstance(cohort, Mapping):
        return ""
    known = {name: of for name, of in cohort.items() if name in TITLES or name in ("from", "to")}
    said = [f"{name} {' or '.join(map(str, of)) if isinstance(of, list) else of}" for name, of in known.items()]
    return ", ".join(said).replace("_", " ")

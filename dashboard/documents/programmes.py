"""What registries and payers ask for, on paper: each programme with its fields, figures, definition and source."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.cells import Columns, day_words, share_words
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.groups import FAMILY
from dashboard.analyses.programmes import OTHERWISE, TABLE, field_words, programme, said_words
from dashboard.analyses.verdicts.programmes import programme_verdict
from dashboard.definitions import load
from dashboard.definitions.programmes import Programme
from dashboard.disclosure import Sharing, protected
from dashboard.documents.cover import facts_of, foot_of, period_of, whose_of
from dashboard.documents.document import Block, Document, Paragraph, Section
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.protecting import modes
from dashboard.records import Records

TITLE = "For registries and payers"
NOBODY = "No operation matches what was chosen: there is nothing to tell. Choose another period, or fewer filters."
COUNTS = {"counted": "due", "recorded": "due"}
"""What may be told to others, each with what it is a part of. Not the answers before and after, each by itself: less
those of both they would tell how few gave one alone."""
OF_EVENTS = {**COUNTS, "counted": "operations"}
"""The same of events, whose share allows for operations not followed so long."""
SHARED: Columns = {
    "Known, of those due": lambda row: f"{row.recorded_words} of {row.due_words}" if _is_counted(row) else "",
    "State": "state",
    "Figure": lambda row: _figure(row) if row.has_figure else "",
    "To bear in mind": said_words,
}
"""The same where it leaves the practice: small counts hidden, and shares worked out from what is shown."""


def programmes_document(records: Records, wanted: Wanted) -> Document:
    """Every programme in a section of its own, in their order."""
    if operations_chosen(records):
        sections = [_section(records, wanted, one) for one in load().programmes.values()]
    else:
        sections = [Section(TITLE, [Paragraph("", strong=NOBODY)])]
    return Document(
        TITLE, f"{whose_of(records)} · {period_of(records)}", facts_of(records, wanted), sections, wanted.made,
        foot_of(records, wanted, TITLE), cover=False, landscape=True,
    )  # fmt: skip


def _section(records: Records, wanted: Wanted, one: Programme) -> Section:
    wanted.on_step(one.short)
    mode = modes(records.viewer)[wanted.share]
    blocks: list[Block] = [] if not mode.exact else [said(programme_verdict(records, one.name))]
    blocks.append(Paragraph(one.description))
    source = f"Version {one.version}. Source: {one.source}. Reviewed {day_words(one.reviewed)}."
    blocks.append(Paragraph(source, quiet=True))
    rows = programme(records, one.name)
    for part, fields in rows.groupby("part", sort=False):
        blocks.append(_table(str(part), fields, mode))
    if one.by_family:
        by_family = programme(records, one.name, FAMILY)
        counted = by_family[by_family["counted"].notna()]
        told = counted.assign(state="", why="")  # it stands above, once
        blocks.append(_table("By family of procedures", told, mode, {"Family": "group_label"}))
    blocks.append(Paragraph(one.caution, strong="To bear in mind."))
    if not mode.exact:
        blocks.append(Paragraph(mode.sentence, quiet=True))
    return Section(one.label, blocks, own_page=one.order > 1)


def _table(caption: str, rows: pd.DataFrame, mode: Sharing, groups: Columns | None = None) -> Block:
    columns: Columns = {"Field": field_words, **(groups or {})}
    if mode.exact:
        return word_table(caption, rows, {**columns, **TABLE})
    return word_table(caption, _protected(rows, mode).assign(note=""), {**columns, **SHARED})


def _protected(rows: pd.DataFrame, mode: Sharing) -> pd.DataFrame:
    """The rows as they may leave, events and the others each with their own wholes, in their order.

    What a field is, whatever was counted of it, is said again: whether it has a figure, and whether that is of events.
    """
    if rows.empty:
        return protected(rows, mode, parts=COUNTS)
    is_event = rows["counted"].notna() & rows["later"].isna()
    parts = {True: OF_EVENTS, False: COUNTS}
    found = pd.concat([
        protected(of, mode, parts=parts[bool(of_events)], within=["field", "asked_at"]).set_index(of.index)
        for of_events, of in rows.groupby(is_event)
    ]).sort_index()  # fmt: skip
    is_counted = rows["recorded"].notna()
    # Of hidden counts "complete" or "not yet due" would tell that nobody is missing, or due.
    untold = is_counted & (rows["state"] != OTHERWISE) & found["recorded"].isna()
    return found.assign(
        is_event=is_event, is_counted=is_counted, has_figure=rows["counted"].notna(),
        state=found["state"].mask(untold, ""),
    )  # fmt: skip


def _is_counted(row: Any) -> bool:
    """Whether anybody was to be asked, as far as that is shown."""
    return bool(row.is_counted) and row.due_words != "0"


def _figure(row: Any) -> str:
    """The figure as it may leave, with what it rests on; counts alone where there is no share to show."""
    whole, said = ("operations", "") if row.is_event else ("due", " met the target")
    count, of = row.counted, getattr(row, whole)
    if pd.isna(count) or pd.isna(of):
        return f"{row.counted_words} of {getattr(row, f'{whole}_words')}{said}"
    return share_words(row.share if row.shown else None, count, of, row.lower, row.upper) + said

"""Surgeons and sites beside what chance and case mix lead one to expect; never a ranking."""

from __future__ import annotations

from dashboard.analyses.compare import compare
from dashboard.analyses.funnel_points import DRAWN, points_of_ratios, ratio_words
from dashboard.analyses.groups import outcome_named, when_words
from dashboard.analyses.peers import SURGEON, among_peers, banded, surgeons
from dashboard.analyses.verdicts.me import counted_words, me_verdict
from dashboard.analyses.verdicts.units import units_verdict
from dashboard.charts import funnel_plot, ratio_rows
from dashboard.documents.document import Block, Paragraph, Picture
from dashboard.documents.tables import said, to_bear_in_mind, word_table
from dashboard.documents.wanted import Wanted
from dashboard.records import Records

NO_NAMES = "The others stand without name, number of operations and interval, or behind the limits alone."
NAMED = {"surgeon": "Surgeon", "site": "Site"}


def units(records: Records, wanted: Wanted, by: str) -> list[Block]:
    """Failures seen against expected for each, by the limits of chance; whom a viewer may not name is masked."""
    chosen = records.cohort.chosen.get(SURGEON, ())
    if by == SURGEON and len(chosen) == 1:
        return _one(records, wanted, chosen[0])
    answer = compare(records, wanted.outcome, by, wanted.within_days)
    blocks: list[Block] = [said(units_verdict(records, wanted.outcome, by, wanted.within_days))]
    if answer.units.empty:
        return blocks
    known = outcome_named(wanted.outcome)
    when = when_words(known, wanted.within_days)
    if answer.ratios is not None and answer.units["ratio_shown"].any():
        points = points_of_ratios(answer.units)
        drawn = funnel_plot.funnel_plot(
            points, answer.ratios.lines.rename(columns=DRAWN), target=answer.ratios.target, measure="ratio"
        )
        alt = funnel_plot.describe(points, target=answer.ratios.target, measure="ratio")
        told = (
            f"{known.short} {when}: failures seen by those that each one's own patients and procedures lead one to "
            "expect, against the limits of chance. Each is held against its own patients, and nobody against another."
        )
        blocks.append(Picture(drawn, alt, told, share=0.65))
    table = word_table(
        f"Each {by} in figures, in order of name", answer.units,
        {
            NAMED[by]: lambda row: f"{row.label} (own)" if row.own else row.label,
            "Operations": "all_operations", "Known": "operations",
            "Failed, of known": lambda row: int(row.failed) if row.operations else None,
            "Seen / expected (ratio; 95 % interval)": lambda row: ratio_words(row) if row.ratio_shown else "not shown",
            "Lies": lambda row: _position(row.ratio_position) if row.ratio_shown else "",
        },
        note=to_bear_in_mind(answer.units.assign(note=answer.units["ratio_note"])),
    )  # fmt: skip
    return [*blocks, table]


def _one(records: Records, wanted: Wanted, name: str) -> list[Block]:
    """One surgeon among the others, who stand as a band without names; nothing where the viewer may not choose one."""
    if name not in surgeons(records):
        return [Paragraph("This surgeon is not one that you may choose.")]
    found = among_peers(records, name, wanted.outcome, wanted.within_days)
    blocks: list[Block] = [said(me_verdict(records, name, wanted.outcome, wanted.within_days))]
    if found.own is None or found.answer.model.fit is None:
        return blocks
    rows, counted = banded(found), counted_words(found, wanted.outcome, wanted.within_days)
    told = f"Failures seen by those expected of these patients and procedures. {NO_NAMES}"
    picture = Picture(ratio_rows.ratio_rows(rows), ratio_rows.describe(rows), told)
    return [*blocks, picture, *([Paragraph(counted, quiet=True)] if counted else [])]


def _position(position: str) -> str:
    return "within the limits" if position == "within" else str(position)

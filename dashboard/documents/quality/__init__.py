"""The quality report: what became of the operations chosen, for a board and for a practice, as the screens say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from dashboard.analyses.cohort_line import operations_chosen
from dashboard.documents.cover import facts_of, foot_of, period_of, whose_of
from dashboard.documents.document import Block, Document, Paragraph, Section
from dashboard.documents.quality import shared
from dashboard.documents.quality.actions import signals_seen, what_we_did
from dashboard.documents.quality.causes import care_given, reasons
from dashboard.documents.quality.changes import changes
from dashboard.documents.quality.data import followed, recorded, way_here
from dashboard.documents.quality.failures import onsets, procedures, risks
from dashboard.documents.quality.methods import definitions, factors, reckoned
from dashboard.documents.quality.period import beside
from dashboard.documents.quality.summary import in_full, summary
from dashboard.documents.quality.units import units
from dashboard.documents.wanted import Wanted
from dashboard.errors import NotTold, OutcomesError
from dashboard.protecting import NO_FORM, is_told
from dashboard.records import Records

TITLE = "Quality report"
Made = Callable[[Records, Wanted], Sequence[Block]]
NOBODY = "No operation matches what was chosen: there is nothing to report. Choose another period, or fewer filters."

LEFT_OUT = (
    "In protected counts these have no form, or rest on too few operations. Ask whoever sees the practice's exact "
    "figures."
)

PARTS: tuple[tuple[str, int, bool, Made], ...] = (
    ("Summary", 1, True, summary),
    ("The first figures in full", 2, False, in_full),
    ("Failure by procedure", 1, False, procedures),
    ("Time to symptoms", 1, False, onsets),
    ("Risk factors", 1, False, risks),
    ("Causes and care", 1, False, reasons),
    ("Care after failure", 2, False, care_given),
    ("Surgeons and sites", 1, False, partial(units, by="surgeon")),
    ("Sites", 2, False, partial(units, by="site")),
    ("Follow-up and data quality", 1, False, followed),
    ("From the rows read to the operations known", 2, False, way_here),
    ("What is recorded", 2, False, recorded),
    ("Signals and actions", 1, False, signals_seen),
    ("What we did", 2, False, what_we_did),
    ("What changed since the last report", 1, False, changes),
)
"""Title, level, whether it begins a page, and what it says; in the order of the report."""
FOR_OTHERS: tuple[tuple[str, int, bool, Made], ...] = (
    ("Summary", 1, True, shared.figures),
    ("Failure by family of procedures", 1, True, shared.families),
    ("Time to symptoms", 1, False, shared.onsets),
    ("Causes", 1, False, shared.reasons),
    ("Follow-up", 1, False, shared.followed),
)
"""The same of what may leave."""
RESTS_ON = {
    "Time to symptoms": "onset", "Causes and care": "causes", "Causes": "causes", "Care after failure": "care_paths",
    "Surgeons and sites": "case_mix", "Sites": "case_mix", "Signals and actions": "case_mix",
}  # fmt: skip
"""The read without which a part cannot be: not asked for, and so no refusal on record, where the viewer is not told."""
APPENDIX: tuple[tuple[str, int, bool, Made], ...] = (
    ("Definitions and methods", 1, True, definitions),
    ("How the figures were reckoned", 2, False, reckoned),
    ("Risk factors and their sources", 2, False, factors),
)


def quality(records: Records, wanted: Wanted) -> Document:
    """The report of the operations chosen."""
    exact = wanted.share == "none"
    parts = (*(PARTS if exact else FOR_OTHERS), *(APPENDIX if exact else APPENDIX[:2]))
    sections = [Section("Summary", [Paragraph("", strong=NOBODY)], own_page=True)]
    if operations_chosen(records):
        sections = _as_far_as_told(records, wanted, parts)
    return Document(
        TITLE, f"{whose_of(records)} · {period_of(records)}", _facts(records, wanted), sections, wanted.made,
        foot_of(records, wanted, TITLE),
    )  # fmt: skip


def _as_far_as_told(records: Records, wanted: Wanted, parts: Sequence[tuple[str, int, bool, Made]]) -> list[Section]:
    """The sections, and at the end in one sentence which of them are not told to this viewer."""
    sections, left_out, under = list[Section](), list[str](), False
    for title, level, own_page, make in parts:
        under = under or level == 1
        try:
            if not is_told(records.viewer, RESTS_ON.get(title, "operations")):
                raise NotTold(NO_FORM)
            # What stands under a heading that is left out stands for itself.
            sections.append(_section(records, wanted, title, level if under else 1, own_page, make))
        except NotTold:
            left_out.append(title)
            under = under and level > 1
    if left_out:
        why = f"{'; '.join(left_out)}. {LEFT_OUT}"
        sections.append(Section("Left out of this report", [Paragraph(why)]))
    return sections


def _section(records: Records, wanted: Wanted, title: str, level: int, own_page: bool, make: Made) -> Section:
    wanted.on_step(title)
    try:
        blocks = make(records, wanted)
    except NotTold:
        raise
    except OutcomesError as problem:
        blocks = [Paragraph(problem.message)]
    return Section(title, blocks, own_page, level)


def _facts(records: Records, wanted: Wanted) -> list[tuple[str, str]]:
    facts = facts_of(records, wanted)
    if wanted.share != "none":
        return facts
    against = beside(records, wanted)
    return [*facts[:3], ("Held against", against.why or against.label), *facts[3:]]

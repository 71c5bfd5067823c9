"""Registries and payers, a view of the page Data quality: what each asks for, how much is known, and the figures."""

from __future__ import annotations

from dashboard.analyses.programmes import TABLE, field_words, programme, programme_named
from dashboard.analyses.verdicts.programmes import programme_verdict
from dashboard.cohort import PLACES, TITLES
from dashboard.definitions import load
from dashboard.pages import furniture, parts
from dashboard.pages.furniture import Link
from dashboard.records import Records

TOGETHER = "together"
BY = {place: TITLES[place] for place in PLACES}
PAPER = Link("report", "As a document", {"document": "For registries and payers"})


def choose(records: Records) -> tuple[str, str]:
    """Whose questions, and by what the answers are parted."""
    shown = parts.choose_group({name: one.short for name, one in load().programmes.items()}, "asked_by", "Asked by")
    return shown, parts.choose_group({TOGETHER: "All together", **parts.parting(records, BY)}, "asked_of", "By")


def section(records: Records, top: furniture.AnswerPlace, name: str, by: str) -> None:
    """Each heading of the programme as a table of its fields."""
    known = programme_named(name)
    with top:
        furniture.verdict(programme_verdict(records, name))
    rows = programme(records, name, None if by == TOGETHER else by)
    groups: parts.Columns = {} if by == TOGETHER else {BY[by]: "group_label"}
    for place, (part, fields) in enumerate(rows.groupby("part", sort=False)):
        with furniture.card(str(part), key=f"programme-{place}", link=PAPER if not place else None):
            table = parts.columns_of(fields, {"Field": field_words, **groups, **TABLE})
            told = table[[head for head in table if any(str(value) for value in table[head])]]
            # Without its rows: a field has counts of its own, whose rules the document for others knows.
            parts.show_table(told, f"{known.short}: {part}", whole=by == TOGETHER)
    furniture.method(
        parts.said(known.description),
        *(f"**{parts.said(field.label)}.** {parts.said(field.asks)}" for field in known.fields),
        f"**To bear in mind.** {parts.said(known.caution)}",
        f"Version {parts.said(known.version)}. Source: {parts.said(known.source)}. "
        f"Reviewed {parts.day_words(known.reviewed)}.",
    )
    parts.note(furniture.provenance(records))

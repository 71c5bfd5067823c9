"""Whether the figures can be trusted, a sentence for each view: who answers, whom to ask, what is missing or wrong."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.completeness import told_of_all_years
from dashboard.analyses.data_issues import flags, issues
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.groups import rows_of
from dashboard.analyses.verdicts.answered import MONTHS, answered_verdict
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.cohort import day_words
from dashboard.records import Records

MOST_NAMED = 3
FACTORS_UNTOLD = (
    "Of the other factors too few operations, or too few failures among them, lack it to be told; nor are single years "
    "and what could not be read."
)


def followed_verdict(records: Records) -> Verdict:
    """Share answered at a year against the goal, and what the overdue would add; worst cases are claims of it too."""
    found, rows = answered_verdict(records), everybody(follow_up(records))
    (row,) = rows_of(rows[rows["visit"] == MONTHS])
    if not row.shown or not row.overdue:
        return Verdict(found.answer, "", found.claims)
    answered = f"{wording.percent(row.share_if_worked_off)} would have answered if they all were"
    told = f"{wording.count(int(row.overdue), 'visit')} overdue can still be asked for: {answered}."
    n, answering = int(row.due), int(row.answered + row.overdue)
    claim = Claim("answered if all overdue were", row.group, row.label, row.share_if_worked_off, n, answering)
    return Verdict(found.answer, told, (*found.claims, claim))


def asking_verdict(records: Records) -> Verdict:
    """How many visits are overdue and how many can be asked for now, and at which visit most of them are."""
    rows = [row for row in rows_of(everybody(follow_up(records))) if row.overdue or row.open]
    if not rows:
        return Verdict("No visit is overdue or open now among these operations.")
    overdue, waiting = (sum(int(getattr(row, name)) for row in rows) for name in ("overdue", "open"))
    each = wording.joined([f"{row.overdue:,} at {row.visit_label}" for row in rows if row.overdue])
    claims = tuple(Claim("overdue", row.group, row.visit_label, None, int(row.due), int(row.overdue)) for row in rows)
    answer = f"{wording.count(overdue, 'visit')} overdue and {waiting:,} open now."
    return Verdict(answer, f"Overdue: {each}." if each else "", claims)


def recorded_verdict(records: Records) -> Verdict:
    """The factors that are most often not recorded, and how many are recorded throughout."""
    rows = list(rows_of(told_of_all_years(records)))
    exact = not records.viewer.is_protected
    missing = [row for row in rows if row.missing]
    claims = tuple(
        Claim("not recorded", row.factor, row.label, row.missing_share, int(row.operations), int(row.missing))
        for row in rows
    )
    if not missing:
        every = f"All {len(rows)} factors are recorded of every operation."
        return Verdict(every if exact else "No factor lacks in so many operations that it could be told.", "", claims)
    named = [
        f"{wording.within_sentence(row.label)} ({wording.percent(row.missing_share)})" for row in missing[:MOST_NAMED]
    ]
    unread = sum(int(row.unreadable) for row in rows)
    throughout = len(rows) - len(missing)
    told = (
        f"{throughout} of {len(rows)} factors are recorded of every operation." if throughout else "",
        f"{wording.count(unread, 'value')} could not be read." if unread else "",
    )
    doubt = " ".join(filter(None, told)) if exact else FACTORS_UNTOLD
    return Verdict(f"Most often not recorded: {wording.joined(named)}.", doubt, claims)


def issues_verdict(records: Records) -> Verdict:
    """What the last import left out and what it noted; of nobody's rows, for who sees the whole practice."""
    if not records.viewer.sees_everything_exactly:
        return Verdict("What an import found is shown to those who see the whole practice.")
    found = issues(records)
    times = found.groupby("severity")["times"].sum()
    rows, cells, notes = (int(times.get(severity, 0)) for severity in ("row", "cell", "note"))
    claims = tuple(
        Claim(row.rule.replace("_", " "), row.rule, row.severity, None, int(row.times), int(row.times))
        for row in rows_of(found)
    )
    if found.empty:
        return Verdict("The last import found nothing wrong.")
    left = f"{wording.count(rows, 'row')} and {wording.count(cells, 'single cell')}"
    answer = f"The last import left out {left}." if rows or cells else "The last import left nothing out."
    double = int(found.loc[found["double"], "times"].sum())
    twice = f"{double:,} may be registered twice" if double else "none is of something registered twice"
    return Verdict(answer, f"{wording.count(notes, 'note')}, {twice}." if notes or double else "", claims)


def flagged_verdict(records: Records) -> Verdict:
    """How many records people have flagged, among those that the viewer sees."""
    noted = len(flags(records))
    if not noted:
        return Verdict("No record of these operations is flagged as wrong.")
    is_one = noted == 1
    answer = f"{wording.count(noted, 'record')} of these operations {'is' if is_one else 'are'} flagged as wrong."
    return Verdict(answer, "", (Claim("flagged", "all", "All flags", None, noted, noted),))


def published_verdict(records: Records) -> Verdict:
    """What is published now, up to which day; and what its import left out."""
    facts = records.facts
    counted = f"{wording.count(facts.all_operations, 'operation')} of {wording.count(facts.patients, 'patient')}"
    claim = Claim("published", "all", "All operations", None, facts.all_operations, 0)
    doubt = issues_verdict(records).answer if records.viewer.sees_everything_exactly else ""
    until = f", with records up to {day_words(facts.data_date)}" if facts.data_date else ""
    return Verdict(f"{counted} are published{until}.", doubt, (claim,))

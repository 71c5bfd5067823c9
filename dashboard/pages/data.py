"""Data quality: whose follow-up is overdue, and whether the figures can be trusted."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.completeness import completeness, over_all_years, unreadable_fields
from dashboard.analyses.data_issues import flags, issues, late_entries
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.follow_up import (
    OVERDUE,
    chance,
    everybody,
    follow_up,
    follow_up_elsewhere,
    follow_up_goal,
    overdue_visits,
    worked_off,
)
from dashboard.analyses.patients import shown_patient
from dashboard.analyses.verdicts.answered import answered_verdict, asked_at
from dashboard.analyses.verdicts.overall import BAND
from dashboard.charts import symptom_heat
from dashboard.definitions import Benchmark, load
from dashboard.importing import kept_report
from dashboard.pages import parts, trend
from dashboard.records import Records

VIEWS = {"visits": "Follow-up", "work": "Work list", "fields": "Completeness", "issues": "Issues and flags"}
GROUPS = {"procedure": "Procedure", "surgeon": "Surgeon", "site": "Site", "age": "Age", "smoking": "Smoking"}
MOST_ROWS = 2_000
WORST = 3


def page(records: Records) -> None:
    """One of four views: visits, the list to work off, completeness, issues."""
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="data_view", label="Shown", width=330)
    draw = {"visits": _visits, "work": _work_list, "fields": _fields, "issues": _issues}[view]
    draw(records)


def _visits(records: Records) -> None:
    st.header("Answered of the visits that were due")
    if "follow_up" not in records.missing_kinds:
        parts.verdict(answered_verdict(records))
    whole = follow_up(records)
    with st.grid(3, min_column_width=190):
        for row in parts.rows_of(everybody(whole)):
            share = parts.percent(row.share) if row.shown else "counts only"
            parts.card(row.visit_label, share, f"{wording.out_of(row.answered, row.due)} due")
    st.markdown(parts.said(_sentence(whole)))
    parts.show_table(_table(whole), "Visits due, answered, overdue and lost")
    parts.link_to("data", "Visits to ask for: the work list", {"data_view": VIEWS["work"]})
    _provenance(records)
    _worked_off(records)
    _by_group(records)


def _worked_off(records: Records) -> None:
    """What the share failed would be if the overdue answered, whom the work list can still reach, and if all did."""
    rows = worked_off(records)
    if rows.empty:
        return
    st.header("What the share failed could become")
    shown = rows[rows["shown"]]
    told = [
        f"**{parts.said(row.label)}** at {parts.said(row.visit)} months: now {parts.percent(row.share)} "
        f"({parts.count_words(row.failed)} of {parts.count_words(row.answered)} who answered). If the "
        f"{parts.count_words(row.overdue)} overdue were all answered: **{wording.span(row.lowest, row.highest)}** of "
        f"{parts.count_words(row.answered + row.overdue)}. If "
        f"the {parts.count_words(row.others)} who are lost or left the question out were too: "
        f"**{wording.span(row.best_case, row.worst_case)}** of all {parts.count_words(row.due)} due."
        for row in parts.rows_of(shown)
    ]
    st.markdown("\n".join(f"* {words}" for words in told) or "Too few have answered for a share.")
    parts.note(
        "The lower end: all of them were well. The upper end: all of them had failed. Only definitions that are "
        "asked at a visit hang on its answers; findings and reoperations are recorded without one."
    )
    columns: parts.Columns = {
        "Definition": "label",
        "Visit": lambda row: f"{row.visit} months",
        "Failed": "failed",
        "Answered": "answered",
        "Overdue": "overdue",
        "Share failed if all overdue answered": lambda row: (
            wording.span(row.lowest, row.highest) if row.shown else "counts only"
        ),
        "Lost, or the question left out": "others",
        **parts.WORST_CASE,
    }
    parts.show_as_table(parts.columns_of(rows, columns), "Share failed if visits were answered, as ranges")


def _sentence(whole: pd.DataFrame) -> str:
    goal = follow_up_goal()
    each = [
        f"{row.visit_label}: {row.overdue} overdue, {parts.percent(row.share_if_worked_off)} answered if they all were"
        for row in parts.rows_of(whole) if row.due
    ]  # fmt: skip
    warning = wording.within_sentence(goal.warning)
    return (
        "A visit is due when its window has ended, and an earlier answer counts from then on; overdue up to "
        f"{load().overdue_days} days later; after that it is lost. {'; '.join(each)}. "
        f"Goal at 12 months: {parts.percent(goal.figures[0].value)} ({goal.source}: {warning}) "
        f"Registers: {'; '.join(map(_elsewhere, follow_up_elsewhere()))}."
    )


def _elsewhere(register: Benchmark) -> str:
    """What a register reports of its own follow-up: NORspine 71.6 % of 60,647 (source)."""
    of = f" of {parts.count_words(register.n)}" if register.n else ""
    return f"{register.country} {parts.percent(register.figures[0].value)}{of} ({register.source})"


def _table(rows: pd.DataFrame, **groups: str) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            **groups,
            "Visit": "visit_label",
            "Due": "due",
            "Answered": "answered",
            "Overdue": "overdue",
            "Lost": "lost",
            "Share answered (95 % interval)": _share,
            "Answered if all overdue answered": lambda row: parts.percent(row.share_if_worked_off),
            "Open now": "open",
            "Answered early": "early",
            "Not yet due": "not_due",
            "Died before": "died",
        },
    )


def _share(row: Any) -> str:
    if not row.shown:
        return f"{row.answered} of {row.due}"
    return f"{parts.percent(row.share)} ({parts.interval_words(row.lower, row.upper)})"


def _by_group(records: Records) -> None:
    st.header("Who is answering, and who is not")
    with st.container(horizontal=True):
        by = parts.choose_group(GROUPS, key="answered_by", label="By")
        visit = parts.choose_visit("answered_visit")
    chosen = visit.label
    rows = follow_up(records, by)
    rows = rows[rows["visit"] == visit.months]
    limits = chance(rows)
    drawn = rows.assign(operations=rows["due"], failed=rows["answered"])
    goal = follow_up_goal().figures[0].value
    alt = "; ".join(f"{row.label}: {row.answered} of {row.due} due" for row in parts.rows_of(rows.head(8)))
    sentence = (
        f"Share answered of the {chosen} visits that were due. Where few answer, the shares of patient-reported "
        f"outcomes rest on those who did. {_chance_words(limits)}"
    )
    table = _table(rows, **{GROUPS[by]: "label"})
    if len(limits):
        ranges = dict(zip(limits["label"], map(wording.span, limits["low"], limits["high"]), strict=True))
        table["Range that chance allows"] = [ranges.get(label, "") for label in rows["label"]]
    for outcome in asked_at(records, visit.months):
        bands = failure_rate(records, outcome.name, by).set_index("label")
        at_worst = {row.Index: parts.best_to_worst(row) for row in parts.rows_of(bands)}
        table[f"{outcome.short}{BAND}"] = [at_worst.get(label, "") for label in rows["label"]]
    compared = {"comparator": goal, "comparator_label": f"goal {parts.percent(goal)}"}
    parts.show_shares(drawn, sentence, alt=f"Answered. {alt}.", table=table, key="answered", **compared)


def _chance_words(limits: pd.DataFrame) -> str:
    """Whether any group's share lies further from all together than chance would leave one of its size, and which."""
    if limits.empty:
        return ""
    target = parts.percent(limits["target"].iloc[0])
    beyond = [
        f"{row.label} ({parts.percent(row.share)}, {wording.out_of(row.answered, row.due)}; chance alone: "
        f"{wording.span(row.low, row.high)})"
        for row in parts.rows_of(limits[limits["beyond"]])
    ]
    limit = f"the range that chance alone leaves round {target}, of all these groups, in 19 of 20 groups of its size"
    if not beyond:
        return f"Each of these {len(limits)} groups lies within {limit}: none differs by more than chance may explain."
    return f"{len(beyond)} of {len(limits)} lie beyond {limit}: {'; '.join(beyond)}. That says nothing of why."


def _work_list(records: Records) -> None:
    st.header("Visits to ask for")
    if not records.viewer.sees_patients:
        st.info("Your role shows counts, not single patients. The view Follow-up has the counts.")
        return
    rows = overdue_visits(records)
    if rows.empty:
        st.markdown("No visit is overdue or open now among these operations.")
        return
    late = int((rows["visit_state"] == OVERDUE).sum())
    st.markdown(
        f"**{late} overdue** and {len(rows) - late} open now. Each opening of this list is kept in the audit file."
    )
    shown = _work_table(records, rows)
    parts.show_table(shown.head(MOST_ROWS), "Visits overdue or open now")
    if len(shown) > MOST_ROWS:
        parts.note(f"The first {MOST_ROWS:,} are shown; the file has all.")
    parts.download(records, "Visits to ask for", shown)
    _provenance(records)


def _work_table(records: Records, rows: pd.DataFrame) -> pd.DataFrame:
    windows = {str(visit.months): visit for visit in load().visits.values()}
    return parts.columns_of(
        rows,
        {
            "Visit": lambda row: windows[row.visit].label,
            "State": lambda row: "overdue" if row.visit_state == OVERDUE else "open now",
            "Days overdue": lambda row: max(0, row.days_since_surgery - windows[row.visit].high),
            "Operated": lambda row: parts.day_words(row.operated),
            "Procedure": lambda row: records.label("procedure", row.procedure),
            "Surgeon": "surgeon",
            "Site": "site",
            "Patient": lambda row: shown_patient(row.patient),
        },
    )


def _fields(records: Records) -> None:
    st.header("What is recorded, year by year")
    rows = completeness(records)
    whole = over_all_years(rows)
    named = "; ".join(
        f"{wording.within_sentence(row.label)}, {parts.percent(row.missing_share)}"
        for row in parts.rows_of(whole.head(WORST))
    )
    missing = 1 - (rows["recorded"] + rows["unreadable"]) / rows["operations"]
    words = rows.assign(year=rows["year"].astype(str), words=[parts.percent(share) for share in missing])
    table = words.pivot_table(index="label", columns="year", values="words", aggfunc="first", sort=False)
    percents = rows.assign(category_label=rows["year"].astype(str), operations=(100 * missing).round().astype(int))
    figure = symptom_heat.symptom_heat(percents, unit="% not recorded", dark=parts.is_dark())
    parts.show_figure(
        figure, alt=f"Percent not recorded by factor and year. Most often missing: {named}.",
        sentence=f"Percent not recorded, by year of surgery: the fewer the better. Most often missing: {named}.",
        table=table.reset_index(names="Share not recorded"), key="completeness",
    )  # fmt: skip
    _readable(records, whole)
    _provenance(records)
    trend.operations(records)


def _readable(records: Records, whole: pd.DataFrame) -> None:
    """What was recorded but could not be read is not the same as what was not recorded."""
    st.header("Recorded, not readable, not recorded")
    columns: parts.Columns = {
        "Factor": "label",
        "Operations": "operations",
        "Recorded": "recorded",
        "Not readable": "unreadable",
        "Not recorded": "missing",
    }
    parts.show_table(parts.columns_of(whole, columns), "Each factor over all these years, in operations")
    fields = unreadable_fields(records)
    if fields.empty:
        st.markdown("No cell of these operations was left out because it could not be read.")
        return
    named = parts.columns_of(fields, {"Column": "label", "Operations": "operations"})
    parts.show_table(named, "Columns with cells that could not be read")
    parts.note(
        "Not readable: something was recorded, but it is not what its column holds, or contradicts other cells. It was "
        "left out alone, and its operation stays. Which cells: in the report of the page Import."
    )


def _issues(records: Records) -> None:
    st.header("Issues of the last import")
    if not records.viewer.sees_everything:
        st.info("What an import found is shown to those who see the whole practice.")
        _flagged(records)
        return
    found = issues(records)
    if found.empty:
        st.markdown("The last import found nothing wrong.")
    else:
        double = int(found.loc[found["double"], "times"].sum())
        left_out = found.groupby("severity")["times"].sum()
        st.markdown(
            f"{int(found['times'].sum())} in all: {int(left_out.get('row', 0))} left rows out, "
            f"{int(left_out.get('cell', 0))} single cells; the others are notes. {double} are possible double "
            "registrations."
        )
        columns: parts.Columns = {
            "What": lambda row: parts.SEVERITIES.get(row.severity),
            "Rule": lambda row: row.rule.replace("_", " "),
            "Times": "times",
            "First place": lambda row: f"{row.file}, row {row.first_line}",
        }
        parts.show_table(parts.columns_of(found, columns), "Rules that records broke, with counts")
        _report(records)
    _late(records)
    _flagged(records)


def _flagged(records: Records) -> None:
    st.header("Flagged by people")
    noted = flags(records)
    if not noted:
        st.markdown("Nobody has flagged a data problem. A record is flagged on the page Patients.")
        return
    if not records.viewer.sees_patients:
        st.markdown(f"{len(noted)} flagged. Your role shows counts, not what was written about single patients.")
        return
    told = [{"Flagged": parts.day_words(note.at.date()), "By": note.who, "What": note.text} for note in noted]
    parts.show_table(pd.DataFrame(told), "Data problems that people flagged")


def _report(records: Records) -> None:
    """Row by row what was wrong, for whoever may correct it: it quotes cells, so it is not in the published data."""
    if not records.viewer.may_import:
        parts.note("Which rows and cells these were is shown to whoever may import records.")
        return
    kept = kept_report.read(records.import_report) if records.import_report else None
    if kept is None:
        parts.note(
            "Which rows and cells these were is kept only for a time after an import, and is gone by now. It is in the "
            "report that the page Import offered, and in what `outcomes import --json` printed."
        )
        return
    if not st.toggle(f"Show the rows and cells ({parts.count_words(len(kept.issues))}), as they were written"):
        parts.note("They quote what stood in the files. That they are opened is put on record.")
        return
    records.opens_report(len(kept.issues))
    listed = [
        {"File": one.file, "Row": one.line, "Column": one.column, "Value": one.value, "What": one.message}
        for one in kept.issues
    ]
    parts.show_table(pd.DataFrame(listed), "What was wrong in the records of the last import, row by row")


def _late(records: Records) -> None:
    st.header("Entered late")
    late = late_entries(records)
    if late.empty:
        st.markdown("Against the import before, none: every older month was complete, or there was no import before.")
        return
    columns: parts.Columns = {
        "Kind of record": lambda row: row.kind.replace("_", " ").capitalize(),
        "Records": "records",
        "In months": "months",
        "The earliest": "earliest",
    }
    parts.show_table(parts.columns_of(late, columns), "Records that came long after what they record")
    parts.note(
        "Records of months that had ended three months before the data date of the import before, and that it did not "
        "have. Figures of those months were incomplete until now."
    )


def _provenance(records: Records) -> None:
    facts = records.facts
    parts.note(
        f"{parts.said(records.described)} · data to {parts.day_words(facts.data_date)} · "
        f"definitions {parts.said(facts.definitions_version)} · 95 % intervals"
    )

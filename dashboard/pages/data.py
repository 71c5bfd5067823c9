"""Data quality: whose follow-up is overdue, and whether the figures can be trusted."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.completeness import completeness, most_often_missing
from dashboard.analyses.data_issues import flags, issues, late_entries
from dashboard.analyses.export import csv_of
from dashboard.analyses.follow_up import OVERDUE, chance, everybody, follow_up, overdue_visits, worked_off
from dashboard.analyses.patients import shown_patient
from dashboard.charts import dot_interval, symptom_heat
from dashboard.definitions import load
from dashboard.pages import parts, trend
from dashboard.records import Records

VIEWS = {"visits": "Follow-up", "work": "Work list", "fields": "Completeness", "issues": "Issues and flags"}
GROUPS = {"procedure": "Procedure", "surgeon": "Surgeon", "site": "Site", "age": "Age", "smoking": "Smoking"}
GOAL = "follow_up_goal"
MOST_ROWS = 2_000
SEVERITIES = {"row": "Row left out", "note": "Note"}
WORST = 3


def page(records: Records) -> None:
    """One of four views: visits, the list to work off, completeness, issues."""
    st.title("Data quality")
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="data_view", label="Shown", width=330)
    draw = {"visits": _visits, "work": _work_list, "fields": _fields, "issues": _issues}[view]
    draw(records)


def _visits(records: Records) -> None:
    st.header("Answered of the visits that were due")
    whole = follow_up(records)
    with st.grid(3, min_column_width=190):
        for row in parts.rows_of(everybody(whole)):
            share = parts.percent(row.share) if row.shown else "counts only"
            detail = f"{parts.count_words(row.answered)} of {parts.count_words(row.due)} due"
            st.metric(row.visit_label, share, delta=detail, delta_color="off", delta_arrow="off", border=True)
    st.markdown(_sentence(whole))
    st.dataframe(_table(whole, ""), hide_index=True, width="stretch", alt="Visits due, answered, overdue and lost")
    parts.link_to("data", "Visits to ask for: the work list", {"data_view": VIEWS["work"]})
    _provenance(records)
    _worked_off(records)
    _by_group(records)


def _worked_off(records: Records) -> None:
    """What the work list could change: the share failed if everybody overdue were asked and answered."""
    rows = worked_off(records)
    if rows.empty:
        return
    st.header("What the share failed could become")
    shown = rows[rows["shown"]]
    said = [
        f"**{row.label}** at {row.visit} months: now {parts.percent(row.share)} ({parts.count_words(row.failed)} of "
        f"{parts.count_words(row.answered)} who answered). If the {parts.count_words(row.overdue)} overdue were all "
        f"answered: **{_range(row.lowest, row.highest)}** of {parts.count_words(row.answered + row.overdue)}."
        for row in parts.rows_of(shown)
    ]
    st.markdown("\n".join(f"* {words}" for words in said) or "Too few have answered for a share.")
    parts.note(
        "The lower end: all of the overdue were well. The upper end: all of them had failed. Only definitions that are "
        "asked at a visit hang on its answers; findings and reoperations are recorded without one."
    )
    table = pd.DataFrame(
        {
            "Definition": rows["label"],
            "Visit": [f"{months} months" for months in rows["visit"]],
            "Failed": rows["failed"],
            "Answered": rows["answered"],
            "Overdue": rows["overdue"],
            "Share failed if all overdue answered": _ranges(rows, "lowest", "highest"),
            "Lost, or the question left out": rows["others"],
            "Share failed if these answered too": _ranges(rows, "best_case", "worst_case"),
        }
    )
    with st.expander("The same as a table"):
        st.dataframe(table, hide_index=True, width="stretch", alt="Share failed if visits were answered, as ranges")


def _ranges(rows: pd.DataFrame, low: str, high: str) -> list[str]:
    return [
        _range(least, most) if shown else "counts only"
        for least, most, shown in zip(rows[low], rows[high], rows["shown"], strict=True)
    ]


def _range(low: float | None, high: float | None) -> str:
    """30.1 to 36.2 %."""
    if low is None or high is None or pd.isna(low) or pd.isna(high):
        return "–"
    return f"{100 * low:.1f} to {100 * high:.1f} %"


def _sentence(whole: pd.DataFrame) -> str:
    goal = load().benchmarks[GOAL]
    each = [
        f"{row.visit_label}: {row.overdue} overdue, {parts.percent(row.share_if_worked_off)} answered if they all were"
        for row in parts.rows_of(whole) if row.due
    ]  # fmt: skip
    warning = parts.within_sentence(goal.warning)
    return (
        f"A visit is due when its window has ended; overdue up to {load().overdue_days} days later; after that it is "
        f"lost. {'; '.join(each)}. Goal at 12 months: {parts.percent(goal.low)} ({goal.source}: {warning})"
    )


def _table(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    shown = pd.DataFrame({group: rows["label"]}) if group else pd.DataFrame(index=rows.index)
    shown["Visit"] = rows["visit_label"]
    for name in ("due", "answered", "overdue", "lost"):
        shown[name.capitalize()] = rows[name]
    shown["Share answered (95 % interval)"] = [_share(row) for row in parts.rows_of(rows)]
    shown["Answered if all overdue answered"] = [parts.percent(share) for share in rows["share_if_worked_off"]]
    shown["Open now"] = rows["open"]
    shown["Not yet due"] = rows["not_due"]
    shown["Died before"] = rows["died"]
    return shown


def _share(row: Any) -> str:
    if not row.shown:
        return f"{row.answered} of {row.due}"
    return f"{parts.percent(row.share)} ({parts.interval_words(row.lower, row.upper)})"


def _by_group(records: Records) -> None:
    st.header("Who is answering, and who is not")
    with st.container(horizontal=True):
        by = parts.choose_group(GROUPS, key="answered_by", label="By")
        visits = {visit.label: visit.months for visit in load().visits.values()}
        chosen = st.selectbox("Visit", list(visits), index=1, key="answered_visit", bind="query-params")
    rows = follow_up(records, by)
    rows = rows[rows["visit"] == visits[chosen]]
    limits = chance(rows)
    drawn = rows.assign(operations=rows["due"], failed=rows["answered"])
    goal = load().benchmarks[GOAL].low
    figure = dot_interval.dot_interval(
        drawn, comparator=goal, comparator_label=f"goal {parts.percent(goal)}", dark=parts.is_dark()
    )
    alt = "; ".join(f"{row.label}: {row.answered} of {row.due} due" for row in parts.rows_of(rows.head(8)))
    sentence = (
        f"Share answered of the {chosen} visits that were due. Where few answer, the shares of patient-reported "
        f"outcomes rest on those who did. {_chance_words(limits)}"
    )
    table = _table(rows, GROUPS[by])
    if len(limits):
        ranges = dict(zip(limits["label"], map(_range, limits["low"], limits["high"]), strict=True))
        table["Range that chance allows"] = [ranges.get(label, "") for label in rows["label"]]
    parts.show_figure(figure, alt=f"Answered. {alt}.", sentence=sentence, table=table, key="answered")


def _chance_words(limits: pd.DataFrame) -> str:
    """Whether any group's share lies further from all together than chance would leave one of its size, and which."""
    if limits.empty:
        return ""
    target = parts.percent(limits["target"].iloc[0])
    beyond = [
        f"{row.label} ({parts.percent(row.share)}, {parts.count_words(row.answered)} of {parts.count_words(row.due)}; "
        f"chance alone: {_range(row.low, row.high)})"
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
    st.dataframe(shown.head(MOST_ROWS), hide_index=True, width="stretch", alt="Visits overdue or open now")
    if len(shown) > MOST_ROWS:
        parts.note(f"The first {MOST_ROWS:,} are shown; the file has all.")
    st.download_button(
        "Download as CSV", data=lambda: csv_of(records, "Visits to ask for", shown), file_name="visits-to-ask-for.csv",
        mime="text/csv", on_click="ignore",
    )  # fmt: skip
    _provenance(records)


def _work_table(records: Records, rows: pd.DataFrame) -> pd.DataFrame:
    windows = {str(visit.months): visit for visit in load().visits.values()}
    over = [
        max(0, days - windows[visit].high)
        for days, visit in zip(rows["days_since_surgery"], rows["visit"], strict=True)
    ]
    return pd.DataFrame(
        {
            "Visit": [windows[visit].label for visit in rows["visit"]],
            "State": ["overdue" if state == OVERDUE else "open now" for state in rows["visit_state"]],
            "Days overdue": over,
            "Operated": [parts.day_words(day) for day in rows["operated"]],
            "Procedure": [records.label("procedure", name) for name in rows["procedure"]],
            "Surgeon": rows["surgeon"],
            "Site": rows["site"],
            "Patient": [shown_patient(patient) for patient in rows["patient"]],
        }
    )


def _fields(records: Records) -> None:
    st.header("What is recorded, year by year")
    rows = completeness(records)
    named = "; ".join(
        f"{parts.within_sentence(row.label)}, {parts.percent(row.missing)}"
        for row in parts.rows_of(most_often_missing(rows).head(WORST))
    )
    words = rows.assign(year=rows["year"].astype(str), words=[parts.percent(1 - share) for share in rows["share"]])
    table = words.pivot_table(index="label", columns="year", values="words", aggfunc="first", sort=False)
    percents = rows.assign(
        category_label=rows["year"].astype(str), operations=(100 * (1 - rows["share"])).round().astype(int)
    )
    figure = symptom_heat.symptom_heat(percents, unit="% not recorded", dark=parts.is_dark())
    parts.show_figure(
        figure, alt=f"Percent not recorded by factor and year. Most often missing: {named}.",
        sentence=f"Percent **not** recorded, by year of surgery: the fewer the better. Most often missing: {named}.",
        table=table.reset_index(names="Share not recorded"), key="completeness",
    )  # fmt: skip
    _provenance(records)
    trend.operations(records)


def _issues(records: Records) -> None:
    st.header("Issues of the last import")
    found = issues(records)
    if found.empty:
        st.markdown("The last import found nothing wrong.")
    else:
        double = int(found.loc[found["double"], "times"].sum())
        left_out = int(found.loc[found["severity"] == "row", "times"].sum())
        st.markdown(
            f"{int(found['times'].sum())} in all: {left_out} left rows out, the others are notes. {double} are "
            "possible double registrations."
        )
        shown = pd.DataFrame(
            {
                "What": found["severity"].map(SEVERITIES),
                "Rule": found["rule"].str.replace("_", " "),
                "Times": found["times"],
                "First place": [f"{row.file}, row {row.first_line}" for row in parts.rows_of(found)],
            }
        )
        st.dataframe(shown, hide_index=True, width="stretch", alt="Rules that records broke, with counts")
        parts.note(
            "The whole list, line by line, is in the report of the page Import, and in what `outcomes import --json` "
            "printed."
        )
    _late(records)
    st.header("Flagged by people")
    noted = flags(records)
    if not noted:
        st.markdown("Nobody has flagged a data problem. A record is flagged on the page Patients.")
        return
    if not records.viewer.sees_patients:
        st.markdown(f"{len(noted)} flagged. Your role shows counts, not what was written about single patients.")
        return
    table = pd.DataFrame(
        {
            "Flagged": [parts.day_words(note.at.date()) for note in noted],
            "By": [note.who for note in noted],
            "What": [note.text for note in noted],
        }
    )
    st.dataframe(table, hide_index=True, width="stretch", alt="Data problems that people flagged")


def _late(records: Records) -> None:
    st.header("Entered late")
    late = late_entries(records)
    if late.empty:
        st.markdown("Against the import before, none: every older month was complete, or there was no import before.")
        return
    table = pd.DataFrame(
        {
            "Kind of record": late["kind"].str.replace("_", " ").str.capitalize(),
            "Records": late["records"],
            "In months": late["months"],
            "The earliest": late["earliest"],
        }
    )
    st.dataframe(table, hide_index=True, width="stretch", alt="Records that came long after what they record")
    parts.note(
        "Records of months that had ended three months before the data date of the import before, and that it did not "
        "have. Figures of those months were incomplete until now."
    )


def _provenance(records: Records) -> None:
    facts = records.facts
    parts.note(
        f"{records.described} · data to {parts.day_words(facts.data_date)} · definitions {facts.definitions_version} · "
        "95 % intervals"
    )

"""Data quality: whose follow-up is overdue, and whether the figures can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.access import CORRECTION, FIGURES, REPORTS
from dashboard.analyses.completeness import completeness, over_all_years, told_of_all_years, unreadable_fields
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
from dashboard.analyses.verdicts.data_quality import (
    FACTORS_UNTOLD,
    asking_verdict,
    followed_verdict,
    recorded_verdict,
)
from dashboard.analyses.verdicts.overall import BAND
from dashboard.charts import symptom_heat
from dashboard.definitions import Benchmark, load
from dashboard.definitions.terms import Visit
from dashboard.errors import told_or
from dashboard.exports.offers import PATIENTS
from dashboard.pages import exporting, furniture, issues, letters, parts, programmes, trend
from dashboard.pages.addresses import Views
from dashboard.pages.furniture import KeyFigure, Link
from dashboard.records import Records

VIEWS = {
    "visits": "Follow-up", "work": "Work list", "letters": "Letters", "fields": "Completeness",
    "issues": "Issues and flags", "asked": "Registries and payers",
}  # fmt: skip
SHOWN = Views(
    "data_view", VIEWS, {"work": CORRECTION, "letters": CORRECTION, "asked": REPORTS}, exact=("issues", "asked")
)
GROUPS = {"site": "Site", "surgeon": "Surgeon", "procedure": "Procedure", "age": "Age", "smoking": "Smoking"}
LETTERS = Link("data", "Letters of a month", {"data_view": VIEWS["letters"]})
WORK_LIST = Link("data", "Visits to ask for: the work list", {"data_view": VIEWS["work"]})
RANGES_TOLD = (
    "What the share failed could become, lower end: all of them were well; upper end: all of them had failed. Only "
    "definitions that are asked at a visit hang on its answers; findings and reoperations are recorded without one."
)
MOST_ROWS, LIST_TALL, FACTORS_TALL, MOST_DRAWN = 2_000, 430, 215, 8
WORST = 3


def page(records: Records) -> None:
    """One of six views: visits, the list to work off, letters, completeness, issues, what registries and payers ask."""
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    with furniture.choices():
        view = parts.choose_view(records, SHOWN)
        chosen = CHOICES[view](records) if view in CHOICES else ()
    SECTIONS[view](records, top, *chosen)


def _choose(records: Records) -> tuple[str, Visit]:
    """By what the answers are parted, and at which visit."""
    by = parts.choose_group(parts.parting(records, GROUPS), key="answered_by", label="By")
    return by, parts.choose_visit("answered_visit")


def _visits(records: Records, top: furniture.AnswerPlace, by: str, visit: Visit) -> None:
    recorded = "follow_up" not in records.missing_kinds
    if recorded:
        with top:
            furniture.verdict(followed_verdict(records))
    whole = follow_up(records)
    rows = list(parts.rows_of(everybody(whole)))
    furniture.key_figures([*map(_figure, rows), *_asked_for(rows)], key="visits")
    outcomes = records.viewer.may(FIGURES)
    with furniture.side_by_side(2, key="follow-up") if outcomes else nullcontext():
        _by_group(records, by, visit)
        if outcomes:
            with furniture.card("What the share failed could become", key="worked-off", link=WORK_LIST):
                _worked_off(records)
    if recorded and outcomes:  # what the answers could be at worst, of each group too, is part of the answer
        parts.note(parts.said(answered_verdict(records).doubt))
    parts.show_table(_table(whole), "Visits due, answered, overdue and lost", whole=True, rows=whole)
    told = RANGES_TOLD if outcomes else ""
    furniture.method(parts.said(_sentence(whole)), told, furniture.provenance(records))


def _figure(row: Any) -> KeyFigure:
    """One visit: the share answered, of how many, and how many can still be asked for."""
    share = parts.percent(row.share) if row.shown else "counts only"
    rests_on = f"{parts.interval_words(row.lower, row.upper)} \N{MIDDLE DOT} " if row.shown else ""
    could = f"if all overdue answered: {parts.percent(row.share_if_worked_off)}" if row.shown and row.overdue else ""
    return KeyFigure(
        f"Answered at {row.visit_label}", share, f"{rests_on}{wording.out_of(row.answered, row.due)} due", could
    )


def _asked_for(rows: Sequence[Any]) -> list[KeyFigure]:
    """How many visits are overdue, can be asked for in their time, and were lost; of all of them, and of each."""
    named = {"overdue": "Visits overdue", "open": "Visits open now", "lost": "Visits lost"}
    return [
        KeyFigure(
            label, parts.count_words(sum(int(getattr(row, name)) for row in rows)),
            ", ".join(f"{parts.count_words(getattr(row, name))} at {row.visit}" for row in rows) + " months",
            link=WORK_LIST if name != "lost" else None,
        )
        for name, label in named.items()
    ]  # fmt: skip


def _worked_off(records: Records) -> None:
    """What the share failed would be if the overdue answered, whom the work list can still reach, and if all did."""
    rows = worked_off(records)
    if rows.empty:
        st.markdown("No definition of failure that is in use hangs on answers at a visit.")
        return
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
    parts.show_as_table(parts.columns_of(rows, columns), "Share failed if visits were answered, as ranges", rows=rows)


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


def _by_group(records: Records, by: str, visit: Visit) -> None:
    chosen = visit.label
    rows = follow_up(records, by)
    rows = rows[rows["visit"] == visit.months]
    limits = chance(records, rows)
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
        bands = told_or(partial(failure_rate, records, outcome.name, by), None)
        at_worst = {} if bands is None else {row.label: parts.best_to_worst(row) for row in parts.rows_of(bands)}
        table[f"{outcome.short}{BAND}"] = [at_worst.get(label, "") for label in rows["label"]]
    compared = {"comparator": goal, "comparator_label": f"goal {parts.percent(goal)}"}
    with furniture.card(f"Answered at {chosen}, by {GROUPS[by].lower()}", key="answered"):
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


def _work_list(records: Records, top: furniture.AnswerPlace) -> None:
    if "follow_up" not in records.missing_kinds:
        with top:
            furniture.verdict(asking_verdict(records))
    rows = overdue_visits(records)
    if rows.empty:
        st.markdown("No visit is overdue or open now among these operations.")
        return
    shown = _work_table(records, rows)
    with furniture.card("Visits to ask for", key="work", link=LETTERS):
        parts.show_table(shown.head(MOST_ROWS), "Visits overdue or open now", height=LIST_TALL, holds=PATIENTS)
        if len(shown) > MOST_ROWS:
            parts.note(f"The first {MOST_ROWS:,} are shown; the file has all.")
        exporting.download(records, "Visits to ask for", shown)
    parts.note("Each opening of this list is kept in the audit file.")
    parts.note(furniture.provenance(records))


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


def _fields(records: Records, top: furniture.AnswerPlace) -> None:
    with top:
        furniture.verdict(recorded_verdict(records))
    if records.viewer.is_protected:
        _fields_told(records)
        return
    rows = completeness(records)
    whole = over_all_years(rows)
    missing = 1 - (rows["recorded"] + rows["unreadable"]) / rows["operations"]
    words = rows.assign(year=rows["year"].astype(str), words=[parts.percent(share) for share in missing])
    table = words.pivot_table(index="label", columns="year", values="words", aggfunc="first", sort=False)
    percents = rows.assign(category_label=rows["year"].astype(str), operations=(100 * missing).round().astype(int))
    # Largest first, as in the table beside it: of some dozens of factors the rest are as good as complete.
    drawn = percents.set_index("label").loc[whole["label"].head(MOST_DRAWN)].reset_index()
    figure = symptom_heat.symptom_heat(drawn, unit="% not recorded", dark=parts.is_dark())
    named = "; ".join(
        f"{wording.within_sentence(row.label)}, {parts.percent(row.missing_share)}"
        for row in parts.rows_of(whole.head(WORST))
    )
    with furniture.side_by_side(2, key="fields"):
        with furniture.card("What is recorded, year by year", key="completeness"):
            parts.show_figure(
                figure, alt=f"Percent not recorded by factor and year. Most often missing: {named}.",
                sentence="Percent not recorded, by year of surgery, of what is most often missing; fewer is better.",
                table=table.loc[whole["label"]].reset_index(names="Share not recorded"), key="completeness",
            )  # fmt: skip
        trend.operations(records)
    with furniture.card("Recorded, not readable, not recorded", key="readable"):
        _readable(records, whole)
    parts.note(furniture.provenance(records))


def _fields_told(records: Records) -> None:
    """Of which factors it can be told in protected counts how often they are not recorded."""
    rows = told_of_all_years(records)
    columns: parts.Columns = {
        "Factor": "label",
        "Operations": "operations",
        "Not recorded": "missing",
        "Share not recorded": lambda row: parts.percent(row.missing_share),
    }
    with furniture.card("Not recorded, over all these years", key="readable"):
        parts.show_table(parts.columns_of(rows, columns), "Each factor that is told", whole=True, rows=rows)
        parts.note(FACTORS_UNTOLD)
    parts.note(furniture.provenance(records))


def _readable(records: Records, whole: pd.DataFrame) -> None:
    """What was recorded but could not be read is not the same as what was not recorded."""
    columns: parts.Columns = {
        "Factor": "label",
        "Operations": "operations",
        "Recorded": "recorded",
        "Not readable": "unreadable",
        "Not recorded": "missing",
    }
    parts.show_table(
        parts.columns_of(whole, columns),
        "Each factor over all these years, in operations",
        rows=whole,
        height=FACTORS_TALL,
    )
    fields = unreadable_fields(records)
    if fields.empty:
        st.markdown("No cell of these operations was left out because it could not be read.")
        return
    named = parts.columns_of(fields, {"Column": "label", "Operations": "operations"})
    parts.show_table(named, "Columns with cells that could not be read", rows=fields)
    which = " Which cells: in the report of the page Import." if records.viewer.may_import else ""
    parts.note(
        "Not readable: something was recorded, but it is not what its column holds, or contradicts other cells. It was "
        f"left out alone, and its operation stays.{which}"
    )


CHOICES: Mapping[str, Callable[[Records], tuple[Any, ...]]] = {
    "visits": _choose, "letters": letters.choose, "asked": programmes.choose,
}  # fmt: skip
"""The choices of a view that has some."""
SECTIONS: Mapping[str, Callable[..., None]] = {
    "visits": _visits, "work": _work_list, "letters": letters.section, "fields": _fields, "issues": issues.section,
    "asked": programmes.section,
}  # fmt: skip

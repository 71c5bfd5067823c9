"""What patients report: how far they changed, how many by an amount that matters, and what they say themselves."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.proms import by_baseline, opinions, proms
from dashboard.charts import change_boxes
from dashboard.definitions import Measure, load
from dashboard.pages import parts
from dashboard.records import Records

GROUPS = {"family": "Family", "procedure": "Procedure", "surgeon": "Surgeon", "site": "Site"}


def section(records: Records) -> None:
    """One measure at one visit by group, then the bands before surgery, then the questions answered in words."""
    reported = load().patient_reported
    measures = {measure.name: measure for measure in reported.measures}
    with st.container(horizontal=True):
        labels = {name: measure.label for name, measure in measures.items()}
        measure = measures[parts.choose_group(labels, key="measure", label="Measure")]
        visit = parts.choose_visit("prom_visit")
        by = parts.choose_group(GROUPS, key="prom_by")
    rows = proms(records, measure.name, by)
    label = visit.label
    rows = rows[rows["visit"] == visit.months]
    whole = proms(records, measure.name)
    whole = whole[whole["visit"] == visit.months]
    _changes(rows, whole.iloc[0], measure, label)
    _shares(rows, measure, label)
    parts.note(f"{measure.source}. {measure.caution} · {parts.counted_on(records)}")
    _bands(records, measure, visit.months, label)
    _opinions(records, visit.months, label)


def _changes(rows: pd.DataFrame, whole: Any, measure: Measure, label: str) -> None:
    st.header(f"{measure.label}: change from before surgery to {label}")
    drawn = rows.assign(operations=rows["with_change"], shown=rows["with_change"] >= 10)
    figure = change_boxes.change_boxes(drawn, unit=measure.unit, important=measure.important, dark=parts.is_dark())
    sentence = (
        f"{parts.count_words(whole['with_change'])} of {parts.count_words(whole['due'])} due answered both before "
        f"surgery and at {label}; {parts.count_words(whole['answered'])} answered at {label}, some of them not this "
        "measure or not before surgery. A plus is an improvement, whichever way the score itself runs. Diamond: "
        "median; bar: the middle half; line: all but the outer tenths; dashed: "
        f"{measure.important:g} {measure.unit}, the smallest change that matters."
    )
    alt = change_boxes.describe(drawn, unit=measure.unit)
    parts.show_figure(figure, alt=alt, sentence=sentence, table=_table(rows, measure, label), key="changes")
    if whole["note"]:
        parts.note(whole["note"])


def _table(rows: pd.DataFrame, measure: Measure, label: str) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Group": "label",
            f"Median ({measure.unit})": _quartiles,
            "Answered both times": "with_change",
            "Change that matters": lambda row: _share(row, "mcid_reached", "mcid_share", ""),
            "Substantial": lambda row: _share(row, "substantial", "substantial_share", "substantial_"),
            "Worse": lambda row: _share(row, "worse", "worse_share", "worse_"),
            f"Answered at {label}": "answered",
            "Due": "due",
        },
    )


def _quartiles(row: Any) -> str:
    if row.with_change < 10:
        return "counts only"
    return f"{row.median:+.3g} ({row.lower_quartile:+.3g} to {row.upper_quartile:+.3g})"


def _share(row: Any, count: str, share: str, prefix: str) -> str:
    shown = getattr(row, share) if row.with_change >= 10 else None
    limits = getattr(row, f"{prefix}lower"), getattr(row, f"{prefix}upper")
    return parts.share_words(shown, getattr(row, count), row.with_change, *limits)


def _shares(rows: pd.DataFrame, measure: Measure, label: str) -> None:
    st.header(f"How many changed by an amount that matters, at {label}")
    kinds = (
        (f"Better by {measure.important:g} or more", "mcid_reached", "mcid_share", ""),
        (f"Better by {measure.substantial:g} or more", "substantial", "substantial_share", "substantial_"),
        (f"Worse by {measure.worse:g} or more", "worse", "worse_share", "worse_"),
    )
    pieces = [
        rows.assign(
            section=title, operations=rows["with_change"], failed=rows[count], share=rows[share],
            lower=rows[f"{prefix}lower"], upper=rows[f"{prefix}upper"], shown=rows["with_change"] >= 10,
        )[["section", "label", "operations", "failed", "share", "lower", "upper", "shown"]]
        for title, count, share, prefix in kinds
    ]  # fmt: skip
    drawn = pd.concat(pieces, ignore_index=True)
    drawn = drawn[drawn["operations"] > 0]
    sentence = "Of those who answered both before surgery and at this visit; the others could differ."
    parts.show_shares(drawn, sentence, alt=f"Shares by change. {sentence}", key="shares-changed")


def _bands(records: Records, measure: Measure, visit: int, label: str) -> None:
    st.header("By disability before surgery")
    rows = by_baseline(records, measure.name, visit)
    drawn = rows.rename(columns={"band": "label", "with_change": "operations", "mcid_reached": "failed"})
    drawn = drawn[drawn["operations"] > 0]
    sentence = (
        f"Share better by {measure.important:g} or more at {label}, by disability before surgery: who had little to "
        "begin with has little room to improve."
    )
    parts.show_shares(drawn, sentence, alt=sentence, key="baseline-bands")


def _opinions(records: Records, visit: int, label: str) -> None:
    st.header(f"In their own words at {label}")
    rows = opinions(records)
    rows = rows[rows["visit"] == visit]
    for name in dict.fromkeys(rows["opinion"]):
        part = rows[rows["opinion"] == name]
        first = part.iloc[0]
        st.markdown(f"**{first['label']}**: {parts.count_words(first['of'])} of {parts.count_words(first['due'])} due.")
        shares = [parts.percent(share) if first["of"] >= 10 else "counts only" for share in part["share"]]
        columns: parts.Columns = {"Answer": "answer_label", "Share": "shares", "Operations": "answers"}
        parts.show_table(parts.columns_of(part.assign(shares=shares), columns), f"{first['label']} at {label}")

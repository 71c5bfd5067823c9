"""What patients report: where they end, how far they changed, whether that matters, and what they say themselves."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.proms import by_baseline, opinions, proms
from dashboard.charts import change_boxes
from dashboard.definitions import Measure, Thresholds, load
from dashboard.pages import acceptable, parts
from dashboard.records import Records

GROUPS = {"family": "Family", "procedure": "Procedure", "surgeon": "Surgeon", "site": "Site"}


def section(records: Records) -> None:
    """Who reached an acceptable state; one measure at one visit; the bands before surgery; the answers in words."""
    acceptable.section(records)
    reported = load().patient_reported
    measures = {measure.name: measure for measure in reported.measures}
    with st.container(horizontal=True):
        labels = {name: measure.label for name, measure in measures.items()}
        measure = measures[parts.choose_group(labels, key="measure", label="Measure")]
        visit = parts.choose_visit("prom_visit")
        by = parts.choose_group(GROUPS, key="prom_by")
        held_to = parts.choose_group({one.name: one.label for one in reported.sets}, key="thresholds", label="Held to")
    amounts, label = measure.thresholds[held_to], visit.label
    rows = proms(records, measure.name, by, held_to)
    rows = rows[rows["visit"] == visit.months]
    whole = proms(records, measure.name, None, held_to)
    whole = whole[whole["visit"] == visit.months]
    _changes(rows, whole.iloc[0], measure, label)
    _shares(rows, measure, amounts, label)
    _sources(records, measure, amounts)
    _bands(records, measure, visit.months, label, held_to)
    _opinions(records, visit.months, label)


def _changes(rows: pd.DataFrame, whole: Any, measure: Measure, label: str) -> None:
    st.header(f"{measure.label}: change from before surgery to {parts.said(label)}")
    drawn = rows.assign(operations=rows["with_change"], shown=rows["with_change"] >= 10)
    figure = change_boxes.change_boxes(
        drawn, unit=measure.unit, important=whole["important_change"], detectable=measure.detectable,
        dark=parts.is_dark(),
    )  # fmt: skip
    sentence = (
        f"{parts.count_words(whole['with_change'])} of {parts.count_words(whole['due'])} due answered both before "
        f"surgery and at {label}; {parts.count_words(whole['answered'])} answered at {label}, some of them not this "
        "measure or not before surgery. A plus is an improvement, whichever way the score itself runs. Diamond: "
        "median; bar: the middle half; line: all but the outer tenths; dashed: "
        f"{whole['important_change']:g} {measure.unit}, the smallest change that matters. Pale: up to "
        f"{measure.detectable:g} either way a change in one patient may be the error of measurement alone."
    )
    alt = change_boxes.describe(drawn, unit=measure.unit)
    parts.show_figure(figure, alt=alt, sentence=sentence, table=_table(rows, measure, label), key="changes")
    if whole["note"]:
        parts.note(parts.said(whole["note"]))


def _table(rows: pd.DataFrame, measure: Measure, label: str) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Group": "label",
            f"Median ({measure.unit})": _quartiles,
            "Answered both times": "with_change",
            "Change that matters": lambda row: _share(row, "mcid_reached", "mcid_share", "") + _mark(row),
            "Substantial": lambda row: _share(row, "substantial", "substantial_share", "substantial_"),
            "Worse": lambda row: _share(row, "worse", "worse_share", "worse_"),
            f"Better by {measure.detectable:g} or more, beyond the error of measurement": lambda row: _share(
                row, "detectable", "detectable_share", "detectable_"
            ),
            f"Answered at {label}": "answered",
            "Due": "due",
        },
    )


def _quartiles(row: Any) -> str:
    if row.with_change < 10:
        return "counts only"
    return f"{row.median:+.3g} ({row.lower_quartile:+.3g} to {row.upper_quartile:+.3g})"


def _mark(row: Any) -> str:
    return f"; {row.important_change:g} is within the error of measurement" if row.within_error else ""


def _share(row: Any, count: str, share: str, prefix: str) -> str:
    if pd.isna(getattr(row, count)):
        return "no threshold in this set"
    shown = getattr(row, share) if row.with_change >= 10 else None
    limits = getattr(row, f"{prefix}lower"), getattr(row, f"{prefix}upper")
    return parts.share_words(shown, getattr(row, count), row.with_change, *limits)


def _shares(rows: pd.DataFrame, measure: Measure, amounts: Thresholds, label: str) -> None:
    st.header(f"How many changed by an amount that matters, at {parts.said(label)}")
    kinds = [
        (f"{way} by {amount:g} or more{_within(measure, amount)}", count, share, prefix)
        for way, amount, count, share, prefix in (
            ("Better", amounts.important, "mcid_reached", "mcid_share", ""),
            ("Better", amounts.substantial, "substantial", "substantial_share", "substantial_"),
            ("Worse", amounts.worse, "worse", "worse_share", "worse_"),
        )
        if amount is not None
    ]
    pieces = [
        rows.assign(
            section=title, operations=rows["with_change"], failed=rows[count], share=rows[share],
            lower=rows[f"{prefix}lower"], upper=rows[f"{prefix}upper"], shown=rows["with_change"] >= 10,
        )[["section", "label", "operations", "failed", "share", "lower", "upper", "shown"]]
        for title, count, share, prefix in kinds
    ]  # fmt: skip
    drawn = pd.concat(pieces, ignore_index=True)
    drawn = drawn[drawn["operations"] > 0]
    sentence = (
        "Of those who answered both before surgery and at this visit; the others could differ. Within error: smaller "
        f"than {measure.detectable:g}, the smallest change beyond the error of measurement in one patient."
    )
    parts.show_shares(drawn, sentence, alt=f"Shares by change. {sentence}", key="shares-changed")


def _within(measure: Measure, amount: float) -> str:
    return " (within error)" if measure.within_error(amount) else ""


def _sources(records: Records, measure: Measure, amounts: Thresholds) -> None:
    """Where the amounts come from, and whether the smallest that matters can be told apart from error at all."""
    error = (
        f"The smallest change that matters ({amounts.important:g}) lies below the smallest that can be told from error "
        f"in one patient ({measure.detectable:g}): read it of groups, not of one patient. "
        if measure.within_error(amounts.important) else ""
    )  # fmt: skip
    parts.note(
        parts.said(
            f"{error}{amounts.source}. Error of measurement: {measure.detectable_source}. {measure.caution} · "
            f"{parts.counted_on(records)}"
        )
    )


def _bands(records: Records, measure: Measure, visit: int, label: str, held_to: str) -> None:
    st.header("By disability before surgery")
    rows = by_baseline(records, measure.name, visit, held_to)
    drawn = rows.rename(columns={"band": "label", "with_change": "operations", "mcid_reached": "failed"})
    drawn = drawn[drawn["operations"] > 0]
    important = measure.thresholds[held_to].important
    sentence = (
        f"Share better by {important:g} or more at {label}, by disability before surgery: who had little to begin with "
        "has little room to improve."
    )
    parts.show_shares(drawn, sentence, alt=sentence, key="baseline-bands")


def _opinions(records: Records, visit: int, label: str) -> None:
    st.header(f"In their own words at {parts.said(label)}")
    rows = opinions(records)
    rows = rows[rows["visit"] == visit]
    for name in dict.fromkeys(rows["opinion"]):
        part = rows[rows["opinion"] == name]
        first = part.iloc[0]
        st.markdown(
            f"**{parts.said(first['label'])}**: {parts.count_words(first['of'])} of "
            f"{parts.count_words(first['due'])} due."
        )
        shares = [parts.percent(share) if first["of"] >= 10 else "counts only" for share in part["share"]]
        columns: parts.Columns = {"Answer": "answer_label", "Share": "shares", "Operations": "answers"}
        parts.show_table(parts.columns_of(part.assign(shares=shares), columns), f"{first['label']} at {label}")

"""Compare: where a surgeon or a site stands, beside what chance and case mix lead one to expect. Never a ranking."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.compare import LIMITS, Comparison, Funnel, compare, shares_possible
from dashboard.analyses.verdicts.units import NO_CASE_MIX, units_verdict
from dashboard.analyses.ways import ways
from dashboard.charts import funnel_plot
from dashboard.definitions import Outcome, load
from dashboard.pages import model, monitor, parts, plans
from dashboard.records import Records

VIEWS = {"compare": "Surgeons or sites", "monitoring": monitor.VIEW, "plans": plans.VIEW}
BEYOND = ("beyond 95 %", "beyond 99.8 %")
UNITS = {"surgeon": "Surgeon", "site": "Site"}
DRAWN = dict(zip(LIMITS, ("lower_95", "upper_95", "lower_998", "upper_998"), strict=True))


def page(records: Records) -> None:
    """The funnel of observed over expected, the funnel of shares within one family, the model, and the monitoring."""
    if parts.nothing_to_show(records):
        return
    view = parts.choose_group(VIEWS, key="comparison", label="Shown", width=330)
    if view != "compare":
        {"monitoring": monitor.section, "plans": plans.section}[view](records)
        return
    with st.container(horizontal=True):
        outcome = parts.choose_outcome()
        landmark = parts.choose_landmark()
        by = parts.choose_group(UNITS, key="unit", label="Compared")
    if parts.nobody_records(records, outcome, ("time", "landmark")):
        return
    when = f"by {landmark.label}" if outcome.kind == "time" else "at the 12-month visit"
    parts.verdict(units_verdict(records, outcome.name, by, landmark.days))
    answer = compare(records, outcome.name, by, landmark.days)

    def again(wider: Records) -> Comparison:
        return compare(wider, outcome.name, by, landmark.days)

    _ratios(answer, outcome, when)
    if not _has_ratios(answer):
        parts.offer(ways(records, lambda wider: _has_ratios(again(wider))), key="ratios", path=None)
    _shares(answer, outcome, when)
    if answer.shares is None:
        unlike = answer.families if len(answer.families) > 1 else ()
        parts.offer(
            ways(records, lambda other: shares_possible(other, outcome.name, by, landmark.days), unlike=unlike),
            key="shares", path=None,
        )  # fmt: skip
    parts.provenance(records, outcome, over_time=False)
    _table(answer)
    st.header("The model behind what is expected")
    model.show(records, answer.model, key="calibration")


def _ratios(answer: Comparison, outcome: Outcome, when: str) -> None:
    st.header(f"{outcome.short} {parts.said(when)}: seen against expected")
    if answer.ratios is None or not _has_ratios(answer):
        st.info(parts.said(_no_ratios(answer)))
        return
    units = answer.units
    points = points_of_ratios(units)
    _draw(points, answer.ratios, "ratio", _ratio_sentence(answer), key="ratios")
    parts.note(_other_outcome())
    for words, held in units[~units["ratio_shown"]].groupby("ratio_note", sort=False):
        parts.note(f"{', '.join(map(parts.said, held['label']))}: {parts.said(words)}")


def _has_ratios(answer: Comparison) -> bool:
    return answer.ratios is not None and bool(answer.units["ratio_shown"].any())


def _no_ratios(answer: Comparison) -> str:
    if answer.model.fit is None:
        return f"Not shown: {NO_CASE_MIX}, as {answer.model.plan.reason}."
    return "Not shown: no surgeon or site has ten operations with everything recorded and five expected failures."


def _other_outcome() -> str:
    watched = load().monitoring
    return (
        f"Needs review and Monitoring follow another outcome, {load().outcomes[watched.outcome].short.lower()} within "
        f"{watched.within_days} days: a unit may stand out there and not here."
    )


def _ratio_sentence(answer: Comparison) -> str:
    drawn = int(answer.units["ratio_shown"].sum())
    beyond = int((answer.units["ratio_position"].isin(BEYOND)).sum())
    sentences = [
        _beyond_words(beyond, drawn),
        "1 means: as many failures as this practice's patients and procedures lead one to expect.",
        "Hollow dots are drawn towards 1 as far as a unit's figure rests on few failures."
        if answer.units["shrunken"].notna().any()
        else "Fewer than five units: none is drawn towards the others.",
        "Adjusted for procedure, so that unlike procedures may stand together." if len(answer.families) > 1 else "",
        "Two units' ratios are not compared with each other: each is held against its own patients.",
        _spread_words(answer.ratios, "" if answer.others else f" ({drawn})"),
    ]  # fmt: skip
    return " ".join(sentence for sentence in sentences if sentence)


def _shares(answer: Comparison, outcome: Outcome, when: str) -> None:
    st.header(f"{outcome.short} {parts.said(when)}: share failed")
    units = answer.units
    if answer.shares is None:
        st.info(parts.said(answer.no_shares))
        if len(answer.families) < 2:
            parts.bear_in_mind(units)
        return
    points = points_of_shares(units)
    _draw(points, answer.shares, "share", _share_sentence(answer, answer.shares), key="shares")
    parts.bear_in_mind(units)


def _beyond_words(beyond: int, drawn: int) -> str:
    """How many lie beyond the limits of one funnel, and how many would by chance."""
    if drawn == 1:
        return ""
    verb = "lies" if beyond == 1 else "lie"
    return f"{beyond or 'None'} of {drawn} {verb} beyond the 95 % limits; one in twenty does by chance."


def _share_sentence(answer: Comparison, shares: Funnel) -> str:
    units = int(answer.units["shown"].sum())
    together = (
        f"All these {answer.by}s together: {parts.percent(shares.target)} of operations whose state is known. "
        if len(answer.units) > 1 or answer.others
        else ""
    )
    sentences = [
        _beyond_words(int(answer.units["position"].isin(BEYOND).sum()), units),
        f"{together}Not adjusted: a unit that treats sicker patients stands higher.",
        _spread_words(shares, "" if answer.others else f" ({units})"),
    ]
    return " ".join(filter(None, sentences))


def _spread_words(drawn: Funnel | None, units: str) -> str:
    if drawn is None or drawn.phi is None:
        return f"With fewer than ten units{units} it cannot be judged whether they differ beyond chance."
    if drawn.widened:
        return f"Units differ by more than chance (overdispersion {drawn.phi:.1f}): the limits are widened for it."
    return f"Units differ no more than chance explains (overdispersion {drawn.phi:.1f})."


def points_of_ratios(units: pd.DataFrame) -> pd.DataFrame:
    """The units as ``funnel_plot`` reads them: failures seen over expected."""
    hover = [_ratio_words(row) for row in parts.rows_of(units)]
    place = {"position": units["ratio_position"], "shown": units["ratio_shown"]}
    return units.assign(size=units["expected"], value=units["ratio"], hover=hover, **place)


def points_of_shares(units: pd.DataFrame) -> pd.DataFrame:
    """The same of the share failed, which is drawn towards nothing."""
    hover = [_share_words(row) for row in parts.rows_of(units)]
    return units.assign(size=units["operations"], value=units["share"], shrunken=float("nan"), hover=hover)


def _draw(points: pd.DataFrame, drawn: Funnel, measure: str, sentence: str, *, key: str) -> None:
    lines = drawn.lines.rename(columns=DRAWN)
    figure = funnel_plot.funnel_plot(points, lines, target=drawn.target, measure=measure, dark=parts.is_dark())
    alt = funnel_plot.describe(points, target=drawn.target, measure=measure)
    parts.show_figure(figure, alt=alt, sentence=sentence, table=None, key=key)


def _table(answer: Comparison) -> None:
    st.header("Each in figures")
    units = answer.units
    shares: parts.Columns = {
        "Share failed": lambda row: _share_words(row) if row.shown else "counts only",
        **parts.WORST_CASE,
        "Share lies": lambda row: _position(row.position) if row.shown else "",
    }
    shown = parts.columns_of(
        units,
        {
            UNITS[answer.by]: lambda row: f"{row.label} (you)" if row.own else row.label,
            "Seen / expected": lambda row: _ratio_words(row) if row.ratio_shown else "not shown",
            "Left out, a factor not recorded": _dropped if answer.model.fit is not None else lambda row: "no ratio",
            "Ratio lies": lambda row: _position(row.ratio_position) if row.ratio_shown else "",
            "Drawn towards 1": lambda row: _number(row.shrunken) if row.ratio_shown else "",
            **(shares if len(answer.families) == 1 else {}),
            "Operations": "all_operations",
            "Known operations": "operations",
            "Failed": "failed",
            "Known, of those due": parts.known_of_due,
        },
    )
    alt = "Each unit with known operations, failures, share, and failures seen over expected"
    parts.show_table(shown, alt)
    parts.note(
        "In order of name. A unit with fewer than ten known operations stands with its counts only. Known: the time "
        "has come, and the operation failed by then or was followed so long; those who died before it do not count, "
        "and are not among the others who could all be well or all have failed."
    )
    parts.note(
        "Whether a ratio lies beyond is judged by the limits, drawn round 1 for a unit of that size. The interval in "
        "brackets is drawn round the unit's own figure and is exact: near the limits it may still contain 1."
    )


def _position(position: str) -> str:
    return "within the limits" if position == "within" else position


def _ratio_words(row: Any) -> str:
    if pd.isna(row.ratio):
        return "–"
    return f"{row.ratio:.2f} ({row.observed} / {row.expected:.1f}; {wording.ratio_interval(row.lower, row.upper)})"


def _share_words(row: Any) -> str:
    return parts.share_words(row.share, row.failed, row.operations, row.share_lower, row.share_upper)


def _dropped(row: Any) -> str:
    """What the ratio leaves out: 3 of 36 failures, 33 of 219 operations."""
    if not row.dropped:
        return "none"
    failures = f"{wording.out_of(row.dropped_failed, row.failed)} failures"
    return f"{failures}, {wording.out_of(row.dropped, row.operations)} operations"


def _number(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"

"""Compare: where a surgeon or a site stands, beside what chance and case mix lead one to expect. Never a ranking."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.compare import Comparison, compare, shares_possible
from dashboard.analyses.funnel_points import DRAWN, points_of_ratios, points_of_shares, ratio_words, unit_share_words
from dashboard.analyses.groups import when_words
from dashboard.analyses.unit_funnels import Funnel
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.verdicts.units import NO_CASE_MIX, in_two
from dashboard.analyses.ways import ways
from dashboard.charts import funnel_plot
from dashboard.definitions import Outcome, load
from dashboard.exports import figures
from dashboard.pages import chosen, furniture, model, monitor, parts, plans, red_flags, segments, units_told
from dashboard.pages.addresses import Views
from dashboard.records import Records

VIEWS = {"compare": "Surgeons or sites", "monitoring": monitor.VIEW, "plans": plans.VIEW}
SHOWN = Views("comparison", VIEWS, exact=("monitoring",))
BEYOND = ("beyond 95 %", "beyond 99.8 %")
UNITS = {"surgeon": "Surgeon", "site": "Site"}


@dataclass(frozen=True)
class _Asked:
    """What the reader chose: of which outcome, by when, which units, and the answer to it."""

    outcome: Outcome
    days: int
    by: str

    @property
    def when(self) -> str:
        return when_words(self.outcome, self.days)

    def of(self, records: Records) -> Comparison:
        return compare(records, self.outcome.name, self.by, self.days)


def page(records: Records) -> None:
    """What is concluded, the funnels, the figures; or what is followed over time, and what was decided about it."""
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    with furniture.choices():
        view = parts.choose_view(records, SHOWN)
        asked = _choose(records) if view == "compare" else None
    if asked is None:
        {"monitoring": monitor.section, "plans": plans.section}[view](records, top)
    elif parts.nobody_records(records, asked.outcome, ("time", "landmark")):
        return
    elif records.viewer.is_protected:
        units_told.section(records, asked.outcome, asked.days, asked.by, top)
    else:
        _units(records, asked, top)


def _choose(records: Records) -> _Asked:
    outcome, landmark = parts.choose_outcome(), parts.choose_landmark()
    # Beside limits of the practice one alone has its place; without them there is nothing to compare one with.
    units = parts.parting(records, UNITS) if records.viewer.is_protected else UNITS
    return _Asked(outcome, landmark.days, segments.choose(units, key="unit", label="Compared"))


def _units(records: Records, asked: _Asked, top: furniture.AnswerPlace) -> None:
    answer = asked.of(records)
    found, more = in_two(answer, asked.outcome, asked.when)
    with top:
        furniture.verdict(found)
    drawn = 2 if answer.shares is not None else 1
    with furniture.side_by_side(drawn, key="units") if drawn > 1 else nullcontext():
        _ratios(records, answer, asked, found)
        if answer.shares is not None:
            _shares(records, answer, answer.shares, asked)
    if more:  # what the figures could have shown, and what they leave out, is part of the answer
        parts.note(parts.said(more))
    _table(records, answer, asked)
    if answer.shares is None:
        _no_shares(records, answer, asked)
    furniture.method(*map(parts.said, _method(answer)), _TABLE_TOLD, _LIMITS_TOLD)
    with st.expander("The model behind what is expected"):
        model.show(records, answer.model, key="calibration")
    parts.provenance(records, asked.outcome, over_time=False)


def _ratios(records: Records, answer: Comparison, asked: _Asked, found: Verdict) -> None:
    with furniture.card(f"{asked.outcome.short} {asked.when}: seen against expected", key="ratios"):
        if answer.ratios is None or not _has_ratios(answer):
            st.info(parts.said(_no_ratios(answer)))
            parts.offer(ways(records, lambda wider: _has_ratios(asked.of(wider))), key="ratios", path=None)
            return
        _draw(records, answer, points_of_ratios(answer.units), answer.ratios, asked, measure="ratio")
        plans.offer(records, found, asked.outcome.name, asked.days, asked.by, key="units")


def _no_shares(records: Records, answer: Comparison, asked: _Asked) -> None:
    """Why there is no funnel of shares, and the choices under which there is one."""
    with furniture.card(f"{asked.outcome.short} {asked.when}: share failed, not adjusted", key="no-shares"):
        st.info(parts.said(answer.no_shares))
        if len(answer.families) < 2:
            parts.bear_in_mind(answer.units)
        unlike = answer.families if len(answer.families) > 1 else ()

        def possible(other: Records) -> bool:
            return shares_possible(other, asked.outcome.name, asked.by, asked.days)

        with st.container(horizontal=True):
            parts.offer(ways(records, possible, unlike=unlike), key="shares", path=None)


def _method(answer: Comparison) -> list[str]:
    """How the pictures are to be read."""
    units = answer.units
    hidden = [
        f"{', '.join(held['label'])}: {words}"
        for words, held in units[~units["ratio_shown"]].groupby("ratio_note", sort=False)
    ]
    ratios = [_ratio_sentence(answer), *hidden] if _has_ratios(answer) else []
    shares = [_share_sentence(answer, answer.shares)] if answer.shares is not None else []
    return [*ratios, *shares, _other_outcome()]


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
        else model.BESIDE
        if answer.others
        else "Fewer than five units: none is drawn towards the others.",
        "Adjusted for procedure, so that unlike procedures may stand together." if len(answer.families) > 1 else "",
        "Two units' ratios are not compared with each other: each is held against its own patients.",
        _spread_words(answer.ratios, "" if answer.others else f" ({drawn})"),
    ]  # fmt: skip
    return " ".join(sentence for sentence in sentences if sentence)


def _shares(records: Records, answer: Comparison, shares: Funnel, asked: _Asked) -> None:
    with furniture.card(f"{asked.outcome.short} {asked.when}: share failed, not adjusted", key="shares"):
        _draw(records, answer, points_of_shares(answer.units), shares, asked, measure="share")
        parts.bear_in_mind(answer.units)


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


def _draw(
    records: Records, answer: Comparison, points: pd.DataFrame, drawn: Funnel, asked: _Asked, *, measure: str
) -> None:
    """A funnel; a click on a dot names the way to the patients behind it."""
    lines = drawn.lines.rename(columns=DRAWN)
    figure = funnel_plot.funnel_plot(points, lines, target=drawn.target, measure=measure, dark=parts.is_dark())
    labels = dict(zip(answer.units["unit"], answer.units["label"], strict=True))
    alt = funnel_plot.describe(points, target=drawn.target, measure=measure)
    leaves = figures.of_units(answer.units, measure, widened=drawn.widened)
    leads = records.viewer.sees_patients
    unit = chosen.clickable(figure, key=f"funnel {measure}", alt=alt, of=labels, leads=leads, **leaves)
    _behind(records, answer, asked, unit, measure)


def _behind(records: Records, answer: Comparison, asked: _Asked, unit: str | None, key: str) -> None:
    """The way to those of a unit that failed, once its dot or its row was chosen; a hint until then."""
    if not records.viewer.sees_patients:
        return
    if unit is None:
        parts.note("Click a dot, or select a row below, for the patients behind it.")
        return
    row = answer.units[answer.units["unit"] == unit].iloc[0]
    to = {"outcome": asked.outcome.short, asked.by: [unit], **chosen.by_time(asked.outcome, asked.days)}
    chosen.patients_behind(records, row, asked.when, to, key=f"{key} {unit}")


def _table(records: Records, answer: Comparison, asked: _Asked) -> None:
    units = answer.units
    shares: parts.Columns = {
        "Share failed": lambda row: unit_share_words(row) if row.shown else "counts only",
        **parts.WORST_CASE,
        "Share lies": lambda row: _position(row.position) if row.shown else "",
    }
    towards_one: parts.Columns = {
        "Drawn towards 1": lambda row: _number(row.shrunken) if row.ratio_shown else "",
    }  # fmt: skip
    shown = parts.columns_of(
        units,
        {
            UNITS[answer.by]: lambda row: wording.YOU if row.own else row.label,
            "Seen / expected": lambda row: ratio_words(row) if row.ratio_shown else "not shown",
            "Left out, a factor not recorded": _dropped if answer.model.fit is not None else lambda row: "no ratio",
            "Ratio lies": lambda row: _position(row.ratio_position) if row.ratio_shown else "",
            **({} if answer.others else towards_one),
            **(shares if len(answer.families) == 1 else {}),
            "Operations": "all_operations",
            "Known operations": "operations",
            "Failed": "failed",
            "Known, of those due": parts.known_of_due,
        },
    )
    alt = "Each unit with known operations, failures, share, and failures seen over expected"
    key = red_flags.rows_key("units", units["unit"])
    with furniture.card("Each in figures, in order of name", key="figures"):
        unit = parts.choose_row(
            shown, units, "unit", key=key, alt=alt, leads=records.viewer.sees_patients, height="content", row_height=28
        )
        if unit is not None:
            _behind(records, answer, asked, unit, "row")


_TABLE_TOLD = (
    "A unit with fewer than ten known operations stands with its counts only. Known: the time has come, and the "
    "operation failed by then or was followed so long; those who died before it do not count, and are not among the "
    "others who could all be well or all have failed."
)
_LIMITS_TOLD = (
    "Whether a ratio lies beyond is judged by the limits, drawn round 1 for a unit of that size. The interval in "
    "brackets is drawn round the unit's own figure and is exact: near the limits it may still contain 1."
)


def _position(position: str) -> str:
    return "within the limits" if position == "within" else position


def _dropped(row: Any) -> str:
    """What the ratio leaves out: 3 of 36 failures, 33 of 219 operations."""
    if not row.dropped:
        return "none"
    failures = f"{wording.out_of(row.dropped_failed, row.failed)} failures"
    return f"{failures}, {wording.out_of(row.dropped, row.operations)} operations"


def _number(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:.2f}"

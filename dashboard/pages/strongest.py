"""Which factors go along with failure most surely, adjusted for one another; and one of them, band by band."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.verdicts.claim import HIGHER, Claim
from dashboard.analyses.verdicts.factors import drawn_ratios, factors_verdict
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.charts import dot_interval, small_multiples, step_curve, style
from dashboard.charts.tornado import describe, tornado
from dashboard.definitions import Factor, Landmark, Outcome, load
from dashboard.exports import figures
from dashboard.pages import brief, chosen, form, furniture, model, parts
from dashboard.records import Records

MOST = 10
"""So many bands stand in the first picture; all of them, alone and adjusted, in the view of both."""
TALL, PANELS = 372, 132
"""Pixels of the picture of ratios, as far as its rows may be stretched, and of a row of courses."""
FACTOR = "factor"
"""The word in the address of the factor that is looked at."""
SURGERY = ("procedure", "family")
IN_ORDER = (
    "In the order of what can be relied on: how near to 1 the end of the interval comes. \N{BLACK DIAMOND} more and "
    "\N{BLACK SQUARE} fewer failures beyond chance, each by itself; a hollow grey dot: too few to say. "
    "Associations, not causes. Click a dot for its factor."
)
AFTER = "after surgery"


def section(records: Records, outcome: Outcome, landmark: Landmark, top: furniture.AnswerPlace) -> None:
    """The ten strongest beside one factor, the strongest until the reader chooses another."""
    concluded = factors_verdict(records, outcome.name, landmark.days)
    rest = brief.at_the_head(top, concluded)
    with furniture.side_by_side(2, key="strongest", room=True):
        link = furniture.Link(None, "All bands, alone and adjusted", {"risk_view": "Alone and adjusted"})
        with furniture.card("The strongest, adjusted for one another", key="tornado", link=link):
            _ratios(concluded.claims[:MOST], adjusted_risk(records, outcome.name, landmark.days).measure)
        with furniture.card("One factor, by itself (grey: all together)", key="factor"):
            factor = choose_factor(concluded.claims)
            _one(records, factor, outcome, landmark)
    if rest:
        parts.note(parts.said(rest))
    answer = adjusted_risk(records, outcome.name, landmark.days)
    held = "" if answer.plan.reason else parts.said(model.held_words(answer.plan))
    furniture.method(held, parts.SHARES_TOLD if outcome.kind == "time" else "")
    parts.provenance(records, outcome, over_time=False)


def _ratios(claims: tuple[Claim, ...], measure: str) -> None:
    """A click on a ratio shows its factor beside."""
    rows = drawn_ratios(claims)
    if rows.empty:
        st.markdown("No ratio can be given: each factor by itself stands in its own view.")
        return
    figure = tornado(rows, usual="as in the band compared with", tall=TALL, dark=parts.is_dark())
    labels = {name: factor.label for name, factor in load().factors.items()}
    chosen.clickable(figure, key="tornado", alt=describe(rows, measure), of=labels, sets=FACTOR)
    parts.note(f"{parts.said(measure)}. {IN_ORDER}")
    parts.link_to(None, "Planning an operation: an estimate for one patient", {"risk_view": "Planning an operation"})


def choose_factor(claims: tuple[Claim, ...]) -> Factor:
    """The factor that the reader chose, or a click; the strongest until then, and the first where none stands out."""
    factors = load().factors
    found = chosen.one_of(
        {name: factor.label for name, factor in factors.items()}, key=FACTOR, label="Factor", nobody="The strongest"
    )
    surest = sorted(claims, key=lambda claim: claim.word != HIGHER)
    strongest = [name for claim in surest if (name := claim.unit.partition(":")[0]) in factors]
    return factors[found or next(iter(strongest), next(iter(factors)))]


def _one(records: Records, factor: Factor, outcome: Outcome, landmark: Landmark) -> None:
    """One factor: its bands, their courses, what has been published, and the ways on."""
    rows = risk_factors(records, outcome.name, landmark.days)
    rows = rows[rows["factor"] == factor.name].rename(columns={"band": "group"})
    concluded = groups_verdict(records, outcome.name, factor.name, landmark.days)
    st.markdown(f"**{parts.said(factor.label)}.** {parts.said(concluded.sentence)}")
    if factor.timing == AFTER:
        st.warning(
            "This arises after surgery: it is described here and never used to adjust. Who fails early has had less "
            "time, so part of a difference may be made by the failure itself."
        )
    drawn = _judged(rows, judged(rows.assign(label=rows["band_label"]), concluded))
    figure = dot_interval.dot_interval(drawn, dark=parts.is_dark())
    furniture.picture(figure, alt=dot_interval.describe(drawn), key="bands")
    _courses(records, factor, outcome, landmark, drawn)
    with st.container(horizontal=True):
        if len(factor.bands) > 1:
            parts.link_to("procedures", "Two of its groups, side by side", _two_groups(factor))
        if factor.adjust is not None:
            parts.link_to(None, "Adjusted for others", {"risk_view": "Alone and adjusted", "exposure": factor.label})
    _notes(factor)


def _judged(rows: pd.DataFrame, words: pd.DataFrame) -> pd.DataFrame:
    """The bands as they are drawn, without the thin band of the worst case, which stands in the table of all."""
    drawn = words.assign(label=rows["band_label"].to_numpy()).drop(columns=["best_case", "worst_case", "reference"])
    return drawn.assign(last=drawn["group"] == NOT_RECORDED).sort_values("last", kind="stable")


def _two_groups(factor: Factor) -> dict[str, Any]:
    return {"procedures_view": "Two groups", "compare_by": factor.label}


def _courses(records: Records, factor: Factor, outcome: Outcome, landmark: Landmark, drawn: pd.DataFrame) -> None:
    if outcome.kind != "time":
        st.markdown("This definition is asked at one visit, so it has no curve over time.")
        return
    whole = failure_curve(records, outcome.name, None)
    shown = drawn[drawn["shown"].astype(bool) & (drawn["group"] != NOT_RECORDED)]
    curves = failure_curve(records, outcome.name, factor.name).merge(shown[["group", "word"]], on="group")
    until, dark = landmark.days, parts.is_dark()
    with st.container(key=f"{form.WIDE_ONLY}-bands"):
        tall = PANELS * -(-curves["group"].nunique() // 3)
        panels = small_multiples.small_multiples(curves, whole, until_days=until, tall=tall, dark=dark)
        alt, leaves = small_multiples.describe(curves, until_days=until), figures.of_panels(curves)
        furniture.picture(panels, alt=alt, key="band-courses", **leaves)
    with st.container(key=f"{form.NARROW_ONLY}-bands"):
        largest = curves.groupby("group", sort=False)["at_risk"].max().nlargest(style.MOST_SERIES).index
        few = curves[curves["group"].isin(largest)]
        figure = step_curve.step_curve(few, until_days=until, dark=dark)
        alt, leaves = step_curve.describe(few, until_days=until), figures.of_curves(few, until)
        furniture.picture(figure, alt=alt, key="band-curves", **leaves)


def _notes(factor: Factor) -> None:
    """What the factor is, and what was published of it."""
    found = [
        f"Published: {ratio.measure} {ratio.value:g} ({ratio.low:g} to {ratio.high:g}) for {ratio.of}. Source: "
        f"{ratio.source}. Measured elsewhere, by another definition."
        for ratio in factor.published
    ]
    words = "Not adjusted for other factors, and not a cause."
    furniture.method(*map(parts.said, [factor.note, words, *found]), heading=f"{factor.label}: what it is")

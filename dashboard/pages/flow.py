"""The way from the rows read to the operations whose state is known, as boxes under one another."""

from __future__ import annotations

import streamlit as st

from dashboard.analyses.flow import Step, flow
from dashboard.definitions import Outcome, load
from dashboard.pages import parts
from dashboard.pages.said import for_html
from dashboard.records import Records

STYLE = """<style>
.flow {list-style: none; margin: 0; padding: 0; max-width: 46rem;}
.flow > li {display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); column-gap: 26px; margin: 0;
    align-items: start;}
.flow > li + li {margin-top: 20px;}
.flow .box {position: relative; border: 1px solid light-dark(#DDDAD5, #45423D); border-radius: 6px; padding: 5px 11px;
    overflow-wrap: anywhere;}
.flow > li + li .box::before {content: "↓"; position: absolute; left: 14px; top: -21px; line-height: 20px;
    color: light-dark(#625D55, #B8B3A8);}
.flow .box b {font-size: 17px;}
.flow ul {list-style: none; margin: 0; padding: 5px 0; font-size: 13px; color: light-dark(#625D55, #B8B3A8);
    overflow-wrap: anywhere;}
@media (max-width: 640px) {.flow > li {grid-template-columns: minmax(0, 1fr);} .flow ul {padding-left: 14px;}}
</style>"""
MOST_REASONS = 6
"""So many reasons stand beside a box; the page Data quality has all of them."""


def asked_now() -> tuple[Outcome, int]:
    """The definition of failure and the time that the open page asks about, or those that are shown first."""
    outcomes = {outcome.short: outcome for outcome in load().failures.values()}
    days = {landmark.label: landmark.days for landmark in load().landmarks}
    outcome = outcomes.get(st.session_state.get("outcome", ""), load().default_outcome)
    return outcome, days.get(st.session_state.get("within", ""), parts.DEFAULT_LANDMARK)


def section(records: Records, outcome: Outcome, within_days: int) -> None:
    """The boxes; for a dialog or a folded part of a page."""
    st.html(STYLE + boxes(flow(records, outcome.name, within_days)))
    parts.note(
        f"{outcome.short}, definition version {outcome.version} · {parts.counted_on(records)} · Those not yet due, "
        "and those lost, are in the curves for as long as they were followed."
    )


def boxes(steps: tuple[Step, ...]) -> str:
    """A list of the steps, each with who does not go on from it; whatever comes from the data is escaped."""
    return f'<ol class="flow">{"".join(map(_step, steps))}</ol>'


def _step(step: Step) -> str:
    reasons = [f"<li>→ {parts.count_words(left.count)} {for_html(left.why)}</li>" for left in step.left[:MOST_REASONS]]
    more = sum(left.count for left in step.left[MOST_REASONS:])
    reasons += [f"<li>→ {parts.count_words(more)} for other reasons</li>"] if more else []
    left_out = f"<ul>{''.join(reasons)}</ul>" if reasons else ""
    return f'<li><div class="box"><b>{parts.count_words(step.count)}</b> {for_html(step.what)}</div>{left_out}</li>'

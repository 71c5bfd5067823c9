"""Risk factors: who was at higher risk before surgery, and what of it can be changed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.access import PLANNING
from dashboard.analyses.groups import untold, when_words
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.verdicts.factors import factors_verdict
from dashboard.definitions import Landmark, Outcome
from dashboard.pages import addresses, adjusted_risk, brief, furniture, modifiable, parts, planning, segments, strongest
from dashboard.pages.addresses import Views
from dashboard.records import Records

VIEWS = {
    "strongest": "Strongest",
    "bands": "Every band",
    "ratios": "Alone and adjusted",
    "modifiable": "What can be changed",
    "planning": "Planning an operation",
}
SHOWN = Views("risk_view", VIEWS, {"planning": PLANNING}, exact=("strongest", "ratios", "modifiable", "planning"))
"""Those that rest on a model have no protected form."""


def page(records: Records) -> None:
    """What is concluded; the ten strongest factors beside one of them; further views of the same by name."""
    if parts.nothing_to_show(records):
        return
    top = furniture.place_of_the_answer()
    with furniture.choices():
        view = segments.choose(SHOWN.of(records.viewer), key=SHOWN.word, label="Shown")
        chosen = None if view == "planning" else (parts.choose_outcome(), parts.choose_landmark())
        exposure = adjusted_risk.choose_exposure() if view == "ratios" else None
    if chosen is None:
        planning.section(records, top)
        return
    outcome, landmark = chosen
    if parts.nobody_records(records, outcome, ("time", "landmark")):
        return
    if view == "ratios":
        adjusted_risk.section(records, outcome, landmark, exposure, VIEWS[view], top)
    elif view == "modifiable":
        modifiable.section(records, outcome, landmark, top)
    elif view == "bands":
        _every_band(records, outcome, landmark, top)
    else:
        strongest.section(records, outcome, landmark, top)


def _every_band(records: Records, outcome: Outcome, landmark: Landmark, top: furniture.AnswerPlace) -> None:
    """The share failed in each band of each factor, one under the other, and the figures of each."""
    rest = brief.at_the_head(top, factors_verdict(records, outcome.name, landmark.days))
    rows = risk_factors(records, outcome.name, landmark.days)
    st.header(f"Share failed {parts.said(when_words(outcome, landmark.days))}, by band of each factor")
    drawn = rows.assign(label=rows["band_label"], section=[_title(row) for row in parts.rows_of(rows)])
    sentence = (
        "Hollow dots are the reference bands. These are associations, one factor at a time, not adjusted for one "
        "another: a band may do worse because of what goes along with it. "
        f"{parts.untold_words(_untold(records, rows))}"
    )
    parts.show_shares(drawn, sentence, key="factors")
    if rest:
        parts.note(parts.said(rest))
    parts.provenance(records, outcome)
    _table(rows)


def _untold(records: Records, rows: pd.DataFrame) -> list[str]:
    """The bands that are not told, each with its factor."""
    bands = rows.rename(columns={"band": "group"}).groupby(["factor", "factor_label"], sort=False)
    return [
        f"{wording.within_sentence(str(factor))}, {wording.within_sentence(label)}"
        for (name, factor), told in bands for label in untold(records, str(name), told)
    ]  # fmt: skip


def _title(row: Any) -> str:
    """A factor's name, marked where it can be changed or came after surgery."""
    marks = [
        *(["can be changed"] if row.modifiable else []),
        *([f"arises {strongest.AFTER}"] if row.timing == strongest.AFTER else []),
    ]
    return f"{row.factor_label}{' (' + ', '.join(marks) + ')' if marks else ''}"


def _table(rows: pd.DataFrame) -> None:
    st.header("Each in figures")
    shown = parts.columns_of(rows, {"Factor": "factor_label", **COLUMNS})
    alt = "Share failed for each band of each factor, with the difference to the reference band"
    view = {SHOWN.word: VIEWS["strongest"]}
    leads = addresses.leads_on(None, view)
    chosen = parts.choose_row(shown, rows, "factor_label", key="factor-table", alt=alt, leads=leads)
    if chosen is not None:
        parts.link_to(None, f"Curves by {chosen.lower()}", {strongest.FACTOR: chosen, **view})
    elif leads:
        st.markdown("Select a row to go to that factor's curves.")


def _band(row: Any) -> str:
    return f"{row.band_label} (reference)" if row.reference else row.band_label


def _difference(row: Any) -> str:
    value, low, high = (getattr(row, name) for name in ("difference", "difference_lower", "difference_upper"))
    if row.reference:
        return "reference"
    if not row.shown or pd.isna(value):
        return "–"
    return f"{100 * value:+.1f} ({100 * low:+.1f} to {100 * high:+.1f})"


COLUMNS: parts.Columns = {
    "Band": _band,
    "Share failed (count; 95 % interval)": parts.rate_words,
    **parts.WORST_CASE,
    "Difference to reference, points": _difference,
    "Operations": "operations",
    "Failed": "failed",
    "To bear in mind": "note",
}

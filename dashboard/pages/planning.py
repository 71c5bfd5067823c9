"""Planning an operation: what the practice's own model expects for a patient whose profile is entered by hand."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.estimate import Estimate, entries, estimate
from dashboard.definitions import load
from dashboard.pages import model, parts
from dashboard.records import Records

WARNING = "For discussion, not for decisions alone."
YEARS = {365: "1 year", 730: "2 years"}


def section(records: Records) -> None:
    """The profile, the expected share by 1 and 2 years, and what would change with the factors that can be changed."""
    outcome = load().default_outcome
    st.header("Planning an operation: an estimate for one patient")
    if parts.nobody_records(records, outcome):
        return
    factors = entries(records, outcome.name)
    if not factors:
        answers = estimate(records, next(iter(records.choices("procedure"))), {}, outcome.name)
        st.info(answers[0].reason)
        return
    st.markdown(
        f"**{WARNING}** From all operations of this practice, whatever is chosen above; nothing entered here is kept. "
        f"{outcome.label} is what is estimated."
    )
    procedure, profile = _profile(records, factors)
    answers = estimate(records, procedure, profile, outcome.name)
    with st.grid(2, min_column_width=240):
        for answer in answers:
            _card(answer)
    for answer in answers:
        _changes(answer)
    parts.note(
        "On average: of all operations that made the model, those whose state at that time is known. It lies above the "
        "share that the curves give, which count those lost for as long as they were seen."
    )
    with st.expander("How good is this model?"):
        for answer in answers:
            st.subheader(f"Failed by {YEARS[answer.within_days]}")
            model.show(records, answer.model, key=f"planning-calibration-{answer.within_days}")


def _profile(records: Records, factors: tuple[str, ...]) -> tuple[str, dict[str, str]]:
    """The procedure, and a band of each factor that the model holds; the reference band until another is chosen."""
    with st.grid(4, min_column_width=165):
        procedures = {label: name for name, label in records.choices("procedure").items()}
        procedure = procedures[st.selectbox("Planned procedure", list(procedures), key="planned procedure")]
        profile = {}
        for name in factors:
            factor = load().factors[name]
            bands = {band.label: band.name for band in factor.bands}
            usual = [band.name for band in factor.bands].index(factor.reference)
            profile[name] = bands[st.selectbox(factor.label, list(bands), index=usual, key=f"planned {name}")]
    return procedure, profile


def _card(answer: Estimate) -> None:
    label = f"Expected to fail by {YEARS[answer.within_days]}"
    if answer.share is None:
        st.metric(label, "no estimate", delta=None, border=True)
        parts.note(answer.reason)
        return
    interval = f"95 % interval {parts.interval_words(answer.lower, answer.upper)}"
    parts.card(label, parts.percent(answer.share), f"{interval} · on average {parts.percent(answer.average)}")


def _changes(answer: Estimate) -> None:
    """What the model expects with each modifiable factor at its reference: an association, no promise."""
    if answer.share is None:
        return
    if answer.changes:
        rows = [
            {
                "Patients like this, but": change.band_label,
                f"Expected to fail by {YEARS[answer.within_days]}": parts.percent(change.share),
                "95 % interval": parts.interval_words(change.lower, change.upper),
                "Difference, points": f"{100 * (change.share - answer.share):+.1f}",
            }
            for change in answer.changes
        ]
        parts.show_table(pd.DataFrame(rows), "What would change with each factor")
        parts.note(
            "Other patients like this one in whom it differed failed so often. This does not show that changing it "
            "would change this patient's risk by as much."
        )
    if answer.not_in_model:
        silent = ", ".join(map(wording.within_sentence, answer.not_in_model))
        parts.note(
            f"The model by {YEARS[answer.within_days]} is silent on {silent}: too few failures, or too little recorded."
        )

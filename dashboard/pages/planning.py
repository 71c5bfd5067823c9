"""Planning an operation: what the practice's own model expects for a patient whose profile is entered by hand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard import wording
from dashboard.analyses.estimate import AVERAGE, Estimate, ProfileInput, estimate, inputs, never_taken
from dashboard.analyses.groups import when_words
from dashboard.analyses.verdicts.patient import LIKE_THIS, hundred, patient_verdict, stands_as, tenth_words
from dashboard.charts.icon_array import Hundred, describe, icon_array
from dashboard.definitions import Outcome, load
from dashboard.definitions.canonical import Column
from dashboard.documents.patient_sheet import issued_sheet
from dashboard.pages import brief, furniture, model, parts
from dashboard.records import Records
from dashboard.stats.proportions import Difference, Interval

WARNING = "For discussion, not for decisions alone."
USUAL, NOT_GIVEN = "taken until one is given", "not given"
ICONS = "Filled squares are patients expected to fail, rings are those who are not."
COMPARED = (
    "Compared are patients who differ in this and are alike in all else that the model holds. It is not shown that a "
    "change would change this patient's risk by as much."
)


def section(records: Records, top: furniture.AnswerPlace) -> None:
    """The profile, the expected share by 1 and 2 years, and what would change with the factors that can be changed.

    top: where on the page the verdict stands.
    """
    outcome = load().default_outcome
    if parts.nobody_records(records, outcome):
        return
    offered = inputs(records, outcome.name)
    if not any(one.used for one in offered):
        answers = estimate(records, next(iter(records.choices("procedure"))), {}, outcome.name)
        st.info(parts.said(answers[0].reason))
        return
    st.markdown(
        f"**{WARNING}** From all operations of this practice, whatever is chosen above; nothing entered here is kept. "
        f"{outcome.label} is what is estimated."
    )
    procedure, profile = _profile(records, offered)
    brief.in_whole(top, patient_verdict(records, outcome.name, procedure, profile))
    answers = estimate(records, procedure, profile, outcome.name)
    _sheet(records, answers, procedure, profile)
    with furniture.side_by_side(2, key="planning", room=True):
        for answer in answers:
            title = f"{outcome.short} {when_words(outcome, answer.within_days)}"
            with furniture.card(title, key=f"planning-{answer.within_days}"):
                _card(records, answer, outcome, procedure)
                _changes(answer, outcome)
    parts.note(f"{ICONS} {COMPARED if any(answer.changes for answer in answers) else ''}".rstrip())
    for caution in dict.fromkeys(one.change.caution for answer in answers for one in answer.changes):
        parts.note(parts.said(caution))
    if any(answer.model.is_told for answer in answers):
        parts.note(parts.said(model.BESIDE))
    with st.expander("How good is this model?"):
        for answer in answers:
            st.subheader(f"Failed {parts.said(when_words(outcome, answer.within_days))}")
            model.show(records, answer.model, key=f"planning-calibration-{answer.within_days}")


def _sheet(records: Records, answers: Sequence[Estimate], procedure: str, profile: dict[str, str]) -> None:
    """A page for the patient to take along, where there is a figure to say; nothing of it is kept."""
    if all(answer.share is None for answer in answers):
        parts.note("No sheet for the patient: there is no figure that it could say.")
        return
    st.download_button(
        "Sheet for the patient (PDF)", on_click="ignore", key="patient sheet", mime="application/pdf",
        data=lambda: issued_sheet(records, procedure, profile, datetime.now(UTC).astimezone()),
        file_name="your-operation.pdf",
        help="One page in plain words, without a name. That one was made is put on record, and not for whom.",
    )  # fmt: skip


def _profile(records: Records, offered: Sequence[ProfileInput]) -> tuple[str, dict[str, str]]:
    """The procedure, and what is given of each factor that a model holds; nothing of a factor of which nothing is."""
    profile = {}
    with furniture.card("The patient", key="patient"):
        with st.grid(6, min_column_width=150):
            procedures = {label: name for name, label in records.choices("procedure").items()}
            procedure = procedures[st.selectbox("Planned procedure", list(procedures), key="planned procedure")]
            for one in [one for one in offered if one.used]:
                if given := _given(one):
                    profile[one.factor.name] = given
        unused = [one for one in offered if not one.used]
        if unused:
            with st.expander(f"Not used by the model: {parts.said(_named(unused))}"), st.grid(6, min_column_width=150):
                for one in unused:
                    _given(one)
        silent = list(map(wording.within_sentence, never_taken()))
        parts.note(f"No part is played by: {parts.said(wording.joined(silent))}. No model takes them.")
    return procedure, profile


def _named(unused: Sequence[ProfileInput]) -> str:
    return wording.joined([wording.within_sentence(one.factor.label) for one in unused])


def _given(one: ProfileInput) -> str:
    """What is entered of one factor, empty where nothing is, with what is to be known of it beneath."""
    with st.container(gap="xxsmall"):
        given = _number(one, one.number) if one.number else _band(one)
        for words in filter(None, (one.why, one.together)):
            parts.note(f"{parts.said(wording.at_the_start(words))}.")
    return given


def _band(one: ProfileInput) -> str:
    bands = {band.label: band.name for band in one.factor.bands}
    chosen = st.selectbox(
        parts.said(one.factor.label), list(bands), index=None, key=f"planned {one.factor.name}", placeholder=NOT_GIVEN,
        disabled=not one.used,
    )  # fmt: skip
    if one.used and chosen is None:
        _usual(one)
    return bands[chosen] if chosen else ""


def _usual(one: ProfileInput) -> None:
    """What is taken while nothing is given."""
    labels = {band.name: band.label for band in one.factor.bands}
    parts.note(parts.said(f"{labels[one.factor.reference]}, {USUAL}"))


def _number(one: ProfileInput, column: Column) -> str:
    """A number, and the band that it lies in beneath."""
    factor = one.factor
    whole = column.kind == "integer"
    low, high = (None if end is None else int(end) if whole else float(end) for end in (column.low, column.high))
    number = st.number_input(
        parts.said(", ".join(filter(None, (factor.label, column.unit)))), low, high, None, 1 if whole else 0.1,
        format="%d" if whole else "%.1f", key=f"planned {factor.name}", disabled=not one.used, placeholder=NOT_GIVEN,
    )  # fmt: skip
    held = None if number is None else factor.holding(number)
    if held and one.used:
        parts.note(parts.said(held.label))
    elif one.used:
        _usual(one)
    return held.name if held else ""


def _card(records: Records, answer: Estimate, outcome: Outcome, procedure: str) -> None:
    label = f"Expected to fail {when_words(outcome, answer.within_days)}"
    if answer.share is None:
        st.metric(parts.said(label), "no figure", delta=None, border=True)
        parts.note(parts.said(answer.reason))
        return
    parts.card(label, parts.percent(answer.share), f"95 % interval {parts.interval_words(answer.lower, answer.upper)}")
    sentences = [
        f"{wording.at_the_start(stands_as(records, answer, procedure))}.",
        f"On average {parts.percent(answer.average)} of {AVERAGE}: more than the curves give, which count those lost "
        "for as long as they were seen.",
    ]
    sentences += [tenth_words(answer.tenth)] if answer.tenth else []
    parts.note(parts.said(" ".join(sentences)))


def _changes(answer: Estimate, outcome: Outcome) -> None:
    """Of 100 patients like this and of 100 in whom a factor was changed, those expected to fail: drawn and listed.

    Nothing where there is no figure of the patient's own: there is nothing to compare it with.
    """
    if answer.share is None:
        return
    own = Interval(answer.share, answer.lower or 0, answer.upper or 0)
    drawn = [(LIKE_THIS, own), *((wording.at_the_start(one.change.words), one.expected) for one in answer.changes)]
    panels = [_hundred(label, expected) for label, expected in drawn if expected]
    when = when_words(outcome, answer.within_days)
    furniture.picture(
        icon_array(panels, dark=parts.is_dark()), alt=f"{describe(panels)} {wording.at_the_start(when)}.",
        key=f"hundred-{answer.within_days}",
    )  # fmt: skip
    rows = [{"Patients": LIKE_THIS, **_figures(own, None)}]
    rows += [{"Patients": one.change.words, **_figures(one.expected, one.apart)} for one in answer.changes]
    parts.show_table(pd.DataFrame(rows), f"Expected to fail {when}, and what would change", whole=True)
    for one in answer.changes:
        if one.reason:
            parts.note(parts.said(f"{wording.at_the_start(one.change.words)}: {one.reason}"))


def _hundred(label: str, expected: Interval) -> Hundred:
    return Hundred(label, *map(hundred, expected))


def _figures(expected: Interval | None, apart: Difference | None) -> dict[str, str]:
    difference = "–"
    if apart:
        points = f"{100 * apart.difference:+.1f}".replace("-", "\N{MINUS SIGN}")
        difference = f"{points} ({wording.points_interval(apart.lower, apart.upper)})"
    share = f"{parts.percent(expected.share)} ({parts.interval_words(*expected[1:])})" if expected else "no figure"
    return {"Expected to fail (95 % interval)": share, "Difference, points": difference}

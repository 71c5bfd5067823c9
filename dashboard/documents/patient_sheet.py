"""A sheet for a patient who thinks an operation over: what is expected of a hundred people alike, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard import wording
from dashboard.access import PLANNING
from dashboard.analyses.estimate import Change, Estimate, estimate
from dashboard.analyses.groups import when_words
from dashboard.analyses.verdicts.claim import HIGHER, LOWER, judged
from dashboard.analyses.verdicts.patient import POOR_C, hundred, missed
from dashboard.charts.icon_array import Hundred, describe, icon_array
from dashboard.cohort import day_words
from dashboard.definitions import Outcome, load
from dashboard.documents.cover import practice_of
from dashboard.documents.document import Block, Document, Lines, Paragraph, Picture, Points, Section
from dashboard.documents.on_paper import pdf
from dashboard.errors import NoData
from dashboard.recorded import Recorded
from dashboard.records import Records
from dashboard.stats.proportions import Interval

TITLE = "Your operation: what to expect"
LIKE_YOU = "People like you"
NOT_A_DECISION = "For discussion with your surgeon. This sheet does not decide for you."
MOST_CHANGES = 2
"""So that all stands on one page, one less where the number needs a caution; the first is drawn beside the person."""
MOST_LETTERS = 80
WHOM_TO_ASK = "Ask your surgeon or your own doctor who can help you with it."
TO_ASK = (
    "What can I do to be ready for it?",
    "What else could help me?",
    "What will happen if I do not have this operation?",
)


def patient_sheet(records: Records, procedure: str, profile: Mapping[str, str], made: datetime) -> Document:
    """One page on what the practice's own model expects of people like one, who is described and not named.

    profile: as ``estimate`` takes it. Nothing of it is kept. Raises NoData, in words, where there is no estimate.
    """
    outcome = load().default_outcome
    found = estimate(records, procedure, profile, outcome.name)
    one = told_of(found)
    n = hundred(one.share)
    when = when_words(outcome, one.within_days)
    cautions = _cautions(found, one, outcome)
    changes = [change for change in one.changes if change.expected][: MOST_CHANGES - bool(cautions)]
    people = [(LIKE_YOU, Interval(one.share or 0, one.lower or 0, one.upper or 0))]
    people += [(wording.at_the_start(each.change.words), each.expected) for each in changes[:1] if each.expected]
    panels = [Hundred(label, *map(hundred, share)) for label, share in people]
    expected: list[Block] = [
        Paragraph(
            f"About {100 - n} will not.", strong=f"Of 100 people like you, about {n} will have a poor result {when}."
        ),
        Paragraph(
            f"A poor result means: {wording.within_sentence(outcome.why)} The true number may be as low as "
            f"{hundred(one.lower)} or as high as {hundred(one.upper)}. No one can tell how it will be for you."
        ),
        *cautions,
        Picture(
            icon_array(panels), f"{describe(panels)} {wording.at_the_start(when)}.",
            "Each mark is one person. A full square is a poor result. A ring is not.", share=0.42,
        ),
    ]  # fmt: skip
    return Document(
        TITLE, f"{records.label('procedure', procedure)} · {practice_of(records)[:MOST_LETTERS]}", [],
        [
            Section("What to expect", expected),
            Section("What may help", _changed(changes, one)),
            Section("What this rests on", [Points(_rests_on(records, one, procedure, profile))]),
            Section("To talk about", _to_talk_about(MOST_CHANGES if changes else 0)),
        ],
        made, _foot(records, one, outcome, made), cover=False, large=True,
    )  # fmt: skip


def issued_sheet(records: Records, procedure: str, profile: Mapping[str, str], made: datetime) -> bytes:
    """The sheet as PDF. That one was made is on record, and nothing of whom it is for. Raises NotAllowed."""
    records.asks(PLANNING, "patient_sheet", "A sheet for a patient: your role does not include this document.")
    content = pdf(patient_sheet(records, procedure, profile, made))
    words = {"kind": "patient_sheet", "form": "pdf", "generation": records.engine.generation}
    Recorded(records.audit, records.viewer, "document").done(**words)
    return content


def told_of(found: Sequence[Estimate]) -> Estimate:
    """The estimate by the latest time that has one. Raises NoData with why there is none."""
    told = [one for one in found if one.share is not None]
    if not told:
        raise NoData(found[-1].reason or "There is no estimate.")
    return told[-1]


def _cautions(found: Sequence[Estimate], one: Estimate, outcome: Outcome) -> list[Block]:
    """What must be known of the number: that it was too low or too high before, and for which time there is none."""
    said: list[Block] = []
    if one.tenth and missed(one.tenth):
        seen = one.tenth.seen
        off = "low" if seen.lower > one.tenth.expected else "high"
        words = (
            f"For people at about your risk we thought that {hundred(one.tenth.expected)} of 100 would have a poor "
            f"result. In truth {hundred(seen.share)} ({hundred(seen.lower)} to {hundred(seen.upper)}) did."
        )
        said.append(Paragraph(words, strong=f"This number may be too {off}."))
    for when in [when_words(outcome, each.within_days) for each in found if each.share is None]:
        words = "We have seen too few people like you here for that."
        said.append(Paragraph(words, strong=f"We have no number {when}."))
    return said


def _changed(changes: Sequence[Change], one: Estimate) -> list[Block]:
    if not changes:
        return [Paragraph(f"Our numbers cannot say what may help you before the operation. {WHOM_TO_ASK}")]
    return [
        Points([_change_words(each, one) for each in changes]),
        Paragraph(f"None of this is your fault. These were other people: it may help you less. {WHOM_TO_ASK}"),
    ]


def _change_words(change: Change, one: Estimate) -> str:
    """Of 100 people like you who had stopped smoking, about 25 (18 to 33) will have a poor result: 6 fewer."""
    share, lower, upper = change.expected or (0.0, 0.0, 0.0)
    said = (
        f"Of 100 people like you {change.change.words}, about {hundred(share)} ({hundred(lower)} to {hundred(upper)}) "
        "will have a poor result"
    )
    apart = hundred(share) - hundred(one.share)
    word = judged(change.apart.lower, change.apart.upper) if change.apart else ""
    if word not in (HIGHER, LOWER) or not apart:
        return f"{said}. That is too close to your number to be sure."
    return f"{said}: {abs(apart)} {'fewer' if apart < 0 else 'more'}."


def _to_talk_about(fewer: int) -> list[Block]:
    """The more stands above, the fewer questions, so that one page holds all of it."""
    asked = Points(TO_ASK[fewer:], to_do=True)
    return [Paragraph("", strong=NOT_A_DECISION), asked, Lines("What matters most to me", 1)]


def _rests_on(records: Records, one: Estimate, procedure: str, profile: Mapping[str, str]) -> list[str]:
    data_date = one.model.data_date or records.facts.data_date
    until = f", up to {day_words(data_date)}" if data_date else ""
    group = "" if one.by_itself else f" Too few were of your kind alone, so we took all of this group: {one.group}."
    hardly = one.model.c_statistic is not None and one.model.c_statistic < POOR_C
    given = [records.label("procedure", procedure), *_bands(one, profile)]
    usual = "" if len(given) > len(one.model.plan.factors) else " Of all else we took the most usual."
    return [
        f"We looked at {one.model.plan.operations:,} operations done here{until}.{group}",
        f"We were told: {'; '.join(given)}.{usual} If this is wrong, ask for a new sheet.",
        f"Not used: {_not_used(one, profile)}.",
        f"It is a rough guide. It can {'hardly' if hardly else 'only in part'} tell who will do well and who will not.",
    ]


def _bands(one: Estimate, profile: Mapping[str, str]) -> list[str]:
    """What was said of the person, of what the model holds: smoking: current. What nobody said is not told as known."""
    factors = load().factors
    found = []
    for name in one.model.plan.factors:
        if name in profile and name in factors:
            factor = factors[name]
            label = next((band.label for band in factor.bands if band.name == profile[name]), profile[name])
            found.append(f"{wording.within_sentence(factor.label)}: {wording.within_sentence(label)}")
    return found


def _not_used(one: Estimate, profile: Mapping[str, str]) -> str:
    """What plays no part: what was said and this model does not hold, and all else, the levels among it."""
    silent = [
        wording.within_sentence(load().factors[name].label) for name in profile
        if name not in one.model.plan.factors and name in load().factors
    ]  # fmt: skip
    return wording.joined([*silent, "how many levels are operated on", "all else"])


def _foot(records: Records, one: Estimate, outcome: Outcome, made: datetime) -> str:
    made_up = " · sample data, made by computer" if records.facts.made_up else ""
    what = f"{outcome.short} {when_words(outcome, one.within_days)}"
    return (
        f"For discussion · made {day_words(made.date())} · {what}, 95 % interval · model {one.model.version} · "
        f"generation {records.engine.generation}{made_up}"
    )

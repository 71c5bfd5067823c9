"""A sheet for a patient who thinks an operation over: what is expected of a hundred people alike, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from dashboard import wording
from dashboard.analyses.estimate import Change, Estimate, estimate
from dashboard.analyses.groups import when_words
from dashboard.analyses.verdicts.claim import HIGHER, LOWER, judged
from dashboard.analyses.verdicts.patient import POOR_C, hundred
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
"""So that all stands on one page; the first of them is drawn beside the person as he or she is."""
MOST_LETTERS = 80
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
    one = told_of(estimate(records, procedure, profile, outcome.name))
    n = hundred(one.share)
    when = when_words(outcome, one.within_days)
    changes = [change for change in one.changes if change.expected][:MOST_CHANGES]
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
        Picture(
            icon_array(panels), f"{describe(panels)} {wording.at_the_start(when)}.",
            "Each mark is one person. A full square is a poor result. A ring is not.", share=0.58,
        ),
    ]  # fmt: skip
    return Document(
        TITLE, f"{records.label('procedure', procedure)} · {practice_of(records)[:MOST_LETTERS]}", [],
        [
            Section("What to expect", expected),
            Section("What could change it", _changed(changes, one)),
            Section("What this rests on", [Points(_rests_on(records, one, procedure, profile))]),
            Section("To talk about", _to_talk_about(len(changes))),
        ],
        made, _foot(records, one, outcome, made), cover=False, large=True,
    )  # fmt: skip


def issued_sheet(records: Records, procedure: str, profile: Mapping[str, str], made: datetime) -> bytes:
    """The sheet as PDF. That one was made is on record, and nothing of whom it is for."""
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


def _changed(changes: Sequence[Change], one: Estimate) -> list[Block]:
    if not changes:
        return [Paragraph("These numbers show nothing that you could change before the operation.")]
    return [
        Points([_change_words(each, one) for each in changes]),
        Paragraph("These were other people. We do not know that a change would help you as much."),
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
        return f"{said}. This may be due to chance."
    return f"{said}: {abs(apart)} {'fewer' if apart < 0 else 'more'}."


def _to_talk_about(changes: int) -> list[Block]:
    """The more stands above, the fewer questions, so that one page holds all of it."""
    asked = Points(TO_ASK[changes:], to_do=True)
    return [Paragraph("", strong=NOT_A_DECISION), asked, Lines("What matters most to me", 1)]


def _rests_on(records: Records, one: Estimate, procedure: str, profile: Mapping[str, str]) -> list[str]:
    data_date = one.model.data_date or records.facts.data_date
    until = f", up to {day_words(data_date)}" if data_date else ""
    group = "" if one.by_itself else f" Too few were of your kind alone, so we took all of this group: {one.group}."
    known = [records.label("procedure", procedure), *_bands(one, profile)]
    hardly = one.model.c_statistic is not None and one.model.c_statistic < POOR_C
    return [
        f"We looked at {one.model.plan.operations:,} operations done here{until}.{group}",
        f"We took you as: {'; '.join(known)}. If this is wrong, ask for a new sheet.",
        f"It is a rough guide. It can {'hardly' if hardly else 'only in part'} tell who will do well and who will not.",
    ]


def _bands(one: Estimate, profile: Mapping[str, str]) -> list[str]:
    """What is said of the person, of what the model holds: smoking: current."""
    factors = load().factors
    found = []
    for name in one.model.plan.factors:
        factor = factors.get(name)
        if factor is None:
            continue
        said = profile.get(name, factor.reference)
        label = next((band.label for band in factor.bands if band.name == said), said)
        found.append(f"{wording.within_sentence(factor.label)}: {wording.within_sentence(label)}")
    return found


def _foot(records: Records, one: Estimate, outcome: Outcome, made: datetime) -> str:
    made_up = " · sample data, made by computer" if records.facts.made_up else ""
    what = f"{outcome.short} {when_words(outcome, one.within_days)}"
    return (
        f"For discussion · made {day_words(made.date())} · {what}, 95 % interval · model {one.model.version} · "
        f"generation {records.engine.generation}{made_up}"
    )

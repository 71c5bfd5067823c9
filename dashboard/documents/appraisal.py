"""One surgeon's pack for an appraisal: own figures, peers as a band, each failure with its care, and reflections."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from dashboard import wording
from dashboard.analyses.case_review import ReviewedCase, failures, reviewed, told
from dashboard.analyses.causes import PREVENTABLE
from dashboard.analyses.cells import PALE_BAND, SHARES_TOLD, SIGNS_TOLD, WORST_CASE, apart_of, rate_words
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import outcome_named, rows_of, when_words
from dashboard.analyses.headline import headline, limits_words, value_words
from dashboard.analyses.peers import SURGEON, AmongPeers, among_peers, banded, of_surgeon, practice_beside, surgeons
from dashboard.analyses.plans import ActionPlan, about_whom, plans
from dashboard.analyses.proms import measure_named
from dashboard.analyses.timeline import rule_sentence
from dashboard.analyses.trajectories import trajectories
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.me import counted_words, me_verdict, peers_words
from dashboard.analyses.verdicts.meeting import asking
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.charts import dot_interval, ratio_rows, trajectory
from dashboard.definitions import load
from dashboard.documents.cover import facts_of, foot_of, practice_of
from dashboard.documents.document import (
    Block,
    Document,
    Lines,
    Number,
    Numbers,
    Paragraph,
    Picture,
    Points,
    Section,
    WordTable,
)
from dashboard.documents.quality.actions import plan_told
from dashboard.documents.quality.causes import care_given, reasons
from dashboard.documents.quality.data import followed, recorded
from dashboard.documents.tables import said, word_table
from dashboard.documents.wanted import Wanted
from dashboard.errors import NoData, OutcomesError, WrongUsage
from dashboard.records import Records

TITLE = "Appraisal pack"
MOST_CASES = 80
CHOOSE = "An appraisal pack is of one surgeon: choose one, in the filters at the top (or by --surgeon)."
OWN = "own figures and single patients under a pseudonym: for the surgeon and the appraiser"
REFLECTIONS = (
    "What the figures show me, and what they cannot show",
    "A case that I learnt from",
    "What I have changed, and what came of it",
    "What I will do until the next appraisal",
)


@dataclass(frozen=True)
class Appraised:
    """Whose pack it is: the name and its label, the records of all that the viewer may see, and the surgeon's own.

    failed: the own failures, a row each.
    """

    name: str
    label: str
    every: Records
    mine: Records
    failed: pd.DataFrame
    wanted: Wanted


def appraisal(records: Records, wanted: Wanted) -> Document:
    """The pack of the surgeon chosen; of a surgeon who looks, the own one.

    Raises WrongUsage unless one surgeon is chosen whom the viewer may see; NotAllowed for a viewer who does not see
    patients.
    """
    name = whose(records)
    mine = of_surgeon(records, name)
    about = Appraised(name, records.label(SURGEON, name), records, mine, failures(mine, wanted.outcome), wanted)
    known = outcome_named(wanted.outcome)
    when = f"{known.short} {when_words(known, wanted.within_days)}"
    return Document(
        TITLE, f"{about.label} · {practice_of(records)} · {when}", facts_of(mine, wanted),
        [_section(about, *part) for part in PARTS], wanted.made, f"{foot_of(records, wanted, TITLE)} · {OWN}",
    )  # fmt: skip


def whose(records: Records) -> str:
    """The one surgeon whom the pack is of."""
    names = _meant(records)
    if len(names) != 1:
        raise WrongUsage(CHOOSE)
    return names[0]


def surgeon_lacking(records: Records) -> str:
    """That one surgeon is still to be chosen, where that is so."""
    return "" if len(_meant(records)) == 1 else CHOOSE


def _meant(records: Records) -> list[str]:
    known = surgeons(records)
    return [name for name in records.cohort.chosen.get(SURGEON, tuple(known)) if name in known]


def _section(
    about: Appraised, title: str, level: int, own_page: bool, make: Callable[[Appraised], Sequence[Block]]
) -> Section:
    about.wanted.on_step(title)
    try:
        blocks = make(about)
    except OutcomesError as problem:
        blocks = [Paragraph(problem.message)]
    return Section(title, blocks, own_page, level)


def _in_short(about: Appraised) -> list[Block]:
    """The verdict, the figures that are looked at first, and what they could be at worst."""
    outcome, days = about.wanted.outcome, about.wanted.within_days
    practice = practice_beside(about.every, about.name, outcome)
    beside = {} if practice is None else {row.figure: row for row in rows_of(headline(practice, outcome, days))}
    figures = [
        Number(row.label, value_words(row), limits_words(row), _practice(beside.get(row.figure)))
        for row in rows_of(headline(about.mine, outcome, days))
    ]
    n = operations_chosen(about.mine)
    worst = overall_verdict(about.mine, outcome, days).doubt
    return [
        said(me_verdict(about.every, about.name, outcome, days)),
        Numbers([Number("Operations", f"{n:,}", "as chosen for this pack"), *figures]),
        Paragraph(f"{worst} Intervals are 95 %; of changes and days, the middle half.".strip(), quiet=True),
    ]


def _practice(row: object) -> str:
    return f"practice: {value_words(row)} ({limits_words(row)})" if row is not None else ""


def _among(about: Appraised) -> list[Block]:
    """Failures seen by those expected of these patients and procedures, with peers as a band."""
    found = among_peers(about.every, about.name, about.wanted.outcome, about.wanted.within_days)
    if found.own is None or found.answer.model.fit is None:
        return [Paragraph(f"Not shown: {found.answer.model.plan.reason or 'nothing is expected here'}.")]
    model = (
        "Expected: the sum of the risks that the practice's own model of case mix gives to each of these operations. "
        "For appraisal and learning, not for ranking."
    )
    counted = counted_words(found, about.wanted.outcome, about.wanted.within_days)
    rows = banded(found)
    return [
        Picture(ratio_rows.ratio_rows(rows), ratio_rows.describe(rows), f"{_peers(found)} {model}"),
        *([Paragraph(counted, quiet=True)] if counted else []),
    ]  # fmt: skip


def _peers(found: AmongPeers) -> str:
    if found.rows["own"].all():
        return peers_words(found)
    return "Of the peers the middle ratio and the middle half are drawn: no single one, as this is handed on."


def _families(about: Appraised) -> list[Block]:
    """Which operations these are, and the share failed of each family."""
    outcome, days, mine = about.wanted.outcome, about.wanted.within_days, about.mine
    rows = failure_rate(mine, outcome, "family", days).sort_values("operations", ascending=False, kind="stable")
    rows = judged(rows, groups_verdict(mine, outcome, "family", days))
    whole = failure_rate(mine, outcome, None, days).iloc[0]
    own = float(whole["share"]) if whole["shown"] else None
    label = f"all {wording.percent(own)}" if own is not None else ""
    return [
        Picture(
            dot_interval.dot_interval(rows, comparator=own, comparator_label=label), dot_interval.describe(rows),
            f"{SIGNS_TOLD} {PALE_BAND} {SHARES_TOLD}",
        ),
        word_table(
            "Case mix, and the share failed", rows,
            {
                "Family": "label", "Operations": "operations", "Share failed (count; 95 % interval)": rate_words,
                "Against all others, points": apart_of, **WORST_CASE, "To bear in mind": "note",
            },
        ),
    ]  # fmt: skip


def _reported(about: Appraised) -> list[Block]:
    """The course of the first measure that patients report."""
    for measure in load().patient_reported.measures:
        try:
            rows = trajectories(about.mine, measure.name)
        except NoData:
            continue
        unit = measure_named(measure.name).unit
        alt = trajectory.describe(rows, label=measure.label, unit=unit)
        told_ = f"{measure.label}, {unit}: {measure.better} is better. Of whoever answered each visit, not of the same."
        return [Picture(trajectory.trajectory(rows, unit=unit), alt, told_, share=0.7)]
    return [Paragraph("What patients report is not recorded.")]


def _cases(about: Appraised) -> list[Block]:
    """Each failure of these operations, with its cause and its care; on record."""
    rows = about.failed
    if rows.empty:
        return [Paragraph("No failure was seen among these operations.")]
    rows = rows.sort_values(["operated", "operation"], ascending=[False, True], kind="stable").reset_index(drop=True)
    cases = reviewed(about.mine, rows.head(MOST_CASES), about.wanted.outcome)
    more = max(0, len(rows) - len(cases))
    left = f" The {wording.count(more, 'failure')} after earlier operations stand on the page Patients." if more else ""
    return [
        WordTable(
            f"{wording.count(len(rows), 'failure')} seen in all follow-up so far, the latest operation first",
            ("Operation, patient", "Failed on day", "Main cause", "Care, and how it ended"),
            [_case_row(case) for case in cases],
            f"Days count from surgery. {PREVENTABLE} a cause that could perhaps have been prevented.{left}",
            numbers=(1,), wide=3,
        )
    ]  # fmt: skip


def _case_row(case: ReviewedCase) -> tuple[str, ...]:
    sign = f" {PREVENTABLE}" if case.facts.preventable else ""
    open_ = [words for words in asking(case) if words == "red flag without contact"]
    care = "; ".join([*told(case.facts.treated), *open_]) or "no treatment recorded"
    operation = f"{case.procedure}, {case.operated}\n{case.patient}"
    return operation, f"{case.day:,}", f"{case.facts.cause or 'not recorded'}{sign}", care


def _plans(about: Appraised) -> list[Block]:
    """The plans about this surgeon's operations, with their figures before and after."""
    own = [plan for plan in plans(about.every) if _is_of(plan, about.name)]
    if not own:
        return [Paragraph("No plan about these operations stands or stood.")]
    return [block for plan in own for block in plan_told(about.every, plan)]


def _is_of(plan: ActionPlan, name: str) -> bool:
    return tuple(about_whom(plan).chosen.get(SURGEON, ())) == (name,)


def _reflections(about: Appraised) -> list[Block]:
    return [Lines(heading, 5) for heading in REFLECTIONS]


def _method(about: Appraised) -> list[Block]:
    found = among_peers(about.every, about.name, about.wanted.outcome, about.wanted.within_days)
    return [
        Points([
            rule_sentence(about.wanted.outcome),
            f"For appraisal and learning, not for ranking. {_peers(found)}",
            "Figures are those of the page My page, for the same operations. Shares allow for operations not "
            "followed so long; what is not recorded and what is not yet due are told apart.",
            "A failure is of an operation, not of a surgeon: causes lie before, in and after surgery. Associated, not "
            "caused.",
        ])
    ]  # fmt: skip


PARTS: tuple[tuple[str, int, bool, Callable[[Appraised], Sequence[Block]]], ...] = (
    ("In short", 1, True, _in_short),
    ("Seen against expected", 2, False, _among),
    ("Case mix, and failures by family", 1, True, _families),
    ("What patients report", 2, False, _reported),
    ("Why operations failed", 1, True, lambda about: reasons(about.mine, about.wanted)),
    ("Each failure", 1, True, _cases),
    ("Care after failure", 1, True, lambda about: care_given(about.mine, about.wanted)),
    ("Follow-up", 1, True, lambda about: followed(about.mine, about.wanted)),
    ("What is recorded", 2, False, lambda about: recorded(about.mine, about.wanted)),
    ("Plans", 1, False, _plans),
    ("How this is counted", 1, False, _method),
    ("Reflections", 1, True, _reflections),
)
"""Title, level, whether it begins a page, and what it says; in the order of the pack."""

"""The report in one page, for whoever reads no further."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from dashboard.analyses.cells import WORST_CASE, known_of_due, rate_words
from dashboard.analyses.difference import difference
from dashboard.analyses.failure_curve import curves_told
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import outcome_named, rows_of
from dashboard.analyses.headline import SHARE, headline, limits_words, value_words
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.trend import trend
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.analyses.verdicts.data_quality import followed_verdict
from dashboard.analyses.verdicts.difference import difference_verdict
from dashboard.analyses.verdicts.flags import flags_verdict
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.analyses.verdicts.plans import plans_verdict
from dashboard.analyses.verdicts.signals import signals_verdict
from dashboard.charts import step_curve
from dashboard.charts.years import describe, years
from dashboard.documents.document import Beside, Block, Number, Numbers, Paragraph, Picture, Points
from dashboard.documents.quality.changes import headline_outcomes, known_as
from dashboard.documents.quality.period import HeldAgainst, beside
from dashboard.documents.tables import said, to_bear_in_mind, word_table
from dashboard.documents.wanted import PUBLISHED, Wanted
from dashboard.errors import NotTold, OutcomesError
from dashboard.protecting import is_told
from dashboard.records import Records

ONE_YEAR = "year"


def summary(records: Records, wanted: Wanted) -> list[Block]:
    """The answer, six figures, what they are held against, two pictures, and what asks for a look."""
    against = beside(records, wanted)
    if why := not_recorded(records, wanted.outcome):
        return [Paragraph("", strong=why), _figures(records, wanted, against)]
    return [
        said(overview_verdict(records, wanted.outcome, wanted.within_days)),
        _figures(records, wanted, against),
        *_compared(records, wanted, against),
        _pictures(records, wanted),
        Paragraph("", strong="What asks for a look"),
        Points(_asking(records, wanted)),
        Paragraph(_rests_on(records, wanted), quiet=True),
    ]


def in_full(records: Records, wanted: Wanted) -> list[Block]:
    """Each headline share with all that it rests on, and what it could be at worst."""
    rates = [
        failure_rate(records, name, None, days).assign(
            known_as=known_as(name, days), definition=f"version {outcome_named(name).version}"
        )
        for name, days in headline_outcomes(records, wanted)
    ]
    rows = pd.concat(rates, ignore_index=True)
    return [
        word_table(
            "", rows,
            {
                "Figure": "known_as", "Share (count; 95 % interval)": rate_words, **WORST_CASE, "Due": "due",
                "Known, of due": known_of_due, "Not yet due": "not_due", "Definition": "definition",
            },
            note=to_bear_in_mind(rows, "known_as"),
        )
    ]  # fmt: skip


def _figures(records: Records, wanted: Wanted, against: HeldAgainst) -> Numbers:
    others = {}
    if against.records is not None:
        found = headline(against.records, wanted.outcome, wanted.within_days)
        others = {row.figure: row for row in rows_of(found)}
    rows = rows_of(headline(records, wanted.outcome, wanted.within_days))
    return Numbers([_number(row, others.get(row.figure), wanted) for row in rows])


def _number(row: Any, other: Any, wanted: Wanted) -> Number:
    compared = row.comparator if wanted.compare == PUBLISHED or row.kind != SHARE or not row.outcome else ""
    if other is not None:
        what = "before" if wanted.compare == "previous" else "practice"
        compared = f"{what}: {value_words(other)} ({limits_words(other)})"
    return Number(row.label, value_words(row), limits_words(row), compared)


def _compared(records: Records, wanted: Wanted, against: HeldAgainst) -> list[Block]:
    """Whether the report's share differs from the one beside it, where that can be tested; else why not."""
    if against.records is None:
        return [Paragraph(against.why, quiet=True)] if against.why else []
    if not against.apart:
        return [
            Paragraph(
                f"Beside each figure: that of {against.label}, of which these operations are a part. Whether they "
                "differ from what their own patients lead one to expect is said under Surgeons and sites.",
                quiet=True,
            )
        ]
    cohort = against.records.cohort
    labels = ("This period", f"The period before ({against.label})")
    try:
        found = difference(records, wanted.outcome, wanted.within_days, cohort, labels)
    except OutcomesError as problem:
        return [Paragraph(problem.message, quiet=True)]
    return [said(difference_verdict(found, wanted.outcome, wanted.within_days))]


def _pictures(records: Records, wanted: Wanted) -> Block:
    until = wanted.within_days
    known = outcome_named(wanted.outcome)
    by_year = trend(records, wanted.outcome, until, ONE_YEAR).periods
    title = f"{known_as(wanted.outcome, until)}, by year of surgery"
    settled = Picture(years(by_year), describe(by_year), title)
    if known.kind != "time":
        return settled
    curve = curves_told(records, wanted.outcome, None, until)
    course = Picture(
        step_curve.step_curve(curve, until_days=until),
        step_curve.describe(curve, until_days=until),
        f"{known.short} by each day after surgery, with its 95 % interval",
    )
    return Beside(course, settled)


def _asking(records: Records, wanted: Wanted) -> list[str]:
    """What asks for a look: signals, red flags, plans, follow-up; each the answer of its own verdict.

    Red flags for those alone who see patients, and signals for whoever is told them, without a line on record that
    others were refused them.
    """
    signals = answer_of(signals_verdict, records) if is_told(records.viewer, "case_mix") else ""
    flags = answer_of(flags_verdict, records) if records.viewer.sees_patients else ""
    answers = (
        signals, flags,
        answer_of(plans_verdict, records, wanted.made.date()), answer_of(followed_verdict, records),
    )  # fmt: skip
    return [answer for answer in answers if answer]


def answer_of(conclude: Callable[..., Verdict], *of: object) -> str:
    """The answer of a verdict; where it cannot be given, why; nothing where it is not told to this viewer."""
    try:
        return conclude(*of).answer
    except NotTold:
        return ""
    except OutcomesError as problem:
        return problem.message


def _rests_on(records: Records, wanted: Wanted) -> str:
    known = outcome_named(wanted.outcome)
    worst = overall_verdict(records, wanted.outcome, wanted.within_days).doubt
    return f"{worst} Intervals are 95 %. {known.label}: {known.description}".strip()

"""The questions of `outcomes query`: by name, the analysis that answers it as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pandas as pd

from dashboard.analyses.adjusted_risk import with_ratios
from dashboard.analyses.asked import Asked
from dashboard.analyses.causes import NO_LATER, causes_table, check_window
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.compare import compare
from dashboard.analyses.completeness import completeness
from dashboard.analyses.definitions_compared import definitions_compared
from dashboard.analyses.diagnosis_delay import WITHIN, diagnosis_delay
from dashboard.analyses.estimate import estimate_table
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.follow_up import follow_up
from dashboard.analyses.groups import LONGEST_DAY
from dashboard.analyses.monitor import monitor
from dashboard.analyses.onset import onset, symptoms
from dashboard.analyses.programmes import programmes
from dashboard.analyses.proms import proms_table
from dashboard.analyses.published import published
from dashboard.analyses.recorded import check_kind, check_recorded
from dashboard.analyses.red_flags import RECENT_DAYS, red_flags_answer
from dashboard.analyses.treatments import treatments_by, treatments_table
from dashboard.analyses.trend import trend
from dashboard.analyses.undated import undated
from dashboard.analyses.verdicts.difference import difference_table
from dashboard.analyses.verdicts.every import verdicts
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records

NOTHING: Mapping[str, Any] = MappingProxyType({})


Ask = Callable[[Records, Asked], pd.DataFrame]


@dataclass(frozen=True)
class Question:
    """ask: what answers it; days: when none are given; by: whether it can be broken down.

    more: what else of ``Asked`` it can be asked with. none: what a table without rows says where there are operations.
    """

    ask: Ask
    days: int
    by: bool = True
    more: tuple[str, ...] = ()
    none: str = "Nothing of this is recorded."


def answer(
    records: Records, name: str, outcome: str, by: str | None, days: int | None, more: Mapping[str, Any] = NOTHING
) -> pd.DataFrame:
    """The table that answers a question. Raises WrongUsage when it cannot be asked so."""
    question = QUESTIONS[name]
    if by and not question.by:
        raise WrongUsage(f"{name} is not broken down further: leave out --by.")
    if surplus := [word for word, value in more.items() if value and word not in question.more]:
        raise WrongUsage(f"{name} is not asked with --{surplus[0]}: leave it out.")
    return question.ask(records, Asked(outcome, by, question.days if days is None else days, **more))


def nothing(records: Records, name: str) -> str:
    """What is said in place of a table without rows: truly no operations, or why none of those there is in it."""
    operations = operations_chosen(records)
    if not operations:
        return "No operations."
    why = (monitor(records).reason if name == "monitor" else "") or QUESTIONS[name].none
    return f"{operations:,} {'operation' if operations == 1 else 'operations'} chosen. {why}"


def _curve(records: Records, asked: Asked) -> pd.DataFrame:
    check_recorded(records, asked.outcome)
    curve = failure_curve(records, asked.outcome, asked.by)
    return curve[curve["day"] <= asked.days]


def _onset(records: Records, asked: Asked) -> pd.DataFrame:
    found = onset(records, asked.outcome, asked.by, asked.days)
    return found.categories.merge(found.quantiles.drop(columns="label"), on="group", how="left")


def _causes(records: Records, asked: Asked) -> pd.DataFrame:
    check_window(asked.days, asked.after)
    return causes_table(records, asked.outcome, asked.by, asked.days, NO_LATER if asked.after is None else asked.after)


def _of_kind(kind: str, ask: Ask) -> Ask:
    """The question where anybody records what it counts."""

    def ask_it(records: Records, asked: Asked) -> pd.DataFrame:
        check_kind(records, kind)
        return ask(records, asked)

    return ask_it


def _treatments(records: Records, asked: Asked) -> pd.DataFrame:
    """Each treatment by attempt; or revisions alone, by attempt or kind, as the page has them."""
    check_kind(records, "treatment")
    return treatments_by(records, asked.by) if asked.by else treatments_table(records)


def _broken_down(ask: Callable[[Records, str, str | None, int], pd.DataFrame]) -> Ask:
    """A question of an outcome, broken down or not, within some days."""
    return lambda records, asked: ask(records, asked.outcome, asked.by, asked.days)


def _monitor(records: Records, asked: Asked) -> pd.DataFrame:
    check_recorded(records, load().monitoring.outcome)
    return monitor(records).series


QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "failure_curve": Question(_curve, LONGEST_DAY),
        "failure_rate": Question(_broken_down(failure_rate), 730),
        "failure_test": Question(_broken_down(failure_test), LONGEST_DAY),
        "onset": Question(_onset, 365),
        "risk_factors": Question(
            lambda records, asked: with_ratios(records, asked.outcome, asked.days, asked.exposure),
            730,
            by=False,
            more=("exposure",),
        ),
        "symptoms": Question(
            _of_kind("symptom", lambda records, asked: symptoms(records, asked.days)),
            365,
            by=False,
            none="No symptom is recorded within these days.",
        ),
        "causes": Question(
            _causes,
            1825,
            more=("after",),
            none="None is known to have failed within these days.",
        ),
        "diagnosis_delay": Question(
            lambda records, asked: diagnosis_delay(records, asked.by).groups,
            WITHIN,
            none="No symptom is recorded after these operations.",
        ),
        "treatments": Question(_treatments, 0, none="No treatment after a failure is recorded."),
        "completeness": Question(lambda records, asked: completeness(records), 0, by=False),
        "follow_up": Question(lambda records, asked: follow_up(records, asked.by), 0),
        "definitions_compared": Question(
            lambda records, asked: definitions_compared(records, asked.days), 730, by=False
        ),
        "red_flags": Question(
            _of_kind("symptom", lambda records, asked: red_flags_answer(records, asked.by, asked.days)),
            RECENT_DAYS,
            none="No red flag is recorded as begun within these days.",
        ),
        "proms": Question(lambda records, asked: proms_table(records, asked.by), 0),
        "compare": Question(
            lambda records, asked: compare(records, asked.outcome, asked.by or "surgeon", asked.days).units,
            730,
            none="Of none of them is it recorded who operated, or where: there is nobody to compare.",
        ),
        "trend": Question(lambda records, asked: trend(records, asked.outcome, asked.days, asked.by).periods, 730),
        "difference": Question(difference_table, 730, by=False, more=("since", "against")),
        "published": Question(_broken_down(published), 730),
        "estimate": Question(estimate_table, 0, by=False, more=("profile", "procedure")),
        "programmes": Question(lambda records, asked: programmes(records, asked.by), 0),
        "undated": Question(lambda records, asked: undated(records), 0, by=False),
        "monitor": Question(_monitor, 0, by=False, none="None of them counts since the model was frozen."),
        "verdicts": Question(
            verdicts,
            730,
            by=False,
            more=("since", "about", "after", "exposure", "profile", "procedure"),
            none="There is nothing to conclude.",
        ),
    }
)

"""The questions of `outcomes query`: by name, the analysis that answers it as one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import pandas as pd

from dashboard.analyses.adjusted_risk import with_ratios
from dashboard.analyses.causes import causes_table
from dashboard.analyses.cohort_line import operations_chosen
from dashboard.analyses.compare import compare
from dashboard.analyses.completeness import completeness
from dashboard.analyses.definitions_compared import definitions_compared
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.follow_up import follow_up
from dashboard.analyses.monitor import monitor
from dashboard.analyses.onset import onset, symptoms
from dashboard.analyses.proms import proms_table
from dashboard.analyses.recorded import check_kind, check_recorded
from dashboard.analyses.red_flags import red_flags_table
from dashboard.analyses.treatments import treatments_table
from dashboard.analyses.trend import trend
from dashboard.analyses.undated import undated
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records

Ask = Callable[[Records, str, str | None, int], pd.DataFrame]


@dataclass(frozen=True)
class Question:
    """ask: (records, outcome, by, days) -> table; days: when none are given; by: whether it can be broken down.

    none: what a table without rows says where there are operations.
    """

    ask: Ask
    days: int
    by: bool = True
    none: str = "Nothing of this is recorded."


def answer(records: Records, name: str, outcome: str, by: str | None, days: int | None) -> pd.DataFrame:
    """The table that answers a question. Raises WrongUsage when it cannot be asked so."""
    question = QUESTIONS[name]
    if by and not question.by:
        raise WrongUsage(f"{name} is not broken down further: leave out --by.")
    return question.ask(records, outcome, by, question.days if days is None else days)


def nothing(records: Records, name: str) -> str:
    """What is said in place of a table without rows: truly no operations, or why none of those there is in it."""
    operations = operations_chosen(records)
    if not operations:
        return "No operations."
    why = (monitor(records).reason if name == "monitor" else "") or QUESTIONS[name].none
    return f"{operations:,} {'operation' if operations == 1 else 'operations'} chosen. {why}"


def _curve(records: Records, outcome: str, by: str | None, days: int) -> pd.DataFrame:
    check_recorded(records, outcome)
    curve = failure_curve(records, outcome, by)
    return curve[curve["day"] <= days]


def _onset(records: Records, outcome: str, by: str | None, days: int) -> pd.DataFrame:
    found = onset(records, outcome, by, days)
    return found.categories.merge(found.quantiles.drop(columns="label"), on="group", how="left")


def _of_kind(kind: str, ask: Callable[[Records, int], pd.DataFrame]) -> Ask:
    """The question where anybody records what it counts."""

    def asked(records: Records, outcome: str, by: str | None, days: int) -> pd.DataFrame:
        check_kind(records, kind)
        return ask(records, days)

    return asked


def _monitor(records: Records, outcome: str, by: str | None, days: int) -> pd.DataFrame:
    check_recorded(records, load().monitoring.outcome)
    return monitor(records).series


LONGEST_DAY = 36_500

QUESTIONS: Mapping[str, Question] = MappingProxyType(
    {
        "failure_curve": Question(_curve, LONGEST_DAY),
        "failure_rate": Question(failure_rate, 730),
        "failure_test": Question(lambda records, outcome, by, days: failure_test(records, outcome, by), 0),
        "onset": Question(_onset, 365),
        "risk_factors": Question(lambda records, outcome, by, days: with_ratios(records, outcome, days), 730, by=False),
        "symptoms": Question(
            _of_kind("symptom", symptoms), 365, by=False, none="No symptom is recorded within these days."
        ),
        "causes": Question(causes_table, 1825, none="None is known to have failed within these days."),
        "treatments": Question(
            _of_kind("treatment", lambda records, days: treatments_table(records)),
            0,
            by=False,
            none="No treatment after a failure is recorded.",
        ),
        "completeness": Question(lambda records, outcome, by, days: completeness(records), 0, by=False),
        "follow_up": Question(lambda records, outcome, by, days: follow_up(records, by), 0),
        "definitions_compared": Question(
            lambda records, outcome, by, days: definitions_compared(records, days), 730, by=False
        ),
        "red_flags": Question(
            _of_kind("symptom", red_flags_table),
            90,
            by=False,
            none="No red flag is recorded as begun within these days.",
        ),
        "proms": Question(lambda records, outcome, by, days: proms_table(records, by), 0),
        "compare": Question(
            lambda records, outcome, by, days: compare(records, outcome, by or "surgeon", days).units,
            730,
            none="Of none of them is it recorded who operated, or where: there is nobody to compare.",
        ),
        "trend": Question(
            lambda records, outcome, by, days: trend(records, outcome, days, by or "quarter").periods, 730
        ),
        "undated": Question(lambda records, outcome, by, days: undated(records), 0, by=False),
        "monitor": Question(_monitor, 0, by=False, none="None of them counts since the model was frozen."),
    }
)

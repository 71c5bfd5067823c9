"""Whether failure changes over time, and whether a change is more than chance: by quarter or month of surgery."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from dashboard.analyses.failure_rate import KNOWN_TO_SHOW
from dashboard.analyses.groups import check_days, due_from, outcome_named, settled_after
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.cohort import day_words
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import control_charts

FREQUENCY = {"quarter": "Q", "month": "M"}
NO_LIMITS = control_charts.NONE

COLUMNS = [
    "period", "label", "operations", "known", "failed", "share", "centre", "lower_limit", "upper_limit", "signal",
    "limits", "immature",
]  # fmt: skip
MONTH_COLUMNS = ["label", "operations", "centre", "lower_limit", "upper_limit", "signal", "limits"]
BETWEEN_COLUMNS = ["number", "operated", "label", "between", "centre", "lower_limit", "upper_limit", "signal", "limits"]


@dataclass(frozen=True)
class Trend:
    """A control chart: ``periods`` as in COLUMNS.

    limits: "firm", "trial" (7 to 11 points) or "none" (fewer, or all alike), where nothing is a signal; the same in
    every row.
    """

    periods: pd.DataFrame
    limits: str


@dataclass(frozen=True)
class Between:
    """A g chart: ``events`` as in BETWEEN_COLUMNS, a row for each but the first; ``since_last``: operations since.

    limits: as of ``Trend``.
    """

    events: pd.DataFrame
    limits: str
    since_last: int


@remembered
def trend(records: Records, outcome: str, within_days: int = 730, period: str = "quarter") -> Trend:
    """Share failed by the landmark among operations of each period whose state there is known: a p chart.

    ``operations``: all of the period; ``known``: of those, with a known state; ``share`` is null where fewer than ten
    are known, or fewer than half. A period is ``immature``, and has no share, until the landmark has come for its last
    day of surgery. For an outcome asked at a visit, the landmark is the end of the visit's window.
    """
    if period not in FREQUENCY:
        raise WrongUsage(f'"{period}" is no period. Choose {" or ".join(FREQUENCY)}.')
    check_recorded(records, outcome)
    days, window = _asked(records, outcome, within_days)
    if days.empty:
        return Trend(pd.DataFrame(columns=COLUMNS), NO_LIMITS)
    spans = pd.PeriodIndex(days["operated"], freq=FREQUENCY[period])
    counts = days.groupby(spans)[["operations", "known", "failed"]].sum()
    counts = counts.reindex(
        pd.period_range(counts.index.min(), counts.index.max(), freq=FREQUENCY[period]), fill_value=0
    )
    last_due = pd.Timestamp(due_from(records, window))
    immature = np.array([span.end_time.normalize() > last_due for span in counts.index])
    mature = counts[~immature]
    # Too few known: who failed is known early, so that the share among the known would be too high.
    mature = mature.where(mature["known"] >= KNOWN_TO_SHOW * mature["operations"], 0)
    chart = control_charts.p_chart(mature["failed"].to_numpy(), mature["known"].to_numpy()).shown()
    frame = counts.reset_index(names="period").assign(
        label=[_label(span) for span in counts.index], immature=immature, signal="", limits=chart.limits
    )
    for name, values in (("share", chart.value), ("centre", chart.centre), ("lower_limit", chart.lower),
                         ("upper_limit", chart.upper)):  # fmt: skip
        frame[name] = np.nan
        frame.loc[~immature, name] = values
    frame.loc[~immature, "signal"] = [signal.value if signal else "" for signal in chart.signal]
    frame["period"] = [span.start_time.date() for span in counts.index]
    return Trend(frame[COLUMNS], chart.limits)


@remembered
def operated_monthly(records: Records) -> pd.DataFrame:
    """Operations in each whole month, with the limits by which months differ: an XmR chart, for a bare count.

    Columns as in MONTH_COLUMNS; a month without operations is a row too. A month of which the cohort's period or the
    data date leaves out a day is none. No rows for fewer months than limits can be drawn from (7; of up to 11 they are
    trial limits). Only a month outside the limits is a signal: runs are how a practice grows.
    """
    days, _ = _asked(records, load().default_outcome.name, 365)
    begin, end = records.cohort.operated_from or date.min, records.cohort.operated_to or date.max
    end = min(end, records.facts.data_date or date.min)
    spans = list(pd.period_range(days["operated"].min(), end, freq="M")) if len(days) else []
    whole = [span for span in spans if span.start_time.date() >= begin and span.end_time.date() <= end]
    if len(whole) < control_charts.FEWEST_FOR_TRIAL:
        return pd.DataFrame(columns=MONTH_COLUMNS)
    counts = days.groupby(pd.PeriodIndex(days["operated"], freq="M"))["operations"].sum().reindex(whole, fill_value=0)
    chart = control_charts.xmr_chart(counts.to_numpy()).shown()
    outside = (control_charts.Signal.OUTSIDE_ABOVE, control_charts.Signal.OUTSIDE_BELOW)
    return pd.DataFrame(
        {
            "label": [_label(span) for span in whole], "operations": counts.to_numpy(), "centre": chart.centre,
            "lower_limit": np.maximum(chart.lower, 0), "upper_limit": chart.upper,
            "signal": [signal.value if signal and signal in outside else "" for signal in chart.signal],
            "limits": chart.limits,
        }
    )  # fmt: skip


@remembered
def between(records: Records, outcome: str, within_days: int) -> Between:
    """Operations from one with the outcome to the next, in order of surgery: a g chart, for what is rare.

    Of operations whose state by the landmark is known. Several on one day with the outcome are spread evenly over the
    day's operations: their order within the day is not recorded.
    """
    check_recorded(records, outcome)
    days, _ = _asked(records, outcome, within_days)
    days = days[days["known"] > 0]
    places, dates = _places(days)
    if len(places) < 2:
        return Between(pd.DataFrame(columns=BETWEEN_COLUMNS), control_charts.NONE, int(days["known"].sum()))
    gaps = np.diff(places) - 1
    chart = control_charts.g_chart(gaps).shown()
    events = pd.DataFrame(
        {
            "number": np.arange(2, len(places) + 1), "operated": dates[1:], "between": gaps, "centre": chart.centre,
            "lower_limit": chart.lower, "upper_limit": chart.upper,
            "signal": [signal.value if signal else "" for signal in chart.signal], "limits": chart.limits,
        }
    )  # fmt: skip
    events["label"] = [day_words(day) for day in events["operated"]]
    return Between(events[BETWEEN_COLUMNS], chart.limits, int(days["known"].sum()) - int(places[-1]))


def limits_words(limits: str, points: int) -> str:
    """What is to be borne in mind of the limits of a chart of so many points: a sentence, or nothing."""
    if limits == control_charts.TRIAL:
        return f" {points} points, fewer than {control_charts.FEWEST_POINTS}: these are trial limits."
    if limits == NO_LIMITS:
        few = points < control_charts.FEWEST_FOR_TRIAL
        counted = f"{points} point{'' if points == 1 else 's'}, fewer than {control_charts.FEWEST_FOR_TRIAL}"
        why = counted if few else "all points are alike"
        return f" No limits are drawn, and nothing can be a signal: {why}."
    return ""


def _asked(records: Records, outcome: str, within_days: int) -> tuple[pd.DataFrame, int]:
    """The counts by day of surgery, and how many days after surgery the outcome is settled."""
    check_days(within_days)
    at_visit = outcome_named(outcome).kind == "landmark"
    window = settled_after(outcome, within_days)
    days = records.read(
        "trend", outcome=outcome, within_days=within_days, due_from=due_from(records, window), at_visit=at_visit
    )
    return days, window


def _places(days: pd.DataFrame) -> tuple[np.ndarray, list[pd.Timestamp]]:
    """The place of each event in the sequence of known operations, counted from 1, and its day of surgery."""
    places: list[int] = []
    dates: list[pd.Timestamp] = []
    before = 0
    for operated, known, failed in zip(days["operated"], days["known"], days["failed"], strict=True):
        places += [before + (step * int(known)) // int(failed) for step in range(1, int(failed) + 1)]
        dates += [operated] * int(failed)
        before += int(known)
    return np.array(places), dates


def _label(span: pd.Period) -> str:
    return f"{span.year} Q{span.quarter}" if span.freqstr.startswith("Q") else f"{span.strftime('%b %Y')}"

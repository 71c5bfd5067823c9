"""Whether failure changes over time, and whether a change is more than chance: by period of surgery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd

from dashboard import leeway, wording
from dashboard.analyses.failure_rate import failure_rate, whether_shown
from dashboard.analyses.groups import check_days, due_from, outcome_named, rows_of, settled_after
from dashboard.analyses.periods import PERIODS, begins, label, number_of, told_by
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.cohort import day_words
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import control_charts, survival
from dashboard.stats.control_charts import ControlChart
from dashboard.stats.moved import Movement

NO_LIMITS = control_charts.NONE
NOT_OF_ROUNDED = "Not judged: a rounded count may lie outside the limits, or within them, by its rounding alone."
FEWEST_EXPECTED = control_charts.FEWEST_EXPECTED

COLUMNS = [
    "period", "label", "operations", "known", "failed", "expected", "share", "lower", "upper", "centre", "lower_limit",
    "upper_limit", "signal", "limits", "immature", "judged_by",
]  # fmt: skip
MONTH_COLUMNS = ["label", "operations", "centre", "lower_limit", "upper_limit", "signal", "limits"]
BETWEEN_COLUMNS = ["number", "operated", "label", "between", "centre", "lower_limit", "upper_limit", "signal", "limits"]
SIGNAL_COLUMNS = ["first", "last", "signal"]


@dataclass(frozen=True)
class Trend:
    """A control chart: ``periods`` as in COLUMNS, by the ``period`` that is drawn.

    judged_by: the one period by which this practice is judged; of any other the chart is a picture without limits, and
    nothing in it is a signal. limits: "firm", "trial" (7 to 11 points) or "none", where nothing is a signal; ``why``:
    in words, why not. signals: as in SIGNAL_COLUMNS, each once, with the rows of its first and last point.
    lower, upper: the 95 % interval of each share. centre: the share of all operations chosen, the same as every other
    screen gives; None where it is not shown.
    """

    periods: pd.DataFrame
    limits: str
    period: str
    judged_by: str
    signals: pd.DataFrame
    centre: float | None
    why: str = ""


@dataclass(frozen=True)
class Monthly:
    """An XmR chart of operations: ``months`` as in MONTH_COLUMNS; limits and signals as of ``Trend``."""

    months: pd.DataFrame
    limits: str
    signals: pd.DataFrame


@dataclass(frozen=True)
class Between:
    """A g chart: ``events`` as in BETWEEN_COLUMNS, a row for each but the first; ``since_last``: operations since.

    limits, signals: as of ``Trend``.
    """

    events: pd.DataFrame
    limits: str
    signals: pd.DataFrame
    since_last: int


@remembered
def trend(records: Records, outcome: str, within_days: int = 730, period: str | None = None) -> Trend:
    """Share failed by the landmark among operations of each period, about the share of all operations chosen.

    Each share is estimated as the curve is (at a visit: of those who answered), so that those lost are allowed for
    and the centre is the figure of every other screen; the limits are those of a p chart about it, for the number of
    operations on which an estimate rests (``effective_number``), which is all of them where nobody was lost.
    Judged is by the finest of PERIODS in which, in the median, 5 failures are expected: finer ones are too coarse for
    limits and runs. One practice is so judged in one way; ``period`` None is that one, any other is a picture.
    Counts in protected form have years alone, and are not judged.
    ``share`` is null where fewer than ten operations or fewer than half are known. A period is ``immature`` until the
    landmark (of a visit the end of its window) has come for its last day of surgery: it has no share, and nobody is
    counted as known, of whom there would be failures alone.
    """
    periods = told_by(records)
    if period not in (None, *periods):
        raise WrongUsage(f'"{period}" is no period. Choose one of {", ".join(periods)}.')
    check_recorded(records, outcome)
    counts, operations, day = _by_month(records, outcome, within_days)
    last_due = due_from(records, settled_after(outcome, within_days))
    whole = failure_rate(records, outcome, None, within_days).iloc[0]
    centre = float(whole["share"]) if whole["shown"] else np.nan
    sizes = operations.astype(float)

    @cache
    def expected(name: str) -> float:
        return _expected(counts, day, PERIODS[name], last_due, centre)

    # No estimate rests on more than all operations: a period too short even so need not be reckoned.
    enough = (
        name for name, width in periods.items()
        if _at_most(sizes, width, last_due) * centre >= FEWEST_EXPECTED and expected(name) >= FEWEST_EXPECTED
    )  # fmt: skip
    protected = records.viewer.is_protected
    judged_by = "" if protected else next(enough, "")
    drawn_by = period or judged_by or list(PERIODS)[-1]
    frame = _points(counts, operations, day, drawn_by, last_due, leeway.of_course(int(protected)))
    if protected:  # a year that is not told is none without operations
        frame = frame[frame["operations"] > 0].reset_index(drop=True)
    mature = ~frame["immature"].to_numpy(bool)
    chart = control_charts.share_chart(frame["share"][mature], frame["rests_on"][mature], centre)
    chart = chart.shown() if drawn_by == judged_by else chart.without_limits()
    frame = frame.assign(signal="", limits=chart.limits, judged_by=judged_by, expected=frame["rests_on"] * centre)
    for name, values in (("centre", chart.centre), ("lower_limit", chart.lower), ("upper_limit", chart.upper)):
        frame[name] = np.nan
        frame.loc[mature, name] = values
    frame.loc[mature, "signal"] = [signal.value if signal else "" for signal in chart.signal]
    why = NOT_OF_ROUNDED if protected else _why(drawn_by, judged_by, chart, expected)
    centre_shown = None if np.isnan(centre) else centre
    return Trend(frame[COLUMNS], chart.limits, drawn_by, judged_by, _signals(chart), centre_shown, why)


def counts_by_period(records: Records, outcome: str, within_days: int, period: str) -> tuple[pd.DataFrame, int]:
    """The counts behind ``trend``: by day, of each period by its label; and the day on which shares are taken."""
    counts, _, day = _by_month(records, outcome, within_days)
    parts = [
        part.assign(group=label(month, period), label=label(month, period))
        for month, part in _by_period(counts, PERIODS[period]).items()
    ]
    columns = ["group", "label", "day", "failed", "died", "left"]
    return pd.concat([pd.DataFrame(columns=columns), *parts], ignore_index=True)[columns], day


@remembered
def settled_middle(records: Records, outcome: str, within_days: int) -> date | None:
    """The first of January that best halves the operations whose outcome is settled; of a month, where no year does.

    A rule of the days of surgery alone, which looks at no outcome: so that nobody picks the day on which the figures
    look best. None where all of them are of one month.
    """
    _, operations, _ = _by_month(records, outcome, within_days)
    last_due = due_from(records, settled_after(outcome, within_days))
    settled = operations[[_last_day(int(month), 1) <= last_due for month in operations.index]]
    for width in (PERIODS["year"], PERIODS["month"]):
        before = {month: int(settled[settled.index < month].sum()) for month in settled.index // width * width}
        parting = {month: abs(2 * n - int(settled.sum())) for month, n in before.items() if n}
        if parting:
            return begins(int(min(parting, key=parting.__getitem__)))
    return None


def _by_month(records: Records, outcome: str, within_days: int) -> tuple[pd.DataFrame, pd.Series, int]:
    """Counts by month of surgery and day after it, all operations by month, and the day on which shares are taken.

    Of a visit: who answered, as if it were on day 0, so that a share is that of those who failed among them.
    """
    if outcome_named(outcome).kind == "time":
        check_days(within_days)
        counts = records.read("failure_by_month", outcome=outcome, within_days=within_days)
        counts = counts.rename(columns={"left_follow_up": "left"})
        return counts, counts.groupby("month")[["failed", "died", "left"]].sum().sum(axis=1), within_days
    days = _asked(records, outcome, within_days)
    sums = days.groupby([number_of(day) for day in days["operated"]])[["operations", "known", "failed"]].sum()
    answered = {"failed": sums["failed"], "died": 0, "left": sums["known"] - sums["failed"]}
    counts = pd.DataFrame({"month": sums.index, "day": 0, **answered}).reset_index(drop=True)
    return counts, sums["operations"], 0


def _expected(counts: pd.DataFrame, day: int, width: int, last_due: date, centre: float) -> float:
    """How many failures a settled period of so many months has to expect, in the median; of an empty one none."""
    parts = _by_period(counts, width)
    months = range(min(parts), max(parts) + 1, width) if parts else ()
    settled = [parts.get(month) for month in months if _last_day(month, width) <= last_due]
    rests_on = [0.0 if part is None else survival.effective_number(part, day) for part in settled]
    return float(np.median(rests_on)) * centre if rests_on else 0.0


def _at_most(sizes: pd.Series, width: int, last_due: date) -> float:
    """Operations of a settled period of so many months, in the median: on more than these no share of it rests."""
    of = sizes.groupby(sizes.index // width * width).sum()
    months = range(int(of.index.min()), int(of.index.max()) + 1, width) if len(of) else ()
    settled = [float(of.get(month, 0.0)) for month in months if _last_day(month, width) <= last_due]
    return float(np.median(settled)) if settled else 0.0


def _points(
    counts: pd.DataFrame, operations: pd.Series, day: int, period: str, last_due: date, by: Movement | None
) -> pd.DataFrame:
    """A row for each period from the first to the last with an operation; rests_on: on how many its share does.

    by: how far the counts of each were moved.
    """
    width = PERIODS[period]
    parts, of = _by_period(counts, width), operations.groupby(operations.index // width * width).sum()
    nobody, rows = counts.head(0), []
    for month in range(min(parts), max(parts) + 1, width) if parts else ():
        own = parts.get(month, nobody)
        at, n = survival.share_at(own, day, by), int(of.get(month, 0))
        immature = _last_day(month, width) > last_due
        shown, _ = whether_shown(at.known, at.known / n if n else None)
        known_well = shown and not immature and at.estimable
        share, lower, upper = (at.share, at.lower, at.upper) if known_well else (None, None, None)
        rests_on = np.nan if share is None else survival.effective_number(own, day)
        known, failed = (0, 0) if immature else (at.known, at.failed)
        rows.append((begins(month), label(month, period), n, known, failed, share, lower, upper, rests_on, immature))
    shares = ["share", "lower", "upper", "rests_on"]
    frame = pd.DataFrame(rows, columns=["period", "label", "operations", "known", "failed", *shares, "immature"])
    return frame.astype(dict.fromkeys(shares, float) | {"immature": bool})


def _by_period(counts: pd.DataFrame, width: int) -> dict[int, pd.DataFrame]:
    """By the first month of each period of so many its counts by day, all added up at once: one by one takes long."""
    together = counts.groupby([(counts["month"] // width * width).rename("start"), "day"], as_index=False)
    sums = together[["failed", "died", "left"]].sum()
    return {int(part["start"].iloc[0]): part for _, part in sums.groupby("start")}


def _last_day(month: int, width: int) -> date:
    return begins(month + width) - timedelta(days=1)


def _why(drawn_by: str, judged_by: str, chart: ControlChart, expected: Callable[[str], float]) -> str:
    """Why nothing in the chart is judged, as a sentence; empty where it is."""
    if not judged_by:
        longest = list(PERIODS)[-1]
        few = f"even in a {longest} fewer than {FEWEST_EXPECTED:.0f} failures are expected ({expected(longest):.1f})"
        return f"Not judged: {few}, too few for limits."
    if drawn_by != judged_by:
        return (
            f"A picture only, without limits: by {drawn_by} {expected(drawn_by):.1f} failures are expected in each. "
            f"Judged is by {judged_by}, the shortest period in which {FEWEST_EXPECTED:.0f} are."
        )
    points = int((~np.isnan(chart.value)).sum())
    return f"Not judged.{limits_words(chart.limits, points)}" if chart.limits == NO_LIMITS else ""


def _signals(chart: ControlChart) -> pd.DataFrame:
    """Each signal of a chart once, as in SIGNAL_COLUMNS."""
    return pd.DataFrame([(run.first, run.last, run.words) for run in chart.runs], columns=SIGNAL_COLUMNS)


def signals_words(answer: Trend) -> list[str]:
    """Each signal of the chart with its points: "7 in a row below the centre, 2022 Q2 to 2023 Q4"."""
    names = answer.periods["label"]
    return [
        f"{wording.within_sentence(row.signal)}, {wording.from_to(names[row.first], names[row.last])}"
        for row in rows_of(answer.signals)
    ]


@remembered
def operated_monthly(records: Records) -> Monthly:
    """Operations in each whole month, with the limits by which months differ: an XmR chart, for a bare count.

    A month without operations is a row too. A month of which the cohort's period or the
    data date leaves out a day is none. No rows for fewer months than limits can be drawn from (7; of up to 11 they are
    trial limits). Only a month outside the limits is a signal: runs are how a practice grows.
    """
    found = records.read("operations_by_month")
    begin, end = records.cohort.operated_from or date.min, records.cohort.operated_to or date.max
    end = min(end, records.facts.data_date or date.min)
    months = range(int(found["month"].min()), number_of(end) + 1) if len(found) else ()
    whole = [month for month in months if begins(month) >= begin and _last_day(month, 1) <= end]
    if len(whole) < control_charts.FEWEST_FOR_TRIAL:
        return Monthly(pd.DataFrame(columns=MONTH_COLUMNS), NO_LIMITS, pd.DataFrame(columns=SIGNAL_COLUMNS))
    counts = found.set_index("month")["operations"].reindex(whole, fill_value=0)
    chart = control_charts.xmr_chart(counts.to_numpy()).shown().outside_alone()
    frame = pd.DataFrame(
        {
            "label": [label(month, "month") for month in whole], "operations": counts.to_numpy(),
            "centre": chart.centre, "lower_limit": np.maximum(chart.lower, 0), "upper_limit": chart.upper,
            "signal": [signal.value if signal else "" for signal in chart.signal], "limits": chart.limits,
        }
    )  # fmt: skip
    return Monthly(frame, chart.limits, _signals(chart))


@remembered
def between(records: Records, outcome: str, within_days: int) -> Between:
    """Operations from one with the outcome to the next, in order of surgery: a g chart, for what is rare.

    Of operations whose state by the landmark is known. Several on one day with the outcome are spread evenly over the
    day's operations: their order within the day is not recorded.
    """
    check_recorded(records, outcome)
    days = _asked(records, outcome, within_days)
    days = days[days["known"] > 0]
    places, dates = _places(days)
    if len(places) < 2:
        nothing = pd.DataFrame(columns=BETWEEN_COLUMNS), NO_LIMITS, pd.DataFrame(columns=SIGNAL_COLUMNS)
        return Between(*nothing, int(days["known"].sum()))
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
    since_last = int(days["known"].sum()) - int(places[-1])
    return Between(events[BETWEEN_COLUMNS], chart.limits, _signals(chart), since_last)


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


def _asked(records: Records, outcome: str, within_days: int) -> pd.DataFrame:
    """The counts by day of surgery."""
    check_days(within_days)
    at_visit, window = outcome_named(outcome).kind == "landmark", settled_after(outcome, within_days)
    due = due_from(records, window)
    return records.read("trend", outcome=outcome, within_days=within_days, due_from=due, at_visit=at_visit)


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

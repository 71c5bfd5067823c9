"""Whether results are better or worse since a day, and how that goes with the control chart."""

from __future__ import annotations

from datetime import date

from dashboard import wording
from dashboard.analyses.difference import Compared, before_and_after, parts_period, told_since
from dashboard.analyses.groups import failed_words, outcome_named, rows_of, when_words
from dashboard.analyses.recorded import check_recorded
from dashboard.analyses.remembering import remembered
from dashboard.analyses.trend import NO_LIMITS, Trend, settled_middle, signals_words, trend
from dashboard.analyses.verdicts.claim import ALIKE, FEW, LOWER, Claim, Verdict, apart_words
from dashboard.analyses.verdicts.difference import claims_of, figure_words, why_few
from dashboard.cohort import day_words
from dashboard.definitions import Outcome
from dashboard.errors import NotTold
from dashboard.leeway import UNSAID
from dashboard.records import Records

NOT_CHANGED = {
    ALIKE: "No change beyond chance since {}",
    FEW: "Too few to say whether results have changed since {}",
    UNSAID: "Whether results have changed since {} cannot be told from rounded counts",
}
"""How it is said that no change is claimed, by why."""


@remembered
def change_verdict(records: Records, outcome: str, within_days: int = 730, since: date | None = None) -> Verdict:
    """Operations from a day on against those before it, and what the control chart of the same operations shows.

    since: the day; None for the first of January that best halves the operations whose outcome is settled, by a rule
    that looks at no outcome. Raises WrongUsage for a day that parts nothing.
    """
    check_recorded(records, outcome)
    try:
        day = parting_day(records, outcome, within_days, since)
    except NotTold as problem:  # of each year too few
        return Verdict("Whether this has changed is not told to your role.", problem.message)
    if day is None:
        return Verdict("No before and after: all operations whose outcome is settled are of one month, or none is.")
    known, compared = outcome_named(outcome), before_and_after(records, outcome, within_days, day)
    if not compared.possible:
        cannot = f"Whether this has changed since {day_words(day)} cannot be said {when_words(known, within_days)}."
        return Verdict(cannot, compared.reason)
    claims, chart = claims_of(compared, outcome), trend(records, outcome, within_days)
    told = (
        why_few(*claims),
        _not_due(compared, known, within_days),
        chart_words(chart, claims[0]),
        "" if since else _why_this_day(day, exactly=not records.viewer.is_protected),
    )
    doubt = " ".join(filter(None, told))
    others = (_not_due_claim(compared), _chart_claim(chart, compared.what))
    return Verdict(_answer(*claims, known, within_days, day), doubt, (*claims, *others))


def parting_day(records: Records, outcome: str, within_days: int, since: date | None) -> date | None:
    """The day that parts before from after, as it is told; None where there is none."""
    day = since or settled_middle(records, outcome, within_days)
    return day and told_since(records, day)


def possible(records: Records, outcome: str, within_days: int, since: date | None) -> bool:
    """Whether the two sides of a day can be compared: the rule that refuses."""
    day = parting_day(records, outcome, within_days, since)
    return (
        day is not None and parts_period(records, day) and before_and_after(records, outcome, within_days, day).possible
    )


def _answer(after: Claim, before: Claim, outcome: Outcome, within_days: int, day: date) -> str:
    when, failed = when_words(outcome, within_days), failed_words(outcome)
    shares = (
        f"{figure_words(after)} of the operations since then {failed} {when}, {figure_words(before)} of those before"
    )
    if after.stands_out:
        fewer = "Fewer" if after.word == LOWER else "More"
        return f"{fewer} {failed} since {day_words(day)}, by {apart_words(after)}: {shares}."
    way = "fewer" if (after.difference or 0) < 0 else "more"
    return f"{NOT_CHANGED[after.word].format(day_words(day))}: {shares}, {apart_words(after)} {way}."


def _why_this_day(day: date, *, exactly: bool) -> str:
    begun = "year" if day.month == 1 else "month" if exactly else "quarter"
    return f"{day_words(day)} begins the {begun} that best halves the operations whose outcome is settled."


def _not_due_claim(compared: Compared) -> Claim:
    after = next(rows_of(compared.sides))
    return Claim(f"Not yet due: {compared.what}", "first", after.label, None, int(after.not_due), 0)


def _not_due(compared: Compared, outcome: Outcome, within_days: int) -> str:
    """How many after the day have not come so far: a younger side is followed for less long."""
    after = next(rows_of(compared.sides))
    if not after.not_due:
        return ""
    have = "has" if after.not_due == 1 else "have"
    counted = "count as long as they were followed" if outcome.kind == "time" else "do not count"
    landmark = when_words(outcome, within_days).partition(" ")[2]
    return (
        f"{wording.count(int(after.not_due), 'operation')} since then {have} not come to {landmark} yet and {counted}."
    )


def chart_words(chart: Trend, after: Claim) -> str:
    """What the control chart of the same operations shows, and how the two go together."""
    if not chart.judged_by or chart.limits == NO_LIMITS:
        return f"The control chart is {wording.within_sentence(chart.why)}"
    signals = signals_words(chart)
    opening = f"The control chart by {chart.judged_by} shows"
    if signals:
        counted = wording.count(len(signals), "signal")
        besides = "" if after.stands_out else ", though before and after this day differ by no more than chance"
        return f"{opening} {counted} ({'; '.join(signals)}){besides}."
    if after.stands_out:
        sooner = "a small lasting change is seen in the two sides together sooner than in any one"
        return f"{opening} no signal: {sooner} {chart.judged_by}."
    return f"{opening} no signal either."


def _chart_claim(chart: Trend, what: str) -> Claim:
    """How many signals the chart shows, of how many operations whose state is known."""
    drawn = chart.periods[chart.periods["share"].notna()]
    known, failed = int(drawn["known"].sum()), int(drawn["failed"].sum())
    label = f"Control chart by {chart.judged_by}" if chart.judged_by else "Control chart, not judged"
    return Claim(f"Signals: {what}", "control chart", label, float(len(chart.signals)), known, failed)

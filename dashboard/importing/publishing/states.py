"""The expressions that the outcomes put into SQL: what became of an operation by each of them, and when.

They stand side by side in the row of their operation, so that what is equal for all outcomes is kept once. They are
written in Python for the reason that the factors' bands are: a definition says which there are.
"""

from __future__ import annotations

from dashboard.definitions import Definitions, Outcome
from dashboard.definitions.terms import Visit


def states(definitions: Definitions) -> dict[str, str]:
    """What mart ``operation_state`` takes from the definitions, by its slot.

    first_failures: of the events that count, the first day by each outcome over time. nearest_answers: of the visits,
    the answer to each measure nearest the middle of each window that an outcome asks in, and its day. judged: each
    outcome's state and day. told: these in narrow types, with the code of when the failure showed itself.
    """
    numbered = list(enumerate(definitions.outcomes.values(), start=1))
    timed = [(code, outcome.name) for code, outcome in numbered if outcome.kind == "time"]
    asked = [outcome for _, outcome in numbered if outcome.kind == "landmark"]
    over_time = {name for _, name in timed}
    windows = {(outcome.measure, outcome.visit): definitions.visits[outcome.visit or 0] for outcome in asked}
    at_visits = [text for outcome in asked for text in _at_visit(outcome, definitions)]
    return {
        "first_failures": ", ".join(text for code, name in timed for text in _first_failure(code, name)),
        "nearest_answers": ", ".join(
            text for (measure, _), visit in windows.items() for text in _nearest(str(measure), visit)
        ),
        "judged": ", ".join([*(text for _, name in timed for text in _over_time(name)), *at_visits]),
        "told": ", ".join(
            text for outcome in definitions.outcomes for text in _told(outcome, outcome in over_time, definitions)
        ),
    }


def columns_of(outcome: str) -> dict[str, str]:
    """The columns that hold what became of an operation by one outcome, by what they are called in its own rows."""
    return {what: f"{outcome}_{what}" for what in ("state", "day", "onset")}


def _first_failure(code: int, name: str) -> tuple[str, str]:
    return (
        # An event has its day: never null.
        f"min(day) filter (where outcome = {code}) as {name}_failed",
        # It is persistent or not: never null.
        f"bool_or(persistent) filter (where outcome = {code}) as {name}_persistent",
    )


def _nearest(measure: str, visit: Visit) -> tuple[str, str]:
    window = f"filter (where low = {visit.low} and high = {visit.high})"
    return (
        # One row at most is of this window: null is passed over for nothing.
        f"max({measure}) {window} as {measure}_{visit.months}",
        # Null as above.
        f"max({measure}_day) {window} as {measure}_{visit.months}_day",
    )


def _reading(outcome: Outcome) -> str:
    answer = f"answered.{outcome.measure}_{outcome.visit}"
    return f"(baseline.{outcome.measure} - {answer})" if outcome.reading == "improvement" else answer


def _over_time(name: str) -> tuple[str, str, str]:
    """On one day failure comes before death, and death before leaving."""
    failed, died = f"failed.{name}_failed", "base.died_day"
    # Whoever lives has no day of death: then any failure counts.
    has_failed = f"{failed} <= coalesce({died}, {failed})"
    return (
        f"case when {has_failed} then 1 when {died} is not null then 2 else 0 end as {name}_state",
        # Whoever has not failed died or left: one of the two days is there.
        f"case when {has_failed} then {failed} else coalesce({died}, base.left_day) end as {name}_day",
        # Null is no failure, which was never relieved or relieved.
        f"coalesce(failed.{name}_persistent, false) as {name}_persistent",
    )


def _at_visit(outcome: Outcome, definitions: Definitions) -> tuple[str, str]:
    """0 well, 1 failed, 2 died before, 3 unanswered, 4 not yet due; whether it is due is decided before the answer."""
    visit = definitions.visits[outcome.visit or 0]
    reading, bound = _reading(outcome), f"cast({float(outcome.threshold or 0)!r} as double)"
    died, is_due = f"base.died_day <= {visit.high}", f"base.age_of_record >= {visit.high}"
    state = (
        f"case when {died} then 2 when not {is_due} then 4"
        f" when {reading} is not null then cast({reading} {outcome.comparison} {bound} as integer) else 3 end"
    )
    # The day of what nothing has decided yet is the end of its window.
    decided = f"when {is_due} and {reading} is not null then answered.{outcome.measure}_{visit.months}_day"
    # Null is no answer, and no death.
    day = f"case when {died} then base.died_day {decided} else {visit.high} end"
    return f"{state} as {outcome.name}_state", f"{day} as {outcome.name}_day"


def _told(name: str, over_time: bool, definitions: Definitions) -> tuple[str, str, str]:
    columns = columns_of(name)
    persistent = f"{name}_persistent"
    whens = " ".join(
        f"when {persistent} then {code}" if category.low is None
        # Whoever failed has its day; one who was never relieved is in the category without days.
        else f"when not {persistent} and {name}_day >= {category.low}"
        + ("" if category.high is None else f" and {name}_day <= {category.high}")
        + f" then {code}"
        for code, category in enumerate(definitions.onset_categories, start=1)
    )  # fmt: skip
    # A state is never null.
    onset = f"case when {name}_state != 1 then 0 {whens} else 0 end" if over_time else "0"
    return (
        f"cast({name}_state as utinyint) as {columns['state']}",
        f"cast(least({name}_day, 32000) as smallint) as {columns['day']}",  # every state has its day: never null
        f"cast({onset} as utinyint) as {columns['onset']}",
    )

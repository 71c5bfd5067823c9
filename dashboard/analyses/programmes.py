"""What registries and payers ask for, field by field: whether it is recorded, of how many, and the figure there is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pandas as pd

from dashboard import slots, wording
from dashboard.analyses.cells import Columns, share_words
from dashboard.analyses.completeness import by_group
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE, over_time
from dashboard.analyses.follow_up import follow_up
from dashboard.analyses.groups import EVERYBODY, LONGEST_DAY, NOT_RECORDED, Group, due_from, groups_of, rows_of
from dashboard.analyses.recorded import kind_not_recorded, not_recorded, reoperations_unseen
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import quartiles, share_of
from dashboard.cohort import PLACES, Cohort
from dashboard.definitions import load
from dashboard.definitions.programmes import (
    BEFORE_SURGERY,
    AnswerPair,
    EventsWithin,
    Programme,
    ProgrammeField,
)
from dashboard.definitions.terms import BEFORE
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import proportions

COMPLETE, INCOMPLETE, NOT_DUE = "complete", "incomplete", "not yet due"
OTHERWISE, NOT_HERE, NOBODY = "recorded otherwise", "not recorded here", "nobody records it"
NO_OPERATIONS = "no operations"
COMPLICATION = "complication"
NO_DEATH = "No death is recorded of any of the patients that you may see."
COLUMNS = [
    "programme", "field", "label", "part", "asked_at", "group", "group_label", "operations", "left_out", "not_due",
    "due", "died", "earlier", "later", "recorded", "recorded_share", "recorded_lower", "recorded_upper", "state",
    "counted", "share", "lower", "upper", "best_case", "worst_case", "later_share", "later_lower", "later_upper",
    "median", "median_lower", "median_upper", "quarter", "three_quarters", "shown", "why", "note",
]  # fmt: skip
Row = dict[str, Any]


@remembered
def programme(records: Records, name: str, by: str | None = None) -> pd.DataFrame:
    """A row for each field of a programme, time at which it is asked, and group, as in COLUMNS.

    operations: to whom the field applies; of these ``left_out`` by the programme and ``not_due`` at the data date; the
    rest are ``due``. recorded: of those due, of how many it is, with its share (Wilson); state: what that comes to.
    Of a pair: ``earlier`` and ``later`` answers, ``recorded`` both; ``counted`` met the target, and ``share`` is of all
    due, as the programme counts; ``later_share`` of those who answered afterwards; ``died``: of those due, before the
    later window ended. Of events: ``counted`` had one, ``share`` as ``failure_rate`` estimates it, and ``recorded``
    those followed so long. Of a score: the middle answer with its interval, and the middle half.
    why: why there is no figure, or what to bear in mind; note: the same of these very numbers; shown: whether there is
    a figure to show.
    Raises WrongUsage where there is no such programme, and for a breakdown that none is told by.
    """
    known = programme_named(name)
    if by is not None and by not in PLACES:
        raise WrongUsage(f"A programme is broken down by {', '.join(PLACES)}, and not by {by}.")
    rows = [
        {**_told(known, field), **row} for field in known.fields for row in _rows(records, field, by)
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def programmes(records: Records, by: str | None = None) -> pd.DataFrame:
    """Every programme, one under the other."""
    return pd.concat([programme(records, name, by) for name in load().programmes], ignore_index=True)


def programme_named(name: str) -> Programme:
    """The definition of a programme. Raises WrongUsage with the names there are."""
    known = load().programmes
    if name not in known:
        raise WrongUsage(f'"{name}" is no programme. Programmes are {", ".join(known)}.')
    return known[name]


def _told(known: Programme, field: ProgrammeField) -> Row:
    said = field.differs or field.note
    return {"programme": known.name, "field": field.name, "label": field.label, "part": field.part, "why": said,
            "note": "", "asked_at": "", "shown": False}  # fmt: skip


def _rows(records: Records, field: ProgrammeField, by: str | None) -> Iterator[Row]:
    if field.factor is not None:
        yield from _of_factor(records, field, field.factor, by)
    elif field.score is not None:
        yield from _of_score(records, field, field.score, by)
    elif field.pair is not None:
        yield from _of_pair(records, field, field.pair, by)
    elif field.events is not None:
        yield from _of_events(records, field, field.events, by)
    else:
        state = OTHERWISE if field.otherwise else NOT_HERE
        yield {"state": state, "group": EVERYBODY, "group_label": "All operations"}


def _of_factor(records: Records, field: ProgrammeField, factor: str, by: str | None) -> Iterator[Row]:
    rows = by_group(records, by)
    for row in rows_of(rows[rows["factor"] == factor]):
        told = {"group": row.group, "group_label": row.label, "operations": row.operations}
        yield told | _held(field, row.recorded, row.operations)


def _of_score(records: Records, field: ProgrammeField, score: str, by: str | None) -> Iterator[Row]:
    missing = kind_not_recorded(records, score)
    slots_of_read = {"measure": score, "before": f"{score}{slots.BEFORE}"}
    counts = {group.name: group.counts for group in groups_of(records, "trajectories", by, slots=slots_of_read)}
    for row in rows_of(follow_up(records, by)):
        asked = row.due + row.died + row.open + row.not_due + row.early
        at_visit = {"operations": asked, "due": row.due, "died": row.died, "not_due": asked - row.due - row.died}
        before = {"operations": asked, "due": asked}
        first = row.visit == next(iter(load().visits))
        for months, told in ((BEFORE_SURGERY, before), (row.visit, at_visit)):
            if months not in field.visits or (months == BEFORE_SURGERY and not first):
                continue
            told |= {"group": row.group, "group_label": row.label, "asked_at": asked_words(months)}
            if missing:
                yield told | {"state": NOBODY, "why": missing}
                continue
            found = counts.get(row.group, pd.DataFrame(columns=["visit", "answer", "answers"]))
            found = found[found["visit"] == (str(months) if months else NOT_RECORDED)]
            held = _held(field, int(found["answers"].sum()), told["due"], not_due=asked - told["due"])
            yield told | held | ({} if field.differs else _middle(found))


def _middle(found: pd.DataFrame) -> Row:
    """The middle answer with its interval, and the middle half; counts alone of few."""
    answers = int(found["answers"].sum())
    if answers < FEWEST_FOR_A_SHARE:
        return {}
    values = found["answer"].astype(float)
    lower, upper = proportions.median_interval(values.tolist(), found["answers"].tolist()) or (None, None)
    reached = quartiles(values, found["answers"])
    return {"median": reached.pop("half"), "median_lower": lower, "median_upper": upper, **reached, "shown": True}


def _of_pair(records: Records, field: ProgrammeField, pair: AnswerPair, by: str | None) -> Iterator[Row]:
    missing = kind_not_recorded(records, pair.score)
    asked = groups_of(
        records,
        "programme_pairs",
        by,
        slots={"measure": pair.score},
        procedures_asked=_codes(records, "procedure", field.procedures),
        indications_left_out=_codes(records, "indication", field.left_out_indications),
        from_age=field.from_age,
        due_from=due_from(records, pair.high),
        before_days=pair.before_days,
        low=pair.low,
        high=pair.high,
    )
    for group in asked:
        yield {**_named(group), **_pairs(group.counts, field, pair, missing)}


def _pairs(counts: pd.DataFrame, field: ProgrammeField, pair: AnswerPair, missing: str) -> Row:
    """What the answers of one group come to: counts of the read ``programme_pairs``."""
    stays = counts[~counts["left_out"].astype(bool)]
    due = stays[~stays["not_due"].astype(bool)]
    earlier, later = (pd.to_numeric(due[name]).astype(float) for name in ("earlier", "later"))
    # A comparison with an answer that nobody gave is false: what is not known meets nothing. As decimals, not rounded.
    fell = [None if pd.isna(a) or pd.isna(b) else a - b for a, b in zip(due["earlier"], due["later"], strict=True)]
    met = (later <= pair.at_most) | pd.Series([one is not None and one >= pair.improved_by for one in fell], due.index)
    n = due["operations"]
    total = int(n.sum())
    told = {
        "operations": int(counts["operations"].sum()), "due": total, "died": int(n[due["died"].astype(bool)].sum()),
        "left_out": int(counts["operations"].sum() - stays["operations"].sum()),
        "not_due": int(stays["operations"].sum()) - total,
    }  # fmt: skip
    if missing:
        return told | {"state": NOBODY, "why": missing}
    both, answered, counted = (int(n[which].sum()) for which in (earlier.notna() & later.notna(), later.notna(), met))
    return told | {
        "earlier": int(n[earlier.notna()].sum()), "later": answered, "counted": counted, **share_of(counted, total),
        **_held(field, both, total, not_due=told["not_due"]), **share_of(counted, answered, "later_"),
        "shown": total >= FEWEST_FOR_A_SHARE,
    }  # fmt: skip


def _of_events(records: Records, field: ProgrammeField, events: EventsWithin, by: str | None) -> Iterator[Row]:
    missing, caution = _events_missing(records, events), _events_caution(records, events)
    for group in _events(records, events, by):
        due = group.counts["due"].astype(bool)
        lost = due & (group.counts["state"] == 0) & (group.counts["day"] < events.within_days)
        failed = due & (group.counts["state"] == 1)
        unknown = pd.DataFrame({
            name: group.counts["operations"].where(which, 0)
            for name, which in (("due", due), ("lost", lost), ("due_failed", failed), ("not_due", ~due))
        })  # fmt: skip
        by_day = group._replace(counts=_by_day(group.counts))
        row = over_time(by_day, events.within_days, group._replace(counts=unknown))
        told = {**_named(group), "asked_at": f"within {events.within_days} days"}
        told |= {name: row[name] for name in ("operations", "due", "not_due")}
        if missing:
            yield told | {"state": NOBODY, "why": missing}
            continue
        told |= {"counted": row["failed"], "shown": row["shown"]}
        told |= {name: row[name] for name in ("share", "lower", "upper", "best_case", "worst_case")}
        held = _held(field, row["due"] - row["lost"], row["due"], not_due=row["not_due"])
        yield told | held | {"note": row["note"], "why": " ".join(filter(None, (field.note, *caution)))}


def _events(records: Records, events: EventsWithin, by: str | None) -> list[Group]:
    over_days = [name for name, outcome in load().outcomes.items() if outcome.kind == "time"]
    return groups_of(
        records,
        "programme_events",
        by,
        outcomes=_codes(records, "outcome", events.outcomes),
        timed=_codes(records, "outcome", over_days),
        complications=list(events.complications),
        death=events.death,
        within_days=events.within_days,
        due_from=due_from(records, events.within_days),
    )


def _events_missing(records: Records, events: EventsWithin) -> str:
    """Why nothing can be said of these events: a kind of record that one of them rests on is nobody's."""
    told = [not_recorded(records, name) for name in events.outcomes]
    told += [kind_not_recorded(records, COMPLICATION)] if events.complications else []
    told += [_no_deaths(records)] if events.death and not told else []
    return next(filter(None, told), "")


def _events_caution(records: Records, events: EventsWithin) -> list[str]:
    """What holds only if it would be recorded: reoperations where nobody has any, deaths beside other events."""
    told = [reoperations_unseen(records, name) for name in events.outcomes]
    beside = events.death and (events.outcomes or events.complications)
    return [*told, NO_DEATH if beside and _no_deaths(records) else ""]


@remembered
def _no_deaths(records: Records) -> str:
    """Why deaths are not known; empty where any is recorded, however late, among all that the viewer may see."""
    everybody = records.of(Cohort(every_operation=True))
    found = _events(everybody, EventsWithin(LONGEST_DAY, death=True), None)
    seen = any(int(group.counts.loc[group.counts["state"] == 1, "operations"].sum()) for group in found)
    return "" if seen else f"This is not known. {NO_DEATH} That is not 0 %."


def _by_day(counts: pd.DataFrame) -> pd.DataFrame:
    """The counts of a read by state as an estimate wants them: how many failed, died and left on each day."""
    states = {"left": 0, "failed": 1, "died": 2}
    by_state = {name: counts["operations"].where(counts["state"] == state, 0) for name, state in states.items()}
    return pd.DataFrame({"day": counts["day"], **by_state}).groupby("day", as_index=False).sum()


def _codes(records: Records, dimension: str, names: Sequence[str]) -> list[int]:
    """The codes of these names in this generation. Raises WrongUsage where it was published before one was known."""
    known = records.order(dimension)
    if missing := [name for name in names if name not in known]:
        raise WrongUsage(f'"{missing[0]}" is no {dimension} in this data.')
    return [known[name] for name in names]


def _held(field: ProgrammeField, recorded: int, due: int, not_due: int = 0) -> Row:
    """Of how many it is recorded, of those due, and what that comes to."""
    complete = COMPLETE if recorded == due else INCOMPLETE
    state = OTHERWISE if field.differs else complete if due else NOT_DUE if not_due else NO_OPERATIONS
    return {"due": due, "recorded": recorded, **share_of(recorded, due, "recorded_"), "state": state}


def _named(group: Group) -> Row:
    return {"group": group.name, "group_label": group.label}


def field_words(row: Any) -> str:
    """What is asked for, and when where that is not plain: "Disability (ODI), 12 months"."""
    return f"{row.label}, {row.asked_at}" if row.asked_at else str(row.label)


def recorded_words(row: Any) -> str:
    """Of how many it is recorded, with the share and its interval; empty where nobody was to be asked."""
    if pd.isna(row.recorded) or not row.due:
        return ""
    limits = wording.interval(row.recorded_lower, row.recorded_upper)
    return f"{wording.out_of(row.recorded, row.due)} ({wording.percent(row.recorded_share)}; {limits})"


def figure_words(row: Any) -> str:
    """The figure with what it rests on; empty where there is none, counts alone of few."""
    if not pd.isna(row.median):
        half = f"half of them {row.quarter:g} to {row.three_quarters:g}"
        limits = "" if pd.isna(row.median_lower) else f" ({row.median_lower:g} to {row.median_upper:g})"
        return f"middle answer {row.median:g}{limits}, {half}"
    if pd.isna(row.counted):
        return ""
    said = "" if pd.isna(row.later) else " met the target"
    return share_words(row.share if row.shown else None, row.counted, whole_of(row), row.lower, row.upper) + said


def whole_of(row: Any) -> int:
    """Of how many the figure of a row is: of a pair of all those due, of events of all operations."""
    return int(row.operations if pd.isna(row.later) else row.due)


def doubt_words(row: Any) -> str:
    """The figure seen otherwise: of a pair among those who answered, of events from best to worst."""
    if not row.shown or pd.isna(row.share):
        return ""
    if pd.isna(row.later):
        return f"{wording.span(row.best_case, row.worst_case)} of {int(row.due):,} due, were all others well or none"
    share = row.later_share if row.later >= FEWEST_FOR_A_SHARE else None
    told = share_words(share, row.counted, row.later, row.later_lower, row.later_upper)
    return f"{told} of those who answered afterwards"


def said_words(row: Any) -> str:
    """What to bear in mind, or why there is no figure."""
    return " ".join(part for part in (row.why, row.note) if part and not pd.isna(part))


def _count(name: str) -> Callable[[Any], object]:
    """A count of a pair under a head, where it is not none."""

    def told(row: Any) -> object:
        count = getattr(row, name)
        return "" if pd.isna(row.later) or pd.isna(count) or not count else f"{int(count):,}"

    return told


TABLE: Columns = {
    "Known, of those due": recorded_words,
    "State": "state",
    "Figure": figure_words,
    "Seen otherwise": doubt_words,
    "Before": _count("earlier"),
    "After": _count("later"),
    "Left out": _count("left_out"),
    "Died": _count("died"),
    "Not due": _count("not_due"),
    "To bear in mind": said_words,
}
"""What stands beside a field, on a screen and on paper, after its own name, and the group where there are several."""


def asked_words(months: int) -> str:
    """At which visit, in words."""
    return BEFORE if months == BEFORE_SURGERY else load().visits[months].label

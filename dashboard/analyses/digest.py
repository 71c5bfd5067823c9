"""What needs review, in a few lines of counts: the same as Overview shows, for whoever does not open it each day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from dashboard import audit, wording
from dashboard.access import FIGURES, IMPORT, PATIENTS, QUALITY, Right
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.plans import standing
from dashboard.analyses.recorded import not_recorded
from dashboard.analyses.red_flags import RECENT_DAYS, queue
from dashboard.analyses.review import review
from dashboard.analyses.signals import signals
from dashboard.analyses.verdicts.answered import MONTHS, against_goal, against_goal_words, under_goal_words
from dashboard.analyses.verdicts.flags import counts_verdict
from dashboard.cohort import day_words
from dashboard.definitions import load
from dashboard.errors import told_or
from dashboard.importing.watching import watched
from dashboard.protecting import is_told
from dashboard.records import Records

RED_FLAGS, SIGNALS, PLANS, FOLLOW_UP, IMPORTS = "red flags", "signals", "plans", "follow-up", "imports"
WHERE: Mapping[str, tuple[str, str]] = MappingProxyType({
    RED_FLAGS: ("patients", "Patients"), SIGNALS: ("compare", "Compare"), PLANS: ("compare", "Compare"),
    FOLLOW_UP: ("data", "Data quality"), IMPORTS: ("import", "Import"),
})  # fmt: skip
"""By kind the page on which more of it is seen: its address and its title."""
ASKS: Mapping[str, Right] = MappingProxyType(
    {RED_FLAGS: PATIENTS, SIGNALS: FIGURES, PLANS: FIGURES, FOLLOW_UP: QUALITY, IMPORTS: IMPORT}
)
"""By kind what whoever is told of it must be allowed."""
SOON = timedelta(days=14)
"""So long before its day a plan is told of."""
AN_IMPORT, ENDED = timedelta(hours=6), "done"
"""No import takes so long; what an import's last line on record says when it came to something."""
STILL_WATCHED = timedelta(days=30)
"""A folder at which nobody has looked for so long is watched no more."""


@dataclass(frozen=True)
class ToReview:
    """One kind of thing, and whether any of it needs review: ``count`` of them, ``words`` of counts alone.

    count: 0 where nothing does, and the words say so; None where it cannot be known, and they say why. since: the day
    from which the longest has waited, where there is one.
    """

    kind: str
    count: int | None
    words: str
    since: date | None = None

    @property
    def where(self) -> str:
        """The title of the page on which more of it is seen."""
        return WHERE[self.kind][1]


def digest(records: Records, now: datetime | None = None) -> list[ToReview]:
    """A row for each kind of thing that the viewer may see, the most urgent first, whether it needs review or not.

    Red flags and follow-up of the operations chosen; signals, plans and imports whatever is chosen.
    """
    now = now or datetime.now(UTC)
    made: Mapping[str, Callable[[], ToReview | None]] = {
        RED_FLAGS: lambda: _red_flags(records),
        IMPORTS: lambda: imports_to_review(records, now),
        SIGNALS: lambda: _signals(records) if is_told(records.viewer, "case_mix") else None,
        PLANS: lambda: _plans(records, now.date()),
        FOLLOW_UP: lambda: follow_up_to_review(records),
    }
    rows = [told_or(made[kind], None) for kind in made if records.viewer.may(ASKS[kind])]
    return [row for row in rows if row is not None]


def to_do(rows: list[ToReview]) -> list[ToReview]:
    """Those that need review."""
    return [row for row in rows if row.count]


def digest_subject(rows: list[ToReview]) -> str:
    """The digest in a line: Spine outcomes: 2 kinds of things to review."""
    waiting = len(to_do(rows))
    return f"Spine outcomes: {f'{waiting} of {len(rows)} things' if waiting else 'nothing'} to review"


def digest_text(records: Records, rows: list[ToReview], now: datetime | None = None) -> str:
    """The digest as plain lines: what needs review, then what was looked at and needs none, then what is not known."""
    today, facts = (now or datetime.now(UTC)).date(), records.facts
    until = "no day is recorded"
    if facts.data_date:
        until = f"data to {day_words(facts.data_date)}, {wording.count((today - facts.data_date).days, 'day')} ago"
    about = [
        f"Needs review on {day_words(today)}",
        until,
        *(["sample data, made by computer"] if facts.made_up else []),
    ]
    waiting = [f"* {row.words} See {row.where}." for row in to_do(rows)] or ["* Nothing."]
    others = [f"* {row.words}" for row in rows if not row.count]
    return "\n".join([" · ".join(about), "", *waiting, *(["", "Looked at as well:", *others] if others else [])])


def follow_up_to_review(records: Records) -> ToReview:
    """Whether fewer answer at a year than is the goal, beyond chance; counted are its visits that can be asked for."""
    if "follow_up" in records.missing_kinds:
        return ToReview(FOLLOW_UP, None, "Nobody records follow-up visits here.")
    claim = against_goal(records, MONTHS)
    told = against_goal_words(claim)
    if not under_goal_words(claim):
        under = claim.figure is not None and claim.figure < (claim.comparator_figure or 0.0)
        return ToReview(FOLLOW_UP, 0, f"{told}{': no further under it than chance' if under else ''}.")
    rows = everybody(follow_up(records))
    overdue = int(rows.loc[rows["visit"] == MONTHS, "overdue"].sum())
    asked = f"{wording.count(overdue, 'visit')} overdue can still be answered" if overdue else "none can be asked for"
    return ToReview(FOLLOW_UP, max(overdue, 1), f"{told}: under it beyond chance; {asked} at {MONTHS} months.")


def imports_to_review(records: Records, now: datetime) -> ToReview | None:
    """Deliveries that were refused and lie there, a watched folder that cannot be read, or a last import that failed.

    None for a viewer who may not import.
    """
    if not records.viewer.may_import:
        return None
    folder = records.audit.path.parent
    known = [one for one in watched(folder.parent) if now.date() - one.looked_on <= STILL_WATCHED]
    refused = sorted(date.fromisoformat(day) for one in known for day in one.refused.values())
    failing = sorted(date.fromisoformat(one.failing_since) for one in known if one.failing_since)
    stuck = sum(len(one.stuck) for one in known)
    if refused:
        words = f"{_lying(len(refused))} refused in the folder that is watched, since {day_words(refused[0])}."
        return ToReview(IMPORTS, len(refused), words, refused[0])
    if stuck:
        return ToReview(IMPORTS, stuck, f"{_lying(stuck)} in the folder that is watched and cannot be moved.")
    if failing:
        words = f"The folder that is watched could not be looked at to the end since {day_words(failing[0])}."
        return ToReview(IMPORTS, len(failing), words, failing[0])
    return _last_import(folder, now)


def _lying(deliveries: int) -> str:
    return "1 delivery lies" if deliveries == 1 else f"{deliveries:,} deliveries lie"


def _last_import(folder: Path, now: datetime) -> ToReview:
    """What the audit says of the last import."""
    line = audit.latest(folder, what="change", change="import")
    if line is None:
        return ToReview(IMPORTS, 0, "No import is on record of late.")
    at = datetime.fromisoformat(str(line["at"]))
    if line.get("step") == ENDED:
        return ToReview(IMPORTS, 0, f"The last import, of {day_words(at.date())}, was published.")
    if line.get("step") == "begun" and now - at < AN_IMPORT:
        return ToReview(IMPORTS, 0, "An import is under way.")
    words = f"The last import, of {day_words(at.date())}, came to nothing: the records are those of an earlier one."
    return ToReview(IMPORTS, 1, words, at.date())


def _red_flags(records: Records) -> ToReview:
    """Operations with a red flag and no contact, as the queue has them."""
    if "symptom" in records.missing_kinds:
        return ToReview(RED_FLAGS, None, "Nobody records symptoms here, so that no red flag could be seen.")
    found = queue(records)
    day, longest = records.facts.data_date, found.longest
    since = day - timedelta(days=longest) if day and longest is not None else None
    return ToReview(RED_FLAGS, found.uncontacted, counts_verdict(found, RECENT_DAYS).answer, since)


def _signals(records: Records) -> ToReview:
    """The signals at which nobody has looked, of whatever is monitored."""
    if why := not_recorded(records, load().monitoring.outcome):
        return ToReview(SIGNALS, None, why)
    answer = signals(records)
    if answer.reason:
        return ToReview(SIGNALS, None, answer.reason)
    if answer.counts_only:
        return ToReview(SIGNALS, None, "Signals go through operations one by one, and your role shows counts.")
    running = review(records)
    waiting = [item for item in running if item.waits]
    if not waiting:
        seen = "Every signal has been looked at." if running else "No signal is running in the monitored series."
        return ToReview(SIGNALS, 0, seen)
    first, last = min(item.on for item in waiting), max(item.on for item in waiting)
    outcome = wording.within_sentence(load().outcomes[load().monitoring.outcome].short)
    when = f"of {day_words(last)}" if len(waiting) == 1 else f"the latest of {day_words(last)}"
    many = f"{wording.count(len(waiting), 'signal')} in the monitoring of {outcome}, {when}"
    return ToReview(SIGNALS, len(waiting), f"{many}, at which nobody has looked: a question, not a verdict.", first)


def _plans(records: Records, today: date) -> ToReview:
    """The plans whose day has passed, and those whose day is near."""
    stand = standing(records, today)
    late = [plan for plan in stand if plan.overdue(today)]
    soon = [plan for plan in stand if not plan.overdue(today) and plan.next_day - today <= SOON]
    if not late and not soon:
        held = f"{wording.count(len(stand), 'plan')} {'stands' if len(stand) == 1 else 'stand'}"
        near = f"{held}, none due within {SOON.days} days."
        return ToReview(PLANS, 0, near if stand else "No improvement plan is open.")
    days = wording.count(max((plan.overdue(today) for plan in late), default=0), "day")
    longest = ", the longest" if len(late) > 1 else ""
    told = [f"{wording.count(len(late), 'plan')} overdue{longest} for {days}"] if late else []
    told += [f"{wording.count(len(soon), 'plan')} due within {SOON.days} days"] if soon else []
    since = min((plan.next_day for plan in late), default=None)
    return ToReview(PLANS, len(late) + len(soon), f"{'; '.join(told)}.", since)

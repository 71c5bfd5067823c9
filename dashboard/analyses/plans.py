"""What was decided after a signal or about a group that stands out: what, who, until when; and whether it helped.

A plan is lines in the notebook, the first of which opens it; each further line changes it, says that it is in place, or
closes it. Lines are added and never changed, so that what was meant at first can be read later.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from dashboard import wording
from dashboard.analyses.annotations import Annotation, annotations_of
from dashboard.analyses.groups import FAMILY, check_days, outcome_named, when_words
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.claim import Verdict
from dashboard.cohort import TITLES, Cohort, day_words
from dashboard.definitions import load
from dashboard.engines.notebook import GROUP, PLAN, SERIES, Note
from dashboard.engines.noting import PLANNED
from dashboard.errors import OutcomesError, StoreDamaged, WrongUsage
from dashboard.records import Records
from dashboard.slots import UNITS

OPEN, DONE, CLOSED = "open", "in place", "closed"
STATES_TOLD = {OPEN: "to be in place", DONE: "in place", CLOSED: "closed"}
LONGEST_WHAT, LONGEST_WHO = 600, 60
EARLIEST, LATEST = date(1950, 1, 1), date(2100, 12, 31)
BY_ITSELF = "A figure that was looked at because it was extreme tends back towards the others by itself."
"""Said with every figure before and after a plan: why a fall alone does not show that the plan helped."""


@dataclass(frozen=True)
class Intended:
    """What somebody writes: ``what`` is to be done, ``who`` does it (a role or initials), ``until`` when it is in
    place, and ``again``, the day on which the figure is looked at again."""

    what: str
    who: str
    until: date | None
    again: date | None


@dataclass(frozen=True)
class ActionPlan:
    """One plan as it stands now.

    number: of the line that opened it. subject: what it is about, as a key. state: OPEN, DONE (in place, to be looked
    at again) or CLOSED. day: from when it holds, which parts before from after: when it was said to be in place, else
    until when it should be. came: what came of it, once closed. lines: all that was written, the oldest first.
    """

    number: int
    subject: str
    what: str
    who: str
    until: date
    again: date
    state: str
    day: date
    came: str
    opened: date
    lines: tuple[Note, ...] = field(repr=False)

    @property
    def next_day(self) -> date:
        """The day that somebody waits for: until it is in place, then until it is looked at again."""
        return self.until if self.state == OPEN else self.again

    def overdue(self, today: date) -> int:
        """Days since that day has passed; 0 while it has not, and of a closed plan."""
        return 0 if self.state == CLOSED else max(0, (today - self.next_day).days)


@dataclass(frozen=True)
class Looked:
    """What a plan is about, for its figure: which outcome, by when, of which operations.

    chosen: by dimension the names, as a cohort has them.
    """

    outcome: str
    within_days: int
    chosen: Mapping[str, tuple[str, ...]]


def group_subject(outcome: str, within_days: int, by: str, name: str) -> str:
    """The key of a group that stands out: one of a comparison, of which outcome and by when."""
    return f"group/{outcome}/{within_days}/{by}/{name}"


def open_plan(records: Records, subject: str, draft: Intended) -> None:
    """Keep a plan about a signal or a group that stands out, with who wrote it and when; it is on record.

    Raises WrongUsage, in words, where something is missing; NotAllowed for what lies beyond the viewer's scope.
    """
    of, group = looked_at(subject), GROUP.fullmatch(subject)
    outcome_named(of.outcome)
    check_days(of.within_days)
    if group is not None and not records.order(group["by"]):
        raise WrongUsage(f'"{group["by"]}" is nothing by which operations are told apart.')
    records.note(PLAN, subject, _kept(_checked(draft)))


def change_plan(records: Records, plan: ActionPlan, draft: Intended) -> None:
    """Add how a plan reads from now on; what it read before stays among its lines. Raises as ``open_plan`` does.

    A plan that is in place stays so, from the same day, unless another day is named until which it is to be in place.
    """
    checked = _checked(draft)
    if plan.state == DONE and checked.until == plan.until and checked.again and checked.again <= plan.day:
        raise WrongUsage(f"The figure is looked at again after {day_words(plan.day)}, from when this is in place.")
    records.note(PLAN, f"{PLAN}/{plan.number}", _kept(checked))


def put_in_place(records: Records, plan: ActionPlan, day: date | None) -> None:
    """Add that what was planned holds from a day on. Raises WrongUsage unless that is before the next look."""
    if day is None or not EARLIEST <= day < plan.again:
        raise WrongUsage(f"Choose the day from which it holds: before {day_words(plan.again)}, when it is looked at.")
    records.note(PLAN, f"{PLAN}/{plan.number}", json.dumps({"state": DONE, "day": day.isoformat()}))


def close_plan(records: Records, plan: ActionPlan, came: str) -> None:
    """Add what came of a plan, which is then no longer open. Raises WrongUsage without a word of it."""
    came = wording.readable(came)
    if not came:
        raise WrongUsage("Write in a few words what came of it.")
    if len(came) > LONGEST_WHAT:
        raise WrongUsage(f"This is longer than {LONGEST_WHAT} signs. Shorten it.")
    records.note(PLAN, f"{PLAN}/{plan.number}", json.dumps({"state": CLOSED, "came": came}, ensure_ascii=False))


def plans(records: Records) -> list[ActionPlan]:
    """Every plan that the viewer may see, in the order in which they were opened."""
    lines: dict[int, list[Note]] = {}
    for note in records.notes(PLAN):
        further = PLANNED.fullmatch(note.subject)
        lines.setdefault(int(further["number"]) if further else note.number, []).append(note)
    # A line whose opening is gone, or beyond the scope, is about nothing that could be shown.
    return [_folded(number, of) for number, of in sorted(lines.items()) if of[0].number == number]


def standing(records: Records, today: date | None = None) -> list[ActionPlan]:
    """The plans that are not closed: those overdue first, the longest first, then those whose day comes next."""
    now = today or datetime.now(UTC).date()
    waiting = [plan for plan in plans(records) if plan.state != CLOSED]
    return sorted(waiting, key=lambda plan: (-plan.overdue(now), plan.next_day, plan.number))


def plan_about(records: Records, subject: str) -> ActionPlan | None:
    """The plan that stands about a signal or group, or the last one that did; None where there never was one.

    Of the operations that the viewer sees: a surgeon's plan for his or her own is not the practice's.
    """
    whose = _of_whom(subject, records.viewer.surgeons, records.viewer.sites)
    about = [plan for plan in plans(records) if plan.subject == subject and about_whom(plan) == whose]
    return max(about, key=lambda plan: (plan.state != CLOSED, plan.number), default=None)


def marks(records: Records) -> list[Annotation]:
    """What stands on every chart over time, by its day: the remarks, and each plan from the day on that it holds."""
    planned = [
        Annotation(plan.day, f"Plan ({STATES_TOLD[plan.state]}): {plan.what}", plan.who, plan.opened)
        for plan in plans(records)
    ]
    return sorted([*annotations_of(records), *planned], key=lambda one: one.day)


def not_reached(marked: Sequence[Annotation], days: Sequence[date]) -> list[Annotation]:
    """Of these what a chart of these days does not reach yet, because its outcome is not settled so far."""
    return [one for one in marked if days and one.day > days[-1]]


def looked_at(subject: str) -> Looked:
    """Which figure a plan is about. Raises WrongUsage for a key that nothing could be about."""
    if series := SERIES.fullmatch(subject):
        chosen = {"surgeon": (series["surgeon"],), FAMILY: (series["family"],)}
        return Looked(series["outcome"], load().monitoring.within_days, chosen)
    found = GROUP.fullmatch(subject)
    if found is None:
        raise WrongUsage("A plan is about a signal or a group that stands out.")
    chosen = {found["by"]: (found["name"],)} if found["by"] in TITLES else {}
    return Looked(found["outcome"], int(found["within"]), chosen)


def about_whom(plan: ActionPlan) -> Looked:
    """Which figure a plan is about, and whose: the same for whoever looks at it."""
    opening = plan.lines[0]
    return _of_whom(plan.subject, opening.surgeons, opening.sites)


def _of_whom(subject: str, surgeons: Sequence[str] | None, sites: Sequence[str] | None) -> Looked:
    """What is looked at, of these surgeons and sites where the subject names none; none of them is all."""
    of = looked_at(subject)
    units = {kind: tuple(sorted(names)) for kind, names in (("surgeon", surgeons), ("site", sites)) if names}
    return replace(of, chosen={**units, **of.chosen})


def about_words(records: Records, subject: str) -> str:
    """What a plan is about, in few words: S04, decompression: complication by 90 days."""
    return _about_words(records, subject, looked_at(subject))


def plan_words(records: Records, plan: ActionPlan) -> str:
    """The same of a plan that was opened, with whose operations it is about: TLIF, S04: FBSS by 2 years."""
    return _about_words(records, plan.subject, about_whom(plan))


def _about_words(records: Records, subject: str, of: Looked) -> str:
    """An outcome that the definitions no longer know stands by its name: the plan stays, and can be closed."""
    own, found = looked_at(subject).chosen, GROUP.fullmatch(subject)
    # First what the subject names, then whose operations these are.
    chosen = {**({found["by"]: (found["name"],)} if found is not None else {}), **own, **of.chosen}
    labels = [(kind, records.label(kind, name)) for kind, names in chosen.items() for name in names]
    inside = [label if kind in UNITS else wording.within_sentence(label) for kind, label in labels[1:]]
    whom = ", ".join([label for _, label in labels[:1]] + inside)
    known = load().outcomes.get(of.outcome)
    if known is None:
        return f"{whom}: {of.outcome}, which is no outcome any more"
    return f"{whom}: {wording.within_sentence(known.short)} {when_words(known, of.within_days)}"


def has_come(records: Records, plan: ActionPlan) -> bool:
    """Whether the data reach the day on which the figure is looked at again."""
    return bool(records.facts.data_date and records.facts.data_date >= plan.again)


def seen_again(records: Records, plan: ActionPlan) -> Verdict | None:
    """The figure before and after a plan, with its interval, whatever is chosen above; None until its day has come.

    Of the operations that the signal or the group was about, whoever looks; where it cannot be said, that and why.
    """
    if not has_come(records, plan):
        return None
    of = about_whom(plan)
    try:
        found = change_verdict(records.of(Cohort(chosen=of.chosen)), of.outcome, of.within_days, plan.day)
    except OutcomesError as problem:
        return Verdict(f"Before and after cannot be compared: {wording.within_sentence(problem.message)}")
    return replace(found, doubt=f"{found.doubt} {BY_ITSELF}".strip())


def _checked(draft: Intended) -> Intended:
    """The draft with signs that can be read alone. Raises WrongUsage, in words, where it is not a plan yet."""
    what, who = wording.readable(draft.what), wording.readable(draft.who)
    if not what or not who:
        raise WrongUsage("A plan says what is to be done, and who does it (a role or initials).")
    if len(what) > LONGEST_WHAT or len(who) > LONGEST_WHO:
        raise WrongUsage(f"This is longer than {LONGEST_WHAT} signs, or {LONGEST_WHO} for who does it. Shorten it.")
    if draft.until is None or draft.again is None:
        raise WrongUsage("A plan says until when, and when the figure is looked at again.")
    if not EARLIEST <= draft.until < draft.again <= LATEST:
        raise WrongUsage("The figure is looked at again after the day until which it is to be done.")
    return Intended(what, who, draft.until, draft.again)


def _kept(draft: Intended) -> str:
    """The line as the notebook keeps it."""
    days = {"until": str(draft.until), "again": str(draft.again)}
    return json.dumps({"state": OPEN, "what": draft.what, "who": draft.who, **days}, ensure_ascii=False)


def _folded(number: int, lines: Sequence[Note]) -> ActionPlan:
    """The lines of one plan, one after the other, as it stands now."""
    now: dict[str, Any] = {}
    for line in lines:
        said = _read(line)
        if "what" in said:
            # Whoever names another day until which it is to be in place says that it is not: an earlier day no longer
            # holds. Any other change leaves it as it stands, whatever whoever wrote it had before them.
            moved = said["until"] != now.get("until")
            stands = {"state"} if not moved else set()
            said = {key: value for key, value in said.items() if key not in stands}
            now = {key: value for key, value in now.items() if key != "day" or not moved}
        now |= said
    until, again = date.fromisoformat(now["until"]), date.fromisoformat(now["again"])
    day = date.fromisoformat(now["day"]) if "day" in now else until
    return ActionPlan(
        number, lines[0].subject, now["what"], now["who"], until, again, now["state"], day, now.get("came", ""),
        lines[0].at.date(), tuple(lines),
    )  # fmt: skip


def line_words(line: Note) -> str:
    """What one line of a plan said, in words, without who wrote it."""
    said = _read(line)
    if said["state"] == CLOSED:
        return f"Closed: {said['came']}"
    if said["state"] == DONE:
        return f"In place from {day_words(date.fromisoformat(said['day']))}"
    until, again = (day_words(date.fromisoformat(said[name])) for name in ("until", "again"))
    return f"{said['what']} {said['who']}, until {until}; looked at again on {again}"


def _read(line: Note) -> dict[str, Any]:
    try:
        said = json.loads(line.text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or said.get("state") not in (OPEN, DONE, CLOSED):
        raise StoreDamaged("A plan in the notebook cannot be read: its line is not as it was written.")
    return said

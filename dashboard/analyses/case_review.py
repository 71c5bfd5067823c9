"""Failures as a meeting goes through them: each with its course by days since surgery, and what there is to ask."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

import pandas as pd

from dashboard import wording
from dashboard.analyses.diagnosis_delay import diagnosis_delay
from dashboard.analyses.follow_up import LOST, OVERDUE
from dashboard.analyses.groups import NOT_RECORDED, rows_of
from dashboard.analyses.patients import patients
from dashboard.analyses.red_flags import NONE, queue
from dashboard.analyses.timeline import UNANSWERED, timeline
from dashboard.cohort import Cohort
from dashboard.definitions import Factor, load
from dashboard.errors import NoData
from dashboard.records import Records

FAILED = "failed"
COURSE = ["day", "kind", "what", "detail", "counts_as"]
DAY = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")
"""A date as it stands in the words of a course."""
IMPROVED = "improved"
NOTHING_STANDS_OUT = "What can be learnt from this course?"
NEXT_STEP = "What is the next step, and what does the patient want?"


@dataclass(frozen=True)
class Treated:
    """One treatment after surgery: its words, the day, and how it ended, in words; empty where that is not recorded."""

    what: str
    day: int
    ended: str

    @property
    def helped(self) -> bool:
        """Whether it is recorded that it did."""
        return self.ended.startswith(IMPROVED)


@dataclass(frozen=True)
class CaseFacts:
    """What is asked of one failure, from what is recorded of it.

    cause: the main one, in words; empty where none is recorded. named: whether one could be named; preventable: whether
    it is read as one that could perhaps have been prevented. wait: days from the first symptom to the first finding,
    and usual_wait: within how many three quarters of the failures were found. uncontacted: red flags without any known
    contact, with their day. risks: bands that could have been changed before surgery. unanswered: visits before the
    failure showed itself that nobody answered. treated: in order of time.
    """

    cause: str
    named: bool
    preventable: bool
    wait: int | None = None
    usual_wait: int | None = None
    uncontacted: tuple[tuple[str, int], ...] = ()
    risks: tuple[str, ...] = ()
    unanswered: int = 0
    treated: tuple[Treated, ...] = ()

    @property
    def found_late(self) -> bool:
        """Whether the finding came later than three quarters of the others did."""
        return self.wait is not None and self.usual_wait is not None and self.wait > self.usual_wait


@dataclass(frozen=True)
class ReviewedCase:
    """One failure. patient: as shown, P-…; operated: the quarter, as a date would tell who it is; ``day`` it failed on.

    course: as in COURSE, without a date or a name of a file. timeline: the same with both, for a picture of scores.
    """

    operation: int
    patient: str
    procedure: str
    age: str
    sex: str
    operated: str
    day: int
    onset: str
    facts: CaseFacts
    course: pd.DataFrame
    timeline: pd.DataFrame = field(repr=False)

    @property
    def questions(self) -> list[str]:
        """What there is to ask of it."""
        return questions(self.facts)


def failures(records: Records, outcome: str) -> pd.DataFrame:
    """Every failure of the operations chosen, with the day on which it showed itself (``failed_on``), the first first.

    Columns as ``patients`` has them. Raises NotAllowed when the viewer does not see patients.
    """
    rows = patients(records, outcome, FAILED)
    operated = pd.to_datetime(rows["operated"])
    on = operated + pd.to_timedelta(rows["day"].astype(int), unit="D")
    dated = rows.assign(operated=operated.dt.date, failed_on=on.dt.date)
    return dated.sort_values(["failed_on", "operation"], kind="stable").reset_index(drop=True)


def whenever_operated(records: Records) -> Records:
    """The same without the period, which is here of failures and not of operations."""
    return records.of(replace(records.cohort, operated_from=None, operated_to=None))


def failures_seen(records: Records, outcome: str, first: date, last: date) -> pd.DataFrame:
    """Those of ``failures`` that showed themselves in a period, whenever was operated."""
    rows = failures(whenever_operated(records), outcome)
    return rows[rows["failed_on"].between(first, last)].reset_index(drop=True)


def reviewed(
    records: Records, rows: pd.DataFrame, outcome: str, on_case: Callable[[int], None] = lambda place: None
) -> list[ReviewedCase]:
    """The failures in these rows of ``failures``, each with its course, which is on record. on_case: is told which is
    next."""
    if rows.empty:
        return []
    every = records.of(Cohort(chosen=records.cohort.chosen, every_operation=records.cohort.every_operation))
    known = _Known(_usual_wait(every), _uncontacted(every, rows), _risks(every, outcome))
    found = []
    for place, row in enumerate(rows_of(rows), start=1):
        on_case(place)
        found.append(_case(every, row, outcome, known))
    return found


def questions(facts: CaseFacts) -> list[str]:
    """What there is to ask of one failure, what matters at once first; made from what is recorded, and from nothing
    else: that something is not recorded is a question too."""
    asked = [
        f"{label}, from day {day}: no contact is recorded. Was the patient reached, and who sees to it?"
        for label, day in facts.uncontacted
    ]
    asked += [_of_cause(facts), _of_wait(facts)]
    if facts.risks:
        asked.append(
            f"Recorded before surgery, and perhaps to be changed: {wording.joined(facts.risks)}. Was it weighed, and "
            "was there time?"
        )
    if facts.unanswered:
        asked.append(
            f"{wording.count(facts.unanswered, 'planned visit')} before the failure showed itself had no answer. How "
            "could it have been noticed sooner?"
        )
    return [each for each in [*asked, _of_care(facts)] if each] or [NOTHING_STANDS_OUT]


def _of_cause(facts: CaseFacts) -> str:
    if not facts.cause:
        return "No cause is recorded. What was looked for, and what would settle it?"
    if not facts.named:
        return "No cause could be named. What was looked for, and what would settle it?"
    if facts.preventable:
        return f"{facts.cause} could perhaps have been prevented. What would have had to be different, and when?"
    return ""


def _of_wait(facts: CaseFacts) -> str:
    if not facts.found_late or facts.wait is None or facts.usual_wait is None:
        return ""
    return (
        f"{wording.duration(facts.wait)} went by from the first symptom to the finding; three quarters of failures "
        f"were found within {wording.duration(facts.usual_wait)}. What would have brought it forward?"
    )


def _of_care(facts: CaseFacts) -> str:
    if not facts.treated:
        return "No treatment after surgery is recorded. What was done?"
    last, tried = facts.treated[-1], wording.count(len(facts.treated), "treatment")
    name = wording.within_sentence(last.what)
    helped = [each for each in facts.treated if each.helped]
    unknown = sum(not each.ended for each in facts.treated)
    if last.helped:
        return ""
    if not last.ended:
        return f"How the last of {tried} ended ({name}) is not recorded. How is the patient?"
    if helped:
        before = wording.within_sentence(helped[-1].what)
        return f"With {before} the patient improved, with {name}, begun last, not. {NEXT_STEP}"
    if unknown:
        return f"No improvement is recorded of {tried}, of {unknown} of them not how it ended. {NEXT_STEP}"
    return f"{wording.at_the_start(tried)} brought no improvement. {NEXT_STEP}"


@dataclass(frozen=True)
class _Known:
    """What is asked once for all cases: by operation the red flags without contact, and the bands at risk."""

    usual_wait: int | None
    uncontacted: Mapping[int, tuple[tuple[str, int], ...]]
    risks: Mapping[int, tuple[str, ...]]


def _usual_wait(records: Records) -> int | None:
    try:
        days = diagnosis_delay(records).groups["three_quarters"]
    except NoData:
        return None
    return None if days.empty or pd.isna(days.iloc[0]) else int(days.iloc[0])


def _uncontacted(records: Records, rows: pd.DataFrame) -> dict[int, tuple[tuple[str, int], ...]]:
    """Red flags without a contact, in the records or marked in the app, after these operations."""
    data_date = records.facts.data_date
    if data_date is None or "symptom" in records.missing_kinds:
        return {}
    flags = queue(records, (data_date - min(rows["operated"])).days).rows
    flags = flags[(flags["contact"] == NONE) & flags["operation"].isin(list(rows["operation"]))]
    found: dict[int, list[tuple[str, int]]] = {}
    for row in rows_of(flags.sort_values(["day", "label"], kind="stable")):
        found.setdefault(int(row.operation), []).append((row.label, int(row.day)))
    return {operation: tuple(each) for operation, each in found.items()}


def _risks(records: Records, outcome: str) -> dict[int, tuple[str, ...]]:
    """By operation that failed the bands at risk of what can be changed before surgery, in words."""
    factors = {name: factor for name, factor in load().factors.items() if factor.modifiable and factor.at_risk}
    rows = records.listing("failed_bands", columns={"factors": list(factors)}, outcome=outcome)
    labels = {
        (name, band.name): _risk(factor, band.label)
        for name, factor in factors.items() for band in factor.bands if band.name in factor.at_risk
    }  # fmt: skip
    return {
        int(row["operation"]): tuple(
            labels[name, str(row[name])] for name in factors if (name, str(row[name])) in labels
        )
        for row in rows.to_dict("records")
    }


def _risk(factor: Factor, band: str) -> str:
    """smoking (current); of a factor that is there or is not, its name alone."""
    label = wording.within_sentence(factor.label)
    return label if len(factor.bands) == 2 else f"{label} ({wording.within_sentence(band)})"


def _case(records: Records, row: Any, outcome: str, known: _Known) -> ReviewedCase:
    whole = timeline(records, int(row.operation), outcome)
    own = whole[whole["operation"] == row.operation]
    cause = "" if row.cause_name == NOT_RECORDED else str(row.cause)
    reading = load().reading_of(row.cause_name)
    facts = CaseFacts(
        cause, named=bool(cause) and (reading is None or reading.named),
        preventable=reading is not None and reading.preventable,
        wait=_wait(own), usual_wait=known.usual_wait,
        uncontacted=known.uncontacted.get(int(row.operation), ()), risks=known.risks.get(int(row.operation), ()),
        unanswered=_unanswered(own, int(row.day)), treated=_treated(own, row.operated),
    )  # fmt: skip
    quarter = (row.operated.month + 2) // 3
    return ReviewedCase(
        int(row.operation), row.patient, row.procedure, row.age, row.sex, f"{row.operated.year} Q{quarter}",
        int(row.day), row.onset, facts, _course(whole, row.operated), whole,
    )  # fmt: skip


def _wait(own: pd.DataFrame) -> int | None:
    """Days from the first symptom on or after surgery to the first finding; none where it was not the first."""
    symptoms = own.loc[(own["kind"] == "symptom") & (own["own_day"] >= 0), "own_day"]
    findings = own.loc[own["kind"] == "cause", "own_day"]
    if symptoms.empty or findings.empty or findings.min() < symptoms.min():
        return None
    return int(findings.min() - symptoms.min())


def _unanswered(own: pd.DataFrame, failed: int) -> int:
    rows = own[(own["kind"] == UNANSWERED) & own["state"].isin([OVERDUE, LOST]) & (own["own_day"] < failed)]
    return len(rows)


def _treated(own: pd.DataFrame, operated: date) -> tuple[Treated, ...]:
    rows = own[(own["kind"] == "treatment") & (own["own_day"] >= 0)].sort_values(["own_day", "what"], kind="stable")
    return tuple(Treated(row.what, int(row.own_day), in_days(row.detail, operated)) for row in rows_of(rows))


def _course(whole: pd.DataFrame, operated: date) -> pd.DataFrame:
    """The records of a patient in days since this operation; what is to come is left out."""
    past = whole[~((whole["kind"] == UNANSWERED) & ~whole["state"].isin([OVERDUE, LOST]))]
    worded = {name: [in_days(words, operated) for words in past[name]] for name in ("what", "detail", "counts_as")}
    return past.assign(**worded)[COURSE].reset_index(drop=True)


def in_days(words: str, since: date) -> str:
    """Words in which every date is told as the day after surgery: "contacted 5 Jan 2024" as "contacted day 12".

    What is no date, such as 31 Feb 2024, stands as it was recorded.
    """
    return DAY.sub(lambda found: _day_words(found[0], since), words)


def _day_words(words: str, since: date) -> str:
    try:
        day = datetime.strptime(words, "%d %b %Y").replace(tzinfo=UTC).date()
    except ValueError:
        return words
    return f"day {(day - since).days}"


def told(treated: Sequence[Treated]) -> list[str]:
    """What was done, a line each: "Facet injection, day 131: improved day 160"."""
    return [f"{each.what}, day {each.day}: {each.ended or 'how it ended is not recorded'}" for each in treated]

"""Red flags: symptoms after surgery that ask for contact at once, whom to call first, and what they point to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pandas as pd

from dashboard.access import RED_FLAG_SENTENCES
from dashboard.alike import made_once
from dashboard.analyses.contacts import contact_subject, contacts
from dashboard.analyses.patients import shown_patient
from dashboard.definitions import load
from dashboard.definitions.terms import RedFlagCombination
from dashboard.engines.notebook import Note
from dashboard.errors import WrongUsage
from dashboard.records import Records

RECENT_DAYS = 90
"""So far back, from the last day of the data, red flags are looked for unless somebody asks for more."""
COLUMNS = ["symptom", "label", "operations", "contacted", "uncontacted", "latest_days_ago"]

RECORDED, MARKED, NONE = "recorded", "marked in the app", "none"
"""Whether somebody was contacted: the records say so, somebody wrote so here, or neither."""

BY_PATIENT, BY_SIGN = "patient", "symptom"
TRIAGE = {
    "shown_patient": "patient", "label": "red_flag", "severity": "severity", "contact": "contact",
    "days_ago": "days_since_report", "contacted_on": "contacted_on", "contacted_after": "contacted_after_days",
    "who": "contacted_by", "procedure_label": "procedure", "operated": "operated", "day": "began_on_day",
    "days_since_surgery": "days_since_surgery", "worst": "worst_of_the_same_days", "worst_severity": "worst_severity",
    "resolved": "resolved", "points_to": "points_to", "surgeon": "surgeon", "site": "site",
}  # fmt: skip
"""What triage needs of a red flag: by the queue's column, what a table that leaves the app calls it."""

QUEUE_COLUMNS = [
    "operation", "patient", "shown_patient", "procedure", "procedure_label", "surgeon", "site", "operated", "symptom",
    "label", "severity", "resolved", "day", "days_since_surgery", "days_ago", "began", "worst", "worst_severity",
    "contact", "contacted_on", "contacted_after", "note", "who", "points_to", "subject",
]  # fmt: skip


@dataclass(frozen=True)
class Combined:
    """Red flags after one operation that point to something.

    signs: their words, in order of time, and subjects: their keys; beside: the words of every pain and other red flag
    that was recorded about then; days_ago: since the latest; uncontacted: of one of the signs there is no contact.
    """

    combination: RedFlagCombination
    operation: int
    shown_patient: str
    procedure_label: str
    operated: date
    signs: tuple[str, ...]
    beside: tuple[str, ...]
    subjects: tuple[str, ...]
    days_ago: int
    uncontacted: bool


@dataclass(frozen=True)
class Queue:
    """Whom to call: ``rows`` as in QUEUE_COLUMNS, those without contact first; and what some point to.

    looked_for: the combinations that were looked for; none where the practice has switched what they point to off.
    """

    rows: pd.DataFrame
    combined: tuple[Combined, ...]
    looked_for: tuple[RedFlagCombination, ...] = ()

    @property
    def operations(self) -> int:
        """Operations with a red flag."""
        return int(self.rows["operation"].nunique())

    @property
    def uncontacted(self) -> int:
        """Operations with a red flag of which no contact is known."""
        return int(self._waiting["operation"].nunique())

    @property
    def unresolved(self) -> int:
        """Of these, operations with such a red flag that is not marked resolved."""
        return int(self._waiting.loc[~self._waiting["resolved"].astype(bool), "operation"].nunique())

    @property
    def longest(self) -> int | None:
        """Days since the first red flag began of which no contact is known; None where there is none."""
        return int(self._waiting["days_ago"].max()) if len(self._waiting) else None

    @property
    def longest_waiting(self) -> pd.Series | None:
        """The row of the red flag that ``longest`` speaks of: of equals the first in the queue."""
        waiting = self._waiting
        return waiting.iloc[int(waiting["days_ago"].to_numpy(int).argmax())] if len(waiting) else None

    @property
    def together(self) -> dict[RedFlagCombination, int]:
        """Operations after which each combination was found, also of those found after none."""
        found = [one.combination for one in self.combined]
        return {combination: found.count(combination) for combination in self.looked_for}

    @property
    def _waiting(self) -> pd.DataFrame:
        return self.rows[self.rows["contact"] == NONE]


def red_flags_table(records: Records, within_days: int = RECENT_DAYS) -> pd.DataFrame:
    """Operations by red flag, a row for each sign as in COLUMNS; a contact marked in the app counts as one."""
    rows = queue(records, within_days).rows
    without = rows["contact"] == NONE
    counted = [
        (name, records.label("symptom", str(name)), part["operation"].nunique(),
         part.loc[without[part.index], "operation"].nunique(), part["days_ago"].min())
        for name, part in rows.groupby("symptom")
    ]  # fmt: skip
    table = pd.DataFrame(counted, columns=["symptom", "label", "operations", "uncontacted", "latest_days_ago"])
    table["contacted"] = table["operations"] - table["uncontacted"]
    place = records.order("symptom")
    return table.sort_values("symptom", key=lambda names: names.map(place))[COLUMNS].reset_index(drop=True)


def red_flags_answer(records: Records, by: str | None, within_days: int = RECENT_DAYS) -> pd.DataFrame:
    """For the command: the queue, a row for each red flag, as in TRIAGE; by sign the counts of ``red_flags_table``.

    Raises WrongUsage for anything else to list or count by.
    """
    if by not in (None, BY_PATIENT, BY_SIGN):
        raise WrongUsage(f"Red flags are listed by {BY_PATIENT}, or counted by {BY_SIGN}.")
    if by == BY_SIGN:
        return red_flags_table(records, within_days)
    return queue(records, within_days).rows[list(TRIAGE)].rename(columns=TRIAGE)


def red_flag_list(records: Records, within_days: int = RECENT_DAYS) -> pd.DataFrame:
    """The same, a row for each red flag, those without contact first: whom to call. On record before it is shown."""
    rows = _told_apart(_with_others(records, within_days))
    return rows[rows["red_flag"]].drop(columns="red_flag").reset_index(drop=True)


def _with_others(records: Records, within_days: int) -> pd.DataFrame:
    """The red flags, and the other symptoms, which are shown beside them; ``red_flag`` and ``pain`` tell them apart."""
    return of_every_operation(records).listing("red_flags", within_days=within_days)


def _told_apart(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.astype({"red_flag": bool, "pain": bool})


def queue(records: Records, within_days: int = RECENT_DAYS) -> Queue:
    """Each red flag that began within some days before the data date, with whether anybody was contacted about it.

    First those without any contact; of these the ones that point to something, those not marked resolved,
    and of equals the one that has waited longest. One that points to something never goes behind for being resolved.
    ``day`` counts from surgery until it began, ``days_since_surgery`` and ``days_ago`` (since it began) to the data
    date; ``worst``, with its ``worst_severity``, is the symptom of the same days that was recorded as most severe, this
    one or another, or ""; ``contacted_on`` and ``contacted_after`` (days since it began) say when somebody was
    contacted, ``who`` by whom where that was marked in the app; ``points_to`` is what it points to, alone or with
    others, or "". On record before it is shown.
    Raises NotAllowed when the viewer does not see patients.
    """
    combinations = load().red_flag_combinations if records.viewer.may(RED_FLAG_SENTENCES) else ()
    # A little further back, so that a sign of yesterday meets the one it belongs to.
    back = max(load().red_flag_same_days, *(combination.within_days for combination in combinations), 0)
    rows = _with_others(records, within_days + back)
    labels = {
        dimension: {name: records.label(dimension, name) for name in rows[dimension].unique()}
        for dimension in ("symptom", "procedure")
    }
    return _queued(rows, labels, contacts(records), combinations, within_days)


@made_once
def _queued(
    rows: pd.DataFrame,
    labels: Mapping[str, Mapping[str, str]],
    marked: Mapping[str, Note],
    combinations: Sequence[RedFlagCombination],
    within_days: int,
) -> Queue:
    """The queue of what was listed; labels: by dimension and name; marked: the contacts marked in the app."""
    rows = _in_words(_told_apart(rows), labels, marked)
    combined = [one for one in _combined(rows, combinations) if one.days_ago <= within_days]
    advice = {subject: one.combination.advice for one in reversed(combined) for subject in one.subjects}
    rows = _with_worst(rows)
    rows = rows[rows["red_flag"] & (rows["days_ago"] <= within_days)]
    rows = rows.assign(points_to=[advice.get(subject, "") for subject in rows["subject"]])
    rows = rows.assign(done=rows["contact"] != NONE, alone=rows["points_to"] == "").sort_values(
        ["done", "alone", "resolved", "days_ago", "operation", "symptom"],
        ascending=[True, True, True, False, True, True],
        kind="stable",
    )
    combined.sort(key=lambda one: (not one.uncontacted, one.days_ago))
    return Queue(rows[QUEUE_COLUMNS].reset_index(drop=True), tuple(combined), tuple(combinations))


def of_every_operation(records: Records) -> Records:
    """A red flag after a reoperation is as urgent as one after the first operation."""
    return records.of(replace(records.cohort, every_operation=True))


def _in_words(rows: pd.DataFrame, labels: Mapping[str, Mapping[str, str]], marked: Mapping[str, Note]) -> pd.DataFrame:
    """The list with dates, words, and the contacts that were marked in the app."""
    operated = pd.to_datetime(rows["operated"])
    began = [day.date() + timedelta(days=int(after)) for day, after in zip(operated, rows["day"], strict=True)]
    rows = rows.assign(
        operated=[day.date() for day in operated],
        began=began,
        days_since_surgery=rows["day"].astype(int) + rows["days_ago"].astype(int),
        label=[labels["symptom"][name] for name in rows["symptom"]],
        procedure_label=[labels["procedure"][name] for name in rows["procedure"]],
        shown_patient=[shown_patient(patient) for patient in rows["patient"]],
        resolved=rows["resolved"].astype(bool),
    )
    keys = zip(rows["patient"], rows["operated"], rows["symptom"], rows["began"], strict=True)
    subjects = [contact_subject(int(patient), day, symptom, onset) for patient, day, symptom, onset in keys]
    notes = [marked.get(subject) for subject in subjects]
    return rows.assign(
        subject=subjects,
        contact=[
            RECORDED if recorded else MARKED if note else NONE
            for recorded, note in zip(rows["contacted"], notes, strict=True)
        ],
        note=[note.text if note else "" for note in notes],
        who=[note.who if note else "" for note in notes],
        **_when_contacted(rows, began, [note.at.date() if note else None for note in notes]),
    )


def _when_contacted(rows: pd.DataFrame, began: Sequence[date], marked: Sequence[date | None]) -> dict[str, pd.Series]:
    """The day of the contact that is recorded, else of the one marked in the app; and days since the sign began."""
    recorded = [None if pd.isna(days) else int(days) for days in rows["contacted_after"]]
    days = [
        after if after is not None else (on - first).days if on else None
        for after, first, on in zip(recorded, began, marked, strict=True)
    ]
    on = [None if after is None else first + timedelta(days=after) for after, first in zip(days, began, strict=True)]
    return {
        "contacted_after": pd.Series(days, index=rows.index, dtype=object),
        "contacted_on": pd.Series(on, index=rows.index, dtype=object),
    }


def _with_worst(rows: pd.DataFrame) -> pd.DataFrame:
    """Beside each symptom the one of the same days, after the same operation, that was recorded as most severe."""
    near = load().red_flag_same_days
    named = ("operation", "day", "symptom", "label", "severity")
    each = [
        (int(operation), int(day), str(symptom), str(label), None if pd.isna(severity) else int(severity))
        for operation, day, symptom, label, severity in zip(*(rows[name] for name in named), strict=True)
    ]
    felt: dict[int, list[tuple[int, int, str, str]]] = {}
    for operation, day, symptom, label, severity in each:
        if severity is not None:
            felt.setdefault(operation, []).append((severity, day, symptom, label))
    words: list[tuple[str, int | None]] = []
    for operation, day, *_ in each:
        beside = [
            (-severity, abs(on - day), symptom, label)
            for severity, on, symptom, label in felt.get(operation, ()) if abs(on - day) <= near
        ]  # fmt: skip
        worst = min(beside, key=lambda one: one[:3], default=None)
        words.append(("", None) if worst is None else (worst[3], -worst[0]))
    severities = pd.Series([severity for _, severity in words], index=rows.index, dtype=object)
    return rows.assign(worst=[label for label, _ in words], worst_severity=severities)


def _combined(rows: pd.DataFrame, combinations: Sequence[RedFlagCombination]) -> list[Combined]:
    """Each combination that the red flags after an operation make up."""
    found = []
    shown = rows[rows["red_flag"] | rows["pain"]]
    # Whatever their days: of most operations the signs make up nothing, and to look at each on its own takes long.
    signs: dict[int, set[str]] = {}
    for operation, symptom in zip(
        *(shown.loc[shown["red_flag"], name] for name in ("operation", "symptom")), strict=True
    ):
        signs.setdefault(operation, set()).add(symptom)
    could = [one for one, there in signs.items() if any(fulfils(each, there) for each in combinations)]
    shown = shown[shown["operation"].isin(could)]
    for _, of_operation in shown.sort_values(["began", "symptom"], kind="stable").groupby("operation"):
        for combination in combinations:
            made_up = _making_up(of_operation[of_operation["red_flag"]], combination)
            if made_up is not None:
                found.append(_one(made_up, of_operation.drop(made_up.index), combination))
    return found


def _making_up(rows: pd.DataFrame, combination: RedFlagCombination) -> pd.DataFrame | None:
    """The latest red flags after one operation that make up a combination; None when none do."""
    named = rows[rows["symptom"].isin(combination.symptoms)]
    for last in sorted(set(named["days_ago"])):
        together = named[(named["days_ago"] >= last) & (named["days_ago"] <= last + combination.within_days)]
        if fulfils(combination, together["symptom"]):
            return pd.DataFrame(together)
    return None


def fulfils(combination: RedFlagCombination, symptoms: Iterable[str]) -> bool:
    """Whether these symptoms make up the combination."""
    there = set(symptoms)
    return all(there.intersection(names) for names in combination.any_of)


def _one(rows: pd.DataFrame, others: pd.DataFrame, combination: RedFlagCombination) -> Combined:
    """others: what else was recorded after the operation."""
    first = rows.iloc[0]
    near = (others["days_ago"] - rows["days_ago"].min()).abs() <= combination.within_days
    return Combined(
        combination=combination,
        operation=int(first["operation"]),
        shown_patient=str(first["shown_patient"]),
        procedure_label=str(first["procedure_label"]),
        operated=first["operated"],
        signs=tuple(dict.fromkeys(rows["label"])),
        beside=tuple(dict.fromkeys(others.loc[near, "label"])),
        subjects=tuple(rows["subject"]),
        days_ago=int(rows["days_ago"].min()),
        uncontacted=bool((rows["contact"] == NONE).any()),
    )

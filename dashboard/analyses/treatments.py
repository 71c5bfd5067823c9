"""What was done after failure, in which order, and what is recorded of how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.red_flags import of_every_operation
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import quartiles, share_of
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import proportions

FEWEST = 10
"""Fewer recorded outcomes are counts only."""
IMPROVED = "improved"
OUTCOMES = ("improved", "unchanged", "worse", NOT_RECORDED)

STEP_COLUMNS = [
    "step", "label", "operations", "of", "share", "lower", "upper", "timed", "quarter", "half", "three_quarters",
]  # fmt: skip
OUTCOME_COLUMNS = [*OUTCOMES, "recorded", "share", "lower", "upper", "shown"]
ATTEMPT_COLUMNS = ["attempt", "label", "treatments", *OUTCOME_COLUMNS]
TREATMENT_COLUMNS = ["treatment", "label", "step", "step_label", "attempt", "treatments", *OUTCOME_COLUMNS]
EACH_COLUMNS = [
    "treatment", "label", "step_label", "treatments", *OUTCOME_COLUMNS, "timed", "quarter", "half", "three_quarters",
]  # fmt: skip
PATH_COLUMNS = ["path", "label", "operations", "share", "lower", "upper", *OUTCOMES]
ORDINALS = ("First", "Second", "Third", "Fourth")
ARROW = " → "
UNTREATED = "No treatment recorded"


@dataclass(frozen=True)
class Care:
    """The answer of one cohort.

    steps: for each step of care, operations that reached it of all that failed, and days from failure to its first
    treatment (quartiles, of the ``timed`` ones whose days are known). first: for each step, operations whose first
    treatment after the failure it was, and how that ended. ended: for each step, how its treatments ended, first or
    later. paths: the steps in the order in which they began, with the last recorded outcome.
    attempts: the treatments that operate again, by attempt, without urgent ones; kinds: urgent, minimally invasive and
    open apart. treatments: each by itself and by attempt; each: all attempts together, with the days from the failure
    to the first of that treatment. difference: how much more often minimally invasive revisions improved than
    open ones, with its interval; None where either has too few recorded outcomes. failed: operations that failed.
    """

    failed: int
    steps: pd.DataFrame
    first: pd.DataFrame
    ended: pd.DataFrame
    paths: pd.DataFrame
    attempts: pd.DataFrame
    kinds: pd.DataFrame
    treatments: pd.DataFrame
    each: pd.DataFrame
    difference: proportions.Difference | None


@remembered
def care(records: Records) -> Care:
    """Care after failure by a clinician's finding, as it really ran."""
    paths = records.read("care_paths")
    counts = of_every_operation(records).read("treatments")
    failed = int(paths["operations"].sum())
    kinds = _kinds(counts)
    return Care(
        failed, _steps(records, paths, failed), _first(records), _by_step(records.read("treatments")),
        _paths(paths, failed), attempts_of(counts), kinds, treatments_table(records), _each(records, counts),
        _difference(kinds),
    )  # fmt: skip


def treatments_table(records: Records) -> pd.DataFrame:
    """A row for each treatment and attempt at its step: how many, how they ended, share improved of those recorded.

    After every operation, index operation or not: a second revision answers the failure of the first one.
    """
    counts = of_every_operation(records).read("treatments")
    rows = [
        {**words, "attempt": int(attempt), **_ended(part[part["attempt"] == attempt])}
        for words, part in _by_treatment(counts)
        for attempt in sorted(part["attempt"].unique())
    ]
    return pd.DataFrame(rows, columns=TREATMENT_COLUMNS)


def treatments_by(records: Records, by: str) -> pd.DataFrame:
    """The same as on the page: revisions by ``attempt`` (urgent ones apart) or by ``kind``, all treatments by ``step``.

    Raises WrongUsage for anything else.
    """
    answer = care(records)
    tables = {"attempt": answer.attempts, "kind": answer.kinds, "step": answer.ended}
    if by not in tables:
        raise WrongUsage(f'Treatments are not broken down by "{by}". Choose one of {", ".join(tables)}.')
    return tables[by]


def _steps(records: Records, paths: pd.DataFrame, failed: int) -> pd.DataFrame:
    days = records.read("steps")
    codes = records.order("step")
    rows = []
    for name, label in load().groups("treatment").items():
        reached = int(paths["operations"][[str(codes[name]) in str(path) for path in paths["path"]]].sum())
        part = days[days["step"] == name]
        share, days_of_it = share_of(reached, failed), quartiles(part["day"], part["operations"])
        timed = int(part["operations"].sum())
        rows.append((name, label, reached, failed, *share.values(), timed, *days_of_it.values()))
    return pd.DataFrame(rows, columns=STEP_COLUMNS)


def _first(records: Records) -> pd.DataFrame:
    """How the first treatment after each failure ended, by its step; an operation counts once."""
    counts = records.read("first_treatments")
    return _by_step(counts[counts["first_of_all"].astype(bool)].rename(columns={"operations": "treatments"}))


def _each(records: Records, counts: pd.DataFrame) -> pd.DataFrame:
    """Each treatment that is recorded, all attempts together, with the days from the failure to its first."""
    begun = of_every_operation(records).read("first_treatments")
    rows = []
    for words, part in _by_treatment(counts):
        days = begun[begun["treatment"] == words["treatment"]]
        timed = {"timed": int(days["operations"].sum()), **quartiles(days["day"], days["operations"])}
        rows.append({**words, **_ended(part), **timed})
    return pd.DataFrame(rows, columns=EACH_COLUMNS)


def _by_treatment(counts: pd.DataFrame) -> Iterator[tuple[dict[str, str | None], pd.DataFrame]]:
    """The words for each treatment that is recorded and its step, and its counts."""
    steps = load().groups("treatment")
    for term in load().vocabularies["treatment"].values():
        part = counts[counts["treatment"] == term.name]
        if len(part):
            words = {"treatment": term.name, "label": term.label, "step": term.group}
            yield words | {"step_label": steps.get(term.group or "", "")}, part


def _by_step(counts: pd.DataFrame) -> pd.DataFrame:
    """How the treatments of each step ended, of those counted."""
    rows = [
        {"step": name, "label": label, **_ended(counts[counts["step"] == name])}
        for name, label in load().groups("treatment").items()
    ]
    return pd.DataFrame(rows)


def _paths(paths: pd.DataFrame, failed: int) -> pd.DataFrame:
    """The most frequent first; each path in words."""
    labels = list(load().groups("treatment").values())
    rows = []
    for path, part in paths.groupby("path"):
        ended = part.groupby("treatment_outcome")["operations"].sum()
        steps = [labels[int(digit) - 1] for digit in str(path)] if path else []
        label = ARROW.join([steps[0], *(step.lower() for step in steps[1:])]) if steps else UNTREATED
        total = int(part["operations"].sum())
        share = share_of(total, failed).values()
        rows.append((int(str(path)), label, total, *share, *(int(ended.get(name, 0)) for name in OUTCOMES)))
    frame = pd.DataFrame(rows, columns=PATH_COLUMNS)
    return frame.sort_values("operations", ascending=False, kind="stable").reset_index(drop=True)


def attempts_of(counts: pd.DataFrame) -> pd.DataFrame:
    """The first, second, … treatment that operates again, urgent ones apart: how many, and how they ended.

    counts: ``treatment, step, attempt, treatment_outcome, treatments``. Columns as in ATTEMPT_COLUMNS.
    """
    revisions = load().revisions
    planned = counts[(counts["step"] == revisions.step) & ~counts["treatment"].isin(revisions.urgent)]
    last = len(ORDINALS)
    rows = []
    for attempt in range(1, last + 1):
        exact = planned["attempt"] >= attempt if attempt == last else planned["attempt"] == attempt
        if planned.loc[exact, "treatments"].sum():
            label = f"{ORDINALS[attempt - 1]}{' or later' if attempt == last else ''} revision"
            rows.append({"attempt": attempt, "label": label, **_ended(planned[exact])})
    return pd.DataFrame(rows, columns=ATTEMPT_COLUMNS)


def _kinds(counts: pd.DataFrame) -> pd.DataFrame:
    revisions = load().revisions
    named: dict[str, tuple[str, Iterable[str]]] = {
        "open": ("Open revision", revisions.open),
        "minimally_invasive": ("Minimally invasive revision", revisions.minimally_invasive),
        "urgent": ("Urgent revision", revisions.urgent),
    }
    rows = [
        {"kind": kind, "label": label, **_ended(counts[counts["treatment"].isin(list(names))])}
        for kind, (label, names) in named.items()
    ]
    return pd.DataFrame(rows)


def _difference(kinds: pd.DataFrame) -> proportions.Difference | None:
    held = {str(row["kind"]): (int(row["improved"]), int(row["recorded"])) for row in kinds.to_dict("records")}
    ends = [held["minimally_invasive"], held["open"]]
    if min(recorded for _, recorded in ends) < FEWEST:
        return None
    return proportions.newcombe_difference(*ends[0], *ends[1])


def _ended(counts: pd.DataFrame) -> dict[str, object]:
    """Treatments, how each ended, and the share improved of those of which it is recorded."""
    ended = counts.groupby("treatment_outcome")["treatments"].sum()
    found = {name: int(ended.get(name, 0)) for name in OUTCOMES}
    recorded = sum(found.values()) - found[NOT_RECORDED]
    return {
        "treatments": int(counts["treatments"].sum()), **found, "recorded": recorded,
        **share_of(found[IMPROVED], recorded), "shown": recorded >= FEWEST,
    }  # fmt: skip

"""Whether patients were asked and answered at each planned visit, and what the share would be if those overdue did."""

from __future__ import annotations

import pandas as pd

from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import EVERYBODY, NOT_RECORDED, groups_of
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import share_of, worst_case
from dashboard.definitions import Benchmark, load
from dashboard.leeway import Ends
from dashboard.protecting import WIDEST
from dashboard.records import Records
from dashboard.stats import funnel

ANSWERED, DIED, OVERDUE, LOST, OPEN, NOT_DUE, EARLY = 1, 2, 3, 4, 5, 6, 7
STATES = {
    "answered": ANSWERED, "died": DIED, "overdue": OVERDUE, "lost": LOST, "open": OPEN, "not_due": NOT_DUE,
    "early": EARLY,
}  # fmt: skip
"""The states of a visit, as mart ``visit_state`` numbers them."""

COLUMNS = [
    "group", "label", "visit", "visit_label", "due", "answered", "overdue", "lost", "open", "not_due", "died", "early",
    "share", "lower", "upper", "share_if_worked_off", "shown",
]  # fmt: skip
WORKED_OFF = [
    "outcome", "label", "visit", "answered", "failed", "share", "overdue", "lowest", "highest", "others", "due",
    "best_case", "worst_case", "shown",
]  # fmt: skip
CHANCE = ["group", "label", "due", "answered", "share", "low", "high", "beyond", "target"]
FEWEST = 10
GOAL = "follow_up_goal"


@remembered
def follow_up(records: Records, by: str | None = None) -> pd.DataFrame:
    """A row for each group and planned visit, as in COLUMNS.

    due: its window has ended by the data date, and the patient lived; ``share`` answered of due (Wilson);
    share_if_worked_off: if every visit that is overdue were answered. ``early``: answered while its window is open,
    and not yet due: it counts from the window's end on, as those who have not answered do.
    shown: whether ten or more were due.
    """
    visits = load().visits
    rows = []
    for group in groups_of(records, "follow_up", by):
        for visit in visits.values():
            states = group.counts[group.counts["visit"] == str(visit.months)].set_index("visit_state")["operations"]
            n = {name: int(states.get(code, 0)) for name, code in STATES.items()}
            due = n["answered"] + n["overdue"] + n["lost"]
            ends = [Ends.about(n[name], WIDEST * group.parts) for name in ("answered", "overdue", "lost")]
            rows.append({
                "group": group.name, "label": group.label, "visit": visit.months, "visit_label": visit.label,
                "due": due, **n, **share_of(n["answered"], due, ends=_share_ends(*ends) if group.parts else None),
                "share_if_worked_off": (n["answered"] + n["overdue"]) / due if due else None, "shown": due >= FEWEST,
            })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def _share_ends(answered: Ends, overdue: Ends, lost: Ends) -> tuple[tuple[int, int], tuple[int, int]]:
    """Who answered and who was due at which the share is least, and most."""
    others = overdue + lost
    return (answered.least, answered.least + others.most), (answered.most, answered.most + others.least)


def everybody(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of all operations together."""
    return frame[frame["group"] == EVERYBODY]


def follow_up_goal() -> Benchmark:
    """The goal that the share answered at 12 months is held against: its one figure."""
    return load().benchmarks[GOAL]


def follow_up_elsewhere() -> list[Benchmark]:
    """The shares answered that registers report of themselves: the published figures that are no outcome's."""
    return [one for name, one in load().benchmarks.items() if one.outcome is None and name != GOAL]


@remembered
def worked_off(records: Records) -> pd.DataFrame:
    """What the share failed could become if every overdue visit were answered: a row for each outcome of a visit.

    Columns as in WORKED_OFF: of those who answered what the outcome needs, ``share`` failed. If the ``overdue`` were
    asked and answered too: ``lowest`` when all of them were well, ``highest`` when all had failed. best_case and
    worst_case: the same for everybody ``due`` without an answer, the ``others`` too, who are lost or left out what the
    outcome needs: lost and overdue alike. shown: ten or more answered.
    """
    whole = everybody(follow_up(records))
    overdue = dict(zip(whole["visit"], whole["overdue"], strict=True))
    rows = []
    for outcome in load().outcomes.values():
        if outcome.kind != "landmark" or outcome.visit not in overdue:
            continue
        rate = failure_rate(records, outcome.name).iloc[0]
        answered, failed, more = int(rate["answered"]), int(rate["failed"]), overdue[outcome.visit]
        of = [Ends.about(count, int(rate["moved"])) for count in (failed, more, answered)]
        band = worst_case(of[0], of[1], of[1] + of[2])
        rows.append((
            outcome.name, outcome.short, outcome.visit, answered, failed, rate["share"], more,
            band["best_case"], band["worst_case"], int(rate["due"]) - answered - more,
            int(rate["due"]), rate["best_case"], rate["worst_case"], answered >= FEWEST,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=WORKED_OFF)


def chance(records: Records, rows: pd.DataFrame) -> pd.DataFrame:
    """For each group with ten or more visits due: the range in which chance alone would leave its share answered.

    None for whoever is told counts in protected form: a limit of chance holds for exact counts alone. rows: groups of
    ``follow_up`` at one visit. low, high: the 95 % limits of a funnel round ``target``, the share answered of all
    these groups together; beyond: whether it lies outside them, which says nothing of why. Columns as in CHANCE; "not
    recorded" is no group.
    """
    rows = rows.head(0) if records.viewer.is_protected else rows
    named = rows[rows["shown"] & (rows["group"] != NOT_RECORDED)]
    due = int(named["due"].sum())
    if len(named) < 2 or not due:
        return pd.DataFrame(columns=CHANCE)
    target = float(named["answered"].sum() / due)
    limits = funnel.binomial_limits(named["due"].to_numpy(), target)
    beyond = [place != funnel.WITHIN for place in funnel.position(named["share"].to_numpy(float), limits)]
    return named.assign(low=limits.lower_95, high=limits.upper_95, beyond=beyond, target=target)[CHANCE]


def overdue_visits(records: Records) -> pd.DataFrame:
    """The work list: visits overdue or open now, the longest overdue first. On record before it is shown.

    Columns as the read ``overdue_visits`` gives them; raises NotAllowed when the viewer does not see patients.
    """
    return records.listing("overdue_visits")

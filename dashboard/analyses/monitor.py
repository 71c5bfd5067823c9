"""Whether an outcome that comes early has changed, surgeon by surgeon and family by family: RA-CUSUM and VLAD.

Each operation is held against its own risk by a model that was frozen before. A signal is a question, not a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from dashboard.analyses.beside import practice_of
from dashboard.analyses.case_mix import Model, case_mix
from dashboard.analyses.groups import FAMILY, NOT_RECORDED, due_from, families
from dashboard.analyses.profiles import known_patterns, with_codes
from dashboard.analyses.remembering import remembered
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.records import UNIT, Records
from dashboard.stats import cusum

MORE, FEWER = "more than expected", "fewer than expected"

COLUMNS = [
    "unit", "label", "own", "family", "family_label", "operations", "failed", "expected", "without_risk", "charted",
    "limit_more", "limit_fewer", "false_alarm_operations", "false_alarm_years", "signal", "signalled_on", "subject",
]  # fmt: skip
STEPS = ["operation", "operated", "vlad", "up", "down", "signal"]


@dataclass(frozen=True)
class Monitored:
    """The answer: ``series`` as in COLUMNS, one row for each surgeon and family; and by (unit, family) its steps.

    steps: ``operation`` (1, 2, …), ``operated``, ``vlad`` (failures fewer than expected so far), ``up`` and ``down``
    (the CUSUMs for more and for fewer failures), ``signal`` (words, or empty).
    model: frozen; where its plan gives a reason, there are no series. since: the first day that is watched.
    counts_only: seen and expected, without a chart and without a signal, for those who see no single operations.
    """

    series: pd.DataFrame
    steps: dict[tuple[str, str], pd.DataFrame]
    model: Model
    since: date | None
    counts_only: bool = False

    @property
    def reason(self) -> str:
        """In a sentence why nothing is monitored; empty where something is."""
        return f"Nothing is monitored yet: {self.model.plan.reason}." if self.model.fit is None else ""


@remembered
def monitor(records: Records) -> Monitored:
    """Every surgeon's operations of every family since the model was frozen, in order of surgery.

    Whatever the reader has chosen: a filter would tear the sequence apart, and each slice would be another chance of a
    false alarm. ``within_choice`` says which series to show. Operations with something unrecorded that the model needs
    are left out (``without_risk``).
    """
    watched, data_date = load().monitoring, records.facts.data_date
    frozen = date(data_date.year - watched.frozen_years_before, 12, 31) if data_date else None
    model = case_mix(records, watched.outcome, watched.within_days, frozen)
    since = frozen + timedelta(days=1) if frozen else None
    if frozen is None or since is None or model.fit is None:
        return Monitored(pd.DataFrame(columns=COLUMNS), {}, model, since)
    if not records.viewer.sees_patients:
        return Monitored(_counts(records, model, since), {}, model, since, counts_only=True)
    operations = _operations(records, model, since)
    sizes = operations.dropna(subset="risk").groupby(["surgeon", "family"]).size()
    charted = set(sizes[sizes >= watched.fewest_operations].index.get_level_values("family"))
    limits = _limits(records, model, frozen, charted)
    steps: dict[tuple[str, str], pd.DataFrame] = {}
    rows = []
    for (unit, family), part in operations.groupby(["surgeon", "family"], sort=True):
        row, followed = _series(records, str(unit), str(family), part, limits.get(str(family)), since)
        rows.append(row)
        if followed is not None:
            steps[str(unit), str(family)] = followed
    return Monitored(pd.DataFrame(rows, columns=COLUMNS), steps, model, since)


def within_choice(series: pd.DataFrame, cohort: Cohort) -> pd.DataFrame:
    """The series of the surgeons, of the families and of the families of the procedures that the reader has chosen."""
    chosen, of = cohort.chosen, families()
    if "surgeon" in chosen:
        series = series[series["unit"].isin(chosen["surgeon"])]
    if FAMILY in chosen:
        series = series[series["family"].isin(chosen[FAMILY])]
    if "procedure" in chosen:
        series = series[series["family"].isin([of[name] for name in chosen["procedure"] if name in of])]
    return series


def _operations(records: Records, model: Model, since: date) -> pd.DataFrame:
    """The watched operations one by one and in order: ``surgeon, family, operated, failed`` (0 or 1), ``risk``."""
    watched = load().monitoring
    counts = records.of(Cohort(operated_from=since)).read(
        "monitor", outcome=watched.outcome, within_days=watched.within_days,
        due_from=due_from(records, watched.within_days),
    )  # fmt: skip
    counts = counts[counts["surgeon"] != NOT_RECORDED].sort_values(["operated", "profile"], kind="stable")
    risk = model.risks(with_codes(records, counts[["profile", "operations", "failed"]]))
    each = counts.assign(risk=risk).reset_index(drop=True)
    each = each.loc[each.index.repeat(each["operations"])]
    # On one day, among patients of one profile, the order is not recorded: failures first.
    each["failed"] = (each.groupby(level=0).cumcount() < each["failed"]).astype(int)
    return each[["surgeon", FAMILY, "operated", "failed", "risk"]].reset_index(drop=True)


def _counts(records: Records, model: Model, since: date) -> pd.DataFrame:
    """The series as in COLUMNS of counts alone: no order of operations, and so no signal."""
    watched = load().monitoring
    of = records.of(Cohort(operated_from=since))
    patterns = known_patterns(of, watched.outcome, watched.within_days, "surgeon")
    patterns = patterns[patterns[UNIT] != NOT_RECORDED]
    names = {code: name for name, code in records.order(FAMILY).items()}
    each = patterns.assign(family=patterns[FAMILY].map(names), risk=model.risks(patterns))
    rows = []
    for (unit, family), part in each.groupby([UNIT, FAMILY], sort=True):
        known = part.dropna(subset="risk")
        operations = int(known["operations"].sum())
        counted = operations, int(known["failed"].sum()), float((known["risk"] * known["operations"]).sum())
        rows.append(_row(records, str(unit), str(family), counted, int(part["operations"].sum()) - operations))
    return pd.DataFrame(rows, columns=COLUMNS)


def _row(
    records: Records, unit: str, family: str, counted: tuple[int, int, float], without_risk: int
) -> dict[str, object]:
    """One surgeon's row in one family. counted: operations, failures seen and failures expected."""
    operations, failed, expected = counted
    return {
        "unit": unit, "label": records.label("surgeon", unit), "own": unit in (records.viewer.surgeons or ()),
        "family": family, "family_label": records.label(FAMILY, family),
        "operations": operations, "failed": failed, "expected": expected,
        "without_risk": without_risk, "charted": False, "signal": "", "subject": "",
    }  # fmt: skip


def _limits(
    records: Records, model: Model, frozen: date, charted: set[str]
) -> dict[str, tuple[cusum.Limit, cusum.Limit]]:
    """For each family the two limits, from the mix of risks that the practice had while the model was made."""
    watched = load().monitoring
    practice = records.of(Cohort(operated_to=frozen)).of_practice
    patterns = practice_of(practice, watched.outcome, watched.within_days).patterns
    names = {code: name for name, code in records.order(FAMILY).items()}
    patterns = patterns.assign(family=patterns[FAMILY].map(names), risk=model.risks(patterns))
    found = {}
    for family, part in patterns[patterns["family"].isin(charted)].dropna(subset="risk").groupby("family"):
        mix = part["risk"].to_numpy(), part["operations"].to_numpy(float)
        wanted = float(watched.false_alarm_operations)
        found[str(family)] = (
            cusum.limit_for(*mix, watched.odds_ratio_more, wanted),
            cusum.limit_for(*mix, watched.odds_ratio_fewer, wanted),
        )
    return found


def _series(
    records: Records,
    unit: str,
    family: str,
    part: pd.DataFrame,
    limits: tuple[cusum.Limit, cusum.Limit] | None,
    since: date,
) -> tuple[dict[str, object], pd.DataFrame | None]:
    """One surgeon's row in one family, and its steps where there are operations enough to chart."""
    watched = load().monitoring
    known = part.dropna(subset="risk")
    expected = float(known["risk"].sum())
    charted = limits is not None and len(known) >= watched.fewest_operations
    counted = len(known), int(known["failed"].sum()), expected
    row = _row(records, unit, family, counted, len(part) - len(known)) | {"charted": charted}
    if limits is None or not charted:
        return row, None
    more, fewer = limits
    steps = _steps(known, more.limit, fewer.limit)
    years = (pd.Timestamp(known["operated"].max()).date() - since).days / 365.25
    yearly = len(known) / max(years, 1 / 12)
    row |= {
        "limit_more": more.limit, "limit_fewer": fewer.limit, "false_alarm_operations": round(more.run_length),
        "false_alarm_years": more.run_length / yearly,
    }  # fmt: skip
    signals = steps[steps["signal"] != ""]
    if len(signals):
        last = signals.iloc[-1]
        day = pd.Timestamp(last["operated"]).date()
        direction = "more" if last["signal"] == MORE else "fewer"
        subject = f"monitor/{watched.outcome}/{unit}/{family}/{direction}/{day:%Y-%m-%d}"
        row |= {"signal": last["signal"], "signalled_on": day, "subject": subject}
    return row, steps


def _steps(known: pd.DataFrame, more: float, fewer: float) -> pd.DataFrame:
    watched = load().monitoring
    failed, risk = known["failed"].to_numpy(), known["risk"].to_numpy()
    up = cusum.ra_cusum(failed, risk, watched.odds_ratio_more, more)
    down = cusum.ra_cusum(failed, risk, watched.odds_ratio_fewer, fewer)
    signal = np.full(len(known), "", dtype=object)
    signal[down.signals] = FEWER
    signal[up.signals] = MORE
    return pd.DataFrame(
        {
            "operation": np.arange(1, len(known) + 1), "operated": known["operated"].to_numpy(),
            "vlad": cusum.vlad(failed, risk), "up": up.value, "down": down.value, "signal": signal,
        }
    )[STEPS]  # fmt: skip

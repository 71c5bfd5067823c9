"""Curves and models against the tools that reckon row by row, on the same operations.

Ours: what the app answers, from the counting on, as if for the first time. The others have their rows in memory:
lifelines and R draw eight curves with intervals and death as a competing event, without a test; plain pandas counts,
and its counts go to our own estimator. The models are of the factors that ours take; ours fit each factor alone
besides, and test whether ratios change.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.figures import Figure, Took, beside, ratios, took
from benchmarks.frames import in_pandas, library, missing, of_outcome
from benchmarks.questions import DAYS, OUTCOME, Recording, opened
from benchmarks.tiers import Tier
from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.remembering import forget
from dashboard.cohort import Cohort
from dashboard.records import Records
from dashboard.stats import survival

GROUP = "curves"
CURVES = 8
AT_VISIT = "not_better"
MOST_ROWS = 1_000_000
"""Row by row a model needs a column of eight bytes for every band: beyond, more memory than a machine may have."""
SURVFIT = """
suppressMessages(library(survival))
rows <- read.csv(commandArgs(TRUE)[1])
rows$state <- factor(ifelse(rows$state == 1, 1, ifelse(rows$state == 2, 2, 0)), levels = 0:2)
cat(system.time(survfit(Surv(day, state) ~ procedure, data = rows))[["elapsed"]])
"""


def figures(tier: Tier) -> Iterator[Figure]:
    """How many times longer than ours each of them takes."""
    rows, visit = (in_pandas(tier, of_outcome(tier, outcome)) for outcome in (OUTCOME, AT_VISIT))
    with opened(tier) as (engine, records):
        chosen = rows["procedure"].value_counts().index[:CURVES]
        names = {code: name for name, code in records.order("procedure").items()}
        eight = records.of(Cohort(chosen={"procedure": tuple(names[code] for code in chosen)}))
        yield from _curves(tier, engine, eight, rows[rows["procedure"].isin(chosen)])
        yield from _models(tier, engine, records, rows, visit)


def _anew(engine: Recording, ask: Callable[[], object]) -> Callable[[], None]:
    """As if for the first time: neither counts nor estimates are remembered."""

    def work() -> None:
        engine._answers.forget()
        forget()
        ask()

    return work


def _curves(tier: Tier, engine: Recording, records: Records, rows: pd.DataFrame) -> Iterator[Figure]:
    ours = _anew(engine, lambda: (failure_curve(records, OUTCOME, "procedure"),
                                  failure_test(records, OUTCOME, "procedure")))  # fmt: skip
    pairs = beside(lambda: _by_pandas(rows), ours, tier.repeats)
    yield Figure(GROUP, "8 curves: plain pandas, our estimator ÷ ours", tier.operations, **ratios(pairs))
    lifelines = library("lifelines")
    for name, draw, part in (("8 curves: lifelines ÷ ours", _aalen_johansen, "5 lifelines"),
                             ("8 curves: lifelines, deaths passed over ÷ ours", _kaplan_meier, "")):  # fmt: skip
        if lifelines is None:
            yield Figure(GROUP, name, tier.operations, part=part, why_not=missing("lifelines"))
        else:
            pairs = _seldom(tier, partial(draw, lifelines, rows), ours)
            yield Figure(GROUP, name, tier.operations, **ratios(pairs), part=part)
    yield _by_survfit(tier, rows, ours)


def _seldom(tier: Tier, other: Callable[[], object], ours: Callable[[], object]) -> list[tuple[Took, Took]]:
    """What takes a minute is done once, beside one of ours that was done before."""
    if tier.operations < MOST_ROWS:
        return beside(other, ours, tier.repeats)
    ours()
    return [(took(other), took(ours))]


def _by_pandas(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """Counts by day and state, and of these the curves with their intervals."""
    counts = rows.groupby(["procedure", "day", "state"]).size().unstack(fill_value=0)
    left = counts.drop(columns=[1, 2], errors="ignore").sum(axis=1)
    told = pd.DataFrame({"failed": counts.get(1, 0), "died": counts.get(2, 0), "left": left}).reset_index()
    return [survival.cumulative_incidence(part.drop(columns="procedure")) for _, part in told.groupby("procedure")]


def _aalen_johansen(lifelines: Any, rows: pd.DataFrame) -> None:
    """The same estimate with intervals; of operations of one day it draws lots first, as it knows no ties."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _, part in rows.groupby("procedure"):
            became = part["state"].where(part["state"].isin((1, 2)), 0)
            lifelines.AalenJohansenFitter(seed=1).fit(part["day"], became, event_of_interest=1)


def _kaplan_meier(lifelines: Any, rows: pd.DataFrame) -> None:
    for _, part in rows.groupby("procedure"):
        lifelines.KaplanMeierFitter().fit(part["day"], part["state"] == 1)


def _by_survfit(tier: Tier, rows: pd.DataFrame, ours: Callable[[], object]) -> Figure:
    """By R, which says itself how long it took without the reading of its file."""
    figure = Figure(GROUP, "8 curves: survfit of R ÷ ours", tier.operations, part="5 R")
    has = ["Rscript", "-e", 'quit(status = !requireNamespace("survival", quietly = TRUE))']
    if not shutil.which("Rscript") or subprocess.run(has, capture_output=True, check=False).returncode:
        return replace(figure, why_not="R with survival is not installed")
    with tempfile.TemporaryDirectory() as folder:
        script, path = Path(folder) / "survfit.R", Path(folder) / "rows.csv"
        script.write_text(SURVFIT, encoding="utf-8")
        rows[["procedure", "day", "state"]].to_csv(path, index=False, quoting=csv.QUOTE_NONE)
        words = ["Rscript", str(script), str(path)]
        ours()
        told = float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
        return replace(figure, values=(told / took(ours).wall,))


def _models(
    tier: Tier, engine: Recording, records: Records, rows: pd.DataFrame, visit: pd.DataFrame
) -> Iterator[Figure]:
    """Odds at a visit by statsmodels, hazards by lifelines, of single operations; ours of counts."""
    asked: tuple[tuple[str, str, str, pd.DataFrame, Callable[[Any, pd.DataFrame, pd.DataFrame], object]], ...] = (
        ("odds ratios", "statsmodels", AT_VISIT, visit[visit["state"].isin((0, 1))], _odds),
        ("hazard ratios", "lifelines", OUTCOME, rows[rows["day"] > 0], _hazards),
    )
    for what, tool, outcome, own, fit in asked:
        figure = Figure(GROUP, f"{what}: {tool}, row by row ÷ ours", tier.operations)
        found = library(tool)
        if found is None:
            yield replace(figure, why_not=missing(tool))
            continue
        if tier.operations > MOST_ROWS:
            yield replace(figure, why_not="row by row it would take more memory than a machine may have")
            continue
        ours = _anew(engine, partial(adjusted_risk, records, outcome, DAYS))
        factors = list(adjusted_risk(records, outcome, DAYS).plan.terms_from)
        known = own[(own[factors] != 0).all(axis=1)]
        design = pd.get_dummies(known[factors].astype("category"), drop_first=True, dtype=float)
        try:
            pairs = _seldom(tier, partial(fit, found, known, design), ours)
            yield replace(figure, **ratios(pairs))
        except Exception as problem:  # noqa: BLE001 (a model of another's that finds no summit is no fault of ours)
            yield replace(figure, why_not=f"{tool} gave up: {type(problem).__name__}")


def _odds(statsmodels: Any, rows: pd.DataFrame, design: pd.DataFrame) -> None:
    tools = library(f"{statsmodels.__name__}.api")
    assert tools is not None
    tools.GLM((rows["state"] == 1).astype(float), tools.add_constant(design), tools.families.Binomial()).fit()


def _hazards(lifelines: Any, rows: pd.DataFrame, design: pd.DataFrame) -> None:
    frame = design.assign(day=rows["day"].clip(upper=DAYS), failed=(rows["state"] == 1) & (rows["day"] <= DAYS))
    lifelines.CoxPHFitter().fit(frame, "day", "failed")

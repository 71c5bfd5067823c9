"""After which surgery operations fail, when that shows itself, and whom it meets."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.adjusted_risk import adjusted_risk
from dashboard.analyses.cells import (
    PALE_BAND,
    SHARES_TOLD,
    SIGNS_TOLD,
    WORST_CASE,
    apart_of,
    known_of_due,
    rate_words,
)
from dashboard.analyses.failure_curve import curves_told
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import outcome_named, rows_of, when_words
from dashboard.analyses.headline import first_year_open
from dashboard.analyses.onset import onset
from dashboard.analyses.published import beside as beside_published
from dashboard.analyses.published import figure_words as published_words
from dashboard.analyses.published import published
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.shares import largest_first
from dashboard.analyses.verdicts.claim import apart_words
from dashboard.analyses.verdicts.factors import drawn_ratios, factors_verdict
from dashboard.analyses.verdicts.groups import groups_verdict, judged
from dashboard.analyses.verdicts.onset import SEEN_WITHIN, YEARS, onset_verdict
from dashboard.charts import dot_interval, onset_bands, step_curve, style
from dashboard.charts.tornado import describe, tornado
from dashboard.definitions import load
from dashboard.documents.document import Block, Paragraph, Picture
from dashboard.documents.quality.period import beside
from dashboard.documents.tables import said, to_bear_in_mind, word_table
from dashboard.documents.wanted import PUBLISHED, Wanted
from dashboard.records import Records

FIRST_YEAR = 365
MOST_BANDS = 10
MANY = (
    "Marked beyond chance only where the groups as a whole differ, and allowing for how many are compared "
    "(Benjamini-Hochberg): one interval alone may leave out 0 and still be no more than chance."
)
OF_A_RATE = ("share", "lower", "upper", "failed", "operations", "known", "shown")


def procedures(records: Records, wanted: Wanted) -> list[Block]:
    """The share failed of each procedure, against all the others together."""
    outcome, days = wanted.outcome, wanted.within_days
    known = outcome_named(outcome)
    whole = failure_rate(records, outcome, None, days)
    concluded = groups_verdict(records, outcome, "procedure", days)
    rates = largest_first(judged(failure_rate(records, outcome, "procedure", days), concluded))
    found = published(records, outcome, "procedure", days) if wanted.compare == PUBLISHED else None
    drawn = rates if found is None else beside_published(rates, found)
    (all_of_them,) = rows_of(whole)
    shown = bool(all_of_them.shown)
    picture = dot_interval.dot_interval(
        drawn, comparator=float(all_of_them.share) if shown else None,
        comparator_label=f"all {100 * all_of_them.share:.1f} %" if shown else "",
    )  # fmt: skip
    together = whole.assign(label="All chosen", word="", difference=None)
    rows = pd.concat([rates, together], ignore_index=True)
    title = f"{known.short} {when_words(known, days)}, by procedure"
    counted = f"{title}; the number beside each name is of operations."
    told = " ".join([counted, SIGNS_TOLD, PALE_BAND, SHARES_TOLD if known.kind == "time" else ""]).strip()
    return [
        said(concluded),
        Picture(picture, dot_interval.describe(rates), told),
        word_table(
            title, rows,
            {
                "Procedure": "label", "Share failed (count; 95 % interval)": rate_words,
                "Against all others, points": apart_of, "Beyond chance": "word", **WORST_CASE,
                "Known, of due": known_of_due,
            },
            note=f"{MANY} {to_bear_in_mind(rates)}".strip(),
        ),
        *_before(records, wanted),
        *(_published(found) if found is not None else []),
    ]  # fmt: skip


def _before(records: Records, wanted: Wanted) -> list[Block]:
    """The same of whatever the report is held against, family by family."""
    against = beside(records, wanted)
    if against.records is None:
        return []
    own, other = (
        failure_rate(of, wanted.outcome, "family", wanted.within_days)[["group", "label", *OF_A_RATE]]
        for of in (records, against.records)
    )
    both = own.merge(other, on="group", how="outer", suffixes=("", "_other"))
    return [
        word_table(
            f"By family of procedures, beside {against.label}", both,
            {
                "Family": lambda row: row.label if isinstance(row.label, str) else row.label_other,
                "This report": lambda row: _of_one(row, ""),
                against.label[0].upper() + against.label[1:]: lambda row: _of_one(row, "_other"),
            },
            note="Side by side, not tested group by group: the summary says whether all together differ.",
        )
    ]  # fmt: skip


def _of_one(row: Any, side: str) -> str:
    if not isinstance(getattr(row, f"label{side}"), str):
        return "none"
    values = {name: getattr(row, f"{name}{side}") for name in OF_A_RATE}
    return rate_words(pd.Series(values))


def _published(found: pd.DataFrame) -> list[Block]:
    standing = found[[bool(groups) for groups in found["groups"]]]
    if standing.empty:
        return [Paragraph("No published figure counts the same, at this time, after the same surgery.", quiet=True)]
    return [
        word_table(
            "Published figures that stand beside", standing,
            {
                "Published": "label", "Figure": published_words, "Where": "country", "Operations": "n",
                "To bear in mind": "warning", "Source": "source",
            },
            wide=4,
        )
    ]  # fmt: skip


def onsets(records: Records, wanted: Wanted) -> list[Block]:
    """When failures come: the course of the largest families, and by which day they had shown themselves."""
    outcome, until = wanted.outcome, wanted.within_days
    if outcome_named(outcome).kind != "time":
        return [Paragraph("This definition is asked at one visit, so it has no course over time.")]
    curves = curves_told(records, outcome, "family", until)
    sizes = curves.groupby("label", sort=False)["at_risk"].max().sort_values(ascending=False, kind="stable")
    curves = curves[curves["label"].isin(list(sizes.index[: style.MOST_SERIES]))]
    seen, early = (onset(records, outcome, "family", days) for days in (SEEN_WITHIN, FIRST_YEAR))
    quantiles = early.quantiles[early.quantiles["failures"] > 0]
    return [
        said(onset_verdict(records, outcome)),
        Picture(
            step_curve.step_curve(curves, until_days=until), step_curve.describe(curves, until_days=until),
            "Death is a competing event; grey where few remain, and no line where fewer than five do. At most four "
            "families, the largest.",
        ),
        Picture(
            onset_bands.onset_bands(seen.categories), onset_bands.describe(seen.categories),
            f"When each failure first showed itself, of those seen within {YEARS} years of surgery.",
        ),
        word_table(
            "By which day failures had shown themselves, of those seen by 1 year",
            quantiles.sort_values("failures", ascending=False, kind="stable"),
            {
                "Family": "label", "Failures seen": "failures", "A quarter by day": "quarter", "Half by day": "half",
                "Three quarters by day": "three_quarters",
            },
            note=first_year_open(records, outcome),
        ),
    ]  # fmt: skip


def risks(records: Records, wanted: Wanted) -> list[Block]:
    """Which factors go along with failure, adjusted for one another; then those bands by themselves."""
    outcome, days = wanted.outcome, wanted.within_days
    concluded = factors_verdict(records, outcome, days)
    if records.viewer.is_protected:  # a model has no protected form, the bands by themselves have
        return [said(concluded), *_by_itself(records, wanted, list(load().factors))]
    answer = adjusted_risk(records, outcome, days)
    strongest = concluded.claims[:MOST_BANDS]
    drawn = drawn_ratios(strongest)
    blocks: list[Block] = [said(concluded)]
    if len(drawn):
        blocks.append(
            Picture(
                tornado(drawn, usual="as in the band compared with"), describe(drawn, answer.measure),
                f"{answer.measure}, adjusted for procedure and the other factors, in the order of what can be relied "
                "on. Associations, not causes.",
            )
        )  # fmt: skip
        rows = pd.DataFrame([{"claim": claim} for claim in strongest])
        blocks.append(
            word_table(
                "The strongest, adjusted for one another", rows,
                {
                    "Band": lambda row: row.claim.label, "Against": lambda row: row.claim.comparator,
                    f"{answer.measure} (95 % interval)": lambda row: apart_words(row.claim),
                    "Failed, of operations": lambda row: f"{row.claim.failed:,} of {row.claim.operations:,}",
                    "Beyond chance": lambda row: row.claim.word,
                },
            )
        )  # fmt: skip
    return [*blocks, *_by_itself(records, wanted, [claim.unit.partition(":")[0] for claim in strongest])]


def _by_itself(records: Records, wanted: Wanted, factors: list[str]) -> list[Block]:
    rows = risk_factors(records, wanted.outcome, wanted.within_days)
    named = list(dict.fromkeys(factors)) or list(dict.fromkeys(rows["factor"]))[:3]
    rows = rows[rows["factor"].isin(named)]
    hidden = rows[~rows["shown"].astype(bool)]
    hidden = hidden.assign(named=hidden["factor_label"] + ", " + hidden["band_label"].str.lower())
    return [
        word_table(
            "Each band of these factors by itself, not adjusted", rows,
            {
                "Factor": "factor_label",
                "Band": lambda row: f"{row.band_label} (reference)" if row.reference else row.band_label,
                "Share failed (count; 95 % interval)": rate_words, **WORST_CASE,
            },
            note=to_bear_in_mind(hidden, "named"),
        )
    ]  # fmt: skip

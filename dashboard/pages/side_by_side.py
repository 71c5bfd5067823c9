"""The same operations under every definition of failure: how far they differ, and why."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard.analyses.definitions_compared import definitions_compared, overlap
from dashboard.analyses.recorded import not_recorded
from dashboard.charts import overlap_plot
from dashboard.definitions import load
from dashboard.pages import parts
from dashboard.records import Records


def section(records: Records) -> None:
    """The shares with the band of non-response behind each, the overlap, and the reasons in words."""
    landmark = parts.choose_landmark()
    compared = definitions_compared(records, landmark.days)
    unknown = [not_recorded(records, name) for name in compared["outcome"]]
    rows = compared[[not why for why in unknown]]
    for why in filter(None, unknown):
        st.info(parts.said(why))
    if rows.empty:
        return
    st.header(f"The same operations, counted {len(rows)} ways, by {landmark.label}")
    drawn = rows.assign(operations=rows["denominator"])
    sentence = (
        "The dot is the share with its interval. "
        f"What is asked at the 12-month visit stays what it is at any other time chosen above.{_alike(rows)}"
    )
    parts.show_shares(drawn, sentence, table=_table(drawn), key="side-by-side")
    parts.bear_in_mind(rows)
    parts.note(parts.counted_on(records))
    if not records.viewer.is_protected:  # many small sets have no protected form
        _overlap(records, landmark.days)
    st.header("Why they differ")
    for outcome in load().failures.values():
        st.markdown(f"**{outcome.short}.** {outcome.why} {outcome.caution}")


def _alike(rows: pd.DataFrame) -> str:
    """Definitions that count the very same failures, so that nobody takes them for two findings."""
    followed = rows[rows["failed"] > 0].groupby(["denominator", "failed"], sort=False)["label"].agg(list)
    alike = [" and ".join(labels) for labels in followed if len(labels) > 1]
    return f" {'; '.join(alike)} count the same number of failures here." if alike else ""


def _table(rows: pd.DataFrame) -> pd.DataFrame:
    return parts.columns_of(
        rows,
        {
            "Definition": "label",
            "Share (count; 95 % interval)": parts.rate_words,
            "Followed, or answered": "denominator",
            "Failed": "failed",
            **parts.WORST_CASE,
            "Known, of those due": parts.known_of_due,
        },
    )


def _overlap(records: Records, within_days: int) -> None:
    st.header("Which operations fail under which")
    answer = overlap(records, within_days)
    failures = load().failures
    labels = {name: failures[name].short for name in answer.outcomes}
    figure = overlap_plot.overlap_plot(answer.sets, labels, dark=parts.is_dark())
    some = answer.operations - answer.none
    more = f" {answer.others} more in smaller sets are not drawn." if answer.others else ""
    under_all = answer.sets[list(answer.outcomes)].all(axis=1)
    every = int(answer.sets.loc[under_all, "operations"].sum())
    st.markdown(
        f"**{parts.count_words(every)} of {parts.count_words(answer.operations)} operations fail under all "
        f"{len(answer.outcomes)} definitions.**"
    )
    sentence = (
        f"{parts.count_words(some)} of {parts.count_words(answer.operations)} operations fail under at least one "
        f"definition; {parts.count_words(answer.none)} under none, or are not known to. Each row is a set of "
        f"operations; a filled dot says that they fail under that definition.{more}"
    )
    counted = {
        "Operations": answer.sets["operations"],
        "Share": [parts.percent(share) for share in answer.sets["share"]],
    }
    table = pd.DataFrame(counted).join(answer.sets[list(labels)].rename(columns=labels))
    parts.show_figure(
        figure, alt=overlap_plot.describe(answer.sets, labels), sentence=sentence, table=table, key="overlap"
    )

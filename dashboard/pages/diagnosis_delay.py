"""From the first symptom to the finding: how long failures wait to be found, and which wait longer."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from dashboard import wording
from dashboard.analyses.diagnosis_delay import WITHIN, Delay, diagnosis_delay
from dashboard.analyses.verdicts.delay import delay_verdict
from dashboard.charts import step_curve, style, wait_rows
from dashboard.charts.curves import FEWEST, CurveWords
from dashboard.definitions import load
from dashboard.pages import chosen, curve_table, furniture, parts
from dashboard.records import Records

GROUPS = {"onset": "Time of onset", "cause": "Cause found", "family": "Family", "procedure": "Procedure"}
FOUND = CurveWords("Found, of operations with a symptom", "found", "symptom")
TALL = 262
CLICKED = ("cause", "family", "procedure")
"""What the list of patients can be narrowed by."""
WAITS: parts.Columns = {
    "Group": "label",
    "Operations with a symptom": "operations",
    "Found within 1 year": lambda row: parts.share_words(row.share, row.found, row.operations, row.lower, row.upper),
    "Half of these by": lambda row: _duration(row.half),
    "95 % interval": lambda row: _durations(row.half_lower, row.half_upper),
    "A quarter, three quarters by": lambda row: _durations(row.quarter, row.three_quarters),
    "Beyond chance, against all the others": "word",
    "Visits in between": lambda row: f"{row.visited} of {row.found}",
    "No finding in all follow-up": "without",
    "of these every symptom resolved": "resolved",
}


def choose() -> str:
    """What the reader wants it broken down by."""
    return parts.choose_group(GROUPS, key="delay_by", label="By")


def section(records: Records, top: furniture.AnswerPlace, by: str) -> None:
    """What is concluded; the share found by each day beside the waits of each group."""
    if parts.nobody_records(records, load().default_outcome):
        return
    answer = delay_verdict(records, by)
    with top:
        furniture.verdict(answer)
    delay = _named_short(diagnosis_delay(records, by))
    if delay.groups.empty or not delay.groups["operations"].sum():
        return
    whole = diagnosis_delay(records)
    words = {claim.unit: claim.word for claim in answer.claims}
    rows = delay.groups.assign(word=delay.groups["group"].map(words).fillna(""))
    with furniture.side_by_side(2, key="delay"):
        with furniture.card("Found by each day after the first symptom", key="delay-curve"):
            _curves(delay, whole, by)
        with furniture.card(f"How long those found had waited, {_by_words(by)}", key="delay-rows"):
            _waits(records, rows, by)
    _tables(records, rows, whole, by)


def _named_short(delay: Delay) -> Delay:
    """Onset categories without their days, which stand in the definitions."""

    def short(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.assign(label=[str(label).partition(" (")[0].partition(":")[0] for label in frame["label"]])

    return replace(delay, curves=short(delay.curves), groups=short(delay.groups))


def _curves(delay: Delay, whole: Delay, by: str) -> None:
    """Of the groups with the most found, as many as a picture shows."""
    enough = delay.groups[delay.groups["operations"] >= FEWEST]
    sizes = enough.set_index("label")["found"]
    labels = list(sizes.sort_values(ascending=False, kind="stable").index[: style.MOST_SERIES])
    # Where no group has a curve, all together may have one.
    drawn = delay.curves[delay.curves["label"].isin(labels)] if labels else whole.curves
    figure = step_curve.step_curve(drawn, until_days=WITHIN, told=FOUND, dark=parts.is_dark())
    alt = step_curve.describe(drawn, until_days=WITHIN, told=FOUND)
    furniture.picture(figure, alt=alt, key="delay-curve")
    of = "Of those found alone: of the others nobody knows the cause." if by == "cause" else (
        "Who was not found stays in it for as long as he or she was followed; death competes."
    )  # fmt: skip
    more = " The four groups with the most found; the table has all." if len(sizes) > len(labels) else ""
    row = whole.groups.iloc[0]
    visited = f" {row['visited']:,} of the {row['found']:,} found within 1 year had been seen at a visit in between."
    parts.note(parts.said(f"{of}{more}{visited}"))


def _waits(records: Records, rows: pd.DataFrame, by: str) -> None:
    """A row for each group, the longest wait first; a click leads to its patients where they can be told apart."""
    found = rows[rows["found"] > 0].assign(operations=rows["found"])
    found = found.sort_values(["half"], ascending=False, kind="stable")
    large = found["operations"] >= wait_rows.FEWEST
    found = pd.concat([found[large], found[~large]])
    figure = wait_rows.wait_rows(found, tall=TALL, dark=parts.is_dark())
    one = chosen.clickable(figure, key="delay-rows", alt=wait_rows.describe(found), of=chosen.labels_of(found))
    parts.note(
        "Found within 1 year of the first symptom: median and middle half; behind each name how many. Longer and "
        "shorter are beyond chance, against all the others together; hollow: too few to say."
    )
    _patients(records, found, one, by, key="dot")


def _patients(records: Records, rows: pd.DataFrame, one: str | None, by: str, *, key: str) -> None:
    """The way to the patients of a group that was clicked, or whose row was selected."""
    if one is not None and by in CLICKED:
        for row in parts.rows_of(rows[rows["group"] == one].assign(failed=rows["found"])):
            to = {by: row.label if by == "cause" else [row.group]}
            chosen.patients_behind(records, row, "found within 1 year of the first symptom", to, key=f"delay {key}")


def _tables(records: Records, rows: pd.DataFrame, whole: Delay, by: str) -> None:
    everybody = whole.groups.assign(label="All together", word="")
    frame = pd.concat([rows, everybody], ignore_index=True)
    table = parts.columns_of(frame, WAITS)
    with furniture.explained():
        parts.note(parts.said(_method(whole, by)))
        parts.note(parts.counted_on(records))
        row = parts.choose_row(
            table, frame, "group", key=f"delay rows {by} {len(table)}", height="content", row_height=28,
            alt="Waits from the first symptom to the finding",
        )  # fmt: skip
        _patients(records, frame, row, by, key="row")
        curve = curve_table.by_month(whole.curves, WITHIN, "Of")
        shown = curve.rename(columns={"Share failed": "Share found"})
        parts.show_table(shown, "Share found by each month after the first symptom", whole=True)


def _method(whole: Delay, by: str) -> str:
    seen = "; ".join(
        f"{parts.count_words(operations)} after {wording.count(visits, 'visit')}"
        for visits, operations in sorted(whole.visits.items())
    )
    return (
        "From the first recorded symptom on or after surgery to the first recorded finding of failure on or after it. "
        "Found on the day of the symptom or before it: no wait, day 0. A finding without a recorded symptom has no "
        "beginning to count from and is left out. A symptom that resolves without a finding may never have been a "
        f"failure. Found within 1 year: {seen} without a finding, from the first symptom on. Longer or shorter: log-"
        f"rank among those found so, allowing for all {_by_words(by)} compared; of fewer than 10 found nothing "
        "is said. Waits that are longer than the time since surgery are still to come."
    )


def _by_words(by: str) -> str:
    return f"by {wording.within_sentence(GROUPS[by])}"


def _duration(days: float | None) -> str:
    return "–" if days is None or pd.isna(days) else wording.duration(days)


def _durations(low: float | None, high: float | None) -> str:
    return "–" if pd.isna(low) or pd.isna(high) else wording.durations(float(low or 0), float(high or 0))

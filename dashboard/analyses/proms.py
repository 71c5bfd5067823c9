"""What patients report at each visit, against what they reported before surgery."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.failure_rate import whether_shown
from dashboard.analyses.follow_up import follow_up
from dashboard.analyses.groups import Group, groups_of
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import reached, share_of
from dashboard.definitions import Measure, load
from dashboard.records import Records

COLUMNS = [
    "group", "label", "visit", "visit_label", "measure", "measure_label", "due", "answered", "with_change", "tenth",
    "lower_quartile", "median", "upper_quartile", "ninetieth", "mcid_reached", "mcid_share", "lower", "upper",
    "substantial", "substantial_share", "substantial_lower", "substantial_upper", "worse", "worse_share", "worse_lower",
    "worse_upper", "shown", "note",
]  # fmt: skip
BAND_COLUMNS = ["band", "with_change", "mcid_reached", "share", "lower", "upper", "shown"]
OPINION_COLUMNS = ["opinion", "label", "visit", "answer", "answer_label", "answers", "of", "share", "due"]
FEWEST = 10
QUANTILES = {"tenth": 0.1, "lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75, "ninetieth": 0.9}


@remembered
def proms(records: Records, measure: str, by: str | None = None) -> pd.DataFrame:
    """Change since before surgery, a row for each group and visit, as in COLUMNS; in units, and a rise is better.

    with_change: operations with an answer both before surgery and at the visit. mcid_reached: at least the important
    change; ``substantial``: at least the substantial one; ``worse``: down by at least that much; each with its share
    of those with a change (Wilson). due, answered: of the visit, whatever was answered. Changes are decimal numbers and
    held against the thresholds as they are: see mart ``answer``.
    """
    known = measure_named(measure)
    asked: Any = follow_up(records, by).set_index(["group", "visit"])
    rows = []
    for group in _by_group(records, measure, by):
        for visit in load().visits.values():
            part = group.counts[group.counts["visit"] == str(visit.months)]
            held = asked.loc[(group.name, visit.months)]
            rows.append({
                "group": group.name, "label": group.label, "visit": visit.months, "visit_label": visit.label,
                "measure": measure, "measure_label": known.label, "due": int(held["due"]),
                "answered": int(held["answered"]), **_changes(part, known, int(held["due"])),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def proms_table(records: Records, by: str | None = None) -> pd.DataFrame:
    """Every measure, one under the other."""
    return pd.concat([proms(records, measure.name, by) for measure in load().patient_reported.measures])


@remembered
def by_baseline(records: Records, measure: str, visit: int) -> pd.DataFrame:
    """The share that reached the important change within each band of disability before surgery: the ceiling shows.

    A band holds what lies over the one before it, up to its own upper end: 20.5 is over 20.
    """
    known = measure_named(measure)
    counts = records.read("proms", columns={"by": (), "measure": measure})
    counts = counts[counts["visit"] == str(visit)]
    rows = []
    below = -1.0
    for band in load().patient_reported.bands:
        part = counts[(counts["odi_before"] > below) & (counts["odi_before"] <= band.high)]
        rows.append((band.label, *_reached(part, known)))
        below = band.high
    rows.append(("ODI before not recorded", *_reached(counts[counts["odi_before"].isna()], known)))
    return pd.DataFrame(rows, columns=BAND_COLUMNS)


@remembered
def opinions(records: Records) -> pd.DataFrame:
    """Each question that is answered in words: a row for each visit and answer, of those who answered it."""
    asked = follow_up(records).set_index("visit")["due"]
    rows = []
    for opinion in load().patient_reported.opinions:
        counts = records.read("proms", columns={"by": (), "measure": opinion.name})
        for visit in load().visits:
            given = counts[counts["visit"] == str(visit)].groupby("answer")["answers"].sum()
            of = int(given.sum())
            for number, words in enumerate(opinion.answers, start=1):
                n = int(given.get(number, 0))
                share = n / of if of else None
                rows.append((opinion.name, opinion.label, visit, number, words, n, of, share, int(asked[visit])))
    return pd.DataFrame(rows, columns=OPINION_COLUMNS)


def measure_named(name: str) -> Measure:
    """The definition of a measure."""
    return next(measure for measure in load().patient_reported.measures if measure.name == name)


def _by_group(records: Records, measure: str, by: str | None) -> list[Group]:
    """The answers of each group that has visits, an empty frame of those without an answer."""
    rows = follow_up(records, by)
    counted = groups_of(records, "proms", by, slots={"measure": measure})
    found = {group.name: group.counts for group in counted}
    empty = pd.DataFrame(columns=["visit", "odi_before", "answer", "answers"])
    groups = dict.fromkeys(zip(rows["group"], rows["label"], strict=True))
    return [Group(name, label, found.get(name, empty)) for name, label in groups]


def _changes(part: pd.DataFrame, measure: Measure, due: int) -> dict[str, object]:
    change, total = part["answer"], int(part["answers"].sum())
    quantiles = reached(change, part["answers"], tuple(QUANTILES.values()))
    found: dict[str, object] = dict(zip(QUANTILES, quantiles, strict=True))
    for name, prefix, by_so_much in (
        ("mcid_reached", "", change >= measure.important),
        ("substantial", "substantial_", change >= measure.substantial),
        ("worse", "worse_", -change >= measure.worse),
    ):
        count = int(part.loc[by_so_much, "answers"].sum())
        found |= {name: count, **share_of(count, total, prefix)}
    found |= {"with_change": total, "mcid_share": found["share"]}
    shown, note = whether_shown(total, total / due if due else None)
    return found | {"shown": shown, "note": note}


def _reached(part: pd.DataFrame, measure: Measure) -> tuple[object, ...]:
    total = int(part["answers"].sum())
    count = int(part.loc[part["answer"] >= measure.important, "answers"].sum())
    return total, count, *share_of(count, total).values(), total >= FEWEST

"""What patients report at each visit, against what they reported before surgery."""

from __future__ import annotations

from typing import Any

import pandas as pd

from dashboard.analyses.failure_rate import whether_shown
from dashboard.analyses.follow_up import follow_up
from dashboard.analyses.groups import Group, groups_of
from dashboard.analyses.remembering import remembered
from dashboard.analyses.shares import reached, share_of
from dashboard.definitions import Measure, Thresholds, load
from dashboard.errors import WrongUsage
from dashboard.records import Records

COLUMNS = [
    "group", "label", "visit", "visit_label", "measure", "measure_label", "thresholds", "important_change",
    "substantial_change", "worse_change", "detectable_change", "within_error", "due", "answered", "with_change",
    "tenth", "lower_quartile", "median", "upper_quartile", "ninetieth", "mcid_reached", "mcid_share", "lower", "upper",
    "substantial", "substantial_share", "substantial_lower", "substantial_upper", "worse", "worse_share", "worse_lower",
    "worse_upper", "detectable", "detectable_share", "detectable_lower", "detectable_upper", "shown", "note",
]  # fmt: skip
BAND_COLUMNS = ["band", "with_change", "mcid_reached", "share", "lower", "upper", "shown"]
OPINION_COLUMNS = ["opinion", "label", "visit", "answer", "answer_label", "answers", "of", "share", "due"]
FEWEST = 10
QUANTILES = {"tenth": 0.1, "lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75, "ninetieth": 0.9}


@remembered
def proms(records: Records, measure: str, by: str | None = None, thresholds: str | None = None) -> pd.DataFrame:
    """Change since before surgery, a row for each group and visit, as in COLUMNS; in units, and a rise is better.

    thresholds: the set that says which changes matter, the first unless another is named; they stand in the rows as
    ``..._change``, null where the set says none. with_change: operations with an answer both before surgery and at the
    visit. mcid_reached: at least the important change; ``substantial``: at least the substantial one; ``worse``: down
    by at least that much; ``detectable``: up by at least the smallest change beyond the error of measurement; each with
    its share of those with a change (Wilson). within_error: whether the important change is smaller than that one.
    due, answered: of the visit, whatever was answered. Changes are decimal numbers and held against the thresholds as
    they are: see mart ``answer``.
    """
    known, held_to = measure_named(measure), set_named(thresholds)
    amounts = known.thresholds[held_to]
    told = {
        "measure": measure, "measure_label": known.label, "thresholds": held_to,
        "important_change": amounts.important, "substantial_change": amounts.substantial, "worse_change": amounts.worse,
        "detectable_change": known.detectable, "within_error": known.within_error(amounts.important),
    }  # fmt: skip
    asked: Any = follow_up(records, by).set_index(["group", "visit"])
    rows = []
    for group in _by_group(records, measure, by):
        for visit in load().visits.values():
            part = group.counts[group.counts["visit"] == str(visit.months)]
            held = asked.loc[(group.name, visit.months)]
            rows.append({
                "group": group.name, "label": group.label, "visit": visit.months, "visit_label": visit.label,
                **told, "due": int(held["due"]), "answered": int(held["answered"]),
                **_changes(part, known, amounts, int(held["due"])),
            })  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)


def proms_table(records: Records, by: str | None = None) -> pd.DataFrame:
    """Every measure by each set of thresholds, one under the other."""
    reported = load().patient_reported
    return pd.concat(
        [proms(records, measure.name, by, one.name) for one in reported.sets for measure in reported.measures]
    )


@remembered
def by_baseline(records: Records, measure: str, visit: int, thresholds: str | None = None) -> pd.DataFrame:
    """The share that reached the important change within each band of disability before surgery: the ceiling shows.

    A band holds what lies over the one before it, up to its own upper end: 20.5 is over 20.
    """
    important = measure_named(measure).thresholds[set_named(thresholds)].important
    counts = records.read("proms", columns={"by": (), "measure": measure})
    counts = counts[counts["visit"] == str(visit)]
    rows = []
    below = -1.0
    for band in load().patient_reported.bands:
        part = counts[(counts["odi_before"] > below) & (counts["odi_before"] <= band.high)]
        rows.append((band.label, *_reached(part, important)))
        below = band.high
    rows.append(("ODI before not recorded", *_reached(counts[counts["odi_before"].isna()], important)))
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


def set_named(name: str | None) -> str:
    """The name of a set of thresholds; the first where none is named. Raises WrongUsage with the names there are."""
    sets = [one.name for one in load().patient_reported.sets]
    if name is not None and name not in sets:
        raise WrongUsage(f'"{name}" is no set of thresholds. Choose one of {", ".join(sets)}.')
    return name or sets[0]


def _by_group(records: Records, measure: str, by: str | None) -> list[Group]:
    """The answers of each group that has visits, an empty frame of those without an answer."""
    rows = follow_up(records, by)
    counted = groups_of(records, "proms", by, slots={"measure": measure})
    found = {group.name: group.counts for group in counted}
    empty = pd.DataFrame(columns=["visit", "odi_before", "answer", "answers"])
    groups = dict.fromkeys(zip(rows["group"], rows["label"], strict=True))
    return [Group(name, label, found.get(name, empty)) for name, label in groups]


def _changes(part: pd.DataFrame, measure: Measure, amounts: Thresholds, due: int) -> dict[str, object]:
    change, total = part["answer"], int(part["answers"].sum())
    quantiles = reached(change, part["answers"], tuple(QUANTILES.values()))
    found: dict[str, object] = dict(zip(QUANTILES, quantiles, strict=True))
    for name, prefix, moved, amount in (
        ("mcid_reached", "", change, amounts.important),
        ("substantial", "substantial_", change, amounts.substantial),
        ("worse", "worse_", -change, amounts.worse),
        ("detectable", "detectable_", change, measure.detectable),
    ):
        if amount is None:
            found |= {name: None, **share_of(0, 0, prefix)}
            continue
        count = int(part.loc[moved >= amount, "answers"].sum())
        found |= {name: count, **share_of(count, total, prefix)}
    found |= {"with_change": total, "mcid_share": found["share"]}
    shown, note = whether_shown(total, total / due if due else None)
    return found | {"shown": shown, "note": note}


def _reached(part: pd.DataFrame, important: float) -> tuple[object, ...]:
    total = int(part["answers"].sum())
    count = int(part.loc[part["answer"] >= important, "answers"].sum())
    return total, count, *share_of(count, total).values(), total >= FEWEST

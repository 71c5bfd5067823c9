"""One surgeon's failures seen against expected, among peers who are numbers: what an own page shows, and prints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from dashboard.analyses.compare import Comparison, Detection, compare
from dashboard.analyses.remembering import remembered
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats import funnel

SURGEON = "surgeon"
COLUMNS = ["label", "own", "observed", "expected", "ratio", "lower", "upper", "limit_low", "limit_high", "shown"]


@dataclass(frozen=True)
class AmongPeers:
    """rows: as in COLUMNS, one's own first, then peers by number; ``own``: the row of ``compare``; None of nobody.

    compared: how many ratios the own one is among, itself too; None where the others stand behind the limits alone.
    seen: what could be detected at one's own size; None where nothing is expected. answer: the comparison.
    """

    rows: pd.DataFrame
    own: pd.Series | None
    compared: int | None
    seen: Detection | None
    answer: Comparison


def surgeons(records: Records) -> dict[str, str]:
    """The surgeons whose page this viewer may open, each with the label."""
    return records.choices(SURGEON)


def of_all_surgeons(records: Records) -> Records:
    """The records without the surgeons chosen: what one's own figures stand beside."""
    chosen = {name: names for name, names in records.cohort.chosen.items() if name != SURGEON}
    return records.of(replace(records.cohort, chosen=chosen))


def of_surgeon(records: Records, name: str) -> Records:
    """One surgeon's part of the records. Raises WrongUsage for one whom this viewer may not choose."""
    if name not in surgeons(records):
        raise WrongUsage("This surgeon's page is not one that you may open.")
    cohort = of_all_surgeons(records).cohort
    return records.of(Cohort(cohort.operated_from, cohort.operated_to, {**cohort.chosen, SURGEON: (name,)},
                             cohort.every_operation))  # fmt: skip


@remembered
def among_peers(records: Records, name: str, outcome: str, within_days: int = 730) -> AmongPeers:
    """One surgeon's ratio of failures seen to expected, and those of peers without name, size or interval.

    Peers stand in an order that nobody can work out without a secret of the store, and never by how they did: the page
    is printed and handed on, and how many operations a peer had would name that peer. Whoever sees a part of the
    practice alone sees no peers: they stand behind the limits.
    """
    answer = compare(of_all_surgeons(records), outcome, SURGEON, within_days)
    units = answer.units
    held = units[units["unit"] == name]
    own = None if held.empty else held.iloc[0]
    others = units[(units["unit"] != name) & units["ratio_shown"]]
    keys = {unit: records.audit.keyed(f"{records.engine.generation} {name} {unit}") for unit in others["unit"]}
    peers = sorted(others["unit"], key=keys.__getitem__)
    rows = [] if own is None else [_own_row(own)]
    ratios = others.set_index("unit")["ratio"]
    rows += [
        {"label": f"Peer {place}", "own": False, "ratio": float(ratios[unit]), "shown": True}
        for place, unit in enumerate(peers, start=1)
    ]
    compared = None if answer.others else int(units["ratio_shown"].sum())
    return AmongPeers(pd.DataFrame(rows, columns=COLUMNS), own, compared, _seen(answer, own), answer)


def _own_row(own: pd.Series) -> dict[str, object]:
    return {
        "label": own["label"], "own": True, "observed": int(own["observed"]), "expected": own["expected"],
        "ratio": own["ratio"], "lower": own["lower"], "upper": own["upper"], "shown": bool(own["ratio_shown"]),
        "limit_low": own["ratio_limit_95_low"], "limit_high": own["ratio_limit_95_high"],
    }  # fmt: skip


def _seen(answer: Comparison, own: pd.Series | None) -> Detection | None:
    """Of a surgeon of one's own size; nothing where there is no double, as where the comparison has none."""
    if own is None or answer.ratios_see is None or not own["expected"] > 0:
        return None
    limits = answer.ratios.limits if answer.ratios else None
    size = float(own["expected"])
    return Detection(size, funnel.ratio_detection(size, limits=limits), answer.ratios_see.needed)

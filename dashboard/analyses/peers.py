"""One surgeon's failures seen against expected, among peers who are numbers: what an own page shows, and prints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pandas as pd

from dashboard import disclosure
from dashboard.analyses.compare import Comparison, compare
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.remembering import remembered
from dashboard.analyses.unit_funnels import Detection
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import UNIT, Records
from dashboard.stats import funnel

SURGEON = "surgeon"
COLUMNS = ["label", "own", "observed", "expected", "ratio", "lower", "upper", "limit_low", "limit_high", "shown"]


@dataclass(frozen=True)
class AmongPeers:
    """rows: as in COLUMNS, one's own first, then peers by number; ``own``: the row of ``compare``; None of nobody.

    compared: how many ratios the own one is among, itself too; None where the others stand behind the limits alone,
    because they are beyond the scope or too few to hide one another.
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


def practice_beside(records: Records, name: str, outcome: str) -> Records | None:
    """The records of all surgeons, where one's own figures may stand beside them on a sheet that is handed on.

    None for whoever sees a part of the practice; and where the other surgeons are too few to hide one another, because
    the practice's figure less one's own would be theirs.
    """
    whole = of_all_surgeons(records)
    if not records.viewer.sees_everything:
        return None
    counted = whole.read("landmark", columns={"by": SURGEON}, outcome=outcome)
    others = counted[~counted[UNIT].isin([name, NOT_RECORDED])]["operations"]
    return whole if _hide_one_another(others) else None


def _hide_one_another(sizes: pd.Series) -> bool:
    return disclosure.hidden_among([int(size) for size in sizes if size > 0], SURGEON)


@remembered
def among_peers(records: Records, name: str, outcome: str, within_days: int = 730) -> AmongPeers:
    """One surgeon's ratio of failures seen to expected, and those of peers without name, size or interval.

    Peers stand in an order that nobody can work out without a secret of the store, and never by how they did: the page
    is printed and handed on, and how many operations a peer had would name that peer. Whoever sees a part of the
    practice alone sees no peers: they stand behind the limits. So do those who are too few to hide one another, for
    everybody. No number stays with a peer when other operations, another outcome or another time are chosen, by which
    ratios of one person could be put together.
    """
    answer = compare(of_all_surgeons(records), outcome, SURGEON, within_days)
    units = answer.units
    held = units[units["unit"] == name]
    own = None if held.empty else held.iloc[0]
    others = units[(units["unit"] != name) & units["ratio_shown"]]
    alone = others.empty or not _hide_one_another(others["operations"])
    compared = None if answer.others or (alone and len(others)) else int(units["ratio_shown"].sum())
    others = others.iloc[:0] if alone else others
    said = f"{records.engine.generation} {of_all_surgeons(records).described} {outcome} {within_days} {name}"
    keys = {unit: records.audit.keyed(f"{said} {unit}") for unit in others["unit"]}
    peers = sorted(others["unit"], key=keys.__getitem__)
    rows = [] if own is None else [_own_row(own)]
    ratios = others.set_index("unit")["ratio"]
    rows += [
        {"label": f"Peer {place}", "own": False, "ratio": float(ratios[unit]), "shown": True}
        for place, unit in enumerate(peers, start=1)
    ]
    return AmongPeers(pd.DataFrame(rows, columns=COLUMNS), own, compared, _seen(answer, own), answer)


def banded(found: AmongPeers) -> pd.DataFrame:
    """The same rows with the peers as one: the middle one of their ratios and the middle half, for a sheet that leaves.

    None of them by itself, as a ratio alone could be known again beside another sheet.
    """
    own = found.rows["own"].astype(bool)
    peers = found.rows.loc[~own, "ratio"].astype(float)
    if peers.empty:
        return found.rows
    quarter, half, three_quarters = (float(peers.quantile(share)) for share in (0.25, 0.5, 0.75))
    band = {
        "label": f"{len(peers)} peers: middle half", "own": False, "ratio": half, "lower": quarter,
        "upper": three_quarters, "shown": True,
    }  # fmt: skip
    rows = [*found.rows[own].to_dict("records"), band]
    return pd.DataFrame(rows, columns=COLUMNS).astype(object).where(lambda frame: frame.notna(), None)


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

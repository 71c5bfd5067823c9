"""What may be told of the others in a comparison to a viewer who sees a part of the practice: protected counts.

Their failures are told rounded as `dashboard.protecting` rounds counts, by the band of each factor. Whatever a viewer
is then held against is made of these: the share of all together, how far units differ, and the model of case mix. So
nothing that is shown of it, to however many figures and of however many cohorts, tells more than these counts do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard.analyses.case_mix import Model, case_mix_of, deciding_days, known_patterns
from dashboard.analyses.groups import FAMILY, NOT_RECORDED
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.analyses.remembering import remembered
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.protecting import FEW, FEWEST, TOO_FEW, Keyed, rounded
from dashboard.records import UNIT, Records
from dashboard.stats.funnel import FEWEST_UNITS, Overdispersion

STEPS = 30
"""So often the failures of each pattern are brought to the margins; further steps move no risk that is shown."""
TENTHS = 10
FIGURES = 2


class AllUnits(NamedTuple):
    """All units together, as they are told: the own as they are, the others in protected form.

    why: in words, why there is no share of them, or empty. compared: how many units operated at all, the own among
    them. shares, ratios: whether units differ by more than chance, None where it cannot be judged.
    """

    failed: int
    operations: int
    why: str
    compared: int
    shares: Overdispersion | None = None
    ratios: Overdispersion | None = None


@dataclass(frozen=True)
class Others:
    """The others' operations of known state, and failures, by profile; ``words`` tell these from any other set."""

    patterns: pd.DataFrame
    keyed: Keyed
    words: str

    @classmethod
    def of(cls, patterns: pd.DataFrame, records: Records, outcome: str) -> Others:
        """Of patterns as ``known_patterns`` has them. The same operations give the same words, however chosen."""
        counts = patterns.groupby("profile")[["operations", "failed"]].sum()
        told = [tuple(map(int, row)) for row in counts.reset_index().to_numpy()]
        return cls(patterns, records.audit.keyed, f"{records.engine.generation} {outcome} others {told}")

    def told(self, count: float, what: str) -> int:
        """A count of these, or of some of them, as it is told; what: of whom."""
        return rounded(round(count), f"{self.words} {what}", self.keyed)

    def families(self) -> set[int]:
        """The codes of the procedure families of which enough are told."""
        sizes = self.patterns.groupby(FAMILY)["operations"].sum()
        return {int(str(code)) for code, n in sizes.items() if self.told(int(n), f"family {code}") >= FEWEST}

    def together(self, own: pd.DataFrame, compared: int) -> AllUnits:
        """These and the viewer's own."""
        n, failed = (self.told(int(self.patterns[name].sum()), name) for name in ("operations", "failed"))
        failed = min(failed, n)
        few = n < FEWEST or min(failed, n - failed) <= FEW
        sums = own[["failed", "operations"]].sum()
        return AllUnits(int(sums["failed"]) + failed, int(sums["operations"]) + n, TOO_FEW if few else "", compared)

    def spread(self, found: Overdispersion | None, units: int, what: str) -> Overdispersion | None:
        """How far so many units differ, in tenths that are rounded as counts are."""
        if found is None:
            return None
        phi = self.told(found.phi * TENTHS, f"phi of {what}") / TENTHS
        beyond, over = units * phi - (units - 1), units * found.phi - (units - 1)
        tau2 = float(f"{found.tau2 * beyond / over:.{FIGURES}g}") if found.overdispersed and beyond > 0 else 0.0
        return Overdispersion(phi, tau2, tau2 > 0, found.target)

    def moved(self) -> pd.DataFrame:
        """The patterns with failures that add up, by the band of each factor, to what is told of that band.

        From patterns that all fail alike, brought to one factor's counts after the other: of who failed in which
        pattern nothing is left but these counts. Of all that a logistic model looks at, there is no more.
        """
        n = self.patterns["operations"].to_numpy(float)
        total = self.told(float(self.patterns["failed"].sum()), "failed")
        failed = np.full(len(n), total / max(n.sum(), 1.0)) * n
        margins = [self._margin(factor, total) for factor in (PROCEDURE, *load().adjusting)]
        for _ in range(STEPS):
            for codes, wanted in margins:
                now = np.bincount(codes, failed, len(wanted))
                failed = failed * np.divide(wanted, now, out=np.zeros(len(wanted)), where=now > 0)[codes]
        return self.patterns.assign(failed=np.minimum(failed, n))

    def _margin(self, factor: str, total: int) -> tuple[np.ndarray, np.ndarray]:
        """By band of a factor what is told to have failed, all bands together as many as ``total``."""
        bands, codes = np.unique(self.patterns[factor].to_numpy(), return_inverse=True)
        seen = np.bincount(codes, self.patterns["failed"].to_numpy(float), len(bands))
        told = [self.told(count, f"failed {factor} {band}") for band, count in zip(bands, seen, strict=True)]
        return codes, np.array(told, dtype=float) * (total / max(sum(told), 1))


@remembered
def model_beside(records: Records, outcome: str, by: str, within_days: int) -> Model:
    """The practice's model as a viewer of a part of it is held against it: from failures of others as they are told.

    Without what it could be judged by, which would be counts of others: no calibration, sizes or c-statistic.
    """
    everybody = records.of(Cohort()).beside_others(by)
    days = deciding_days(outcome, within_days)
    patterns = _told(everybody, outcome, by, within_days)
    deciding = None if days is None else _told(everybody, outcome, by, days)
    model = case_mix_of(everybody, outcome, within_days, patterns, deciding)
    return model.without_counts()


def _told(everybody: Records, outcome: str, by: str, within_days: int) -> pd.DataFrame:
    patterns = known_patterns(everybody, outcome, within_days, by)
    own = is_own(everybody, by, patterns[UNIT])
    others = Others.of(patterns[~own], everybody, outcome)
    return pd.concat([patterns[own], others.moved()], ignore_index=True)


def is_own(records: Records, by: str, names: pd.Series) -> pd.Series:
    """Whether a unit is the viewer's own: only for a viewer whose scope is narrower than the practice."""
    return names.isin(records.viewer.scope.get(by, ())) & (names != NOT_RECORDED)


def figures(values: Sequence[float]) -> list[float]:
    """Failures expected as they are told: to a tenth, and to three figures at most."""
    return [value if np.isnan(value) else float(f"{round(value, 1):.3g}") for value in values]


def can_be_judged(units: int, shown: int) -> bool:
    """Whether these tell that they differ: by how many operated, which is no secret, and not by how they did."""
    return units >= FEWEST_UNITS and shown > 1

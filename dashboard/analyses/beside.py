"""What may be told of the others in a comparison to a viewer who sees a part of the practice: protected counts.

Their failures are told rounded as `dashboard.protecting` rounds counts, by the band of each factor. Whatever a viewer
is then held against is made of these: the share of all together, how far units differ, and the model of case mix. So
nothing that is shown of it, to however many figures and of however many cohorts, tells more than these counts do.
Each count is moved by the set that it counts, and by nothing else: it stays what it is in every generation in which
that set and its failures do, as otherwise the mean of many generations would be the count as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard.analyses.groups import FAMILY, NOT_RECORDED
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.analyses.profiles import due_patterns
from dashboard.analyses.remembering import remembered
from dashboard.definitions import load
from dashboard.protecting import FEW, FEWEST, TOO_FEW, Keyed, rounded
from dashboard.records import Records
from dashboard.stats.funnel import FEWEST_UNITS, Overdispersion, judged

STEPS = 30
"""So often the failures of each pattern are brought to the margins; further steps move no risk that is shown."""
TENTHS = 10
FIGURES = 2
COUNTS = ("due", "operations", "failed")
TOLD_BY = {"operations": COUNTS[:2], "failed": COUNTS}
"""By what a count is moved: the sets of which it tells, and those about them. Who is due is no secret, but a count that
stayed when somebody came to the landmark would tell that nothing is known of that one, and so no failure."""

Some = npt.NDArray[np.bool_]


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
    """The others' operations that are due, those of known state, and failures, by profile: one row for each."""

    patterns: pd.DataFrame
    keyed: Keyed

    @classmethod
    def of(cls, patterns: pd.DataFrame, records: Records) -> Others:
        """Of patterns as ``due_patterns`` has them, whoever's they are."""
        codes = [PROCEDURE, FAMILY, *load().adjusting]
        found = patterns.groupby(codes, as_index=False)[list(COUNTS)].sum()
        return cls(found[found["due"] > 0].reset_index(drop=True), records.audit.keyed)

    @cached_property
    def _words(self) -> dict[str, npt.NDArray[np.object_]]:
        """By count and row what tells one set of rows from another: no numbers that the next import gives anew."""
        codes = self.patterns.drop(columns=[*COUNTS, FAMILY])
        return {
            name: np.array([" ".join(map(str, row)) for row in codes.join(self.patterns[list(by)]).to_numpy(int)])
            for name, by in TOLD_BY.items()
        }

    def told(self, name: str, some: Some | None = None) -> int:
        """A count of these, or of some of them, as it is told: the same of the same set, however it was chosen."""
        there = slice(None) if some is None else some
        count = int(self.patterns[name].to_numpy()[there].sum())
        return rounded(count, f"others {name}: {'; '.join(self._words[name][there])}", self.keyed)

    def families(self) -> set[int]:
        """The codes of the procedure families of which enough are told."""
        codes = self.patterns[FAMILY].to_numpy()
        return {int(code) for code in np.unique(codes) if self.told("operations", codes == code) >= FEWEST}

    def together(self, own: pd.DataFrame, compared: int) -> AllUnits:
        """These and the viewer's own."""
        n = self.told("operations")
        failed = min(self.told("failed"), n)
        few = n < FEWEST or min(failed, n - failed) <= FEW
        sums = own[["failed", "operations"]].sum()
        return AllUnits(int(sums["failed"]) + failed, int(sums["operations"]) + n, TOO_FEW if few else "", compared)

    def spread(self, found: Overdispersion | None, units: int, what: str) -> Overdispersion | None:
        """How far so many units differ, in tenths that are rounded as counts are; what: in what they do."""
        if found is None:
            return None
        words = f"others {what}: {'; '.join(self._words['failed'])}"
        phi = rounded(round(found.phi * TENTHS), words, self.keyed) / TENTHS
        told = judged(phi, units, found.weight, found.target)
        return told._replace(tau2=float(f"{told.tau2:.{FIGURES}g}"))

    def moved(self) -> pd.DataFrame:
        """The patterns with failures that add up, by the band of each factor, to what is told of that band.

        From patterns that all fail alike, brought to one factor's counts after the other: of who failed in which
        pattern nothing is left but these counts. Of all that a logistic model looks at, there is no more.
        """
        n = self.patterns["operations"].to_numpy(float)
        total = self.told("failed")
        failed = np.full(len(n), total / max(n.sum(), 1.0)) * n
        margins = [self._margin(factor, total) for factor in (PROCEDURE, *load().adjusting)]
        for _ in range(STEPS):
            for codes, wanted in margins:
                now = np.bincount(codes, failed, len(wanted))
                failed = failed * np.divide(wanted, now, out=np.zeros(len(wanted)), where=now > 0)[codes]
        return self.patterns.assign(failed=np.minimum(failed, n))

    def _margin(self, factor: str, total: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """By band of a factor what is told to have failed, all bands together as many as ``total``."""
        bands, codes = np.unique(self.patterns[factor].to_numpy(), return_inverse=True)
        told = [self.told("failed", codes == place) for place in range(len(bands))]
        return codes, np.array(told, dtype=float) * (total / max(sum(told), 1))


@dataclass(frozen=True)
class PracticeTold:
    """What a model of the practice is made of. patterns: by profile; those of ``others`` last, with failures as told.

    others: those of whom the viewer is told protected counts alone; None of whoever sees all that the model is made of.
    """

    patterns: pd.DataFrame
    others: Others | None = None

    def told(self, name: str, some: Some) -> int:
        """A count of some of the patterns: of the own as it is."""
        counts = self.patterns[name].to_numpy()
        if self.others is None:
            return int(counts[some].sum())
        own = len(counts) - len(self.others.patterns)
        return int(counts[:own][some[:own]].sum()) + self.others.told(name, some[own:])


@remembered
def practice_of(records: Records, outcome: str, within_days: int) -> PracticeTold:
    """The counts by profile of the practice, or of the viewer's part of it, as the viewer may be told them."""
    everybody = due_patterns(records, outcome, within_days)
    if records.viewer.sees_everything or not records.whole_practice:
        return PracticeTold(everybody)
    own = due_patterns(replace(records, whole_practice=False), outcome, within_days)
    less = own.assign(**{name: -own[name] for name in COUNTS})
    others = Others.of(pd.concat([everybody, less]), records)
    return PracticeTold(pd.concat([own, others.moved()], ignore_index=True), others)


def is_own(records: Records, by: str, names: pd.Series) -> pd.Series:
    """Whether a unit is the viewer's own: only for a viewer whose scope is narrower than the practice."""
    return names.isin(records.viewer.scope.get(by, ())) & (names != NOT_RECORDED)


def figures(values: Sequence[float]) -> list[float]:
    """Failures expected as they are told: to a tenth, and to three figures at most."""
    return [value if np.isnan(value) else float(f"{round(value, 1):.3g}") for value in values]


def can_be_judged(units: int, shown: int) -> bool:
    """Whether these tell that they differ: by how many operated, which is no secret, and not by how they did."""
    return units >= FEWEST_UNITS and shown > 1

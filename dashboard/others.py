"""What may be told of the others in a comparison to a viewer who sees a part of the practice: protected counts.

Their failures are told rounded as `dashboard.protecting` rounds counts, by the band of each factor. Whatever a viewer
is then held against is made of these: the share of all together, how far units differ, and the model of case mix. So
nothing that is shown of it, to however many figures and of however many cohorts, tells more than these counts do.
Each count is moved by the set that it counts, and by nothing else: it stays what it is in every generation in which
that set and its failures do, as otherwise the mean of many generations would be the count as it is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from dashboard import sql
from dashboard.cohort import PLACES
from dashboard.definitions import load
from dashboard.protecting import FEW, FEWEST, TOO_FEW, Keyed, rounded
from dashboard.stats import funnel

PROCEDURE, FAMILY = PLACES[:2]
STEPS = 30
"""So often the failures of each pattern are brought to the margins; further steps move no risk that is shown."""
TENTHS = 10
FIGURES = 2
COUNTS = ("due", "operations", "failed")
TOLD_BY = {"operations": COUNTS[:2], "failed": COUNTS}
"""By what a count is moved: the sets of which it tells, and those about them. Who is due is no secret, but a count that
stayed when somebody came to the landmark would tell that nothing is known of that one, and so no failure."""

Some = npt.NDArray[np.bool_]
Exact = Callable[[sql.Query], pd.DataFrame]
"""The rows of a read as they are."""


class AllUnits(NamedTuple):
    """All units together, as they are told: the own as they are, the others in protected form.

    why: in words, why there is no share of them, or empty. compared: how many units operated at all, the own among
    them. shares, ratios: whether units differ by more than chance, None where it cannot be judged.
    """

    failed: int
    operations: int
    why: str
    compared: int
    shares: funnel.Overdispersion | None = None
    ratios: funnel.Overdispersion | None = None


class Worth(NamedTuple):
    """From how many operations, which part of the due known, and how many failures expected a figure is shown."""

    operations: int
    known: float
    expected: float


class Spread(NamedTuple):
    """How far so many units differ, as it is."""

    spread: funnel.Overdispersion | None
    units: int


@dataclass(frozen=True)
class Units:
    """Exact counts of every unit, the own among them: by profile, and ``due`` by unit. For ``Others`` alone."""

    patterns: pd.DataFrame
    counts: pd.Series

    @classmethod
    def of(cls, patterns: pd.DataFrame, everybody: Exact, by: str, *, at_visit: bool) -> Units:
        """Of the counts by unit and profile."""
        patterns = patterns[(patterns["unit"] != 0) & (patterns["operations"] > 0)]
        seen = everybody(sql.load("landmark", {"by": by})).set_index("unit")
        seen = seen[seen.index != 0]
        if at_visit:
            return cls(patterns, seen["due"])
        lost = everybody(sql.load("lost", {"by": by})).set_index("unit")["lost"]
        known = patterns.groupby("unit")["operations"].sum()
        return cls(patterns, known.reindex(seen.index, fill_value=0) + lost.reindex(seen.index, fill_value=0))

    def shares(self, worth: Worth) -> Spread | None:
        """Of units whose share may be shown; None where there are not two."""
        sums = self.patterns.groupby("unit")[["operations", "failed"]].sum()
        known = sums["operations"] / self.counts.reindex(sums.index)
        some = sums[(sums["operations"] >= worth.operations) & (known >= worth.known)]
        if len(some) < 2:
            return None
        failed, n = (some[name].to_numpy(float) for name in ("failed", "operations"))
        return Spread(funnel.overdispersion(failed, n) if 0 < failed.sum() < n.sum() else None, len(some))

    def ratios(self, risks: pd.Series, worth: Worth) -> Spread | None:
        """Of units whose ratio may be shown, by the risk of each profile; None where there are not two."""
        risk = self.patterns["profile"].map(risks)
        covered = self.patterns.assign(expected=risk * self.patterns["operations"])[risk.notna()]
        sums = covered.groupby("unit")[["operations", "failed", "expected"]].sum()
        some = sums[(sums["operations"] >= worth.operations) & (sums["expected"] >= worth.expected)]
        if len(some) < 2:
            return None
        found = funnel.overdispersion_of_ratios(some["failed"].to_numpy(float), some["expected"].to_numpy(float))
        return Spread(found, len(some))


@dataclass(frozen=True)
class Others:
    """The others' operations that are due, those of known state, and failures, by profile: one row for each."""

    patterns: pd.DataFrame = field(repr=False)
    keyed: Keyed = field(repr=False)
    units: Units | None = field(default=None, repr=False)

    @classmethod
    def of(cls, patterns: pd.DataFrame, keyed: Keyed, units: Units | None = None) -> Others:
        """Of counts by profile with its codes beside them, whoever's they are."""
        codes = [PROCEDURE, FAMILY, *load().adjusting]
        found = patterns.groupby(codes, as_index=False)[list(COUNTS)].sum()
        return cls(found[found["due"] > 0].reset_index(drop=True), keyed, units)

    @classmethod
    def beyond(cls, own: Exact, everybody: Exact, keyed: Keyed, by: str, *, at_visit: bool) -> Others:
        """Of those in everybody's counts who are not in the own; by: of units of which kind, or "", for all."""
        query = sql.load("case_mix", {"by": by or ()})
        counts, mine = everybody(query), own(query)
        less = mine.assign(**{name: -mine[name] for name in COUNTS})
        found = pd.concat([counts, less], ignore_index=True)
        found = found[found["unit"] != 0] if by else found
        profiles = everybody(sql.load("profiles", {"adjusting": load().adjusting}))
        units = Units.of(counts, everybody, by, at_visit=at_visit) if by else None
        return cls.of(found.merge(profiles, on="profile"), keyed, units)

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

    def in_units(self, own: pd.DataFrame, risks: pd.Series | None, worth: Worth) -> AllUnits:
        """These and the viewer's own, and how far all units differ. risks: by profile, None where there is no model."""
        if self.units is None:
            raise ValueError("Of others who were not asked for by unit nothing is known of units.")
        compared = len(self.units.counts)
        told = self.together(own, compared)
        shares, ratios = self.units.shares(worth), None if risks is None else self.units.ratios(risks, worth)
        return told._replace(
            shares=self._judged(shares, compared, "shares", told.failed / max(told.operations, 1)),
            ratios=self._judged(ratios, compared, "ratios", 1.0),
        )

    def _judged(self, found: Spread | None, compared: int, what: str, target: float) -> funnel.Overdispersion | None:
        """By how many operated, which is no secret, and not by how they did."""
        if found is None or not funnel.overdispersion_can_be_judged(compared):
            return None
        told = self.spread(found.spread, found.units, what)
        return told and told._replace(target=target)

    def together(self, own: pd.DataFrame, compared: int) -> AllUnits:
        """These and the viewer's own."""
        n = self.told("operations")
        failed = min(self.told("failed"), n)
        few = n < FEWEST or min(failed, n - failed) <= FEW
        sums = own[["failed", "operations"]].sum()
        return AllUnits(int(sums["failed"]) + failed, int(sums["operations"]) + n, TOO_FEW if few else "", compared)

    def spread(self, found: funnel.Overdispersion | None, units: int, what: str) -> funnel.Overdispersion | None:
        """How far so many units differ, in tenths that are rounded as counts are; what: in what they do."""
        if found is None:
            return None
        words = f"others {what}: {'; '.join(self._words['failed'])}"
        phi = rounded(round(found.phi * TENTHS), words, self.keyed) / TENTHS
        told = funnel.judged(phi, units, found.weight, found.target)
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

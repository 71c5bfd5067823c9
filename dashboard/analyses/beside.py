"""What a viewer of a part of the practice is held against: the own counts, and those of the others as they are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.profiles import case_mix_values, due_patterns
from dashboard.analyses.remembering import remembered
from dashboard.others import Others, Some
from dashboard.records import Records


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
    if records.viewer.sees_everything or not records.whole_practice:
        return PracticeTold(due_patterns(records, outcome, within_days))
    own = due_patterns(replace(records, whole_practice=False), outcome, within_days)
    others = records.others(**case_mix_values(records, outcome, within_days))
    return PracticeTold(pd.concat([own, others.moved()], ignore_index=True), others)


def is_own(records: Records, by: str, names: pd.Series) -> pd.Series:
    """Whether a unit is the viewer's own: only for a viewer whose scope is narrower than the practice."""
    return names.isin(records.viewer.scope.get(by, ())) & (names != NOT_RECORDED)


def figures(values: Sequence[float]) -> list[float]:
    """Failures expected as they are told: to a tenth, and to three figures at most."""
    return [value if np.isnan(value) else float(f"{round(value, 1):.3g}") for value in values]

"""A generation beside which some questions were answered already: of it and of another, held together."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from dashboard.engines.duck import Engine, Parameters
from dashboard.sql import Query


class HeldTogether:
    """The engine of a generation, but for some questions, whose answers are given."""

    def __init__(self, now: Engine, answers: Mapping[tuple[str, object], pd.DataFrame]) -> None:
        """answers: by the name of the question, and the outcome that it is asked of, or none."""
        self._now, self._answers = now, dict(answers)
        self._told = frozenset(name for name, _ in answers)

    @property
    def generation(self) -> int:
        """The number of the generation that answers everything else."""
        return self._now.generation

    def frame(self, query: Query, parameters: Parameters) -> pd.DataFrame:
        """The rows of a query, the caller's own to change."""
        if query.name in self._told:
            return self._answers[query.name, parameters.get("outcome")].copy()
        return self._now.frame(query, parameters)

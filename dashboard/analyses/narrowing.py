"""A cohort narrowed by words such as ``procedure=tlif`` and ``family=fusion``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dashboard.cohort import FILTERS, Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records


def narrowed(records: Records, where: Sequence[str]) -> Cohort:
    """The cohort with every `--where`; two values of one filter are either, two filters are both.

    A filter is named as the marts name its column, or as the address of a screen does.
    """
    dimensions = {word: each.dimension for each in FILTERS for word in (each.dimension, each.word)}
    chosen: dict[str, tuple[str, ...]] = {}
    for said in where:
        word, equals, value = said.partition("=")
        if not equals or word not in dimensions:
            raise WrongUsage(f'--where "{said}": write COLUMN=VALUE, with one of {", ".join(dimensions)}.')
        known = records.order(dimensions[word])
        if value not in known:
            raise WrongUsage(f'--where "{said}": {word} is one of {", ".join(known)}.')
        chosen[dimensions[word]] = (*chosen.get(dimensions[word], ()), value)
    return replace(records.cohort, chosen={**records.cohort.chosen, **chosen})

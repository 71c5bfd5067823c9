"""A cohort narrowed by words such as ``procedure=tlif`` and ``family=fusion``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboard.analyses.groups import FAMILY
from dashboard.cohort import FILTERS, Cohort
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records


def narrowed(records: Records, where: Sequence[str]) -> Cohort:
    """The cohort with every `--where`; two values of one column are either, two columns are both."""
    words = {dimension: name for name, dimension in FILTERS.items()}
    lists: dict[str, set[str]] = {}
    families: set[str] = set()
    for said in where:
        column, equals, value = said.partition("=")
        if not equals or column not in (*words, FAMILY):
            raise WrongUsage(f'--where "{said}": write COLUMN=VALUE, with one of {", ".join((*words, FAMILY))}.')
        known = load().families if column == FAMILY else records.order(column)
        if value not in known:
            raise WrongUsage(f'--where "{said}": {column} is one of {", ".join(known)}.')
        families.update([value] if column == FAMILY else [])
        if column != FAMILY:
            lists.setdefault(words[column], set()).add(value)
    if families:
        terms = load().vocabularies["procedure"].values()
        among = {term.name for term in terms if term.group in families}
        both = among & lists.get("procedures", among)
        if not both:
            raise WrongUsage("--where: none of these procedures belongs to these families.")
        lists["procedures"] = both
    chosen: dict[str, Any] = {name: tuple(sorted(values)) for name, values in lists.items()}
    return replace(records.cohort, **chosen)

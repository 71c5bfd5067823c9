"""The rows that other tools are given, prepared as they like them: nothing of this is timed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from types import ModuleType

import duckdb
import pandas as pd

from benchmarks.questions import DAYS, OUTCOME, half, opened
from benchmarks.tiers import Tier
from dashboard.definitions import load

OPERATIONS = """
select procedure, family, surgeon, profile, day, state, cast(operated - date '1970-01-01' as integer) as operated,
    cast(extract(year from operated) * 12 + extract(month from operated) - 1 as smallint) as month, {factors}
from operation_outcome
where outcome = {outcome} and index_operation
"""
SYMPTOMS = """
select operation, symptom, day, onset, cast(operated - date '1970-01-01' as integer) as operated
from symptom_event
where index_operation
"""
VISITS = """
select procedure, visit, state, cast(odi_before as float) as odi_before, cast(odi_change as float) as odi_change,
    cast(operated - date '1970-01-01' as integer) as operated
from visit_state
where index_operation
"""
EPOCH = date(1970, 1, 1)


def library(name: str) -> ModuleType | None:
    """A library that the app itself does not need; None where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        return None


def missing(name: str) -> str:
    """Why there is no figure without it."""
    return f"{name} is not installed (benchmarks/requirements.txt)"


def tables(tier: Tier) -> Mapping[str, str]:
    """The statement of each prepared table."""
    return {"operations": of_outcome(tier, OUTCOME), "symptoms": SYMPTOMS, "visits": VISITS}


def of_outcome(tier: Tier, outcome: str) -> str:
    """The statement of every operation with what became of it by one definition of failure."""
    with opened(tier) as (_, records):
        return OPERATIONS.format(factors=", ".join(load().factors), outcome=records.order("outcome")[outcome])


def values(tier: Tier) -> dict[str, int]:
    """What the eight reads bind, in days: from when half of the operations are, and until when one is due."""
    with opened(tier) as (_, records):
        begin, last = half(records).operated_from, records.facts.data_date or records.facts.last_operation
        assert begin is not None
        assert last is not None
        return {"begin": (begin - EPOCH).days, "due": (last - EPOCH).days - DAYS, "days": DAYS}


def in_pandas(tier: Tier, statement: str) -> pd.DataFrame:
    """One table as a frame, in the narrow types of the database; before the store is opened by anything else."""
    with duckdb.connect(str(tier.generation.path), read_only=True) as connection:
        connection.execute("set enable_progress_bar = false")
        return connection.execute(statement).df()

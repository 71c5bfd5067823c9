"""Clinical content as data: outcomes, risk factors, vocabularies, benchmarks, and what reads and checks them."""

from dashboard.definitions.catalogue import Definitions, load
from dashboard.definitions.terms import (
    BEFORE,
    Band,
    Benchmark,
    CauseReading,
    EventRule,
    Factor,
    Family,
    Landmark,
    Measure,
    Monitoring,
    OnsetCategory,
    Outcome,
    PublishedRatio,
    RedFlagCombination,
    Revisions,
    Term,
    Visit,
)

__all__ = [
    "BEFORE",
    "Band",
    "Benchmark",
    "CauseReading",
    "Definitions",
    "EventRule",
    "Factor",
    "Family",
    "Landmark",
    "Measure",
    "Monitoring",
    "OnsetCategory",
    "Outcome",
    "PublishedRatio",
    "RedFlagCombination",
    "Revisions",
    "Term",
    "Visit",
    "load",
]

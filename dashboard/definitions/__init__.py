"""Clinical content as data: outcomes, risk factors, vocabularies, benchmarks, and what reads and checks them."""

from dashboard.definitions.catalogue import Definitions, load
from dashboard.definitions.terms import (
    BEFORE,
    Band,
    Benchmark,
    EventRule,
    Factor,
    Figure,
    Landmark,
    Measure,
    Outcome,
    Thresholds,
)

__all__ = (
    "BEFORE", "Band", "Benchmark", "Definitions", "EventRule", "Factor", "Figure", "Landmark", "Measure", "Outcome",
    "Thresholds", "load",
)  # fmt: skip

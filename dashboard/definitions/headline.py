"""Which figures are looked at first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class HeadlineOutcome:
    """An outcome beside the chosen one; within_days: by when, None for the time that the reader chose."""

    name: str
    within_days: int | None = None


@dataclass(frozen=True)
class Headline:
    """The comments in ``headline.toml`` say what each of these is."""

    outcomes: tuple[HeadlineOutcome, ...]
    visit: int
    onset_within_days: int
    source: str
    author: str
    reviewed: date

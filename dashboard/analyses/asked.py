"""How a question is asked, of whatever it can be asked with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dashboard.cohort import Cohort


@dataclass(frozen=True)
class Asked:
    """How a question is asked: ``by`` what it is broken down, within how many ``days``; the rest only some are asked.

    since: a day of surgery, from which on operations are held against those before it. against: the cohort that the
    chosen one is held against. after: only what shows itself later than so many days. exposure: the factor of interest.
    profile: by factor the band of a patient. procedure: what is planned for that patient. about: one verdict by name.
    """

    outcome: str
    by: str | None
    days: int
    since: date | None = None
    against: Cohort | None = None
    after: int | None = None
    exposure: str | None = None
    profile: Mapping[str, str] = field(default_factory=dict)
    procedure: str | None = None
    about: str | None = None

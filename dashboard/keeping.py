"""For how long things are kept: each a setting with a default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Keeping:
    """How much, or for how many days.

    generations: how many, the current one among them; report_days: the steward's reports of imports, which quote
    cells; audit_days: the lines of the audit.
    """

    generations: int = 3
    report_days: int = 30
    audit_days: int = 3_650


USUAL = Keeping()
BOUNDS: Mapping[str, tuple[int, int]] = {"generations": (1, 100), "report_days": (0, 3_650), "audit_days": (30, 36_500)}
"""By setting, the least and the most: without a generation nothing is shown, and an audit that ends at once is none."""
VARIABLES = tuple(f"OUTCOMES_KEEP_{each.name.upper()}" for each in fields(Keeping))

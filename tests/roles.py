"""Somebody of each role, on the sample data."""

from __future__ import annotations

from collections.abc import Mapping

from dashboard.access import OPERATOR, Viewer

VIEWERS: Mapping[str, Viewer] = {
    "surgeon": Viewer("Dr One", "surgeon", surgeon="S01"),
    "manager": Viewer("Manager", "manager"),
    "steward": Viewer("Steward", "steward"),
    "auditor": Viewer("Auditor", "auditor"),
    "operator": OPERATOR,
}
"""By the role; the manager of the whole practice."""

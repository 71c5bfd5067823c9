"""What somebody wants of a document, besides the records that it is made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from dashboard.documents.last_report import LastReport

PREVIOUS, PRACTICE, PUBLISHED = "previous", "practice", "published"
COMPARED_WITH = {
    PREVIOUS: "the period before, of the same length",
    PRACTICE: "the whole practice",
    PUBLISHED: "published figures that count the same",
}
"""What the figures of a report can be held against, in words."""


NO_REPORT = LastReport()


def silent(step: str) -> None:
    """For whoever does not wait to be told."""


@dataclass(frozen=True)
class Wanted:
    """outcome, within_days: of which failure, by when. compare: one of COMPARED_WITH. share: under which rule of
    ``disclosure`` it leaves, "none" for a reader of one's own. made: the moment that it says it was made.

    month: the month that a list is of, by a day of it. last: the last report of its kind and scope. on_step: is told
    in words what is being made, before each step.
    """

    outcome: str
    within_days: int
    made: datetime
    compare: str = PREVIOUS
    share: str = "none"
    month: date | None = None
    last: LastReport = field(default=NO_REPORT, repr=False)
    on_step: Callable[[str], None] = silent

"""What a meeting has before it: how many failures showed themselves, and what of them asks for a talk."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import wording
from dashboard.analyses.case_review import ReviewedCase
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.cohort import day_words
from dashboard.definitions import Outcome

ASKING = (
    ("perhaps preventable", "of a cause that could perhaps have been prevented", lambda case: case.facts.preventable),
    ("no named cause", "without a named cause", lambda case: not case.facts.named),
    ("found late", "found later than usual", lambda case: case.facts.found_late),
    ("red flag without contact", "with a red flag of which no contact is recorded",
     lambda case: bool(case.facts.uncontacted)),
    ("no treatment recorded", "without a treatment recorded", lambda case: not case.facts.treated),
)  # fmt: skip
"""What asks for a talk: in a table, in a sentence, and which cases it holds for."""


def asking(case: ReviewedCase) -> list[str]:
    """What of one case asks for a talk, in few words."""
    return [name for name, _, holds in ASKING if holds(case)]


def meeting_verdict(rows: pd.DataFrame, cases: Sequence[ReviewedCase], outcome: Outcome) -> Verdict:
    """How many failures the pack is of, and of how many of its cases each question is asked; plain counts of a list.

    rows: all failures of the period, in order of the day they showed themselves; cases: those that have a page. A
    failure may be after an operation of long ago: no share can be made of these, and none is.
    """
    if rows.empty:
        return Verdict(f"No failure ({outcome.short}) showed itself in this period.", "There is no case to go through.")
    counted = [(name, words, sum(map(holds, cases))) for name, words, holds in ASKING]
    claims = (
        Claim(f"{outcome.short}, failures of the period", "all", "All", None, len(rows), len(rows)),
        *(Claim(words, name, name, None, len(cases), n) for name, words, n in counted),
    )
    first, last = (day_words(rows["failed_on"].iloc[place]) for place in (0, -1))
    itself = "itself" if len(rows) == 1 else "themselves"
    answer = (
        f"{wording.count(len(rows), 'failure')} ({outcome.short}) showed {itself}, "
        f"{'on' if first == last else 'from'} {wording.from_to(first, last)}."
    )
    found = wording.joined([f"{n} {words}" for _, words, n in counted if n])
    of = f"Of {wording.count(len(cases), 'case')} here: {found}. " if found else ""
    return Verdict(answer, f"{of}Counts of a list, not shares: most were operated on before the period.", claims)

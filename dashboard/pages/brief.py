"""A verdict as long as its place at the head of a page has room for; what is left of it stands below the pictures."""

from __future__ import annotations

import re

from dashboard.analyses.verdicts.claim import Verdict
from dashboard.pages import furniture, parts

MOST_LETTERS = 320
"""So many stand on two lines of a wide screen, in bold."""
SENTENCES = re.compile(r"(?<=\.) (?=[A-Z0-9])")


def at_the_head(top: furniture.AnswerPlace, concluded: Verdict) -> str:
    """Draw the verdict in its place, in whole sentences; the sentences that have no room there, to be said below."""
    head, rest = parted(concluded)
    with top:
        furniture.verdict(head)
    return rest


def in_whole(top: furniture.AnswerPlace, concluded: Verdict) -> None:
    """The same, with the sentences that have no room at the head right here."""
    rest = at_the_head(top, concluded)
    if rest:
        parts.note(parts.said(rest))


def parted(concluded: Verdict, most: int = MOST_LETTERS) -> tuple[Verdict, str]:
    """The verdict in as many whole sentences as so many letters hold, the first at least; and all the others."""
    answer, doubt = (SENTENCES.split(words) if words else [] for words in (concluded.answer, concluded.doubt))
    held = 0
    for count in range(1, len(answer) + len(doubt) + 1):
        if len(" ".join([*answer, *doubt][:count])) <= most or count == 1:
            held = count
    kept = Verdict(" ".join(answer[:held]), " ".join(doubt[: max(0, held - len(answer))]), concluded.claims)
    return kept, " ".join([*answer, *doubt][held:])

"""How many red flags wait for a contact, and how long the one that has waited longest: whom to call."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import wording
from dashboard.alike import made_once
from dashboard.analyses.recorded import check_kind
from dashboard.analyses.red_flags import RECENT_DAYS, Queue, queue
from dashboard.analyses.verdicts.claim import Claim, Verdict
from dashboard.records import Records

UNCONTACTED, WAITED, SINCE = "operations without a contact", "days without a contact", "days since surgery"
RESOLVED = "marked resolved"
RULES_NOTHING_OUT = "What is not recorded is not a no: this rules nothing out."


@dataclass(frozen=True)
class Waiting:
    """The red flag that has waited longest: which sign, after which procedure; days from surgery until it, and now;
    whether it is marked resolved."""

    sign: str
    procedure: str
    began_after: int
    days_since_surgery: int
    resolved: bool


def flags_verdict(records: Records, within_days: int = RECENT_DAYS) -> Verdict:
    """What the queue says, to those who see patients: a count of so few is a person.

    Raises NoData where nobody records symptoms, NotAllowed for everybody else.
    """
    check_kind(records, "symptom")
    return queue_verdict(queue(records, within_days), within_days)


@made_once
def queue_verdict(found: Queue, within_days: int) -> Verdict:
    """The same from the queue that stands below it."""
    row = found.longest_waiting
    waiting = None
    if row is not None:
        words = str(row["label"]), str(row["procedure_label"])
        waiting = Waiting(*words, int(row["day"]), int(row["days_since_surgery"]), bool(row["resolved"]))
    return _said(found, waiting, within_days)


def counts_verdict(found: Queue, within_days: int) -> Verdict:
    """The same without the one that has waited longest: for a line that goes by mail."""
    return _said(found, None, within_days)


def _said(found: Queue, waiting: Waiting | None, within_days: int) -> Verdict:
    operations, uncontacted, longest = found.operations, found.uncontacted, found.longest
    everyone = f"after {wording.count(operations, 'operation')} with a red flag in the last {within_days} days"
    claims = [Claim(UNCONTACTED, "all", "All red flags", None, operations, uncontacted)]
    if longest is None:
        answer = f"No red flag waits for a contact {everyone}." if operations else _none(within_days)
        return Verdict(answer, RULES_NOTHING_OUT, tuple(claims))
    sign, marked = (waiting.sign, RESOLVED if waiting.resolved else "") if waiting else ("The longest", "")
    claims.append(Claim(WAITED, "longest", sign, longest, operations, uncontacted, comparator=marked))
    which = ""
    if waiting is not None:
        claims.append(Claim(SINCE, "longest", waiting.procedure, waiting.days_since_surgery, 1, 0))
        which = (
            f" ({wording.within_sentence(waiting.sign)}, begun on day {waiting.began_after} after "
            f"{wording.within_sentence(waiting.procedure)}, which is {_days(waiting.days_since_surgery)} ago)"
        )
    whom = f"after {wording.count(uncontacted, 'operation')}"
    opening = f"A red flag {whom} waits" if uncontacted == 1 else f"Red flags {whom} wait"
    answer = f"{opening} for a contact, the longest for {_days(longest)}{which}."
    doubt = f"{uncontacted} of {operations} operations with a red flag in the last {within_days} days; of the"
    doubt = f"{doubt} {uncontacted}, {found.unresolved} not marked resolved."
    if waiting is not None and waiting.resolved and found.unresolved:
        doubt = f"{doubt} The one that has waited longest is marked resolved: the others stand before it."
    return Verdict(answer, doubt, tuple(claims))


def _none(within_days: int) -> str:
    return f"No red flag is recorded as begun in the last {within_days} days."


def _days(days: int) -> str:
    return wording.count(days, "day")

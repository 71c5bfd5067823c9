"""What a practice should know first: how many failed, whether that changes, which surgery stands out, who waits."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, Claim, Verdict, apart_words
from dashboard.analyses.verdicts.flags import UNCONTACTED, WAITED, flags_verdict
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.analyses.verdicts.overall import overall_verdict
from dashboard.errors import NoData, NotTold, told_or
from dashboard.leeway import UNSAID
from dashboard.records import Records


def overview_verdict(records: Records, outcome: str, within_days: int = 730, whose: str = "operations") -> Verdict:
    """The share failed; before and after the middle of the settled operations; the families beyond chance; red flags.

    Each part is said from the claims of its own verdict, whose figures stand in full where it is drawn.
    whose: what the operations are called to the reader: to a surgeon on the screen "your operations".
    """
    whole = overall_verdict(records, outcome, within_days, whose)
    together = whole.claims[0] if whole.claims else None
    if together is None or together.figure is None:
        waiting = _waiting(records)
        return Verdict(whole.answer, " ".join(filter(None, [whole.doubt, _waiting_words(waiting)])), waiting)
    change = change_verdict(records, outcome, within_days).claims[:2]
    families = told_or(lambda: groups_verdict(records, outcome, "family", within_days).claims, ())
    flags = _waiting(records)
    answer = whole.answer.partition(" (")[0]
    first = f"({wording.interval(together.lower, together.upper)}){_changed(change)}."
    doubt = " ".join(filter(None, [first, _apart(families), _waiting_words(flags)]))
    return Verdict(answer, doubt, (together, *change, *families, *flags))


def _changed(change: tuple[Claim, ...]) -> str:
    """, fewer of those operated from 1 Jan 2022 than before (12.7 against 16.5 %)."""
    if len(change) < 2:
        return ""
    after, before = change
    since = wording.within_sentence(after.label)
    shares = f"{100 * (after.figure or 0):.1f} against {wording.percent(before.figure or 0)}"
    if after.stands_out:
        return f", {'fewer' if after.word == LOWER else 'more'} of those {since} than before ({shares})"
    if after.word == FEW:
        return f", too few to say whether that has changed ({since}: {shares})"
    if after.word == UNSAID:
        return f"; whether that has changed cannot be told from rounded counts ({since}: {shares} before)"
    return f", and no change beyond chance ({since}: {shares} before)"


def _apart(families: tuple[Claim, ...]) -> str:
    """Fusion (18.3 %) failed more often than all the others, by 6.6 points (3.1 to 10.1)."""
    higher = sorted((one for one in families if one.word == HIGHER), key=lambda one: -(one.difference or 0))
    if higher:
        named = wording.joined([
            f"{wording.within_sentence(one.label) if place else one.label} ({wording.percent(one.figure or 0)})"
            for place, one in enumerate(higher[:2])
        ])  # fmt: skip
        by = f", by {apart_words(higher[0])}" if len(higher) == 1 else ""
        return f"{named} failed more often than all the others{by}."
    if any(one.word in (ALIKE, LOWER) for one in families):
        return "No family of surgery failed more often than the others by more than chance."
    return ""


def _waiting(records: Records) -> tuple[Claim, ...]:
    """Which red flags wait, for those who see patients: so few tell of single ones."""
    if not records.viewer.sees_patients:
        return ()
    try:
        return flags_verdict(records).claims
    except (NoData, NotTold):
        return ()


def _waiting_words(flags: tuple[Claim, ...]) -> str:
    """Red flags after 4 operations wait for a contact, the longest for 84 days."""
    waiting = next((int(one.failed) for one in flags if one.what == UNCONTACTED), 0)
    longest = next((one for one in flags if one.what == WAITED), None)
    if not waiting or longest is None:
        return ""
    wait = "wait" if waiting > 1 else "waits"
    flag = "Red flags after" if waiting > 1 else "A red flag after"
    who = f"{flag} {wording.count(waiting, 'operation')}"
    resolved = f" ({longest.comparator})" if longest.comparator else ""
    return f"{who} {wait} for contact, the longest for {wording.count(int(longest.figure or 0), 'day')}{resolved}."

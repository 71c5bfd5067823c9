"""What one surgeon should know first: failures seen against expected, why they came, who waits, what is owed."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.causes import causes
from dashboard.analyses.follow_up import everybody, follow_up
from dashboard.analyses.groups import event_words, outcome_named, when_words
from dashboard.analyses.peers import AmongPeers, among_peers, of_surgeon
from dashboard.analyses.red_flags import RECENT_DAYS
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, RATIO, Claim, Verdict
from dashboard.analyses.verdicts.flags import UNCONTACTED, flags_verdict
from dashboard.analyses.verdicts.units import LEVEL, OWN_PATIENTS, probability_words
from dashboard.errors import NoData
from dashboard.records import Records
from dashboard.stats.funnel import WITHIN

OWED = "visits overdue"
CAUSE = "most frequent cause"


def me_verdict(records: Records, name: str, outcome: str, within_days: int = 730, called: str = "") -> Verdict:
    """One surgeon by the limits of chance, what could be seen at that size, then causes, red flags and visits owed.

    Never one against another: peers stand behind the limits. Figures are those of ``among_peers``, ``causes``, the
    red-flag queue and ``follow_up``. called: to the reader, where not by the label.
    """
    known = outcome_named(outcome)
    when = when_words(known, within_days)
    found = among_peers(records, name, outcome, within_days)
    mine = of_surgeon(records, name)
    label = records.label("surgeon", name)
    if found.own is None:
        return Verdict(f"{label} has no operation among those chosen, so that there is nothing to hold against anyone.")
    claims = [_held(found, f"{known.short} {when}, seen to expected", name, label)]
    why, frequent = _cause(mine, outcome, within_days)
    flags, waiting = _flags(mine)
    owed, overdue = _owed(mine)
    seen = f"{called or label}: {event_words(known, claims[0].failed)} seen {when}"
    if claims[0].figure is None:
        seen = f"{seen} in {wording.count(claims[0].operations, 'operation')} whose state is known"
        answer = f"{seen}: too few to hold against what is expected." if found.answer.model.fit else f"{seen}."
        return _together(answer, [why, flags, owed], [*claims, *frequent, *waiting, *overdue])
    counted, every = claims[0].operations, int(found.own["all_operations"])
    seen = seen if counted == every else f"{seen} in {wording.out_of(counted, every)} operations"
    answer = f"{seen}, {claims[0].comparator_figure:.1f} expected for these patients and procedures"
    return _together(answer, [_place(found, claims[0]), why, flags, owed], [*claims, *frequent, *waiting, *overdue])


def _together(answer: str, doubt: list[str], claims: list[Claim]) -> Verdict:
    return Verdict(answer, " ".join(filter(None, doubt)), tuple(claims))


def _held(found: AmongPeers, what: str, name: str, label: str) -> Claim:
    row = found.own
    if row is None or not row["ratio_shown"]:
        operations = 0 if row is None else int(row["operations"])
        failed = 0 if row is None else int(row["failed"])
        return Claim(what, name, label, None, operations, failed, FEW, comparator=OWN_PATIENTS, measure=RATIO)
    word = ALIKE if row["ratio_position"] == WITHIN else HIGHER if row["ratio"] > 1 else LOWER
    return Claim(
        what, name, label, row["ratio"], int(row["cases"]), int(row["observed"]), word, row["lower"], row["upper"],
        OWN_PATIENTS, row["expected"], row["ratio"], row["lower"], row["upper"], row["ratio_p"], row["ratio_q"], RATIO,
    )  # fmt: skip


def _place(found: AmongPeers, own: Claim) -> str:
    """(ratio 1.65, 1.13 to 2.31): above the upper 95 % limit of chance; allowing for 9 surgeons, no longer."""
    ratio = f"(ratio {own.figure:.2f}, {wording.ratio_interval(own.lower, own.upper)})"
    if not own.stands_out:
        chance = "" if found.seen is None else f" A doubled rate would be seen with probability {_seen(found)}."
        return f"{ratio}, within the limits of chance.{chance}"
    side = "above" if own.word == HIGHER else "below"
    limit = str(found.own["ratio_position"]).removeprefix("beyond ") if found.own is not None else ""
    among = f"{found.compared} surgeons" if found.compared else "all surgeons"
    still = "still stands out" if own.q is not None and own.q < LEVEL else "does not stand out"
    allowed = f" Allowing for {among} compared, it {still}." if found.compared != 1 else ""
    across = own.lower is not None and own.upper is not None and own.lower <= 1 <= own.upper
    unsure = ", though the interval, which is exact, contains 1" if across else ""
    return f"{ratio}, {side} the {limit} limits of chance{unsure}.{allowed}"


def counted_words(found: AmongPeers, outcome: str, within_days: int) -> str:
    """How many operations take no part in seen and expected, and why; empty where all do.

    A share of all allows for those not followed so long, so that it counts their failures too.
    """
    row, known = found.own, outcome_named(outcome)
    if row is None or found.answer.model.fit is None:
        return ""
    every, counted, cases = (int(row[name]) for name in ("all_operations", "operations", "cases"))
    if cases == every:
        return ""
    unsettled = f"{every - counted} have not come to it, were lost or had died before" if every > counted else ""
    failed = f" ({event_words(known, int(row['dropped_failed']))})" if row["dropped_failed"] else ""
    lacking = f"of {row['dropped']} a factor of the model is not recorded{failed}" if row["dropped"] else ""
    why = "; ".join(filter(None, (unsettled, lacking)))
    when = when_words(known, within_days)
    return (
        f"Seen and expected {when} are of {wording.out_of(cases, every)} operations: {why}. The share and the causes "
        "count the failures of all of them."
    )


def peers_words(found: AmongPeers) -> str:
    """How the peers stand there, or why they do not."""
    if found.rows["own"].all():
        return "The other surgeons stand behind the limits of chance, and are not shown."
    return (
        "Peers stand without name, number of operations and interval, in an order that says nothing: this page "
        "is printed and handed on."
    )


def _seen(found: AmongPeers) -> str:
    return "" if found.seen is None else probability_words(found.seen.probability)


def _cause(mine: Records, outcome: str, within_days: int) -> tuple[str, list[Claim]]:
    """Most frequent cause: adjacent segment disease (9 of 48); nothing where fewer than two share one.

    Of the failures seen by the day of the other figures: beside them those of a later one would contradict them.
    """
    if not outcome_named(outcome).is_failure:
        return "", []
    answer = causes(mine, outcome, "family", within_days)
    named = answer.causes.sort_values("failed", ascending=False, kind="stable")
    if named.empty or int(named["failed"].iloc[0]) < 2:
        return "", []
    first = named.iloc[0]
    claim = Claim(CAUSE, str(first["cause"]), str(first["label"]), None, answer.failed, int(first["failed"]))
    words = wording.within_sentence(claim.label)
    return f"Most frequent cause: {words} ({wording.out_of(claim.failed, answer.failed)}).", [claim]


def _flags(mine: Records) -> tuple[str, list[Claim]]:
    try:
        found = flags_verdict(mine)
    except NoData:
        return "", []
    waiting = next((claim for claim in found.claims if claim.what == UNCONTACTED), None)
    n = waiting.failed if waiting else 0
    words = "No red flag" if not n else wording.count(n, "red flag")
    recent = f"{words} of the last {RECENT_DAYS} days {'wait' if n > 1 else 'waits'} for a contact;"
    return recent, [waiting] if waiting else []


def _owed(mine: Records) -> tuple[str, list[Claim]]:
    """16 visits are overdue that can still be answered."""
    if "follow_up" in mine.missing_kinds:
        return "visits are not recorded.", []
    rows = everybody(follow_up(mine))
    overdue, due = int(rows["overdue"].sum()), int(rows["due"].sum())
    claim = Claim(OWED, "all", "All visits", None, due, overdue)
    if not overdue:
        return "no visit is overdue.", [claim]
    return f"{wording.count(overdue, 'visit')} {'is' if overdue == 1 else 'are'} overdue.", [claim]

"""Which series of the monitoring signal, and how often chance alone would make one of them do so."""

from __future__ import annotations

from datetime import date

import pandas as pd

from dashboard import wording
from dashboard.analyses.groups import rows_of
from dashboard.analyses.monitor import within_choice
from dashboard.analyses.signals import signals
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER, RATIO, Claim, Verdict
from dashboard.cohort import day_words
from dashboard.definitions import load
from dashboard.records import Records
from dashboard.stats.proportions import exact_poisson

ONE_BY_ONE = (
    "Whether a surgeon's series signals is seen operation by operation, by surgeons of their own; your role shows "
    "counts."
)


def signals_verdict(records: Records) -> Verdict:
    """The series of the surgeons and families chosen, one by one by the limits of their own charts.

    A signal is a question and no verdict on anybody. Who sees counts alone is told none, but seen and expected of all.
    """
    answer = signals(records)
    if answer.reason:
        return Verdict(answer.reason)
    chosen = within_choice(answer.series, records.cohort)
    charted = chosen[chosen["charted"]]
    claims = tuple(_claim(row) for row in rows_of(charted))
    if answer.counts_only:
        return _together(chosen, answer.since)
    if charted.empty:
        few, since = load().monitoring, day_words(answer.since) if answer.since else "then"
        return Verdict(
            f"No surgeon chosen has {few.fewest_operations} operations of one family since {since} whose "
            f"{few.within_days} days are over: nothing could be seen yet."
        )
    signalled = sorted((row for row in rows_of(charted) if row.signal), key=lambda row: row.signalled_on, reverse=True)
    series = wording.count(len(charted), "chart")
    if not signalled:
        return Verdict(f"No signal in the {series} followed.", by_chance(charted), claims)
    told = "; ".join(_signal_words(row) for row in signalled[:2])
    rest = f"; and {len(signalled) - 2} more" if len(signalled) > 2 else ""
    many = wording.count(len(signalled), "signal")
    doubt = f"{by_chance(charted)} A signal is a question, not a verdict."
    return Verdict(f"{many} in {series} followed: {told}{rest}.", doubt, claims)


def _together(series: pd.DataFrame, since: date | None) -> Verdict:
    """All these series together, seen against expected; in order, as a signal needs them, they are single patients."""
    watched = load().monitoring
    outcome, counted = load().outcomes[watched.outcome], series[["operations", "failed", "expected"]].sum()
    what = f"{outcome.short} within {watched.within_days} days"
    from_then = f"since {day_words(since)}" if since else "so far"
    held = exact_poisson(int(counted["failed"]), float(counted["expected"]))
    if held is None:
        return Verdict(f"{what}: none of the operations {from_then} can be judged yet.", ONE_BY_ONE)
    word = HIGHER if held.lower > 1 else LOWER if held.upper < 1 else ALIKE
    judged = {
        HIGHER: "more than expected",
        LOWER: "fewer than expected",
        ALIKE: "together no further apart than chance explains, which says nothing of a single surgeon",
    }[word]
    operations = wording.count(int(counted["operations"]), "operation")
    claim = Claim(
        f"{what}, seen to expected", "all", "All together", held.rate, int(counted["operations"]),
        int(counted["failed"]), word, held.lower, held.upper, "the model that was frozen", float(counted["expected"]),
        measure=RATIO,
    )  # fmt: skip
    told = f"{int(counted['failed'])} seen, {counted['expected']:.1f} expected in {operations} {from_then}"
    ratio = f"ratio {held.rate:.2f}, {wording.ratio_interval(held.lower, held.upper)}"
    return Verdict(f"{what}: {told} ({ratio}), {judged}.", ONE_BY_ONE, (claim,))


def by_chance(charted: pd.DataFrame) -> str:
    """How often one of so many would signal although nothing has changed."""
    years = float(1 / (1 / charted["false_alarm_years"]).sum())
    often = f"{years:.0f} years" if years >= 2 else f"{12 * years:.0f} months"
    if len(charted) == 1:
        return f"By chance alone it signals about once in {often}."
    return f"By chance alone, one of these {len(charted)} signals about once in {often}."


def _signal_words(row: object) -> str:
    """S04, decompression: 8 seen, 1.8 expected in 17 operations, more than expected since 11 Mar 2026."""
    label, family, operations, failed, expected, signal, day = (
        getattr(row, name)
        for name in ("label", "family_label", "operations", "failed", "expected", "signal", "signalled_on")
    )
    of = wording.count(int(operations), "operation")
    return (
        f"{label}, {wording.within_sentence(family)}: {failed} seen, {expected:.1f} expected in {of} ({signal}; "
        f"{day_words(day)})"
    )


def _claim(row: object) -> Claim:
    watched = load().monitoring
    label, family, unit, operations, failed, expected, signal = (
        getattr(row, name) for name in ("label", "family_label", "unit", "operations", "failed", "expected", "signal")
    )
    what = f"{load().outcomes[watched.outcome].short} within {watched.within_days} days, seen to expected"
    word = (HIGHER if signal.startswith("more") else LOWER) if signal else ALIKE
    whom = f"{label}, {wording.within_sentence(family)}"
    ratio = failed / expected if expected else None
    return Claim(
        what, str(unit), whom, ratio, int(operations), int(failed), word if expected else FEW,
        comparator="the model that was frozen", comparator_figure=float(expected), measure=RATIO,
    )  # fmt: skip

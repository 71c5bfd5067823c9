"""Numbers and names as they stand in a sentence: the same on every floor, so that nothing is said two ways."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

import pandas as pd

from dashboard.harmless import TURNING

A_YEAR = 365.25
A_MONTH = A_YEAR / 12
"""Unicode's control signs and halves of signs: nobody writes them, and where they are kept each takes much room."""
DAYS = {"day": 1.0, "month": A_MONTH, "year": A_YEAR}


def percent(share: float, digits: int = 1) -> str:
    """A share as words: 7.4 %."""
    return f"{100 * share:.{digits}f} %"


def interval(lower: float | None, upper: float | None) -> str:
    """The limits of a share as words, in percent: "8.1 to 17.0"; nothing where one is missing."""
    if lower is None or upper is None or pd.isna(lower) or pd.isna(upper):
        return ""
    return f"{100 * lower:.1f} to {100 * upper:.1f}"


def span(low: float | None, high: float | None) -> str:
    """The ends of a range of shares that is no interval: 30.1 to 36.2 %; a dash where one is missing."""
    ends = interval(low, high)
    return f"{ends} %" if ends else "–"


def published_words(value: float | None, low: float | None, high: float | None) -> str:
    """A published share: an estimate "6.2 % (5.0 to 7.6)", a range "5.0 to 15.0 %", a bound "up to 46.0 %"."""
    if value is not None:
        limits = interval(low, high)
        return percent(value) + (f" ({limits})" if limits else "")
    return f"up to {percent(high or 0)}" if low is None else f"{interval(low, high)} %"


def share_words(
    share: float,
    failed: int,
    operations: int,
    lower: float | None = None,
    upper: float | None = None,
    known: float | None = None,
) -> str:
    """A share with its counts, and its limits where it has both: 7.4 % (12 of 162; 4.3 to 12.5).

    known: of the operations, those whose state is known, where that is counted.
    """
    limits = interval(lower, upper)
    return f"{percent(share)} ({counts_behind(share, failed, operations, known)}{f'; {limits}' if limits else ''})"


def counts_behind(share: float, failed: int, operations: int, known: float | None = None) -> str:
    """12 of 162; where the share allows for operations not followed so long, what was seen: 267 seen of 2,218.

    A share of those whose state is known says so where they are fewer, as do the limits of 0 % and 100 %, which rest
    on them: 251 of 1,188 known, 0 of 10 known.
    """
    if known and known < operations and (share in (0, 1) or abs(failed / known - share) < 1e-9):
        return f"{out_of(failed, int(known))} known"
    plain = out_of(failed, operations)
    is_quotient = not operations or percent(failed / operations) == percent(share)
    return plain if is_quotient else plain.replace(" of ", " seen of ")


def out_of(failed: int, operations: int) -> str:
    """12 of 1,162."""
    return f"{int(failed):,} of {int(operations):,}"


YOU = "You"
"""What one's own is called to oneself, where another stands by name or number."""


def count(n: int, name: str) -> str:
    """How many: 1 operation, 1,162 operations."""
    return f"{n:,} {name}" if n == 1 else f"{n:,} {name}s"


def duration(days: float) -> str:
    """A time as words: days up to 90, months to 24, then years; "50 days", "3.5 months", "2.5 years"."""
    number, unit = _in_its_unit(days)
    return f"{number} {unit}{'' if number == '1' else 's'}"


def durations(low: float, high: float) -> str:
    """From one time to another: "44 to 59 days"; "26 days to 3.5 months" where they have not one unit."""
    (first, unit), (_, other) = _in_its_unit(low), _in_its_unit(high)
    return from_to(first if unit == other and low != high else duration(low), duration(high))


def _in_its_unit(days: float) -> tuple[str, str]:
    unit = next((unit for unit, most in (("day", 90), ("month", 24 * A_MONTH)) if days <= most), "year")
    return f"{days / DAYS[unit]:.1f}".removesuffix(".0"), unit


def points(difference: float) -> str:
    """A difference of shares as words, without its sign: 6.6 points."""
    return f"{100 * abs(difference):.1f} points"


def points_interval(lower: float, upper: float) -> str:
    """The limits of a difference of shares, in points, with a true minus: "3.1 to 10.1", "−1.1 to 19.3".

    A limit so near to none that its side could not be seen has a second digit: "−0.04 to 6.3".
    """
    ends = [f"{100 * end:.2f}" if 0 < abs(100 * end) < 0.05 else f"{100 * end:.1f}" for end in (lower, upper)]
    return " to ".join(ends).replace("-", "\N{MINUS SIGN}")


def ratio_interval(lower: float | None, upper: float | None) -> str:
    """The limits of a ratio: "1.39 to 2.69"; empty where it has none.

    A limit so near to 1 that its side could not be seen has a third digit: "1.004 to 1.38".
    """
    if lower is None or upper is None:
        return ""
    return " to ".join(f"{end:.3f}" if end != 1 and round(end, 2) == 1 else f"{end:.2f}" for end in (lower, upper))


def p_words(p: float) -> str:
    """How likely chance alone would take things so far: "p = 0.034"; "p < 0.001"."""
    return "p < 0.001" if p < 0.001 else f"p = {p:.2f}" if p >= 0.0995 else f"p = {p:.3f}"


def within_sentence(label: str) -> str:
    """A label as it stands within a sentence: in small letters, unless it begins with an abbreviation (ASA class)."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def at_the_start(words: str) -> str:
    """Words as they stand where a sentence begins."""
    return f"{words[:1].upper()}{words[1:]}"


def joined(names: Sequence[str]) -> str:
    """Names in a sentence: "fusion", "fusion and decompression", "fusion, decompression and other"."""
    return " and ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


def from_to(first: str, last: str) -> str:
    """From one name to another: "2022 Q2 to 2023 Q4"; one alone where both are the same."""
    return first if first == last else f"{first} to {last}"


def of_all(share: float) -> str:
    """An overall share with its name: estimated for all operations, as the curve and every table of shares are."""
    return f"{percent(share)} of all operations chosen"


def of_answered(share: float) -> str:
    """An overall share with its name: of those who answered at a visit."""
    return f"{percent(share)} of all who answered"


def of_known(share: float) -> str:
    """An average with its name: of those whose state is known, without those lost, which is no estimate for all."""
    return f"{percent(share)} of the operations whose state is known"


KNOWN_ALONE = (
    "Operations lost to follow-up are left out of it, so that it lies above the share of all operations chosen, which "
    "allows for them."
)
"""Why an average of those whose state is known is not the overall share of the other screens."""


def readable(text: str) -> str:
    """What somebody wrote, without control signs (a line's end stays) or turned directions, its ends trimmed.

    Empty where nothing of it can be seen: signs of no width are no words.
    """
    shown = TURNING.sub("", text.replace("\t", " ")).strip()
    return shown if any(unicodedata.category(sign)[0] in "LNPS" for sign in shown) else ""

"""Signs that nobody sees: blanks of other widths, and signs of no width, as web pages and spreadsheets leave them."""

from __future__ import annotations

BLANKS = "".join(map(chr, (0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x202F, 0x205F, 0x3000)))
"""Each stands for a blank."""
WIDTHLESS = "".join(map(chr, (0xAD, 0x180E, *range(0x200B, 0x2010), 0x2060, 0xFEFF)))
"""Each stands for nothing."""
_SEEN = str.maketrans({**dict.fromkeys(BLANKS, " "), **dict.fromkeys(WIDTHLESS, "")})


def seen(text: str) -> str:
    """A text as a reader sees it: without signs of no width, with plain blanks, and none around it."""
    return text.translate(_SEEN).strip()


def seen_in_sql(cell: str) -> str:
    """The same for the database, but for the blanks around it."""
    return f"translate({cell}, '{BLANKS}{WIDTHLESS}', '{' ' * len(BLANKS)}')"


def trimmed_in_sql(cell: str) -> str:
    """A text without any of these signs, blanks or tabs around it; within, a sign of no width may part two letters."""
    return f"trim({cell}, ' ' || chr(9) || '{BLANKS}{WIDTHLESS}')"

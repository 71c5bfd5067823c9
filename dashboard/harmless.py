"""Text for a terminal or a log: signs that would steer it stand there as their number, and begin nothing.

And for a reader: no sign turns the direction of what is read.
"""

from __future__ import annotations

import logging
import re

STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""All control signs but tab and line break; what turns the direction of reading or cannot be seen; half a sign."""
TURNING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""The same without those of no width that belong to a word, as in Persian or within an emoji."""
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
"""Stands in a document for what cannot be set."""


def harmless(words: object) -> str:
    """The words, each steering sign as ``\\u001b``, which is also how JSON writes it."""
    return STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", str(words))


def one_line(words: object) -> str:
    """The same with each line break as ``\\n``: whatever is quoted in a sentence of ours begins no other."""
    return harmless(words).replace("\n", "\\n")


def harmless_record(record: logging.LogRecord) -> bool:
    """For a logger's filter: what is logged begins no line of its own, and steers nothing."""
    record.msg, record.args = harmless(record.getMessage()).replace("\n", "\n    "), ()
    return True

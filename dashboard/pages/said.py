"""Text that is not ours, for a screen that reads Markdown: from the data, an address, an uploaded file, a person."""

from __future__ import annotations

import html
import re

from dashboard.harmless import TURNING

WORD_JOINER = "\u2060"
"""Stands where a word would come to life, and is seen by nobody."""

MARKS = re.compile(r"([\\`*\[\]~$]|_(?![^\W_])|(?<![^\W_])_|<(?=[A-Za-z/!?])|&(?=[#\w])|^[#>+-](?=[\s#>+-]|$))")
"""Signs of Markdown and HTML, where they may begin something: ``p < 0.001`` and ``-3`` stay as they are."""
LIVE = re.compile(r":(?=[^\W\d]|[/+-])|@(?=\w)|\bwww(?=\.)", re.IGNORECASE)
"""What Streamlit makes an icon, a style or a link of even where its sign is escaped: it looks at the text again."""
COMMAND = re.compile(r"(`[^`]+`)")
UNSEEN = re.compile(f"(?:[\t\n]|{TURNING.pattern})+")
"""Line breaks, control signs, and those that turn the direction of what is read."""


def said(words: object) -> str:
    """Somebody's words as they were written: no picture, link, icon, formula or style in them comes to life.

    On one line: what is not ours begins no heading, list or paragraph of its own.
    """
    plain = " ".join(UNSEEN.sub(" ", str(words)).split())
    return LIVE.sub(lambda found: f"{found[0]}{WORD_JOINER}", MARKS.sub(r"\\\1", plain))


def told(sentence: str) -> str:
    """The same of a sentence of ours that may quote somebody's words: a command in it stays a command.

    Between two backticks nothing comes to life.
    """
    return "".join(
        UNSEEN.sub(" ", part) if place % 2 else _between(part) for place, part in enumerate(COMMAND.split(sentence))
    )


def for_html(words: object) -> str:
    """Somebody's words for a screen that reads HTML: for ``st.html`` alone, which reads no Markdown."""
    return html.escape(UNSEEN.sub(" ", str(words)))


def _between(part: str) -> str:
    inner = said(part)
    before, after = " " * part[:1].isspace(), " " * (part[-1:].isspace() and bool(inner))
    return f"{before}{inner}{after}"

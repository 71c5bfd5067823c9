"""The small page for whoever comes without having been let in, and the words of an address that let somebody in."""

from __future__ import annotations

import re
from html import escape

TOKEN, AGAIN = "launch", "again"
"""In the address: a launch token; and that the small page has asked once more already."""
PROOF, CHALLENGE = "/launch-proof", re.compile(r"[\w-]{43}", re.ASCII)
"""Where the server shows that it is ours, and what it is asked there."""
COMMAND = "python3 -m dashboard open"
HOW = f"To open it, type on this computer: {COMMAND}"
USED_UP = f"This link has been used, or is too old: each works once. {HOW}"
AS_PAGE = {"content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'; "
           "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}  # fmt: skip


def small_page(sentence: str, again: str = "") -> str:
    """It holds no data. again: an address of ours that it goes to by itself, once."""
    reload = f'<meta http-equiv="refresh" content="0; url={escape(again)}">\n' if again else ""
    words = escape(sentence).replace(COMMAND, f"<code>{COMMAND}</code>")
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{reload}<title>Spine outcomes</title>\n'
        "<style>body {font: 1.1rem/1.5 sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem}\n"
        "code {white-space: nowrap}</style>\n"
        "</head>\n<body>\n<h1>Spine outcomes</h1>\n"
        f"<p>These records are shown only to whoever has opened the app from this computer. {words}</p>\n"
        "</body>\n</html>\n"
    )

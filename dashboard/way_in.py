"""The small page for whoever comes without having been let in, and the words of an address that let somebody in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

TOKEN, AGAIN = "launch", "again"
"""In the address: a launch token; and that the small page has asked once more already."""
PROOF, CHALLENGE = "/launch-proof", re.compile(r"[\w-]{43}", re.ASCII)
"""Where the server shows that it is ours, and what it is asked there."""
LOGIN, LOGOUT, CALLBACK = "/auth/login", "/auth/logout", "/oauth2callback"
"""Where Streamlit sends somebody to a provider, signs them out, and waits for them to come back."""
PROVIDER = "provider"
COMMAND = "python3 -m dashboard open"
HOW = f"To open it, type on this computer: {COMMAND}"
USED_UP = f"This link has been used, or is too old: each works once. {HOW}"
AS_PAGE = {"content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'; "
           "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"}  # fmt: skip


SIGN_IN = "These records are shown only to people of the practice."
NOT_DONE = "Signing in was not completed. Try again; if it goes on, tell whoever looks after this app."
BEGUN_ANEW = "Signing in was begun anew in another window. Go on there, or begin again here."
NO_ANSWER = "Where you sign in there is no answer just now. Try again in some minutes."
NOT_KNOWN = "You have signed in, but this app does not know you. Tell whoever looks after it this number:"


def small_page(sentence: str, again: str = "") -> str:
    """It holds no data. again: an address of ours that it goes to by itself, once."""
    words = escape(sentence).replace(COMMAND, f"<code>{COMMAND}</code>")
    said = f"<p>These records are shown only to whoever has opened the app from this computer. {words}</p>"
    return _page(said, f'<meta http-equiv="refresh" content="0; url={escape(again)}">\n' if again else "")


def sign_in_page(ways: Mapping[str, str], sentence: str) -> str:
    """The way to each provider. ways: the label of each, by the name that the address of its way has."""
    links = (
        f'<p><a href="{LOGIN}?{escape(urlencode({PROVIDER: name}))}">Sign in with {escape(label)}</a></p>'
        for name, label in ways.items()
    )
    return _page("\n".join([f"<p>{escape(sentence)}</p>", *links]))


def quoting_page(number: str) -> str:
    """For somebody whom the provider knows and we do not."""
    # Not by loading it again: its address holds what the provider gives once.
    again = '<p>Once you have been told that you may come in: <a href="/">sign in again</a></p>'
    return _page(f"<p>{NOT_KNOWN} <strong>{escape(number)}</strong></p>\n{again}")


def signed_out_page(on: str) -> str:
    """For whoever has signed out here. on: where it goes by itself, to sign out at the provider too."""
    onward = f'<meta http-equiv="refresh" content="0; url={escape(on)}">\n'
    return _page(f'<p>You have signed out. <a href="{escape(on)}">Go on</a></p>', onward)


def _page(said: str, more: str = "") -> str:
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n{more}<title>Spine outcomes</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<style>:root {color-scheme: light dark}\n"
        "body {font: 1.1rem/1.5 sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem}\n"
        "code {white-space: nowrap}</style>\n"
        f"</head>\n<body>\n<h1>Spine outcomes</h1>\n{said}\n</body>\n</html>\n"
    )

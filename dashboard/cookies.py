"""The cookies of a request, as they were sent: read here and nowhere else, so that nobody finds another in them.

And how a browser is told to keep one of those by which people sign in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

BLANKS = " \t"
"""What may stand around a cookie. Whatever else counts as a blank elsewhere belongs to its name: another's name."""
MOST_LOOKED_AT = 2
"""Of one name: a browser has one of ours, or somebody has set another beside it."""


def joined(headers: Iterable[str]) -> str:
    """The cookies of several headers as one."""
    return "; ".join(headers)


def named(cookies: str, name: str) -> list[str]:
    """The values of the first two cookies of this name, which is compared to the letter."""
    return list(islice(_values(cookies, name), MOST_LOOKED_AT))


def only(cookies: str, name: str) -> str:
    """The value of the one cookie of this name; empty where there is none, or another beside it."""
    values = named(cookies, name)
    return values[0] if len(values) == 1 else ""


def is_by_tls(origin: str) -> bool:
    """Whether our pages come by TLS, from an origin such as https://a.example."""
    return origin.startswith("https:")


def to_keep(name: str, value: str, seconds: int, origin: str, path: str = "/") -> str:
    """A cookie for whoever comes by this origin, for so long; 0 seconds take it away.

    Lax: a browser that comes back from a provider sends no Strict one.
    """
    kept = f"{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Lax"
    return f"{kept}; Secure" if is_by_tls(origin) else kept


def _values(cookies: str, name: str) -> Iterator[str]:
    for part in cookies.split(";"):
        said, _, value = part.strip(BLANKS).partition("=")
        if said == name:
            yield value

"""A mapping written out as TOML: what the assistant chose, as a person could have written it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

BARE = re.compile(r"[A-Za-z0-9_-]+")
HEAD = "# Which column and word of this site is which of ours. From the mapping assistant; may be edited by hand.\n"


def toml(words: Mapping[str, Any]) -> str:
    """The text of a mapping file; read again it gives these words."""
    return HEAD + "".join(_part(words, ()))


def _part(words: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {key: value for key, value in words.items() if not isinstance(value, Mapping)}
    if path and (plain or not words):
        yield f"\n[{'.'.join(map(_key, path))}]\n"
    for key, value in plain.items():
        yield f"{_key(key)} = {_value(value)}\n"
    for key, value in words.items():
        if isinstance(value, Mapping):
            yield from _part(value, (*path, key))


def _key(key: str) -> str:
    return key if BARE.fullmatch(key) else _quoted(key)


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else _quoted(str(value))


def _quoted(text: str) -> str:
    """JSON's way of writing a text is TOML's as well, but for one sign that TOML wants written out."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")

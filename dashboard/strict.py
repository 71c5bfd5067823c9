"""Strict reading of TOML: what nothing knows is refused where it stands, with what is known and what is nearest."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from dashboard.errors import DefinitionsWrong

Entry = TypeVar("Entry")
KINDS = {str: "text", int: "whole number", float: "number", bool: "true or false", date: "date"}


def toml(path: Path) -> dict[str, Any]:
    """What a TOML file holds. Raises DefinitionsWrong, naming the file, when it cannot be read."""
    try:
        return toml_of(path.read_text(encoding="utf-8"), path.name)
    except (OSError, UnicodeDecodeError) as problem:
        raise DefinitionsWrong(f"{path.name} cannot be read: {problem}.") from problem


def toml_of(text: str, name: str) -> dict[str, Any]:
    """What the text of a TOML file of this name says. Raises DefinitionsWrong, naming the file, when it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise DefinitionsWrong(f"{name} cannot be read: {problem}.") from problem


def known_words(word: object, known: Iterable[str]) -> str:
    """How the refusal of a word ends: with all that are known, and the one that was perhaps meant."""
    listed = list(known)
    meant = get_close_matches(str(word), listed, 1)
    return ", ".join(listed) + (f'; did you mean "{meant[0]}"?' if meant else ".")


def check_keys(where: str, entry: Any, known: Collection[str], needed: Iterable[str] = ()) -> None:
    """Raises DefinitionsWrong when a part of a file has a key that nothing reads, or not one that is needed."""
    if not isinstance(entry, Mapping):
        raise DefinitionsWrong(f"{where}: {entry!r} is no part with keys of its own.")
    for key in entry:
        if key not in known:
            raise DefinitionsWrong(f'{where}, key "{key}": no such key. Known keys: {known_words(key, known)}')
    for key in needed:
        if key not in entry:
            raise DefinitionsWrong(f'{where}: an entry is incomplete, it does not say "{key}".')


def check_words(where: str, named: Iterable[str], known: Collection[str], kind: str) -> None:
    """Raises DefinitionsWrong when a word is no ``kind``, or is named twice."""
    seen: set[str] = set()
    for word in named:
        if word not in known:
            raise DefinitionsWrong(f'{where}: "{word}" is no {kind}. Known: {known_words(word, known)}')
        if word in seen:
            raise DefinitionsWrong(f'{where}: "{word}" is named twice.')
        seen.add(word)


def made(kind: type[Entry], entry: Any, where: str, **given: Any) -> Entry:
    """The record of this kind that a TOML table is, and those within it; a list becomes a tuple.

    where: the file, and the part of it; given: fields that stand elsewhere, unless the table has them.
    Raises DefinitionsWrong for a key that is unknown or missing, and for a value of another kind than its field.
    """
    hints = get_type_hints(kind)
    words = {**given, **entry} if isinstance(entry, Mapping) else entry
    check_keys(where, words, hints, [one.name for one in fields(kind) if one.default is MISSING])  # type: ignore[arg-type]
    return kind(**{key: _value(value, hints[key], where, key) for key, value in words.items()})


def _value(value: Any, hint: Any, where: str, key: str) -> Any:
    if isinstance(hint, UnionType):  # what may be left out is not None when it is there
        hint = next(one for one in get_args(hint) if one is not NoneType)
    if get_origin(hint) is tuple and isinstance(value, list):
        return tuple(_value(one, get_args(hint)[0], where, key) for one in value)
    if get_origin(hint) is Mapping:
        check_keys(f"{where}, [{key}]", value, value)
        of = get_args(hint)[1]
        if isinstance(of, type) and is_dataclass(of):
            return {name: made(of, one, f"{where}, [{key}.{name}]") for name, one in value.items()}
        return {name: _value(one, of, f"{where}, [{key}]", name) for name, one in value.items()}
    if isinstance(hint, type) and is_dataclass(hint):
        return made(hint, value, f"{where}, [[{key}]]")
    # Exactly: to Python true is a number, and a moment is a date.
    if type(value) is hint or (hint is float and type(value) is int):
        return value
    raise DefinitionsWrong(f'{where}, key "{key}": {value!r} is no {KINDS.get(hint, "list")}.')

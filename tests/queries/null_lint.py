"""Finds in SQL what passes over null, or turns it into a value, without saying why it may.

``least(90, age)`` is 90 where no age is recorded; ``count(x)``, ``min(x)`` and ``filter (where x)`` leave out what
nobody wrote down; ``coalesce(x, 0)`` and the ``else`` of a ``case`` make a value of it; ``x not in (…)`` is never true.
Each use must have a ``coalesce``, an ``is null`` or a ``case`` in what it is given, or name nothing that can be null,
or stand with (or right below) a comment that speaks of null or of what is recorded.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

PASSING_OVER = (
    "least", "greatest", "concat", "concat_ws", "min", "max", "arg_min", "arg_max", "min_by", "max_by", "any_value",
    "first", "last", "first_value", "last_value", "bool_or", "bool_and", "bit_or", "bit_and", "sum", "avg", "median",
    "mode", "list", "string_agg", "array_agg", "count",
)  # fmt: skip
USE = re.compile(
    rf"\b(?P<name>{'|'.join(PASSING_OVER)}|coalesce|ifnull|filter|not in) ?(?P<open>\()|\b(?P<other>else)\b", re.I
)
SQL = re.compile(r"\bselect\b|\bcase\b|\b[a-z_]+\(", re.I)
CASES = re.compile(r"\b(case|end)\b", re.I)
GUARD = re.compile(r"\bcoalesce\b|\bis (not )?null\b|\bcase\b|\bis (not )?distinct\b", re.I)
REASON = re.compile(r"\bnull\b|recorded", re.I)
VALUE = re.compile(r"'[^']*'|[-+]?[0-9][0-9.]*|true|false|\$[a-z_]+", re.I)
QUOTED = re.compile(r"'(?:[^']|'')*'")
NAMES = re.compile(r"(?<![$.\w'])(?:[a-z_][a-z0-9_]*\.)?([a-z_][a-z0-9_]*)\b(?! ?\()", re.I)
WORDS = frozenset(
    re.findall(
        "[a-z]+",
        "where and or not in is null as cast distinct order by asc desc over partition rows between from then when case"
        " end else true false interval extract select integer smallint utinyint bigint double varchar date boolean"
        " unbounded following preceding current row range filter respect nulls",
    )
)


class Use(NamedTuple):
    """One use that says nothing of null: the line, counted from 1, and what passes over it."""

    line: int
    name: str


def unexplained(text: str, never_null: frozenset[str] = frozenset()) -> list[Use]:
    """The uses in one SQL text that say nothing of null. never_null: the columns that always have a value."""
    code, said = _without_comments(text)
    found = []
    for use in USE.finditer(code):
        name = (use["name"] or use["other"]).lower()
        start, end = _case(code, use.start()) if name == "else" else (use.start(), _closed(code, use.end()))
        inside = code[start:end] if name == "else" else code[use.end() : end - 1]
        if name == "not in":  # what is looked for stands before it
            inside = f"{code[:start].split()[-1]}, {inside}"
        first, last = code.count("\n", 0, start), code.count("\n", 0, end)
        if _asks(name, inside, code[end:], never_null) and not _reason(code, said, name, first, last):
            found.append(Use(code.count("\n", 0, use.start()) + 1, name))
    return found


def unexplained_in_python(text: str, never_null: frozenset[str] = frozenset()) -> list[Use]:
    """The same in the strings of a Python file, docstrings apart; a comment of Python's explains them."""
    tree = ast.parse(text)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    said = {
        number: REASON.search(line.split("#", 1)[1]) for number, line in enumerate(text.splitlines()) if "#" in line
    }
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr | ast.Constant) or id(node) in docstrings | parts:
            continue
        written = _text_of(node) if isinstance(node, ast.JoinedStr) or isinstance(node.value, str) else ""
        if not SQL.search(written):
            continue
        if not any(said.get(line) for line in range(node.lineno - 2, node.end_lineno or node.lineno)):
            found += [Use(node.lineno, use.name) for use in unexplained(written, never_null)]
    return sorted(set(found))


def _text_of(node: ast.expr) -> str:
    """What a string says, with a name in the place of what is put into it."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text_of(part) for part in node.values)
    if isinstance(node, ast.Constant):
        return str(node.value)
    return "put_in"


def _asks(name: str, inside: str, behind: str, never_null: frozenset[str]) -> bool:
    """Whether a use has to be explained, by what it is given. An empty text is what is not recorded, and no value."""
    if name in ("coalesce", "ifnull"):
        last = _arguments(inside)[-1]
        return last != "''" and VALUE.fullmatch(last) is not None
    if name == "count" and inside.strip() == "*":
        return False
    filtered = re.match(r" filter \(where ", behind)
    given = inside + (behind[: _closed(behind, filtered.end())] if filtered else "")
    if {word.lower() for word in NAMES.findall(given)} - WORDS <= never_null:
        return False
    if name in ("least", "greatest"):
        return not all(VALUE.fullmatch(one) or GUARD.search(one) for one in _arguments(inside))
    return GUARD.search(given[len("case") :] if name == "else" else given) is None


def _arguments(inside: str) -> list[str]:
    """What stands between the commas of a call, those of calls within it apart."""
    depth, parts = 0, [""]
    for sign in inside:
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [" ".join(part.split()) for part in parts]


def _reason(code: str, said: dict[int, str], name: str, first: int, last: int) -> bool:
    """Whether a comment beside the use says why, or one above it, or above like uses that stand above it."""
    lines = code.splitlines()
    above = first
    while above and re.search(rf"\b{name}\b", lines[above - 1], re.I):
        above -= 1
    while above - 1 in said and not lines[above - 1].strip():
        above -= 1
    return any(REASON.search(said.get(line, "")) for line in range(above, last + 1))


def _without_comments(text: str) -> tuple[str, dict[int, str]]:
    """The code, each line in its place and what is quoted made one word; and the comments by line, from 0.

    The opening comment explains no single use: it is not among them.
    """
    lines, said, opening = [], {}, True
    for number, line in enumerate(text.splitlines()):
        code = QUOTED.sub(lambda found: "'" + "x" * (len(found[0]) - 2) + "'", line)
        code, mark, _ = code.partition("--")
        opening = opening and not code.strip()
        if mark and not opening:
            said[number] = line[len(code) :]
        lines.append(code)
    return "\n".join(lines), said


def _closed(code: str, inside: int) -> int:
    """Behind the bracket that closes the one before this place."""
    depth = 1
    for place in range(inside, len(code)):
        depth += (code[place] == "(") - (code[place] == ")")
        if depth == 0:
            return place + 1
    return len(code)


def _case(code: str, place: int) -> tuple[int, int]:
    """From the ``case`` to the ``end`` round a place."""
    start, depth = place, 0
    for word in reversed(list(CASES.finditer(code, 0, place))):
        depth += 1 if word[1].lower() == "end" else -1
        if depth < 0:
            start = word.start()
            break
    depth = 0
    for word in _from(code, place):
        depth += -1 if word[1].lower() == "end" else 1
        if depth < 0:
            return start, word.end()
    return start, len(code)


def _from(code: str, place: int) -> Iterator[re.Match[str]]:
    yield from CASES.finditer(code, place)

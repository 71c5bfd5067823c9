"""JSON as the standard writes it, and nothing that only Python would take: no NaN, no endless nesting, no key twice.

ijson's events are put together block by block, so that a large Bundle never stands in memory as a whole. Its C backend
is asked for by name: the one in pure Python takes "+1", and needs ten times as long.
"""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Iterable, Iterator
from decimal import Decimal, DecimalException
from itertools import chain
from typing import Any

from ijson import JSONError, sendable_list
from ijson.backends import yajl2_c

DEEPEST = 60
LONGEST_NUMBER = 40
PARTS_MOST = 500_000
BLOCK = 1 << 16
NAMED = re.compile(rb"(?<=[:,\[\s])(?:(NaN|-?Infinity)|-?([0-9]{%d,}))" % (LONGEST_NUMBER + 1))
"""What is told of a piece that cannot be read."""


class NotJson(ValueError):
    """The message ends a sentence that begins with what was read: "is not valid JSON (NaN)"."""


class TooDeep(NotJson):
    """Nested deeper than any FHIR resource."""


def parse(raw: bytes, apart: str | None = None) -> Any:
    """The value that these bytes are, without the parts that are set apart. Raises NotJson, which says why not."""
    blocks = (raw[at : at + BLOCK] for at in range(0, len(raw), BLOCK))
    ((_, value),) = deque(parts(blocks, len(raw), apart), maxlen=1)
    return value


def parts(blocks: Iterable[bytes], longest: int, apart: str | None = None) -> Iterator[tuple[int, Any]]:
    """Each object and list in the outermost list of the name ``apart``, with its number there, the first being 1.

    Last comes, numbered 0, what is around them. longest: bytes that one of them may have, to within a block. Raises
    NotJson, whose message says why not.
    """
    text = _Text(blocks, longest)
    whole: list[Any] = []
    inside: Any = whole
    around: list[Any] = []
    listed: list[Any] | None = None
    key = ""
    for event, value in text.events():
        if event == "map_key":
            if value in inside:
                raise NotJson("has a key twice in one place")
            key = value
        elif event in ("end_map", "end_array"):
            part, inside = inside, around.pop()
            if listed is not None and inside is listed:
                yield text.handed_over(listed), part
        else:
            made = value if event == "string" else _made(event, value)
            if isinstance(inside, dict):
                inside[key] = made
            else:
                inside.append(made)
            if event in ("start_map", "start_array"):
                around.append(inside)
                inside = made
                if len(around) > DEEPEST:
                    raise TooDeep("is nested too deeply to be FHIR")
                if len(around) == 2 and key == apart and event == "start_array":
                    listed = made
    yield 0, whole[0]


def _made(event: str, value: Any) -> Any:
    if event == "start_map":
        return {}
    if event == "start_array":
        return []
    if event != "number":
        return value
    digits = len(value.as_tuple().digits) if isinstance(value, Decimal) else len(str(value))
    if digits > LONGEST_NUMBER:
        raise NotJson(f"has a number of {digits:,} digits")
    return float(value) if isinstance(value, Decimal) else value


class _Text:
    """What is read, as events; how much of it since a part was handed over, and how many parts there were."""

    def __init__(self, blocks: Iterable[bytes], longest: int) -> None:
        self._blocks, self._longest = blocks, longest
        self._since = self._number = 0

    def events(self) -> Iterator[tuple[str, Any]]:
        """The events of its text, in order. Raises NotJson."""
        events = sendable_list()
        parser, decoder = yajl2_c.basic_parse_coro(events), codecs.getincrementaldecoder("utf-8")()
        before = b""
        for block in chain(self._blocks, [b""]):
            plain = block if before else block.removeprefix(codecs.BOM_UTF8)
            try:
                decoder.decode(plain, final=not block)
                parser.send(plain) if block else parser.close()
            except UnicodeDecodeError:
                raise NotJson("is not encoded as UTF-8") from None
            except (JSONError, DecimalException, SystemError):
                # The last for a number of more digits than Python takes: its event is broken, and no event is touched.
                raise NotJson(_why(before + plain)) from None
            if b"\v" in plain or b"\f" in plain:  # which are no blanks of JSON, but are taken for such
                raise NotJson("is not complete JSON")
            yield from events
            events.clear()
            before = block
            self._since += len(block)
            if self._since > self._longest or self._number > PARTS_MOST:
                raise NotJson(
                    f"holds a resource of over {self._longest >> 20} MB, or over {PARTS_MOST:,} of them. "
                    "Export it in parts, as bulk NDJSON"
                )

    def handed_over(self, listed: list[Any]) -> int:
        """The number of the last part of this list, which forgets what it had."""
        self._number += len(listed)
        self._since = 0
        listed.clear()
        return self._number


def _why(piece: bytes) -> str:
    found = NAMED.search(piece)
    if found is None:
        return "is not complete JSON"
    word, digits = found.groups(b"")
    return f"is not valid JSON ({word.decode()})" if word else f"has a number of {len(digits):,} digits"

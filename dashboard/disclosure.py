"""What may be told of other people's patients: only of many together, and of no unit that could be told apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

FEWEST_UNITS: Mapping[str, int] = MappingProxyType({"surgeon": 5, "site": 3})
"""By what a viewer's scope is narrowed to, so many others there must be besides."""
FEWEST_OPERATIONS = 11


def hidden_among(sizes: Sequence[int], kind: str) -> bool:
    """Whether the others are so many that none of them is told by a figure of them all.

    sizes: the operations of each other surgeon or site (``kind``). None may have more than half of them.
    """
    total = sum(sizes)
    return len(sizes) >= FEWEST_UNITS[kind] and total >= FEWEST_OPERATIONS and 2 * max(sizes) <= total


def masks(others: Mapping[int, str], keyed: Callable[[str], bytes]) -> dict[int, str]:
    """For units of others, by their code, words that say nothing of them: a place in an order that nobody can work out.

    others: by code the name. keyed: a digest with a secret of the store; without a secret, whoever knows the names
    could number them himself. It holds for one cohort of one viewer, so that no number stays with a unit.
    """
    order = sorted(others, key=lambda code: keyed(others[code]))
    return {code: f"Peer {place}" for place, code in enumerate(order, start=1)}

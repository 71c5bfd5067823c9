"""What follows for certain from what is told of many sets of operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
ROUNDS = 4
"""How often bounds are carried along all chains: after so many no further one moved."""


class Inferred(NamedTuple):
    """The places of operations that have failed for certain, of those that have not, and how many pairs were tried."""

    failed: frozenset[int]
    well: frozenset[int]
    pairs: int


@dataclass
class Heard:
    """What was told of sets of the same operations: which they are, and the bounds of how many of them failed."""

    operations: int
    members: list[Bools] = field(default_factory=list)
    low: list[int] = field(default_factory=list)
    high: list[int] = field(default_factory=list)

    def hear(self, members: Bools, low: int, high: int) -> None:
        """One answer."""
        self.members.append(members)
        self.low.append(low)
        self.high.append(high)

    def inferred(self) -> Inferred:
        """Whose outcome is certain."""
        keys = np.random.default_rng(1).integers(1, 2**62, self.operations, dtype=np.int64)
        sets, low, high, names = self._each_once(keys)
        sizes = sets.sum(axis=1)
        numbers = sets.astype(np.float32)
        inside, outside = np.nonzero((numbers @ numbers.T) == sizes[:, None])
        proper = inside != outside
        inside, outside = inside[proper], outside[proper]
        more = sizes[outside] - sizes[inside]
        place = {name: at for at, name in enumerate(names)}
        rest = np.array([place.get(name, -1) for name in names[outside] ^ names[inside]], dtype=np.int64)
        _carry(low, high, inside, outside, more, rest)
        least, most = low[outside] - high[inside], high[outside] - low[inside]
        failed, well = low >= sizes, high <= 0
        found: list[set[int]] = [set(), set()]
        for kind, (alone, apart) in enumerate(((failed, least >= more), (well, most <= 0))):
            for members in sets[alone]:
                found[kind] |= {*np.flatnonzero(members).tolist()}
            for a, b in zip(inside[apart], outside[apart], strict=True):
                found[kind] |= {*np.flatnonzero(sets[b] & ~sets[a]).tolist()}
        return Inferred(frozenset(found[0]), frozenset(found[1]), len(inside))

    def _each_once(self, keys: Ints) -> tuple[Bools, Ints, Ints, Ints]:
        """Each set once, with the narrowest bounds that were told of it in any words, and a number that names it."""
        members, sizes = np.array(self.members), np.array(self.members).sum(axis=1)
        names = np.array([np.bitwise_xor.reduce(keys[one]) if one.any() else 0 for one in members], dtype=np.int64)
        known, first, of = np.unique(names, return_index=True, return_inverse=True)
        low, high = np.zeros(len(known), dtype=np.int64), sizes[first].astype(np.int64)
        np.maximum.at(low, of, np.array(self.low, dtype=np.int64))
        np.minimum.at(high, of, np.array(self.high, dtype=np.int64))
        return members[first], low, high, known


def _carry(low: Ints, high: Ints, inside: Ints, outside: Ints, more: Ints, rest: Ints) -> None:
    """Narrow the bounds of each set by those of the sets within it and round it, and of what makes it whole."""
    parted = rest >= 0
    a, b, c = inside[parted], outside[parted], rest[parted]
    for _ in range(ROUNDS):
        np.maximum.at(low, outside, low[inside])
        np.minimum.at(high, inside, high[outside])
        np.maximum.at(low, inside, low[outside] - more)
        np.minimum.at(high, outside, high[inside] + more)
        np.maximum.at(low, b, low[a] + low[c])
        np.minimum.at(high, b, high[a] + high[c])
        np.maximum.at(low, c, low[b] - high[a])
        np.minimum.at(high, c, high[b] - low[a])

"""Scores that are a percentage by their code, and may yet be written in points: half of the scale tells which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dashboard.definitions.canonical import column_named
from dashboard.importing.formats.fhir.parts import part, text
from dashboard.importing.units import factor, written

HALF = 50.0
PER_CENT = "%"


@dataclass
class Percentages:
    """By our column how many values came without their unit, and the highest of all.

    said: by column the unit that the site's mapping says its numbers have; of these nothing is asked.
    """

    said: Mapping[str, str] = field(default_factory=dict)
    plain: Counter[str] = field(default_factory=Counter)
    highest: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, value: str, holder: Mapping[str, Any]) -> str:
        """Take down one value, if its column is a percentage, and give it back in the unit that the mapping says.

        holder: what it was read from; one that names its unit itself is no number of the mapping's.
        """
        if factor(name, PER_CENT) != 1:
            return value
        quantity = part(holder, "valueQuantity")
        named = PER_CENT in (text(quantity.get("code")), text(quantity.get("unit")))
        self.plain[name] += not named
        self.highest[name] = max(float(value), self.highest.get(name, 0.0))
        column = column_named(name)
        each = next((one.each for one in column.scales if one.name == self.said.get(name)), 1.0) if column else 1.0
        return written(float(value) / each) if named else value

    def questions(self) -> Iterator[str]:
        """A question for each column in which nothing is over half of the scale, and something has no unit."""
        for name, highest in sorted(self.highest.items()):
            if name not in self.said and highest <= HALF and (count := self.plain[name]):
                yield (
                    f"Are the values of {name} per cent, or points of {HALF:g}? {count:,} came without a unit, and the "
                    f"highest of all is {highest:g}. They were read as per cent, as their code says. If they are "
                    "points, counted so they halve every change: say so in a mapping, below [follow_ups.units]: "
                    f'{name} = "points_of_{HALF:g}".'
                )

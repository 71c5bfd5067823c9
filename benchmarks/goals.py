"""The eighteen goals, part by part, and whether the figures meet them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.figures import TIMES, Figure


@dataclass(frozen=True)
class Part:
    """One bound of a goal. word: what a figure calls it; at: the size that the goal speaks of, 0 for any."""

    word: str
    said: str
    most: float | None = None
    least: float | None = None
    unit: str = TIMES
    at: int = 0

    @property
    def goal(self) -> int:
        """The number of the goal."""
        return int(self.word.split()[0])

    @property
    def bound(self) -> str:
        """The bound in words."""
        sign, bound = ("≤", self.most) if self.most is not None else ("≥", self.least)
        return f"{sign} {bound:g}{'' if self.unit == TIMES else f' {self.unit}'}"

    def holds(self, value: float) -> bool:
        """Whether a figure meets it."""
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)

    def worst(self, figures: Iterable[Figure]) -> Figure:
        """The figure by which it is judged where several answer it."""
        by = (lambda one: one.median) if self.most is not None else (lambda one: -one.median)
        return max(figures, key=by)


TEN_MILLION = 10_000_000
PARTS = (
    Part("1", "the eight typical reads, half of the operations ÷ a bare scan of their columns", 4, at=TEN_MILLION),
    Part("2", "the reads of each page, likewise", 4, at=TEN_MILLION),
    Part("3", "the reads of each page, unfiltered or by prepared dimensions ÷ half filtered in", 0.1, at=TEN_MILLION),
    Part("4 time", "the same question again", 10, unit="ms", at=TEN_MILLION),
    Part("4 scans", "questions that reach the database then", 0, unit="scans", at=TEN_MILLION),
    Part("5 lifelines", "8 curves with intervals: lifelines ÷ ours with Gray's test too", least=25, at=TEN_MILLION),
    Part("5 R", "the same by survfit of R ÷ ours", least=75, at=TEN_MILLION),
    Part("6 time", "the eight reads on a prepared frame of pandas ÷ ours, in processor time", least=4, at=TEN_MILLION),
    Part("6 memory", "memory of ours ÷ that of pandas", 0.25, at=TEN_MILLION),
    Part("7", "the eight reads at ten times the operations ÷ at one", 10.5, at=TEN_MILLION),
    Part("8", "memory of the server after every page", 1024, unit="MiB", at=TEN_MILLION),
    Part("9 page", "a filter changed to charts, in the browser ÷ an empty rerun", 4),
    Part("9 fragment", "likewise where a part of the page is drawn again", 2),
    Part("10", "a filter changed to charts at 1 M ÷ the same with canned numbers", 1.15, at=1_000_000),
    Part("11", "processor time of a rerun with counts remembered ÷ Streamlit's defaults", 0.45),
    Part("12 p95", "50 sessions that change filters, 95th percentile ÷ Streamlit's defaults", 0.35),
    Part("12 errors", "errors of those", 0, unit="errors"),
    Part("12 memory", "memory of a session", 2, unit="MB"),
    Part("13 start", "start to the first charts ÷ Streamlit's empty app", 1.5),
    Part("13 bytes", "what a change sends to the browser", 60, unit="kB"),
    Part("14 import", "import ÷ DuckDB's own typed read", 3, at=TEN_MILLION),
    Part("14 month", "one more month ÷ a copy of the store", 1, at=TEN_MILLION),
    Part("15", "the last of 12 who open the app together after a publish ÷ one alone", 2),
    Part("16", "ten quick changes of a filter ÷ one", 1.5),
    Part("17 time", "one control changed again and again, server part", 20, unit="ms", at=TEN_MILLION),
    Part("17 growth", "the same at ten times the operations ÷ at one", 1.5, at=TEN_MILLION),
    Part("18", "one more month ÷ a copy of the store and an import of the month alone", 1, at=TEN_MILLION),
)  # fmt: skip
"""In their order. A figure that names no part of these answers no goal."""

MET, SHORT, OTHER_SIZE = "met", "not met", "at another size"


def answered(figures: Sequence[Figure]) -> Iterator[tuple[Part, dict[int, Figure]]]:
    """Each part with the figure that decides at each size."""
    for part in PARTS:
        of_it = [one for one in figures if one.part == part.word and one.values]
        sizes = sorted({one.operations for one in of_it})
        yield part, {size: part.worst(one for one in of_it if one.operations == size) for size in sizes}


def verdict(part: Part, by_size: dict[int, Figure]) -> str:
    """Whether it is met at the size that it speaks of, or else at the largest that was measured."""
    if not by_size:
        return "not measured"
    size = part.at if part.at in by_size else max(by_size)
    said = MET if part.holds(by_size[size].median) else SHORT
    return said if part.at in (0, size) else f"{said} ({OTHER_SIZE})"

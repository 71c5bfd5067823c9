"""The figures as tables to read: the goals, then group by group, each beside the run before."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from benchmarks.figures import TIMES, Figure
from benchmarks.goals import PARTS, answered, verdict

Rows = list[list[str]]
SIZES = ((1_000_000_000, "G"), (1_000_000, " M"), (1_000, " thousand"))


def size(operations: int) -> str:
    """10 M, 100 thousand, 2,400."""
    for unit, word in SIZES:
        if operations >= unit and operations % unit == 0:
            return f"{operations // unit}{word}"
    return f"{operations:,}"


def number(value: float) -> str:
    """Three figures of it, which is more than a shared machine can tell."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def spread(values: Sequence[float]) -> str:
    """The median, with the least and the most."""
    middle = number(statistics.median(values))
    return middle if len(values) == 1 else f"{middle} ({number(min(values))} to {number(max(values))})"


def goals(figures: Sequence[Figure]) -> Rows:
    """A row for each part of a goal: its figure at every size, and whether it is met."""
    sizes = sorted({one.operations for one in figures if one.part})
    rows = [["Goal", "What", "Bound", *map(size, sizes), "By processor time", "Before", "Verdict"]]
    for part, by_size in answered(figures):
        last = by_size[max(by_size)] if by_size else None
        rows.append([
            str(part.goal), part.said, part.bound,
            *(spread(by_size[one].values) if one in by_size else "" for one in sizes),
            spread(last.cpu) if last and last.cpu else "",
            spread(last.before) if last and last.before else "",
            verdict(part, by_size),
        ])  # fmt: skip
    return rows


def met(figures: Sequence[Figure]) -> str:
    """How many of the goals are met in all their parts."""
    short = {part.goal for part, by_size in answered(figures) if verdict(part, by_size) != "met"}
    numbers = {part.goal for part in PARTS}
    return f"{len(numbers - short)} of {len(numbers)} goals are met in all their parts, at the size that they speak of."


def groups(figures: Sequence[Figure]) -> Iterator[tuple[str, Rows]]:
    """Each group with a row for every figure; what could not be measured says why."""
    for group in dict.fromkeys(one.group for one in figures):
        rows = [["What", "Operations", "Median (least to most)", "By processor time", "Before"]]
        for one in sorted((each for each in figures if each.group == group), key=lambda each: each.operations):
            unit = "" if one.unit == TIMES else f" {one.unit}"
            rows.append([
                one.name, size(one.operations),
                _cell(one),
                f"{spread(one.cpu)}{unit}" if one.cpu else "",
                f"{spread(one.before)}{unit}" if one.before else "",
            ])  # fmt: skip
        yield group, rows


def side_by_side(figures: Sequence[Figure]) -> Iterator[tuple[str, Rows]]:
    """Each group with a row for every figure and a column for every size."""
    for group in dict.fromkeys(one.group for one in figures):
        own = {(one.name, one.operations): one for one in figures if one.group == group}
        sizes = sorted({operations for _, operations in own})
        rows = [["What", *map(size, sizes)]]
        for name in dict.fromkeys(name for name, _ in own):
            rows.append([name, *(_cell(own.get((name, operations))) for operations in sizes)])
        yield group, rows


def _cell(one: Figure | None) -> str:
    if one is None or not one.values:
        return one.why_not if one else ""
    return f"{spread(one.values)}{'' if one.unit == TIMES else f' {one.unit}'}"


def plain(rows: Rows) -> str:
    """A table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def marked_down(rows: Rows) -> str:
    """A table for a document."""
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)

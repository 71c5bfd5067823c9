"""``python -m benchmarks.document``: the part of README.md between its marks, made from the figures that are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import Figure, read
from benchmarks.tables import goals, marked_down, met, side_by_side, size

HERE = Path(__file__).parent
KEPT, README = HERE / "figures.json", HERE / "README.md"
BEGIN, END = "<!-- figures: made by python -m benchmarks.document -->", "<!-- end of figures -->"


def main() -> None:
    """Write the part anew."""
    README.write_text(renewed(README.read_text(encoding="utf-8"), read(KEPT)), encoding="utf-8")


def renewed(text: str, figures: Sequence[Figure]) -> str:
    """The document with the part between its marks made from these figures."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{section(figures)}\n\n{END}{after}"


def section(figures: Sequence[Figure]) -> str:
    """The goals, then each group, on what machine, and of how many operations."""
    if not figures:
        return "Nothing was measured yet."
    sizes = " · ".join(map(size, sorted({one.operations for one in figures})))
    days = sorted({one.when[:10] for one in figures})
    where = "\n".join(f"* {machine}" for machine in sorted({one.machine for one in figures}))
    parts = [
        f"Measured {' to '.join(dict.fromkeys((days[0], days[-1])))}, on made-up operations by the rules of "
        f"`sample_data/rules.toml`: {sizes}. On:\n\n{where}",
        met(figures),
        marked_down(goals(figures)),
        *(f"### {group.capitalize()}\n\n{marked_down(rows)}" for group, rows in side_by_side(figures)),
    ]
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()

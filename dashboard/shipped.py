"""Where the files that are not Python stand, in a checkout and in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from dashboard.errors import NoData

PACKAGE = Path(__file__).resolve().parent


def shipped(*parts: str) -> Path:
    """The path of a shipped file or folder, such as ``shipped("queries", "reads")``.

    In a wheel it stands inside the package, in a checkout beside it. Inside comes first: beside an installed package
    stand other people's, and one of them may be called ``queries`` too.
    Raises NoData when the folder it belongs to was not installed.
    """
    for place in (PACKAGE, PACKAGE.parent):
        if (place / parts[0]).exists():
            return place.joinpath(*parts)
    raise NoData(f'"{parts[0]}" is missing beside the program. Install it again, or take a whole checkout.')

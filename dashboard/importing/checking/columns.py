"""Which column of a file is which of ours: by its mapping, else by its name; and what to say of the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import get_close_matches

from dashboard.definitions.canonical import Table
from dashboard.importing.blanks import seen
from dashboard.importing.column_names import is_person, plain, spellings
from dashboard.importing.formats.sheets import Lines
from dashboard.importing.result import Issue, refused

NOT_USED = "column_not_used"


def columns_of(
    table: Table,
    name: str,
    header: Sequence[str],
    mapped: dict[str, str],
    issues: list[Issue],
    lines: Lines | None = None,
    identity: Sequence[str] = (),
    constants: Collection[str] = (),
) -> dict[str, str]:
    """Ours -> theirs for the columns of a file; what is not used is noted. Raises ImportRefused when one is missing.

    A column that the mapping names for one of ours is not also read as another by its name.
    lines: the file's first lines as cells, to see whether its column names stand further down; identity: those of its
    columns that together say who a patient is; constants: those of ours that the mapping gives a value for every row,
    and no column of the file.
    """
    mapped = {ours: named(name, theirs, header) for ours, theirs in mapped.items()}
    taken = set(mapped.values())
    spelled = {_plain(column): column for column in header if column and column not in taken}
    theirs = {
        column: "" if column in constants else mapped.get(column) or spelled.get(column, "") for column in table.columns
    }
    if not any(column in header for column in theirs.values() if column):
        raise _stop(name, _no_names(table, mapped, lines))
    if gone := [column for column in (*mapped.values(), *identity) if column not in header]:
        unused = [column for column in header if column and column not in theirs.values()]
        raise _stop(name, f'has no column "{gone[0]}", which the mapping names.{_perhaps(gone[0], unused)}')
    needed = [
        column for column, held in table.columns.items()
        if held.required and not (held.instead and theirs[held.instead])
    ]  # fmt: skip
    unused = [column for column in header if column and column not in (*theirs.values(), *identity)]
    if gone := [column for column in needed if not theirs[column] and column not in constants]:
        raise _stop(
            name,
            f'has no column "{gone[0]}", which is needed. Add it, or name the column in a mapping.'
            f"{_perhaps(gone[0], unused)}",
        )
    if unused:
        issues.append(Issue("note", NOT_USED, name, f"{name}: {_not_used(unused)}", 1))
    return {column: their for column, their in theirs.items() if their}


def named(name: str, wanted: str, header: Sequence[str]) -> str:
    """The column of the file that a mapping names: as it is written there, else without regard to case and blanks."""
    if wanted in header:
        return wanted
    alike = [column for column in header if column and _bare(column) == _bare(wanted)]
    if len(alike) > 1:
        which = ", ".join(f'"{column}"' for column in alike)
        raise _stop(name, f'has no column "{wanted}" but {which}. Write in the mapping which of them it is.')
    return alike[0] if alike else wanted


def _bare(column: str) -> str:
    return "".join(column.casefold().split())


def _no_names(table: Table, mapped: dict[str, str], lines: Lines | None) -> str:
    """Never with a word of the first line: it may be a patient's."""
    known = {_plain(column) for column in (*table.columns, *mapped.values())}
    for number, cells in enumerate(lines() if lines else [], start=1):
        if number > 1 and len(known & {_plain(cell) for cell in cells}) >= 2:
            return (
                f"seems to have its column names in row {number}, not row 1. Say so in a mapping: "
                f"header_row = {number} below [file]; or delete the rows above them."
            )
    return "has no known column name in its first line. The first line must name the columns; a mapping renames them."


def _not_used(unused: Sequence[str]) -> str:
    who = [column for column in unused if is_person(plain(column))]
    told = f" {', '.join(who)} may say who a patient is: it is well that this is not stored." if who else ""
    return f"not used and not stored, because no table has such a column: {', '.join(unused)}.{told}"


def _perhaps(wanted: str, unused: Sequence[str]) -> str:
    close = next((column for column in unused if spellings().get(plain(column)) == wanted), None)
    named = {_plain(column): column for column in unused}
    close = close or next((named[one] for one in get_close_matches(_plain(wanted), named, n=1, cutoff=0.6)), None)
    return f' Is it "{close}"?' if close else ""


def _plain(column: str) -> str:
    return "_".join(seen(column).lower().replace("-", " ").replace("_", " ").split())


def _stop(name: str, what: str) -> Exception:
    return refused([Issue("stop", "wrong_columns", name, f"{name} {what}")])

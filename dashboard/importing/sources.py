"""Which files an import reads: a folder of canonical tables, some of them by name, or one flat file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboard.importing.canonical import TABLES
from dashboard.importing.mapping import FLAT, SiteMapping
from dashboard.importing.result import Issue, refused

SUFFIXES = (".csv", ".csv.gz", ".parquet")
ABOUT = "about.toml"


@dataclass(frozen=True)
class Found:
    """tables: by canonical table (or ``flat``) its files; about: what the records say of themselves, if they do."""

    tables: Mapping[str, Sequence[Path]]
    about: Path | None = None


def find(sources: Sequence[Path], mapping: SiteMapping) -> Found:
    """The files behind the names given. Raises ImportRefused when one is not there or is no table."""
    for path in sources:
        if not path.exists():
            raise _stop(path, "is not there. Check the name.")
    if mapping.is_flat:
        return Found({FLAT: [path.resolve() for path in _files(sources)]})
    tables: dict[str, list[Path]] = {}
    for path in _files(sources):
        name = path.name.split(".")[0]
        if name not in TABLES:
            raise _stop(path, f"is not named as a table. Tables are {', '.join(TABLES)}; or give a mapping.")
        tables.setdefault(name, []).append(path.resolve())
    for name, table in TABLES.items():
        if table.required and name not in tables:
            raise _stop(Path(f"{name}.csv"), f"is missing. An import needs at least {_needed()}.")
    about = next((path / ABOUT for path in sources if path.is_dir() and (path / ABOUT).is_file()), None)
    return Found(tables, about)


def _files(sources: Sequence[Path]) -> list[Path]:
    """Files as given; of a folder, those that are named as a table."""
    files: list[Path] = []
    for path in sources:
        if path.is_dir():
            inside = [one for name in TABLES for suffix in SUFFIXES if (one := path / f"{name}{suffix}").is_file()]
            if not inside:
                raise _stop(path, f"holds no table. An import needs at least {_needed()}.")
            files += inside
        elif not path.name.endswith(SUFFIXES):
            raise _stop(path, f"is not of a kind that is read: {', '.join(SUFFIXES)}.")
        else:
            files.append(path)
    return files


def _needed() -> str:
    return " and ".join(f"{name}.csv" for name, table in TABLES.items() if table.required)


def _stop(path: Path, what: str) -> Exception:
    return refused([Issue("stop", "sources", path.name, f"{path.name} {what}")])

"""Which files an import reads and in which format: said, or recognised by what they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from dashboard.definitions.canonical import TABLES
from dashboard.engines.writer import MOST_MEMORY
from dashboard.importing.formats import AUTO, FORMATS, TABLES_FORMAT, reader
from dashboard.importing.formats.sheets import Reading
from dashboard.importing.formats.text_files import stop
from dashboard.importing.mapping import FLAT, SiteMapping

SUFFIXES = (".csv", ".csv.gz", ".parquet")
ABOUT = "about.toml"
TEXT, PACKED_TO = (".csv", ".ndjson", ".json", ".xml"), 10
"""Files that are as large as what they hold; how many times larger what others hold may be."""


@dataclass(frozen=True)
class Delivery:
    """What there is to import.

    format: its name; how: the sentence that says by what it was recognised. tables: by canonical table (or ``flat``)
    its files; reading: what another format's reader found, with no tables then.
    about: what the records say of themselves, if they do; freely: memory is not to be spared.
    """

    format: str
    how: str
    tables: Mapping[str, Sequence[Path]] = field(default_factory=dict)
    reading: Reading = field(default_factory=lambda: Reading([]))
    about: Path | None = None
    freely: bool = False

    @property
    def is_flat(self) -> bool:
        """Whether one file or sheet holds an operation and its follow-up in each row."""
        return FLAT in self.tables or any(sheet.table == FLAT for sheet in self.reading.sheets)

    @property
    def memory(self) -> int:
        """Bytes that the database should have for it: half as much again as the text, some ten times what is packed."""
        if self.freely:
            return MOST_MEMORY
        paths = {path for several in self.tables.values() for path in several}
        paths |= {sheet.path for sheet in self.reading.sheets if sheet.path.is_file()}
        packed = {path for path in paths if not path.name.endswith(TEXT)}
        return 3 * sum(path.stat().st_size * (PACKED_TO if path in packed else 1) for path in paths) // 2

    @property
    def folders(self) -> list[Path]:
        """Where the files lie that the database itself reads."""
        return sorted({path.parent for paths in self.tables.values() for path in paths})


def find(sources: Sequence[Path], mapping: SiteMapping, wanted: str, today: date, *, whole: bool = True) -> Delivery:
    """What these names hold. Raises ImportRefused when one is not there, or is of no kind that is read.

    whole: whether they are all that there is: what is added to other records may be visits alone.
    """
    for path in sources:
        if not path.exists():
            raise stop(path, "is not there. Check the name.", "sources")
    paths = [path.resolve() for path in sources]
    name, how = (wanted, "as was said") if wanted != AUTO else _recognised(paths, mapping)
    if name != TABLES_FORMAT:
        return Delivery(name, how, reading=reader(name).read(paths, mapping, today))
    if mapping.is_flat:
        return Delivery(name, how, {FLAT: _files(paths)})
    about = next((path / ABOUT for path in paths if (path / ABOUT).is_file()), None)
    return Delivery(name, how, _tables(paths, whole=whole), about=about)


def calls_for_mapping(sources: Sequence[Path]) -> bool:
    """Whether these are files of a site's own, which nothing but a mapping explains."""
    paths = [path for path in sources if path.exists()]
    name = _recognised(paths, SiteMapping())[0]
    if name == "excel":
        from dashboard.importing.formats import excel

        return not any(excel.named_as_tables(path) for path in paths)
    if name != TABLES_FORMAT:
        return False
    return not all(path.is_dir() or path.name.split(".")[0] in TABLES for path in paths)


def called_for(sources: Sequence[Path], site: SiteMapping) -> bool:
    """Whether the site's own mapping is what these files are read by when no other is named.

    Files named as our tables and workbooks are read as they are; a file of the site's own, and a format that the
    mapping has a part for, are not.
    """
    name, _ = _recognised([path for path in sources if path.exists()], SiteMapping())
    return calls_for_mapping(sources) or (bool(site.sections) and name not in (TABLES_FORMAT, "excel"))


def _recognised(paths: Sequence[Path], mapping: SiteMapping) -> tuple[str, str]:
    for name in FORMATS:
        if name in mapping.sections:
            return name, f"the mapping has a part [{name}]"
        if how := reader(name).recognise(paths):
            return name, how
    return TABLES_FORMAT, "a flat file with a mapping" if mapping.is_flat else "files named as our tables"


def _tables(paths: Sequence[Path], *, whole: bool) -> dict[str, list[Path]]:
    tables: dict[str, list[Path]] = {}
    for path in _files(paths):
        name = path.name.split(".")[0]
        if name not in TABLES:
            raise stop(
                path,
                f"is not named as a table. Tables are {', '.join(TABLES)}. For a file of your own, make a mapping: "
                f"outcomes import --suggest {path.name}",
                "sources",
            )
        tables.setdefault(name, []).append(path)
    for name, table in TABLES.items():
        if whole and table.required and name not in tables:
            raise stop(Path(f"{name}.csv"), f"is missing. An import needs at least {_needed()}.", "sources")
    return tables


def _files(paths: Sequence[Path]) -> list[Path]:
    """Files as given; of a folder, those that are named as a table."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = [one for name in TABLES for suffix in SUFFIXES if (one := path / f"{name}{suffix}").is_file()]
            if not inside:
                raise stop(path, f"holds nothing that is recognised. {_kinds()}", "sources")
            files += inside
        elif not path.name.endswith(SUFFIXES):
            raise stop(path, f"is not of a kind that is read. {_kinds()}", "sources")
        else:
            files.append(path)
    return files


def _kinds() -> str:
    listed = "; ".join(form.files for form in FORMATS.values())
    return f"Read are our own tables ({_needed()} and others; also .csv.gz and .parquet); {listed}."


def _needed() -> str:
    return " and ".join(f"{name}.csv" for name, table in TABLES.items() if table.required)

"""Which files hold FHIR, and each resource in them with the place that a message names."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dashboard.importing.formats.fhir.parts import text
from dashboard.importing.formats.fhir.strict_json import BLOCK, NotJson, TooDeep, parse, parts
from dashboard.importing.formats.sheets import Place
from dashboard.importing.formats.text_files import DAMAGED, is_packed, stop, unpacked
from dashboard.importing.result import Issue

LINES = (".ndjson", ".ndjson.gz")
WHOLE = (".json", ".json.gz")
PACKED_MOST = 50 << 20
UNPACKED_MOST = 200 << 20
RESOURCE_MOST = 5 << 20
"""Bytes of one resource: a line, an entry, or what surrounds the entries."""
BROKEN_MOST = 1_000
"""Lines of one file that may be no JSON before the file is refused."""
LINES_MOST = 2_000_000
FIRST = 1 << 12
MEBI = 1 << 20


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource as it came; full_url: the address that its entry gives it."""

    place: Place
    content: Mapping[str, Any]
    full_url: str = ""

    @property
    def kind(self) -> str:
        """Its type."""
        return text(self.content.get("resourceType"))

    @property
    def key(self) -> str:
        """What it is called: its id, else the address that its Bundle gives it; empty when it has neither."""
        return text(self.content.get("id")) or text(self.full_url).removeprefix("urn:uuid:")

    def get(self, name: str) -> Any:
        """What stands in it below a name."""
        return self.content.get(name)


def recognise(paths: Sequence[Path]) -> str:
    """A sentence of how the files were recognised; empty when they are not ours."""
    if not paths or not all(_may_be_ours(path) for path in paths):
        return ""
    candidates = inside(paths)
    speaking = [path for path in candidates if _speaks_fhir(path)]
    if not speaking:
        # A file given by name that is JSON can be nothing else that is read: the reader says what is wrong with it.
        given = [path for path in paths if not path.is_dir()]
        return f"{given[0].name} is named as JSON, which only FHIR is read from." if given else ""
    more = len(speaking) - 1
    others = "" if not more else f" and {more} more file{'s' if more > 1 else ''}"
    return f"{speaking[0].name}{others} hold{'' if more else 's'} FHIR resources."


def _may_be_ours(path: Path) -> bool:
    """A file named as JSON, or a folder that does not hold our own tables."""
    if path.is_dir():
        return not any((path / f"operations{suffix}").is_file() for suffix in (".csv", ".csv.gz", ".parquet"))
    return path.name.lower().endswith(LINES + WHOLE)


def resources(paths: Sequence[Path], issues: list[Issue]) -> Iterator[Resource]:
    """Every resource in the files, one after the other; what is no resource becomes an issue.

    Raises ImportRefused when a file cannot be read, is too large, too deep, or a Bundle is not valid JSON.
    """
    for path in paths:
        if not path.exists():
            raise stop(path, "is not there. Check the name.", "sources")
    files = inside(paths)
    if not files:
        raise stop(paths[0] if paths else Path("FHIR"), "holds no .ndjson or .json file.", "sources")
    given = {path.resolve() for path in paths}
    read = 0
    for path in files:
        if path.resolve() not in given and _is_something_else(path):
            message = f"{path.name} holds no FHIR resource and was not read."
            issues.append(Issue("note", "not_fhir", path.name, message))
            continue
        read += 1
        try:
            yield from _in_file(path, issues)
        except DAMAGED:
            raise stop(path, "cannot be read. Is it whole, and may this program open it?") from None
    if not read:
        raise stop(paths[0], "holds no FHIR resources.", "not_fhir")


def inside(paths: Sequence[Path]) -> list[Path]:
    """Files as given, and those of a folder that are named as JSON, in the order of their names; none twice."""
    found: dict[Path, Path] = {}
    for path in paths:
        for file in sorted(path.iterdir()) if path.is_dir() else [path]:
            if file.is_file() and file.name.lower().endswith(LINES + WHOLE):
                found.setdefault(file.resolve(), file)
    return list(found.values())


def _speaks_fhir(path: Path) -> bool:
    try:
        with unpacked(path) as file:
            return b'"resourceType"' in file.read(FIRST)
    except DAMAGED:
        return False


def _is_something_else(path: Path) -> bool:
    """Whether a file of a folder is no FHIR, such as the log of an export. A broken file of lines is read."""
    if _speaks_fhir(path):
        return False
    if path.name.lower().endswith(WHOLE):
        return True
    try:
        with unpacked(path) as file:
            return isinstance(parse(file.readline(RESOURCE_MOST)), Mapping)
    except (*DAMAGED, NotJson):
        return False


def _in_file(path: Path, issues: list[Issue]) -> Iterator[Resource]:
    if path.stat().st_size > (PACKED_MOST if is_packed(path) else UNPACKED_MOST):
        raise _too_large(path)
    if path.name.lower().endswith(LINES) or _is_lines(path):
        yield from _lines(path, issues)
    else:
        yield from _bundle(path, issues)


def _is_lines(path: Path) -> bool:
    """Whether the first line of a .json file is a whole resource that is no Bundle."""
    with unpacked(path) as file:
        first = file.readline(RESOURCE_MOST)
    try:
        resource = parse(first, "entry")
    except NotJson:
        return False
    return isinstance(resource, dict) and resource.get("resourceType") not in (None, "Bundle")


def _lines(path: Path, issues: list[Issue]) -> Iterator[Resource]:
    broken = 0
    for number, raw in enumerate(_pieces(path, lambda file: file.readline(RESOURCE_MOST + 1)), start=1):
        if number > LINES_MOST:
            raise stop(path, f"has over {LINES_MOST:,} lines. Export it in parts.", "too_large")
        if len(raw) > RESOURCE_MOST:
            raise stop(path, f"has a line {number} of over {RESOURCE_MOST // MEBI} MB: no resource is that long.")
        if raw.isspace():
            continue
        place = Place(path, number, "line")
        try:
            yield Resource(place, _resource(raw))
        except NotJson as problem:
            broken += 1
            if broken > BROKEN_MOST:
                raise stop(path, f"has over {BROKEN_MOST:,} lines that are no FHIR resource.", "json") from None
            message = f"{place}: this line {problem}. What depends on it was not imported."
            issues.append(Issue("row", "json", path.name, message, number))


def _resource(line: bytes) -> Mapping[str, Any]:
    resource: dict[str, Any] = parse(line)
    if not _is_resource(resource):
        raise NotJson("is no FHIR resource")
    if resource["resourceType"] == "Bundle":
        raise NotJson("is a Bundle; give a Bundle as a file of its own, named .json")
    return resource


def _is_resource(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("resourceType"), str)


def _bundle(path: Path, issues: list[Issue]) -> Iterator[Resource]:
    """The resources in the entries, one after the other; what is wrong further down is found when it is reached."""
    try:
        for number, part in parts(_pieces(path, lambda file: file.read(BLOCK)), RESOURCE_MOST, "entry"):
            place = Place(path, number, "entry")
            if not number:
                yield from _alone(path, part)
            elif isinstance(part, dict) and _is_resource(part.get("resource")):
                url = part.get("fullUrl")
                yield Resource(place, part["resource"], url if isinstance(url, str) else "")
            elif isinstance(part, dict) and part.get("resource") is not None:
                message = f"{place}: this entry is no FHIR resource and was not read."
                issues.append(Issue("row", "json", path.name, message, number))
    except TooDeep:
        raise stop(path, "is nested too deeply to be a FHIR Bundle.", "json_depth") from None
    except NotJson as problem:
        raise stop(path, f"{problem}.", "json") from None


def _alone(path: Path, around: Any) -> Iterator[Resource]:
    """What is around the entries, where it is a resource of its own and no Bundle."""
    if not _is_resource(around):
        raise stop(path, "is JSON, but holds no FHIR resource.", "not_fhir")
    if not isinstance(around.get("entry", []), list):
        raise NotJson("has entries that are not a list")
    if around["resourceType"] != "Bundle":
        yield Resource(Place(path, 1, "line"), around)


def _pieces(path: Path, piece: Callable[[IO[bytes]], bytes]) -> Iterator[bytes]:
    """A file piece by piece; its bytes are counted while it is unpacked."""
    total = 0
    with unpacked(path) as file:
        while raw := piece(file):
            total += len(raw)
            if total > UNPACKED_MOST:
                raise _too_large(path)
            yield raw


def _too_large(path: Path) -> Exception:
    return stop(
        path,
        f"is larger than {PACKED_MOST // MEBI} MB packed or {UNPACKED_MOST // MEBI} MB unpacked. "
        "Export it in parts, as bulk NDJSON.",
        "too_large",
    )

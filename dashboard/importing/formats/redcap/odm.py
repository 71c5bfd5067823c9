"""A REDCap project XML (CDISC ODM 1.3 with REDCap's own attributes): the dictionary and the records in one file.

Read as a stream: the records are never held whole. A document type declaration ends the reading where it begins, before
any entity could be expanded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from dashboard.importing.formats.redcap.entries import Export, ExportEntry, Wanted
from dashboard.importing.formats.redcap.project import (
    MOST_BYTES,
    Field,
    Project,
    UnusableProject,
    choices_of,
    is_marked,
    kind_of,
    plain,
    project_of,
)
from dashboard.importing.formats.redcap.settings import ProjectSettings
from dashboard.importing.formats.sheets import Place
from dashboard.importing.formats.text_files import BLOCK, DAMAGED, stop, unpacked
from dashboard.importing.result import Issue

ODM = "http://www.cdisc.org/ns/odm/v1.3"
REDCAP = "https://projectredcap.org"
VALIDATIONS = {"float": "number", "int": "integer"}
CLASSIC_EVENT = "event_1_arm_1"
"""The only event of a project without events, where its repeating instruments are listed."""
DEEPEST = 50
WORDS, MISSING = f"{ODM} TranslatedText", f"{REDCAP} MissingDataCodes"
EVENT = f"{REDCAP} UniqueEventName"

Attributes = dict[str, str]


def is_project_xml(path: Path) -> bool:
    """Whether a file is ODM of REDCap, as far as its first bytes tell."""
    try:
        with unpacked(path) as file:
            start = file.read(4096).replace(b"\0", b"")
    except Exception:  # noqa: BLE001 (to look is not to judge)
        return False
    return b"<ODM" in start and (REDCAP.encode() in start or b'"REDCap"' in start)


class _Enough(Exception):
    """What was looked for has been read."""


def project_in(path: Path) -> Project:
    """The project that a project XML describes. Raises ImportRefused when it is none, or could do harm."""
    metadata = _Metadata()
    for _ in _parsed(path, metadata.start, metadata.end, metadata.text):
        pass
    try:
        return _project(path, metadata.root)
    except UnusableProject as problem:
        raise stop(path, f"{problem} Download it again from REDCap.") from None


def export_in(path: Path, project: Project, settings: ProjectSettings) -> Export:
    """The records of a project XML."""
    record = settings.record or project.record
    return Export(path, frozenset(project.columns), lambda wanted: _entries(path, project, record, wanted))


def _entries(path: Path, project: Project, record: str, wanted: Wanted) -> Iterator[ExportEntry | Issue]:
    reading = _DataReader(path, project, record, wanted)
    for _ in _parsed(path, reading.start, reading.end):
        yield from reading.done
        reading.done.clear()
    yield from reading.done


def _parsed(
    path: Path,
    start: Callable[[str, Attributes, int], None],
    end: Callable[[str], None],
    text: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Parse a file a block at a time, stopping after each."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth == 1 and name != f"{ODM} ODM":
            raise stop(path, "is no REDCap project XML (CDISC ODM 1.3). Export the project again, with its data.")
        if depth > DEEPEST:
            raise stop(path, "is nested deeper than a project XML ever is. It is not read.")
        start(name, attributes, parser.CurrentLineNumber)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    def declares(*_: object) -> None:
        raise stop(path, "contains a document type declaration, which a project XML never does. It is not read.")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, finish, text
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = declares, declares
    try:
        yield from _fed(path, parser)
    except _Enough:
        return
    except expat.ExpatError as problem:
        raise stop(path, f"is broken (line {problem.lineno}): no XML that can be read. Export it again.") from None
    except (*DAMAGED, LookupError, ValueError):
        raise stop(path, "cannot be read to its end. Is it whole, and in UTF-8?") from None


def _fed(path: Path, parser: expat.XMLParserType) -> Iterator[None]:
    read = 0
    with unpacked(path) as file:
        while block := file.read(BLOCK):
            read += len(block)
            if read > MOST_BYTES:
                raise stop(path, f"is larger than {MOST_BYTES >> 20} MB. Export CSV instead, without uploaded files.")
            parser.Parse(block, False)
            yield
    parser.Parse(b"", True)


class _Metadata:
    """The metadata as a tree, which ends where the records begin; of its text only what is read is kept."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self.root = self._tree.start("metadata", {})
        self._listens = False

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        """Keep an element with what it says of itself."""
        if name == f"{ODM} ClinicalData":
            raise _Enough
        self._tree.start(name, attributes)
        self._listens = name in (WORDS, MISSING)

    def end(self, name: str) -> None:
        """Close it."""
        self._tree.end(name)
        self._listens = False

    def text(self, words: str) -> None:
        """Keep text where it is waited for."""
        if self._listens:
            self._tree.data(words)


def _project(path: Path, metadata: Element) -> Project:
    record = next((one.get(f"{REDCAP} RecordIdField", "") for one in metadata.iter(f"{ODM} MetaDataVersion")), "")
    if not record:
        raise stop(path, "is CDISC ODM, but not of REDCap. Export the project XML from REDCap.")
    forms = _forms(metadata)
    lists = {one.get("OID", ""): one for one in metadata.iter(f"{ODM} CodeList")}
    fields: dict[str, Field] = {}
    for item in metadata.iter(f"{ODM} ItemDef"):
        one = _field(item, forms.get(item.get("OID", ""), ""), lists)
        if one.name != f"{one.form}_complete":
            fields.setdefault(one.name, one)
    if record not in fields:
        raise stop(path, f"does not describe the field {record}, which names its records. Export it again.")
    ordered = [fields.pop(record), *fields.values()]
    codes = next((one.text or "" for one in metadata.iter(MISSING)), "")
    missing = choices_of("radio", codes.replace("\n", "|"), "of missing data codes")
    events = tuple(one.get(EVENT, "") for one in metadata.iter(f"{ODM} StudyEventDef"))
    repeating = frozenset(
        (one.get(EVENT, ""), one.get(f"{REDCAP} RepeatInstrument", ""))
        for what in ("RepeatingInstrument", "RepeatingEvent")
        for one in metadata.iter(f"{REDCAP} {what}")
    )
    return replace(project_of(path.name, ordered, missing), events=events, repeating=repeating)


def _forms(metadata: Element) -> dict[str, str]:
    """By item, the instrument that asks it."""
    of_group: dict[str, str] = {}
    for form in metadata.iter(f"{ODM} FormDef"):
        name = form.get(f"{REDCAP} FormName") or form.get("OID", "").removeprefix("Form.")
        of_group |= dict.fromkeys((group.get("ItemGroupOID", "") for group in form), name)
    return {
        item.get("ItemOID", ""): of_group.get(group.get("OID", ""), "")
        for group in metadata.iter(f"{ODM} ItemGroupDef")
        for item in group
    }


def _field(item: Element, form: str, lists: Mapping[str, Element]) -> Field:
    name = item.get(f"{REDCAP} Variable", "") or item.get("OID", "")
    kind = kind_of(item.get(f"{REDCAP} FieldType", ""))
    validation = item.get(f"{REDCAP} TextValidationType", "").lower()
    named = next((one.get("CodeListOID", "") for one in item.iter(f"{ODM} CodeListRef")), "")
    listed = lists.get(named, Element("none"))
    written = listed.get(f"{REDCAP} CheckboxChoices", "")
    return Field(
        name,
        form,
        kind,
        _words(item),
        choices_of(kind, written, name) if written else _choices(listed),
        VALIDATIONS.get(validation, validation),
        is_marked(item.get(f"{REDCAP} Identifier", "")),
    )


def _choices(listed: Element) -> dict[str, str]:
    choices = listed.iter(f"{ODM} CodeListItem")
    return {code: _words(one) or code for one in choices if (code := one.get("CodedValue"))}


def _words(element: Element) -> str:
    """The first text of an element that says anything."""
    return next((words for one in element.iter(WORDS) if (words := plain(one.text or ""))), "")


class _DataReader:
    """Puts together what belongs to one row of an export: all instruments of an event, or one repeat of one."""

    def __init__(self, path: Path, project: Project, record: str, wanted: Wanted) -> None:
        self.done: list[ExportEntry | Issue] = []
        self._path, self._project, self._record = path, project, record
        self._wanted = wanted | ({record} - {project.record})
        self._subject = self._event = self._repeat = ""
        self._rows: dict[tuple[str, str, str], tuple[int, dict[str, str]]] = {}
        self._cells: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        """Take what an element says of itself."""
        if name == f"{ODM} ItemData":
            self._answer(attributes)
        elif name == f"{ODM} FormData":
            self._open_form(attributes, line)
        elif name == f"{ODM} StudyEventData":
            named = attributes.get("StudyEventOID", "").removeprefix("Event.")
            self._event = attributes.get(EVENT) or named
            self._repeat = attributes.get("StudyEventRepeatKey", "")
        elif name == f"{ODM} SubjectData":
            self._subject = attributes.get("SubjectKey", "").strip()

    def end(self, name: str) -> None:
        """Hand over a record's rows when it ends."""
        if name == f"{ODM} SubjectData":
            for (event, instrument, instance), (line, cells) in self._rows.items():
                record = self._subject if self._record == self._project.record else cells.get(self._record, "")
                self.done.append(
                    ExportEntry(Place(self._path, line, "row"), record, event, instrument, instance, cells)
                )
            self._rows = {}
        elif name == f"{ODM} StudyEventData":
            self._event = self._repeat = ""

    def _open_form(self, attributes: Attributes, line: int) -> None:
        form = attributes.get("FormOID", "").removeprefix("Form.")
        repeat = attributes.get("FormRepeatKey", "")
        repeating = self._project.repeating
        if (self._event or CLASSIC_EVENT, form) in repeating or repeat not in ("", "1"):
            key = (self._event, form, repeat)
        elif (self._event or CLASSIC_EVENT, "") in repeating:
            key = (self._event, "", self._repeat)
        else:
            key = (self._event, "", "")
        self._cells = self._rows.setdefault(key, (line, {}))[1]

    def _answer(self, attributes: Attributes) -> None:
        column, value = attributes.get("ItemOID", ""), attributes.get("Value", "").strip()
        if value and column in self._wanted and column not in self._cells:
            self._cells[column] = value

"""A REDCap project XML (CDISC ODM 1.3 with REDCap's own attributes): the dictionary and the records in one file.

Read as a stream: nothing of it is ever held whole. A document type declaration ends the reading where it begins, before
any entity could be expanded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from dashboard.importing.formats.redcap.entries import Entry, Export, Wanted
from dashboard.importing.formats.redcap.project import (
    MOST_BYTES,
    Field,
    Project,
    Unusable,
    choices_of,
    is_marked,
    kind_of,
    plain,
    project_of,
)
from dashboard.importing.formats.redcap.settings import Settings
from dashboard.importing.formats.text_files import BLOCK, DAMAGED, stop, unpacked
from dashboard.importing.result import Issue

ODM = "http://www.cdisc.org/ns/odm/v1.3"
REDCAP = "https://projectredcap.org"
VALIDATIONS = {"float": "number", "int": "integer"}
CLASSIC_EVENT = "event_1_arm_1"
"""The only event of a project without events, where its repeating instruments are listed."""
DEEPEST = 50

Attributes = dict[str, str]


def is_project_xml(path: Path) -> bool:
    """Whether a file is ODM of REDCap, as far as its first bytes tell."""
    try:
        with unpacked(path) as file:
            start = file.read(4096).replace(b"\0", b"")
    except Exception:  # noqa: BLE001 (to look is not to judge)
        return False
    return b"<ODM" in start and (REDCAP.encode() in start or b'"REDCap"' in start)


@dataclass
class _Item:
    """What the XML says of one column."""

    variable: str
    kind: str
    validation: str
    identifier: bool
    choices_of: str = ""
    label: str = ""


@dataclass
class _Metadata:
    """What has been read of the metadata so far, by the names that the XML gives to its parts."""

    record: str = ""
    missing: str = ""
    events: list[str] = field(default_factory=list)
    repeating: set[tuple[str, str]] = field(default_factory=set)
    forms: list[str] = field(default_factory=list)
    form_of_group: dict[str, str] = field(default_factory=dict)
    form_of_item: dict[str, str] = field(default_factory=dict)
    items: dict[str, _Item] = field(default_factory=dict)
    choices: dict[str, dict[str, str]] = field(default_factory=dict)
    boxes: dict[str, str] = field(default_factory=dict)


class _Broken(Exception):
    """What is wrong with the file, in words that follow its name."""


class _Enough(Exception):
    """What was looked for has been read."""


def project_in(path: Path) -> Project:
    """The project that a project XML describes. Raises ImportRefused when it is none, or could do harm."""
    reading = _MetadataReader()
    for _ in _parsed(path, reading.start, reading.end, reading.text):
        pass
    try:
        return _project(path, reading.found)
    except Unusable as problem:
        raise stop(path, f"{problem} Download it again from REDCap.") from None


def export_in(path: Path, project: Project, settings: Settings) -> Export:
    """The records of a project XML."""
    record = settings.record or project.record
    return Export(path, frozenset(project.columns), lambda wanted: _entries(path, project, record, wanted))


def _entries(path: Path, project: Project, record: str, wanted: Wanted) -> Iterator[Entry | Issue]:
    reading = _DataReader(project, record, wanted)
    for _ in _parsed(path, reading.start, reading.end, lambda text: None):
        yield from reading.done
        reading.done.clear()
    yield from reading.done


def _parsed(
    path: Path,
    start: Callable[[str, Attributes, int], None],
    end: Callable[[str], None],
    text: Callable[[str], None],
) -> Iterator[None]:
    """Parse a file a block at a time, stopping after each."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    depth = 0

    def begin(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth == 1 and name != f"{ODM} ODM":
            raise _Broken("is no REDCap project XML (CDISC ODM 1.3). Export the project again, with its data.")
        if depth > DEEPEST:
            raise _Broken("is nested deeper than a project XML ever is. It is not read.")
        start(name, attributes, parser.CurrentLineNumber)

    def finish(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name)

    def declares(*_: object) -> None:
        raise _Broken("contains a document type declaration, which a project XML never does. It is not read.")

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = begin, finish, text
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = declares, declares
    try:
        yield from _fed(path, parser)
    except _Enough:
        return
    except _Broken as problem:
        raise stop(path, str(problem)) from None
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
                raise _Broken(f"is larger than {MOST_BYTES >> 20} MB. Export CSV instead, without uploaded files.")
            parser.Parse(block, False)
            yield
    parser.Parse(b"", True)


class _MetadataReader:
    """Collects the metadata, and ends where the records begin."""

    def __init__(self) -> None:
        self.found = _Metadata()
        self._form = self._group = self._code = ""
        self._item: _Item | None = None
        self._list = ""
        self._texts: list[str] | None = None
        self._taken: dict[str, Callable[[Attributes], None]] = {
            "MetaDataVersion": self._version,
            "StudyEventDef": self._event,
            "FormDef": self._form_itself,
            "ItemGroupRef": self._group_of_form,
            "ItemGroupDef": self._group_itself,
            "ItemRef": self._item_of_group,
            "ItemDef": self._item_itself,
            "CodeListRef": self._choices_of_item,
            "CodeList": self._choices,
            "CodeListItem": self._choice,
            "TranslatedText": self._words,
            "ClinicalData": self._records,
        }

    def start(self, name: str, attributes: Attributes, line: int) -> None:
        """Take what an element says of itself."""
        space, _, short = name.rpartition(" ")
        if space == REDCAP:
            self._of_redcap(short, attributes)
        elif space == ODM and short in self._taken:
            self._taken[short](attributes)

    def end(self, name: str) -> None:
        """Take the text that has been collected to where it belongs."""
        if name == f"{REDCAP} MissingDataCodes":
            self.found.missing, self._texts = "".join(self._texts or []), None
        elif name == f"{ODM} TranslatedText" and self._texts is not None:
            words, self._texts = "".join(self._texts), None
            if self._item is not None:
                self._item.label = self._item.label or plain(words)
            elif self._list and self._code:
                self.found.choices[self._list][self._code] = plain(words) or self._code
        elif name == f"{ODM} ItemDef":
            self._item = None
        elif name == f"{ODM} CodeList":
            self._list = ""

    def text(self, words: str) -> None:
        """Keep text where it is waited for."""
        if self._texts is not None:
            self._texts.append(words)

    def _of_redcap(self, short: str, attributes: Attributes) -> None:
        event = attributes.get(f"{REDCAP} UniqueEventName", "")
        if short == "MissingDataCodes":
            self._texts = []
        elif short == "RepeatingInstrument":
            self.found.repeating.add((event, attributes.get(f"{REDCAP} RepeatInstrument", "")))
        elif short == "RepeatingEvent":
            self.found.repeating.add((event, ""))

    def _version(self, attributes: Attributes) -> None:
        self.found.record = attributes.get(f"{REDCAP} RecordIdField", "")

    def _event(self, attributes: Attributes) -> None:
        self.found.events.append(attributes.get(f"{REDCAP} UniqueEventName", ""))

    def _form_itself(self, attributes: Attributes) -> None:
        self._form = attributes.get(f"{REDCAP} FormName") or attributes.get("OID", "").removeprefix("Form.")
        self.found.forms.append(self._form)

    def _group_of_form(self, attributes: Attributes) -> None:
        self.found.form_of_group[attributes.get("ItemGroupOID", "")] = self._form

    def _group_itself(self, attributes: Attributes) -> None:
        self._group = attributes.get("OID", "")

    def _item_of_group(self, attributes: Attributes) -> None:
        self.found.form_of_item[attributes.get("ItemOID", "")] = self._group

    def _item_itself(self, attributes: Attributes) -> None:
        item = attributes.get("OID", "")
        validation = attributes.get(f"{REDCAP} TextValidationType", "").lower()
        self._item = _Item(
            attributes.get(f"{REDCAP} Variable") or item,
            kind_of(attributes.get(f"{REDCAP} FieldType", "")),
            VALIDATIONS.get(validation, validation),
            is_marked(attributes.get(f"{REDCAP} Identifier", "")),
        )
        self.found.items[item] = self._item

    def _choices_of_item(self, attributes: Attributes) -> None:
        if self._item is not None:
            self._item.choices_of = attributes.get("CodeListOID", "")

    def _choices(self, attributes: Attributes) -> None:
        self._list = attributes.get("OID", "")
        self.found.choices[self._list] = {}
        if boxes := attributes.get(f"{REDCAP} CheckboxChoices"):
            self.found.boxes[self._list] = boxes

    def _choice(self, attributes: Attributes) -> None:
        self._code = attributes.get("CodedValue", "")

    def _words(self, attributes: Attributes) -> None:
        self._texts = []

    def _records(self, attributes: Attributes) -> None:
        raise _Enough


def _project(path: Path, found: _Metadata) -> Project:
    if not found.record:
        raise stop(path, "is CDISC ODM, but not of REDCap. Export the project XML from REDCap.")
    fields: dict[str, Field] = {}
    for item, one in found.items.items():
        form = found.form_of_group.get(found.form_of_item.get(item, ""), "")
        if one.variable not in fields and one.variable != f"{form}_complete":
            fields[one.variable] = _field(found, one, form)
    if found.record not in fields:
        raise stop(path, f"does not describe the field {found.record}, which names its records. Export it again.")
    ordered = [fields.pop(found.record), *fields.values()]
    missing = choices_of("radio", found.missing.replace("\n", "|"), "of missing data codes")
    project = project_of(path.name, ordered, missing)
    return Project(
        project.source, project.fields, found.record, project.missing, tuple(found.events), frozenset(found.repeating)
    )


def _field(found: _Metadata, one: _Item, form: str) -> Field:
    written = found.boxes.get(one.choices_of, "")
    choices = choices_of(one.kind, written, one.variable) if written else found.choices.get(one.choices_of, {})
    return Field(one.variable, form, one.kind, one.label, choices, one.validation, one.identifier)


class _DataReader:
    """Puts together what belongs to one row of an export: all instruments of an event, or one repeat of one."""

    def __init__(self, project: Project, record: str, wanted: Wanted) -> None:
        self.done: list[Entry | Issue] = []
        self._project, self._record = project, record
        self._wanted = wanted | ({record} - {project.record})
        self._subject, self._event, self._repeat, self._line = "", "", "", 0
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
            self._event = attributes.get(f"{REDCAP} UniqueEventName") or named
            self._repeat = attributes.get("StudyEventRepeatKey", "")
        elif name == f"{ODM} SubjectData":
            self._subject, self._event, self._repeat = attributes.get("SubjectKey", "").strip(), "", ""

    def end(self, name: str) -> None:
        """Hand over a record's rows when it ends."""
        if name == f"{ODM} SubjectData":
            for (event, instrument, instance), (line, cells) in self._rows.items():
                record = self._subject if self._record == self._project.record else cells.get(self._record, "")
                self.done.append(Entry(line, record, event, instrument, instance, cells))
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

"""A REDCap project XML gives the rows that its CSV export gives; a harmful or broken one is refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from dashboard.importing.formats import redcap
from dashboard.importing.result import ImportRefused
from tests.importing.test_redcap_written import (
    COMMA,
    DICTIONARY,
    EVENTS,
    PLAIN,
    REPEATING,
    TICKS,
    export,
    project,
    read,
)
from tests.text_tables import parse

HEAD = (
    '<?xml version="1.0" encoding="UTF-8" ?>\n<ODM xmlns="http://www.cdisc.org/ns/odm/v1.3"'
    ' xmlns:redcap="https://projectredcap.org" ODMVersion="1.3.1" SourceSystem="REDCap">\n<Study OID="P">\n'
)
LAUGHS = '<!DOCTYPE ODM [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>'


def fields() -> list[dict[str, str]]:
    """The fields of the dictionary that the other tests read."""
    lines = [[cell.strip() for cell in line.split("|")] for line in DICTIONARY.strip().splitlines()]
    return [dict(zip(lines[0], line, strict=False)) for line in lines[1:]]


def codes(one: Mapping[str, str]) -> dict[str, str]:
    """The choices of a field."""
    if one["kind"] == "yesno":
        return {"1": "Yes", "0": "No"}
    parts = [part.split(", ", 1) for part in one["choices"].split(" / ")]
    return {part[0]: part[1] for part in parts if len(part) == 2} if one["kind"] in KINDS else {}


KINDS = {"radio": "radio", "dropdown": "select", "checkbox": "checkbox", "yesno": "yesno"}


def columns(one: Mapping[str, str]) -> list[str]:
    """The columns of an export that hold a field."""
    boxes = [f"{one['name']}___{code.replace('-', '_')}" for code in codes(one)]
    return boxes if one["kind"] == "checkbox" else [one["name"]]


def metadata(missing: str, repeating: str) -> Iterator[str]:
    """What the XML says of the project."""
    yield f"<GlobalVariables><redcap:MissingDataCodes>{missing}</redcap:MissingDataCodes>{repeating}</GlobalVariables>"
    yield '<MetaDataVersion OID="M" redcap:RecordIdField="record_id">'
    for form in dict.fromkeys(one["form"] for one in fields()):
        yield f'<FormDef OID="Form.{form}" redcap:FormName="{form}"><ItemGroupRef ItemGroupOID="{form}.g"/></FormDef>'
    for one in fields():
        yield f'<ItemGroupDef OID="{one["form"]}.g">'
        yield from (f'<ItemRef ItemOID="{column}"/>' for column in columns(one))
        yield "</ItemGroupDef>"
    for one in fields():
        who = ' redcap:Identifier="y"' if one.get("who") else ""
        validation = one.get("validation", "").replace("comma", COMMA).replace("number_1dp_number", "number_1dp")
        asked = (
            f'redcap:FieldType="{KINDS.get(one["kind"], one["kind"])}" redcap:TextValidationType="{validation}"{who}'
        )
        for column in columns(one):
            yield (
                f'<ItemDef OID="{column}" redcap:Variable="{one["name"]}"'
                f" {asked}>"
                f"<Question><TranslatedText>{one['label']}</TranslatedText></Question>"
                f'<CodeListRef CodeListOID="{column}.choices"/></ItemDef>'
            )
            yield from choices(one, column)
    yield "</MetaDataVersion></Study>\n"


def choices(one: Mapping[str, str], column: str) -> Iterator[str]:
    """The choices of one column, as the XML lists them."""
    held = codes(one)
    boxes = ""
    if one["kind"] == "checkbox":
        boxes = f" redcap:CheckboxChoices={quoteattr('|'.join(f'{code}, {label}' for code, label in held.items()))}"
        held = {"1": "Checked", "0": "Unchecked"}
    yield f'<CodeList OID="{column}.choices"{boxes}>'
    for code, label in held.items():
        words = f"<Decode><TranslatedText>{label}</TranslatedText></Decode>"
        yield f'<CodeListItem CodedValue="{code}">{words}</CodeListItem>'
    yield "</CodeList>"


def records(text: str) -> Iterator[str]:
    """The records, an instrument at a time."""
    form_of = {column: one["form"] for one in fields() for column in columns(one)}
    yield "<ClinicalData>\n"
    for record, of_record in groupby(parse(text), key=lambda row: row["record_id"]):
        yield f'<SubjectData SubjectKey="{record}" redcap:RecordIdField="record_id">\n'
        for row in of_record:
            event, repeats, nr = (row.get(name, "") for name in ("event", "repeats", "nr"))
            yield f'<StudyEventData StudyEventOID="Event.{event}" StudyEventRepeatKey="{nr}">\n' if event else ""
            for form, cells in groupby((one for one in row.items() if one[0] in form_of), lambda one: form_of[one[0]]):
                given = [(column, cell) for column, cell in cells if cell and (not repeats or form == repeats)]
                yield f'<FormData FormOID="Form.{form}" FormRepeatKey="{nr if repeats else 1}"><ItemGroupData>\n'
                yield from (f'<ItemData ItemOID="{column}" Value={quoteattr(cell)}/>' for column, cell in given)
                yield "</ItemGroupData></FormData>\n"
            yield "</StudyEventData>\n" if event else ""
        yield "</SubjectData>\n"
    yield "</ClinicalData></ODM>\n"


def xml(folder: Path, text: str = PLAIN, missing: str = "", repeating: str = "") -> Path:
    """A project XML with these records."""
    folder.mkdir(parents=True, exist_ok=True)
    written = HEAD + "\n".join(metadata(missing, repeating)) + "".join(records(text))
    (folder / "project.xml").write_text(written, encoding="utf-8")
    return folder / "project.xml"


def said(folder: Path, content: str | bytes) -> str:
    """What is said of a project XML that is refused."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "project.xml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(ImportRefused) as refused:
        read(path)
    assert "CANARY" not in str(refused.value.result)
    return refused.value.message


REPEATS = "".join(
    f'<redcap:RepeatingInstrument redcap:UniqueEventName="event_1_arm_1" redcap:RepeatInstrument="{form}"/>'
    for form in ("operations", "follow_ups")
)


@pytest.mark.parametrize(("text", "repeating"), [(PLAIN, ""), (TICKS, ""), (REPEATING, REPEATS), (EVENTS, "")])
def test_gives_the_rows_that_the_csv_export_gives(tmp_path: Path, text: str, repeating: str) -> None:
    path = xml(tmp_path / "xml", text, repeating=repeating)
    assert redcap.recognise([path]) == "project.xml is a REDCap project XML."
    assert read(path).tables == project(tmp_path / "csv", text).tables


def test_repeats_of_an_event_are_told_apart(tmp_path: Path) -> None:
    text = """
        record_id | event         | nr | surgery_date | procedure
        7         | episode_arm_1 | 1  | 2023-01-01   | 1
        7         | episode_arm_1 | 2  | 2024-01-01   | 2
    """
    path = xml(tmp_path, text, repeating='<redcap:RepeatingEvent redcap:UniqueEventName="episode_arm_1"/>')
    assert read(path).column("operations", "operation_id") == ["7-1", "7-2"]


def test_missing_data_codes_of_the_project_are_empty(tmp_path: Path) -> None:
    path = xml(tmp_path, PLAIN.replace("70,5", "-99"), missing="-99, Not asked | NA, Does not apply")
    assert read(path).column("operations", "weight_kg") == [None, "80"]


def test_never_reads_an_identifier(tmp_path: Path) -> None:
    path = xml(tmp_path)
    assert "CANARY" in path.read_text(encoding="utf-8")
    found = read(path)
    assert "CANARY" not in repr(found)
    assert "family_name" in found.of("identifiers_not_read")[0].message


def test_serves_as_the_dictionary_of_a_csv_export(tmp_path: Path) -> None:
    xml(tmp_path)
    export(tmp_path, PLAIN.replace("    8 ", "    9 "))
    found = read(tmp_path)
    assert found.column("operations", "operation_id") == ["7", "9"]
    assert [issue.file for issue in found.of("file_not_read")] == ["project.xml"]


def test_another_xml_in_the_folder_is_passed_over(tmp_path: Path) -> None:
    xml(tmp_path)
    (tmp_path / "a.xml").write_text("<html/>", encoding="utf-8")
    assert len(read(tmp_path).tables["operations"]) == 2


def test_a_record_that_stands_twice_with_other_answers_is_not_taken(tmp_path: Path) -> None:
    path = xml(tmp_path, PLAIN + PLAIN.strip().splitlines()[1].replace("2024-01-31", "2023-01-31"))
    found = read(path)
    assert found.column("operations", "operation_id") == ["8"]
    assert len(found.of("duplicate_conflict")) == 1


def test_a_record_without_a_name_is_left_out(tmp_path: Path) -> None:
    path = xml(tmp_path)
    path.write_text(path.read_text(encoding="utf-8").replace('SubjectKey="7"', 'SubjectKey=" "'), encoding="utf-8")
    found = read(path)
    assert found.column("operations", "operation_id") == ["8"]
    assert len(found.of("record_missing")) == 1


def test_refuses_an_event_that_the_project_does_not_have(tmp_path: Path) -> None:
    path = xml(tmp_path, EVENTS)
    defined = '<StudyEventDef OID="Event.m3_arm_1" redcap:UniqueEventName="m3_arm_1"/><FormDef'
    path.write_text(path.read_text(encoding="utf-8").replace("<FormDef", defined, 1), encoding="utf-8")
    rows = '[[redcap.rows]]\ntable = "operations"\ninstrument = "operations"\nevent = "m99_arm_1"'
    with pytest.raises(ImportRefused, match=r'"m99_arm_1" is no event. There are m3_arm_1\.'):
        read(path, rows)


def test_refuses_every_document_type_declaration_before_it_is_expanded(tmp_path: Path) -> None:
    whole = xml(tmp_path).read_text(encoding="utf-8")
    outside = '<!DOCTYPE ODM [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    for declared in (LAUGHS, outside, '<!DOCTYPE ODM SYSTEM "odm.dtd">', "<!DOCTYPE ODM>"):
        changed = whole.replace("<ODM ", f"{declared}<ODM ").replace("CANARY", "&c;")
        assert "contains a document type declaration" in said(tmp_path, changed)
        utf_16 = changed.replace("UTF-8", "UTF-16").encode("utf-16")
        assert "contains a document type declaration" in said(tmp_path, utf_16)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("http://www.cdisc.org/ns/odm/v1.3", "http://www.cdisc.org/ns/odm/v2.0", "is no REDCap project XML"),
        ("<ODM ", "<NDM ", "is no REDCap project XML"),
        ("https://projectredcap.org", "https://another.org", "is CDISC ODM, but not of REDCap"),
        (' redcap:RecordIdField="record_id"', "", "is CDISC ODM, but not of REDCap"),
        ('"record_id" redcap:Variable="record_id"', '"r" redcap:Variable="r"', "does not describe the field record_id"),
        ("</ClinicalData>", "", "is broken (line"),
        ("UTF-8", "utf-7", "cannot be read to its end"),
        ("UTF-8", "no-such", "cannot be read to its end"),
        ("<GlobalVariables>", "<a>" * 60, "is nested deeper"),
        ("-9, Opioids", "1, Opioids", "has the code 1 twice among the choices of the field risk"),
    ],
)
def test_refuses_what_is_no_whole_project_xml(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert told in said(tmp_path, xml(tmp_path).read_text(encoding="utf-8").replace(old, new))


@pytest.mark.parametrize("content", [b"", b"\0\0", b"record_id,sex\n1,2\n", b"<ODM", b"\xff\xfe<\0"])
def test_refuses_what_is_no_xml(tmp_path: Path, content: bytes) -> None:
    assert "project.xml" in said(tmp_path, content)


def test_refuses_a_project_without_records(tmp_path: Path) -> None:
    whole = xml(tmp_path).read_text(encoding="utf-8")
    start, _, _ = whole.partition("<ClinicalData>")
    assert "holds no record" in said(tmp_path, f"{start}</ODM>")


def test_elements_that_nobody_expects_do_no_harm(tmp_path: Path) -> None:
    path = xml(tmp_path)
    strange = "<form/><Item/><_group/><FormDef/><ItemRef/><CodeListItem/><TranslatedText>x</TranslatedText><ItemData/>"
    whole = path.read_text(encoding="utf-8").replace(
        "<MetaDataVersion ", f"<Include>{strange}</Include><MetaDataVersion "
    )
    path.write_text(whole.replace("<ClinicalData>", f"<ClinicalData>{strange}"), encoding="utf-8")
    assert len(read(path).tables["operations"]) == 2

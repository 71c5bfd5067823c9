"""FHIR R4: what becomes of records that are wrong, and of files that are broken."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.importing.formats.fhir import files
from dashboard.importing.formats.sheets import UNREAD
from dashboard.importing.mapping import understood
from tests.importing.fhir_written import (
    LOCAL,
    LOINC,
    PCS,
    PLIF,
    POSTERIOR,
    Resource,
    bundle,
    cells_left_out,
    concept,
    condition,
    left_out,
    lines,
    mapping,
    notes,
    observation,
    only,
    patient,
    procedure,
    quantity,
    read,
    refusal,
)
from tests.importing.written import take

# What is left out, and named


WRONG_ROWS: dict[str, tuple[Resource, str, str]] = {
    "a patient who is not there": (
        procedure(subject={"reference": "Patient/gone"}),
        "reference",
        "refers to a patient who is not in the files",
    ),
    "another kind of resource": (
        procedure(subject={"reference": "Practitioner/S1"}),
        "reference",
        "has a Practitioner where the patient should be",
    ),
    "nobody": (procedure(subject={"display": "Mrs Secret"}), "reference", "does not say whose it is"),
    "no date": (procedure(performedDateTime=None), "date", "has no date"),
    "a month": (procedure(day="2024-03"), "date", '"2024-03", which is no whole date'),
    "no day of the calendar": (procedure(day="2024-02-30"), "date", '"2024-02-30", which is no whole date'),
    "the future": (procedure(day="2027-01-01"), "date", '"2027-01-01", which is no whole date'),
    "digits of another script": (procedure(day="٢٠٢٤-٠١-٠١"), "date", "which is no whole date"),
    "two meanings": (
        procedure(code={"coding": [{"system": PCS, "code": PLIF}, {"system": PCS, "code": POSTERIOR}]}),
        "codes",
        "has codes that mean plif and posterolateral_fusion",
    ),
}


@pytest.mark.parametrize("name", WRONG_ROWS)
def test_a_procedure_that_cannot_be_an_operation_is_named(tmp_path: Path, name: str) -> None:
    wrong, rule, words = WRONG_ROWS[name]
    rows, issues = read(bundle(tmp_path, patient(), {"resourceType": "Practitioner", "id": "S1"}, wrong))
    assert left_out(issues) == [(rule, 3)]
    assert words in issues[0].message
    assert "operations" not in rows
    assert not any(secret in issue.message for issue in issues for secret in ("gone", "Secret", "p1"))


WRONG_VALUES: dict[str, tuple[Resource, str]] = {
    "a unit that is not converted": (observation("29463-7", "2024-01-01", **quantity(12, "[oz_av]")), "[oz_av]"),
    "a weight without unit": (observation("29463-7", "2024-01-01", valueInteger=80), "without a unit"),
    "a score in words": (observation("44261-6", "2024-01-01", valueString="12"), "is a text"),
    "less than": (
        observation("44261-6", "2024-01-01", valueQuantity={"value": 9, "comparator": "<"}),
        "less or more than",
    ),
    "an answer unheard of": (
        observation("72166-2", "2024-01-01", valueCodeableConcept=concept(LOCAL, "sometimes")),
        'the answer "sometimes" (urn:local) is not mapped',
    ),
}


@pytest.mark.parametrize("name", WRONG_VALUES)
def test_a_value_that_cannot_be_read_is_named_and_its_operation_kept(tmp_path: Path, name: str) -> None:
    wrong, words = WRONG_VALUES[name]
    rows, issues = read(bundle(tmp_path, patient(), procedure(), wrong))
    assert left_out(issues) == []
    assert cells_left_out(issues) == [("value", 3)]
    assert words in issues[0].message
    assert len(rows["operations"]) == 1
    assert "follow_ups" not in rows


def test_a_number_that_our_column_cannot_hold_is_judged_with_all_others_of_it(tmp_path: Path) -> None:
    wrong = observation("97909-6", "2025-01-01", **quantity(150, "%"))
    result = take(bundle(tmp_path, patient(), procedure(), wrong), tmp_path / "store")
    (issue,) = [issue for issue in result.issues if issue.rule == "not_a_number"]
    assert (issue.column, issue.line) == ("odi", 3)
    assert '"150" is not a number from 0 to 100' in issue.message


def test_a_broken_line_is_named_with_what_depends_on_it(tmp_path: Path) -> None:
    path = lines(tmp_path, "all.ndjson", patient("p2"), json.dumps(patient())[:40], procedure())
    rows, issues = read(path)
    assert sorted(left_out(issues)) == [("json", 2), ("reference", 3)]
    assert rows == {}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"resourceType": "Patient", "id": "p1", "x": NaN}', "is not valid JSON (NaN)"),
        ('{"resourceType": "Patient", "id": "p1", "x": -Infinity}', "is not valid JSON (-Infinity)"),
        ('{"resourceType": "Patient", "id": "p1", "x": %s}' % ("9" * 5000), "has a number of 5,000 digits"),
        ('{"resourceType": "Patient", "id": "p1", "id": "p2"}', "has a key twice"),
        (f'{{"resourceType": "Patient", "x": {"[" * 70}1{"]" * 70}}}', "is nested too deeply"),
        ("[]", "is no FHIR resource"),
        ('{"id": "p1"}', "is no FHIR resource"),
        ('{"resourceType": ["Patient"]}', "is no FHIR resource"),
        ('{"resourceType": "Bundle", "entry": []}', "is a Bundle"),
    ],
)
def test_a_line_that_is_no_resource_is_named(tmp_path: Path, line: str, words: str) -> None:
    _, issues = read(lines(tmp_path, "all.ndjson", patient("p2"), line))
    assert left_out(issues) == [("json", 2)]
    assert words in issues[0].message


def test_two_that_contradict_each_other_are_both_left_out(tmp_path: Path) -> None:
    rows, issues = read(bundle(tmp_path, patient(), patient(birthDate="1971-01-01"), procedure()))
    assert sorted(left_out(issues)) == [("reference", 3), ("twice", 1), ("twice", 2)]
    assert rows == {}


def test_two_that_agree_are_one(tmp_path: Path) -> None:
    again = {**procedure(), "meta": {"versionId": "2"}}
    rows, issues = read(bundle(tmp_path, patient(), procedure(), again))
    assert len(rows["operations"]) == 1
    assert notes(issues, "repeated") == ["1 resource stands in the files again, word for word: read once."]


def test_two_answers_of_a_day_that_differ_are_both_left_out(tmp_path: Path) -> None:
    answers = [observation("97909-6", "2025-01-12", key, **quantity(value)) for key, value in (("a", 20), ("b", 60))]
    rows, issues = read(bundle(tmp_path, patient(), procedure(), *answers))
    assert cells_left_out(issues) == [("contradicted", 3), ("contradicted", 4)]
    assert "follow_ups" not in rows


def test_an_answer_that_cannot_be_read_leaves_the_others_of_its_visit(tmp_path: Path) -> None:
    bad = observation("97909-6", "2025-01-12", "a", valueString="low")
    good = observation("72514-3", "2025-01-12", "b", **quantity(3))
    site = understood({"codes": {"loinc": {"measure": {"72514-3": "back_pain"}}}}, tmp_path / "site.toml")
    rows, issues = read(bundle(tmp_path, patient(), procedure(), bad, good), site)
    (visit,) = rows["follow_ups"]
    assert UNREAD in visit.values()
    assert cells_left_out(issues) == [("value", 3)]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("entered-in-error", "1 operation or treatment is marked 'entered in error' and was left out."),
        ("not-done", "1 operation or treatment is marked 'not-done' and was left out."),
        (None, "1 operation or treatment is marked 'without a status' and was left out."),
        (["completed"], "1 operation or treatment is marked 'without a status' and was left out."),
    ],
)
def test_an_operation_that_did_not_take_place_is_left_out(tmp_path: Path, status: Any, words: str) -> None:
    rows, issues = read(bundle(tmp_path, patient(), procedure(status=status)))
    assert rows == {}
    assert words in [issue.message for issue in issues]


def test_a_stay_that_is_not_in_the_files_is_not_taken_for_one_without_a_name(tmp_path: Path) -> None:
    stay = {"resourceType": "Encounter", "status": "finished", "period": {"start": "2024-01-10"}}
    undated = procedure(performedDateTime=None, encounter={"reference": "Encounter/gone"})
    rows, issues = read(bundle(tmp_path, patient(), {**stay, "subject": {"reference": "Patient/p1"}}, undated))
    assert left_out(issues) == [("date", 3)]
    assert "operations" not in rows


def test_a_death_without_a_day_is_said_and_not_guessed(tmp_path: Path) -> None:
    rows, issues = read(bundle(tmp_path, patient(deceasedDateTime="2025-03"), procedure()))
    assert "death_date" not in only(rows, "patients")
    assert "A patient died on a day that is not given" in notes(issues, "not_used")[0]


def test_a_birth_known_by_its_year_is_kept_as_a_year(tmp_path: Path) -> None:
    rows, _ = read(bundle(tmp_path, patient(birthDate="1960"), procedure()))
    assert only(rows, "patients")["birth_year"] == "1960"


# What is refused


DEEP = "[" * 200_000 + "]" * 200_000
REFUSED: dict[str, tuple[str, str]] = {
    "too deep": (DEEP, "is nested too deeply to be a FHIR Bundle"),
    "too deep and open": ('{"entry":' * 90, "is nested too deeply to be a FHIR Bundle"),
    "NaN": ('{"resourceType": "Bundle", "entry": [{"resource": {"x": NaN}}]}', "is not valid JSON (NaN)"),
    "NaN beside the entries": ('{"resourceType": "Bundle", "total": NaN, "entry": []}', "is not valid JSON (NaN)"),
    "many digits": ('{"resourceType": "Bundle", "total": %s}' % ("1" * 5_000), "has a number of 5,000 digits"),
    "cut": ('{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Pat', "is not complete JSON"),
    "cut between entries": ('{"resourceType": "Bundle", "entry": [{}, ', "is not complete JSON"),
    "two entry lists": ('{"resourceType": "Bundle", "entry": [{}], "entry": [{}]}', "has a key twice"),
    "entries are one object": (
        '{"resourceType": "Bundle", "entry": {"resource": {}}}',
        "has entries that are not a list",
    ),
    "entries twice, spelled in two ways": (
        '{"resourceType": "Bundle", "entry": [], "\\u0065ntry": []}',
        "has a key twice",
    ),
    "more than one value": ('{"resourceType": "Bundle", "entry": []} {}', "is not complete JSON"),
    "a blank that JSON does not know": ('{"resourceType": "Bundle",\v"entry": []}', "is not complete JSON"),
    "many decimals": ('{"resourceType": "Bundle", "total": 1.%s}' % ("1" * 50), "has a number of 51 digits"),
    "a power beyond any": ('{"resourceType": "Bundle", "total": 1e%s}' % ("9" * 30), "is not complete JSON"),
    "a list": ("[1, 2]", "holds no FHIR resource"),
    "other JSON": ('{"name": "package"}', "holds no FHIR resource"),
    "empty": ("", "is not complete JSON"),
    "a table": ("a,b\n1,2\n", "is not complete JSON"),
    "an open quote": ('{"' + '\\"' * 100_000, "is not complete JSON"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_what_is_no_bundle_and_says_why(tmp_path: Path, name: str) -> None:
    written, words = REFUSED[name]
    path = tmp_path / "bundle.json"
    path.write_text(written)
    message = refusal(path)
    assert words in message
    assert "bundle.json" in message


def test_what_is_wrong_further_down_refuses_the_whole_bundle(tmp_path: Path) -> None:
    path = bundle(tmp_path, patient(), procedure(), *[observation("97909-6", "2025-01-12", str(n)) for n in range(500)])
    whole = path.read_text()
    for damaged in (whole[:-1], whole[:-2] + ", NaN]}", whole.removesuffix("}") + ', "type": 1, "type": 2}'):
        assert damaged != whole
        path.write_text(damaged)
        assert "bundle.json" in refusal(path)


def test_a_bundle_may_say_what_it_is_after_its_entries_and_spell_their_name_in_any_way(tmp_path: Path) -> None:
    whole = json.loads(bundle(tmp_path, patient(), procedure()).read_text())
    path = tmp_path / "bundle.json"
    entries = json.dumps([1, None, [], *whole["entry"], {"resource": 5}])
    path.write_text(f'\ufeff{{"\\u0065ntry": {entries}, "resourceType": "Bundle"}}', encoding="utf-8")
    rows, issues = read(path)
    assert len(rows["operations"]) == 1
    assert left_out(issues) == [("json", 6)]


def test_refuses_a_bundle_in_another_encoding(tmp_path: Path) -> None:
    path = tmp_path / "bundle.json"
    path.write_bytes('{"resourceType": "Bundle", "entry": [{"resource": {"x": "é"}}]}'.encode("latin-1"))
    assert "is not encoded as UTF-8" in refusal(path)


def test_refuses_a_packed_file_that_is_cut(tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps(patient()).encode() * 50)
    path = tmp_path / "Patient.ndjson.gz"
    path.write_bytes(whole[: len(whole) // 2])
    assert "cannot be read. Is it whole" in refusal(path)


def test_counts_what_is_unpacked_while_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "UNPACKED_MOST", 1 << 20)
    for name in ("bomb.json.gz", "bomb.ndjson.gz"):
        path = tmp_path / name
        path.write_bytes(gzip.compress(b'{"resourceType": "Patient"}\n' * 100_000))
        assert path.stat().st_size < 1 << 20
        assert "is larger than" in refusal(path)


@pytest.mark.parametrize("inside", ['"",' * 3_000_000, "{}," * 700_000, "[]," * 3_000_000, " " * 6_000_000])
def test_gives_up_on_a_bundle_of_nothing_before_it_fills_the_memory(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "bundle.json"
    path.write_text(f'{{"resourceType": "Bundle", "entry": [{inside}{{}}]}}')
    assert "Export it in parts" in refusal(path)


def test_gives_up_on_a_file_of_empty_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LINES_MOST", 1_000)
    path = tmp_path / "all.ndjson"
    path.write_text(json.dumps(patient()) + "\n" * 2_000)
    assert "has over 1,000 lines" in refusal(path)


def test_refuses_a_file_that_is_nearly_all_broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BROKEN_MOST", 10)
    path = lines(tmp_path, "log.ndjson", *["broken"] * 20)
    assert "has over 10 lines that are no FHIR resource" in refusal(path)


def test_refuses_what_is_not_there(tmp_path: Path) -> None:
    assert "is not there" in refusal(tmp_path / "gone.ndjson")
    (tmp_path / "empty").mkdir()
    assert "holds no .ndjson or .json file" in refusal(tmp_path / "empty")


@pytest.mark.parametrize(
    ("codes", "words"),
    [
        ({"procedure": {"A": "fusion"}}, '"fusion" is no procedure'),
        ({"procedure": {"A": ["tlif"]}}, "is no procedure"),
        ({"cause": {"A": "bad luck"}}, '"bad luck" is no cause'),
        ({"measure": {"A": "oswestry"}}, '"oswestry" is no measure'),
        ({"trait": {"diabetes": "true"}}, '"diabetes" is a part of its own'),
        ({"trait": {"sugar": {"A": "true"}}}, '"sugar" is no trait'),
        ({"trait": {"smoking": {"A": "sometimes"}}}, '"sometimes" is no value of it'),
        ({"trait": {"gpe": {"A": 9}}}, '"9" is no value of it'),
    ],
)
def test_refuses_a_mapping_with_a_word_that_is_none_of_ours(tmp_path: Path, codes: Any, words: str) -> None:
    assert words in refusal(bundle(tmp_path, patient()), mapping(**codes))


def test_a_folder_may_hold_the_log_of_the_export(tmp_path: Path) -> None:
    lines(tmp_path, "all.ndjson", patient(), procedure())
    lines(tmp_path, "log.ndjson", {"exportId": 1}, {"exportId": 2})
    (tmp_path / "manifest.json").write_text("{}")
    rows, issues = read(tmp_path)
    assert len(rows["operations"]) == 1
    assert [issue.file for issue in issues] == ["log.ndjson", "manifest.json"]


# Whatever stands in the place of a value


STRANGE: tuple[Any, ...] = (
    None,
    True,
    7,
    -1.5,
    1e308,
    "",
    "x" * 5_000,
    "\ud800",
    "a\u0000b",
    "‮abc",
    [],
    {},
    [[]],
    [{}],
)


def test_no_kind_of_value_in_any_place_breaks_the_reading(tmp_path: Path) -> None:
    """Every value of a small record, replaced by everything else that JSON has."""
    record: list[Resource] = [
        patient(deceasedDateTime="2026-01-01", identifier=[{"system": "s", "value": "v"}]),
        procedure(performer=[{"actor": {"reference": "Practitioner/S1"}}], encounter={"reference": "Encounter/e"}),
        condition("M96.1", "2025-01-01", recordedDate="2025-01-02", verificationStatus=concept("", "confirmed")),
        condition("M54.5", "2025-01-01", abatementDateTime="2025-02-01"),
        observation("97909-6", "2025-01-12", **quantity(38)),
        observation("72166-2", "2023-12-01", valueCodeableConcept=concept(LOINC, "LA15920-4")),
    ]
    read_or_refused = 0
    for place, resource in enumerate(record):
        for changed in everywhere(resource):
            path = bundle(tmp_path, *record[:place], changed, *record[place + 1 :])
            rows, issues = read(path)
            for told in rows.values():
                json.dumps(told).encode()
                assert all(cell.encode() for row in told for cell in row.values())
            assert all(issue.message.encode() for issue in issues)
            read_or_refused += 1
    assert read_or_refused > 500


def everywhere(value: Any) -> list[Any]:
    """Copies of a value in each of which one part is something else."""
    if isinstance(value, dict):
        return [
            {**value, key: other} for key, held in value.items() if key != "resourceType" for other in instead(held)
        ]
    if isinstance(value, list):
        return [
            [*value[:place], other, *value[place + 1 :]] for place, held in enumerate(value) for other in instead(held)
        ]
    return []


def instead(held: Any) -> list[Any]:
    return [*STRANGE, *everywhere(held)]

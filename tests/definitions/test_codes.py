"""The code tables: every word is one of ours, every file says where it comes from, and a site's own stands first."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dashboard.definitions import load as definitions
from dashboard.definitions.canonical import TABLES
from dashboard.definitions.codes import FOLDER, KINDS, Codes, Meaning, load, with_site

FILES = sorted(FOLDER.glob("*.toml"))
VISIT, OPERATION = TABLES["follow_ups"].columns, TABLES["operations"].columns


def words(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def said(system: str, code: str, codes: Codes | None = None) -> set[tuple[str, str, str]]:
    return {(one.kind, one.name, one.value) for one in (codes or load()).meanings(system, code)}


def test_there_is_a_file_for_each_system() -> None:
    assert [path.stem for path in FILES] == ["icd10cm", "icd10pcs", "loinc", "rxnorm", "snomed"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_says_its_source_its_systems_and_when_it_was_reviewed(path: Path) -> None:
    held = words(path)
    assert isinstance(held["reviewed"], date)
    assert held["source"]
    assert held["systems"]
    assert set(held) - {"systems", "source", "reviewed"} <= set(KINDS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_word_is_one_of_ours(path: Path) -> None:
    vocabularies = definitions().vocabularies
    for kind, entries in words(path).items():
        if kind in vocabularies:
            assert {code if isinstance(held, dict) else held for code, held in entries.items()} <= set(
                vocabularies[kind]
            )
        elif kind == "measure":
            assert set(entries.values()) <= set(VISIT) | set(OPERATION)
        elif kind == "trait":
            assert set(entries) <= set(OPERATION)
            for trait, values in entries.items():
                known = set(vocabularies.get(OPERATION[trait].words, ())) or {"true", "false"}
                assert set(values.values()) <= known | {""}


def test_no_code_has_two_meanings_of_one_kind() -> None:
    for meanings in load().said.values():
        kinds = [(one.kind, one.name if one.kind == "trait" else "") for one in meanings]
        assert len(kinds) == len(set(kinds))


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("0SG00AJ", "plif"),
        ("0SG30A0", "alif"),
        ("0SG1071", "posterolateral_fusion"),
        ("0SB20ZZ", "microdiscectomy"),
        ("0SB24ZZ", "endoscopic_discectomy"),
        ("00NY0ZZ", "laminectomy"),
        ("0SR20JZ", "disc_replacement"),
        ("0SH00BZ", "interspinous_device"),
        ("0SP004Z", "implant_removal"),
    ],
)
def test_a_procedure_is_told_by_its_icd_10_pcs_code(code: str, word: str) -> None:
    assert ("procedure", word, "") in said("ICD10PCS", code)
    assert ("procedure", word, "") in said("http://www.cms.gov/Medicare/Coding/ICD10", code.lower())


@pytest.mark.parametrize("code", ["0SG0", "0SB20ZX", "0SG7071", "0RG10A0", "0SG00Z1"])
def test_a_diagnostic_or_another_joint_s_procedure_is_none_of_ours(code: str) -> None:
    assert said("ICD10PCS", code) == set()


def test_dots_and_case_of_a_diagnosis_play_no_part() -> None:
    assert (
        said("ICD10CM", "m961") == said("http://hl7.org/fhir/sid/icd-10-cm", "M96.1") == {("cause", "undetermined", "")}
    )


def test_the_longest_beginning_says_what_a_code_means() -> None:
    assert said("ICD10CM", "E11.65") == {("trait", "diabetes", "true")}
    assert said("ICD10CM", "M48.062") == {("indication", "stenosis", "")}
    assert said("ICD10CM", "F17.200") == {("trait", "smoking", "current")}
    assert said("ICD10CM", "E12") == set()


def test_a_complication_counts_at_its_first_encounter_only() -> None:
    assert said("ICD10CM", "T81.42XA") == {("complication", "surgical_site_infection", "")}
    assert said("ICD10CM", "T81.42XD") == set()


def test_every_diagnosis_code_of_a_cause_is_read_or_known_to_say_too_little() -> None:
    """The vocabularies name for each cause a code that fits it; the table reads those that say it by themselves."""
    too_little = {"T84.89XA", "T84.226A", "M51.369", "M51.26", "G97.61", "M53.2X6"}
    for cause in definitions().vocabularies["cause"].values():
        for code in cause.icd:
            read = ("cause", cause.name, "") in said("ICD10CM", code)
            assert read != (code in too_little), code


def test_the_code_of_failed_back_surgery_is_a_cause() -> None:
    assert ("cause", "undetermined", "") in said("ICD10CM", definitions().fbss_code)


OVER = {
    "smoking": {"former": ("F17.201", "F17.211", "F17.221", "F17.291", "Z87.891")},
    "excessive_alcohol": {"false": ("F10.11", "F10.21", "F10.91")},
    "depression": {"false": ("F32.5", "F33.4", "F33.40", "F33.42")},
    "diabetes": {"false": ("E11.A",)},
}
STILL_THERE = {
    "smoking": {"current": ("F17.200", "F17.203", "F17.210", "F17.219", "F17.290", "Z72.0")},
    "excessive_alcohol": {"true": ("F10.10", "F10.120", "F10.20", "F10.27", "F10.920")},
    "depression": {"true": ("F32.0", "F32.4", "F32.9", "F32.A", "F33.1", "F33.41", "F33.9")},
    "diabetes": {"true": ("E11.9", "E11.65")},
    "opioid_use": {"true": ("Z79.891",)},
}


@pytest.mark.parametrize("known", [OVER, STILL_THERE], ids=["over", "still there"])
def test_what_is_in_remission_is_over_and_what_is_in_partial_remission_is_not(known: Any) -> None:
    told = [(name, value, code) for name, values in known.items() for value, codes in values.items() for code in codes]
    for name, value, code in told:
        assert said("ICD10CM", code) == {("trait", name, value)}, code


@pytest.mark.parametrize("code", ["42810003", "19527009", "46244001", "68019004"])
def test_a_depression_in_remission_is_over_in_snomed_too(code: str) -> None:
    assert said("SNOMED", code) == {("trait", "depression", "false")}


@pytest.mark.parametrize("code", ["M46.26", "M46.27", "M46.36", "M46.40", "M46.46", "M46.47", "G06.1"])
def test_an_infection_of_the_spine_is_a_cause(code: str) -> None:
    assert said("ICD10CM", code) == {("cause", "infection", "")}


@pytest.mark.parametrize(
    ("code", "kind", "name", "value"),
    [
        ("T81.44XA", "complication", "surgical_site_infection", "major"),
        ("T81.49XA", "complication", "surgical_site_infection", ""),
        ("M96.840", "complication", "haematoma", ""),
        ("M96.841", "complication", "haematoma", ""),
        ("T84.84XA", "symptom", "localized_back_pain", ""),
    ],
)
def test_what_a_code_of_a_complication_says(code: str, kind: str, name: str, value: str) -> None:
    assert said("ICD10CM", code) == {(kind, name, value)}


@pytest.mark.parametrize("code", ["G89.18", "G97.82", "T81.44XS", "T84.84XD", "M96.830", "R20.8", "R37", "F17.220"])
def test_a_code_that_says_too_little_says_nothing(code: str) -> None:
    assert said("ICD10CM", code) == set()


def test_no_code_is_a_severe_pain() -> None:
    """Severe is what a record says, not a code of any pain."""
    assert not [key for key, meanings in load().said.items() if any(one.name == "severe_pain" for one in meanings)]


@pytest.mark.parametrize("code", ["7804", "787390", "1819", "7814", "6754"])
def test_an_opioid_is_one_by_its_ingredient(code: str) -> None:
    assert said("RXNORM", code) == {("treatment", "opioid", ""), ("trait", "opioid_use", "true")}


@pytest.mark.parametrize("code", ["351264", "1010604", "1797650", "1996184"])
def test_buprenorphine_that_is_licensed_only_for_dependence_says_nothing_of_opioid_use(code: str) -> None:
    assert said("RXNORM", code) == {("trait", "opioid_use", "")}


def test_a_site_s_word_stands_before_the_shipped_one_and_beside_it_for_new_systems() -> None:
    codes = with_site(
        load(),
        {"ICD10PCS": {"procedure": {"0SG00AJ": "tlif"}}, "urn:ours": {"procedure": {"PLF*": "posterolateral_fusion"}}},
    )
    assert said("ICD10PCS", "0SG00AJ", codes) == {("procedure", "tlif", "")}
    assert said("http://hl7.org/fhir/sid/icd-10-pcs", "0SG00AJ", codes) == {("procedure", "tlif", "")}
    assert said("urn:ours", "plf-2", codes) == {("procedure", "posterolateral_fusion", "")}
    assert codes.meanings("urn:ours", "other") == ()
    assert Meaning("procedure", "plif") in load().meanings("ICD10PCS", "0SG00AJ")


def test_no_text_of_the_cpt_is_shipped() -> None:
    for path in FILES:
        assert "ama-assn" not in path.read_text(encoding="utf-8").lower()

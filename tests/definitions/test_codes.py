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
            assert set(entries.values()) <= set(vocabularies[kind])
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
    assert said("ICD10CM", "F17.201") == {("trait", "smoking", "current")}
    assert said("ICD10CM", "E12") == set()


def test_a_complication_counts_at_its_first_encounter_only() -> None:
    assert said("ICD10CM", "T81.42XA") == {("complication", "surgical_site_infection", "")}
    assert said("ICD10CM", "T81.42XD") == set()


def test_every_diagnosis_code_of_a_cause_is_read_or_known_to_say_too_little() -> None:
    """The vocabularies name for each cause a code that fits it; the table reads those that say it by themselves."""
    too_little = {"G97.82", "T84.89XA", "T84.226A", "M51.369", "M51.26", "T81.49XA", "G97.61", "M53.2X6"}
    for cause in definitions().vocabularies["cause"].values():
        for code in cause.icd:
            read = ("cause", cause.name, "") in said("ICD10CM", code)
            assert read != (code in too_little), code


def test_the_code_of_failed_back_surgery_is_a_cause() -> None:
    assert ("cause", "undetermined", "") in said("ICD10CM", definitions().fbss_code)


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

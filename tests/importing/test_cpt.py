"""CPT is not shipped: the way to map it that the documentation shows works as it stands there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from dashboard.definitions import codes
from dashboard.importing import mapping
from tests.importing.fhir_written import bundle, concept, notes, patient, procedure, read

CPT = "http://www.ama-assn.org/go/cpt"
README = Path(mapping.__file__).with_name("README.md").read_text(encoding="utf-8")
SHOWN = re.search(r"### CPT.*?```toml\n(.*?)```", README, re.DOTALL)


def documented() -> mapping.SiteMapping:
    """The mapping that the documentation shows."""
    assert SHOWN is not None
    return mapping.understood(tomllib.loads(SHOWN[1]), Path("site.toml"))


def test_the_codes_of_the_example_are_read_from_fhir_and_any_other_is_counted(tmp_path: Path) -> None:
    coded = {"X0001": "2020-01-01", "X0003": "2021-01-01", "X00031": "2022-01-01", "Y0001": "2023-01-01"}
    done = [procedure(code, concept(CPT, code), day) for code, day in coded.items()]
    rows, issues = read(bundle(tmp_path, patient(), *done), documented())
    assert [row["procedure"] for row in rows["operations"]] == ["microdiscectomy", "tlif", "tlif"]
    assert "Y0001" in notes(issues, "not_mapped")[0]


def test_the_example_names_the_vocabulary_of_omop_and_the_words_of_a_list() -> None:
    site = documented()
    told = codes.with_site(codes.Codes({}, {}), site.sections["codes"]).meanings("CPT4", "x0001")
    assert [meaning.name for meaning in told] == ["microdiscectomy"]
    assert site.of("operations").values["procedure"] == {"X0001": "microdiscectomy"}


def test_no_code_of_the_example_is_a_real_one() -> None:
    """A code of the CPT is five digits, or four and a letter at the end."""
    assert SHOWN is not None
    assert not re.search(r"\b\d{4}[\dA-Z]\b", SHOWN[1])

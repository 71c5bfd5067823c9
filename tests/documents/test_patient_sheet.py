"""The sheet for a patient: one page that anybody can read, with the model's figures and nothing of who it is for."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pypdf
import pytest

from dashboard.access import OPERATOR
from dashboard.analyses.estimate import estimate, inputs
from dashboard.analyses.verdicts.patient import hundred, missed
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.documents.document import Document, Paragraph, Picture, Points
from dashboard.documents.patient_sheet import NOT_A_DECISION, WHOM_TO_ASK, issued_sheet, patient_sheet, told_of
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NoData
from dashboard.records import Records
from tests.documents.readability import grade, syllables
from tests.documents.written import MADE
from tests.text_tables import records as small

SMOKER = {"smoking": "current", "depression": "yes"}
ONE = "operation | state | day\n1 | failed | 30"


@pytest.fixture(scope="module")
def practice(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Records:
    current = Store(sample_store).current()
    assert current is not None
    audit = Audit(tmp_path_factory.mktemp("sheet") / "audit")
    return Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), audit)


@pytest.fixture(scope="module")
def sheet(practice: Records) -> Document:
    return patient_sheet(practice, "microdiscectomy", SMOKER, MADE)


def words_of(document: Document) -> list[str]:
    found = []
    for section in document.sections:
        for block in section.blocks:
            if isinstance(block, Paragraph):
                found += [block.strong, block.words]
            elif isinstance(block, Points):
                found += block.lines
            elif isinstance(block, Picture):
                found.append(block.note)
    return [words for words in found if words]


def test_its_numbers_are_those_of_the_estimate(practice: Records, sheet: Document) -> None:
    one = told_of(estimate(practice, "microdiscectomy", SMOKER, "fbss"))
    n = hundred(one.share)
    words = " ".join(words_of(sheet))
    assert f"Of 100 people like you, about {n} will have a poor result" in words
    assert f"About {100 - n} will not." in words
    assert f"as low as {hundred(one.lower)} or as high as {hundred(one.upper)}." in words
    assert f"{one.model.plan.operations:,} operations done here, up to 30 Sep 2026" in words
    stopped = next(change.expected for change in one.changes if change.factor == "smoking")
    assert stopped is not None
    assert f"who had stopped smoking, about {hundred(stopped.share)} (" in words
    (picture,) = [block for section in sheet.sections for block in section.blocks if isinstance(block, Picture)]
    assert f"People like you: {n} of 100" in picture.alt
    assert NOT_A_DECISION in words


def test_what_nobody_said_is_not_told_as_known(practice: Records, sheet: Document) -> None:
    """And what plays no part is named, the levels among it."""
    words = words_of(sheet)
    told = next(line for line in words if line.startswith("We were told"))
    assert "smoking: current; depression: yes. Of all else we took the most usual." in told
    assert "sex" not in told
    assert "how many levels are operated on" in next(line for line in words if line.startswith("Not used"))


def test_a_number_known_to_be_too_low_is_told_as_such(practice: Records) -> None:
    """Of the microdiscectomies at this risk more failed than the model expected: 18.8 % (12.8 to 26.8), not 11.6 %."""
    one = told_of(estimate(practice, "microdiscectomy", {}, "fbss"))
    assert one.tenth is not None
    assert missed(one.tenth)
    words = " ".join(words_of(patient_sheet(practice, "microdiscectomy", {}, MADE)))
    assert "This number may be too low." in words
    assert "we thought that 12 of 100 would have a poor result. In truth 19 (13 to 27) did." in words


def test_a_time_without_a_number_is_named(practice: Records) -> None:
    profile = SMOKER | {"age": "58"}
    found = estimate(practice, "tlif", profile, "fbss")
    assert [one.share is None for one in found] == [False, True]
    words = " ".join(words_of(patient_sheet(practice, "tlif", profile, MADE)))
    assert "will have a poor result by 1 year." in words
    assert "We have no number by 2 years. We have seen too few people like you here for that." in words


def test_what_may_help_blames_nobody_and_says_whom_to_ask(practice: Records, sheet: Document) -> None:
    words = " ".join(words_of(sheet))
    assert "None of this is your fault." in words
    assert words.count(WHOM_TO_ASK) == 1
    assert words_of(patient_sheet(practice, "microdiscectomy", {}, MADE)).count(WHOM_TO_ASK) <= 1


@pytest.mark.parametrize("profile", [SMOKER | {"alcohol": "yes", "anxiety": "yes", "bmi": "36", "age": "70"}, {}])
@pytest.mark.parametrize("procedure", ["plif", "posterolateral_fusion"])
def test_it_is_one_page_whatever_is_said_of_the_patient(
    practice: Records, procedure: str, profile: dict[str, str]
) -> None:
    assert len(pypdf.PdfReader(io.BytesIO(issued_sheet(practice, procedure, profile, MADE))).pages) == 1


def test_a_reader_of_twelve_can_read_it(sheet: Document) -> None:
    """What it says of itself; the words of the definitions, such as a factor's, stand as they are on every screen."""
    own = [words for words in words_of(sheet) if not words.startswith(("We were told", "Not used"))]
    assert grade(" ".join(own)) < 6.5
    assert grade("The cumulative incidence of persistent postoperative symptomatology necessitates evaluation.") > 15
    assert [syllables(word) for word in ("people", "operation", "like", "the", "surgeon")] == [2, 4, 1, 1, 2]


def test_nothing_of_the_patient_is_kept_and_the_sheet_names_nobody(practice: Records, sheet: Document) -> None:
    issued_sheet(practice, "microdiscectomy", SMOKER, MADE)
    line = json.loads(practice.audit.path.read_text().splitlines()[-1])
    assert (line["kind"], line["viewer"]) == ("patient_sheet", OPERATOR.name)
    assert not {"smoking", "current", "microdiscectomy"} & set(re.findall(r"\w+", json.dumps(line)))
    told = " ".join([*words_of(sheet), sheet.title, sheet.subtitle, sheet.foot])
    assert OPERATOR.name not in told
    assert not re.search(r"\bP-[0-9A-F]|\bS0\d\b", told)


def test_without_an_estimate_there_is_no_sheet_and_a_sentence(tmp_path: Path) -> None:
    records = small(tmp_path, ONE)
    assert not any(one.used for one in inputs(records, load().default_outcome.name))
    with pytest.raises(NoData, match="No estimate"):
        patient_sheet(records, "tlif", {}, MADE)

"""Which role gets which document: made of what that viewer is told, or refused in words and on record."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.audit import Audit, lines_of
from dashboard.cohort import Cohort
from dashboard.disclosure import MODES
from dashboard.documents.appraisal import CHOOSE
from dashboard.documents.cover import facts_of, foot_of, whose_of
from dashboard.documents.document import Document, Paragraph, WordTable
from dashboard.documents.issuing import FORMS, issued, made
from dashboard.documents.kinds import KINDS, DocumentKind, kind_named
from dashboard.documents.last_report import A_PART
from dashboard.documents.patient_sheet import issued_sheet
from dashboard.documents.quality.period import beside
from dashboard.documents.wanted import PRACTICE, Wanted
from dashboard.engines.generations import Store
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.exports.heading import heading
from dashboard.protecting import SENTENCE
from dashboard.records import Records
from tests import roles
from tests.documents.test_quality import words_of
from tests.documents.written import MADE

VIEWERS = {
    **roles.VIEWERS,
    "masked": Viewer("Manager of numbers", "manager", masked=True),
    "protected": Viewer("Manager of rounded counts", "manager", protected=True),
    "of a site": Viewer("Manager of Central", "manager", sites=("Central",)),
}
ALL_SEE = {"operator", "surgeon", "manager", "masked", "protected", "of a site"}
MAY = {
    "quality": ALL_SEE, "appraisal": {"operator", "surgeon"}, "meeting": {"operator", "surgeon"},
    "letters": {"operator", "surgeon", "steward"}, "programmes": ALL_SEE - {"protected", "of a site"},
}  # fmt: skip
"""By kind who gets it: written down again, so that a right that is given by mistake shows."""
WANTED = Wanted("fbss", 730, MADE)
NAMES = re.compile(r"\bS0\d\b")


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("by-role")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return Store(folder)


def asking(sample: Records, store: Store, who: str, **chosen: tuple[str, ...]) -> Records:
    records = replace(sample, viewer=VIEWERS[who], audit=Audit(store.root / "audit"))
    return records.of(Cohort(date(2022, 1, 1), date(2023, 12, 31), chosen))


@pytest.fixture(scope="module")
def got(sample: Records, store: Store) -> Callable[[str, str], Document]:
    """The document of a kind as this viewer gets it; each is made once."""

    @cache
    def make(who: str, kind: str) -> Document:
        of_one = {"surgeon": ("S01",)} if kind == "appraisal" and who == "operator" else {}
        return made(store, asking(sample, store, who, **of_one), named(kind), WANTED)

    return make


def named(kind: str) -> DocumentKind:
    found = kind_named(kind)
    assert found is not None
    return found


def last_line(store: Store) -> dict[str, object]:
    line: dict[str, object] = json.loads((store.root / "audit" / "audit.jsonl").read_text().splitlines()[-1])
    return line


PAIRS = [pytest.param(who, kind.name, id=f"{who}-{kind.name}") for kind in KINDS for who in VIEWERS]


@pytest.mark.parametrize(("who", "kind"), PAIRS)
def test_a_document_is_made_for_its_roles_and_refused_on_record_to_others(
    sample: Records, store: Store, got: Callable[[str, str], Document], who: str, kind: str
) -> None:
    assert named(kind).is_for(VIEWERS[who]) == (who in MAY[kind])
    if who in MAY[kind]:
        document = got(who, kind)
        assert document.sections
        assert ("Made by", VIEWERS[who].name) in document.facts
        return
    with pytest.raises(NotAllowed, match=f"{named(kind).title}: your role does not include this document"):
        issued(store, asking(sample, store, who), named(kind), WANTED, FORMS["html"])
    line = last_line(store)
    assert (line["what"], line["viewer"], line["question"]) == ("refusal", VIEWERS[who].name, kind)


def test_a_report_names_surgeons_only_to_whom_they_have_names(got: Callable[[str, str], Document]) -> None:
    assert NAMES.search(" ".join(words_of(got("manager", "quality"))))
    masked = " ".join(words_of(got("masked", "quality")))
    assert not NAMES.search(masked)
    assert re.search(r"\bSurgeon \d", masked)


@pytest.mark.parametrize("who", ["protected", "of a site"])
def test_who_is_told_rounded_counts_has_a_report_of_those_and_no_mode_that_goes_beyond(
    sample: Records, store: Store, got: Callable[[str, str], Document], who: str
) -> None:
    document = got(who, "quality")
    assert dict(document.facts)["Small counts"].startswith(SENTENCE)
    assert MODES["none"].sentence not in " ".join(words_of(document))
    blocks = [block for section in got(who, "quality").sections for block in section.blocks]
    assert A_PART in [block.words for block in blocks if isinstance(block, Paragraph)]
    tables = [block for block in blocks if isinstance(block, WordTable)]
    counts = [int(cell.replace(",", "")) for table in tables for row in table.rows
              for head, cell in zip(table.heads, row, strict=True)
              if head in ("Operations", "Due", "Answered", "Not yet due") and cell[:1].isdigit()]  # fmt: skip
    assert counts
    assert not [count for count in counts if count % 5]
    shared = made(store, asking(sample, store, who), named("quality"), replace(WANTED, share="nhs"))
    assert dict(shared.facts)["Small counts"] == MODES["nhs"].sentence


def test_an_appraisal_pack_is_of_oneself_or_of_whom_the_operator_chooses(
    sample: Records, store: Store, got: Callable[[str, str], Document]
) -> None:
    assert got("surgeon", "appraisal").subtitle.startswith(sample.label("surgeon", "S01"))
    with pytest.raises(WrongUsage, match="choose one"):
        made(store, asking(sample, store, "surgeon", surgeon=("S02",)), named("appraisal"), WANTED)
    assert named("appraisal").lacking(asking(sample, store, "operator")) == CHOOSE
    with pytest.raises(WrongUsage, match="choose one"):
        made(store, asking(sample, store, "operator"), named("appraisal"), WANTED)


@pytest.mark.parametrize("who", ["manager", "steward", "auditor"])
def test_a_patients_sheet_is_for_who_plans(sample: Records, store: Store, who: str) -> None:
    with pytest.raises(NotAllowed, match="your role does not include this document"):
        issued_sheet(asking(sample, store, who), "tlif", {}, MADE)
    assert last_line(store)["what"] == "refusal"


@pytest.mark.parametrize(("who", "part"), [("of a site", "at Central"), ("surgeon", "of S01")])
def test_a_part_of_the_practice_is_named_and_never_told_as_the_whole(
    sample: Records, store: Store, who: str, part: str
) -> None:
    wanted = replace(WANTED, compare=PRACTICE)
    records = asking(sample, store, who)
    told = dict(facts_of(records, wanted))
    assert told["Counted"] == f"Index operations {part}"
    assert f"operations {part}" in foot_of(records, wanted, "Quality report")
    assert part.split()[1] in whose_of(records)
    assert beside(records, wanted).why == "Figures of the whole practice are not shown to your role."
    head = heading(records, "A table")
    assert part in head.described
    assert part.split()[1] in head.filters.values()


@pytest.mark.parametrize("who", sorted(MAY["quality"]))
def test_who_waits_for_a_contact_is_told_to_who_sees_patients_and_nobody_is_refused(
    got: Callable[[str, str], Document], store: Store, who: str
) -> None:
    """So few are single patients: no count of them stands in a report of counts, and no refusal in its place."""
    said = " ".join(words_of(got(who, "quality")))
    assert ("red flag" in said.lower()) == VIEWERS[who].sees_patients
    refused = [line for line in lines_of(store.root / "audit") if line["what"] == "refusal"]
    assert not [line for line in refused if line["question"] == "red_flags"]

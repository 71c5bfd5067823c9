"""The pack for an appraisal: own figures as the screens have them, peers as a band, each failure with its care."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.case_review import failures
from dashboard.analyses.groups import rows_of
from dashboard.analyses.headline import headline, limits_words, value_words
from dashboard.analyses.peers import among_peers, banded, of_surgeon
from dashboard.analyses.plans import Intended, group_subject, open_plan
from dashboard.analyses.verdicts.me import me_verdict
from dashboard.audit import Audit, lines_of
from dashboard.cohort import Cohort
from dashboard.documents.appraisal import CHOOSE, MOST_CASES, REFLECTIONS, appraisal, surgeon_lacking
from dashboard.documents.document import Document, Picture, WordTable
from dashboard.documents.kinds import kind_named
from dashboard.documents.on_paper import pdf
from dashboard.documents.wanted import Wanted
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.records import Records
from tests.documents.test_meeting import words_of
from tests.documents.written import MADE, text_of

WANTED = Wanted("fbss", 730, MADE)
OTHERS = r"\bS0[1-35-9]\b"
HOSTILE = '<b>&"#[]*'


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("appraisal")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return folder


def door(store: Path, viewer: Viewer, chosen: tuple[str, ...] = ()) -> Records:
    current = Store(store).current()
    assert current is not None
    cohort = Cohort(chosen={"surgeon": chosen} if chosen else {})
    engine = DuckEngine(current.path, current.number)
    return Records(engine, viewer, cohort, Audit(store / "audit"), Notebook(store))


@pytest.fixture(scope="module")
def operator(store: Path) -> Records:
    records = door(store, OPERATOR, ("S04",))
    draft = Intended(f"Look at each {HOSTILE}", "AB", MADE.date().replace(month=10), MADE.date().replace(month=12))
    surgeon = Viewer("Dr Four", "surgeon", surgeon="S04")
    open_plan(door(store, surgeon), group_subject("fbss", 730, "procedure", "tlif"), draft)
    open_plan(records.of(Cohort()), group_subject("fbss", 730, "surgeon", "S05"), draft)
    return records


@pytest.fixture(scope="module")
def made(operator: Records) -> Document:
    return appraisal(operator, WANTED)


def test_its_figures_are_those_of_the_screens(operator: Records, made: Document) -> None:
    words = words_of(made)
    mine = of_surgeon(operator, "S04")
    for row in rows_of(headline(mine, "fbss", 730)):
        assert value_words(row) in words
        assert limits_words(row) in words
    assert me_verdict(operator, "S04", "fbss", 730).answer in words


def test_peers_are_a_band_and_nobody_by_name(operator: Records, made: Document) -> None:
    words = words_of(made)
    found = among_peers(operator, "S04", "fbss", 730)
    band = banded(found).iloc[-1]
    peers = found.rows.loc[~found.rows["own"].astype(bool), "ratio"].astype(float)
    assert peers.min() <= band["lower"] <= band["ratio"] <= band["upper"] <= peers.max()
    told = [block.alt for section in made.sections for block in section.blocks if isinstance(block, Picture)]
    assert any(f"{len(peers)} peers: middle half {band['ratio']:.2f}" in alt for alt in told)
    for said in (words, *told):
        assert not re.search(rf"{OTHERS}|Peer \d", said)


def test_each_failure_stands_there_with_its_cause_and_its_care(operator: Records, made: Document) -> None:
    rows = failures(of_surgeon(operator, "S04"), "fbss")
    (table,) = [
        block for section in made.sections if section.title == "Each failure" for block in section.blocks
        if isinstance(block, WordTable)
    ]  # fmt: skip
    assert 0 < len(rows) <= MOST_CASES
    assert sorted(row[0].splitlines()[1] for row in table.rows) == sorted(rows["patient"])
    assert all(row[3] for row in table.rows)
    assert not re.search(r"\.csv|\d [A-Z][a-z]{2} \d{4}", " ".join(cell for row in table.rows for cell in row))


def test_its_own_plans_and_no_others_stand_there_word_for_word(made: Document) -> None:
    (plans,) = [section for section in made.sections if section.title == "Plans"]
    words = words_of(Document("", "", [], [plans], MADE))
    assert words.count(f"Look at each {HOSTILE}") == 1
    assert "S04" in words


def test_it_can_be_set_on_paper_with_room_for_reflections(made: Document) -> None:
    words = text_of(pdf(made))
    assert all(heading in words for heading in REFLECTIONS)


def test_a_surgeon_can_make_only_the_own_one_and_each_course_is_on_record(store: Path) -> None:
    surgeon = Viewer("Dr Four", "surgeon", surgeon="S04")
    before = len([line for line in lines_of(store / "audit") if line.get("question") == "timeline"])
    own = appraisal(door(store, surgeon), WANTED)
    assert own.subtitle.startswith("S04")
    assert surgeon_lacking(door(store, surgeon)) == ""
    with pytest.raises(WrongUsage, match=re.escape(CHOOSE)):
        appraisal(door(store, surgeon, ("S05",)), WANTED)
    lines = [line for line in lines_of(store / "audit") if line.get("question") == "timeline"]
    assert len(lines) > before
    assert lines[-1]["viewer"] == "Dr Four"
    assert not re.search(OTHERS, words_of(own))


def test_without_one_surgeon_there_is_none_and_who_sees_counts_makes_none(store: Path) -> None:
    for chosen in ((), ("S04", "S05"), ("nobody",)):
        with pytest.raises(WrongUsage, match=re.escape(CHOOSE)):
            appraisal(door(store, OPERATOR, chosen), WANTED)
        assert surgeon_lacking(door(store, OPERATOR, chosen)) == CHOOSE
    with pytest.raises(NotAllowed, match="counts"):
        appraisal(door(store, Viewer("Manager", "manager"), ("S04",)), WANTED)
    kind = kind_named("appraisal")
    assert kind is not None
    assert not kind.is_for(Viewer("Manager", "manager"))

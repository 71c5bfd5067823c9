"""The log of who asked what: whole or not, by whom, and without anybody's pseudonym."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dashboard import accounts
from dashboard.access import VISITOR, Viewer
from dashboard.accounts import turned_away
from dashboard.analyses.audit_trail import audit_trail, by_person, narrowed_to
from dashboard.analyses.verdicts.audit_trail import audit_verdict
from dashboard.audit import BLOCK, BLOCKS_KEPT, lines_of
from dashboard.cohort import Cohort
from dashboard.errors import NotAllowed
from dashboard.recorded import Recorded
from dashboard.records import Records
from tests.text_tables import records

AUDITOR = Viewer("Olaf Ott", "auditor")
MANAGER = Viewer("Max Moor", "manager")
OPERATIONS = "operation | patient | surgeon | state | day\n1 | 1 | S01 | failed | 30\n2 | 2 | S02 | left | 40"
PATIENT = 0xC0FFEE0000000001
NOW = datetime.now(UTC)


@pytest.fixture
def asked(tmp_path: Path) -> Records:
    """What the auditor reads, after others have asked."""
    operator = records(tmp_path, OPERATIONS, cohort=Cohort(every_operation=True))
    manager = replace(operator, viewer=MANAGER)
    manager.read("failure_curve", columns={"by": ()}, outcome="fbss")
    manager.of(Cohort(chosen={"surgeon": ("S01",)})).read("failure_curve", columns={"by": ()}, outcome="fbss")
    operator.listing("operations_list", outcome="fbss", states=None, causes=None)
    operator.leaves(f"Course of P-{PATIENT:016X}", 1, form="csv")
    with pytest.raises(NotAllowed):
        manager.listing("timeline", operation=1)
    Recorded(operator.audit, operator.viewer, "import").begun().done(generation=2)
    return replace(operator, viewer=AUDITOR)


def test_the_newest_line_stands_first_with_who_when_and_what(asked: Records) -> None:
    lines = audit_trail(asked).lines
    assert list(lines["number"]) == [8, 7, 6, 5, 4, 3, 2, 1]
    told = lines[["person", "kind", "words", "chosen"]].itertuples(index=False, name=None)
    assert list(told) == [
        ("Olaf Ott", "listing", "Audit", ""),
        ("operator of this machine", "change", "Import: done, generation 2", ""),
        ("operator of this machine", "change", "Import: begun", ""),
        ("Max Moor", "refusal", "Timeline", ""),
        ("operator of this machine", "listing", "Export, form csv", ""),
        ("operator of this machine", "listing", "Operations list", ""),
        ("Max Moor", "counts", "Failure curve", "surgeon S01"),
        ("Max Moor", "counts", "Failure curve", ""),
    ]
    assert lines["why"].iloc[3] == "Your role shows counts, not single operations."
    assert list(lines["rows"].iloc[4:6]) == [1, 2]


def test_no_line_tells_of_a_patient(asked: Records) -> None:
    asked.audit.asked({"viewer": "x", "question": "noted_operation", "values": {"noted_patient": PATIENT}})
    asked.audit.changed(
        {"viewer": "x", "change": "note", "kind": "flag", "subject": f"flag/P-{PATIENT:016X}/2024-01-01"}
    )
    written = asked.audit.path.read_text()
    assert f"{PATIENT:016X}" in written
    assert str(PATIENT) in written
    shown = audit_trail(asked).lines.to_csv()
    assert f"{PATIENT:016X}" not in shown
    assert str(PATIENT) not in shown


@pytest.mark.parametrize(
    "viewer",
    [MANAGER, Viewer("Dr One", "surgeon", surgeon="S01"), Viewer("Eva Ernst", "steward"), VISITOR,
     Viewer("Olaf of North", "auditor", sites=("North",))],
)  # fmt: skip
def test_it_is_for_nobody_else_and_who_tries_is_on_record(asked: Records, viewer: Viewer) -> None:
    with pytest.raises(NotAllowed):
        audit_trail(replace(asked, viewer=viewer))
    last = lines_of(asked.audit.path.parent)[-1]
    assert (last["what"], last["viewer"], last["question"]) == ("refusal", viewer.name, "audit")


def test_it_is_narrowed_to_a_person_a_kind_and_a_day(asked: Records) -> None:
    lines = audit_trail(asked).lines
    assert len(narrowed_to(lines, "Max Moor", None, None)) == 3
    assert list(narrowed_to(lines, None, "refusal", None)["words"]) == ["Timeline"]
    assert len(narrowed_to(lines, None, None, NOW.date() - timedelta(days=1))) == 8
    assert narrowed_to(lines, None, None, NOW.date() + timedelta(days=2)).empty


def test_each_person_stands_with_how_many_of_each_kind(asked: Records) -> None:
    rows = by_person(audit_trail(asked).lines).set_index("person")
    assert list(rows.index) == ["Max Moor", "operator of this machine", "Olaf Ott"]
    assert list(rows.loc["Max Moor", ["role", "counts", "listing", "change", "refusal", "most"]]) == [
        "manager", 2, 0, 0, 1, 2,
    ]  # fmt: skip


def test_a_whole_log_is_said_to_be_and_who_was_refused(asked: Records) -> None:
    said = audit_verdict(audit_trail(asked), NOW)
    assert said.answer.startswith("The log is whole: 8 lines since ")
    assert said.doubt == "In the last 7 days 1 refusal, to one person."


def test_whoever_was_turned_away_at_the_door_is_nobody_who_could_be_counted(asked: Records) -> None:
    for number in ("4711", "4712"):
        turned_away(asked.audit, {"iss": "https://login.example", "sub": number})
    said = audit_verdict(audit_trail(asked), NOW)
    assert said.doubt == "In the last 7 days 3 refusals, to one person and somebody not known here."


def test_a_changed_line_is_the_answer(asked: Records) -> None:
    audit_trail(asked)
    path = asked.audit.path
    path.write_text(path.read_text().replace("Max Moor", "Max Mohr", 1))
    said = audit_verdict(audit_trail(asked), NOW)
    assert said.answer.startswith("The log is not as it was written, at 1 place.")
    assert "Audit line 1 was changed" in said.doubt


def test_a_log_that_was_cut_off_is_seen_by_what_a_generation_says_of_it(asked: Records) -> None:
    folder = asked.audit.path.parent
    (folder.parent / "gen").mkdir()
    (folder.parent / "gen" / "000002.json").write_text(json.dumps({"audit": str(asked.audit.head)}))
    lines = asked.audit.path.read_text().splitlines(keepends=True)
    asked.audit.path.write_text("".join(lines[:3]))
    (folder.parent / "audit.head").unlink()
    trail = audit_trail(asked)
    assert any("number 7 is missing or was changed" in complaint for complaint in trail.complaints)


def test_whoever_asks_for_more_different_answers_in_a_day_than_people_do_is_named(asked: Records) -> None:
    manager = replace(asked, viewer=MANAGER)
    for place in range(205):
        said = {"viewer": "Max Moor", "role": "manager", "question": "failure_curve", "cohort": {"from": place}}
        manager.audit.asked(said)
    said_of = audit_verdict(audit_trail(asked), NOW).doubt
    assert "More than 200 different answers in one day: Max Moor (207 on " in said_of
    assert "operator" not in said_of


def test_the_same_question_many_times_is_no_cause_for_doubt(asked: Records) -> None:
    for _ in range(205):
        asked.audit.listed({"viewer": "Max Moor", "role": "manager", "question": "failure_curve", "cohort": {}})
    assert "More than" not in audit_verdict(audit_trail(asked), NOW).doubt


def test_who_was_turned_away_stands_there_by_number_alone(asked: Records) -> None:
    number = accounts.turned_away(asked.audit, {"iss": "https://login.clinic.example", "sub": "stranger"})
    row = audit_trail(asked).lines.iloc[1]
    assert (row["kind"], row["person"], row["words"]) == ("refusal", "not known", f"Sign in, quoted {number}")


def test_a_long_log_is_checked_in_blocks_of_which_each_is_bound_to_the_one_before(asked: Records) -> None:
    for place in range(2 * BLOCK):
        asked.audit.asked({"viewer": "Max Moor", "question": "failure_curve", "place": place})
    assert BLOCKS_KEPT > 2
    assert len(audit_trail(asked).lines) == 2 * BLOCK + 8
    assert audit_trail(asked).complaints == ()
    lines = asked.audit.path.read_text().splitlines(keepends=True)
    del lines[BLOCK]
    asked.audit.path.write_text("".join(lines))
    (first, *_) = audit_trail(asked).complaints
    assert first == f"Audit line {BLOCK + 1} has number {BLOCK + 2}, after number {BLOCK}."


def test_lines_that_cannot_be_read_and_lines_of_the_chain_itself_close_nothing(asked: Records) -> None:
    with asked.audit.path.open("a") as file:
        file.write('torn\n{"number":9,"code":"x","at":"no day","what":"gap","viewer":7,"cohort":"y","rows":"z"}\n')
        file.write(
            '{"number":10,"code":[],"what":[],"viewer":{},"role":null,"question":[1],"why":{"a":1},"rows":true}\n'
        )
    trail = audit_trail(asked)
    assert trail.complaints
    assert {"other"} == set(trail.lines["kind"]) - {"counts", "listing", "change", "refusal"}

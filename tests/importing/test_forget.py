"""A person is forgotten: no byte that is kept here holds them, the audit is whole, and no import brings them back."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import OPERATOR
from dashboard.analyses.contacts import contact_subject
from dashboard.analyses.patients import flag_subject, shown_patient
from dashboard.audit import Audit, lines_of, verify
from dashboard.cli import main
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.pseudonym_key import key_of_operations, pseudonym
from dashboard.engines.writer import patients_of
from dashboard.errors import Refused
from dashboard.importing.publishing import forgetting
from dashboard.records import Records
from tests.canaries import traces
from tests.importing.written import rows, take, write
from tests.killed import HALF, forget_and_be_killed

WHO, CASE = "CANARYMRN7", "CANARYCASE7"
DAY = date(2024, 3, 7)
STEPS = (
    "mark", "opted out", "generation 1", "generation 2", "generation 3", "pointer", "delete generation 1",
    "delete generation 3", "reports", "notes", "done",
)  # fmt: skip


def records(folder: Path) -> Path:
    """Nine patients, the seventh of whom is to be forgotten; a cell of theirs is no number, and says who they are."""
    people = [(f"M{n}" if n != 7 else WHO, f"C{n}" if n != 7 else CASE, n) for n in range(1, 10)]
    return write(
        folder,
        patients="patient_id | birth_year | sex\n" + "\n".join(f"{who} | 1960 | f" for who, _, _ in people),
        operations="operation_id | patient_id | surgery_date | procedure | bmi | surgeon\n"
        + "\n".join(
            f"{case} | {who} | 2024-03-{n:02} | tlif | {'CANARYNAME Eva' if n == 7 else 25} | S{n % 3}"
            for who, case, n in people
        ),
        diagnoses="operation_id | diagnosis_date | cause\n"
        + "\n".join(f"{case} | 2025-01-{n:02} | infection" for _, case, n in people),
        symptoms="operation_id | onset_date | symptom\n"
        + "\n".join(f"{case} | 2024-06-{n:02} | fever" for _, case, n in people),
    )


def canaries(key: bytes) -> list[str]:
    """All that the person is known by: numbers, pseudonyms as they are written, and words of their cells."""
    patient, operation = pseudonym(key, WHO), pseudonym(key_of_operations(key), CASE)
    return [
        WHO, CASE, "CANARYNAME", "CANARYNOTE", str(patient), f"{patient:016X}", shown_patient(patient), str(operation),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of three generations with notes of the person, looked at and written of through the door."""
    folder = tmp_path_factory.mktemp("lived in")
    store, source = folder / "store", records(folder / "records")
    for _ in range(3):
        take(source, store)
    key = (store / "pseudonym.key").read_bytes()
    current = Store(store).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    door = Records(engine, OPERATOR, Cohort(), Audit(store / "audit"), Notebook(store))
    for number, day, note in ((WHO, DAY, "CANARYNOTE"), ("M1", date(2024, 3, 1), "called")):
        who = pseudonym(key, number)
        door.note("contact", contact_subject(who, day, "fever", date(2024, 6, 7)), note)
        door.note("flag", flag_subject(shown_patient(who), day), note)
    door.note("annotation", "2024-05", f"Since then {shown_patient(pseudonym(key, WHO))} comes to the other clinic")
    engine.close()
    (store / "uploads" / "x").mkdir(parents=True)
    (store / "uploads" / "x" / "given.csv").write_text(WHO, encoding="utf-8")
    return folder


def copied(lived_in: Path, folder: Path) -> Store:
    shutil.copytree(lived_in / "store", folder / "store", symlinks=True)
    return Store(folder / "store")


def silent(step: str) -> None:
    """Nobody listens."""


def assert_forgotten(store: Store, told: Sequence[str]) -> None:
    """No byte and no cell holds the person; the others are all there, and the store and its audit are whole."""
    assert traces(store.root, told) == []
    assert store.verify() == []
    assert forgetting.pending(store) == ""
    assert verify(store.root / "audit") == []
    assert rows(store.root, "select count(*), count(distinct patient) from operation") == [(8, 8)]
    assert rows(store.root, "select count(*) from diagnosis") == [(8,)]
    notes = [note for kind in ("contact", "flag") for note in Notebook(store.root).read(kind)]
    key = (store.root / "pseudonym.key").read_bytes()
    assert len(notes) == 2
    (annotation,) = Notebook(store.root).read("annotation")
    assert annotation.text == "Since then [somebody who was forgotten] comes to the other clinic"
    assert all(shown_patient(pseudonym(key, "M1")) in note.subject for note in notes)


def test_before_they_are_there_in_the_generations_and_nowhere_by_name(lived_in: Path) -> None:
    store = lived_in / "store"
    told = canaries((store / "pseudonym.key").read_bytes())
    places = {one.split(":")[0].split("/")[0] for one in traces(store, told[4:])}
    assert places == {"gen", "persons.sqlite"}  # and so a pseudonym is linked to the audit and the notebook in one file
    assert "CANARYNAME" in "".join(traces(store / "reports", told))


def test_no_trace_is_left_in_any_byte(lived_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = copied(lived_in, tmp_path)
    told = canaries((store.root / "pseudonym.key").read_bytes())
    assert main(["store", "forget", f" {WHO} ", "--store", str(store.root)]) == 0
    said = capsys.readouterr()
    assert "Generation 3 was made anew as 6" in said.err
    assert "Not reached: backups and copies outside the store" in said.err
    assert_forgotten(store, told)
    assert [one.number for one in store.generations()] == [4, 5, 6]
    assert all(len(patients_of(one.path)) == 8 for one in store.generations())
    current = store.current()
    assert current is not None
    assert current.number == 6
    for number in (1, 2, 3):
        assert main(["store", "restore", str(number), "--store", str(store.root)]) == 1
        assert "made anew as" in capsys.readouterr().err
    assert main(["store", "restore", "4", "--store", str(store.root)]) == 0
    lines = lines_of(store.root / "audit")
    assert [line["step"] for line in lines if line.get("change") == "forget"] == ["begun", "done"]
    assert main(["store", "verify", "--store", str(store.root)]) == 0


def test_an_import_does_not_bring_them_back_and_says_no_cell_of_theirs(lived_in: Path, tmp_path: Path) -> None:
    store = copied(lived_in, tmp_path)
    told = canaries((store.root / "pseudonym.key").read_bytes())
    forgetting.forget(store, WHO, silent)
    result = take(lived_in / "records", store.root)
    assert_forgotten(store, told)
    assert {issue.file for issue in result.issues if issue.rule == "opted_out"} == {
        "patients", "operations", "diagnoses", "symptoms",
    }  # fmt: skip
    assert "CANARYNAME" not in repr(result)


def test_a_flat_file_does_not_bring_them_back_either(tmp_path: Path) -> None:
    store = tmp_path / "store"
    (tmp_path / "site.toml").write_text(
        '[columns]\npatient_id = "No"\nsurgery_date = "Day"\nprocedure = "What"\n', encoding="utf-8"
    )
    flat = tmp_path / "flat.csv"
    flat.write_text(f"No,Day,What\n{WHO},2024-01-01,tlif\nB2,2024-01-02,tlif\n", encoding="utf-8")
    take(flat, store, tmp_path / "site.toml")
    forgetting.forget(Store(store), WHO, silent)
    take(flat, store, tmp_path / "site.toml")
    assert rows(store, "select count(*) from operation") == [(1,)]


def test_a_kill_at_any_step_costs_only_starting_again(lived_in: Path, tmp_path: Path) -> None:
    store = copied(lived_in, tmp_path)
    told = canaries((store.root / "pseudonym.key").read_bytes())
    for step in STEPS:  # each time it gets one step further
        forget_and_be_killed(store.root, WHO, step)
        shown = store.last_whole()
        assert shown is not None
        assert not shown.warning
    assert forgetting.pending(store)
    assert main(["store", "verify", "--store", str(store.root)]) == 1
    assert main(["store", "forget", "--finish", "--store", str(store.root)]) == 0
    assert_forgotten(store, told)


@pytest.mark.parametrize(
    ("step", "by"),
    [("opted out", "finish"), ("generation 2", "finish"), ("delete generation 1", "finish"), ("notes", "finish"),
     ("done", "finish"), ("opted out", "import")],
)  # fmt: skip
def test_after_a_kill_finish_and_an_import_go_on(lived_in: Path, tmp_path: Path, step: str, by: str) -> None:
    store = copied(lived_in, tmp_path)
    told = canaries((store.root / "pseudonym.key").read_bytes())
    forget_and_be_killed(store.root, WHO, step)
    assert main(["store", "verify", "--store", str(store.root)]) == 1
    if by == "finish":
        assert main(["store", "forget", "--finish", "--store", str(store.root)]) == 0
    else:
        take(lived_in / "records", store.root)
    assert_forgotten(store, told)
    assert (store.root / "opted_out").read_text(encoding="ascii").count("\n") == 1


def test_a_mark_that_is_half_written_names_nobody(lived_in: Path, tmp_path: Path) -> None:
    store = copied(lived_in, tmp_path)
    told = canaries((store.root / "pseudonym.key").read_bytes())
    before = traces(store.root, told)

    forget_and_be_killed(store.root, WHO, HALF)
    assert traces(store.root, told) == before
    forgetting.forget(store, WHO, silent)
    assert_forgotten(store, told)
    assert list((store.root / "incoming").iterdir()) == []
    assert not list(store.root.glob("*forgetting*"))


@pytest.mark.parametrize("step", ["generation 2", "delete generation 1"])
def test_the_next_import_goes_on_with_what_was_interrupted(lived_in: Path, tmp_path: Path, step: str) -> None:
    store = copied(lived_in, tmp_path)
    told = canaries((store.root / "pseudonym.key").read_bytes())

    def stopped(said: str) -> None:
        if said == step:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        forgetting.forget(store, WHO, stopped)
    assert "half forgotten" in forgetting.pending(store)
    take(lived_in / "records", store.root)
    assert_forgotten(store, told)


@pytest.mark.parametrize("spoiled", [None, b"", b"nobody\n"])
@pytest.mark.parametrize("passed", [False, True])
def test_where_the_list_is_lost_verify_names_it_and_no_import_brings_them_back(
    lived_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], spoiled: bytes | None, passed: bool
) -> None:
    """passed: those generations that were made anew have passed, and the audit alone tells of it."""
    store = copied(lived_in, tmp_path)
    told, words = canaries((store.root / "pseudonym.key").read_bytes()), ["--store", str(store.root)]
    assert main(["store", "forget", WHO, *words]) == 0
    if passed:
        import_of = [str(lived_in / "records"), *words]
        assert main(["import", *import_of]) == 0
        for one in store.generations()[:-1]:
            store.delete(one)
    listed = store.root / "opted_out"
    kept = listed.read_bytes()
    listed.unlink() if spoiled is None else listed.write_bytes(spoiled)
    capsys.readouterr()
    assert main(["store", "verify", *words]) == 1
    assert "opted_out" in capsys.readouterr().err
    with pytest.raises(Refused, match="Put a copy of it in its place"):
        take(lived_in / "records", store.root)
    listed.write_bytes(kept)
    assert_forgotten(store, told)
    assert main(["store", "verify", *words]) == 0


def test_where_nobody_was_forgotten_no_list_is_missed(lived_in: Path, tmp_path: Path) -> None:
    store = copied(lived_in, tmp_path)
    assert main(["store", "forget", "--finish", "--store", str(store.root)]) == 0
    assert main(["store", "verify", "--store", str(store.root)]) == 0
    take(lived_in / "records", store.root)


def test_what_an_earlier_version_wrote_by_pseudonym_goes_too_and_lines_of_its_audit_are_told(
    lived_in: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = copied(lived_in, tmp_path)
    patient = shown_patient(pseudonym((store.root / "pseudonym.key").read_bytes(), WHO))
    with closing(sqlite3.connect(store.root / "notebook.sqlite")) as old, old:
        old.execute(
            "insert into note (kind, subject, text, who, at) values ('flag', ?, 'CANARYNOTE', 'Dr One', '2025-01-01')",
            (f"flag/{patient}/2024-03-07",),
        )
    Audit(store.root / "audit").changed({"viewer": "Dr One", "change": "note", "subject": f"flag/{patient}/2024-03-07"})
    assert main(["store", "forget", WHO, "--store", str(store.root)]) == 0
    assert "1 lines of the audit, written by an earlier version, name the pseudonym." in capsys.readouterr().err
    assert traces(store.root, ["CANARYNOTE"]) == []
    assert {one.split(":")[0] for one in traces(store.root, [patient])} == {"audit/audit.jsonl"}
    assert verify(store.root / "audit") == []


def test_nothing_is_done_for_a_wrong_call(tmp_path: Path) -> None:
    for words in (["forget"], ["forget", "A1", "--finish"], ["forget", " "]):
        assert main(["store", *words, "--store", str(tmp_path / "store")]) == 2

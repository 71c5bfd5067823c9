"""An import under way: it says how far it is, goes on without its screen, and leaves nothing when it is cancelled."""

from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.access import OPERATOR
from dashboard.audit import Audit, lines_of
from dashboard.engines import writer
from dashboard.errors import OurFault, Refused
from dashboard.importing import ImportRefused, Progress, Running, desk, leftovers, run, start
from dashboard.importing.formats.sources import Delivery
from dashboard.importing.site_mapping import save_mapping
from dashboard.importing.work import steps, work
from dashboard.recorded import Recorded
from tests.importing.test_flat import GOOD, HEADER, MAPPING, OTHER
from tests.importing.written import rows, write
from tests.patience import wait_until

MANY = 40_000


def many(folder: Path) -> Path:
    """Records enough that their import takes a while."""
    write(folder)
    (folder / "patients.csv").write_text(
        "patient_id,birth_year\n" + "".join(f"P{n},1960\n" for n in range(MANY)), encoding="utf-8"
    )
    (folder / "operations.csv").write_text(
        "operation_id,patient_id,surgery_date,procedure\n"
        + "".join(f"O{n},P{n},2024-01-{1 + n % 28:02d},tlif\n" for n in range(MANY)),
        encoding="utf-8",
    )
    return folder


def held(running: Running) -> None:
    """Let it stand where it is: what is done to it then is done in the middle, however slow this process is."""
    running.child.send_signal(signal.SIGSTOP)


def test_each_step_is_said_with_its_place_and_the_new_generation_when_it_is_there(tmp_path: Path) -> None:
    told: list[Progress] = []
    recorded = Recorded(Audit(tmp_path / "store" / "audit"), OPERATOR, "import").begun()
    run([write(tmp_path / "records")], tmp_path / "store", told=told.append, recorded=recorded)
    assert [one.place for one in told] == list(range(1, steps() + 1))
    assert {one.of for one in told} == {steps()}
    assert told[-1].step == "publish"
    assert "check operations: 1 rows" in [one.step for one in told]
    assert [(line["step"], line.get("generation")) for line in lines_of(tmp_path / "store" / "audit")] == [
        ("begun", None),
        ("done", 1),
    ]


def test_a_cancelled_import_leaves_nothing_and_the_next_one_goes_on(tmp_path: Path) -> None:
    store = tmp_path / "store"
    run([write(tmp_path / "first")], store)
    running = start([many(tmp_path / "many")], store, told=lambda said: held(running) if said.place == 4 else None)
    running.in_background()
    wait_until(lambda: running.progress.place >= 4)
    running.cancel()
    with pytest.raises(ImportRefused, match="was cancelled"):
        running.result()
    assert list((store / "incoming").iterdir()) == []
    assert rows(store, "select count(*) from operation") == [(1,)]
    assert run([write(tmp_path / "again")], store).generation == 2


def test_one_import_at_a_time_is_started_by_the_app_and_its_result_waits(tmp_path: Path) -> None:
    store = tmp_path / "store"
    recorded = Recorded(Audit(store / "audit"), OPERATOR, "import")
    sources = [many(tmp_path / "many")]
    first = desk.begin(store, sources, None, "auto", check=False, recorded=recorded)
    assert desk.begin(store, sources, None, "auto", check=False, recorded=recorded) is first
    wait_until(first.over.is_set)
    assert desk.under_way(store) is first
    assert first.result().generation == 1
    assert [line.get("generation") for line in lines_of(store / "audit")] == [1]
    desk.forget(store)
    assert desk.under_way(store) is None


def test_files_given_to_the_page_lie_under_harmless_names_and_go_again(tmp_path: Path) -> None:
    paths = desk.put_down(tmp_path, {"../../etc/pass wd.csv": b"a", "C:\\x\\..\\b;rm.csv": b"b", ".hidden": b"c"})
    assert [path.name for path in paths] == ["pass wd.csv", "b_rm.csv", "hidden"]
    assert all(path.parent.parent == tmp_path / "uploads" for path in paths)
    assert all(path.stat().st_mode & 0o077 == 0 for path in paths)
    assert (
        desk.put_down(tmp_path, {"../../etc/pass wd.csv": b"a", "C:\\x\\..\\b;rm.csv": b"b", ".hidden": b"c"}) == paths
    )
    leftovers.clear_uploads(tmp_path, older_than=desk.KEPT_SECONDS)
    assert paths[0].exists()
    leftovers.clear_uploads(tmp_path)
    assert not paths[0].exists()


def test_the_saved_mapping_of_the_site_is_used_from_then_on_for_its_own_file_alone(tmp_path: Path) -> None:
    store = tmp_path / "store"
    save_mapping(store, MAPPING)
    (tmp_path / "list.csv").write_text("\n".join([HEADER, GOOD, OTHER]), encoding="utf-8")
    assert run([tmp_path / "list.csv"], store).tables["operations"].accepted == 2
    assert run([write(tmp_path / "records")], tmp_path / "store", check=True).tables["operations"].accepted == 1


BROKEN = """
from dashboard.importing import work

def broken(*_, **__):
    {0}

work.work = broken
"""


def ended(folder: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> str:
    """How an import is refused whose process does this in place of its work."""
    (folder / "early").mkdir()
    (folder / "early" / "sitecustomize.py").write_text(BROKEN.format(statement), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder / "early"))
    running = start([folder], folder / "store")
    running.listen()
    for _ in range(2):
        with pytest.raises(ImportRefused, match=r"Nothing was changed\.$") as refused:
            running.result()
    return refused.value.message


@pytest.mark.parametrize(
    ("statement", "logged"),
    [
        ('raise KeyError("a column")', "KeyError: 'a column'"),
        ('open("/nowhere/at/all")', "FileNotFoundError"),
        ("import os; os._exit(7)", ""),
        ("import os; os.abort()", "Fatal Python error: Aborted"),
        (
            "import pathlib; from dashboard.engines.writer import Writer;"
            " Writer(pathlib.Path('x.duckdb').absolute(), []).run('select nothing_such')",
            "BinderException in: select nothing_such",
        ),
    ],
    ids=["an error", "a file that is not there", "an end without a word", "an abort", "a question that is wrong"],
)
def test_a_fault_of_ours_is_called_one_and_is_in_the_log_under_its_reference(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    statement: str,
    logged: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    said = ended(tmp_path, monkeypatch, statement)
    log = capfd.readouterr().err + caplog.text
    assert "It is a fault of this program" in said
    assert "memory" not in said
    assert f"reference {said.split('(reference ')[1].split(')')[0]}: " in log
    assert logged in log


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("raise MemoryError", "There is not enough memory for this import."),
        ("bytearray(1 << 50)", "There is not enough memory for this import."),
        ("raise OSError(28, 'x', '/secret/place/list.csv')", "list.csv: No space left on device."),
        ("import os; os.kill(os.getpid(), 9)", "by somebody or by a machine that is short of memory (signal 9)."),
        ("import os; os.kill(os.getpid(), 15)", "The import was ended from outside, by somebody (signal 15)."),
    ],
)
def test_what_the_machine_lacks_or_does_is_no_fault_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, said: str
) -> None:
    refused = ended(tmp_path, monkeypatch, statement)
    assert said in refused
    assert "reference" not in refused
    assert "/secret" not in refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("select list(range) from range(30_000_000)", "not enough memory"),
        ("create temp table t as select range, random() as r from range(30_000_000) order by r", "no room on the disk"),
    ],
)
def test_memory_and_disk_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, said: str) -> None:
    monkeypatch.setattr(writer, "LEAST_MEMORY", 30 << 20)
    monkeypatch.setattr(writer, "MOST_MEMORY", 30 << 20)
    monkeypatch.setattr(writer, "MOST_SPILLED", "1MB" if "order by" in text else "200GB")
    small = writer.Writer(tmp_path / "small.duckdb", [])
    with pytest.raises(Refused, match=said):
        small.run(text)
    small.close()


def test_what_a_database_says_of_a_record_is_neither_shown_nor_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made = writer.Writer(tmp_path / "made.duckdb", [])
    with pytest.raises(OurFault) as fault:
        made.run("select cast($name as integer)", {"name": "patient 4711"})
    assert "4711" not in fault.value.message + caplog.text
    assert "ConversionException in: select cast($name as integer)" in caplog.text
    made.close()


def test_what_is_kept_in_parts_is_read_by_what_is_made_after_it(tmp_path: Path) -> None:
    """Rows beyond the first block of the database's own were not there for the rest of the import."""
    made = writer.Writer(tmp_path / "made.duckdb", [])
    made.begin()
    select = "select i as number, cast($part as integer) as part from range(150000) as made(i) order by i"
    made.keep_in_parts("kept", select, [1, 2])
    counted = made.run("select part, count(*), sum(number) from kept group by part order by part")
    each = 150_000 * 149_999 // 2
    assert counted == [(1, 150_000, each), (2, 150_000, each)]
    made.finish()


def test_a_file_that_is_not_as_it_seemed_appends_none_of_its_rows(tmp_path: Path) -> None:
    made = writer.Writer(tmp_path / "made.duckdb", [])
    made.run("create temp table staged (source integer, line integer)")
    select = "select $source, i from range(150000) as made(i)"
    made.append("staged", select, {"source": 1}, 150_000)
    for wrong, expected in ((select, 149_999), ("select $source, cast('x' as integer)", 1)):
        with pytest.raises(writer.UnreadableFile):
            made.append("staged", wrong, {"source": 2}, expected)
    made.append("staged", select, {"source": 3}, 150_000)
    assert made.run("select source, count(*) from staged group by source order by source") == [
        (1, 150_000),
        (3, 150_000),
    ]
    made.close()


def test_what_an_import_lets_go_is_gone_and_what_it_has_kept_stays(tmp_path: Path) -> None:
    made = writer.Writer(tmp_path / "made.duckdb", [])
    made.make("staged", "select 1 as number")
    made.begin()
    made.keep("kept", "select number from staged")
    made.let_go(["staged", "never_there"])
    assert made.run("select table_name from duckdb_tables()") == [("kept",)]
    made.finish()


def sized(folder: Path, name: str, size: int) -> Path:
    """A file of so many bytes, of which none lies on the disk."""
    folder.mkdir(exist_ok=True)
    with (folder / name).open("wb") as made:
        made.truncate(size)
    return folder / name


@pytest.mark.parametrize(
    ("name", "size", "memory"),
    [
        ("operations.csv", 400 << 20, 600 << 20),
        ("operations.parquet", 40 << 20, 600 << 20),
    ],
)
def test_the_database_has_memory_by_what_it_reads_and_all_of_it_only_where_that_is_not_spared(
    tmp_path: Path, name: str, size: int, memory: int
) -> None:
    found = Delivery("tables", "as was said", {"operations": [sized(tmp_path / "records", name, size)]})
    assert found.memory == memory
    assert replace(found, freely=True).memory == writer.MOST_MEMORY


def test_an_import_for_which_what_it_was_given_is_too_little_is_tried_once_more_with_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(writer, "LEAST_MEMORY", 2 << 20)
    result = work([many(tmp_path / "records")], tmp_path / "store", None, check=False, say=said.append)
    assert said.count("read patients") == 2
    assert result.generation == 1
    assert rows(tmp_path / "store", "select count(*) from operation") == [(MANY,)]

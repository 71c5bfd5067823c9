"""A generation holds nothing that names a patient: looked for in every byte of it, and in every cell."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import duckdb
import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.audit import Audit, lines_of
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.definitions.canonical import TABLES
from dashboard.definitions.forms import FORMS, UNITS
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import KEPT, Store
from dashboard.errors import NotAllowed
from dashboard.importing import kept_report
from dashboard.importing.publishing import building
from dashboard.importing.publishing.upgrading import upgrade
from dashboard.importing.result import ImportResult
from dashboard.records import Records
from dashboard.shipped import shipped
from tests.canaries import traces
from tests.importing.test_upgrading import earlier, silent
from tests.importing.written import take, write

PATIENT, CASE = "CANARYMRN", "CANARYCASE"
NAMES = ("CANARYNAME", "CANARYHEADER", "CANARYFREE", "CANARYCODE")
ALL = (PATIENT, CASE, *NAMES)
MANY = 40


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ImportResult]:
    """Records with a canary in every place where somebody once wrote a name, many enough to be compressed."""
    folder = tmp_path_factory.mktemp("identity")
    store, people = folder / "store", range(1, MANY + 1)
    result = take(
        write(
            folder / "records",
            patients="patient_id | birth_date | sex\n"
            + "\n".join(
                f"{PATIENT}{n:04} | 1960-01-0{n % 9 + 1} | {'CANARYNAME Anna' if n == 1 else 'f'}" for n in people
            ),
            operations="operation_id | patient_id | surgery_date | procedure | levels | asa | CANARYHEADER Bob\n"
            + "\n".join(
                f"{CASE}{n:04} | {PATIENT}{n:04} | 2024-01-{n % 28 + 1:02} | "
                f"{'CANARYNAME Carl' if n == 2 else 'tlif'} | {'CANARYFREE L4' if n == 3 else 'L4-L5'} | 2 | x"
                for n in people
            ),
            diagnoses="operation_id | diagnosis_date | cause | code\n"
            + "\n".join(
                f"{CASE}{n:04} | 2025-01-01 | {'CANARYNAME Dora' if n == 6 else 'infection'} | "
                f"{'CANARYCODE 12' if n == 4 else 'M96.1'}"
                for n in people
            ),
            follow_ups="operation_id | visit_date | odi\n"
            + "\n".join(f"{CASE}{n:04} | 2025-01-05 | {'CANARYNAME Emil' if n == 5 else 20}" for n in people),
        ),
        store,
    )
    return store, result


def test_no_byte_and_no_cell_of_a_generation_names_a_patient(imported: tuple[Path, ImportResult]) -> None:
    store, result = imported
    assert result.generation == 1
    quoted = " ".join(f"{issue.message} {issue.column}" for issue in result.issues)
    assert all(canary in quoted for canary in NAMES)  # they were read, and told to whoever imported
    assert traces(store / "gen", ALL) == []


def test_the_report_alone_quotes_cells_for_its_owner_alone(imported: tuple[Path, ImportResult]) -> None:
    store, result = imported
    found = {one.split(":")[0] for one in traces(store, ALL)}
    assert found == {"reports/000001.json"}
    report = store / "reports" / "000001.json"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700
    kept = kept_report.read(report)
    assert kept is not None
    assert (kept.issues, kept.generation) == (list(result.issues), 1)
    # Not even a report quotes what is a patient's number.
    assert traces(store, (PATIENT, CASE)) == []


def test_every_text_that_is_kept_is_a_word_of_a_list_or_has_a_form_or_is_who_and_where(
    imported: tuple[Path, ImportResult],
) -> None:
    words = {word for terms in load().vocabularies.values() for word in terms}
    with duckdb.connect(str(imported[0] / "gen" / "000001.duckdb"), read_only=True) as opened:
        for table in TABLES.values():
            kept = building.kept_columns(table)
            for name in (name for name, kind in kept.items() if kind == "varchar"):
                field = f"{table.kept}.{name}"
                assert table.columns[name].kind == "word" or field in FORMS or field in UNITS, field
                told = {word for (word,) in opened.execute(f"select distinct {name} from {table.kept}").fetchall()}
                if table.columns[name].kind == "word":
                    assert told - {None} <= words, field


def test_an_upgrade_leaves_behind_what_an_earlier_version_kept(tmp_path: Path) -> None:
    store = earlier(tmp_path / "store")
    assert traces(store.root / "gen", ["OP00000012"]) != []
    upgrade(store, silent)
    assert [one for one in traces(store.root / "gen", ["OP00000012"]) if "000002" in one] == []


def test_a_report_goes_with_its_generation_and_after_its_days(tmp_path: Path) -> None:
    records, store = write(tmp_path / "records"), tmp_path / "store"
    for _ in range(KEPT + 1):
        take(records, store)
    reports = sorted(path.name for path in (store / "reports").iterdir())
    assert reports == ["000002.json", "000003.json", "000004.json"]
    kept_report.clear(Store(store), older_than_days=1)
    assert len(list((store / "reports").iterdir())) == KEPT
    kept_report.clear(Store(store), older_than_days=0)
    assert list((store / "reports").iterdir()) == []


def test_only_who_may_import_opens_a_report_and_it_is_on_record(
    imported: tuple[Path, ImportResult], tmp_path: Path
) -> None:
    engine = DuckEngine(imported[0] / "gen" / "000001.duckdb", 1)
    audit = Audit(tmp_path / "audit")
    Records(engine, OPERATOR, Cohort(), audit).opens_report(7)
    for viewer in (
        Viewer("Dr One", "surgeon", surgeon="S1"),
        Viewer("Manager", "manager"),
        Viewer("Manager of one", "operator", sites=("North",)),
    ):
        with pytest.raises(NotAllowed):
            Records(engine, viewer, Cohort(), audit).opens_report(7)
    line, *refused = lines_of(tmp_path / "audit")
    assert [one["what"] for one in refused] == ["refusal"] * 3
    assert (line["question"], line["rows"], line["generation"]) == ("import_report", 7, 1)


def test_an_exact_day_is_kept_only_where_a_query_reckons_with_it() -> None:
    read = " ".join(path.read_text(encoding="utf-8") for room in ("marts", "reads") for path in _queries(room))
    for table in TABLES.values():
        kept = building.kept_columns(table)
        for name in (name for name, kind in kept.items() if kind == "date"):
            # The day of a kind of event stands in a slot, and so in no query by its name.
            assert re.search(rf"\b{name}\b", read) or name == table.day, f"{table.kept}.{name}"
    assert "birth_date" not in {name for table in TABLES.values() for name in building.kept_columns(table)}


def _queries(room: str) -> list[Path]:
    return sorted(shipped("queries", room).glob("*.sql"))

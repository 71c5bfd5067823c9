"""A generation of an earlier version is made anew from what it holds, and says which figures are others since."""

from __future__ import annotations

import hashlib
import json
import lzma
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dashboard import private
from dashboard.access import OPERATOR
from dashboard.analyses.timeline import reasons, timeline
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.definitions.catalogue import FOLDER
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.pseudonym_key import key_of_operations, pseudonym
from dashboard.engines.versions import READING, READINGS, SCHEMA, NewReading, outdated, read_otherwise, refuse_newer
from dashboard.errors import NoData, Refused
from dashboard.importing.publishing.upgrading import upgrade
from dashboard.made_up import shipped_digests
from dashboard.records import Records
from tests.importing.written import rows, take, write

SHIPPED = [{"file": "operations.csv", "sha256": one, "rows": 60} for one in sorted(shipped_digests())]
"""What a manifest names where the records came with the app."""
EARLIER = Path(__file__).parent / "earlier"
"""A generation as version 3 of the tables published it: 60 made-up operations."""
DEFINITIONS = FOLDER


def earlier(folder: Path, **manifest: Any) -> Store:
    """A store with that generation, and these words of its manifest changed."""
    private.make_folder(folder)
    (folder / "gen").mkdir()
    (folder / "gen" / "000001.duckdb").write_bytes(lzma.decompress((EARLIER / "schema_3.duckdb.xz").read_bytes()))
    words = {**json.loads((EARLIER / "schema_3.json").read_text(encoding="utf-8")), **manifest}
    written = json.dumps(words).encode()
    (folder / "gen" / "000001.json").write_bytes(written)
    (folder / "pseudonym.key").touch(mode=0o600)
    (folder / "pseudonym.key").write_bytes(bytes(32))
    (folder / "CURRENT").write_text(f"000001 {hashlib.sha256(written).hexdigest()}\n", encoding="ascii")
    return Store(folder)


def columns(store: Store, table: str) -> list[str]:
    """The columns of a table of the current generation."""
    found = rows(store.root, f"select column_name from duckdb_columns() where table_name = '{table}'")
    return sorted(name for (name,) in found)


def silent(step: str) -> None:
    """Nobody listens."""


def door(store: Store) -> Records:
    current = store.current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    return Records(engine, OPERATOR, Cohort(every_operation=True), Audit(store.root / "audit"))


def test_every_record_is_kept_and_no_figure_is_another(tmp_path: Path) -> None:
    store = earlier(tmp_path / "store")
    kept = {
        name: f"select {', '.join(sorted({*columns(store, name)} - {'operation_id'}))} from {name} order by all"
        for name in ("operation", "patient", "follow_up", "symptom", "diagnosis", "complication", "treatment")
    }
    before = {name: rows(store.root, select) for name, select in kept.items()}
    made = upgrade(store, silent)
    assert (made.number, made.manifest["schema"], made.manifest["upgraded_from"]) == (2, SCHEMA, 1)
    assert made.manifest["changes"] == []
    assert made.manifest["data_date"] == json.loads((EARLIER / "schema_3.json").read_text())["data_date"]
    # In the place of the operations' own numbers stand their pseudonyms.
    numbers = "select operation, operation_id from operation order by operation"
    with duckdb.connect(str(store.root / "gen" / "000001.duckdb"), read_only=True) as opened:
        old = dict(opened.execute(numbers).fetchall())
    key = key_of_operations(bytes(32))
    keyed = dict(rows(store.root, "select operation, operation_key from operation order by operation"))
    assert keyed == {operation: pseudonym(key, number) for operation, number in old.items()}
    for name, records in before.items():
        assert rows(store.root, kept[name]) == records
    assert store.verify() == []
    assert [one.number for one in store.generations()] == [1, 2]


def test_what_the_earlier_version_lacked_can_be_read_afterwards(tmp_path: Path) -> None:
    store = earlier(tmp_path / "store")
    upgrade(store, silent)
    failed = rows(
        store.root,
        "select operation from operation_outcome inner join code on dimension = 'outcome' and code = outcome"
        " where name = 'fbss' and state = 1 order by operation",
    )
    assert len(failed) > 3
    records = door(store)
    for (number,) in failed:
        (reason,) = [one for one in reasons(timeline(records, number, "fbss"), "fbss") if one.operation == number]
        assert reason.records


def test_figures_that_a_changed_definition_moves_are_named(tmp_path: Path) -> None:
    shutil.copytree(DEFINITIONS, tmp_path / "definitions", ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    file = tmp_path / "definitions" / "factors" / "age.toml"
    text = file.read_text(encoding="utf-8")
    assert "high = 50" in text
    file.write_text(text.replace("high = 50", "high = 60").replace("low = 50", "low = 60"), encoding="utf-8")
    store = earlier(tmp_path / "store")
    made = upgrade(store, silent, load(tmp_path / "definitions"))
    counts = dict(rows(store.root, "select age, count(*) from operation_outcome where outcome = 1 group by age"))
    told = [change for change in made.manifest["changes"] if change.startswith("Age, ")]
    assert any(change.endswith(f", {counts[2]} now.") for change in told)
    assert not any(change.startswith(("FBSS", "Smoking")) for change in made.manifest["changes"])
    assert any("definitions are others" in why for why in made.manifest["why"])


def test_one_that_is_up_to_date_newer_or_not_there_is_left_alone(tmp_path: Path) -> None:
    store = earlier(tmp_path / "store")
    upgrade(store, silent)
    with pytest.raises(Refused, match="up to date already"):
        upgrade(store, silent)
    assert [one.number for one in store.generations()] == [1, 2]
    newer = earlier(tmp_path / "newer", schema=SCHEMA + 1)
    with pytest.raises(Refused, match="newer version"):
        upgrade(newer, silent)
    with pytest.raises(NoData, match="nothing to bring up to date"):
        upgrade(Store(tmp_path / "empty"), silent)


def test_an_unknown_form_is_refused_and_nothing_is_changed(tmp_path: Path) -> None:
    import duckdb

    store = earlier(tmp_path / "store")
    path = tmp_path / "store" / "gen" / "000001.duckdb"
    with duckdb.connect(str(path)) as damaged:
        damaged.execute("alter table symptom rename column operation to surgery")
    words = {**json.loads((tmp_path / "store" / "gen" / "000001.json").read_text()), "size": path.stat().st_size}
    words["sha256"] = hashlib.sha256(path.read_bytes()).hexdigest()
    written = json.dumps(words).encode()
    (tmp_path / "store" / "gen" / "000001.json").write_bytes(written)
    (tmp_path / "store" / "CURRENT").write_text(f"000001 {hashlib.sha256(written).hexdigest()}\n", encoding="ascii")
    with pytest.raises(Refused, match="import the records again"):
        upgrade(store, silent)
    assert [one.number for one in store.generations()] == [1]
    assert list((tmp_path / "store" / "incoming").iterdir()) == []


def test_a_reading_that_has_changed_rebuilds_and_names_what_only_a_new_import_mends() -> None:
    later = READING + 1
    readings = {later: NewReading("Ages are read from dates of birth.", ("operations.age",), r"\.csv$")}
    now = {"schema": SCHEMA, "reading": READING, "definitions": "a", "sources": [{"file": "patients.csv"}]}
    assert outdated(now, "a") == ""
    assert "definitions have changed" in outdated(now, "b")
    assert "earlier version" in outdated({**now, "schema": SCHEMA - 1}, "a")
    assert read_otherwise(now, readings) == [readings[later]]
    assert read_otherwise({**now, "reading": later}, readings) == []
    assert read_otherwise({**now, "sources": [{"file": "all.ndjson"}]}, readings) == []
    assert "earlier version" in outdated({**now, "reading": READING - 1}, "a")
    assert outdated({**now, "reading": READING - 1, "rebuilt": READING}, "a") == ""
    for newer in ({"reading": later}, {"schema": str(SCHEMA)}, {"schema": SCHEMA - 0.5}):
        with pytest.raises(Refused, match="Update the app"):
            refuse_newer({**now, **newer})


@pytest.mark.parametrize("file", ["all.ndjson", "Bundle.json.gz", "PROCEDURE_OCCURRENCE.csv", "cdm.duckdb"])
def test_records_of_fhir_or_omop_are_told_that_only_a_new_import_mends_them(file: str) -> None:
    second = READINGS[2]
    assert "operations.indication" in second.columns
    assert second in read_otherwise({"reading": 1, "sources": [{"file": file}]})
    others = [{"file": "operations.csv"}, {"file": "list.xlsx"}]
    assert second not in read_otherwise({"reading": 1, "sources": others})


def test_a_damaged_newer_generation_is_never_passed_over(tmp_path: Path) -> None:
    store = earlier(tmp_path / "store")
    take(write(tmp_path / "records"), store.root)
    path = store.root / "gen" / "000002.duckdb"
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-8] + b"damaged!")
    with pytest.raises(Refused, match=r"Generation 2.*passed over"):
        upgrade(store, silent)
    assert [one.number for one in store.generations()] == [1, 2]


def test_an_import_onto_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = earlier(tmp_path / "store", schema=SCHEMA + 1)
    with pytest.raises(Refused, match="newer version"):
        take(write(tmp_path / "records"), store.root)
    assert [one.number for one in store.generations()] == [1]

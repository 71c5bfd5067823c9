"""Only the records that came with the app are shown to whoever asks, whatever others say of themselves."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from dashboard import server
from dashboard.made_up import GUARDED
from dashboard.shipped import shipped
from tests import raw
from tests.importing.test_upgrading import SHIPPED, earlier
from tests.importing.written import take, write

pytestmark = pytest.mark.xdist_group("server")

CANARY = "Zaunkoenig"


def test_records_that_only_say_that_they_are_made_up_are_shown_to_nobody_who_was_not_let_in(tmp_path: Path) -> None:
    operations = f"operation_id|patient_id|surgery_date|procedure|surgeon\nO1|P1|2024-01-01|tlif|{CANARY}"
    records = write(tmp_path / "records", operations=operations)
    (records / "about.toml").write_text("made_up = true\n", encoding="utf-8")
    store = tmp_path / "store"
    told = [issue.message for issue in take(records, store).issues if issue.rule == "made_up_but_guarded"]
    assert told == [GUARDED]
    assert server.RealRecords(store)()
    with raw.served(store, tmp_path / "log.txt") as where:
        ours = {"Host": where.host, "Origin": f"http://{where.host}"}
        told_outside = raw.streamed(where.port, ours, CANARY.encode())
        assert told_outside.startswith(b"HTTP/1.1 4")
        assert CANARY.encode() not in told_outside + raw.asked(where.port, "/", {"Host": where.host})
        let_in = raw.streamed(where.port, {**ours, "Cookie": raw.cookie_for(where)}, b"made by computer")
        assert b"made by computer" in let_in


@pytest.mark.parametrize(
    "sources", [None, [], {}, "x", [None], [{}], [*SHIPPED, {"sha256": "0" * 64}], [{**SHIPPED[0], "sha256": ["x"]}]]
)
def test_one_file_that_is_not_of_the_shipped_sample_closes_the_door(tmp_path: Path, sources: object) -> None:
    assert server.RealRecords(earlier(tmp_path / "store", made_up=True, sources=sources).root)()


def test_the_shipped_sample_as_it_is_imported_is_open_and_with_one_cell_changed_it_is_not(tmp_path: Path) -> None:
    closed = server.RealRecords(tmp_path / "store")
    assert not [
        issue for issue in take(shipped("sample_data"), tmp_path / "store").issues if issue.file == "about.toml"
    ]
    assert not closed()
    shutil.copytree(shipped("sample_data"), tmp_path / "changed")
    with (tmp_path / "changed" / "symptoms.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    take(tmp_path / "changed", tmp_path / "store")
    assert closed()

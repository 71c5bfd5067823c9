"""The command: its exit status, what it prints where, and that its numbers are the analyses' numbers."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.engines.versions import SCHEMA
from dashboard.shipped import shipped
from tests.importing.test_upgrading import earlier

SAMPLE = str(shipped("sample_data"))
Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("store")
    assert main(["import", SAMPLE, "--store", str(folder)]) == 0
    return str(folder)


def test_import_prints_one_json_document_and_nothing_else(tmp_path: Path, capsys: Said) -> None:
    assert main(["import", SAMPLE, "--json", "--store", str(tmp_path)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["generation"] == 1
    assert said["tables"]["operations"]["left_out"] == 0


def test_a_refused_import_says_why_and_changes_nothing(tmp_path: Path, capsys: Said) -> None:
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "operations.csv").write_text("operation_id\n1\n")
    store = tmp_path / "store"
    assert main(["import", str(tmp_path / "records"), "--json", "--store", str(store)]) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["generation"] is None
    assert said.err.strip()
    assert not (store / "CURRENT").exists()


def test_check_publishes_nothing(tmp_path: Path, capsys: Said) -> None:
    assert main(["import", SAMPLE, "--check", "--json", "--store", str(tmp_path)]) == 0
    assert json.loads(capsys.readouterr().out)["generation"] is None
    assert not (tmp_path / "CURRENT").exists()


def test_an_addition_says_what_it_was_added_to_in_words_in_the_list_and_in_the_audit(
    tmp_path: Path, capsys: Said
) -> None:
    first, month, where = tmp_path / "first", tmp_path / "month", ["--store", str(tmp_path / "store")]
    for folder, patient in ((first, "A-17"), (month, "A-18")):
        folder.mkdir()
        (folder / "patients.csv").write_text(f"patient_id,birth_year\n{patient},1960\n")
        (folder / "operations.csv").write_text(
            f"operation_id,patient_id,surgery_date,procedure\nO-{patient},{patient},2024-01-02,tlif\n"
        )
    assert main(["import", str(first), *where]) == 0
    assert "Published as generation 1." in capsys.readouterr().out
    assert main(["import", "--add", str(month), *where]) == 0
    assert "Added to generation 1. Published as generation 2." in capsys.readouterr().out
    assert main(["store", "list", *where]) == 0
    assert capsys.readouterr().out.splitlines() == ["1", "2  (current, added to generation 1)"]
    lines = [json.loads(line) for line in (tmp_path / "store" / "audit" / "audit.jsonl").read_text().splitlines()]
    told = [(line["generation"], line.get("added_to")) for line in lines if line.get("step") == "done"]
    assert told == [(1, None), (2, 1)]
    assert main(["query", "failure_rate", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out)[0]["operations"] == 2


def test_a_rate_is_null_when_it_cannot_be_known(store: str, capsys: Said) -> None:
    assert main(["query", "failure_rate", "--days", "20000", "--json", "--store", store]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert row["group"] == "all"
    assert row["share"] is None
    assert row["estimable"] is False


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (["failure_curve"], {"group", "day", "at_risk", "failed", "died", "left", "share", "lower", "upper"}),
        (["failure_rate", "--by", "family"], {"group", "operations", "share", "known_share", "median_follow_up_days"}),
        (["failure_rate", "--outcome", "not_better"], {"due", "answered", "best_case", "worst_case"}),
        (["onset", "--by", "procedure"], {"group", "category", "operations", "share", "half"}),
        (["risk_factors"], {"factor", "band", "operations", "failed", "share", "lower", "upper"}),
        (["symptoms", "--days", "90"], {"symptom", "category", "operations", "share"}),
        (["risk_factors"], {"hazard_ratio", "hr_lower", "hr_upper", "adjusted_hazard_ratio", "adjusted_lower"}),
        (["failure_test", "--by", "procedure"], {"gray_statistic", "gray_p", "logrank_p", "degrees_of_freedom"}),
        (["compare", "--by", "site"], {"unit", "operations", "observed", "expected", "ratio", "lower", "upper"}),
        (["compare"], {"shrunken", "limit_95_low", "limit_95_high", "limit_998_low", "limit_998_high"}),
        (["trend", "--days", "365"], {"period", "operations", "failed", "share", "centre", "lower_limit", "signal"}),
        (["trend", "--by", "month"], {"expected", "judged_by"}),
        (
            ["difference", "--since", "2022-01-01"],
            {"label", "share", "difference", "difference_lower", "word", "sentence"},
        ),
        (["difference", "--where", "family=fusion", "--against", "family=decompression"], {"label", "p", "not_due"}),
        (
            ["estimate", "--procedure", "tlif", "--profile", "smoking=current", "--profile", "bmi=34"],
            {"within_days", "of", "share", "lower", "upper", "difference", "average", "group", "reason", "not_used"},
        ),
        (["treatments", "--by", "attempt"], {"attempt", "treatments", "recorded", "improved", "share"}),
        (["monitor"], {"unit", "family", "operations", "failed", "expected", "limit_more", "signal", "signalled_on"}),
    ],
)
def test_each_query_has_its_columns(store: str, capsys: Said, words: list[str], columns: set[str]) -> None:
    assert main(["query", *words, "--json", "--store", store]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert columns <= set(rows[0])


def test_what_the_practice_has_switched_off_is_refused_in_words(
    store: str, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUTCOMES_SWITCHED_OFF", "estimate")
    assert main(["query", "estimate", "--procedure", "tlif", "--store", store]) == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "The practice has switched off what is to be expected for one patient.\n")
    assert main(["query", "failure_rate", "--store", store]) == 0


def test_an_upgrade_says_what_came_of_it_and_a_second_one_that_there_is_nothing_to_do(
    tmp_path: Path, capsys: Said
) -> None:
    earlier(tmp_path / "store")
    assert main(["store", "upgrade", "--store", str(tmp_path / "store")]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Published as generation 2, made from generation 1.\nNew in this version: ")
    assert main(["query", "failure_rate", "--store", str(tmp_path / "store")]) == 0
    assert main(["store", "upgrade", "--store", str(tmp_path / "store")]) == 1
    assert "up to date already" in capsys.readouterr().err
    audit = [line for file in (tmp_path / "store").rglob("audit.jsonl") for line in file.read_text().splitlines()]
    assert any('"upgrade"' in line for line in audit)


def test_a_store_of_a_newer_version_is_refused_with_a_sentence(tmp_path: Path, capsys: Said) -> None:
    earlier(tmp_path / "store", schema=SCHEMA + 1)
    for words in (["query", "failure_rate"], ["store", "upgrade"], ["serve"]):
        assert main([*words, "--store", str(tmp_path / "store")]) == 1
        assert "newer version of this app" in capsys.readouterr().err


def test_where_and_dates_narrow(store: str, capsys: Said) -> None:
    words = [
        "query",
        "failure_rate",
        "--csv",
        "--where",
        "procedure=tlif",
        "--where",
        "surgeon=S01",
        "--from",
        "2024-01-01",
    ]
    assert main([*words, "--store", store]) == 0
    header, row = capsys.readouterr().out.splitlines()
    narrowed = int(dict(zip(header.split(","), row.split(","), strict=False))["operations"])
    assert 0 < narrowed < 100


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["fly"],
        ["query", "nothing"],
        ["query", "failure_rate", "--by", "patient"],
        ["query", "failure_rate", "--outcome", "happiness"],
        ["query", "failure_rate", "--where", "colour=red"],
        ["query", "failure_rate", "--where", "procedure=unheard_of"],
        ["query", "failure_rate", "--from", "31/02/2024"],
        ["query", "failure_rate", "--from", "2024-02-01", "--to", "2024-01-01"],
        ["query", "failure_rate", "--days", "-1"],
        ["query", "risk_factors", "--by", "age"],
        ["query", "failure_curve", "--outcome", "prom_failure"],
        ["query", "failure_rate", "--json", "--csv"],
        ["store", "restore"],
        ["store", "restore", "last"],
        ["store", "pseudonyms"],
        ["serve", "--port", "99999"],
        ["import"],
    ],
)
def test_wrong_usage_is_two_with_words(
    store: str, capsys: Said, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", store)
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.err.strip()
    assert not said.out
    assert "Traceback" not in said.err


def test_an_unforeseen_error_is_our_fault_with_a_reference_and_its_details_in_the_log(
    store: str, capsys: Said, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("patient 4711")

    monkeypatch.setattr("dashboard.analyses.questions.answer", broken)
    assert main(["query", "failure_rate", "--json", "--store", store]) == 1
    said = capsys.readouterr()
    reference = said.err.split("(reference ")[1].split(")")[0]
    assert "It is a fault of this program" in said.err
    assert "4711" not in said.err
    assert f"reference {reference}: Traceback" in caplog.text
    assert not said.out


def test_an_empty_store_is_said_in_words(tmp_path: Path, capsys: Said) -> None:
    assert main(["query", "failure_rate", "--store", str(tmp_path)]) == 1
    assert "Nothing is published" in capsys.readouterr().err


def test_store_list_verify_and_restore(tmp_path: Path, capsys: Said) -> None:
    where = ["--store", str(tmp_path)]
    for _ in range(2):
        assert main(["import", SAMPLE, *where]) == 0
    assert main(["store", "restore", "1", *where]) == 0
    capsys.readouterr()
    assert main(["store", "list", "--json", *where]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"generation": 1, "current": True, "added_to": None},
        {"generation": 2, "current": False, "added_to": None},
    ]
    assert main(["store", "verify", *where]) == 0
    lines = (tmp_path / "audit" / "audit.jsonl").read_text().splitlines()
    assert [(json.loads(line)["change"], json.loads(line)["step"]) for line in lines] == [
        ("import", "begun"), ("import", "done"), ("import", "begun"), ("import", "done"), ("restore", "done"),
    ]  # fmt: skip
    assert main(["store", "restore", "77", *where]) == 1


def test_own_numbers_are_matched_outside_the_app_on_record_and_none_is_kept(tmp_path: Path, capsys: Said) -> None:
    store, file = tmp_path / "store", tmp_path / "numbers.csv"
    source = tmp_path / "records"
    source.mkdir()
    (source / "patients.csv").write_text("patient_id,birth_year\nA-17,1960\n", encoding="utf-8")
    (source / "operations.csv").write_text(
        "operation_id,patient_id,surgery_date,procedure\na,A-17,2020-01-05,tlif\n", encoding="utf-8"
    )
    assert main(["import", str(source), "--store", str(store)]) == 0
    file.write_text("name;MRN\nx; A-17\ny;=9+9\ny;=9+9\nz;\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["store", "pseudonyms", str(file), "--column", "MRN", "--store", str(store)]) == 0
    said = capsys.readouterr()
    head, known, unknown = said.out.splitlines()
    assert head == "patient_id,patient,in_the_records"
    assert re.fullmatch(r"A-17,P-[0-9A-F]{16},yes", known)
    assert re.fullmatch(r"'=9\+9,P-[0-9A-F]{16},no", unknown)
    assert "1 of 2 numbers are in the records" in said.err
    audit = (store / "audit" / "audit.jsonl").read_text(encoding="utf-8")
    asked = [json.loads(line) for line in audit.splitlines()]
    assert [(line["title"], line["rows"]) for line in asked if line.get("question") == "export"] == [("pseudonyms", 2)]
    assert "A-17" not in audit
    assert "=9+9" not in audit
    assert main(["store", "pseudonyms", str(file), "--store", str(store)]) == 2
    assert "Say --column, one of name, MRN." in capsys.readouterr().err


def test_verify_finds_a_changed_audit_line(tmp_path: Path, capsys: Said) -> None:
    assert main(["import", SAMPLE, "--store", str(tmp_path)]) == 0
    audit = tmp_path / "audit" / "audit.jsonl"
    audit.write_text(audit.read_text().replace("import", "restore"))
    assert main(["store", "verify", "--store", str(tmp_path)]) == 1
    assert "Audit line 1 was changed" in capsys.readouterr().err


def test_definitions_stand_with_source_and_review_date(capsys: Said) -> None:
    assert main(["definitions", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["outcomes"]["fbss"]["source"]
    assert said["factors"]["smoking"]["reviewed"] == "2026-11-01"


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        assert main(["sample", "--operations", "50", "--seed", "3", "--out", str(tmp_path / folder)]) == 0
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


def test_a_port_in_use_is_said_before_anything_is_imported(tmp_path: Path, capsys: Said) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--store", str(tmp_path / "store")]) == 1
    assert f"Port {port}" in capsys.readouterr().err
    assert not (tmp_path / "store").exists()


def test_help_loads_no_heavy_library() -> None:
    check = "import sys; from dashboard.cli import main; main(['--help']); print(sorted({'pandas', 'duckdb', 'numpy', 'streamlit'} & set(sys.modules)))"  # noqa: E501
    root = str(Path(__file__).parents[1])
    ran = subprocess.run(
        [sys.executable, "-c", check],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such files")
@pytest.mark.parametrize(
    "words", [["import"], ["import", "--suggest"], ["import", SAMPLE, "--mapping"], ["store", "pseudonyms"]]
)
def test_a_pipe_is_refused_at_once_with_words(store: str, tmp_path: Path, capsys: Said, words: list[str]) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    assert main([*words, str(tmp_path / "pipe.csv"), "--store", store]) == 2
    said = capsys.readouterr()
    assert "is a pipe or a device, not a file" in said.err
    assert not said.out


@pytest.mark.skipif(os.name == "nt", reason="modes mean nothing here")
@pytest.mark.parametrize("words", [["serve"], ["import", SAMPLE]])
def test_a_store_that_others_can_read_is_refused_with_the_command_that_mends_it(
    tmp_path: Path, capsys: Said, words: list[str]
) -> None:
    store = tmp_path / "store"
    store.mkdir()
    store.chmod(0o750)
    assert main([*words, "--store", str(store)]) == 1
    assert f"Mend that first: chmod -R go= {store}" in capsys.readouterr().err
    assert list(store.iterdir()) == []

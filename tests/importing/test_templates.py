"""The templates and the documentation are the declaration itself, and a filled template is imported as it stands."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from dashboard.cli import main
from dashboard.definitions.canonical import TABLES
from dashboard.errors import WrongUsage
from dashboard.importing.templates import DESCRIBED, documentation, write_templates

README = Path(__file__).parents[2] / "dashboard" / "importing" / "README.md"


def test_every_table_is_there_with_its_columns_and_each_column_is_described(tmp_path: Path) -> None:
    write_templates(tmp_path)
    for name, table in TABLES.items():
        assert (tmp_path / f"{name}.csv").read_text(encoding="utf-8").splitlines() == [",".join(table.columns)]
    with (tmp_path / DESCRIBED).open(encoding="utf-8", newline="") as file:
        rows = {(row["table"], row["column"]): row for row in csv.DictReader(file)}
    assert list(rows) == [(name, column) for name, table in TABLES.items() for column in table.columns]
    assert all(row["holds"] and row["meaning"] for row in rows.values())
    assert rows["operations", "surgery_date"]["needed"] == "yes"
    assert rows["follow_ups", "odi"]["holds"] == "number 0 to 100 points"
    assert rows["symptoms", "course"]["holds"] == "persistent, new, worsened"


def test_a_filled_template_is_imported_and_an_empty_one_says_that_nothing_is_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, store = tmp_path / "records", tmp_path / "store"
    assert main(["import", "--template", str(folder)]) == 0
    assert str(folder / "operations.csv") in capsys.readouterr().out
    assert main(["import", str(folder), "--store", str(store)]) == 1
    assert "There are no operations in it." in capsys.readouterr().err
    for name, row in (
        ("patients", {"patient_id": "P1", "birth_year": "1960"}),
        (
            "operations",
            {"operation_id": "O1", "patient_id": "P1", "surgery_date": "2024-01-05", "procedure": "tlif"},
        ),
    ):
        with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, list(TABLES[name].columns)).writerow(row)
    assert main(["import", str(folder), "--store", str(store)]) == 0
    assert "operations: 1 read, 1 accepted, 0 left out" in capsys.readouterr().out


def test_what_somebody_filled_in_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "symptoms.csv").write_text("mine\n")
    with pytest.raises(WrongUsage, match=r"symptoms\.csv is there already"):
        write_templates(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["symptoms.csv"]


def test_an_import_of_nothing_says_what_to_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import"]) != 0
    assert "--template FOLDER" in capsys.readouterr().err


def test_the_documentation_is_the_declaration() -> None:
    text = README.read_text(encoding="utf-8")
    written = text[text.index("prints them -->") : text.index("<!-- end of tables -->")]
    assert written == f"prints them -->\n\n{documentation()}\n\n", (
        "print it anew: python3 -m dashboard.importing.templates"
    )

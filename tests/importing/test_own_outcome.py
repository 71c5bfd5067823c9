"""An outcome of a practice's own is a definition file: it is counted, and it says what it counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.definitions import Definitions, load
from dashboard.definitions.catalogue import FOLDER
from dashboard.errors import DefinitionsWrong
from dashboard.importing.work import work
from tests.importing.written import write
from tests.queries.test_marts import became, one_each

READMITTED = """
name = "readmission"
order = 90
version = 1
label = "Readmission within 90 days"
short = "Readmission"
kind = "time"
is_failure = false
description = "The first recorded readmission."
why = "Comes early."
caution = "One elsewhere is not recorded."
source = "records.md of the project"
author = "Clinical definitions group"
reviewed = 2026-11-01

[[events]]
source = "complication"
clock = "event"
values = ["readmission"]
within_days = 90
"""
COMPLICATIONS = """operation_id | complication_date | complication
O1 | 2024-01-01 | readmission
O2 | 2024-03-31 | readmission
O3 | 2024-04-01 | readmission
O4 | 2024-02-01 | dural_tear
O5 | 2024-04-20 | readmission
O5 | 2024-02-10 | readmission"""


def own(folder: Path, text: str = READMITTED, file: str = "outcomes/readmission.toml") -> Definitions:
    """The shipped definitions and this file."""
    shutil.copytree(FOLDER, folder / "definitions")
    (folder / "definitions" / file).write_text(text, encoding="utf-8")
    return load(folder / "definitions")


def taken(folder: Path, definitions: Definitions) -> Path:
    """A store with five operations on one day, and these complications."""
    patients = "patient_id | birth_year | sex\n" + "\n".join(f"P{n} | 1960 | female" for n in range(1, 6))
    operations = f"operation_id | patient_id | surgery_date | procedure | last_contact_date\n{one_each(5)}"
    records = write(folder / "records", patients, operations, complications=COMPLICATIONS)
    work([records], folder / "store", None, False, lambda step: None, definitions=definitions)
    return folder / "store"


def test_an_event_of_certain_words_counts_within_its_days_alone(tmp_path: Path) -> None:
    store = taken(tmp_path, own(tmp_path))
    assert became(store, "readmission") == {"O1": (1, 0), "O2": (1, 90), "O3": (0, 365), "O4": (0, 365), "O5": (1, 40)}
    assert became(store, "complication") == {"O1": (1, 0), "O2": (1, 90), "O3": (1, 91), "O4": (1, 31), "O5": (1, 40)}


def test_what_counts_and_until_when_stands_with_the_definition(tmp_path: Path) -> None:
    def card(folder: str) -> None:
        from pathlib import Path

        from dashboard.definitions import load
        from dashboard.pages.definitions import _outcome

        definitions = load(Path(folder))
        _outcome(definitions.outcomes["readmission"], definitions)
        _outcome(definitions.outcomes["complication"], definitions)

    own(tmp_path)
    shown = AppTest.from_function(card, args=(str(tmp_path / "definitions"),)).run()
    assert not shown.exception
    counted = [text.value for text in shown.markdown if "**Counted.**" in str(text.value)]
    assert counted == ["**Counted.** Complication: Readmission, within 90 days of surgery."]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("factors/diabetes.toml", 'trait = "diabetes"', 'trait = "diabets"', ('"diabets" is no trait', '"diabetes"?')),
        ("outcomes/not_better.toml", '"gpe"', '"gpee"', ('[landmark], measure: "gpee" is no column', 'mean "gpe"?')),
        ("factors/asa.toml", 'trait = "asa"', 'trait = "sex"', ("asa.toml: the bands of sex are told by values.",)),
        ("factors/anxiety.toml", 'trait = "anxiety"', 'trait = "asa"', ("the bands of asa are told by low and high.",)),
    ],
)
def test_a_column_that_no_record_has_is_refused_at_load(
    tmp_path: Path, file: str, old: str, new: str, said: tuple[str, ...]
) -> None:
    text = (FOLDER / file).read_text(encoding="utf-8").replace(old, new)
    with pytest.raises(DefinitionsWrong) as refused:
        taken(tmp_path, own(tmp_path, text, file))
    assert all(words in refused.value.message for words in said)
    assert not (tmp_path / "store" / "CURRENT").exists()

"""Nothing that comes from the records, the address or a file comes to life on a screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR
from dashboard.analyses.patients import flag_problem, patients
from dashboard.audit import Audit
from dashboard.cohort import FILTERS, Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.errors import OutcomesError
from dashboard.importing.work import work
from dashboard.pages import data, monitor, parts
from dashboard.pages.red_flags import WHOM_TO_CALL
from dashboard.pages.said import said, told
from dashboard.records import Records
from tests.pages.canaries import ALIVE, CANARY, HOST, alive, poisoned, shows
from tests.pages.test_what_stands_there import opened
from tests.patience import SECONDS

OPENED: dict[str, tuple[str, dict[str, str]]] = {
    "overview": ("overview", {}),
    "compare": ("compare", {"family": "Fusion"}),
    "monitoring": ("compare", {"comparison": monitor.VIEW}),
    "patients": ("patients", {}),
    "red flags": ("patients", {"patients_view": WHOM_TO_CALL}),
    "data": ("data", {"answered_by": "Surgeon"}),
    "issues": ("data", {"data_view": data.VIEWS["issues"]}),
}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    folder = tmp_path_factory.mktemp("canaries")
    work([poisoned(folder / "files")], folder / "store", None, False, lambda step: None)
    current = Store(folder / "store").current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    asked = Records(engine, OPERATOR, Cohort(), Audit(folder / "audit"), Notebook(folder))
    first = patients(asked, "fbss").iloc[0]
    flag_problem(asked, first["patient"], first["operated"].date(), "Operation", CANARY)
    asked.note("annotation", "annotation/2024-01-01", CANARY)
    yield asked
    engine.close()


def test_the_canary_is_in_the_records_and_would_be_found(sample: Records) -> None:
    assert all(HOST in name for name in (*sample.choices("surgeon"), *sample.choices("site")))
    assert ALIVE.search(CANARY)
    assert not ALIVE.search(said(CANARY))
    for piece in CANARY.split(" "):
        assert not ALIVE.search(said(piece))
        assert not ALIVE.search(told(f'"{piece}" is no date. Run `outcomes`.'))


@pytest.mark.parametrize("page", OPENED)
def test_no_name_in_the_records_comes_to_life(sample: Records, page: str) -> None:
    name, asked = OPENED[page]
    app = opened(name, sample, **asked)
    assert not app.exception
    assert alive(app) == []


def test_a_name_that_nobody_escaped_would_be_found(sample: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "said", str)
    name, asked = OPENED["red flags"]
    assert alive(opened(name, sample, **asked)) != []


def test_no_word_of_an_address_comes_to_life(sample: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(sample.engine, DuckEngine)
    monkeypatch.setenv("OUTCOMES_STORE", str(sample.engine.path.parents[1]))
    app = AppTest.from_function(_framed, default_timeout=SECONDS)
    for each in FILTERS:
        app.query_params[each.word] = CANARY
    app.run()
    assert not app.exception
    (warning,) = [part.value for part in app.warning if "left out" in part.value]
    assert warning.count("\\[x\\]") >= len(FILTERS)
    assert alive(app) == []
    assert shows(app)


def _framed() -> None:
    from dashboard import shell
    from dashboard.access import OPERATOR

    shell.run(OPERATOR)


@pytest.mark.parametrize("form", ["columns", "cells", "broken"])
def test_no_word_of_an_uploaded_file_comes_to_life(
    sample: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    cell = '"' + CANARY.replace('"', "") + '"'
    texts = {
        "columns": f"{cell},{cell} 2,date of surgery\n1,2,2024-01-05\n1,2,2024-02-05\n",
        "cells": f"patient,date of surgery,procedure,smoker\n{cell},{cell},{cell},{cell}\n1,2024-01-05,tlif,{cell}\n",
        "broken": f"patient_id,birth_year,{cell}\n1,1960,{cell}\n",
    }
    names = {"columns": "list.csv", "cells": "list.csv", "broken": "patients.csv"}
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))
    path = tmp_path / names[form]
    path.write_text(texts[form], encoding="utf-8")
    app = AppTest.from_function(_assistant, args=(tmp_path, path), default_timeout=SECONDS).run()
    assert not app.exception
    assert alive(app) == []


def _assistant(store: object, path: object) -> None:
    from dashboard.pages import mapping_assistant

    mapping_assistant.section(store, path)  # type: ignore[arg-type]


def test_no_key_of_a_mapping_comes_to_life(sample: Records, tmp_path: Path) -> None:
    key = CANARY.replace('"', "")
    for text in (
        f'"{key}" = 1\n',
        f'[operations]\n"{key}" = "{key}"\n',
        f'[operations.values]\n"{key}" = {{"{key}" = "a"}}\n',
    ):
        mapping = tmp_path / "mapping.toml"
        mapping.write_text(text, encoding="utf-8")
        with pytest.raises(OutcomesError) as refused:
            work([poisoned(tmp_path / "files")], tmp_path / "store", mapping, True, lambda step: None)
        assert not ALIVE.search(told(refused.value.message))

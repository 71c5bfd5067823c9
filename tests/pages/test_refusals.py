"""Where a figure cannot be given, a button makes the choice under which it can."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.importing.work import work
from tests.opened import app_for
from tests.test_shell import line

PROCEDURES = {"tlif": 4, "plif": 12, "microdiscectomy": 20}
"""By procedure so many operations, all in 2020 but those of the last, and failed or not in turn."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny")
    source = folder / "records"
    source.mkdir()
    names = [f"{procedure}{n}" for procedure, size in PROCEDURES.items() for n in range(size)]
    patients = "".join(f"{name},1960\n" for name in names)
    operations = "".join(
        f"{name},{name},{'2019' if name.startswith('m') else '2020'}-01-{n + 1:02d},{procedure},2023-06-01\n"
        for procedure, size in PROCEDURES.items() for n, name in enumerate(f"{procedure}{n}" for n in range(size))
    )  # fmt: skip
    failed = "".join(f"{name},2020-09-01,infection\n" for name in names if name.startswith("plif"))
    (source / "patients.csv").write_text(f"patient_id,birth_year\n{patients}", encoding="utf-8")
    head = "operation_id,patient_id,surgery_date,procedure,last_contact_date"
    (source / "operations.csv").write_text(f"{head}\n{operations}", encoding="utf-8")
    (source / "diagnoses.csv").write_text(f"operation_id,diagnosis_date,cause\n{failed}", encoding="utf-8")
    work([source], folder / "store", None, False, lambda step: None)
    return folder / "store"


def opened(page: str, **asked: str) -> AppTest:
    app = app_for()
    for word, value in asked.items():
        app.query_params[word] = value
    app.run()
    if page:
        app.switch_page(page)
    return app


def press(app: AppTest, words: str) -> AppTest:
    next(button for button in app.button if button.label.startswith(words)).click().run()
    assert not app.exception
    return app


def test_nobody_chosen_leads_to_a_wider_choice(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    app = opened("", procedure="plif", operated=["2019-01-01", "2019-02-01"])  # type: ignore[arg-type]
    assert line(app).startswith("**0** of")
    press(app, "Possible for the whole period")
    assert line(app).startswith("**12** of")


def test_counts_only_leads_to_the_family_that_has_a_share(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    app = opened("", procedure="tlif")
    assert any("No share failed by 2 years is shown. Fewer than 10 operations" in info.value for info in app.info)
    press(app, "Possible for all of Fusion")
    assert line(app).startswith("**16** of")
    assert not any("No share failed" in info.value for info in app.info)

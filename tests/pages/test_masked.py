"""A manager to whom surgeons are numbers meets no surgeon's name on any page, in any view, file or document."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.plans import Intended, group_subject, open_plan
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.documents.as_page import html
from dashboard.documents.issuing import made
from dashboard.documents.kinds import KINDS as KINDS_OF_DOCUMENT
from dashboard.documents.kinds import DocumentKind
from dashboard.documents.wanted import Wanted
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.importing.work import work
from dashboard.records import Records
from dashboard.shipped import shipped
from tests import csv_rows
from tests.pages.canaries import drawn
from tests.pages.listed import BY_NAME, view_word, views_of
from tests.pages.test_what_stands_there import opened

CANARY = "Kanarienvogel"
MANAGER = Viewer("Max Moor", "manager", masked=True)
BY_SURGEON = {"data": {"answered_by": "Surgeon"}, "procedures": {"by": "Surgeon"}, "compare": {"family": "Fusion"}}
"""What else is chosen on a page, so that surgeons stand there."""


def ways() -> Iterator[tuple[str, dict[str, str]]]:
    """Every page and view that is there for this manager."""
    for name, listed in BY_NAME.items():
        if listed.is_for(MANAGER):
            yield name, {}
            yield from ((name, {view_word(name): view}) for view in views_of(listed)[1:])
            if name in BY_SURGEON:
                yield name, BY_SURGEON[name]


WAYS = [*ways()]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Records]:
    """The sample practice, each of whose surgeons has the canary for a name, as the operator has it."""
    folder = tmp_path_factory.mktemp("masked")
    (folder / "files").mkdir()
    for path in shipped("sample_data").iterdir():
        shutil.copy(path, folder / "files")
    for path in (folder / "files").glob("*.csv"):
        rows = csv_rows.read(path)
        for row in rows:
            row.update({"surgeon": f"{CANARY} {row['surgeon']}"} if row.get("surgeon") else {})
        csv_rows.write(path, rows)
    work([folder / "files"], folder / "store", None, False, lambda step: None)
    current = Store(folder / "store").current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    operator = Records(engine, OPERATOR, Cohort(), Audit(folder / "audit"), Notebook(folder))
    one = next(iter(operator.choices("surgeon")))
    draft = Intended(f"Ask {CANARY}", CANARY, date(2027, 1, 1), date(2027, 6, 1))
    open_plan(operator, group_subject("fbss", 365, "surgeon", one), draft)
    yield operator
    engine.close()


def shown(app: AppTest) -> str:
    """Every text that was sent for a page, and every table and picture."""
    parts = [str(part.proto) for kind in KINDS for part in app.get(kind)]
    tables = [table.value.to_csv() for table in app.dataframe]
    pictures = [drawn(part.proto.spec) for part in app.get("plotly_chart")]
    return "\n".join([*parts, *tables, *pictures])


KINDS = (
    "title", "header", "subheader", "markdown", "caption", "info", "warning", "error", "success", "metric", "html",
    "button", "checkbox", "toggle", "radio", "selectbox", "multiselect", "expander", "text_input", "text_area",
    "segmented_control", "button_group", "date_input", "download_button",
)  # fmt: skip


@pytest.mark.parametrize(("name", "asked"), WAYS, ids=[" ".join([name, *asked.values()]) for name, asked in WAYS])
def test_no_surgeon_is_named_on(practice: Records, name: str, asked: dict[str, str]) -> None:
    page = opened(name, replace(practice, viewer=MANAGER), **asked)
    assert CANARY not in shown(page)


def test_the_names_would_be_seen_and_numbers_stand_in_their_place(practice: Records) -> None:
    named = shown(opened("compare", practice, family="Fusion"))
    masked = shown(opened("compare", replace(practice, viewer=MANAGER), family="Fusion"))
    assert CANARY in named
    assert re.search(r"Surgeon \d{5}", masked)


NAMING = ("quality",)
"""The documents that name surgeons to whoever is shown them by name; what registries ask for is by site."""
DOCUMENTS = [kind for kind in KINDS_OF_DOCUMENT if kind.is_for(MANAGER)]


@pytest.mark.parametrize("kind", DOCUMENTS, ids=lambda kind: kind.name)
def test_no_surgeon_is_named_in(practice: Records, kind: DocumentKind) -> None:
    store = Store(practice.engine.path.parents[1])  # type: ignore[attr-defined]
    wanted = Wanted("fbss", 365, datetime(2026, 11, 1, tzinfo=UTC))
    assert (CANARY in html(made(store, practice, kind, wanted))) == (kind.name in NAMING)
    assert CANARY not in html(made(store, replace(practice, viewer=MANAGER), kind, wanted))

"""Audit: what the auditor reads there, and that nobody is named but who asked."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import VISITOR, Role, Viewer
from dashboard.audit import Audit, lines_of
from dashboard.records import Records
from tests.opened import app_for
from tests.pages.listed import BY_NAME
from tests.pages.test_comparison import practice
from tests.pages.test_what_stands_there import opened, said, table_with
from tests.patience import SECONDS

__all__ = ["practice"]
AUDITOR = Viewer("Olaf Ott", "auditor")
PATIENT = "P-C0FFEE0000000001"


@pytest.fixture
def asked(practice: Records, tmp_path: Path) -> Records:
    """A log of its own, in which others have asked."""
    audit = Audit(tmp_path / "audit")
    audit.asked({"viewer": "Max Moor", "role": "manager", "question": "failure_curve", "cohort": {"surgeon": ["S01"]}})
    audit.listed({"viewer": "Anna Berg", "role": "surgeon", "question": "timeline", "values": {"who": PATIENT}})
    audit.refused({"viewer": "Max Moor", "role": "manager", "question": "letters", "why": "Counts alone. <b>x</b>"})
    return replace(practice, viewer=AUDITOR, audit=audit)


def test_the_verdict_stands_first_and_then_who_asked_and_was_refused(asked: Records) -> None:
    page = opened("audit", asked)
    assert page.markdown[0].value.startswith("**The log is whole: 4 lines since ")
    assert "In the last 7 days 1 refusal, to one person." in page.markdown[0].value
    people = table_with(page, "Most in a day")
    assert people["Person"].tolist() == ["Max Moor", "Anna Berg", "Olaf Ott"]
    assert people["Refusals"].tolist() == [1, 0, 0]
    (refused,) = [table.value for table in page.dataframe if "Why" in table.value]
    assert refused[["Person", "What", "Why"]].to_numpy().tolist() == [["Max Moor", "Letters", "Counts alone. <b>x</b>"]]
    assert table_with(page, "Chosen")["Chosen"].tolist() == ["", "", "", "surgeon S01"]
    assert page.code[0].value == str(asked.audit.head)


def test_no_pseudonym_is_shown_and_that_it_was_opened_is_in_the_log(asked: Records) -> None:
    page = opened("audit", asked)
    assert PATIENT in asked.audit.path.read_text()
    assert PATIENT not in said(page) + "".join(table.value.to_csv() for table in page.dataframe)
    last = lines_of(asked.audit.path.parent)[-1]
    assert (last["viewer"], last["question"], last["what"]) == ("Olaf Ott", "audit", "listing")


def test_it_is_narrowed_by_person_and_kind(asked: Records) -> None:
    page = opened("audit", asked, audit_person="Max Moor", audit_kind="Counts", audit_days="All")
    assert table_with(page, "Chosen")["What"].tolist() == ["Failure curve"]
    assert table_with(page, "Most in a day")["Person"].tolist() == ["Max Moor"]
    assert "No line of this person and kind" in said(
        opened("audit", asked, audit_person="Anna Berg", audit_kind="Changes")
    )


def test_every_place_at_which_the_log_is_broken_is_told(asked: Records) -> None:
    lines = asked.audit.path.read_text().splitlines(keepends=True)
    asked.audit.path.write_text(lines[0].replace("Max", "Mix") + "torn\n" + "".join(lines[2:]))
    page = opened("audit", asked)
    assert page.markdown[0].value.startswith("**The log is not as it was written, at 4 places.**")
    assert len(page.warning) == 3


def test_what_is_shown_can_be_taken_away_and_is_no_list_of_patients(asked: Records) -> None:
    def draw(records: object) -> None:
        import streamlit as st

        from dashboard.pages import audit, exporting

        with exporting.offered(records) as offers:  # type: ignore[arg-type]
            audit.page(records)  # type: ignore[arg-type]
        for offer in offers.found:
            st.text(f"{offer.name}: {offer.holds}")

    page = AppTest.from_function(draw, args=(asked,), default_timeout=SECONDS).run()
    assert [text.value for text in page.text] == [
        "Lines of the log by person and kind: words", "What was refused, the newest first: words",
        "The log, the newest first: words",
    ]  # fmt: skip


def test_who_was_not_let_in_reads_no_log(asked: Records) -> None:
    page = opened("audit", replace(asked, viewer=VISITOR))
    assert "for the auditor and the operator" in page.info[0].value
    assert not page.dataframe


def test_it_is_the_first_page_of_an_auditor(
    sample_store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_store, tmp_path / "store")
    monkeypatch.setenv("OUTCOMES_STORE", str(tmp_path / "store"))
    app = app_for(AUDITOR).run()
    assert app.title[0].value == "Audit"
    assert "**The log is whole: " in said(app)
    assert "Olaf Ott" in table_with(app, "Most in a day")["Person"].tolist()


@pytest.mark.parametrize("role", ["manager", "steward", "surgeon"])
def test_it_is_not_there_for_a(role: Role) -> None:
    viewer = Viewer("x", role, surgeon="S01" if role == "surgeon" else None)
    assert not BY_NAME["audit"].is_for(viewer)
    assert BY_NAME["audit"].is_for(AUDITOR)

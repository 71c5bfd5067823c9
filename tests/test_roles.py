"""Roles and rights: one table in the code, and the same in the documents."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from dashboard import access, slots
from dashboard.access import RIGHTS, ROLES, Right, Role, Viewer
from dashboard.accounts import accounts_in
from dashboard.engines.notebook import READ_BY
from dashboard.errors import NotAllowed

ROOT = Path(__file__).resolve().parents[1]
ROLES_TOLD = (ROOT / "docs" / "roles.md").read_text(encoding="utf-8")


def test_the_table_in_the_documents_is_the_table_of_the_code() -> None:
    (printed,) = re.findall(
        r"<!-- printed by dashboard\.access\.table -->\n(.*?)\n<!-- end of the table -->", ROLES_TOLD, re.DOTALL
    )
    assert printed.splitlines() == list(access.table())


def test_every_role_is_told_in_words() -> None:
    told = re.findall(r"^\* \*\*An? (\w+)\*\* ", ROLES_TOLD, re.MULTILINE)
    assert tuple(told) == ROLES


def test_the_file_that_the_documents_show_lets_its_people_in() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", ROLES_TOLD, re.DOTALL)
    read = accounts_in(shown)
    assert read.complaint == ""
    assert [each.name for each in read.people] == ["Anna Berg", "Max Moor"]
    assert set(tomllib.loads(shown)["practice"]) == {"managers", "surgeons"}


@pytest.mark.parametrize("right", RIGHTS, ids=lambda right: right.label[:20])
def test_a_right_is_given_by_the_role_and_where_it_asks_so_by_the_whole_practice(right: Right) -> None:
    for role in ROLES:
        surgeon = "S01" if role == "surgeon" else None
        whole = Viewer("x", role, surgeon=surgeon)
        part = Viewer("x", role, surgeon=surgeon, sites=("North",))
        assert part.may(right) == (role in right.roles and not right.whole)
        assert whole.may(right) == (role in right.roles and (surgeon is None or not right.whole))


def given(role: Role) -> set[str]:
    """What a role of the whole practice gives."""
    viewer = Viewer("x", role, surgeon="S01" if role == "surgeon" else None)
    return {right.label for right in RIGHTS if viewer.may(right)}


def test_no_role_has_every_right_but_the_operator_and_each_has_some() -> None:
    assert len(given("operator")) == len(RIGHTS)
    assert all(0 < len(given(role)) < len(RIGHTS) for role in ROLES if role != "operator")
    of_auditor = (access.AUDIT, access.DEFINITIONS, access.EXPORT, access.RED_FLAG_SENTENCES)  # as they are defined
    assert given("auditor") == {right.label for right in of_auditor}


def test_a_role_that_is_none_and_a_surgeon_without_a_key_are_refused() -> None:
    with pytest.raises(NotAllowed):
        Viewer("x", "chief")  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        Viewer("x", "surgeon")


OF_A_STEWARD = {
    "completeness", "follow_up", "issues", "late_entries", "letters", "noted_operation",
    "operations", "operations_by_month", "overdue_visits", "rows_read", "timeline", "unreadable",
}  # fmt: skip
OF_SINGLE_OPERATIONS = {"failed_bands", "monitor", "operations_list", "red_flags"}
READS = {path.stem for path in (ROOT / "queries" / "reads").glob("*.sql")} - {"cohort"} - slots.OF_THE_DOOR


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("steward", OF_A_STEWARD),
        ("auditor", set()),
        ("manager", READS - OF_SINGLE_OPERATIONS - {"letters", "noted_operation", "overdue_visits", "timeline"}),
        ("surgeon", READS),
        ("operator", READS),
    ],
)
def test_each_role_may_ask_what_it_needs_and_nothing_else(role: Role, may: set[str]) -> None:
    """Written down again: how many a surgeon operated is no question of whoever reads the log alone."""
    viewer = Viewer("x", role, surgeon="S01" if role == "surgeon" else None)
    assert {read for read in READS if viewer.may(slots.right_of(read))} == may


def test_what_was_said_of_a_series_of_single_operations_is_read_by_who_sees_patients() -> None:
    readers = {kind: {role for role in ROLES if role in right.roles} for kind, right in READ_BY.items()}
    assert readers == {
        "acknowledgement": {"surgeon", "operator"},
        "annotation": {"surgeon", "manager", "operator"},
        "contact": {"surgeon", "operator"},
        "flag": {"surgeon", "steward", "operator"},
        "plan": {"surgeon", "manager", "operator"},
        "view": {"surgeon", "manager", "steward", "operator"},
    }

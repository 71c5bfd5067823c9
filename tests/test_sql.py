"""Loading a query: its comment, its parameters, its slots, and the cohort in front of it."""

from __future__ import annotations

import pytest

from dashboard import sql
from dashboard.cohort import FILTERS
from dashboard.errors import WrongUsage


def test_a_bare_name_is_a_read() -> None:
    assert sql.load("facts") == sql.load("reads/facts")
    assert sql.load("facts").comment.startswith("One row: what this generation holds")


def test_a_read_of_a_cohort_asks_for_the_cohorts_values_and_the_scope() -> None:
    asked = sql.load("operations").parameters
    assert {"operated_from", "procedure", "index_only", "scope_surgeons", "scope_sites"} <= asked


def test_the_cohort_stands_in_front_of_a_reads_own_parts() -> None:
    text = sql.load("failure_curve", {"by": "procedure"}).text
    assert text.startswith("with cohort_of_operation_outcome as (")
    assert text.count("with ") == 1
    assert "from operation_outcome" in text
    assert "${" not in text


def test_no_column_is_one_group() -> None:
    assert "0 as unit" in sql.load("failure_curve", {"by": ()}).text


def test_several_columns_stand_in_one_slot() -> None:
    assert "grouping(age, sex)" in sql.load("risk_factors", {"factors": ["age", "sex"]}).text


def test_a_slot_of_the_comment_is_filled_like_one_of_the_text() -> None:
    slots = {"staged": "staged_symptoms", "record": "symptom", "noun": "symptom", "day": "onset_date"}
    query = sql.load("checks/after_last_contact", slots)
    assert query.comment.startswith("One row per symptom dated after the day")
    assert "child.onset_date > operation.last_contact_date" in query.text
    assert "${" not in query.comment + query.text


@pytest.mark.parametrize("column", ["1; drop table code", "age, sex", "Age", "age--", "", "age)"])
def test_only_a_plain_name_can_stand_for_a_column(column: str) -> None:
    with pytest.raises(WrongUsage, match="not the name of a column"):
        sql.load("failure_curve", {"by": column})


def test_an_open_slot_and_a_surplus_one_are_refused() -> None:
    with pytest.raises(WrongUsage, match="needs a column for by"):
        sql.load("failure_curve")
    with pytest.raises(WrongUsage, match="takes no such columns"):
        sql.load("facts", {"by": "age"})


@pytest.mark.parametrize("name", ["nothing_here", "../pyproject", "reads/../reads/facts", "facts.sql", "/etc/passwd"])
def test_a_name_that_is_no_query_is_refused(name: str) -> None:
    with pytest.raises(WrongUsage, match="There is no query"):
        sql.load(name)


def test_parameters_in_comments_and_quotes_do_not_count() -> None:
    assert "within_days" in sql.load("red_flags").parameters
    assert sql.QUOTED.sub("''", "select '$not', $asked") == "select '', $asked"


def test_a_table_before_a_slot_stands_before_each_of_its_columns() -> None:
    text = sql.load("marts/finding_event", {"cohort": ["procedure", "age"]}).text
    assert "band.procedure, band.age," in text


def test_an_expression_made_from_the_definitions_stands_in_its_slot_as_it_is() -> None:
    columns = {"factors": ["one"], "numbers": ["two"], "states": ["three"], "days": ["four"], "onsets": ["five"]}
    made = {"bands": "1 as one", "modifiable": "one + one", "combined_codes": "3", "as_double": "2 as two"}
    made["modifiable_unknown"] = "0"
    assert "cast(one + one as utinyint) as modifiable" in sql.load("marts/operation_band", columns, made).text
    del made["combined_codes"]
    with pytest.raises(WrongUsage, match="needs a column for combined_codes"):
        sql.load("marts/operation_band", columns, made)


def test_every_filter_is_a_condition_of_the_cohort() -> None:
    query = sql.load("operations")
    for each in FILTERS:
        assert each.dimension in query.parameters
        assert each.condition in query.text


def test_a_slots_columns_stand_three_by_three_where_it_says_so() -> None:
    text = sql.load("risk_factors_landmark", {"factors": ["one", "two", "three", "four"]}).text
    assert "grouping sets ((one, two, three), (four))" in text
    assert sql.slots_of("reads/risk_factors_landmark") == {"factors"}

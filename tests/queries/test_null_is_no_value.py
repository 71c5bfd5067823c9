"""No function of any SQL of the project passes over null, or makes a value of it, without a reason that is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard import sql
from dashboard.definitions import load
from dashboard.definitions.canonical import TABLES
from dashboard.importing.publishing.marts import columns
from tests.queries.null_lint import unexplained, unexplained_in_python

ROOT = Path(__file__).parents[2]
FILES = sorted(ROOT.joinpath("queries").rglob("*.sql"))
PYTHON = sorted(
    path for folder in ("importing", "engines") for path in ROOT.joinpath("dashboard", folder).rglob("*.py")
)
ALWAYS = frozenset({"source", "line", "operation", "patient", "rowid"}) | {
    name for table in TABLES.values() for name, column in table.columns.items() if column.required
}
"""Columns that every record has, or it is none: a row without is left out."""
COHORT = re.compile(r"\bcohort_of_([a-z_]+)")


def nullable(mart: str) -> set[str]:
    """The columns of a mart that may be null, as each says of itself."""
    stated = re.findall(r"^-- ([a-z0-9_]+): .*\bnull\b", sql.source(f"marts/{mart}"), re.MULTILINE)
    return set(stated)


def never_null(path: Path) -> frozenset[str]:
    """The columns of a query's tables that always have a value; a left join may leave any of them empty."""
    text = sql.COMMENT.sub("", path.read_text(encoding="utf-8"))
    marts = COHORT.findall(text)
    held = {name for mart in marts for name in columns(mart, load())} - {
        one for mart in marts for one in nullable(mart)
    }
    return frozenset() if "left join" in text else ALWAYS | held


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_query_says_why_null_may_be_passed_over(path: Path) -> None:
    assert unexplained(path.read_text(encoding="utf-8"), never_null(path)) == []


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_so_does_sql_that_is_written_in_python(path: Path) -> None:
    assert unexplained_in_python(path.read_text(encoding="utf-8"), ALWAYS) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("select least(90, year - birth_year) as age", "least"),
        ("select least(90, cast(coalesce(age, least(90, year - birth_year)) as integer)) as age", "least"),
        ("select greatest(0, day) as day", "greatest"),
        ("select concat(first_name, last_name) as name", "concat"),
        ("select count(odi) as answers", "count"),
        ("select count(*) filter (where odi > 20) as worse", "filter"),
        ("select max(bmi) as heaviest", "max"),
        ("select arg_max(odi, visit_date) as odi", "arg_max"),
        ("select min_by(sex, line) as sex", "min_by"),
        ("select bool_or(smoker) as smoker", "bool_or"),
        ("select any_value(age) as age", "any_value"),
        ("select coalesce(smoker, false) as smoker", "coalesce"),
        ("select coalesce(age, 90) as age", "coalesce"),
        ("select case when age > 65 then 'old' else 'young' end as old", "else"),
        ("select 1 where sex not in ('female', 'male')", "not in"),
        ("select Least(90, age) as age", "least"),
        ("select sum(attempts) as attempts", "sum"),
        ("-- Null plays no part.\nselect max(bmi) as heaviest", "max"),
        ("select\n    -- Null plays no part.\n    1 as one,\n    max(bmi) as heaviest", "max"),
        ("select 'is null', max(bmi) as heaviest", "max"),
    ],
)
def test_what_says_nothing_of_null_is_found(line: str, name: str) -> None:
    assert name in {use.name for use in unexplained(line)}
    if "'" not in line and "\n" not in line:
        assert {use.name for use in unexplained_in_python(f'run(f"{line}")')} >= {name}


@pytest.mark.parametrize(
    "line",
    [
        "select count(*) as operations",
        "select coalesce(bmi, weight / power(height, 2)) as bmi",
        "select coalesce(note, '') as note",
        "select case when age is not null then age else 0 end as age",
        "select count(*) filter (where odi is not null) as answers",
        "select\n    -- Null has no words.\n    concat_ws(', ', a, b) as words",
        "select max(bmi) as heaviest  -- of those recorded",
        "select\n    -- Null is passed over.\n    min(a) as a,\n    min(b) as b",
        "select least(coalesce(age, 0), 90) as age  -- 0 stands for not recorded",
        "select max(surgery_date) as last_operation",
        "select 'least(90, age)' as text",
    ],
)
def test_what_guards_or_gives_a_reason_passes(line: str) -> None:
    assert unexplained(line, ALWAYS) == []


def test_a_comment_of_python_explains_the_sql_below_it() -> None:
    written = 'run(\n    {}\n    f"select max({{day}}) from rows",\n)'
    assert unexplained_in_python(written.format("")) != []
    assert unexplained_in_python(written.format("# of the days that are recorded")) == []
    function = 'def last(run):\n    """{}"""\n    run("select max(day) from rows")'
    assert unexplained_in_python(function.format("The last day.")) != []
    assert unexplained_in_python(function.format("The last day; null is passed over.")) == []
    assert unexplained_in_python('"""The least(90, age), else none."""') == []

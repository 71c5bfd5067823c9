"""What the benchmark tells of its figures; what they are, it measures itself."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

from benchmarks.document import KEPT, README, renewed
from benchmarks.figures import Figure, Took, keep, ratios, read, together, with_before
from benchmarks.goals import PARTS, Part, answered, verdict
from benchmarks.questions import Recording, Scan, conditions, merged
from benchmarks.tables import goals, groups, marked_down, side_by_side, size
from dashboard import sql
from dashboard.engines.generations import Store

READS = Figure("reads", "all together", 10_000_000, (3.0, 5.0, 4.5), part="1", when="2026-01-01T10:00", machine="one")


def test_the_document_tells_the_figures_that_are_kept() -> None:
    text = README.read_text(encoding="utf-8")
    assert text == renewed(text, read(KEPT)), "Run `python -m benchmarks.document`."


def test_every_goal_has_its_parts_and_each_part_one_bound() -> None:
    assert sorted({part.goal for part in PARTS}) == list(range(1, 19))
    assert len({part.word for part in PARTS}) == len(PARTS)
    assert all((part.most is None) != (part.least is None) for part in PARTS)


def test_a_goal_is_judged_by_the_median_of_its_worst_figure_at_the_size_that_it_speaks_of() -> None:
    small = replace(READS, operations=2_400, values=(9.0,))
    better, worse = (replace(READS, name=name, values=values) for name, values in (("a", (3.0,)), ("b", (3.5, 3.9, 9))))
    (part, by_size) = next(iter(answered([small, better, worse])))
    assert by_size == {2_400: small, 10_000_000: worse}
    assert verdict(part, by_size) == "met"
    assert verdict(part, {10_000_000: READS}) == "not met"
    assert verdict(part, {2_400: small}) == "not met (at another size)"
    assert verdict(part, {}) == "not measured"


def test_where_more_is_better_the_worst_is_the_least() -> None:
    several = [replace(READS, values=(value,)) for value in (80.0, 30.0)]
    part = Part("5", "", least=50)
    assert part.worst(several).values == (30.0,)
    assert not part.holds(30.0)


def test_figures_are_read_as_they_were_kept_and_stand_beside_those_of_the_run_before(tmp_path: Path) -> None:
    other = replace(READS, name="another", operations=2_400)
    keep(tmp_path / "figures.json", [READS, other])
    before = read(tmp_path / "figures.json")
    assert before == [READS, other]
    again = replace(READS, values=(2.0,))
    no_more = replace(READS, name="what is measured no more")
    assert with_before([again], [*before, no_more]) == [replace(again, before=READS.values), other]
    assert read(tmp_path / "none.json") == []


def test_ratios_are_taken_of_what_was_measured_side_by_side() -> None:
    pairs = [(Took(3, 4), Took(1, 2)), (Took(8, 9), Took(2, 3))]
    assert ratios(pairs) == {"values": (3.0, 4.0), "cpu": (2.0, 3.0)}
    assert ratios(pairs, upside_down=True)["values"] == (1 / 3, 0.25)
    assert together([pairs, pairs]) == [(Took(6, 8), Took(2, 4)), (Took(16, 18), Took(4, 6))]


def test_the_floor_reads_a_table_once_for_questions_of_the_same_rows_or_of_fewer() -> None:
    def scan(table: str, columns: str, filters: str) -> Scan:
        return Scan(table, frozenset(columns), frozenset(filters))

    found = merged([scan("mart", "ab", "xy"), scan("mart", "bc", "x"), scan("mart", "d", "z"), scan("codes", "a", "")])
    assert sorted(found, key=str) == sorted(
        [scan("mart", "abc", "x"), scan("mart", "d", "z"), scan("codes", "a", "")], key=str
    )


def test_the_floor_reads_the_columns_and_rows_that_the_questions_own_plan_reads(sample_store: Path) -> None:
    generation = Store(sample_store).current()
    assert generation is not None
    with closing(Recording(generation.path, generation.number)) as engine:
        query = sql.load("failure_curve", {"by": "procedure"})
        bound = dict.fromkeys(query.parameters) | {"outcome": 1, "index_only": True, "operated_from": date(2020, 1, 7)}
        (scan,) = engine._scans(query, tuple(sorted(bound.items())))
        engine.floor([(query, tuple(sorted(bound.items())))])()
    assert "procedure" in scan.columns
    assert any(column.endswith("day") for column in scan.columns)
    assert "surgeon" not in scan.columns
    assert "index_operation" in scan.filters
    assert any("2020-01-07" in condition for condition in scan.filters)


def test_a_filter_of_a_plan_is_taken_apart_into_its_conditions() -> None:
    assert conditions("((operated >= 1) AND (operated <= 2))") == ["(operated >= 1)", "(operated <= 2)"]
    for whole in ("(day <= 730)", "index_operation", "(day BETWEEN 1 AND 2)", "((day = 1) OR (state = 2))"):
        assert conditions(whole) == [whole]


def test_the_tables_say_the_size_the_median_and_the_spread() -> None:
    assert [size(each) for each in (2_400, 100_000, 10_000_000)] == ["2,400", "100 thousand", "10 M"]
    rows = goals([READS])
    assert rows[0][3] == "10 M"
    assert rows[1][3] == "4.5 (3 to 5)"
    assert {len(row) for row in rows} == {len(rows[0])}
    ((group, told),) = groups([READS, replace(READS, name="by R", values=(), why_not="R is not here")])
    assert group == "reads"
    assert told[2] == ["by R", "10 M", "R is not here", "", ""]
    assert marked_down(told).splitlines()[1] == "| --- | --- | --- | --- | --- |"
    ((_, wide),) = side_by_side([READS, replace(READS, operations=2_400, values=(12,), unit="ms")])
    assert wide == [["What", "2,400", "10 M"], ["all together", "12 ms", "4.5 (3 to 5)"]]

"""A column that nobody fills in changes no figure but those that rest on it: each optional column emptied in turn.

What a factor's column may change is the factor's own bands, and nothing that is not broken down by it. What a column of
time, identity or outcome may change is stated here, column by column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import sample
from dashboard.access import OPERATOR
from dashboard.analyses import definitions_compared
from dashboard.analyses.groups import due_from
from dashboard.analyses.red_flags import red_flags_table
from dashboard.analyses.risk_factors import by_bits
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.definitions.canonical import STAND_IN, TABLES, UNDATED, Column
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.writer import Writer
from dashboard.importing.publishing import building
from dashboard.importing.publishing.upgrading import COPIED
from dashboard.records import Records
from dashboard.shipped import shipped
from tests.importing.written import take

OPERATIONS, SEED = 300, 7
OVER_TIME = [name for name, outcome in load().outcomes.items() if outcome.kind == "time"]
OPTIONAL = {
    f"{table.kept}.{name}": column
    for table in TABLES.values()
    for name, column in table.columns.items()
    # What stands in for another column is kept as that.
    if not column.required and name not in STAND_IN
}

KINDS = ("rate", "lost", "curve", "bands", "trend", "onset")
FAILURES = tuple(f"{kind} " for kind in KINDS)
FINDINGS = (*(f"{kind} {outcome}" for kind in KINDS for outcome in ("fbss", "any_failure")), "causes", "found", "care",
            "overlap", "modifiable")  # fmt: skip
KNOWN = (*FAILURES, "causes", "overlap", "modifiable")
"""Until when each patient's state is known: every figure that counts failures over time."""


def asked_by(measure: str) -> tuple[str, ...]:
    """The figures of every outcome that rests on the answers to one question."""
    of = [name for name, outcome in load().outcomes.items() if outcome.measure == measure]
    return tuple(f"{kind} {name}" for name in of for kind in KINDS)


ODI, GPE, SATISFACTION = map(asked_by, ("odi", "gpe", "satisfaction"))
STATED: dict[str, tuple[str, ...]] = {
    # Who died is not asked at the visits that follow.
    "patient.death_date": (*KNOWN, "follow-up", "proms", "by baseline", "facts"),
    "operation.last_contact_date": (*KNOWN, "follow-up", "proms", "by baseline", "flags", "facts"),
    # A stage that is not known to be planned is a reoperation, and the one before it has failed by it.
    "operation.planned_stage": (*KNOWN, "follow-up", "proms", "by baseline", "completeness", "found", "symptoms",
                                "detail", "pairs", "flags", "care", "undated", "operations", "facts"),
    # How long an infection counts as one of the operation.
    "operation.implant_used": tuple(f"{kind} surgical_site_infection" for kind in KINDS),
    **{f"operation.{name}{end}": ("undated",) for name in UNDATED for end in ("", "_within_days")},
    "operation.site": ("curve fbss by site",),
    "operation.surgeon": ("curve fbss by surgeon",),
    "follow_up.odi": ("proms odi_change", "by baseline", *ODI, "overlap"),
    "follow_up.back_pain": ("proms back_change", "by baseline back_change"),
    "follow_up.leg_pain": ("proms leg_change", "by baseline leg_change"),
    "follow_up.eq5d_index": ("proms eq5d_change", "by baseline eq5d_change"),
    "follow_up.gpe": ("proms gpe", "by baseline gpe", *GPE, "overlap"),
    "follow_up.satisfaction": ("proms satisfaction", "by baseline satisfaction", *SATISFACTION, "overlap"),
    # Never relieved is told apart from new.
    "symptom.course": ("onset", "symptoms", "detail"),
    "symptom.severity": ("detail",),
    # Such a day may be the last on which a patient without a last contact was heard of.
    "symptom.resolved_date": (*KNOWN, "detail", "flags", "facts"),
    "symptom.contacted_at": (*KNOWN, "flags", "facts"),
    # A finding without a cause counts by its code alone.
    "diagnosis.cause": FINDINGS,
    "diagnosis.code": FINDINGS,
    "diagnosis.is_primary": ("causes", "found", "care"),
    "complication.severity": (),
    "treatment.outcome": ("care",),
    "treatment.outcome_date": (*KNOWN, "care", "facts"),
}  # fmt: skip
CHANGED = (
    ("operations", "levels", 0, ""), ("operations", "level_count", 1, ""), ("operations", "bmi", 0, ""),
    ("diagnoses", "cause", 0, ""), ("diagnoses", "code", 0, "M96.1"), ("patients", "birth_date", 0, ""),
    ("patients", "birth_year", 0, ""), ("operations", "age", 1, "61"), ("operations", "planned_stage", 2, "true"),
    ("operations", "age_band", 0, "50-59"),
)  # fmt: skip
"""By table, what the made-up practice is changed to: columns that stand in for another one do so in some rows alone."""
WITHOUT_FIGURE = {"complication.severity"}
"""Columns that no figure rests on; each other one changes something when it is emptied, or the test tries nothing."""
ALSO = {"patient.sex": {"alcohol"}}
"""Three points of AUDIT-C are told by the sex: the only trait that rests on another one."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """A made-up practice, imported."""
    folder = tmp_path_factory.mktemp("emptied")
    sample.write(folder / "records", OPERATIONS, SEED, rules=shipped("sample_data", "rules.toml"))
    for table, column, place, value in CHANGED:
        _change(folder / "records" / f"{table}.csv", column, place, value)
    take(folder / "records", folder / "store")
    current = Store(folder / "store").current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(folder / "audit"))


def _change(path: Path, column: str, place: int, value: str) -> None:
    """Write a value, or nothing, into a column of every third row, from this place on."""
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    rows.loc[rows.index % 3 == place, column] = value
    rows.to_csv(path, index=False)


@pytest.fixture(scope="module")
def figures_of_whole(whole: Records) -> dict[str, str]:
    return figures(whole)


def emptied(whole: Records, column: str, folder: Path) -> Records:
    """The same practice where nobody has filled in this column of a kept table."""
    path = folder / "000002.duckdb"
    writer = Writer(path, [_path(whole).parent])
    writer.attach(_path(whole), "earlier")
    writer.begin()
    for table in TABLES.values():
        cells = ", ".join(
            f"cast(null as {kind}) as {name}" if f"{table.kept}.{name}" == column else name
            for name, kind in building.kept_columns(table).items()
        )
        writer.run(f"create table {table.kept} as select {cells} from earlier.{table.kept}")
    for name in COPIED:
        writer.run(f"create table {name} as select * from earlier.{name}")
    building.derive(
        writer, load(), building.About(True, whole.facts.practice), {table.kept for table in TABLES.values()}, _silent
    )
    writer.finish()
    return Records(DuckEngine(path, 2), OPERATOR, Cohort(), Audit(folder / "audit"))


def _path(records: Records) -> Path:
    """The file of the generation that is read."""
    engine = records.engine
    assert isinstance(engine, DuckEngine)
    return engine.path


def _silent(step: str) -> None:
    """Nobody waits for these steps."""


def figures(records: Records) -> dict[str, str]:
    """Every unadjusted figure by its name, as text."""
    return {name: _text(frame) for name, frame in _asked(records)}


def _asked(records: Records) -> Iterator[tuple[str, Any]]:
    """The counts behind every figure: an estimate is the same where its counts are."""
    factors = load().factors
    every: Any = {"factors": tuple(factors)}
    days: Any = {"within_days": 730, "due_from": due_from(records, 730)}
    for outcome in load().outcomes:
        over_time = outcome in OVER_TIME
        yield f"rate {outcome}", records.read("landmark", columns={"by": "procedure"}, outcome=outcome)
        yield f"lost {outcome}", records.read("lost", columns={"by": "procedure"}, outcome=outcome, **days)
        yield f"curve {outcome}", records.read("failure_curve", columns={"by": "procedure"}, outcome=outcome)
        yield f"trend {outcome}", records.read("trend", outcome=outcome, at_visit=not over_time, **days)
        read = "risk_factors" if over_time else "risk_factors_landmark"
        bands = records.read(read, columns=every, outcome=outcome, **(days if over_time else {}))
        for factor, rows in by_bits(bands, factors):
            yield f"bands {outcome} of {factor.name}", rows
    for outcome in OVER_TIME:
        yield f"onset {outcome}", records.read("onset", columns={"by": "procedure"}, outcome=outcome, within_days=1825)
    for by in ("family", "surgeon", "site"):
        yield f"curve fbss by {by}", records.read("failure_curve", columns={"by": by}, outcome="fbss")
    answers = [measure.name for measure in load().patient_reported.measures]
    for answer in (*answers, *(opinion.name for opinion in load().patient_reported.opinions)):
        counts = records.read("proms", columns={"by": "procedure", "measure": answer})
        # By disability before surgery, and without it: the second is told by the measure alone.
        yield f"by baseline {answer}", counts
        yield f"proms {answer}", counts.groupby(["unit", "visit", "answer"])["answers"].sum()
    for factor, rows in by_bits(records.read("completeness", columns={"by": (), **every}), factors):
        yield f"completeness of {factor.name}", rows
    yield "follow-up", records.read("follow_up", columns={"by": "procedure"})
    yield "symptoms", records.read("symptoms", within_days=1825)
    yield "detail", records.read("symptom_detail", within_days=1825)
    yield "pairs", records.read("symptom_pairs")
    yield "flags", red_flags_table(records, 1825)
    yield "causes", records.read("causes", columns={"by": "procedure"}, outcome="fbss")
    yield "found", records.read("findings", columns={"by": "procedure"})
    for read in ("treatments", "steps", "first_treatments", "care_paths"):
        yield f"care {read}", records.read(read)
    yield "modifiable", records.read("modifiable", outcome="fbss", within_days=730, since=date(2024, 1, 1))
    yield "undated", records.read("undated")
    yield "operations", records.read("operations")
    yield "overlap", definitions_compared.overlap(records)
    yield "facts", records.facts


def _text(answer: Any) -> str:
    if isinstance(answer, pd.DataFrame):
        return str(answer.to_csv(index=False))
    if isinstance(answer, pd.Series):
        return str(answer.to_csv())
    if is_dataclass(answer) and not isinstance(answer, type):
        return "\n".join(f"{name} {_text(getattr(answer, name))}" for name in sorted(vars(answer)))
    return str(answer)


def allowed(column: str) -> tuple[str, ...]:
    """The beginnings of the names of the figures that a column may change."""
    return STATED.get(column, ())


def of_own_factors(column: str, held: Column) -> set[str]:
    """The factors whose bands a column may change."""
    traits = {held.trait} | ALSO.get(column, set())
    return {factor.name for factor in load().factors.values() if factor.trait in traits} if held.trait else set()


@pytest.mark.parametrize("column", sorted(OPTIONAL))
def test_an_emptied_column_changes_only_what_rests_on_it(
    whole: Records, figures_of_whole: dict[str, str], tmp_path: Path, column: str
) -> None:
    kept = {"patient.birth_date": "patient.birth_year"}.get(column, column)
    alone = emptied(whole, kept, tmp_path)
    found = figures(alone)
    assert found.keys() == figures_of_whole.keys()
    changed = {name for name, text in figures_of_whole.items() if found.get(name) != text}
    own = of_own_factors(column, OPTIONAL[column])
    # How many of the risks a patient had is told by those that can be changed.
    may = allowed(column) or ("modifiable",) * any(load().factors[name].at_risk for name in own)
    stray = {name for name in changed if not name.startswith(may) and name.partition(" of ")[2] not in own}
    assert not stray
    assert changed or column in WITHOUT_FIGURE, "the column has nothing in it to empty"

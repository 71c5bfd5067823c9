"""Small lists in which nobody, everybody or hardly anybody failed, from the file to every question."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from dashboard import importing
from dashboard.access import OPERATOR
from dashboard.analyses.compare import compare
from dashboard.analyses.failure_curve import failure_curve
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.failure_test import failure_test
from dashboard.analyses.monitor import monitor
from dashboard.analyses.questions import QUESTIONS, answer, nothing
from dashboard.analyses.risk_factors import risk_factors
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NoData, WrongUsage
from dashboard.records import Records

MAPPING = """
[file]
date_format = "%Y-%m-%d"

[columns]
patient_id = "who"
procedure = "operation"
surgeon = "by"
surgery_date = "on"

[follow_up]
days = "days"
status = "ended"
censored = "well"
failed = "failed"
died = "died"
"""
WELL, FAILED, DIED = "well", "failed", "died"


def listed(folder: Path, *people: tuple[int, str, str, int, str]) -> Records:
    """Published from one list: how many, their surgeon, procedure, days followed and how that ended."""
    rows = ["who,operation,by,on,days,ended"]
    for many, surgeon, procedure, days, ended in people:
        rows += [f"K{len(rows) + n},{procedure},{surgeon},2019-04-02,{days},{ended}" for n in range(many)]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "list.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    importing.run([folder / "list.csv"], folder / "store", mapping=folder / "mapping.toml")
    current = Store(folder / "store").current()
    assert current is not None
    return Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(folder / "audit"))


@pytest.fixture(scope="module")
def dead(tmp_path_factory: pytest.TempPathFactory) -> Records:
    """Thirty operations, all of whose patients died within five months; nobody failed."""
    return listed(
        tmp_path_factory.mktemp("dead"), *((1, "D1", "TLIF", 110 + day, DIED) for day in range(30))
    )  # fmt: skip


def limits(rows: pd.DataFrame) -> list[tuple[float, float, float]]:
    return list(rows[["share", "lower", "upper"]].itertuples(index=False, name=None))


def test_twenty_of_twenty_failed_on_the_day_of_surgery(tmp_path: Path) -> None:
    asked = listed(tmp_path, (20, "D1", "TLIF", 0, FAILED), (20, "D1", "PLIF", 800, WELL))
    rates = failure_rate(asked, "fbss", "procedure").set_index("group")
    curve = failure_curve(asked, "fbss", "procedure").set_index("group")
    # R: binom.test(20, 20) and binom.test(0, 20)
    for row in (rates.loc["tlif"], curve.loc["tlif"]):
        assert tuple(row[["share", "lower", "upper"]]) == pytest.approx((1, 0.8315665, 1), abs=5e-8)
    for row in (rates.loc["plif"], curve.loc["plif"].iloc[0], curve.loc["plif"].iloc[-1]):
        assert tuple(row[["share", "lower", "upper"]]) == pytest.approx((0, 0, 0.1684335), abs=5e-8)


def test_thirty_died_and_nobody_failed(dead: Records) -> None:
    for frame in (failure_rate(dead, "fbss"), failure_curve(dead, "fbss")):
        assert set(frame["known"]) == {30}
        for found in limits(frame):
            assert found == pytest.approx((0, 0, 0.1157033), abs=5e-8)
    bands = risk_factors(dead, "fbss")
    assert limits(bands)[0] == pytest.approx((0, 0, 0.1157033), abs=5e-8)
    assert bands["upper"].notna().all()


def said(asked: Records, name: str, by: str | None, days: int) -> bool:
    """Whether a question has rows, or says how many operations there are, or that nobody records what it rests on."""
    try:
        rows = answer(asked, name, "fbss", by, days)
    except NoData as why:
        return "nobody records it here" in str(why)
    except WrongUsage as why:
        # What must be said beside the question: of these operations it is no answer, and no silence either.
        return name in ("difference", "estimate") and "--" in str(why)
    return len(rows) > 0 or nothing(asked, name).startswith("30 operations chosen. ")


def test_no_question_says_that_there_are_no_operations_where_there_are(dead: Records) -> None:
    for name, question in QUESTIONS.items():
        by = "surgeon" if name == "failure_test" else None
        assert said(dead, name, by, question.days), name
    assert answer(dead, "compare", "fbss", "surgeon", None)["all_operations"].tolist() == [30]
    assert nothing(dead, "monitor").startswith("30 operations chosen. Nothing is monitored yet: ")
    none = dead.of(Cohort(chosen={"surgeon": ("nobody",)}))
    assert nothing(none, "compare") == "No operations."


def test_groups_of_sixty_thirty_three_and_one(tmp_path: Path) -> None:
    asked = listed(
        tmp_path, (15, "D1", "TLIF", 200, FAILED), (45, "D1", "TLIF", 800, WELL), (30, "D2", "PLIF", 800, WELL),
        (1, "D3", "ALIF", 200, FAILED), (2, "D3", "ALIF", 800, WELL), (1, "D4", "Laminectomy", 800, WELL),
    )  # fmt: skip
    found = failure_test(asked, "fbss", "surgeon").iloc[0]
    assert found["message"].startswith("Left out, with fewer than 10 operations: D3 (3), D4 (1).")
    assert (found["groups"], found["degrees_of_freedom"]) == (2, 1)
    mixed = compare(asked, "fbss", "surgeon").units
    assert set(mixed["position"]) == {""}
    assert mixed["all_operations"].tolist() == [60, 30, 3, 1]
    fused = compare(asked.of(Cohort(chosen={"family": ("fusion",)})), "fbss", "surgeon").units
    assert fused["position"].tolist() == ["within", "beyond 95 %", ""]


def test_where_nothing_is_monitored_that_is_said_and_not_that_there_is_no_signal(dead: Records) -> None:
    assert monitor(dead).reason == "Nothing is monitored yet: 0 failures, and 10 would be needed."


def test_where_two_factors_say_the_same_every_question_has_an_answer(tmp_path: Path) -> None:
    """Every TLIF is of one surgeon's smokers: each question that a model answers leaves one of the two out."""
    rows = ["patient_id,operation_id,surgery_date,procedure,surgeon,last_contact_date,smoking,sex,failed"]
    for n in range(240):
        tlif = n % 2
        rows.append(
            f"P{n},O{n},2019-{1 + n % 12:02}-{1 + n % 27:02},{('laminectomy', 'tlif')[tlif]},{'XY'[n % 3 // 2]},"
            f"2024-01-05,{('never', 'current')[tlif]},{('male', 'female')[n % 5 // 3]},{n % (3 + 2 * tlif) == 0:d}"
        )
    together = [row.split(",") for row in rows]
    for name, columns in {
        "patients": ("patient_id", "sex"),
        "operations": (
            "operation_id",
            "patient_id",
            "surgery_date",
            "procedure",
            "surgeon",
            "last_contact_date",
            "smoking",
        ),
    }.items():
        places = [together[0].index(column) for column in columns]
        lines = [",".join(row[place] for place in places) for row in together]
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    failures = [f"{row[1]},{int(row[2][:4]) + 1}{row[2][4:]},instability" for row in together[1:] if row[-1] == "1"]
    (tmp_path / "diagnoses.csv").write_text("\n".join(["operation_id,diagnosis_date,cause", *failures]) + "\n")
    importing.run([tmp_path], tmp_path / "store")
    current = Store(tmp_path / "store").current()
    assert current is not None
    found = Records(DuckEngine(current.path, current.number), OPERATOR, Cohort(), Audit(tmp_path / "audit"))
    told = answer(found, "verdicts", "fbss", None, None, {"procedure": "tlif", "profile": {"smoking": "current"}})
    patient = told.loc[told["about"] == "patient", "sentence"].iloc[0]
    assert "smoking (it cannot be told apart from what the model already takes)" in patient
    assert "Of 100 patients like this" in patient

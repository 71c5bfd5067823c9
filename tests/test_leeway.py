"""Whatever the key by which counts are moved: no difference is claimed that exact counts do not show, and every limit
and worst case holds for what is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pandas as pd
import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.difference import bands_apart, before_and_after
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import due_from
from dashboard.analyses.remembering import forget
from dashboard.analyses.risk_factors import risk_factors
from dashboard.analyses.trend import trend
from dashboard.analyses.verdicts.acceptable import acceptable_verdict
from dashboard.analyses.verdicts.answered import answered_verdict
from dashboard.analyses.verdicts.change import change_verdict
from dashboard.analyses.verdicts.claim import ALIKE, HIGHER, LOWER
from dashboard.analyses.verdicts.difference import difference_verdict
from dashboard.analyses.verdicts.groups import groups_verdict
from dashboard.analyses.verdicts.overview import overview_verdict
from dashboard.audit import Audit
from dashboard.audit_keys import KEY
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NotTold, OutcomesError
from dashboard.importing.work import work
from dashboard.leeway import LONGEST_MONTH, UNSAID, Ends, ends
from dashboard.protecting import FORMS, Cells, month_ends
from dashboard.records import Records
from dashboard.sample import write
from dashboard.shipped import shipped

KEYS = 24
ENOUGH = 1000
MANAGER = Viewer("Manager", "manager", protected=True)
TIMES = (90, 730)
DAYS = 365
FACTOR = "smoking"
VISITS = [one.name for one in load().outcomes.values() if one.kind == "landmark"]
SINCE = (date(2020, 1, 1), date(2021, 1, 1), date(2022, 1, 1))
ROUNDING = 1e-9

Doors = Callable[[int], Records]


@pytest.fixture(scope="module", params=["the sample", "a small practice"])
def practice(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Doors]:
    """The records of somebody who is told exact counts, for no key; for any other as that key moves them."""
    folder = tmp_path_factory.mktemp("practice")
    if request.param == "the sample":
        store = request.getfixturevalue("sample_store")
    else:
        store = folder / "store"
        write(folder / "made-up", operations=250, seed=7, rules=shipped("sample_data", "rules.toml"))
        work([folder / "made-up"], store, None, False, lambda step: None)
    shown = Store(store).last_whole()
    assert shown is not None
    engine = DuckEngine(shown.generation.path, shown.generation.number)

    def door(key: int) -> Records:
        forget()
        audit = folder / f"audit {key}"
        audit.mkdir(exist_ok=True)
        (audit / KEY).write_bytes(sha256(f"{key}".encode()).digest())
        return Records(engine, MANAGER if key else OPERATOR, Cohort(), Audit(audit))

    yield door
    engine.close()


def rates(records: Records, by: str | None) -> pd.DataFrame:
    asked = [(VISITS[0], 0)] + [("fbss", days) for days in TIMES]
    found = []
    for outcome, days in asked:
        try:
            rows = failure_rate(records, outcome, by, days)
        except OutcomesError:
            continue
        found.append(rows.assign(outcome=outcome, days=days))
    return pd.concat(found).set_index(["outcome", "days", "group"]) if found else pd.DataFrame()


@pytest.mark.parametrize("by", [None, "family"])
def test_every_interval_holds_the_true_share_and_every_worst_case_the_true_one(practice: Doors, by: str | None) -> None:
    exact, seen = rates(practice(0), by), 0
    for key in range(1, KEYS + 1):
        told = rates(practice(key), by)
        if told.empty:
            continue
        true = exact.reindex(told.index)
        for name, upper in (("lower", False), ("best_case", False), ("upper", True), ("worst_case", True)):
            values, known = pd.to_numeric(told[name]), pd.to_numeric(true[name])
            apart = (values - known) if upper else (known - values)
            assert (apart[values.notna() & known.notna()] > -ROUNDING).all(), name
        seen += len(told)
    assert seen > KEYS


def words(records: Records, *, factors: bool) -> dict[str, str]:
    """What is said of each difference that can be asked about; factors: of the bands of every factor too."""
    said: dict[str, str] = {}
    for since in SINCE:
        for row in _told(partial(_since, records, since)):
            said[f"since {since} {row['side']}"] = row["word"]
    for row in _told(lambda: bands_apart(records, "fbss", DAYS, FACTOR, ("current",), ("never",)).sides):
        said[f"{FACTOR} {row['side']}"] = row["word"]
    for outcome in ("fbss", VISITS[0]) if factors else ():
        for row in _told(partial(risk_factors, records, outcome, DAYS)):
            said[f"{row['factor']} {row['band']} {outcome}"] = _word(row)
    for claim in _told(lambda: answered_verdict(records).frame()):
        said[f"{claim['what']} {claim['unit']}"] = claim["word"]
    for claim in _told(lambda: acceptable_verdict(records).frame()):
        said[f"{claim['what']} {claim['unit']}"] = claim["word"]
    return said


def _since(records: Records, day: date) -> pd.DataFrame:
    return before_and_after(records, "fbss", DAYS, day).sides


def _told(ask: Callable[[], pd.DataFrame]) -> list[dict[str, Any]]:
    try:
        return [{str(name): value for name, value in row.items()} for row in ask().to_dict("records")]
    except OutcomesError:
        return []


def _word(row: dict[str, Any]) -> str:
    """Of a difference that stands in a table with its interval, and without a word, whether it lies beyond chance."""
    lower, upper = row["difference_lower"], row["difference_upper"]
    if pd.isna(lower) or pd.isna(upper):
        return ""
    return HIGHER if lower > 0 else LOWER if upper < 0 else ""


def test_in_no_key_is_a_difference_claimed_or_denied_that_exact_counts_do_not_show(practice: Doors) -> None:
    exact = words(practice(0), factors=True)
    assert {HIGHER, LOWER} & set(exact.values())
    claimed = []
    for key in range(1, KEYS + 1):
        for about, word in words(practice(key), factors=key % 6 == 0).items():
            if word in (HIGHER, LOWER):
                assert exact[about] == word, about
                claimed.append(about)
            assert word != ALIKE or exact[about] not in (HIGHER, LOWER), about
    # Silence is allowed; of the sample, in which far fewer answer than the goal asks for, something is said.
    assert claimed or practice(0).facts.operations < ENOUGH


def test_where_the_interval_of_rounded_counts_says_nothing_neither_does_a_sentence(practice: Doors) -> None:
    exact = change_verdict(practice(0), "fbss", DAYS, SINCE[1])
    unsaid = 0
    for key in range(1, 7):
        try:
            told = change_verdict(practice(key), "fbss", DAYS, SINCE[1])
            both = difference_verdict(before_and_after(practice(key), "fbss", DAYS, SINCE[1]), "fbss", DAYS)
        except NotTold:
            continue
        if told.claims and told.claims[0].word == UNSAID:
            unsaid += 1
            assert told.answer.startswith("Whether results have changed since 1 Jan 2021 cannot be told from rounded")
            assert both.answer.startswith("Whether they differ in FBSS by 1 year cannot be told from rounded counts: ")
        for said in (told.sentence, both.sentence, overview_verdict(practice(key), "fbss", DAYS).sentence):
            assert "beyond chance" not in said
            assert "more than chance" not in said
    assert unsaid or not exact.claims[0].stands_out


def test_groups_are_not_held_against_one_another_and_no_chart_has_a_signal(practice: Doors) -> None:
    records = practice(1)
    verdict = groups_verdict(records, "fbss", "family", 730)
    assert "cannot be told from rounded counts" in verdict.answer
    assert not any(claim.stands_out or claim.difference for claim in verdict.claims)
    try:
        chart = trend(records, "fbss", 730)
    except NotTold:  # too few in every year
        return
    assert (chart.limits, chart.judged_by, len(chart.signals)) == ("none", "", 0)
    assert "Not judged" in chart.why
    doubt = change_verdict(records, "fbss", 730).doubt
    assert "signal" not in doubt


def test_the_ends_of_each_count_of_a_cell_hold_the_exact_one(practice: Doors) -> None:
    asked: dict[str, dict[str, Any]] = {
        "lost": {"outcome": "fbss", "within_days": DAYS, "due_from": due_from(practice(0), DAYS)},
        "landmark": {"outcome": VISITS[0]},
    }
    for read, values in asked.items():
        form = FORMS[read]
        assert isinstance(form, Cells)
        names = [*form.of]
        exact = practice(0).read(read, columns={"by": "family"}, **values).set_index("unit").to_dict("index")
        for key in range(1, KEYS + 1):
            try:
                told = practice(key).read(read, columns={"by": "family"}, **values).set_index("unit").to_dict("index")
            except NotTold:
                continue
            for unit, row in told.items():
                for name, (least, most) in ends(read, pd.DataFrame([row])[names], 1).items():
                    assert least <= exact[unit][name] <= most, (read, name)


def test_no_month_is_longer_than_what_is_allowed_for() -> None:
    last = [0, *month_ends(4000, None)]
    assert max(after - before for before, after in pairwise(last)) <= LONGEST_MONTH


def test_sums_and_rests_lie_between_the_sums_of_their_ends() -> None:
    assert Ends(2, 5) + Ends(1, 1) == Ends(3, 6)
    assert Ends(2, 5).less(Ends(1, 4)) == Ends(0, 4)
    assert Ends.about(3, 8) == Ends(0, 11)


def test_of_no_cell_nothing_is_counted() -> None:
    nobody = pd.DataFrame(columns=["not_due", "due", "due_failed", "lost"])
    assert set(ends("lost", nobody, 1).values()) == {Ends(0, 0)}

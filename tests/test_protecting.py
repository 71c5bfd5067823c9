"""Counts in protected form: of which reads, how far from what they are, and the same however the set is asked about."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from dashboard import slots
from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.digest import digest
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import due_from
from dashboard.analyses.headline import headline
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.disclosure import protected
from dashboard.documents.quality import quality
from dashboard.documents.wanted import Wanted
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.errors import NotAllowed, NotTold
from dashboard.protecting import (
    AS_SEEN,
    COUNTED,
    FEW,
    FEWEST,
    FORMS,
    NO_FORM,
    OF_NO_PATIENT,
    SENTENCE,
    STEP,
    WIDEST,
    Cells,
    ProtectedForm,
    _Set,
    modes,
    month_ends,
    named_units,
)  # fmt: skip
from dashboard.records import Records
from dashboard.told_days import moved
from tests.queries.every_read import READS

REFUSED = {
    "care_paths", "case_mix", "causes", "completeness", "diagnosis_delay", "event_signature", "findings",
    "first_treatments", "hazards", "hazards_by_interval", "issues", "late_entries", "modifiable", "onset",
    "operations_by_month", "overlap", "profiles", "programme_events", "programme_pairs", "proms",
    "rows_read", "set_signature", "since_last_import", "steps", "symptom_detail", "symptom_pairs", "symptoms",
    "trajectories", "treatments", "trend", "undated", "units", "unreadable",
}  # fmt: skip
"""The reads of counts that have no protected form: single answers, days, profiles, and what is of many small cells."""
MANAGER = Viewer("Manager of Central", "manager", sites=("Central",))
DOUBTED = Viewer("Manager", "manager", protected=True)
WHOLE = {"outcome": "fbss"}
LANDMARK = 730

Door = Callable[..., Records]


@pytest.fixture(scope="module")
def door(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Door:
    shown = Store(sample_store).last_whole()
    assert shown is not None
    engine = DuckEngine(shown.generation.path, shown.generation.number)
    audit = Audit(tmp_path_factory.mktemp("audit"))
    return lambda viewer, **chosen: Records(engine, viewer, Cohort(), audit).of(Cohort(**chosen))


def asked(records: Records, name: str, by: str | None = None) -> pd.DataFrame:
    values: dict[str, Any] = {**READS[name]}
    columns = values.pop("columns", {})
    if "due_from" in values:
        values["due_from"] = due_from(records, LANDMARK)
    if "within_days" in values:
        values["within_days"] = LANDMARK
    return records.read(name, columns=columns if by is None else {**columns, "by": by}, **values)


def test_every_read_of_counts_has_a_protected_form_or_is_known_to_have_none() -> None:
    folder = Path(__file__).parents[1] / "queries" / "reads"
    of_single = {*slots.LISTS, *slots.SINGLE_OPERATIONS, "cohort"}
    assert not slots.OF_THE_DOOR & (FORMS.keys() | OF_NO_PATIENT)
    assert {path.stem for path in folder.glob("*.sql")} == {
        *FORMS,
        *OF_NO_PATIENT,
        *REFUSED,
        *of_single,
    } | slots.OF_THE_DOOR
    assert not REFUSED & FORMS.keys()


@pytest.mark.parametrize("name", sorted(REFUSED & READS.keys()))
def test_what_has_no_protected_form_is_refused_and_on_record(door: Door, name: str) -> None:
    with pytest.raises(NotTold, match=NO_FORM):
        asked(door(MANAGER), name)
    last = door(MANAGER).audit.path.read_text(encoding="utf-8").splitlines()[-1]
    assert '"refusal"' in last
    assert f'"{name}"' in last


@pytest.mark.parametrize("viewer", [MANAGER, DOUBTED])
@pytest.mark.parametrize("name", sorted(FORMS.keys() & READS.keys()))
def test_every_count_that_is_told_is_a_multiple_of_five(door: Door, viewer: Viewer, name: str) -> None:
    form = FORMS[name]
    counts = [*form.of] if hasattr(form, "of") else [*COUNTED, *form.beside]
    try:
        told = asked(door(viewer), name)
    except NotTold:
        assert viewer is MANAGER
        return
    assert len(told)
    assert (told[counts] >= 0).all(axis=None)
    assert (told[counts] % STEP == 0).all(axis=None)
    for part, whole in getattr(form, "of", {}).items():
        assert not whole or (told[part] <= told[whole]).all()


def test_the_same_operations_give_the_same_counts_by_whatever_words_they_are_asked_about(door: Door) -> None:
    def sums(records: Records, read: str, by: Any = ()) -> dict[Any, list[int]]:
        counts = records.read(read, columns={"by": by}, **WHOLE).groupby("unit")[["failed", "died"]].sum()
        return {unit: row.tolist() for unit, row in counts.iterrows()}

    everything, both = door(MANAGER), door(MANAGER, chosen={"site": ("Central", "Elsewhere")})
    families = tuple(everything.choices("family"))
    alone = {
        family: sums(door(MANAGER, chosen={"family": (family,)}), "failure_curve")[0]
        for family in sums(everything, "failure_curve", "family")
    }
    assert alone == sums(everything, "failure_curve", "family")
    assert len(alone) > 1
    assert sums(everything, "failure_curve") == sums(door(MANAGER, chosen={"family": families}), "failure_curve")
    assert sums(everything, "failure_curve") == sums(both, "failure_curve")
    assert sums(everything, "failure_curve") == sums(door(MANAGER, operated_from=date(2000, 1, 1)), "failure_curve")


def test_a_count_that_stands_in_two_reads_is_told_alike_in_both(door: Door) -> None:
    """Moved twice, it would be known the better by both."""
    asked = door(DOUBTED)
    days = {"within_days": LANDMARK, "due_from": due_from(asked, LANDMARK)}
    for one, other, of, counts in (
        ("lost", "risk_factors", WHOLE | days, ["due_failed", "lost", "not_due"]),
        ("landmark", "risk_factors_landmark", {"outcome": "not_better"}, ["due", "answered", "failed"]),
    ):
        alone = asked.read(one, columns={"by": "smoking"}, **of).set_index("unit")[counts]
        factor = asked.read(other, columns={"factors": ["smoking"]}, **of)
        codes = asked.order("smoking")
        beside = factor.groupby("band")[counts].sum()
        told = [name for name in alone.index if codes.get(name, 0) in beside.index]
        assert len(told) > 1
        for name in told:
            assert list(alone.loc[name]) == list(beside.loc[codes.get(name, 0)])


def test_operations_add_up_in_every_course_and_nobody_fails_on_a_day_of_his_own(door: Door) -> None:
    curve = door(DOUBTED).read("failure_curve", columns={"by": "family"}, **WHOLE)
    operations = door(DOUBTED).read("operations").iloc[0]["operations"]
    ends = month_ends(int(curve["day"].max()), None)
    assert set(curve.loc[curve["failed"] > 0, "day"]) <= set(ends)
    one = door(DOUBTED).read("failure_curve", columns={"by": ()}, **WHOLE)
    assert one[["failed", "died", "left_follow_up"]].to_numpy().sum() == operations
    exact = door(OPERATOR).read("failure_curve", columns={"by": ()}, **WHOLE)
    for day in (mark.days for mark in load().landmarks):
        told, known = (int(rows.loc[rows["day"] <= day, "failed"].sum()) for rows in (one, exact))
        assert abs(told - known) < 2 * STEP


def test_a_month_ends_on_a_landmark_close_to_it_and_who_left_within_it_does_so_at_its_beginning() -> None:
    ends = month_ends(800, None)
    landmarks = [mark.days for mark in load().landmarks if mark.days <= 800]
    assert set(landmarks) <= set(ends)
    assert moved(ends[3] + 1, ends, back=False) == ends[4]
    assert moved(ends[4] - 1, ends, back=True) == ends[3] + 1
    assert moved(ends[4], ends, back=True) == moved(ends[4], ends, back=False) == ends[4]


def test_a_count_is_told_right_on_average_and_never_far_from_what_it_is() -> None:
    telling = ProtectedForm(lambda *_: pd.DataFrame(), lambda words: sha256(words.encode()).digest())
    for count in (20, 21, 22, 23, 24):
        told = [telling.rounded(count, str(place)) for place in range(4000)]
        assert abs(sum(told) / len(told) - count) < 0.2
        assert max(told) - count <= WIDEST
        assert count - min(told) <= WIDEST
    assert f"moved by up to {WIDEST} and rounded to {STEP}" in SENTENCE
    assert f"{SENTENCE}. " in AS_SEEN.sentence
    assert telling.rounded(0, "none") in (0, STEP)


def test_groups_of_few_are_left_out_by_their_rounded_count_and_with_them_what_they_would_complete(door: Door) -> None:
    curve = door(DOUBTED).read("failure_curve", columns={"by": "procedure"}, **WHOLE)
    sizes = curve.groupby("unit")[["failed", "died", "left_follow_up"]].sum()
    assert (sizes.sum(axis=1) >= FEWEST).all()
    assert (sizes["failed"] > FEW).all()
    everything = door(OPERATOR).read("failure_curve", columns={"by": "procedure"}, **WHOLE)
    assert len(sizes) < everything["unit"].nunique()


def test_no_state_of_a_visit_is_left_out_for_being_of_few_so_that_what_is_told_of_it_adds_up(door: Door) -> None:
    told, exact = (door(viewer).read("follow_up", columns={"by": ()}) for viewer in (DOUBTED, OPERATOR))
    states = ["visit", "visit_state"]
    known, seen = (frame.set_index(states)["operations"] for frame in (exact, told))
    assert (abs(seen.reindex(known.index).fillna(0) - known) <= WIDEST).all()


def test_nobody_is_told_that_none_was_lost_since_a_worst_case_would_be_too_narrow(door: Door) -> None:
    for by in ("procedure", "surgeon"):
        told = door(DOUBTED).read(
            "lost", columns={"by": by}, **WHOLE, within_days=365, due_from=due_from(door(DOUBTED), 365)
        )
        of_some = told[told["due"] > told["due_failed"]]
        assert len(of_some)
        assert (of_some["lost"] >= STEP).all()


def test_a_filter_that_leaves_out_few_is_refused_in_words(door: Door) -> None:
    exact, refused = door(OPERATOR, chosen={"site": ("Central",)}), 0
    for kind in ("age", "levels", "indication", "procedure"):
        sizes = exact.read("set_signature", columns={"by": kind}).set_index("unit")["operations"]
        for rare in sizes[sizes < STEP].index:
            others = tuple(name for name in exact.choices(kind) if name != rare)
            with pytest.raises(NotTold, match="leaves out so few"):
                door(MANAGER, chosen={kind: others}).read("failure_curve", columns={"by": ()}, **WHOLE)
            refused += 1
    assert refused


def test_days_are_told_by_quarter_and_a_third_filter_of_the_patient_is_refused(door: Door) -> None:
    records = door(MANAGER, operated_from=date(2020, 2, 20), operated_to=date(2024, 5, 5))
    assert records.described == "Index operations at Central; operated 1 Jan 2020 to 30 Jun 2024"
    assert records.facts.first_operation == date(2018, 1, 1)
    assert records.facts.operations % STEP == 0
    chosen = {kind: tuple(records.choices(kind)) for kind in ("sex", "age")}
    with pytest.raises(NotAllowed, match="Take away one filter"):
        door(MANAGER, chosen=chosen).read("failure_curve", columns={"by": "smoking"}, **WHOLE)
    with pytest.raises(NotAllowed, match="Take away one filter"):
        asked(door(MANAGER, chosen=chosen), "risk_factors")


def test_no_other_day_is_told_of_than_every_screen_offers_and_who_tries_is_on_record(door: Door) -> None:
    records = door(DOUBTED)
    day, a_day = due_from(records, LANDMARK), timedelta(days=1)
    asked_with = [(LANDMARK + 1, day - a_day), (LANDMARK, day - a_day), (LANDMARK, day + a_day), (365, day)]
    for within, due in asked_with:
        with pytest.raises(NotTold, match="by a day more or less"):
            records.read("lost", columns={"by": ()}, **WHOLE, within_days=within, due_from=due)
        with pytest.raises(NotTold, match="by a day more or less"):
            records.read("risk_factors", columns={"factors": ("smoking",)}, **WHOLE, within_days=within, due_from=due)
        assert '"refusal"' in records.audit.path.read_text(encoding="utf-8").splitlines()[-1]
    with pytest.raises(NotTold, match="by a day more or less"):
        records.read("failure_by_month", outcome="fbss", within_days=LANDMARK - 1)
    for mark in load().landmarks:
        of_those = due_from(records, mark.days)
        assert len(records.read("lost", columns={"by": ()}, **WHOLE, within_days=mark.days, due_from=of_those))


def test_what_is_counted_of_those_due_is_moved_anew_when_one_more_is(door: Door) -> None:
    """Or an import in which only somebody's time came would tell whether that patient had failed."""
    telling = ProtectedForm(lambda *_: pd.DataFrame(), lambda words: sha256(words.encode()).digest())
    form, of = FORMS["lost"], _Set("90 1 2", "fbss: 3 4 5", told=True)
    assert isinstance(form, Cells)

    def told(not_due: int, failed: int) -> int:
        exact = pd.Series({"not_due": not_due, "due": 90 - not_due, "due_failed": failed, "lost": 10})
        return telling._parts(exact, "", of, form)["due_failed"]

    moves = {told(place, 20) - told(place - 1, 21) for place in range(20, 60)}
    assert min(moves) < 0 < max(moves)


def test_a_report_asks_for_nothing_that_has_no_form_so_that_nobody_stands_as_refused(
    door: Door, tmp_path: Path
) -> None:
    """What a page or document asks by itself is no attempt of its reader; a read that is asked for all the same is."""
    records = replace(door(MANAGER), audit=Audit(tmp_path))
    report = quality(records, Wanted("fbss", LANDMARK, datetime.now(UTC)))
    headline(records, "fbss", LANDMARK)
    digest(records)
    lines = [json.loads(line) for line in records.audit.path.read_text(encoding="utf-8").splitlines()]
    assert [line["question"] for line in lines if line["what"] == "refusal" and line["why"] == NO_FORM] == []
    assert {"Summary", "Failure by procedure", "Left out of this report"} <= {each.title for each in report.sections}
    assert not {"Time to symptoms", "Sites"} & {each.title for each in report.sections}


def test_what_leaves_by_the_rules_for_sharing_has_no_narrower_limits_than_its_reader_is_told(door: Door) -> None:
    rates = failure_rate(door(DOUBTED), "fbss", "family", LANDMARK)
    shared = protected(rates, modes(DOUBTED)["nhs"])
    told = shared["lower"].notna()
    assert told.any()
    assert (shared.loc[told, "lower"] <= rates.loc[told, "lower"]).all()
    assert (shared.loc[told, "upper"] >= rates.loc[told, "upper"]).all()


def test_no_surgeon_with_few_operations_at_a_site_is_named_to_its_manager(door: Door) -> None:
    exact = door(OPERATOR, chosen={"site": ("Central",)}).read("set_signature", columns={"by": "surgeon"})
    sizes = exact.set_index("unit")["operations"]
    offered = set(door(MANAGER).choices("surgeon"))
    assert {name for name, n in sizes.items() if n >= FEWEST + WIDEST} <= offered
    assert not {name for name, n in sizes.items() if n < FEWEST - WIDEST} & offered
    units = pd.DataFrame({"surgeon": [1, 1, 2], "site": [1, 2, 1], "operations": [20, 20, FEWEST - WIDEST - 1]})
    named = named_units(units, lambda words: sha256(words.encode()).digest())
    assert (named["surgeon"].tolist(), named["site"].tolist()) == ([1, 1, 0], [1, 2, 1])


def test_a_surgeons_own_figures_are_exactly_those_that_the_operator_has_of_that_surgeon(door: Door) -> None:
    own, seen = door(Viewer("Dr One", "surgeon", surgeon="S01")), door(OPERATOR, chosen={"surgeon": ("S01",)})
    for name in sorted(READS.keys() - {"noted_operation", "monitor", "profiles"} - slots.OF_NO_SCOPE):
        pd.testing.assert_frame_equal(asked(own, name), asked(seen, name))

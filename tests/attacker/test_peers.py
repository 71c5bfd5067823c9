"""A surgeon takes the own patients, of whom all is known, from what is told of everybody: nobody else's is found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard import others as told_of_others
from dashboard import protecting
from dashboard.access import OPERATOR
from dashboard.analyses import case_mix as models
from dashboard.analyses.beside import PracticeTold, practice_of
from dashboard.analyses.case_mix import case_mix
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.analyses.peers import among_peers
from dashboard.analyses.profiles import case_mix_values, due_patterns
from dashboard.analyses.remembering import forget
from dashboard.others import Others
from dashboard.protecting import STEP, WIDEST
from dashboard.records import Records
from tests.attacker.attacker import Bools
from tests.attacker.peers import DAYS, NAME, WHOLE, Surgeon
from tests.attacker.table import keyed

COHORTS, CHANGES = 3, 25


@pytest.fixture(scope="module")
def surgeon(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Surgeon:
    return Surgeon(sample_store, tmp_path_factory.mktemp("audit"))


def test_no_patient_of_others_is_found_in_what_a_surgeon_is_told_of_all(
    surgeon: Surgeon, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = [*surgeon.totals(730, COHORTS), *(said for days in DAYS for said in surgeon.bands(days))]
    seen = surgeon.found(answers)
    with capsys.disabled():
        print(f"\n{seen.counts} counts of the others, {seen.pairs} pairs: {seen.patients} patients found")
    assert seen.patients == 0
    assert seen.pairs >= 20


def test_counts_of_the_others_as_they_are_give_patients_away(surgeon: Surgeon, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told_of_others, "rounded", lambda count, *_: count)
    forget()
    exact = [*surgeon.totals(730, 0, 0, 1), *(said for days in DAYS for said in surgeon.bands(days, 0))]
    assert surgeon.found(exact).patients > 0
    forget()


def _one_more(patterns: pd.DataFrame, failed: int) -> pd.DataFrame:
    """The counts of a generation with a patient more, in the profile that most are of."""
    first = np.arange(len(patterns)) == int(patterns["operations"].to_numpy().argmax())
    more = {"due": 1, "operations": 1, "failed": failed}
    return patterns.assign(**{name: patterns[name] + n * first for name, n in more.items()})


def _told_by_the_next_import(surgeon: Surgeon, patch: pytest.MonkeyPatch, failed: int) -> dict[str, float]:
    """By how much the counts that follow from the model change with a patient more."""
    everybody = due_patterns(replace(surgeon.records, viewer=OPERATOR), "fbss", 730)
    before = surgeon.solved(case_mix(surgeon.records, "fbss", 730), everybody)

    def next_others(records: Records, *asked: Any, **values: Any) -> Others:
        found = others(records, *asked, **values)
        return replace(found, patterns=_one_more(found.patterns, failed))

    others = Records.others
    with patch.context() as within:
        within.setattr(Records, "others", next_others)
        forget()
        after = surgeon.solved(case_mix(surgeon.records, "fbss", 730), _one_more(everybody, failed))
    forget()
    return {band: after[band] - count for band, count in before.items() if band in after}


def test_a_model_of_counts_as_they_are_tells_by_the_next_import_what_became_of_a_patient(
    surgeon: Surgeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All counts that follow from it are whole numbers, and those of the patient's bands rise by one, or by none."""

    def exact(everybody: Records, outcome: str, days: int) -> PracticeTold:
        others = everybody.others(**case_mix_values(everybody, outcome, days))
        own = due_patterns(replace(everybody, whole_practice=False), outcome, days)
        return PracticeTold(pd.concat([own, others.patterns], ignore_index=True))

    with monkeypatch.context() as within:
        within.setattr(models, "practice_of", exact)
        forget()
        well, failed = (_told_by_the_next_import(surgeon, monkeypatch, n) for n in (0, 1))
    assert max(map(abs, well.values())) < WHOLE
    assert {round(count) for count in failed.values()} == {0, 1}
    assert all(abs(count - round(count)) < WHOLE for count in failed.values())
    forget()
    well, failed = (_told_by_the_next_import(surgeon, monkeypatch, n) for n in (0, 1))
    for told in (well, failed):
        assert any(abs(count - round(count)) > WHOLE for count in told.values())


CHANGED: dict[str, dict[str, int]] = {
    "a patient more, who failed": {"due": 1, "operations": 1, "failed": 1},
    "a patient more, who is well": {"due": 1, "operations": 1},
    "a patient more, of whom nothing is known": {"due": 1},
    "an outcome": {"failed": 1},
    "a failure that is none by the next definition": {"failed": -1},
}


def moves(surgeon: Surgeon, more: dict[str, int], name: str = "failed") -> list[int]:
    """By how much what is told of all, and of each of a patient's bands, changes with that patient."""
    practice = practice_of(surgeon.records.of_practice, "fbss", 730)
    assert practice.others is not None
    before, changed = replace(practice.others, keyed=keyed), []
    counts = before.patterns
    sign = more.get("failed", 0)
    may = counts[(counts["failed"] > 0) if sign < 0 else (counts["failed"] < counts["operations"])]
    for row in may.index[:CHANGES]:
        there = (counts.index == row).astype(int)
        patterns = counts.assign(**{of: counts[of] + n * there for of, n in more.items()})
        after = replace(before, patterns=patterns)
        for some in _bands_of(before, row):
            changed.append(after.told(name, some) - before.told(name, some))
    return changed


def _bands_of(others: Others, row: int) -> Iterator[Bools]:
    yield np.ones(len(others.patterns), dtype=bool)
    for factor in (PROCEDURE, "age", "smoking"):
        codes = others.patterns[factor].to_numpy()
        yield codes == codes[row]


def certain(changed: list[int], reach: int) -> int:
    """In how many the two counts do not leave open what became of the patient."""
    return sum(not move - 2 * reach < 0 < move + 2 * reach for move in changed)


@pytest.mark.parametrize("change", CHANGED)
@pytest.mark.parametrize("name", ["failed", "operations"])
def test_a_generation_or_definition_less_the_one_before_never_tells_what_became_of_a_patient_of_others(
    surgeon: Surgeon, change: str, name: str
) -> None:
    more = CHANGED[change]
    changed = moves(surgeon, more, name)
    assert certain(changed, WIDEST) == 0
    # Whether somebody is known to have failed moves nothing of how many are known.
    still = name == "operations" and "due" not in more
    assert {*np.sign(changed)} == ({0} if still else {-1, 0, 1})


def test_a_fixed_rounding_of_the_others_would_tell_it(surgeon: Surgeon, monkeypatch: pytest.MonkeyPatch) -> None:
    half: Callable[..., int] = lambda *_: STEP // 2  # noqa: E731
    monkeypatch.setattr(protecting, "shift", half)
    changed = moves(surgeon, CHANGED["an outcome"])
    assert {*changed} == {0, STEP}
    assert certain(changed, STEP // 2) == changed.count(STEP) > 0


def test_of_peers_there_is_no_row_beside_ones_own(surgeon: Surgeon) -> None:
    seen = among_peers(surgeon.records, NAME, "fbss")
    assert seen.answer.others
    assert seen.rows["own"].tolist() == [True]
    assert seen.compared is None

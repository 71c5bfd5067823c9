"""What a surgeon is held against is made of counts of the others in protected form, and of nothing else of theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard.access import Viewer
from dashboard.analyses.beside import practice_of
from dashboard.analyses.case_mix import case_mix
from dashboard.analyses.compare import FEWEST_EXPECTED, compare, shares_possible
from dashboard.analyses.estimate import estimate, inputs
from dashboard.analyses.failure_rate import FEWEST_FOR_A_SHARE, KNOWN_TO_SHOW
from dashboard.analyses.groups import NOT_RECORDED
from dashboard.analyses.model_plan import PROCEDURE
from dashboard.analyses.monitor import monitor
from dashboard.analyses.profiles import case_mix_values, due_patterns, known_patterns, profiles_of
from dashboard.analyses.unit_funnels import share_spread
from dashboard.cohort import Cohort
from dashboard.definitions import load
from dashboard.errors import NotAllowed
from dashboard.others import COUNTS, Others, Worth
from dashboard.protecting import STEP, TOO_FEW, WIDEST
from dashboard.records import UNIT, Records
from dashboard.stats import funnel
from dashboard.stats.funnel import overdispersion
from tests.text_tables import of_surgeons

NAME = "S06"
OWN = Viewer("Dr Six", "surgeon", surgeon=NAME)
FUSION = {"family": ("fusion",)}
DETAILED = ("sex", "levels", "prior_surgery")
FACTORS = (PROCEDURE, *load().adjusting)


@pytest.fixture
def own(sample: Records) -> Records:
    return replace(sample, viewer=OWN)


def keyed(words: str) -> bytes:
    return sha256(f"a secret {words}".encode()).digest()


def others(sample: Records, **chosen: Any) -> Others:
    patterns = due_patterns(sample.of(Cohort(**chosen)), "fbss", 730, "surgeon")
    return Others.of(patterns[~patterns[UNIT].isin([NAME, NOT_RECORDED])], keyed)


def bands(known: Others) -> Iterator[tuple[str, Any]]:
    """Each factor and band, with the rows of it."""
    for factor in FACTORS:
        codes = known.patterns[factor].to_numpy()
        for band in np.unique(codes):
            yield f"{factor} {band}", codes == band


def told(known: Others) -> dict[str, int]:
    """What is told to have failed of every band, and of all."""
    return {"all": known.told("failed"), **{name: known.told("failed", some) for name, some in bands(known)}}


def with_more(known: Others, row: int, **more: int) -> Others:
    """The same with more in one pattern."""
    there = np.arange(len(known.patterns)) == row
    raised = {name: known.patterns[name] + n * there for name, n in more.items()}
    return replace(known, patterns=known.patterns.assign(**raised))


def test_of_the_others_failures_nothing_is_left_but_rounded_counts_by_band(sample: Records) -> None:
    """Whoever failed in another pattern leaves the same behind, where the counts that are told are the same."""
    known = others(sample)
    seen = known.moved()
    fixed = {id(known.patterns): told(known)}

    class Fixed(Others):
        """Other failures, of which the same is told."""

        def told(self, name: str, some: Any = None) -> int:
            counts = next(iter(fixed.values()))
            if some is None:
                return counts["all"]
            return next(counts[band] for band, rows in bands(self) if (rows == some).all())

    shuffled = known.patterns.assign(failed=known.patterns["failed"].to_numpy()[::-1])
    assert np.allclose(Fixed(shuffled, keyed).moved()["failed"], seen["failed"])
    assert not np.allclose(replace(known, patterns=shuffled).moved()["failed"], seen["failed"])
    assert (seen["failed"] <= seen["operations"]).all()
    assert seen[list(COUNTS[:2])].equals(known.patterns[list(COUNTS[:2])])


def test_by_every_band_as_many_fail_in_the_model_as_are_told_brought_to_the_total(sample: Records) -> None:
    known = others(sample)
    seen, counts = known.moved()["failed"].to_numpy(), told(known)
    # Where more are told than there are operations in a pattern, the rest of them is left.
    assert seen.sum() == pytest.approx(counts["all"], abs=1)
    for factor in FACTORS:
        of_it = {name: rows for name, rows in bands(known) if name.startswith(f"{factor} ")}
        together = sum(counts[name] for name in of_it)
        for name, rows in of_it.items():
            assert seen[rows].sum() == pytest.approx(counts[name] * counts["all"] / together, abs=1)


def test_with_a_fixed_key_these_are_the_counts_that_are_told(sample: Records) -> None:
    known = others(sample)
    exact = known.patterns[["operations", "failed"]].sum().tolist()
    assert (exact, [known.told("operations"), known.told("failed")]) == ([1255, 184], [1255, 185])
    smoking = {name: count for name, count in told(known).items() if name.startswith("smoking")}
    assert smoking == {"smoking 0": 20, "smoking 1": 70, "smoking 2": 50, "smoking 3": 40}
    by_smoking = known.moved().groupby("smoking")["failed"].sum()
    assert by_smoking.to_numpy() == pytest.approx([20.6, 71.2, 51.4, 41.1], abs=0.05)


def test_the_same_others_give_the_same_counts_by_whatever_words_they_are_chosen(sample: Records) -> None:
    everybody, last = others(sample), sample.facts.data_date
    assert last is not None
    same = (others(sample, operated_from=date(2000, 1, 1)), others(sample, operated_to=date(last.year, 12, 31)))
    assert all(told(each) == told(everybody) for each in same)
    fusion = others(sample, chosen=FUSION)
    code = sample.order("family")["fusion"]
    for name in ("operations", "failed"):
        assert everybody.told(name, everybody.patterns["family"].to_numpy() == code) == fusion.told(name)
        assert fusion.told(name) % STEP == 0


def test_what_is_told_of_a_set_stays_while_nothing_changes_in_it_so_that_no_average_can_be_taken(
    sample: Records,
) -> None:
    """Of many imports, in which something changed elsewhere, the mean would else be the count as it is."""
    known = others(sample)
    before, apart = told(known), 0
    for row in range(20):
        changed = told(with_more(known, row, due=1, operations=1, failed=1))
        for name, some in bands(known):
            assert some[row] or changed[name] == before[name]
            apart += bool(some[row]) and changed[name] != before[name]
    assert apart > 50
    patterns = due_patterns(sample, "fbss", 730)
    renumbered = patterns.assign(profile=patterns["profile"] + 1).sample(frac=1, random_state=1)
    of_now = told(Others.of(patterns, sample.audit.keyed))
    assert told(Others.of(renumbered, sample.audit.keyed)) == of_now
    engine: Any = type("Next", (), {"generation": sample.engine.generation + 1})()
    assert told(Others.of(patterns, replace(sample, engine=engine).audit.keyed)) == of_now


def test_who_comes_to_the_landmark_moves_the_counts_whether_anything_is_known_of_that_one_or_not(
    sample: Records,
) -> None:
    """A count that stayed would tell that nothing is known of that patient, who then cannot have failed."""
    known = others(sample)
    for name in ("operations", "failed"):
        stayed = [with_more(known, row, due=1).told(name) == known.told(name) for row in range(60)]
        assert 0.1 < np.mean(stayed) < 0.8


def test_counts_are_never_further_from_what_they_are_than_is_said(sample: Records) -> None:
    known = others(sample)
    for name in ("operations", "failed"):
        for _, some in bands(known):
            exact = int(known.patterns[name].to_numpy()[some].sum())
            assert abs(known.told(name, some) - exact) <= WIDEST


def test_what_is_expected_is_close_to_what_the_exact_model_says_and_is_told_to_a_tenth(own: Records) -> None:
    sample = replace(own, viewer=Viewer("Manager", "manager"))
    for days in (365, 730):
        (seen,) = compare(own, "fbss", "surgeon", days).units.to_dict("records")
        exact = compare(sample, "fbss", "surgeon", days).units.set_index("unit")["expected"]
        told = seen["expected"]
        assert told == pytest.approx(exact[NAME], rel=0.25)
        assert told == round(told, 1) == float(f"{told:.3g}")
        assert seen["ratio"] == seen["observed"] / told
        assert pd.isna(seen["shrunken"])


def test_the_same_model_stands_behind_every_screen_and_leaves_without_what_it_could_be_judged_by(own: Records) -> None:
    answer, model = compare(own, "fbss", "surgeon", 730), case_mix(own, "fbss", 730)
    assert answer.model == model == estimate(own, "tlif", {}, "fbss")[-1].model
    assert model.fit is not None
    assert model.is_told
    assert (model.calibration, model.c_statistic, model.plan.missing_share) == (None, None, 0.0)
    assert monitor(own).model.is_told
    assert not case_mix(replace(own, viewer=Viewer("Manager", "manager")), "fbss", 730).is_told


def test_no_count_of_the_others_stands_with_a_model_but_as_it_is_told(own: Records) -> None:
    """Sizes are told by whatever is not the viewer's own; so is of how many an estimate says that there are too few."""
    model, practice = case_mix(own, "fbss", 730), practice_of(own.of_practice, "fbss", 730)
    assert practice.others is not None
    mine = known_patterns(own, "fbss", 730)
    complete = (mine[list(model.plan.terms_from)] != 0).all(axis=1)
    for (factor, code), size in model.sizes.items():
        assert (size - int(mine.loc[complete & (mine[factor] == code), "operations"].sum())) % STEP == 0
    for name, count in (("operations", model.plan.operations), ("failed", model.plan.failed)):
        assert (count - int(mine.loc[complete, name].sum())) % STEP == 0
    for one in estimate(own, "tlif", {"smoking": "current"}, "fbss"):
        assert one.tenth is None
        assert one.average == one.model.plan.failed / one.model.plan.operations
    assert any(one.used for one in inputs(own, "fbss"))


def test_ones_own_counts_are_exact_and_no_share_of_all_is_told_of_what_is_chosen_in_more_detail(own: Records) -> None:
    for cohort, why in (
        (Cohort(chosen={of: tuple(own.choices(of)) for of in DETAILED}), "Take away one filter"),
        (Cohort(operated_from=date(2020, 1, 15), chosen=FUSION), "whole quarters"),
    ):
        asked = own.of(cohort)
        answer, alone = (
            compare(asked, "fbss", "surgeon", 730),
            asked.read("landmark", outcome="fbss", columns={"by": ()}),
        )
        assert answer.others
        assert answer.units["all_operations"].tolist() == alone["operations"].tolist()
        assert answer.shares is None
        assert why in answer.no_shares
        assert not shares_possible(asked, "fbss", "surgeon", 730)
        with pytest.raises(NotAllowed, match=why):
            asked.of_practice.others("surgeon", **case_mix_values(asked, "fbss", 730))


def test_ones_own_series_are_seen_as_exactly_as_the_operator_sees_them(own: Records, sample: Records) -> None:
    """All but what the model has no risk for, which the rounding may decide otherwise."""
    mine, seen = (found.series.query("unit == @NAME").set_index("family") for found in (monitor(own), monitor(sample)))
    followed = [found["operations"] + found["without_risk"] for found in (mine, seen)]
    assert followed[0].tolist() == followed[1].tolist()
    same = mine["without_risk"] == seen["without_risk"]
    assert mine.loc[same, "failed"].tolist() == seen.loc[same, "failed"].tolist()


def test_whether_units_differ_is_judged_by_what_is_told_of_it_and_not_by_what_it_is(sample: Records) -> None:
    """At the edge of chance, which limits are drawn would else tell of one patient."""
    failed, n = np.array([3, 9, 5, 7, 2, 8, 6, 4, 5, 6]), np.full(10, 40)
    found, judged = overdispersion(failed, n), set()
    for row in range(40):
        told = with_more(others(sample), row, due=1).spread(found, 10, "shares")
        assert told is not None
        assert told.overdispersed == (10 * told.phi > 9) == (told.tau2 > 0)
        judged.add(told.overdispersed)
    assert judged == {True, False}


def test_how_far_units_differ_rests_on_the_units_whose_figures_are_shown_to_whoever_sees_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven, one of them with too few operations for a share, and three with too few for a ratio."""
    sizes = {f"S{n:02}": (n * 8, 1 + n * n % 7) for n in range(1, 8)}
    everybody = of_surgeons(tmp_path, sizes, {surgeon: ["tlif", "alif"] for surgeon in sizes})
    seen = compare(everybody, "fbss", "surgeon", 730)
    own = replace(everybody, viewer=Viewer("Dr Five", "surgeon", surgeon="S05"))
    others = own.of_practice.others("surgeon", **case_mix_values(own, "fbss", 730))
    assert others.units is not None
    worth = Worth(FEWEST_FOR_A_SHARE, KNOWN_TO_SHOW, FEWEST_EXPECTED)
    shown = seen.units[seen.units["shown"]]
    shares = others.units.shares(worth)
    assert shares is not None
    assert (shares.units, len(shown)) == (6, 6)
    assert shares.spread == pytest.approx(share_spread(shown))
    profiles = profiles_of(everybody)
    risks = pd.Series(0.2, index=profiles.index)
    expected = {unit: n / 5 for unit, (n, _) in sizes.items() if n / 5 >= FEWEST_EXPECTED}
    ratios = others.units.ratios(risks, worth)
    assert ratios is not None
    observed = [sizes[unit][1] for unit in expected]
    assert ratios.units == len(expected) == 4
    assert ratios.spread == pytest.approx(funnel.overdispersion_of_ratios(observed, list(expected.values())))
    mine = known_patterns(own, "fbss", 730)
    assert others.in_units(mine, risks, worth)[3:] == (7, None, None)
    monkeypatch.setattr(funnel, "FEWEST_UNITS", 7)
    told = others.in_units(mine, risks, worth)
    assert told.shares is not None
    assert told.shares.target == told.failed / told.operations
    assert told.ratios is not None


def test_of_so_few_others_that_they_could_be_made_out_there_is_no_share(sample: Records) -> None:
    known = others(sample)
    few = replace(known, patterns=known.patterns.head(1).assign(operations=2, failed=1))
    own = known.patterns.head(1).assign(operations=100, failed=50)
    assert few.together(own, 9).why == TOO_FEW
    assert not known.together(own, 9).why

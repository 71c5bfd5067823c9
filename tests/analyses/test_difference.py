"""One group against another: what lies between them, whether chance would do, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dashboard.access import Viewer
from dashboard.analyses.asked import Asked
from dashboard.analyses.difference import bands_apart, before_and_after, difference, side_curves
from dashboard.analyses.failure_rate import failure_rate
from dashboard.analyses.groups import rows_of
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER
from dashboard.analyses.verdicts.difference import difference_table, difference_verdict
from dashboard.cohort import Cohort
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats.proportions import newcombe_difference
from tests.text_tables import records


def of(**chosen: str) -> Cohort:
    return Cohort(chosen={dimension: (name,) for dimension, name in chosen.items()})


def between(sample: Records, first: Cohort, second: Cohort, outcome: str = "fbss", days: int = 730) -> str:
    return difference_verdict(difference(sample.of(first), outcome, days, second), outcome, days).sentence


def test_fusion_fails_more_often_than_decompression_by_the_figures_of_every_table(sample: Records) -> None:
    assert between(sample, of(family="fusion"), of(family="decompression")) == (
        "Fusion failed more often by 2 years than decompression, by 7.9 points (4.3 to 11.4). Fusion 18.3 % (117 seen "
        "of 744; 15.3 to 21.4), Decompression 10.4 % (117 seen of 1,277; 8.7 to 12.3)."
    )
    compared = difference(sample.of(of(family="fusion")), "fbss", 730, of(family="decompression"))
    rates = failure_rate(sample, "fbss", "family", 730).set_index("group")
    for place, family in enumerate(("fusion", "decompression")):
        for column in ("operations", "failed", "share", "lower", "upper", "not_due", "lost", "worst_case"):
            assert compared.sides[column][place] == pytest.approx(rates[column][family]), column


def test_turned_round_it_is_as_much_less_often(sample: Records) -> None:
    first = difference(sample.of(of(family="fusion")), "fbss", 730, of(family="decompression")).sides.iloc[0]
    turned = difference(sample.of(of(family="decompression")), "fbss", 730, of(family="fusion")).sides.iloc[0]
    assert (first["word"], turned["word"]) == (HIGHER, LOWER)
    assert turned["difference"] == pytest.approx(-first["difference"])
    assert turned["difference_lower"] == pytest.approx(-first["difference_upper"])
    assert turned["p"] == pytest.approx(first["p"])


def test_at_a_visit_the_interval_is_newcombes_of_those_who_answered(sample: Records) -> None:
    row, other = rows_of(difference(sample.of(of(sex="female")), "not_better", 730, of(sex="male")).sides)
    expected = newcombe_difference(row.failed, row.known, other.failed, other.known)
    assert expected == pytest.approx((row.difference, row.difference_lower, row.difference_upper))
    assert row.word == ALIKE


def test_an_interval_wider_than_ten_points_is_too_few_to_say(sample: Records) -> None:
    words = between(sample, of(procedure="tlif"), of(procedure="plif"))
    assert words.startswith("Too few to say whether they differ in FBSS by 2 years: TLIF 19.6 % (41 seen of 255;")
    assert words.endswith(
        "They are 3.5 points (−7.3 to 14.3) apart. The interval reaches more than 10 points to either side."
    )


def test_fewer_than_fifty_operations_or_five_failures_are_never_marked(sample: Records) -> None:
    # 0 of 15 against 16 of 50: Newcombe's interval leaves nought out
    compared = difference(sample.of(of(procedure="disc_replacement")), "not_better", 730, of(procedure="plif"))
    assert compared.sides["difference_upper"][0] < 0
    assert compared.sides["word"][0] == FEW
    words = difference_verdict(compared, "not_better", 730).sentence
    assert words.endswith("Fewer than 50 operations or 5 failures: disc replacement.")


def test_groups_that_share_operations_are_refused_in_words(sample: Records) -> None:
    with pytest.raises(WrongUsage, match="255 operations would stand in both groups and count twice"):
        difference(sample.of(of(procedure="tlif")), "fbss", 730, of(family="fusion"))
    with pytest.raises(WrongUsage, match="2,218 operations would stand in both"):
        difference(sample, "fbss", 730, Cohort())
    first = sample.of(Cohort(date(2020, 1, 1), date(2021, 12, 31)))
    with pytest.raises(WrongUsage, match="would stand in both groups"):
        difference(first, "fbss", 730, Cohort(date(2021, 12, 1), date(2022, 12, 31)))
    assert difference(first, "fbss", 730, Cohort(date(2022, 1, 1), date(2022, 12, 31))).possible


def test_no_surgeon_or_site_is_held_against_another(sample: Records) -> None:
    for unit in ("surgeon", "site"):
        first, second = list(sample.choices(unit))[:2]
        with pytest.raises(WrongUsage, match=f"A {unit} is held against the limits of a funnel"):
            difference(sample.of(of(**{unit: first})), "fbss", 730, of(**{unit: second}))


def test_a_side_that_may_not_be_shown_is_named_with_its_reason(sample: Records) -> None:
    compared = before_and_after(sample, "fbss", 730, date(2026, 1, 1))
    assert not compared.possible
    assert compared.sides["word"][0] == ""
    assert compared.reason == "Operated from 1 Jan 2026: not yet due for anybody."


def test_a_day_parts_every_operation_to_one_side(sample: Records) -> None:
    compared = before_and_after(sample, "fbss", 730, date(2022, 1, 1))
    assert compared.sides["operations"].tolist() == [1309, 909]
    assert compared.sides["not_due"].tolist() == [585, 0]
    with pytest.raises(WrongUsage, match="1 Jan 2018 does not part the operations chosen"):
        before_and_after(sample.of(Cohort(operated_from=date(2019, 1, 1))), "fbss", 730, date(2018, 1, 1))


TWICE = """
operation | patient | operated   | state | day
1         | 1       | 2024-01-10 | left  | 90
2         | 1       | 2024-05-10 | left  | 90
3         | 2       | 2024-05-11 | left  | 90
4         | 3       | 2024-02-11 | left  | 90
"""


def test_patients_with_operations_on_both_sides_are_counted(tmp_path: Path) -> None:
    assert before_and_after(records(tmp_path, TWICE), "fbss", 90, date(2024, 5, 1)).in_both == 1


def test_the_curves_end_where_the_shares_stand(sample: Records) -> None:
    compared = difference(sample.of(of(family="fusion")), "fbss", 730, of(family="decompression"))
    curves = side_curves(compared)
    last = curves[curves["day"] <= 730].groupby("label", sort=False)["share"].last()
    assert last.to_dict() == pytest.approx(compared.sides.set_index("label")["share"].to_dict())


def test_the_command_gives_both_sides_with_the_sentence_of_the_page(sample: Records) -> None:
    asked = Asked("fbss", None, 730, against=of(procedure="plif"))
    table = difference_table(sample.of(of(procedure="tlif")), asked)
    assert table["sentence"].unique().tolist() == [between(sample, of(procedure="tlif"), of(procedure="plif"))]
    since = difference_table(sample, Asked("fbss", None, 730))
    assert since["label"].tolist() == ["Operated from 1 Jan 2022", "Operated before 1 Jan 2022"]
    with pytest.raises(WrongUsage, match="One difference at a time"):
        difference_table(sample, Asked("fbss", None, 730, since=date(2022, 1, 1), against=of(procedure="plif")))


def test_bands_of_a_factor_stand_against_each_other_as_the_curves_of_the_bands_have_them(sample: Records) -> None:
    found = bands_apart(sample, "fbss", 730, "smoking", ("current",), ("never", "former"))
    alone = failure_rate(sample, "fbss", "smoking", 730).set_index("group")
    current, others = found.sides.to_dict("records")
    assert (current["label"], others["label"]) == ("Current smoking", "Never smoking or former smoking")
    assert current["share"] == pytest.approx(alone.loc["current", "share"])
    names = ("operations", "failed", "lost", "due", "not_due")
    both = alone.loc[["never", "former"], list(names)].sum()
    assert {name: others[name] for name in names} == both.to_dict()
    assert current["difference"] == pytest.approx(current["share"] - others["share"])
    assert (current["word"], found.in_both) == ("higher", None)
    assert side_curves(found).groupby("group")["at_risk"].max().to_dict() == {
        "first": current["operations"], "second": others["operations"]
    }  # fmt: skip


def test_bands_at_a_visit_have_a_difference_and_no_curve(sample: Records) -> None:
    found = bands_apart(sample, "not_better", 730, "smoking", ("current",), ("never",))
    alone = failure_rate(sample, "not_better", "smoking", 730).set_index("group")
    assert found.sides["share"].tolist() == pytest.approx(alone.loc[["current", "never"], "share"].tolist())
    assert found.possible
    assert side_curves(found).empty


@pytest.mark.parametrize(("first", "second"), [(("current",), ("current", "never")), ((), ("never",))])
def test_bands_that_stand_on_both_sides_or_on_none_are_refused(
    sample: Records, first: tuple[str, ...], second: tuple[str, ...]
) -> None:
    with pytest.raises(WrongUsage, match="share no band"):
        bands_apart(sample, "fbss", 730, "smoking", first, second)


def test_in_protected_form_both_sides_are_of_whole_quarters_and_say_so(sample: Records) -> None:
    rounded = replace(sample, viewer=Viewer("Manager", "manager", protected=True))
    compared = before_and_after(rounded, "fbss", 730, date(2022, 2, 15))
    assert list(compared.sides["label"]) == ["Operated from 1 Jan 2022", "Operated before 1 Jan 2022"]
    assert compared.in_both is None


def test_in_protected_form_two_periods_that_share_a_quarter_are_refused(sample: Records) -> None:
    rounded = replace(sample, viewer=Viewer("Manager", "manager", protected=True))
    until = rounded.of(Cohort(operated_to=date(2021, 2, 14)))
    with pytest.raises(WrongUsage, match="share no quarter"):
        difference(until, "fbss", 730, Cohort(operated_from=date(2021, 2, 15)))

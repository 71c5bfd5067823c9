"""What leaves the practice: small counts hidden, the rest rounded or exact, and shares that give nothing away."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from dashboard.disclosure import MODES, NOT_SHOWN, Sharing, protected, protected_curve

NONE, NHS, CMS = (MODES[name] for name in ("none", "nhs", "cms"))


def groups(*rows: tuple[int, int]) -> pd.DataFrame:
    """Groups with their operations and failures, everybody followed to the end."""
    return pd.DataFrame(
        [
            (f"group {place}", n, failed, failed / n if n else None, 0.01, 0.9, f"{failed} of {n}", n + 0.5)
            for place, (n, failed) in enumerate(rows)
        ],
        columns=["label", "operations", "failed", "share", "lower", "upper", "note", "median_follow_up_days"],
    )


def words(frame: pd.DataFrame, name: str = "failed") -> list[str]:
    return frame[f"{name}_words"].tolist()


def test_by_nhs_rules_small_counts_are_hidden_zeros_shown_and_the_rest_rounded() -> None:
    found = protected(groups((162, 12), (98, 3), (61, 0), (1203, 98), (77, 21)), NHS)
    assert words(found) == ["10", "fewer than 8", "0", "100", "20"]
    assert words(found, "operations") == ["160", "100", "60", "1,205", "75"]


def test_by_cms_rules_the_rest_is_rounded_too_and_never_to_what_is_hidden() -> None:
    found = protected(groups((162, 12), (98, 3), (61, 0), (1203, 98), (77, 21)), CMS)
    assert words(found) == ["15", "fewer than 11", "0", "100", "20"]
    assert words(found, "operations") == ["160", "100", "60", "1,205", "75"]
    assert found["share"].isna().tolist() == [False, True, False, False, False]
    assert found["share"].dropna().round(4).tolist() == [0.0938, 0.0, 0.083, 0.2667]


def test_shares_are_worked_out_from_rounded_counts_and_intervals_with_them() -> None:
    first = protected(groups((162, 12), (500, 100)), NHS).iloc[0]
    assert first["share"] == pytest.approx(10 / 160)
    assert first["lower"] == pytest.approx(0.0343, abs=1e-4)
    assert first["upper"] == pytest.approx(0.1112, abs=1e-4)


def test_a_hidden_count_takes_its_share_and_interval_with_it() -> None:
    found = protected(groups((98, 3), (500, 100), (400, 80)), NHS)
    assert found.loc[0, ["failed", "share", "lower", "upper"]].isna().all()


def test_few_without_failure_are_as_small_as_few_with() -> None:
    assert words(protected(groups((98, 95), (500, 100), (400, 80)), NHS))[0] == NOT_SHOWN


def test_words_that_hold_counts_and_other_numbers_do_not_leave() -> None:
    found = protected(groups((162, 12), (500, 100)), NHS)
    assert not {"note", "median_follow_up_days"} & set(found.columns)


def test_exact_mode_changes_nothing_and_adds_the_words() -> None:
    before = groups((162, 3), (0, 0))
    found = protected(before, NONE)
    assert words(found) == ["3", "0"]
    assert found["share"].tolist()[0] == before["share"].tolist()[0]
    assert list(before.columns) == [name for name in found.columns if not name.endswith("_words")]


def test_a_share_that_allows_for_those_lost_goes_by_the_failures_that_it_stands_for() -> None:
    rows = groups((200, 30), (300, 60)).assign(known=[150, 300])
    rows.loc[0, "share"] = 0.19  # of 200: 38, rounded to 40
    assert protected(rows, NHS)["share"].tolist() == [0.2, 0.2]


@pytest.mark.parametrize("known", [5, 33])
def test_of_few_known_or_few_known_to_be_well_nothing_is_told(known: int) -> None:
    rows = groups((200, min(30, known)), (300, 60)).assign(known=[known, 300])
    assert words(protected(rows, NHS))[0] in (NOT_SHOWN, "fewer than 8")
    assert protected(rows, NHS)["share"].isna().tolist() == [True, False]


def test_bands_are_widened_until_no_small_count_can_be_read_off_them() -> None:
    rows = groups((100, 20), (300, 60)).assign(due=[121, 5], best_case=[20 / 121, 0.2], worst_case=[28 / 121, 0.4])
    found = protected(rows, NHS)
    # 18 to 22 of 118 to 122 at best, 28 to 32 at worst: 14.8 to 27.1 %, outwards to whole 5 %
    assert (found["best_case"].iloc[0], found["worst_case"].iloc[0]) == (0.10, 0.30)
    assert found.loc[1, ["best_case", "worst_case"]].isna().all()  # five due are themselves too few


def at_visit(n: int, answered: int, failed: int, due: int) -> dict[str, object]:
    return {
        "label": "A", "operations": n, "failed": failed, "answered": answered, "known": answered, "due": due,
        "share": failed / answered, "lower": 0.1, "upper": 0.9, "best_case": failed / due,
        "worst_case": (failed + due - answered) / due,
    }  # fmt: skip


@pytest.mark.parametrize("mode", [NHS, CMS])
def test_a_share_asked_at_a_visit_has_those_who_answered_beside_it(mode: Sharing) -> None:
    (row,) = protected(pd.DataFrame([at_visit(2218, 1204, 537, 2100)]), mode).to_dict("records")
    assert (row["failed_words"], row["answered_words"], row["known"]) == ("535", "1,205", 1205)
    assert row["share"] == 535 / 1205
    few = protected(pd.DataFrame([at_visit(2218, 540, 537, 2100)]), mode)
    assert few[["failed", "share", "lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize("mode", [NHS, CMS])
def test_whatever_leaves_is_the_same_for_counts_that_are_shown_as_the_same(mode: Sharing) -> None:
    first, *others = (
        protected(pd.DataFrame([at_visit(n, answered, failed, due), at_visit(900, 600, 200, 800)]), mode)
        for n, answered, failed, due in itertools.product((198, 202), (159, 161), (38, 42), (179, 182))
        # what the worst case rests on is told alike as well
        if mode.rule.rounded(failed + due - answered) == 60
    )
    assert others
    for other in others:
        pd.testing.assert_frame_equal(first, other)


def test_a_curve_that_leaves_is_made_of_what_is_shown() -> None:
    curves = [curve(0, everybody).assign(share=share) for everybody, share in ((398, 0.0), (402, 0.0))]
    for one in curves:
        one.loc[1:, "share"] = 40.4 / one["at_risk"].iloc[0]
        one.loc[1, "failed"] = 40
    first, other = (protected_curve(one, CMS) for one in curves)
    assert first["share"].max() == 40 / 400
    pd.testing.assert_frame_equal(first, other)


def test_each_set_of_rows_hides_its_own() -> None:
    rows = pd.concat([groups((98, 3), (500, 100)), groups((98, 30), (500, 100))]).assign(set=["a", "a", "b", "b"])
    assert words(protected(rows, CMS, within=["set"])) == ["fewer than 11", NOT_SHOWN, "30", "100"]


def test_parts_of_one_number_hide_one_another() -> None:
    rows = pd.DataFrame({"category": ["a", "b", "c"], "operations": [3, 40, 25], "of": [68, 68, 68]})
    assert words(protected(rows, CMS), "operations") == ["fewer than 11", "40", "25"]
    rows = rows.head(2).assign(of=43)
    assert words(protected(rows, CMS), "operations") == ["fewer than 11", NOT_SHOWN]


def test_all_parts_of_a_row_hide_together() -> None:
    rows = pd.DataFrame({"visit": [3, 12], "due": [100, 200], "answered": [60, 150], "overdue": [5, 40]})
    found = protected(rows, NHS, within=["visit"])
    assert found["answered_words"].tolist() == [NOT_SHOWN, "150"]
    assert found["overdue_words"].tolist() == ["fewer than 8", "40"]


def curve(failed: int, everybody: int = 400, until: int = 30) -> pd.DataFrame:
    """One or more failures every ten days, nobody lost."""
    rows, so_far = [], 0
    for day in range(0, 10 * until, 10):
        events = failed if day else 0
        at_risk = everybody - so_far
        so_far += events
        limits = (so_far / everybody, 0.0, 0.5)
        rows.append(("all", "All", day, at_risk, everybody, events, 0, 0, *limits))
    names = ["group", "label", "day", "at_risk", "known", "failed", "died", "left", "share", "lower", "upper"]
    return pd.DataFrame(rows, columns=names)


def test_curves_leave_by_whole_months_in_steps_of_five_operations() -> None:
    found = protected_curve(curve(2), NHS)
    assert found["day"].tolist() == [0, 30, 61, 91, 122, 152, 183, 213, 244, 274]
    assert found["share"].isna().tolist()[:3] == [False, True, False]  # 6 failures in the first month are too few
    assert ((found["share"].dropna() * 400).round(6) % 5 == 0).all()
    assert (found["failed"] == 0).all()
    assert (found["share"].dropna().diff().dropna() >= 0).all()


def test_a_curve_ends_where_too_few_are_at_risk() -> None:
    found = protected_curve(curve(2, everybody=60), CMS)
    assert found["day"].max() < 280
    assert (found["at_risk"] >= 10).all()


def test_a_curve_of_too_few_is_none() -> None:
    assert protected_curve(curve(0, everybody=5), NHS).empty
    assert protected_curve(curve(2), NONE).equals(curve(2))


@pytest.mark.parametrize("mode", [NHS, CMS])
def test_nothing_and_nobody(mode: Sharing) -> None:
    assert protected(groups(), mode).empty
    assert protected_curve(curve(1).head(0), mode).empty
    assert words(protected(groups((0, 0)), mode)) == ["0"]


@pytest.mark.parametrize("mode", [NHS, CMS])
def test_no_truth_that_was_made_of_exact_counts_stands_beside_a_hidden_one(mode: Sharing) -> None:
    rows = groups((98, 3), (500, 100), (12, 11)).assign(shown=[False, True, True], estimable=True, reference=[1, 0, 0])
    rows["watched"] = pd.Series([True, None, False], dtype=object)
    rows["reference"] = rows["reference"].astype(bool)
    found = protected(rows, mode)
    assert found.select_dtypes(bool).columns.tolist() == ["shown", "reference"]
    assert "watched" not in found
    assert found["shown"].tolist() == found["share"].notna().tolist()
    assert found["reference"].tolist() == [True, False, False]
    pd.testing.assert_frame_equal(found, protected(rows.assign(estimable=False), mode))


def test_a_share_that_the_screen_refuses_is_told_to_nobody_outside() -> None:
    rows = groups((400, 80), (500, 100)).assign(shown=[False, True], best_case=0.2, worst_case=0.5)
    found = protected(rows, NHS)
    assert found[["share", "lower", "upper", "best_case"]].isna().all(axis=1).tolist() == [True, False]
    assert words(found) == ["80", "100"]


def test_where_it_is_not_said_of_how_many_it_is_known_no_share_is_told() -> None:
    found = protected(groups((200, 30), (300, 60)).assign(known=[float("nan"), 300]), NHS)
    assert words(found) == [NOT_SHOWN, "60"]
    assert found["share"].isna().tolist() == [True, False]
    events = groups((200, 30), (300, 60)).rename(columns={"failed": "events"}).assign(known=[float("nan"), 300])
    assert protected(events, NHS)["share"].isna().tolist() == [True, False]

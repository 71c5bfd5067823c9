"""The wait from the first symptom to the finding, counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.analyses.diagnosis_delay import diagnosis_delay, longest_wait
from dashboard.analyses.verdicts.delay import delay_verdict
from dashboard.records import Records
from tests.text_tables import assert_rows, records

HEAD = "operation | procedure | onset | cause | state | day | visits | resolved"
FOUR = f"""{HEAD}
    1 | tlif            | immediate | infection    | 1 | 10  | 0 | no
    2 | tlif            | immediate | not recorded | 2 | 20  | 0 | no
    3 | microdiscectomy | late      | scar_tissue  | 1 | 30  | 2 | no
    4 | microdiscectomy | late      | not recorded | 0 | 400 | 1 | yes"""


def waited(folder: Path, rows: str) -> Records:
    """Records of these rows; the operations themselves count for nothing here."""
    return records(folder, "operation\n1", diagnosis_delay=rows)


def test_who_is_not_found_stays_in_the_curve_until_death_or_the_end_of_follow_up(tmp_path: Path) -> None:
    """Of four one is found on day 10; one of three dies on day 20; one of two is found on day 30: 1/4 + 1/2 * 1/2."""
    found = diagnosis_delay(waited(tmp_path, FOUR))
    assert_rows(
        found.curves,
        """
        day | at_risk | failed | died | share
        0   | 4       | 0      | 0    | 0
        10  | 4       | 1      | 0    | 0.25
        20  | 3       | 0      | 1    | 0.25
        30  | 2       | 1      | 0    | 0.5
        400 | 1       | 0      | 0    | 0.5
        """,
    )
    assert_rows(
        found.groups,
        """
        operations | found | share | quarter | half | three_quarters | visited | without | resolved
        4          | 2     | 0.5   | 10      | 10   | 30             | 1       | 1       | 1
        """,
    )
    assert (found.visits, longest_wait(found)) == ({0: 1, 2: 1}, 400)


def test_groups_stand_in_the_order_of_their_words_and_by_cause_only_who_was_found(tmp_path: Path) -> None:
    asked = waited(tmp_path, FOUR)
    assert_rows(
        diagnosis_delay(asked, "onset").groups,
        """
        group     | operations | found | half
        immediate | 2          | 1     | 10
        late      | 2          | 1     | 30
        """,
    )
    assert list(diagnosis_delay(asked, "cause").groups["operations"]) == [1, 1]
    assert list(diagnosis_delay(asked, "procedure").groups["group"]) == ["microdiscectomy", "tlif"]


def many(early: int, late: int, late_day: int) -> str:
    """So many found after an immediate symptom on day 5, and so many after a late one; one was never found."""
    rows = [f"{n} | tlif | immediate | infection | 1 | {5 + n % 2} | 0 | no" for n in range(early)]
    rows += [f"{100 + n} | tlif | late | infection | 1 | {late_day + n % 2} | 1 | no" for n in range(late)]
    return "\n".join([HEAD, *rows, "999 | tlif | late | not recorded | 0 | 500 | 0 | yes"])


@pytest.mark.parametrize(
    ("early", "late", "late_day", "said"),
    [
        (12, 12, 200, "Beyond chance longer: late (6.6 months); shorter: immediate (5 days)."),
        (12, 12, 5, "Longest late (5 days), which may be chance among 2 compared."),
        (12, 3, 200, "Too few were found to say whether any waited longer."),
    ],
)
def test_who_waited_longer_is_said_only_where_there_are_enough_and_chance_would_not_do(
    tmp_path: Path, early: int, late: int, late_day: int, said: str
) -> None:
    found = delay_verdict(waited(tmp_path, many(early, late, late_day)))
    assert said in found.doubt
    assert found.doubt.endswith(
        f"1 of {early + late + 1} operations with a symptom have no finding; in 1 of these every symptom resolved."
    )


def test_the_answer_is_the_middle_wait_of_those_found_with_its_interval(tmp_path: Path) -> None:
    """Days 1 to 10, one each: the middle is reached by day 5, between the 2nd and the 9th; three quarters by day 8."""
    rows = "\n".join(f"{n} | tlif | late | infection | 1 | {n} | 0 | no" for n in range(1, 11))
    assert delay_verdict(waited(tmp_path, f"{HEAD}\n{rows}")).answer == (
        "Half of the 10 failures found within 1 year of the first symptom had waited 5 days or less (2 to 9 days), a "
        "quarter longer than 8 days."
    )


def test_without_a_symptom_or_a_finding_nothing_is_concluded(tmp_path: Path) -> None:
    assert delay_verdict(waited(tmp_path / "none", HEAD)).sentence == "No symptom is recorded after these operations."
    one = f"{HEAD}\n1 | tlif | late | not recorded | 0 | 500 | 0 | no"
    assert delay_verdict(waited(tmp_path / "one", one)).sentence == (
        "Of 1 operation with a symptom afterwards no failure was found within 1 year of it."
    )


def test_of_fewer_than_ten_found_no_median_is_told(tmp_path: Path) -> None:
    assert delay_verdict(waited(tmp_path, FOUR)).sentence == (
        "2 of 4 operations with a symptom were found to have failed within 1 year of it: too few for a median. 1 of 4 "
        "operations with a symptom have no finding; in 1 of these every symptom resolved."
    )

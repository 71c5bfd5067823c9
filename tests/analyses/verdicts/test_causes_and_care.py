"""How much could have been prevented, and how often revisions helped: recomputed from the tables that are shown."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import wording
from dashboard.analyses.asked import Asked
from dashboard.analyses.causes import Causes
from dashboard.analyses.questions import answer
from dashboard.analyses.treatments import attempts_of, care
from dashboard.analyses.verdicts.care import said_of_attempts
from dashboard.analyses.verdicts.causes import preventable_verdict, said_of_causes
from dashboard.analyses.verdicts.claim import ALIKE, FEW, HIGHER, LOWER
from dashboard.analyses.verdicts.every import verdicts
from dashboard.definitions import load
from dashboard.errors import WrongUsage
from dashboard.records import Records
from dashboard.stats.proportions import newcombe_difference, share_interval
from tests.text_tables import records

OUTCOME = "operation | state | day | cause\n"
READ_AS = {"wrong_level": "preventable", "infection": "", "undetermined": "unknown"}
ENDS = ("improved", "unchanged", "worse", "not recorded")
COUNTED = ["treatment", "step", "attempt", "treatment_outcome", "treatments"]


def failures(folder: Path, causes: list[str]) -> Records:
    rows = [f"{n} | failed | 30 | {cause}" for n, cause in enumerate(causes, start=1)]
    return records(folder, OUTCOME + "\n".join([*rows, "999 | left | 900 | not recorded"]))


@given(st.fixed_dictionaries({name: st.integers(0, 60) for name in [*READ_AS, "not recorded"]}))
def test_the_share_preventable_is_of_the_failures_of_known_cause(held: dict[str, int]) -> None:
    rows = [{"cause": name, "reading": reading, "failed": held[name]} for name, reading in READ_AS.items()]
    total = sum(held.values())
    found = said_of_causes(Causes(pd.DataFrame(rows), pd.DataFrame(), total, held["not recorded"]), "by 2 years")
    if not total:
        assert found.claims == ()
        return
    known, prevented = held["wrong_level"] + held["infection"], held["wrong_level"]
    own, *band = found.claims
    assert (own.operations, own.failed) == (known, prevented)
    assert f"{prevented} of the {known} whose cause is known" in found.answer
    interval = share_interval(prevented, known)
    if known < 10 or interval is None:
        assert own.figure is None
        assert "too few for a share" in found.answer
    else:
        assert (own.figure, own.lower, own.upper) == interval
        shown = f"{wording.percent(interval.share)}; {wording.interval(interval.lower, interval.upper)}"
        assert f"({shown})" in found.answer
    unknown = total - known
    assert len(band) == (2 if unknown and total >= 10 else 0)
    if band:
        ends = [prevented / total, (prevented + unknown) / total]
        assert [claim.figure for claim in band] == ends
        told = f"it would be {wording.percent(ends[0])} of all {total}; could all, {wording.percent(ends[1])}."
        assert found.doubt.endswith(told)


def test_what_is_not_recorded_stands_apart_from_what_could_not_be_named(tmp_path: Path) -> None:
    causes = ["wrong_level"] * 3 + ["infection"] * 9 + ["undetermined"] * 2 + ["not recorded"]
    found = preventable_verdict(failures(tmp_path, causes), "fbss", 730)
    assert found.answer == (
        "Of 15 failures seen by 2 years, 3 of the 12 whose cause is known (25.0 %; 8.9 to 53.2) could perhaps have "
        "been prevented."
    )
    assert found.doubt == (
        "Of 2 no cause could be named and of 1 none is recorded. Could none of these have been prevented, it would be "
        "20.0 % of all 15; could all, 40.0 %."
    )


def test_without_a_failure_there_is_nothing_to_prevent(tmp_path: Path) -> None:
    found = preventable_verdict(failures(tmp_path, []), "fbss", 365)
    assert (found.answer, found.claims) == ("No failure was seen by 1 year among these operations.", ())


def test_one_reading_is_what_could_have_been_prevented() -> None:
    assert load().preventable.label == "Could perhaps have been prevented"
    assert [reading.name for reading in load().cause_readings if not reading.named] == ["unknown"]


def attempts(first: dict[str, int], second: dict[str, int], urgent: int = 0) -> pd.DataFrame:
    """The table of so many first and second revisions that ended so, and urgent ones that improved."""
    rows = [
        ("revision_surgery", "surgery", attempt, how, n)
        for attempt, held in ((1, first), (2, second)) for how, n in held.items() if n
    ]  # fmt: skip
    rows += [("urgent_revision", "surgery", 2, "improved", urgent)] if urgent else []
    return attempts_of(pd.DataFrame(rows, columns=COUNTED))


endings = st.fixed_dictionaries({how: st.integers(0, 40) for how in ENDS})


@given(endings, endings, st.integers(0, 2))
def test_revisions_that_helped_are_counted_of_those_with_an_outcome(
    first: dict[str, int], second: dict[str, int], urgent: int
) -> None:
    table = attempts(first, second, urgent)
    found = said_of_attempts(table)
    assert [claim.unit for claim in found.claims] == [str(attempt) for attempt in table["attempt"]]
    for claim, row in zip(found.claims, table.to_dict("records"), strict=True):
        assert (claim.failed, claim.operations) == (row["improved"], row["recorded"])
        assert claim.figure == (row["share"] if row["shown"] else None)
    if len(found.claims) < 2:
        return
    (n1, n2), (x1, x2) = [sum(held[how] for how in ENDS[:3]) for held in (first, second)], (
        first["improved"], second["improved"],
    )  # fmt: skip
    assert found.answer.startswith(f"{x2} of {n2} second revisions with a recorded outcome improved")
    assert f"{sum(second.values())} done" in found.answer
    apart = newcombe_difference(x2, n2, x1, n1) if min(n1, n2) >= 10 else None
    claim = found.claims[1]
    if apart is None:
        assert (claim.difference, claim.word) == (None, FEW)
        assert "it cannot be said" in found.doubt
    else:
        assert (claim.difference, claim.difference_lower, claim.difference_upper) == apart
        assert (claim.word in (HIGHER, LOWER)) == (apart.lower > 0 or apart.upper < 0)
        assert ("chance" in found.doubt) == (claim.word in (ALIKE, FEW))


def test_the_second_helped_less_often_by_hand() -> None:
    found = said_of_attempts(
        attempts({"improved": 30, "worse": 10, "not recorded": 2}, {"improved": 7, "unchanged": 12})
    )
    assert found.answer == "7 of 19 second revisions with a recorded outcome improved (36.8 %; 19.1 to 59.0), 19 done."
    assert found.doubt == (
        "30 of 40 first revisions with a recorded outcome improved (75.0 %; 59.8 to 85.8), 42 done. Second revisions "
        "helped 38.2 points less often (11.3 to 58.9) than first revisions. The patients differ: it compares no "
        "operation with another."
    )


def test_without_revisions_or_with_the_first_alone() -> None:
    assert said_of_attempts(attempts({}, {}, urgent=1)).answer == "No revision is recorded after these operations."
    alone = said_of_attempts(attempts({"improved": 1}, {}))
    assert alone.answer == (
        "1 of 1 first revisions with a recorded outcome improved, 1 done: too few for a share. No later one is "
        "recorded."
    )


def test_the_sample_says_the_same_on_the_page_and_in_the_command(sample: Records) -> None:
    table = verdicts(sample, Asked("fbss", None, 730, about="revisions"))
    shown, asked = care(sample).attempts, answer(sample, "treatments", "fbss", "attempt", None)
    assert table["failed"].tolist() == shown["improved"].tolist() == asked["improved"].tolist() == [58, 2]
    assert table["operations"].tolist() == shown["recorded"].tolist() == asked["recorded"].tolist() == [109, 9]
    prevented = verdicts(sample, Asked("fbss", None, 730, about="preventable"))
    assert prevented[["failed", "operations"]].to_numpy().tolist() == [[41, 245], [41, 267], [63, 267]]


def test_treatments_are_asked_by_attempt_kind_or_step(sample: Records) -> None:
    kinds = answer(sample, "treatments", "fbss", "kind", None)
    assert kinds["treatments"].tolist() == care(sample).kinds["treatments"].tolist()
    with pytest.raises(WrongUsage, match='not broken down by "surgeon"'):
        answer(sample, "treatments", "fbss", "surgeon", None)

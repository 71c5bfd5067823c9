"""The verdict on red flags says what the queue says, and nobody's days where counts alone are told."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.analyses.red_flags import NONE, RECENT_DAYS, queue
from dashboard.analyses.verdicts.flags import SINCE, UNCONTACTED, WAITED, counts_verdict, flags_verdict
from dashboard.records import Records
from tests.text_tables import records

HEAD = "operation | patient | symptom | operated | procedure | day | days_ago | contacted | contacted_after | resolved"
FLAGS = st.lists(
    st.tuples(st.integers(1, 4), st.sampled_from(["fever", "nausea", "severe_pain"]), st.integers(0, 120),
              st.booleans(), st.integers(0, 1)),
    max_size=8, unique_by=lambda flag: flag[:3],
)  # fmt: skip


def test_the_sample(sample: Records) -> None:
    found = flags_verdict(sample)
    assert found.answer == (
        "Red flags after 4 operations wait for a contact, the longest for 84 days (severe pain, begun on day 5 after "
        "microdiscectomy, which is 89 days ago)."
    )
    counted = counts_verdict(queue(sample), RECENT_DAYS)
    assert counted.answer == "Red flags after 4 operations wait for a contact, the longest for 84 days."
    # Which row has waited longest goes into no mail.
    assert found.doubt == (
        f"{counted.doubt} The one that has waited longest is marked resolved: the others stand before it."
    )
    assert [claim.what for claim in counted.claims] == [UNCONTACTED, WAITED]


@settings(max_examples=20, deadline=None)
@given(FLAGS)
def test_sentence_claims_queue_and_counts_agree(flags: list[tuple[int, str, int, bool, int]]) -> None:
    written = "\n".join(
        f"{number} | 1{number} | {sign} | 2024-06-01 | tlif | {213 - ago} | {ago} | {'yes' if met else 'no'} | "
        f"{'1' if met else ''} | {resolved}"
        for number, sign, ago, met, resolved in flags
    )
    with TemporaryDirectory() as folder:
        asked = records(Path(folder), "operation\n1\n2\n3\n4", f"{HEAD}\n{written}" if flags else "")
        found, rows = flags_verdict(asked), queue(asked).rows
        counted = counts_verdict(queue(asked), RECENT_DAYS)
    recent = [flag for flag in flags if flag[2] <= 90]
    waiting = [flag for flag in recent if not flag[3]]
    claims = {claim.what: claim for claim in found.claims}
    whole = claims[UNCONTACTED]
    assert (whole.operations, whole.failed) == (len({flag[0] for flag in recent}), len({flag[0] for flag in waiting}))
    assert len(rows) == len(recent)
    assert (rows["contact"] == NONE).sum() == len(waiting)
    if not waiting:
        assert set(claims) == {UNCONTACTED}
        assert found.answer.startswith("No red flag")
        return
    longest = max(flag[2] for flag in waiting)
    assert claims[WAITED].figure == longest
    assert claims[SINCE].figure == 213
    for words in (f"the longest for {longest} day", "which is 213 days ago", f"on day {213 - longest} after tlif"):
        assert words in found.answer
    assert f"the longest for {longest} day" in counted.answer
    assert "after tlif" not in counted.answer

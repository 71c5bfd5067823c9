"""How many patients lately had risks that could have been changed before surgery, and which is most often there."""

from __future__ import annotations

from dashboard import wording
from dashboard.analyses.groups import rows_of
from dashboard.analyses.modifiable import Modifiable
from dashboard.analyses.verdicts.claim import Verdict


def changeable_verdict(answer: Modifiable) -> Verdict:
    """Operations of the last year with two or more of the risks; the risk that most of the failures had.

    Counts, no comparison: nothing here says that a change would have changed the outcome.
    """
    if not answer.recent:
        return Verdict("Nobody was operated in the last 12 months of the data.", _most_common(answer))
    before = ", ".join(wording.within_sentence(row.label) for row in rows_of(answer.rows) if row.before)
    perhaps = answer.recent_two_at_most - answer.recent_two
    at_least, others = ("At least ", f", and in {perhaps:d} more it is not recorded") if perhaps else ("", "")
    return Verdict(
        f"{at_least}{wording.out_of(answer.recent_two, answer.recent)} operations of the last 12 months were in "
        f"patients with two or more of the risks that were there before surgery ({before}){others}.",
        _most_common(answer),
    )


def _most_common(answer: Modifiable) -> str:
    """Which risk most of the failures had, among those in which it is recorded."""
    known = answer.rows[answer.rows["before"].astype(bool) & answer.rows["of_failures"].notna()]
    if known.empty:
        return ""
    most = known.sort_values(["of_failures", "label"], ascending=[False, True]).iloc[0]
    recorded = most["exposed_failed"] + most["others_failed"]
    return (
        f"Most often present in failures: {wording.within_sentence(most['label'])}, in "
        f"{wording.percent(most['of_failures'])} ({wording.out_of(most['exposed_failed'], recorded)})."
    )

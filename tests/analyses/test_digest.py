"""The digest: each count is the one that its page shows, none is beyond the scope, and nobody is named."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dashboard.access import OPERATOR, Viewer
from dashboard.analyses.contacts import mark_contacted
from dashboard.analyses.digest import (
    FOLLOW_UP,
    IMPORTS,
    PLANS,
    RED_FLAGS,
    SIGNALS,
    WHERE,
    ToReview,
    digest,
    digest_subject,
    digest_text,
    follow_up_to_review,
    imports_to_review,
    to_do,
)
from dashboard.analyses.plans import Intended, open_plan, plans, put_in_place
from dashboard.analyses.red_flags import queue
from dashboard.analyses.review import acknowledge, review
from dashboard.audit import Audit
from dashboard.engines.generations import Store
from dashboard.engines.notebook import Notebook
from dashboard.importing import watching
from dashboard.records import Records
from dashboard.shell import PAGES
from tests.text_tables import records

NOW = datetime(2025, 1, 31, 12, tzinfo=UTC)
TWO = """
operation | patient | operated   | procedure       | surgeon | site
1         | 11      | 2024-11-01 | microdiscectomy | S01     | North
2         | 12      | 2024-11-01 | laminectomy     | S02     | South
"""
FLAGS = """
operation | patient | symptom         | operated   | day | days_ago | contacted | procedure       | surgeon | site
1         | 11      | severe_pain     | 2024-11-01 | 20  | 41       | no        | microdiscectomy | S01     | North
1         | 11      | fever           | 2024-11-01 | 31  | 30       | no        | microdiscectomy | S01     | North
2         | 12      | wound_discharge | 2024-11-01 | 41  | 20       | no        | laminectomy     | S02     | South
"""
DRAFT = Intended("Drains out on day 1", "ward lead", date(2025, 1, 21), date(2026, 3, 1))
SUBJECT = "monitor/complication/S02/fusion/more/2024-05-01"
ONE_SEES = Viewer("Dr One", "surgeon", surgeon="S01")
COUNTS = Viewer("Manager", "manager")


def visits(answered: int, overdue: int, lost: int) -> str:
    """So many at 12 months, of operations that are numbered from 1 on."""
    states = [1] * answered + [3] * overdue + [4] * lost
    return "\n".join(["operation | visit | state", *(f"{n} | 12 | {state}" for n, state in enumerate(states, 1))])


@pytest.fixture
def asked(tmp_path: Path) -> Records:
    door = records(tmp_path / "data", TWO, FLAGS, visit_state=visits(60, 25, 15))
    return replace(door, notebook=Notebook(tmp_path), audit=Audit(tmp_path / "audit"))


def rows(asked: Records, now: datetime = NOW) -> dict[str, ToReview]:
    return {row.kind: row for row in digest(asked, now)}


def test_each_kind_is_counted_as_its_page_counts_it(asked: Records) -> None:
    found = rows(asked)
    assert list(found) == [RED_FLAGS, IMPORTS, SIGNALS, PLANS, FOLLOW_UP]
    assert found[RED_FLAGS] == ToReview(
        RED_FLAGS, 2, "Red flags after 2 operations wait for a contact, the longest for 41 days.", date(2024, 11, 21)
    )
    # 60 of 100 due; Wilson 50.2 to 69.1
    assert found[FOLLOW_UP] == ToReview(
        FOLLOW_UP, 25,
        "60.0 % answered at 12 months (50.2 to 69.1), goal 80 %: under it beyond chance; 25 visits overdue can still "
        "be answered at 12 months.",
    )  # fmt: skip
    assert (found[SIGNALS].count, found[SIGNALS].words[:29]) == (None, "Nothing is monitored yet: 0 f")
    assert found[PLANS] == ToReview(PLANS, 0, "No improvement plan is open.")
    assert found[IMPORTS] == ToReview(IMPORTS, 0, "No import is on record of late.")


def test_a_contact_marked_in_the_app_counts_as_one(asked: Records) -> None:
    subject = queue(asked).rows.set_index("symptom").loc["wound_discharge", "subject"]
    mark_contacted(asked, str(subject), "Called")
    assert rows(asked)[RED_FLAGS].count == queue(asked).uncontacted == 1


def test_a_plan_is_told_of_two_weeks_before_its_day_and_from_then_on(asked: Records) -> None:
    open_plan(asked, SUBJECT, DRAFT)
    open_plan(asked, SUBJECT.replace("S02", "S01"), replace(DRAFT, until=date(2025, 2, 14)))
    assert rows(asked)[PLANS] == ToReview(
        PLANS, 2, "1 plan overdue for 10 days; 1 plan due within 14 days.", date(2025, 1, 21)
    )
    assert rows(asked, datetime(2025, 1, 6, tzinfo=UTC))[PLANS] == ToReview(
        PLANS, 0, "2 plans stand, none due within 14 days."
    )
    assert rows(asked, datetime(2025, 1, 7, tzinfo=UTC))[PLANS] == ToReview(PLANS, 1, "1 plan due within 14 days.")
    put_in_place(asked, plans(asked)[0], date(2025, 1, 20))
    assert rows(asked)[PLANS].words == "1 plan due within 14 days."


@pytest.mark.parametrize(
    ("counts", "count", "words"),
    [
        ((79, 10, 11), 0, "79.0 % answered at 12 months (70.0 to 85.8), goal 80 %: no further under it than chance."),
        ((81, 10, 9), 0, "81.0 % answered at 12 months (72.2 to 87.5), goal 80 %."),
        ((2, 3, 4), 0, "2 of 9 due answered at 12 months: too few for a share."),
        ((50, 0, 50), 1, "50.0 % answered at 12 months (40.4 to 59.6), goal 80 %: under it beyond chance; none can be "
         "asked for at 12 months."),
        ((0, 0, 0), 0, "0 of 0 due answered at 12 months: too few for a share."),
    ],
)  # fmt: skip
def test_follow_up_is_told_of_where_it_is_under_the_goal_beyond_chance(
    tmp_path: Path, counts: tuple[int, int, int], count: int, words: str
) -> None:
    found = rows(records(tmp_path / "data", TWO, visit_state=visits(*counts)))[FOLLOW_UP]
    assert (found.count, found.words) == (count, words)


def test_a_signal_is_told_of_until_somebody_has_looked_at_it(sample: Records, tmp_path: Path) -> None:
    own = replace(sample, notebook=Notebook(tmp_path), audit=Audit(tmp_path / "audit"))
    found = rows(own)[SIGNALS]
    assert (found.count, found.since) == (len([item for item in review(own) if item.waits]), date(2026, 3, 11))
    assert found.words == (
        "1 signal in the monitoring of complication, of 11 Mar 2026, at which nobody has looked: a question, not a "
        "verdict."
    )
    acknowledge(own, review(own)[0], "Looked at in the meeting")
    assert rows(own)[SIGNALS] == ToReview(SIGNALS, 0, "Every signal has been looked at.")
    assert rows(replace(own, viewer=COUNTS))[SIGNALS].count is None


def test_nothing_in_it_is_beyond_what_the_reader_may_see(asked: Records) -> None:
    open_plan(asked, SUBJECT, DRAFT)
    own = rows(replace(asked, viewer=ONE_SEES))
    assert (own[RED_FLAGS].count, own[PLANS].count) == (1, 0)
    assert IMPORTS not in own
    counted = rows(replace(asked, viewer=COUNTS))
    assert not {RED_FLAGS, IMPORTS} & counted.keys(), "so few red flags tell of single patients"
    nobody = rows(replace(asked, viewer=Viewer("Manager of none", "manager", sites=())))
    assert [row.count for row in nobody.values() if row.kind != SIGNALS] == [0, 0]


@pytest.mark.parametrize(
    ("viewer", "kinds"),
    [
        (OPERATOR, {RED_FLAGS, IMPORTS, SIGNALS, PLANS, FOLLOW_UP}),
        (ONE_SEES, {RED_FLAGS, SIGNALS, PLANS, FOLLOW_UP}),
        (COUNTS, {SIGNALS, PLANS, FOLLOW_UP}),
        (Viewer("Steward", "steward"), {IMPORTS, FOLLOW_UP}),
        (Viewer("Steward of North", "steward", sites=("North",)), {FOLLOW_UP}),
        (Viewer("Auditor", "auditor"), set()),
    ],
)
def test_it_speaks_of_what_the_role_shows(asked: Records, viewer: Viewer, kinds: set[str]) -> None:
    own = replace(asked, viewer=viewer)
    own.audit.changed({"change": "nothing"})
    assert set(rows(own)) == kinds
    assert digest_text(own, digest(own, NOW), NOW)
    assert '"what":"refusal"' not in own.audit.path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "viewer", [replace(COUNTS, protected=True), Viewer("Manager of North", "manager", sites=("North",))]
)
def test_what_has_no_form_for_a_viewer_is_left_out_of_it(asked: Records, viewer: Viewer) -> None:
    own = replace(asked, viewer=viewer)
    assert IMPORTS not in rows(own)
    assert all(row.words for row in rows(own).values())
    assert digest_text(own, digest(own, NOW), NOW)


def test_the_text_says_what_waits_what_does_not_and_what_is_not_known_and_names_nobody(asked: Records) -> None:
    open_plan(asked, SUBJECT, DRAFT)
    found = digest(asked, NOW)
    text = digest_text(asked, found, NOW)
    first, _, *lines = text.split("\n")
    assert first == "Needs review on 31 Jan 2025 · data to 1 Jan 2025, 30 days ago · sample data, made by computer"
    waiting = lines[: lines.index("")]
    assert [line.rpartition(" See ")[2] for line in waiting] == ["Patients.", "Compare.", "Data quality."]
    assert lines[len(waiting) + 1] == "Looked at as well:"
    assert len(lines) == len(found) + 2
    assert digest_subject(found) == "Spine outcomes: 3 of 5 things to review"
    assert not re.search(r"S0\d|P-[0-9A-F]|ward lead|Drains|North|South|microdiscectomy|pain|fever", text)


def test_an_empty_digest_says_so(tmp_path: Path) -> None:
    door = records(tmp_path / "data", "operation | surgeon")
    found = digest(door, NOW)
    assert to_do(found) == []
    assert "\n* Nothing.\n" in digest_text(door, found, NOW)
    assert digest_subject(found) == "Spine outcomes: nothing to review"


def test_what_lies_refused_and_a_folder_that_cannot_be_read_are_told_until_they_are_mended(
    asked: Records, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, folder, now = (
        Store(tmp_path),
        tmp_path.parent / f"{tmp_path.name}-arrives",
        datetime(2025, 1, 20, tzinfo=UTC),
    )
    folder.mkdir()
    (folder / "a.csv").symlink_to("nothing")
    (folder / "b.csv").symlink_to("nothing")

    def look() -> None:
        list(watching.look(folder, store, lambda path: pytest.fail("a link was taken"), quiet=0, now=now))

    look()
    assert imports_to_review(asked, NOW) == ToReview(
        IMPORTS, 2, "2 deliveries lie refused in the folder that is watched, since 20 Jan 2025.", date(2025, 1, 20)
    )
    assert imports_to_review(asked, datetime(2025, 3, 1, tzinfo=UTC)) == ToReview(
        IMPORTS, 0, "No import is on record of late."
    )
    for lying in (folder / "refused").iterdir():
        lying.unlink()
    look()
    (folder / "c.csv").symlink_to("nothing")
    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", lambda path, target: (folder / "gone" / "x").touch())
        look()
    assert imports_to_review(asked, NOW) == ToReview(
        IMPORTS, 1, "1 delivery lies in the folder that is watched and cannot be moved."
    )
    look()
    for lying in (folder / "refused").iterdir():
        lying.unlink()
    look()
    folder.rename(f"{folder}-gone")
    with pytest.raises(Exception, match="not there"):
        look()
    found = imports_to_review(asked, NOW)
    assert found is not None
    assert found.words == "The folder that is watched could not be looked at to the end since 20 Jan 2025."


def test_the_last_import_is_told_of_when_it_came_to_nothing(asked: Records) -> None:
    def said(now: datetime, **words: object) -> ToReview:
        asked.audit.changed({"change": "import", **words})
        found = imports_to_review(asked, now)
        assert found is not None
        return found

    now = datetime.now(UTC)
    assert said(now, step="begun") == ToReview(IMPORTS, 0, "An import is under way.")
    # By the clock of whoever asks, as all of the digest is.
    assert said(now + timedelta(hours=7), step="begun").count == 1
    failed = said(now, step="nothing changed")
    assert failed.count == 1
    assert "came to nothing: the records are those of an earlier one." in failed.words
    asked.audit.changed({"change": "note"})
    assert said(now, step="done", generation=2).count == 0


def test_where_more_is_seen_is_a_page_of_that_title() -> None:
    titles = {page.path: page.title for page in PAGES}
    assert {path: titles[path] for path, _ in WHERE.values()} == dict(WHERE.values())


def test_visits_beside_the_share_answered_at_a_year_are_those_at_a_year(tmp_path: Path) -> None:
    at_three_months = "\n".join(f"{n} | 3 | 3" for n in range(1, 41))
    door = records(tmp_path, TWO, FLAGS, visit_state=f"{visits(60, 25, 15)}\n{at_three_months}")
    found = follow_up_to_review(door)
    assert found.count == 25
    assert found.words.endswith("; 25 visits overdue can still be answered at 12 months.")
    none_there = records(tmp_path / "none", TWO, FLAGS, visit_state=f"{visits(60, 0, 40)}\n{at_three_months}")
    assert follow_up_to_review(none_there).words.endswith("; none can be asked for at 12 months.")

"""Every page and view as each role has it, through the whole frame: no error, nothing that is for others, no dead way.

What each sees in the browser, at three widths, is in `tests/browser/test_roles.py`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from inspect import getmodule
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.access import NOTES, OPERATOR, PLANNING, ROLES, VISITOR, Right, Viewer
from dashboard.analyses.patients import FLAG, flag_problem, flagged_operation, patients
from dashboard.analyses.saved_views import SavedView, save
from dashboard.analyses.timeline import timeline
from dashboard.audit import Audit
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Store
from dashboard.engines.notebook import KINDS, PLAN, READ_BY, VIEW, Notebook
from dashboard.errors import NotAllowed, WrongUsage
from dashboard.pages import parts, risk
from dashboard.pages.addresses import Views
from dashboard.pages.data import SHOWN
from dashboard.pages.saved_views import WAY
from dashboard.records import Records
from dashboard.shell import PAGES
from dashboard.slots import LISTS
from tests.opened import app_for
from tests.pages.listed import addresses
from tests.queries.every_read import LISTED
from tests.roles import VIEWERS

PATHS = {page.path: page for page in PAGES}
OF_OTHERS = ("not among what your role", "Your role shows counts", "not for the role", "Something went wrong")
"""What nobody is told who opens what is his or hers."""
CHANGED = "FBSS: 267 failed before, 268 now."
PLANNING_VIEW = risk.VIEWS["planning"]


@pytest.fixture(scope="module")
def store(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample practice, in a folder that a test may change."""
    folder = tmp_path_factory.mktemp("roles-store")
    shutil.copytree(sample_store, folder, dirs_exist_ok=True)
    return folder


@pytest.fixture
def served(store: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    return store


@pytest.fixture
def upgraded(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, as if an upgrade had made it and moved a figure."""
    folder = tmp_path / "upgraded"
    shutil.copytree(store, folder)
    current = Store(folder).current()
    assert current is not None
    about = {"upgraded_from": 1, "why": ["The definitions are others."], "changes": [CHANGED], "changes_told": 1}
    current.manifest_path.chmod(0o600)
    current.manifest_path.write_text(json.dumps(current.manifest | about))
    Store(folder).restore(current.number)
    monkeypatch.setenv("OUTCOMES_STORE", str(folder))
    return folder


@pytest.fixture(scope="module")
def everything(store: Path) -> Iterable[Records]:
    current = Store(store).current()
    assert current is not None
    engine = DuckEngine(current.path, current.number)
    yield Records(engine, OPERATOR, Cohort(), Audit(store / "audit"), Notebook(store))
    engine.close()


def opened(viewer: Viewer, address: str) -> AppTest:
    """A page by the way that buttons take to it; "" is where the viewer arrives."""
    app, asked = app_for(viewer), urlsplit(address)
    path = asked.path.strip("/")
    words = {word: said if len(said) > 1 else said[0] for word, said in parse_qs(asked.query).items()}
    if path:
        app.session_state[parts.GOING_TO] = path, words
    for word, said in words.items():
        app.query_params[word] = said
    return app.run()


def told(app: AppTest) -> str:
    """Everything in words on the screen."""
    kinds = ("title", "header", "markdown", "info", "warning", "error", "metric")
    return "\n".join(str(getattr(part, "value", "")) for kind in kinds for part in app.get(kind))


def ways(app: AppTest) -> list[str]:
    """The buttons that lead on."""
    return [button.label for button in app.button if button.label.endswith("→")]


def closed_views(viewer: Viewer) -> set[str]:
    found: list[Views] = [page.views for page in PAGES if page.views]
    return {title for views in found for _, title in views.closed_to(viewer)}


@pytest.mark.parametrize("role", VIEWERS)
def test_a_role_sees_its_pages_and_views_without_an_error_or_a_word_for_others(served: Path, role: str) -> None:
    viewer = VIEWERS[role]
    mine = [address for address in addresses() if PATHS[urlsplit(address).path.strip("/")].is_for(viewer)]
    closed = closed_views(viewer)
    for address in mine:
        asked = {said for words in parse_qs(urlsplit(address).query).values() for said in words}
        if asked & closed:
            continue
        app = opened(viewer, address)
        assert not app.exception, address
        assert not app.error, address
        assert not [words for words in OF_OTHERS if words in told(app)], address
        assert not app.warning or viewer.sees_patients, f"{address}: {[one.value for one in app.warning]}"
        for label in ways(app):
            assert not any(view in label for view in closed), f"{address}: {label}"
            if not viewer.sees_patients:
                assert not any(words in label for words in ("See these operations", "operations that failed")), label


@pytest.mark.parametrize("role", VIEWERS)
def test_who_arrives_is_led_to_the_first_page_of_the_role(served: Path, role: str) -> None:
    viewer = VIEWERS[role]
    first = next(page for page in PAGES if page.is_for(viewer))
    assert opened(viewer, "").title[0].value == first.title


@pytest.mark.parametrize("role", VIEWERS)
def test_a_button_that_leads_to_anothers_page_leads_nowhere(served: Path, role: str) -> None:
    viewer = VIEWERS[role]
    first = next(page for page in PAGES if page.is_for(viewer))
    for page in PAGES:
        if not page.is_for(viewer):
            assert opened(viewer, f"/{page.path}" if page.path else "/").title[0].value == first.title


def test_a_view_of_others_is_not_offered_and_a_link_to_it_says_that_it_was_left_out(served: Path) -> None:
    app = opened(VIEWERS["manager"], "/risk?risk_view=Planning+an+operation")
    assert app.title[0].value == "Risk factors"
    assert "left out: Planning an operation." in app.warning[0].value
    assert not any("Planning" in label for label in ways(opened(VIEWERS["manager"], "/risk")))


def test_a_surgeon_reads_of_the_own_operations(served: Path) -> None:
    overview, own = (told(opened(VIEWERS["surgeon"], address)) for address in ("", "/me"))
    assert "**422** of your 422 operations" in overview
    assert "of your operations failed by 2 years**" in overview
    assert "Since the last import" not in "".join(ways(opened(VIEWERS["surgeon"], "")))
    assert "**You: 31 failures seen by 2 years" in own
    assert "**422** of your operations" in own
    parts_of = opened(VIEWERS["surgeon"], "/me").get("plotly_chart")
    pictures = " ".join(str(json.loads(part.proto.spec)) for part in parts_of)
    assert "<b>You</b>" in pictures
    assert "(own)" not in pictures


def test_a_manager_is_told_no_number_of_signals_and_offered_no_patients(served: Path) -> None:
    overview = opened(VIEWERS["manager"], "")
    assert "Needs review" in [header.value for header in overview.header]
    compare = opened(VIEWERS["manager"], "/compare?family=Fusion")
    assert "for the patients behind it" not in told(compare)
    assert "for its course and its patients" not in told(opened(VIEWERS["manager"], "/procedures"))
    assert "leads to its patients" not in told(opened(VIEWERS["manager"], "/causes"))


def test_a_steward_corrects_rows_and_reads_no_outcome(served: Path) -> None:
    follow_up = opened(VIEWERS["steward"], "/data")
    assert "Answered at 12 months, by site" in [header.value for header in follow_up.header]
    assert "all others well to all failed" not in " ".join(
        str(column) for table in follow_up.dataframe for column in table.value.columns
    )
    assert "failed" not in told(follow_up).lower()
    work = opened(VIEWERS["steward"], "/data?data_view=Work+list")
    assert work.dataframe
    assert "Download as CSV" in [button.proto.label for button in work.get("download_button")]
    fields = opened(VIEWERS["steward"], "/data?data_view=Completeness")
    assert "Operations, month by month" in [header.value for header in fields.header]
    paper = opened(VIEWERS["steward"], "/report")
    assert "182 visits overdue and 261 open now." in told(paper)
    assert "Follow-up letters" in [header.value for header in paper.header]
    assert not [box for box in paper.selectbox if box.key == "document"]


def test_one_name_is_no_choice_unless_a_link_has_chosen_it(served: Path) -> None:
    def offered(viewer: Viewer, address: str) -> list[str]:
        return [one.label for one in opened(viewer, address).multiselect]

    assert "Surgeon" not in offered(VIEWERS["surgeon"], "")
    assert "Surgeon" in offered(VIEWERS["manager"], "")
    chosen = opened(VIEWERS["surgeon"], "/procedures?surgeon=S01")
    assert "Surgeon" in [one.label for one in chosen.multiselect]
    assert "**422** of your 422 operations" in told(chosen)
    others = opened(VIEWERS["surgeon"], "/procedures?surgeon=S02")
    assert "left out: S02." in others.warning[0].value
    assert "**422** of your 422 operations" in told(others)
    for address, key in (("/data", "answered_by"), ("/procedures?procedures_view=What+patients+report", "prom_by")):
        own, everybodys = (opened(VIEWERS[role], address).selectbox(key=key).options for role in ("surgeon", "manager"))
        assert ("Surgeon" in own, "Surgeon" in everybodys) == (False, True)


def test_a_view_of_a_page_or_part_that_is_for_others_is_not_listed(served: Path, everything: Records) -> None:
    def listed(role: str) -> str:
        app = opened(VIEWERS[role], "")
        return "".join(one.proto.body for one in app.button(key=f"head {WAY}").click().run().get("html"))

    store, of = Store(served), SavedView("", "", "", {}, "", shared=True, saved=date(2026, 3, 1), frozen=False)
    for view in (
        replace(of, name="Of the list", path="patients"),
        replace(of, name="Of planning", path="risk", asked={"risk_view": (PLANNING_VIEW,)}),
        replace(of, name="Of the work list", path="data"),
    ):
        save(everything, store, view)
    names = ("Of the list", "Of planning", "Of the work list")
    seen = {role: [name in listed(role) for name in names] for role in ("surgeon", "manager", "steward")}
    assert seen == {
        "surgeon": [True, True, True], "manager": [False, False, True], "steward": [False, False, True],
    }  # fmt: skip


@pytest.mark.parametrize("role", [*VIEWERS, "protected", "of one site"])
def test_what_an_upgrade_has_changed_is_told_to_those_who_are_told_exact_figures_of_the_whole(
    upgraded: Path, role: str
) -> None:
    others = {
        "protected": Viewer("Manager", "manager", protected=True),
        "of one site": Viewer("Manager", "manager", sites=("Central",)),
    }
    viewer = {**VIEWERS, **others}[role]
    for page in PAGES:
        if page.is_for(viewer) and page.path in ("", "data", "audit", "definitions"):
            app = opened(viewer, f"/{page.path}")
            assert app.title[0].value == page.title
            assert (CHANGED in told(app)) == (role in ("manager", "operator")), page.title


def test_an_auditor_sees_no_filter_and_no_count(served: Path) -> None:
    app = opened(VIEWERS["auditor"], "")
    assert not app.multiselect
    assert "operations**" not in told(app)
    assert "2,218" not in told(app)


TELLS_AN_OUTCOME = {
    "band",
    "counts_as",
    "failed",
    "outcome",
    "outcome_day",
    "reason_of",
    "reason_since",
    "role",
    "roles",
}


@pytest.mark.parametrize("name", sorted(name for name, right in LISTS.items() if VIEWERS["steward"].may(right)))
def test_no_list_tells_a_steward_what_became_of_an_operation(everything: Records, name: str) -> None:
    found = patients(everything, "fbss")
    failed = found[found["state"] == "failed"].iloc[0]
    of_one: dict[str, dict[str, Any]] = {
        "noted_operation": {"noted_patient": 1, "noted_day": failed["operated"].date()},
        "timeline": {"operation": int(failed["operation"]), "outcome": "fbss"},
    }
    rows = replace(everything, viewer=VIEWERS["steward"]).listing(name, **({**LISTED, **of_one}[name]))
    assert rows[[column for column in rows if column in TELLS_AN_OUTCOME]].isna().all(axis=None)
    assert not rows.duplicated().any()


def test_the_course_of_a_failure_has_every_record_for_a_steward_and_nothing_that_counts(everything: Records) -> None:
    found = patients(everything, "fbss")
    number = int(found.loc[found["state"] == "failed", "operation"].iloc[0])
    exact = timeline(everything, number, "fbss")
    told = timeline(replace(everything, viewer=VIEWERS["steward"]), number, "fbss")
    assert (exact["counts_as"] != "").any()
    assert set(told["counts_as"]) == {""}
    outcomes = ["failed", "outcome_day", "counts_as", "roles"]
    assert told.drop(columns=outcomes).equals(exact.drop(columns=outcomes))


def test_a_flagged_record_opens_for_who_corrects_it_and_for_nobody_beyond(everything: Records) -> None:
    of = {name: replace(everything, viewer=viewer) for name, viewer in VIEWERS.items()}
    row = patients(of["surgeon"], "fbss").iloc[0]
    flag_problem(of["surgeon"], str(row["patient"]), row["operated"].date(), "Operation", "Wrong side")
    (note,) = of["steward"].notes(FLAG)
    assert "Wrong side" in note.text
    assert flagged_operation(of["steward"], note.subject) == int(row["operation"])
    another = replace(everything, viewer=Viewer("Dr Two", "surgeon", surgeon="S02"))
    assert flagged_operation(another, note.subject) is None
    assert [told.text for told in of["manager"].notes(FLAG)] == [""]
    for manager in (replace(VIEWERS["manager"], protected=True), Viewer("Of a site", "manager", sites=("North",))):
        assert replace(everything, viewer=manager).notes(FLAG) == []  # how many there are is an exact count
        assert "issues" not in SHOWN.of(manager)
    assert of["auditor"].notes(FLAG) == []
    with pytest.raises(NotAllowed):
        flagged_operation(of["manager"], note.subject)


@pytest.mark.parametrize("kind", KINDS)
def test_notes_are_read_and_written_by_those_whose_role_says_so(everything: Records, kind: str) -> None:
    for role in ROLES:
        asked = replace(everything, viewer=VIEWERS[role])
        if not asked.viewer.may(READ_BY[kind]):
            assert not any(note.text or note.subject for note in asked.notes(kind)), role
        if kind not in (VIEW, PLAN) and not asked.viewer.may(NOTES):
            with pytest.raises(NotAllowed):
                asked.note(kind, f"{kind}/2024-01-01", "Something")


def test_what_the_practice_has_switched_off_stands_nowhere(served: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    definitions, risk = (told(opened(OPERATOR, address)) for address in ("/definitions", "/risk"))
    assert "What red flags point to" in definitions
    monkeypatch.setenv("OUTCOMES_SWITCHED_OFF", "estimate, red_flag_sentences")
    assert "What red flags point to" not in told(opened(OPERATOR, "/definitions"))
    queue = told(opened(OPERATOR, "/patients?patients_view=Red+flags:+whom+to+call"))
    assert "Signs of" not in queue
    assert "point to something" not in queue
    assert "Decision support only." in queue
    app = opened(OPERATOR, "/risk")
    assert told(app) != risk or app.get("button_group")
    assert not any("Planning" in label for label in ways(app))
    monkeypatch.setenv("OUTCOMES_SWITCHED_OFF", "estimates")
    assert "cannot be switched off" in opened(OPERATOR, "").error[0].value


def test_a_page_asks_one_right_and_its_views_another_of_the_table() -> None:
    for page in PAGES:
        assert isinstance(page.right, Right)
        if page.views:
            assert dict(page.views.titles) == getattr(getmodule(page.draw), "VIEWS")  # noqa: B009 (mypy knows no such)
            assert {*page.views.rights, *page.views.exact} <= set(page.views.titles)


def test_the_import_page_is_there_for_those_who_may_import_alone() -> None:
    def lacking(viewer: Viewer) -> list[str]:
        return [page.path for page in PAGES if not page.is_for(viewer)]

    assert lacking(VIEWERS["surgeon"]) == ["audit", "import"]
    assert lacking(OPERATOR) == lacking(VISITOR) == []
    of_nothing = lacking(Viewer("Manager of nothing", "manager", sites=()))
    assert of_nothing == ["me", "onset", "causes", "patients", "audit", "import"]
    auditor, steward = (set(PATHS) - set(lacking(VIEWERS[role])) for role in ("auditor", "steward"))
    assert auditor == {"audit", "definitions"}
    assert steward == {"data", "report", "definitions", "import"}


def test_a_word_that_switches_nothing_is_refused_in_words() -> None:
    from dashboard.access import switched

    with pytest.raises(WrongUsage, match='did you mean "estimate"'):
        switched(OPERATOR, ["estimat"])
    assert not switched(OPERATOR, ["estimate"]).may(PLANNING)

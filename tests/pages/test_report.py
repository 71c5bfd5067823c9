"""The page Report: what it offers to whom, what it makes, and the preview."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import settings
from dashboard.access import OPERATOR, Right, Viewer
from dashboard.cli import main
from dashboard.documents.appraisal import CHOOSE
from dashboard.documents.issuing import FORMS, file_name, issued
from dashboard.documents.kinds import KINDS, DocumentKind
from dashboard.documents.last_report import MOST_KEPT
from dashboard.documents.quality import PARTS
from dashboard.documents.wanted import Wanted
from dashboard.engines import pins
from dashboard.engines.generations import Store
from dashboard.errors import NotAllowed
from dashboard.pages import report
from tests.documents.written import MADE
from tests.importing.test_since_last_import import FIRST, door, practice
from tests.importing.written import take
from tests.patience import SECONDS

WANTED = Wanted("reoperation", 730, MADE)
COUNTS = Viewer("Somebody", "manager")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    take(practice(folder / "records", FIRST), folder / "store")
    return folder / "store"


def drawn(store: Path, monkeypatch: pytest.MonkeyPatch, viewer: Viewer = OPERATOR, **asked: str) -> AppTest:
    def script(records: object) -> None:
        from dashboard.pages.report import page

        page(records)  # type: ignore[arg-type]

    monkeypatch.setenv("OUTCOMES_STORE", str(store))
    app = AppTest.from_function(script, args=(replace(door(store), viewer=viewer),), default_timeout=SECONDS)
    for word, value in {"outcome": "Reoperation", **asked}.items():
        app.query_params[word] = value
    app.run()
    assert not app.exception
    return app


def test_it_says_what_the_summary_says_and_offers_both_forms(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = drawn(store, monkeypatch)
    assert app.markdown[0].value.startswith("**16.7 % of operations failed by 2 years**")
    assert [button.proto.label for button in app.get("download_button")] == list(report.TO_FILE.values())
    assert [each.title for each in KINDS] == list(app.selectbox(key=report.KIND).options)


def test_it_asks_for_a_surgeon_before_a_pack_of_one_can_be_made(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = drawn(store, monkeypatch, document="appraisal")
    assert [each.value for each in app.info] == [CHOOSE]
    assert not app.get("download_button")


def test_the_preview_has_every_part_and_tells_each_step(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = drawn(store, monkeypatch, preview="true")
    (shown,) = [each.proto.body for each in app.get("html") if "document" in each.proto.body]
    told = " ".join(each.value for each in app.markdown)
    for title, *_ in PARTS:
        assert f">{title}</h" in shown
        assert title in told
    assert "<h1" not in shown


def test_a_role_that_shows_counts_is_offered_no_document_of_patients(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = drawn(store, monkeypatch, COUNTS)
    assert list(shown.selectbox(key=report.KIND).options) == [each.title for each in KINDS if each.is_for(COUNTS)]
    assert len(shown.selectbox(key=report.KIND).options) < len(KINDS)


def test_what_is_not_allowed_is_not_made_whoever_asks(store: Path) -> None:
    records = replace(door(store), viewer=COUNTS)
    nobody = DocumentKind("x", "Document", "For nobody.", KINDS[0].make, Right("Nothing", ()))
    with pytest.raises(NotAllowed):
        issued(Store(store), records, nobody, WANTED, FORMS["pdf"])


def test_no_two_viewers_and_no_two_choices_have_a_file_of_one_name(store: Path) -> None:
    records, kind = door(store), KINDS[0]
    others = replace(records, viewer=COUNTS)
    asked = [WANTED, replace(WANTED, share="nhs"), replace(WANTED, compare="practice"), replace(WANTED, outcome="fbss")]
    names = {file_name(of, kind, each, FORMS["pdf"]) for of in (records, others) for each in asked}
    assert len(names) == 2 * len(asked)


def test_a_report_takes_no_generation_away_that_is_to_be_kept(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(store, tmp_path / "store"))
    monkeypatch.setenv("OUTCOMES_STORE", str(root))
    monkeypatch.setenv("OUTCOMES_KEEP_GENERATIONS", "20")
    many = Store.of(settings.read())
    (only,) = many.generations()
    of_it = {word: told for word, told in only.manifest.items() if word not in ("number", "parent", "sha256", "size")}
    for _ in range(5):
        with many.writing():
            many.publish(Path(shutil.copy(only.path, many.scratch() / "generation.duckdb")), of_it)
    for number in range(MOST_KEPT):
        pins.put(root, f"report-quality-{number}", 1)

    # Each is of a scope of its own, so that the oldest of the others is let go.
    report._content(door(root), KINDS[0], WANTED, FORMS["html"])
    asked = ["--outcome", "reoperation", "--where", "procedure=tlif"]
    assert main(["report", "--out", str(tmp_path / "quality.html"), *asked]) == 0
    assert len([name for name in pins.pins(root) if name.startswith("report-quality-")]) == MOST_KEPT
    assert "report-quality-1" not in pins.pins(root)
    assert [one.number for one in Store(root).generations()] == [1, 2, 3, 4, 5, 6]

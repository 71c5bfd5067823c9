"""Nobody is shown anybody beyond the scope, whatever is asked; and the matrix that says so finds planted holes."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest

from dashboard import records, slots
from dashboard.access import OPERATOR, Viewer
from dashboard.codebook import Codebook
from dashboard.engines import noting
from dashboard.engines.duck import DuckEngine
from dashboard.engines.notebook import Note
from dashboard.records import Records
from tests.matrix import Matrix

PACKAGE = Path(__file__).resolve().parents[1] / "dashboard"


def test_nobody_beyond_the_scope_is_shown_to_anybody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = Matrix(tmp_path).run()
    with capsys.disabled():
        print(f"\n{found.combinations} combinations of viewer and question: {len(found.leaks)} canaries outside scope")
    assert found.leaks == []
    assert found.combinations > 2_000
    assert all(found.own[kind] > 100 for kind in ("surgeon", "site", "patient"))


def forgetful(engine: DuckEngine, query: Any, parameters: Any) -> Any:
    """A cache whose key lacks the scope."""
    kept = engine.__dict__.setdefault("_without_scope", {})
    key = query.text, str(sorted((name, value) for name, value in parameters.items() if not name.startswith("scope_")))
    if key not in kept:
        kept[key] = FRAME(engine, query, parameters)
    return kept[key].copy()


def everybody_is_the_operator(matrix: Matrix, viewer: Viewer, store: str = "store") -> Records:
    """A viewer without surgeons or sites taken for one of whom nothing was said."""
    said = viewer.surgeons or viewer.sites or (viewer.role == "manager" and viewer.sites is None)
    return DOOR(matrix, viewer if said else OPERATOR, store)


DOOR, FRAME = Matrix.door, DuckEngine.frame
HOLES: dict[str, tuple[Any, str, Any, str, str]] = {
    "practice as it is": (Records, "_refusal", lambda records, name, columns: "", "practice", "of the practice"),
    "practice cut down": (Records, "_of_every_unit", lambda records: records.cohort, "practice", "cuts out others"),
    "unscoped notes": (Note, "is_seen_by", lambda note, viewer: True, "notes", "notes flag shows"),
    "free slot": (slots, "complaint", lambda read, columns: "", "reads", "is answered"),
    "operator by default": (Matrix, "door", everybody_is_the_operator, "words", "no sites: choices surgeon shows"),
    "cache without scope": (DuckEngine, "frame", forgetful, "reads", "counts others"),
    "subject of a note not looked for": (
        noting, "_of_an_operation", lambda kind, subject, operated: ((), ()), "notes", "may write a contact",
    ),
    "words without scope": (Records, "_words", Records._codebook, "words", "order surgeon shows"),
    "names for whoever is to see numbers": (
        Codebook, "masked", lambda codebook, dimension, keyed: codebook, "words", "names: choices surgeon shows",
    ),
    "notes that name surgeons": (
        noting, "seen", lambda kind, door, known: door.notebook.read(kind), "notes", "names: notes plan shows",
    ),
    "practice for everybody": (
        Records, "_may_see_practice", property(lambda records: True), "practice", "sees a practice",
    ),
    "names of the door": (records, "OF_THE_DOOR", frozenset(), "reads", "names: codes shows surgeon"),
    "scope not bound": (
        Records, "_scope_values", lambda records: dict.fromkeys(("scope_surgeons", "scope_sites")), "lists",
        "shows patient",
    ),
}  # fmt: skip
"""Holes as they have been: where each is planted, in which part of the matrix it is met, and what that says of it."""
SOME = ("operator", "manager without names", "manager of a site", "surgeon", "no sites")


@pytest.mark.parametrize("hole", HOLES)
def test_a_planted_hole_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hole: str) -> None:
    where, name, planted, part, said = HOLES[hole]
    matrix = Matrix(tmp_path)
    monkeypatch.setattr(where, name, planted)
    leaks = matrix.run(part, viewers=SOME, reads=("case_mix", "operations")).leaks
    assert any(said in leak for leak in leaks), leaks[:5]


def named_as_default(path: Path) -> list[int]:
    """The lines in which a function or a field has the operator as what it is without being told."""
    lines = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        values: list[ast.expr | None] = []
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            values = [*node.args.defaults, *node.args.kw_defaults]
        elif isinstance(node, ast.AnnAssign):
            values = [node.value]
        elif isinstance(node, ast.BoolOp):
            values = [*node.values]
        lines += [one.lineno for one in values if one is not None and "OPERATOR" in ast.unparse(one)]
    return lines


def test_the_operator_is_nobodys_default() -> None:
    """Named on the command line, for whom the guard has let in (in the frame, and in the server's line of that), and
    where what was published is worked out ahead with nobody looking: who may be shown it is asked when it is."""
    naming = [path for path in PACKAGE.rglob("*.py") if "OPERATOR" in path.read_text(encoding="utf-8")]
    assert {path.name: lines for path in naming if (lines := named_as_default(path))} == {}
    others = {path.name for path in naming if not path.name.endswith("command.py")}
    assert others <= {"access.py", "accounts.py", "shell.py", "server.py", "cli.py", "signals.py", "warming.py"}


@pytest.mark.parametrize(
    "line", ["def run(viewer=OPERATOR): ...", "def run(*, viewer=access.OPERATOR): ...", "x = viewer or OPERATOR"]
)
def test_such_a_default_would_be_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "page.py").write_text(line)
    assert named_as_default(tmp_path / "page.py") == [1]

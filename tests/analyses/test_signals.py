"""The signals are worked out once, when records are published, and read from then on."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pandas.testing import assert_frame_equal

from dashboard.access import Viewer
from dashboard.analyses.monitor import monitor
from dashboard.analyses.remembering import forget
from dashboard.analyses.review import review
from dashboard.analyses.signals import keep, signals
from dashboard.audit import Audit, lines_of
from dashboard.cohort import Cohort
from dashboard.engines.duck import DuckEngine
from dashboard.engines.generations import Generation, Store
from dashboard.errors import NotTold
from dashboard.records import Records
from dashboard.stats import cusum, logistic


@pytest.fixture
def published(sample: Records, tmp_path: Path) -> Iterator[tuple[Generation, Records]]:
    """The sample data in a store of its own, with what was worked out of it; nothing is remembered."""
    engine = sample.engine
    assert isinstance(engine, DuckEngine)
    (tmp_path / "gen").mkdir()
    for path in (engine.path, engine.path.with_suffix(".json")):
        shutil.copy(path, tmp_path / "gen" / path.name)
    (generation,) = Store(tmp_path).generations()
    keep(generation)
    forget()
    own = DuckEngine(generation.path, generation.number)
    yield generation, replace(
        sample, engine=own, audit=Audit(tmp_path / "audit"), answers=generation.answers_path, cohort=Cohort()
    )  # fmt: skip
    forget()
    own.close()


@pytest.fixture
def fitted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each model that is fitted, and each limit that is looked for."""
    done: list[str] = []

    def counted(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def asked(*given: Any, **named: Any) -> Any:
            done.append(name)
            return work(*given, **named)

        return asked

    monkeypatch.setattr(logistic, "fit", counted("model", logistic.fit))
    monkeypatch.setattr(cusum, "limit_for", counted("limit", cusum.limit_for))
    return done


def test_a_fresh_process_fits_nothing_for_what_needs_review_and_says_the_same(
    published: tuple[Generation, Records], sample: Records, fitted: list[str]
) -> None:
    _, records = published
    found = review(records.of(Cohort(chosen={"surgeon": ("S01",)})))
    assert fitted == []
    assert found == review(sample)
    assert_frame_equal(signals(records).series, monitor(sample).series)
    assert (signals(records).since, signals(records).reason) == (monitor(sample).since, "")


def test_it_lies_there_for_its_owner_alone_and_is_on_record_when_it_is_shown(
    published: tuple[Generation, Records],
) -> None:
    generation, records = published
    assert stat.S_IMODE(generation.answers_path.stat().st_mode) == 0o600
    signals(records)
    assert [line["question"] for line in lines_of(generation.path.parent.parent / "audit")] == ["signals"]


@pytest.mark.parametrize("what", ["of another generation", "of other code", "cut", "gone"])
def test_what_is_not_of_this_generation_and_code_to_the_letter_is_worked_out_anew(
    published: tuple[Generation, Records], fitted: list[str], what: str
) -> None:
    generation, records = published
    path = generation.answers_path
    told = json.loads(path.read_text())
    told["series"] = []
    changed = {"of another generation": 0, "of other code": 3}
    if what in changed:
        told["of"][changed[what]] = "another"
        path.write_text(json.dumps(told))
    elif what == "cut":
        path.write_text(path.read_text()[:-9])
    else:
        path.unlink()
    assert len(signals(records).series) > 20
    assert set(fitted) == {"model", "limit"}


def test_who_sees_a_part_is_given_the_own_part(published: tuple[Generation, Records]) -> None:
    _, records = published
    surgeon = replace(records, viewer=Viewer("One", "surgeon", surgeon="S01"))
    assert set(signals(surgeon).series["unit"]) == {"S01"}
    assert signals(replace(records, viewer=Viewer("Manager", "manager"))).counts_only
    with pytest.raises(NotTold):
        signals(replace(records, viewer=replace(records.viewer, protected=True)))


def test_it_goes_with_its_generation(published: tuple[Generation, Records]) -> None:
    generation, _ = published
    store = Store(generation.path.parent.parent)
    with store.writing():
        store.delete(generation)
    assert not generation.answers_path.exists()

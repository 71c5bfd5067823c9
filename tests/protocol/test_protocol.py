"""Whoever speaks to the app by its own protocol is sent nothing beyond the scope, whatever is asked and forged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from dashboard.access import FIGURES, PATIENTS
from dashboard.pages.saved_views import WAY
from tests import raw
from tests.protocol import strangers, sweep
from tests.protocol.holes import HOLES
from tests.protocol.practice import VIEWERS, made
from tests.protocol.trial import Trial

pytestmark = pytest.mark.xdist_group("server")

COMMAND = ("-m", "tests.protocol.serving")
AT_ONCE = 3


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    folder = tmp_path_factory.mktemp("protocol")
    practice = made(folder)
    with raw.served(practice.store, folder / "log.txt", command=COMMAND) as server:
        trial = Trial(practice, server)
        trial.learn()
        yield trial


def test_nobody_is_sent_anything_beyond_the_scope(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda who: sweep.short(trial, who), sweep.viewers()))
    strangers.take_what_is_anothers(trial, *sweep.viewers())
    strangers.come_without_having_been_let_in(trial)
    found = trial.found
    with capsys.disabled():
        print(f"\n{found.combinations} combinations of viewer and attempt: {len(found.leaks)} leaks")
    assert found.leaks == []
    assert strangers.written_beyond_the_scope(trial) == []
    assert not strangers.was_published(trial)
    assert found.combinations > 2_000
    for who in sweep.viewers():
        if VIEWERS[who].may(FIGURES):
            assert found.words[who], who
            assert bool(found.patients[who]) == VIEWERS[who].may(PATIENTS), who


def test_the_operator_is_sent_every_patient_and_unit(trial: Trial) -> None:
    practice, found = trial.practice, trial.found
    assert found.patients["operator"] == practice.patients
    assert {name for one in practice.operations for name in (one.surgeon, one.site)} - {""} <= found.words["operator"]


Asking = Callable[[Trial, str], None]
MET: dict[str, tuple[str, str, Asking]] = {
    "page for everybody": ("auditor", "the page Patients is drawn", lambda trial, who: trial.open(who, "/patients")),
    "scope not bound": ("surgeon", "P-", lambda trial, who: trial.open(who, "/patients")),
    "download for everybody": ("surgeon", "as CSV: ", lambda trial, who: trial.open(who, "/patients")),
    "cache without scope": ("surgeon", "P-", lambda trial, who: trial.both(who, "/patients")),
    "note for everybody": ("surgeon", "Amsel01x", lambda trial, who: trial.open(who, CHANGE)),
    "mask that is the name": ("manager with masks", "Eisvogel", lambda trial, who: trial.open(who, "/data")),
    "right for everybody": ("manager", "P-", lambda trial, who: trial.open(who, "/patients")),
    "handed to everybody": (
        "steward of a site", "the link that another", lambda trial, who: strangers.take_what_is_anothers(trial, who),
    ),
    "view for everybody": ("steward", "Bussard", lambda trial, who: trial.press(who, sweep.CHEAP, WAY)),
}  # fmt: skip
"""By hole: by whom it is met, how, and what is said of it then."""
CHANGE = "/procedures?procedures_view=Change+over+time"


@pytest.mark.parametrize("hole", HOLES)
def test_a_planted_hole_is_found(trial: Trial, hole: str) -> None:
    who, said, ask = MET[hole]
    leaks = trial.with_a_hole(hole, lambda holed: ask(holed, who))
    assert any(said in leak for leak in leaks), leaks[:5]

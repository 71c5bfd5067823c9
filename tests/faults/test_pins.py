"""A generation that is pinned stays for what was made from it: through every publish, through a kill, and no longer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.engines import pins
from dashboard.engines.generations import Store
from dashboard.errors import NoData, StoreDamaged, WrongUsage
from dashboard.importing.publishing.forgetting import forget
from tests.faults.disk import every_call
from tests.faults.small import answer, publish
from tests.importing.test_since_last_import import FIRST, SECOND, practice
from tests.importing.written import take


class Killed(BaseException):
    """Nothing that comes after is done: no code of ours catches it."""


def numbers(store: Store) -> list[int]:
    return [generation.number for generation in store.generations()]


def test_what_is_pinned_is_swept_by_no_publish_and_goes_when_it_is_let_go(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", kept=2)
    publish(store, 1)
    publish(store, 2)
    pinned = store.pin("report-of-2026", 1)
    for number in (3, 4, 5):
        publish(store, number)
    assert numbers(store) == [1, 4, 5]
    assert (answer(pinned), store.verify()) == (1, [])
    store.unpin("report-of-2026")
    assert numbers(store) == [4, 5]
    store.unpin("report-of-2026")


def test_two_things_may_pin_one_generation_and_a_name_pins_one_alone(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", kept=1)
    publish(store, 1)
    store.pin("report", 1)
    store.pin("view", 1)
    publish(store, 2)
    store.pin("report", 2)
    publish(store, 3)
    assert numbers(store) == [1, 2, 3]
    store.unpin("view")
    assert numbers(store) == [2, 3]


@pytest.mark.parametrize("done", range(4))
def test_nothing_stays_of_a_generation_that_was_taken_away_by_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    store = Store(tmp_path / "store", kept=1)
    first = publish(store, 1)
    others = (first.report_path, first.answers_path)
    for path in others:
        path.parent.mkdir()
        path.write_text("{}")
    gone, unlink = list[Path](), Path.unlink

    def killed(path: Path, missing_ok: bool = False) -> None:
        if path.stem == first.path.stem:
            if len(gone) == done:
                raise Killed
            gone.append(path)
        unlink(path, missing_ok=missing_ok)

    with monkeypatch.context() as dying:
        dying.setattr(Path, "unlink", killed)
        with pytest.raises(Killed):
            publish(store, 2)
    assert len(gone) == done
    with store.writing():
        left = [path for path in (first.path, first.manifest_path, *others) if path.exists()]
    # With the manifest there it is a generation like any other, for the next publish to take away.
    assert left == ([] if done else [first.path, first.manifest_path, *others])
    publish(store, 3)
    assert numbers(store) == [3]
    assert not any(path.exists() for path in others)


def test_what_is_read_is_never_swept_though_it_be_older_than_what_is_kept(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", kept=2)
    for number in (1, 2, 3):
        publish(store, number)
    store.pin("report", 3)
    store.restore(2)
    store.unpin("report")
    current = store.current()
    assert current is not None
    assert (current.number, numbers(store)) == (2, [2, 3])


def test_only_a_whole_generation_can_be_pinned_by_a_plain_name(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    whole = publish(store, 1)
    for name in ("", "../CURRENT", "Report", ".half", "a/b"):
        with pytest.raises(WrongUsage):
            store.pin(name, 1)
    with pytest.raises(NoData, match="Generation 7 is not kept"):
        store.pin("report", 7)
    whole.path.chmod(0o600)
    whole.path.write_bytes(whole.path.read_bytes()[:-1] + b"?")
    with pytest.raises(StoreDamaged):
        store.pin("report", 1)
    assert store.pinned() == frozenset()


def test_where_nobody_knows_what_is_pinned_nothing_is_swept_and_verify_says_so(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", kept=1)
    publish(store, 1)
    store.pin("report", 1)
    (store.root / pins.FOLDER / "report").write_text("seven")
    publish(store, 2)
    publish(store, 3)
    assert numbers(store) == [1, 2, 3]
    assert any("pins/report does not say" in complaint for complaint in store.verify())


@pytest.mark.parametrize("step", ["pin", "unpin", "publish"])
def test_a_kill_before_any_call_to_the_disk_leaves_what_is_pinned_and_no_half(tmp_path: Path, step: str) -> None:
    store = Store(tmp_path / "store", kept=1)
    publish(store, 1)
    store.pin("other", 1)
    publish(store, 2)
    steps: dict[str, Callable[[int], Any]] = {
        "pin": lambda again: store.pin(f"report-{again}", 2),
        "unpin": lambda again: store.unpin("report"),
        "publish": lambda again: publish(store, 10 + again),
    }
    store.pin("report", 2)
    again, left = 0, [0]

    def dying(name: str, call: Callable[..., Any], given: Any, named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            raise Killed
        return call(*given, **named)

    while left[0] <= 0:
        again += 1
        left[0] = again
        try:
            with every_call(dying):
                steps[step](again)
        except Killed:
            assert {1} <= store.pinned() <= {1, 2}
            assert store.pinned() <= set(numbers(store))
            assert store.verify() == []
        else:
            break
    assert again > 3
    with store.writing():
        assert not list((store.root / pins.FOLDER).glob(".*"))
    assert answer(store.generations()[0]) == 1


def test_whoever_is_forgotten_goes_from_what_is_pinned_too_and_the_pin_goes_along(tmp_path: Path) -> None:
    store = Store(tmp_path / "store", kept=1)
    take(practice(tmp_path / "first", FIRST), store.root)
    store.pin("report", 1)
    take(practice(tmp_path / "second", SECOND), store.root)
    forget(store, "P18", lambda step: None)
    (number,) = store.pinned()
    (made,) = (one for one in store.generations() if one.number == number)
    assert (made.manifest["made_from"], made.manifest["rows"]["operation"]) == (1, len(FIRST) + 3 - 2)
    assert 1 not in numbers(store)
    take(practice(tmp_path / "third", {**SECOND, 30: SECOND[2]}), store.root)
    assert number in numbers(store)

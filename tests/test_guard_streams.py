"""What goes on once somebody is in: files, messages and streams, each as long and as much as it may be."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Any

import pytest

from dashboard import guard
from dashboard.door import STREAM, Door
from dashboard.guard import Guard
from dashboard.handed import Handed
from tests.outsider import HOST, IN, NOW, OURS, OUT, UPLOAD, Messages, Streamlit, ask, awaited, door, talk


def test_files_are_given_only_by_whoever_has_come_in_even_beside_made_up_records() -> None:
    for closed in (True, False):
        assert ask(UPLOAD, method="PUT", behind=door(closed), origin=OURS).is_closed
        given = ask(UPLOAD, method="PUT", behind=door(closed), origin=OURS, cookie=IN, body=[b"abc", b"de"])
        assert (given.status, given.app.body) == (200, 5)


def test_a_session_holds_so_many_bytes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MOST_BYTES", 100)
    behind = door(held=lambda session: 60 if session == "session" else 0)
    told = ask(UPLOAD, method="PUT", behind=behind, origin=OURS, cookie=IN, content_length="41")
    assert (told.status, told.is_closed) == (413, True)
    nonsense = ask(UPLOAD, method="PUT", behind=behind, origin=OURS, cookie=IN, content_length="-1")
    assert (nonsense.status, nonsense.is_closed) == (413, True)
    # A length that is not told, or that lies, is counted as it comes.
    lies = ask(UPLOAD, method="PUT", behind=behind, origin=OURS, cookie=IN, content_length="4", body=[b"x" * 15] * 9)
    assert lies.app.body == 30
    fits = ask(UPLOAD, method="PUT", behind=behind, origin=OURS, cookie=IN, body=[b"x" * 20, b"x" * 20])
    assert fits.app.body == 40
    other = UPLOAD.replace("session", "another")
    assert ask(other, method="PUT", behind=behind, origin=OURS, cookie=IN, body=[b"x" * 90]).app.body == 90


def test_messages_of_our_pages_pass_and_all_others_are_dropped() -> None:
    answer = talk(b"ours 1", b"clear_cache", "a text", b"", b"ours 2")
    assert answer.app.heard == [b"ours 1", b"ours 2"]
    assert [each["type"] for each in answer.sent] == ["websocket.accept", "websocket.send", "websocket.send"]


def test_of_each_message_it_is_looked_once_who_is_there() -> None:
    looks: list[str] = []

    def until(cookies: str) -> float:
        looks.append(cookies)
        return NOW + 3_600

    assert talk(b"ours 1", b"ours 2", behind=door(until=until)).app.heard == [b"ours 1", b"ours 2"]
    assert looks == [IN] * 3  # once more as it opens


def test_a_stream_elsewhere_is_none() -> None:
    for path in ("/", "/stream", "/risk/_stcore/stream", "/_stcore/health"):
        answer = talk(b"ours", path=path)
        assert (answer.is_closed, answer.sent[0]["type"]) == (True, "websocket.close")


def test_a_stream_without_a_cookie_ends_when_real_records_come() -> None:
    real: list[bool] = []
    behind = replace(door(), closed=lambda: bool(real))
    answer = talk(b"ours 1", b"ours 2", behind=behind, cookie=OUT, between=lambda place: real.extend([True] * place))
    assert answer.app.heard == [b"ours 1"]
    assert [each["type"] for each in answer.sent] == ["websocket.accept", "websocket.send", "websocket.close"]
    real.clear()
    stays = talk(b"ours 1", b"ours 2", behind=behind, cookie=IN, between=lambda place: real.extend([True] * place))
    assert stays.app.heard == [b"ours 1", b"ours 2"]


def test_a_stream_ends_with_its_cookie() -> None:
    now = [NOW]
    behind = door(clock=lambda: now[0])
    answer = talk(b"ours 1", b"ours 2", behind=behind, between=lambda place: now.append(now.pop() + 3_600 * place))
    assert answer.app.heard == [b"ours 1"]
    assert answer.sent[-1] == {"type": "websocket.close", "code": guard.POLICY}


def test_what_the_app_says_of_its_own_accord_is_not_heard_once_the_cookie_is_over() -> None:
    now = [NOW]
    sent: Messages = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def hears() -> None:
        behind = door(clock=lambda: now[0], until=lambda cookies: NOW + 10)
        asked = guard.understood({"path": STREAM, "headers": [(b"host", HOST.encode())]}, behind)
        assert asked is not None
        stream = guard.Stream(behind, Handed(), asked, send, send)  # type: ignore[arg-type]
        for later in (0, 9, 10, 11):
            now[0] = NOW + later
            await stream.send({"type": "websocket.send", "bytes": str(later).encode()})
        await stream.send({"type": "websocket.close"})

    awaited(hears())
    assert [each.get("bytes", each["type"]) for each in sent] == [b"0", b"9", "websocket.close"]


async def opened(before: Guard, ends: asyncio.Event, sent: Messages, cookie: str = IN) -> None:
    """A stream that stays open until then."""

    async def receive() -> dict[str, Any]:
        await ends.wait()
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", HOST.encode()), (b"origin", OURS.encode()), (b"cookie", cookie.encode())]
    scope = {"type": "websocket", "path": STREAM, "query_string": b"", "headers": headers}
    await before(scope, receive, send)


@pytest.mark.parametrize(("limit", "most"), [("MOST_STREAMS", 3), ("MOST_SESSIONS", 2)])
def test_there_are_so_many_streams_at_once_and_so_many_sessions_in_two_minutes(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(guard, limit, most)
    now = [NOW]

    async def many() -> list[str]:
        before, ends = Guard(Streamlit(), door(clock=lambda: now[0])), asyncio.Event()
        answers: list[Messages] = [[] for _ in range(most + 1)]
        tasks = []
        for sent in answers:
            tasks.append(asyncio.create_task(opened(before, ends, sent)))
            await asyncio.sleep(0)
        ends.set()
        await asyncio.gather(*tasks)
        soon: Messages = []
        await opened(before, ends, soon)
        now[0] += guard.KEPT_SECONDS + 1
        later: Messages = []
        await opened(before, ends, later)
        return [sent[0]["type"] for sent in (*answers, soon, later)]

    accept, close = "websocket.accept", "websocket.close"
    again = close if limit == "MOST_SESSIONS" else accept
    assert awaited(many()) == [accept] * most + [close, again, accept]


@dataclass(frozen=True)
class DoorOfMany(Door):
    """One at which people sign in, each by a cookie that is their name."""

    def signs_in(self, host: str) -> Any:
        """Here they do, and nothing is noted of it."""
        return SimpleNamespace(origin=OURS)

    def there(self, host: str, cookies: str) -> tuple[Any, float]:
        """Whoever the cookie names, for an hour."""
        return cookies, NOW + 3_600


@pytest.mark.parametrize(("limit", "most"), [("MOST_STREAMS_OF_ONE", 3), ("MOST_OF_ONE", 2)])
def test_nobody_who_signs_in_takes_the_room_of_the_others(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int
) -> None:
    monkeypatch.setattr(guard, limit, most)
    behind = DoorOfMany(**vars(door()))

    async def many() -> list[str]:
        before, ends = Guard(Streamlit(), behind), asyncio.Event()
        cookies = [*["Anna"] * (most + 1), "Bernd"]
        answers: list[Messages] = [[] for _ in cookies]
        tasks = []
        for cookie, sent in zip(cookies, answers, strict=True):
            tasks.append(asyncio.create_task(opened(before, ends, sent, cookie)))
            await asyncio.sleep(0)
        ends.set()
        await asyncio.gather(*tasks)
        soon: Messages = []
        await opened(before, ends, soon, "Anna")
        return [sent[0]["type"] for sent in (*answers, soon)]

    accept, close = "websocket.accept", "websocket.close"
    assert awaited(many()) == [accept] * most + [close, accept, close if limit == "MOST_OF_ONE" else accept]


def test_nobody_stands_guard_until_it_is_said() -> None:
    before = guard.standing()
    guard.stand(door())
    assert guard.standing() is not None
    guard._standing[:] = [before] if before else []
    assert guard.standing() == before

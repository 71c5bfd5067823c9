"""A file, a place for one and a session are for whoever they were handed to, and for nobody else who knows the name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import handed as remembered
from dashboard import server
from dashboard.access import ROLES, Viewer
from dashboard.door import Door
from dashboard.handed import Handed
from dashboard.launch import Launch
from tests.outsider import IN, NOW, OURS, SECRET, UPLOAD, ask, door, talk

ANNA, BERND = f"{IN}; of=Anna", f"{IN}; of=Bernd"
FILE = "/media/ab12.csv"


@dataclass(frozen=True)
class DoorOfTwo(Door):
    """One at which cookies say which of two has come in."""

    named: Callable[[str], Any] = lambda cookies: cookies.partition("of=")[2] or None

    def there(self, host: str, cookies: str) -> tuple[Any, float]:
        """Anna or Bernd."""
        return self.named(cookies), super().there(host, cookies)[1]


def of_two(**other: Any) -> Door:
    """An app of theirs, which answers everybody with the name of Anna's file."""
    return door(
        kind=DoorOfTwo,
        admits=lambda told, is_handed: told == b"ours" or is_handed(told.decode()),
        hands_out=lambda told: [FILE, UPLOAD, "deferred", "session"] if told == SECRET else [],
        **other,
    )


def told_to_anna(behind: Door) -> Handed:
    """What is remembered after her stream was sent the names."""
    handed = Handed()
    assert talk(b"ours", behind=behind, cookie=ANNA, handed=handed).app.heard == [b"ours"]
    return handed


def test_a_link_to_a_file_is_good_for_whom_it_was_sent_to_and_for_nobody_whom_it_was_passed_on_to() -> None:
    behind = of_two()
    assert ask(FILE, behind=behind, cookie=ANNA, handed=Handed()).status == 404
    handed = told_to_anna(behind)
    for method in ("GET", "HEAD"):
        assert ask(FILE, method=method, behind=behind, cookie=ANNA, handed=handed).status == 200
        passed_on = ask(FILE, method=method, behind=behind, cookie=BERND, handed=handed)
        assert (passed_on.status, passed_on.is_closed) == (404, True)
    assert ask("/media/ab12.pdf", behind=behind, cookie=ANNA, handed=handed).status == 404


def test_a_link_to_what_is_made_up_is_good_for_everybody_until_real_records_come() -> None:
    assert ask(FILE, behind=of_two(closed=False), cookie=BERND, handed=Handed()).body == SECRET


def test_a_file_is_put_nowhere_but_where_its_giver_was_told_to() -> None:
    behind = of_two()
    handed = told_to_anna(behind)
    for method in ("PUT", "DELETE"):
        assert ask(UPLOAD, method=method, behind=behind, origin=OURS, cookie=ANNA, handed=handed).status == 200
        for cookie, path in ((BERND, UPLOAD), (ANNA, f"{UPLOAD}x")):
            other = ask(path, method=method, behind=behind, origin=OURS, cookie=cookie, handed=handed)
            assert (other.status, other.is_closed) == (404, True)


def test_nobody_puts_down_a_file_who_may_bring_in_none() -> None:
    behind = of_two(may_give=lambda who: who == "Bernd")
    handed = told_to_anna(behind)
    assert ask(UPLOAD, method="PUT", behind=behind, origin=OURS, cookie=ANNA, handed=handed).is_closed
    may = server.door_of(Path("store"), Launch(Path("store"), 8501), frozenset()).may_give
    assert {role for role in ROLES if may(Viewer("Anna", role, "S" if role == "surgeon" else None))} == {
        "steward",
        "operator",
    }
    assert (may(True), may(None)) == (True, False)


def test_a_file_that_is_made_on_demand_is_asked_for_on_a_stream_of_the_same_person() -> None:
    behind = of_two()
    handed = told_to_anna(behind)
    assert talk(b"deferred", behind=behind, cookie=ANNA, handed=handed).app.heard == [b"deferred"]
    assert talk(b"deferred", behind=behind, cookie=BERND, handed=handed).app.heard == []


@pytest.mark.parametrize(
    "offered",
    [["streamlit, token, session"], ["streamlit,token,session"], ["streamlit", "token, session"],
     ["streamlit,token,session,more"], ["streamlit, token", "session"], [",,session"]],
)  # fmt: skip
def test_a_session_goes_on_for_whom_it_was_and_of_anybody_else_the_screen_is_cleared(offered: list[str]) -> None:
    behind = of_two(farewell=b"away")
    handed = told_to_anna(behind)
    own = talk(b"ours", behind=behind, cookie=ANNA, handed=handed, offered=offered).app
    assert (own.heard, own.offered) == ([b"ours"], offered)
    for cookie, known in ((BERND, handed), (ANNA, Handed())):
        other = talk(b"ours", behind=behind, cookie=cookie, handed=known, offered=offered)
        assert other.is_closed
        assert other.sent[-1]["type"] == "websocket.close"
        assert (b"away" in [each.get("bytes") for each in other.sent]) == ("more" not in offered[0])


def test_a_page_that_had_no_session_comes_in() -> None:
    for offered in ([], ["streamlit"], ["streamlit, token"], ["streamlit, token, "], ["streamlit, token, ,session"]):
        assert talk(b"ours", behind=of_two(), cookie=ANNA, offered=offered).app.heard == [b"ours"]


def test_what_was_handed_to_somebody_who_may_see_something_else_now_is_not_theirs_any_more() -> None:
    seen = ["all"]
    behind = of_two(named=lambda cookies: ("Anna", seen[-1]))
    handed = told_to_anna(behind)
    assert ask(FILE, behind=behind, cookie=ANNA, handed=handed).status == 200
    seen.append("less")
    assert ask(FILE, behind=behind, cookie=ANNA, handed=handed).status == 404


def test_nothing_is_handed_on_a_stream_that_is_over() -> None:
    now = [NOW]
    behind, handed = of_two(clock=lambda: now[0]), Handed()
    talk(b"ours", behind=behind, cookie=ANNA, handed=handed, between=lambda place: now.append(now.pop() + 3_600))
    assert not handed.has("Anna", FILE)


def test_what_was_handed_last_is_remembered_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    handed = Handed()
    handed.note("Anna", ["a", "b", "a", "c"])
    handed.note("Bernd", ["b"])
    assert [name for name in "abc" if handed.has("Anna", name)] == ["a", "c"]
    assert handed.has("Bernd", "b")


def test_a_file_that_is_made_on_demand_is_made_for_whom_it_was_offered() -> None:
    told = BackMsg()
    told.backend_operation_request.deferred_file.file_id = "ab12"
    assert server.admits(told.SerializeToString(), {"ab12"}.__contains__)
    assert not server.admits(told.SerializeToString(), {"ab1", "ab123", ""}.__contains__)


def test_what_a_message_hands_on_is_read_where_it_stands_and_not_in_what_a_page_repeats() -> None:
    session, button, made, places, written = (ForwardMsg() for _ in range(5))
    session.new_session.initialize.session_id = "a session"
    button.delta.new_element.download_button.deferred_file_id = "ab12"
    button.delta.new_element.download_button.label = "/media/of-another.csv"
    made.backend_operation_response.deferred_file.url = "/media/ab.csv"
    place = places.file_urls_response.file_urls.add(file_id="one")
    place.upload_url = place.delete_url = "/_stcore/upload_file/a session/one"
    written.delta.new_element.text.body = "/media/of-another.csv"
    handed = [list(server.hands_out(told.SerializeToString())) for told in (session, button, made, places, written)]
    assert handed == [["a session"], ["ab12"], ["/media/ab.csv"], ["/_stcore/upload_file/a session/one"], []]

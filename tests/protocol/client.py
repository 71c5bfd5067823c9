"""A client that is no browser: it speaks the app's own protocol over a real socket, and keeps every byte that comes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets import Origin, Subprotocol
from websockets.sync.client import ClientConnection, connect

from tests.patience import SECONDS

STREAM = "/_stcore/stream"
ANSWERS = ("backend_operation_response", "file_urls_response")
"""What comes alone, where the app is not run for it."""
AGAIN = ForwardMsg.FINISHED_EARLY_FOR_RERUN


@dataclass
class Told:
    """All that came of one message: as it came, and read."""

    content: bytes
    messages: list[ForwardMsg]


@dataclass
class Session:
    """One open stream. id: what the app calls it, once it has said so; refused: whether it was closed on us."""

    line: ClientConnection
    id: str = ""

    def ask(self, message: BackMsg) -> Told:
        """All that comes until the app has come to its end."""
        self.say(message)
        came, read = [], []
        while True:
            content = self.line.recv(timeout=SECONDS)
            assert isinstance(content, bytes)
            told = ForwardMsg.FromString(content)
            came.append(content)
            read.append(told)
            kind = told.WhichOneof("type")
            if kind == "new_session":
                self.id = told.new_session.initialize.session_id
            if kind in ANSWERS or (kind == "script_finished" and told.script_finished != AGAIN):
                return Told(b"".join(came), read)

    def run(self, page: str = "", query: str = "", states: Sequence[WidgetState] = (), fragment: str = "") -> Told:
        """What the app shows of an address, or a part of it that was drawn, with these states of its widgets."""
        return self.ask(rerun(page, query, states, fragment))

    def say(self, message: BackMsg) -> None:
        """Say something that may be left unanswered: what comes of it all the same comes before the next answer."""
        self.line.send(message.SerializeToString())


def made_on_demand(file: str, session: str) -> BackMsg:
    """What a page sends when a file was asked for that is made then."""
    message = BackMsg()
    message.backend_operation_request.request_id = "file"
    message.backend_operation_request.session_id = session
    message.backend_operation_request.deferred_file.file_id = file
    return message


def place_for(name: str, session: str) -> BackMsg:
    """What a page sends when somebody is about to give a file of this name."""
    message = BackMsg()
    message.file_urls_request.request_id = "file"
    message.file_urls_request.file_names.append(name)
    message.file_urls_request.session_id = session
    return message


def rerun(
    page: str,
    query: str = "",
    states: Sequence[WidgetState] = (),
    fragment: str = "",
    kept: Collection[str] = (),
) -> BackMsg:
    """What a page sends when something was chosen on it. kept: the messages that it still has, by their hashes."""
    message = BackMsg()
    message.rerun_script.query_string = query
    message.rerun_script.page_name = page
    message.rerun_script.fragment_id = fragment
    message.rerun_script.widget_states.widgets.extend(states)
    message.rerun_script.cached_message_hashes.extend(sorted(kept))
    return message


@contextmanager
def opened(port: int, cookies: str, before: str = "") -> Iterator[Session]:
    """A stream of whoever bears these cookies. before: the session that it is to go on with."""
    host = f"127.0.0.1:{port}"
    with connect(
        f"ws://{host}{STREAM}",
        origin=Origin(f"http://{host}"),
        additional_headers={"Cookie": cookies},
        subprotocols=[Subprotocol(word) for word in ("streamlit", "token", before)] if before else None,
        compression=None,
        max_size=None,
        open_timeout=SECONDS,
        proxy=None,
    ) as line:
        yield Session(line)

"""What does not go by a page: messages that no page sends, files that nobody asked for, and whoever has not come in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.exceptions import WebSocketException

from dashboard.access import IMPORT
from dashboard.engines.generations import Store
from dashboard.engines.notebook import KINDS, VIEW, Notebook
from dashboard.importing import desk
from tests import raw
from tests.protocol.attempts import files, links
from tests.protocol.client import made_on_demand, opened, place_for
from tests.protocol.practice import VIEWERS
from tests.protocol.trial import Trial

BODY = b'--x\r\nContent-Disposition: form-data; name="file"; filename="patients.csv"\r\n\r\n%s\r\n--x--'
FILE = b"patient_id,birth_year,sex\nP1,1960,female\n"


def not_of_a_page() -> Iterator[BackMsg]:
    """Messages that are obeyed by an app that nobody guards."""
    yield BackMsg(clear_cache=True)
    yield BackMsg(set_run_on_save=True)
    yield BackMsg(load_git_info=True)
    yield BackMsg(debug_disconnect_websocket=True)
    yield BackMsg(debug_shutdown_runtime=True)
    for payload in ("install_skills", "dismiss_skills_nudge"):
        message = BackMsg()
        getattr(message.backend_operation_request, payload).SetInParent()
        yield message


def say_what_no_page_says(trial: Trial, who: str) -> None:
    """Each of them, and then a page, which is drawn as ever; and what is no message at all."""
    with trial.session(who) as stream:
        for message in not_of_a_page():
            stream.say(message)
        stream.line.send(b"\xff\xff\xff")
        told = stream.run("definitions")
        kinds = {message.WhichOneof("type") for message in told.messages}
        trial.see(who, "messages that no page sends", told.content, tried=8)
        if "git_info_changed" in kinds or "backend_operation_response" in kinds:
            trial.complain(f"{who}: a message that no page sends is answered")


def give_a_file(trial: Trial, who: str) -> None:
    """A file for the import, put where the operator's page would put it, and said to be in its widget."""
    uploader = next(one for one in trial.known["/import"].values() if one.kind == "file_uploader")
    with trial.session(who) as stream:
        stream.run("import")
        answer = stream.ask(place_for("patients.csv", stream.id))
        (urls,) = answer.messages[-1].file_urls_response.file_urls
        _put(trial, who, urls.upload_url)
        state = WidgetState(id=uploader.id)
        given = state.file_uploader_state_value.uploaded_file_info.add()
        given.file_id, given.name, given.size = urls.file_id, "patients.csv", len(FILE)
        given.file_urls.CopyFrom(urls)
        told = stream.run("import", states=[state])
        trial.see(who, "a file for the import", told.content)
    kept = desk.holds_uploads(trial.practice.store)
    if kept and not VIEWERS[who].may(IMPORT):
        trial.complain(f"{who}: a file was put down for the import")


def _put(trial: Trial, who: str, place: str) -> bytes:
    """What is answered to the file where it is put in this place."""
    host = trial.server.host
    headers = {"Host": host, "Origin": f"http://{host}", "Cookie": trial.cookies(who),
               "Content-Type": "multipart/form-data; boundary=x"}  # fmt: skip
    return raw.asked(trial.server.port, place, headers, "PUT", BODY % FILE)


def take_what_is_anothers(trial: Trial, *viewers: str) -> None:
    """What the operator was handed, by its name: a file, the link to it, the place for one, and the session itself."""
    with trial.session("operator") as other:
        (file, *_) = files(other.run("patients")).values()
        (link,) = links(other.ask(made_on_demand(file, other.id)))
        (urls,) = other.ask(place_for("patients.csv", other.id)).messages[-1].file_urls_response.file_urls
        for who in viewers:
            with trial.session(who) as stream:
                stream.run("definitions")
                stream.say(made_on_demand(file, stream.id))
                told = stream.run("definitions")
            with suppress(WebSocketException), opened(trial.server.port, trial.cookies(who), other.id) as taken:
                taken.run("definitions")
                trial.complain(f"{who}: another's session goes on")
            got = trial.fetched(who, link)
            trial.see(who, "what another was handed", told.content + got, tried=4)
            if got or links(told):
                trial.complain(f"{who}: the link that another was handed gives the file")
            if b" 404 " not in _put(trial, who, urls.upload_url)[:20]:
                trial.complain(f"{who}: a file is put where another was to put one")


def come_without_having_been_let_in(trial: Trial) -> None:
    """Nobody, with no cookie of ours or one that is spoilt, and with every link that somebody was sent."""
    host, port = trial.server.host, trial.server.port
    for cookies in ("looks=operator", "", f"{trial.cookie}x; looks=operator", trial.cookie.replace("=", "x=", 1)):
        told = b""
        try:
            with opened(port, cookies) as stream:
                told = stream.run("patients").content
        except WebSocketException as refused:
            told = str(refused).encode()
        for path in ("/", "/patients", "/media/0.csv", *sorted(trial.links)):
            told += raw.asked(port, path, {"Host": host, "Cookie": cookies or None})
        names = trial.search.in_bytes(told)
        trial.found.combinations += 3 + len(trial.links)
        if names.words or names.patients:
            trial.complain(f"nobody sees {sorted(names.words)[:3]}")


def written_beyond_the_scope(trial: Trial) -> list[str]:
    """Of what stands in the notebook after all this what somebody wrote about others."""
    notebook, found = Notebook(trial.practice.store), []
    by_name = {viewer.name: viewer for viewer in VIEWERS.values()}
    for kind in KINDS:
        for note in notebook.read(kind):
            viewer = by_name.get(note.who)
            if viewer and kind != VIEW and not note.is_seen_by(viewer):
                found.append(f"{note.who} wrote a {kind} about others")
    return found


def was_published(trial: Trial) -> bool:
    """Whether anything was imported while nobody who may do so did."""
    return len(Store(trial.practice.store).generations()) > 1

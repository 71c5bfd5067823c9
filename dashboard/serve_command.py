"""The commands `outcomes serve` and `outcomes open`: the app on this computer, and the way into it."""

from __future__ import annotations

import argparse
import hmac
import http.client
import ipaddress
import secrets
import socket
import webbrowser
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from dashboard import accounts, import_command, private, settings, sign_in
from dashboard.errors import Refused
from dashboard.launch import FOLDER, PRINTED_SECONDS, TOKEN_BYTES, Launch, address_of
from dashboard.made_up import is_shipped
from dashboard.terminal import DONE, say, tell
from dashboard.way_in import PROOF, TOKEN

ONLY_HERE = (
    "The app cannot be served on {}: other computers would reach it without TLS. Let people sign in, with a proxy on "
    "this machine before the app (docs/sign-in.md); or reach it through an SSH tunnel on the same port: "
    "ssh -L {}:127.0.0.1:{} THIS-COMPUTER"
)
NOT_RUNNING = "The app is not running on this store. Start it with: python3 -m dashboard"
OPENING = "open.html"
SECONDS_TO_ANSWER = 5.0
LONGEST_ANSWER = 1_000


def words(parser: argparse.ArgumentParser) -> None:
    """What may follow ``outcomes serve``."""
    parser.add_argument("--port", type=int, default=settings.PORT)
    parser.add_argument("--host", default=settings.HOST, help="an address of this computer's own, such as ::1")


def run(chosen: argparse.Namespace) -> int:
    """Serve the app until it is ended; with an empty store, publish the sample data first."""
    from dashboard import server
    from dashboard.analyses.signals import keep_current

    held = settings.read(store=chosen.store)
    host = loopback(chosen.host, chosen.port)
    import_command.refuse_if_others_read(held.store)
    said = sign_in.arranged(held.store)
    if said:
        refuse_one_name_for_two(said, f"{server.known_as(host)}:{chosen.port}")
    listening = server.bound(host, chosen.port)
    with listening:
        make_showable(held)
        keep_current(held.store)
        if unknown := private.cannot_be_checked(held.store):
            say(unknown)
        server.serve(
            held.store, host, listening, lambda address: _announce(held.store, chosen.port, address, said), said
        )
    return DONE


def loopback(host: str, port: int = settings.PORT) -> str:
    """The address to listen on. Raises Refused for every one that another computer could reach."""
    plain = settings.HOST if host == "localhost" else host.strip("[]")
    try:
        if ipaddress.ip_address(plain).is_loopback:
            return plain
    except ValueError:
        pass
    raise Refused(ONLY_HERE.format(host, port, port))


def refuse_one_name_for_two(said: sign_in.Arranged, here: str) -> None:
    """Raises Refused where people would sign in by the name and port by which this computer's own link leads here.

    By that name nobody comes in by a link, so that the way in would be closed when the provider is down.
    """
    if urlsplit(said.public_address).netloc == here:
        raise Refused(
            f'{sign_in.FILE}, key "public_address": {here} is the name by which the app is opened on this computer '
            "itself, by its link. Write the address at which the proxy before it answers, or serve the app on another "
            "port: --port"
        )


def make_showable(held: settings.Settings) -> None:
    """See to it that there is something to show: the sample data where nothing is published, anew where it is old."""
    from dashboard.definitions import load
    from dashboard.engines.generations import Store
    from dashboard.engines.versions import outdated, refuse_newer
    from dashboard.shipped import shipped

    shown = Store.of(held).last_whole()
    current = shown.generation if shown else None
    if current is None:
        say(f"Nothing is published in {held.store} yet: publishing the sample data. No real person is in it.")
        import_command.publish(held, [shipped("sample_data")])
        return
    refuse_newer(current.manifest)
    if why := outdated(current.manifest, load().version):
        if is_shipped(current.manifest):
            say("The sample data was published by an earlier version of this app: publishing it anew.")
            # Its days are fixed, so that no clock can spoil it.
            import_command.publish(held, [shipped("sample_data")], clock_is_right=True)
        else:
            say(f"{why} The app offers to bring these records up to date; so does `outcomes store upgrade`.")


def _announce(store: Path, port: int, address: str, said: sign_in.Arranged | None) -> None:
    link = link_in(address, Launch(store, port).new_token(PRINTED_SECONDS))
    tell(f"Serving on {address} (end with Ctrl-C)")
    if said:
        tell(f"People sign in at {said.public_address}")
        if complaint := accounts.read(store).complaint:
            say(complaint)
    tell(f"{'On this computer, open' if said else 'Open'} it with this link, which works once: {link}")


def link_in(address: str, token: str) -> str:
    """The link that lets somebody in."""
    return f"{address}/?{TOKEN}={token}"


def open_it(chosen: argparse.Namespace) -> int:
    """Make a new link into the app that is being served, and open the browser with it."""
    store = settings.read(store=chosen.store).store
    address = address_of(store)
    port = address.rpartition(":")[2]
    launch = Launch(store, int(port) if port.isdecimal() else 0)
    # A token is given to nobody else: a server that was killed leaves its port to whoever comes first.
    if not is_ours(launch, address):
        raise Refused(NOT_RUNNING)
    link = link_in(address, launch.new_token())
    # By way of a file: a link on the browser's own command line can be read there by everybody on this computer.
    page = store / FOLDER / OPENING
    page.unlink(missing_ok=True)
    page.touch(mode=0o600)
    page.write_text(
        f'<!doctype html>\n<meta charset="utf-8">\n<meta http-equiv="refresh" content="0; url={escape(link)}">\n'
        "<title>Spine outcomes</title>\n",
        encoding="utf-8",
    )
    webbrowser.open(page.as_uri())
    tell(f"If no browser opens, use this link, which works once, in the next two minutes: {link}")
    return DONE


def is_ours(launch: Launch, address: str) -> bool:
    """Whether our own server answers there, and nobody else, at any address that a browser may try for the name."""
    where = urlsplit(address)
    challenge, proofs = secrets.token_urlsafe(TOKEN_BYTES), []
    try:
        for *_, at in socket.getaddrinfo(where.hostname, where.port, type=socket.SOCK_STREAM):
            told = _told(str(at[0]), launch.port, where.netloc, challenge)
            if told is not None:
                proofs.append(hmac.compare_digest(told, launch.answer_to(challenge, str(at[0])).encode()))
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return bool(proofs) and all(proofs)


def _told(at: str, port: int, host: str, challenge: str) -> bytes | None:
    """What whoever listens at an address says to a challenge; None where nobody does."""
    # Not by way of whatever proxy this machine has for the world outside.
    line = http.client.HTTPConnection(at, port, timeout=SECONDS_TO_ANSWER)
    try:
        try:
            line.connect()
        except OSError:
            return None
        line.request("GET", f"{PROOF}?{challenge}", headers={"Host": host})
        return line.getresponse().read(LONGEST_ANSWER)
    finally:
        line.close()

"""The commands `outcomes serve` and `outcomes open`: the app on this computer, and the way into it."""

from __future__ import annotations

import argparse
import ipaddress
import urllib.request
import webbrowser
from html import escape
from pathlib import Path

from dashboard import import_command, private, settings
from dashboard.errors import Refused
from dashboard.launch import FOLDER, PRINTED_SECONDS, Launch, address_of
from dashboard.made_up import is_shipped
from dashboard.terminal import DONE, say, tell
from dashboard.way_in import TOKEN

ONLY_HERE = (
    "The app cannot be served on {}: other computers would reach it, which is not yet possible without sign-in; reach "
    "it through an SSH tunnel on the same port: ssh -L {}:127.0.0.1:{} THIS-COMPUTER"
)
NOT_RUNNING = "The app is not running on this store. Start it with: python3 -m dashboard"
OPENING = "open.html"
SECONDS_TO_ANSWER = 5.0


def words(parser: argparse.ArgumentParser) -> None:
    """What may follow ``outcomes serve``."""
    parser.add_argument("--port", type=int, default=settings.PORT)
    parser.add_argument("--host", default=settings.HOST, help="an address of this computer's own, such as ::1")


def run(chosen: argparse.Namespace) -> int:
    """Serve the app until it is ended; with an empty store, publish the sample data first."""
    from dashboard import server

    held = settings.read(store=chosen.store)
    host = loopback(chosen.host, chosen.port)
    import_command.refuse_if_others_read(held.store)
    listening = server.bound(host, chosen.port)
    with listening:
        make_showable(held)
        if unknown := private.cannot_be_checked(held.store):
            say(unknown)
        server.serve(held.store, host, listening, lambda address: _announce(held.store, chosen.port, address))
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


def make_showable(held: settings.Settings) -> None:
    """See to it that there is something to show: the sample data where nothing is published, anew where it is old."""
    from dashboard.definitions import load
    from dashboard.engines.generations import Store
    from dashboard.engines.versions import outdated, refuse_newer
    from dashboard.shipped import shipped

    shown = Store(held.store).last_whole()
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


def _announce(store: Path, port: int, address: str) -> None:
    link = link_in(address, Launch(store, port).new_token(PRINTED_SECONDS))
    tell(f"Serving on {address} (end with Ctrl-C)")
    tell(f"Open it with this link, which works once: {link}")


def link_in(address: str, token: str) -> str:
    """The link that lets somebody in."""
    return f"{address}/?{TOKEN}={token}"


def open_it(chosen: argparse.Namespace) -> int:
    """Make a new link into the app that is being served, and open the browser with it."""
    store = settings.read(store=chosen.store).store
    address = address_of(store)
    if not address or not answers(address):
        raise Refused(NOT_RUNNING)
    link = link_in(address, Launch(store, int(address.rpartition(":")[2])).new_token())
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


def answers(address: str) -> bool:
    """Whether an app answers there."""
    try:
        # Not by way of whatever proxy this machine has for the world outside.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{address}/_stcore/health", timeout=SECONDS_TO_ANSWER) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False

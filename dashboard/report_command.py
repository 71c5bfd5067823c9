"""The command `outcomes report`: a document as a file, as the page Report makes it."""

from __future__ import annotations

import argparse
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import mail, named_files, query_command, settings
from dashboard.digest_command import mailed
from dashboard.errors import MailFailed, Refused, WrongUsage
from dashboard.terminal import DONE, print_json, say, tell

if TYPE_CHECKING:
    from dashboard.documents.issuing import Form
    from dashboard.documents.kinds import DocumentKind
    from dashboard.documents.wanted import Wanted
    from dashboard.records import Records

ENDINGS = (".pdf", ".html")
COMPARE, SHARE = ("previous", "practice", "published"), ("none", "nhs", "cms")
"""What may be said, written again so that the other commands need not load the analyses."""
READY, ENCLOSED, EXACT = "ready", "enclosed", "exact"
"""What a mail says or brings."""


def words(parser: argparse.ArgumentParser) -> None:
    """What may be asked, and how."""
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write: .pdf or .html")
    parser.add_argument("--kind", default="quality", metavar="NAME", help="which document; `quality` unless said")
    query_command.period_words(parser)
    parser.add_argument("--surgeon", action="append", default=[], metavar="NAME", help="of these surgeons alone")
    parser.add_argument("--site", action="append", default=[], metavar="NAME", help="of these sites alone")
    parser.add_argument("--outcome", metavar="NAME")
    parser.add_argument("--days", type=int, metavar="N")
    parser.add_argument("--compare", choices=COMPARE, default="previous", help="what its figures are held against")
    parser.add_argument("--month", metavar="MONTH", help="of a list of letters: 2026-10; else that after the data date")
    parser.add_argument("--share", choices=SHARE, default="none", help="by which rule small counts are hidden")
    parser.add_argument("--replace", action="store_true", help="put it in the place of a file that is there")
    parser.add_argument(
        "--mail", nargs="?", const=READY, choices=(READY, ENCLOSED, EXACT),
        help=f"say by mail that it is {READY}; or send it: {ENCLOSED}, with --share nhs or cms, or {EXACT} as it is",
    )  # fmt: skip
    parser.add_argument("--json", action="store_true")


def run(chosen: argparse.Namespace) -> int:
    """Make a document and write it, whole or not at all, for its owner alone."""
    from dashboard.documents.issuing import FORMS, issued
    from dashboard.documents.kinds import KINDS, kind_named
    from dashboard.engines import disk
    from dashboard.engines.generations import Store

    out = chosen.out.absolute()
    form: Form = FORMS[_ending(out, replacing=chosen.replace)]
    kind = kind_named(chosen.kind)
    if kind is None:
        raise WrongUsage(f'"{chosen.kind}" is no document. Choose one of {", ".join(each.name for each in KINDS)}.')
    if chosen.share != "none" and not kind.shared:
        raise WrongUsage(f"{kind.title} is for use within the practice: leave out --share.")
    if chosen.month and not kind.monthly:
        raise WrongUsage(f"{kind.title} is of no month: leave out --month.")
    post = _post(chosen, kind)
    store = Store.of(settings.read(store=chosen.store))
    if out.resolve().is_relative_to(store.root.resolve()):
        raise WrongUsage(f"{out} is inside the store, where nothing but its own files may lie. Name another folder.")
    records = _records(chosen)
    made = issued(store, records, kind, replace(_wanted(chosen), on_step=say), form)
    with disk.in_words(f"{out.name}"):
        disk.replace(out, made.content)
    if chosen.json:
        digest = hashlib.sha256(made.content).hexdigest()
        print_json({
            "file": str(out), "kind": kind.name, "generation": records.engine.generation, "sha256": digest,
            "bytes": len(made.content), "sections": [section.title for section in made.document.sections],
        })  # fmt: skip
    else:
        tell(f"{out}: {kind.title}, {made.document.subtitle}.")
    if made.told:
        say(made.told)
    if post is not None:
        file = mail.Enclosed(out.name, form.mime, made.content)
        told = f"{kind.title} is ready: {out}"
        try:
            mailed(records, post, f"Spine outcomes: {kind.title}", told, [] if chosen.mail == READY else [file])
        except MailFailed as problem:
            raise MailFailed(f"{out.name} is written. {problem.message}") from None
    return DONE


def _post(chosen: argparse.Namespace, kind: DocumentKind) -> mail.Post | None:
    """Where a mail goes, if one was asked for. Raises WrongUsage for a document that no mail may bring."""
    if chosen.mail is None:
        return None
    if chosen.mail != READY and not kind.shared:
        raise WrongUsage(f"{kind.title} is for use within the practice: no mail brings it. Write --mail {READY}.")
    if chosen.mail == ENCLOSED and chosen.share == "none":
        raise WrongUsage(f"Mail leaves this machine: choose --share nhs or cms, or say that it may: --mail {EXACT}.")
    return mail.post()


def _ending(out: Path, *, replacing: bool) -> str:
    """Which form the file's name asks for; refused where something is there that nobody wants replaced."""
    named_files.check([out])
    if out.suffix.lower() not in ENDINGS:
        raise WrongUsage(f"{out.name}: a document is written as {' or '.join(ENDINGS)}.")
    if not out.parent.is_dir():
        raise WrongUsage(f"There is no folder {out.parent}.")
    if out.is_dir():
        raise WrongUsage(f"{out} is a folder. Name the file to write.")
    if out.exists() and not replacing:
        raise Refused(f"{out} is there already. With --replace the new one takes its place. Nothing was changed.")
    return out.suffix.lower().removeprefix(".")


def _records(chosen: argparse.Namespace) -> Records:
    units = [f"{kind}={name}" for kind in ("surgeon", "site") for name in getattr(chosen, kind)]
    return query_command.records_of(chosen, [*chosen.where, *units])


def _wanted(chosen: argparse.Namespace) -> Wanted:
    from dashboard.analyses.letters import month_named
    from dashboard.definitions import load
    from dashboard.documents.wanted import Wanted

    outcome, days = chosen.outcome or load().default_outcome.name, 730 if chosen.days is None else chosen.days
    month = month_named(chosen.month) if chosen.month else None
    return Wanted(outcome, days, datetime.now(UTC).astimezone(), chosen.compare, chosen.share, month)

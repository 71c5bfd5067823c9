"""The command `outcomes digest`: what needs review, on the terminal, for a program, or by mail."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from dashboard import mail
from dashboard.errors import MailFailed
from dashboard.recorded import Recorded
from dashboard.terminal import DONE, print_json, say, tell_lines

if TYPE_CHECKING:
    from dashboard.records import Records


def words(parser: argparse.ArgumentParser) -> None:
    """What may follow ``outcomes digest``."""
    parser.add_argument("--mail", action="store_true", help="send it as well, where mail is set up (OUTCOMES_MAIL_…)")
    parser.add_argument("--json", action="store_true")


def run(records: Records, chosen: argparse.Namespace) -> int:
    """Print what needs review; then send it, where that was asked for."""
    from dashboard.analyses.digest import digest, digest_subject, digest_text

    post = mail.post() if chosen.mail else None
    rows = digest(records)
    text = digest_text(records, rows)
    if chosen.json:
        print_json({
            "generation": records.engine.generation, "data_date": records.facts.data_date,
            "made_up": records.facts.made_up,
            "rows": [asdict(row) | {"where": row.where} for row in rows],
        })  # fmt: skip
    else:
        tell_lines(text)
    if post is not None:
        mailed(records, post, digest_subject(rows), text)
    return DONE


def mailed(records: Records, post: mail.Post, subject: str, text: str, enclosed: Sequence[mail.Enclosed] = ()) -> None:
    """Send a mail, on record before it leaves, without its addresses. Raises MailFailed."""
    about = {"title": subject, "addresses": len(post.to), "enclosed": len(enclosed)}
    recorded = Recorded(records.audit, records.viewer, "mail").begun(**about)
    try:
        mail.send(post, subject, text, enclosed)
    except MailFailed:
        recorded.refused()
        raise
    recorded.done()
    say(f"Sent to {', '.join(post.to)}.")

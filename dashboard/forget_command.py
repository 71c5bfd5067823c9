"""The command `outcomes store forget`: a person out of everything that is kept here, and out of every later import."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from dashboard import audit, settings
from dashboard.errors import WrongUsage
from dashboard.terminal import DONE, print_json, say

if TYPE_CHECKING:
    from dashboard.engines.generations import Store

FROM_STANDARD_INPUT = "-"
NOT_REACHED = (
    "Not reached: backups and copies outside the store, files that records were imported from, and what was exported "
    "or printed; and an app that is running keeps what it has shown until it is started again. A restore of a backup "
    "leaves out whoever is on the list: keep {list} beside your backups. It names nobody."
)


def run(held: settings.Settings, store: Store, chosen: argparse.Namespace) -> int:
    """Forget whoever bears the number, or go on with what was interrupted."""
    from dashboard.access import OPERATOR
    from dashboard.analyses.signals import keep_current
    from dashboard.engines import opted_out
    from dashboard.engines.pseudonym_key import key_of, pseudonym
    from dashboard.importing.publishing import forgetting
    from dashboard.recorded import Recorded

    if (chosen.of is None) != chosen.finish:
        raise WrongUsage(
            "Write `outcomes store forget NUMBER` with the patient's number, `forget -` to type it where no history "
            "keeps it, or `forget --finish` to go on with one that was interrupted."
        )
    recorded = Recorded(held.opened_audit(), OPERATOR, "forget").begun()
    if chosen.finish:
        with store.writing():
            finished = forgetting.finish(store, _progress)
        recorded.done(**(_numbers(finished.anew) if finished else {}))
        print_json({"finished": True}) if chosen.json else say("Nobody is half forgotten.")
        return DONE
    number = sys.stdin.readline().strip() if chosen.of == FROM_STANDARD_INPUT else chosen.of.strip()
    if not number:
        raise WrongUsage("No number was given.")
    old_lines = _lines_that_name(held, f"P-{pseudonym(key_of(store), number):016X}")
    done = forgetting.forget(store, number, _progress)
    recorded.done(**_numbers(done.anew))
    keep_current(held.store)
    if chosen.json:
        print_json({"generations": done.anew})
    for told in _told(held, done.anew, old_lines):
        say(told)
    say(NOT_REACHED.format(list=held.store / opted_out.FILE))
    return DONE


def _numbers(anew: dict[int, int | None]) -> dict[str, list[int]]:
    """What the audit keeps of it; by ``deleted`` it is known later that somebody was forgotten."""
    return {"deleted": sorted(anew), "made": sorted(one for one in anew.values() if one)}


def _progress(step: str) -> None:
    """What takes long, as it begins."""
    what, _, number = step.partition(" ")
    if what == "generation":
        say(f"Making generation {number} anew …")


def _told(held: settings.Settings, anew: dict[int, int | None], old_lines: int) -> list[str]:
    if not anew:
        told = ["No generation held this number. It is on the list: no import will bring it in."]
    else:
        told = [
            f"Generation {number} was made anew as {made}." if made else f"Generation {number} was deleted."
            for number, made in anew.items()
        ]
    if old_lines:
        told.append(
            f"{old_lines} lines of the audit, written by an earlier version, name the pseudonym. They stay until the "
            "audit is older than it is kept; without the number nobody knows whose it is."
        )
    backups = [line for line in audit.lines_of(held.audit) if line.get("change") == "backup" and "file" in line]
    told += [f"A backup of {str(line['at'])[:10]} was written to {line['file']}." for line in backups]
    return told


def _lines_that_name(held: settings.Settings, shown: str) -> int:
    return sum(shown in str(line) for line in audit.lines_of(held.audit))

"""The commands `outcomes store backup` and `restore FILE`: the store as one sealed file, and back."""

from __future__ import annotations

import argparse
import getpass
import os
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import named_files, settings
from dashboard.errors import Refused, WrongUsage
from dashboard.terminal import DONE, print_json, say, tell

if TYPE_CHECKING:
    from dashboard.engines.generations import Store

KEEP_APART = (
    "Keep the key apart from the backup: without it nobody opens the backup, and with both anybody does. If it is "
    "lost, so is the backup."
)


def back_up(held: settings.Settings, store: Store, chosen: argparse.Namespace) -> int:
    """Write the backup, on record."""
    from dashboard.access import OPERATOR
    from dashboard.importing import backup
    from dashboard.recorded import Recorded

    file = Path(chosen.of).absolute()
    named_files.check([file])
    recorded = Recorded(held.opened_audit(), OPERATOR, "backup").begun(file=file.name)
    size = backup.back_up(store, file, _secret(chosen.key, new=True))
    recorded.done()
    if chosen.json:
        print_json({"file": str(file), "bytes": size})
    else:
        tell(f"{file}: {size:,} bytes, sealed.")
    say(KEEP_APART)
    return DONE


def restore(held: settings.Settings, store: Store, chosen: argparse.Namespace) -> int:
    """Put a backup back into a store without records, and say so in its audit."""
    from dashboard.access import OPERATOR
    from dashboard.importing import backup
    from dashboard.recorded import Recorded

    file = Path(chosen.of)
    named_files.check([file, *([chosen.opted_out] if chosen.opted_out else [])])
    done = backup.put_back(store, file, _secret(chosen.key, new=False), chosen.opted_out, lambda step: None)
    number = done.generation.number
    Recorded(held.opened_audit(), OPERATOR, "restore").done(generation=number, file=file.name)
    if chosen.json:
        print_json({"generation": number, "opted_out": {"entries": done.named, "left_out": done.meant}})
    else:
        tell(f"Readers now see generation {number}, from {file.name}.")
    if chosen.opted_out:
        meant = f"{done.meant} of them meant somebody in the backup, who was left out"
        say(f"Entries in {chosen.opted_out.name}: {done.named}; {meant}.")
        if not done.meant:
            say(
                "It is a list of another store, or nobody on it is in this backup. All of it is kept for later imports."
            )
    return DONE


def _secret(key: Path | None, *, new: bool) -> bytes:
    """What a backup is sealed with: the content of a file, made where a new one is wanted, else a passphrase."""
    from dashboard.engines.sealing import SHORTEST_SECRET

    if key is not None:
        named_files.check([key])
        if new and not key.exists():
            with os.fdopen(os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
                file.write(f"{secrets.token_hex(32)}\n")
            say(f"A new key is in {key}.")
        if not key.is_file():
            raise WrongUsage(f"{key} is not there, or no file. Name the file that holds the key of the backup.")
        secret = key.read_bytes().strip()
    elif sys.stdin.isatty():
        secret = getpass.getpass("Passphrase of the backup: ").encode()
        if new and getpass.getpass("Once more: ").encode() != secret:
            raise Refused("The two differ. Nothing was changed.")
    else:
        raise WrongUsage("Name the file that holds the key of the backup: --key FILE (made where there is none).")
    if len(secret) < SHORTEST_SECRET:
        raise Refused(f"The key has fewer than {SHORTEST_SECRET} signs: it could be guessed. Nothing was changed.")
    return secret

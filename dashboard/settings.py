"""Where things stand on this machine: one frozen Settings, read once."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path

from dashboard import keeping, mail
from dashboard.audit import FOLDER as AUDIT_FOLDER
from dashboard.audit import Audit
from dashboard.errors import WrongUsage
from dashboard.keeping import USUAL, Keeping
from dashboard.strict import known_words

STORE, AUDIT_HEAD, SWITCHED_OFF = "OUTCOMES_STORE", "OUTCOMES_AUDIT_HEAD", "OUTCOMES_SWITCHED_OFF"
VARIABLES = (
    STORE,
    AUDIT_HEAD,
    SWITCHED_OFF,
    *keeping.VARIABLES,
    *mail.VARIABLES,
    "OUTCOMES_BROWSER",
    "OUTCOMES_ARTEFACTS",
)
"""Of the environment; the last two say to the tests which browser to use, and where to leave pictures."""
PORT, HOST = 8501, "127.0.0.1"
_OPENING = threading.Lock()


@dataclass(frozen=True)
class Settings:
    """store: the folder of generations; audit: the folder of the audit file, inside the store.

    audit_head: the file, or ``syslog``, that the end of the audit is sent to as well; empty for nowhere else. keeping:
    for how long things are kept. switched_off: what the practice shows to nobody, by the words of `access.SWITCHES`.
    """

    store: Path
    host: str = HOST
    port: int = PORT
    audit_head: str = ""
    keeping: Keeping = USUAL
    switched_off: tuple[str, ...] = ()

    @property
    def audit(self) -> Path:
        """The store's audit folder."""
        return self.store / AUDIT_FOLDER

    def opened_audit(self) -> Audit:
        """The store's audit, to be written: one in this process, which remembers what it wrote already."""
        with _OPENING:
            return _audit(self.audit, self.audit_head, self.keeping.audit_days)


@lru_cache(maxsize=8)
def _audit(folder: Path, elsewhere: str, keep_days: int) -> Audit:
    return Audit(folder, elsewhere, keep_days=keep_days)


def read(environment: Mapping[str, str] | None = None, store: Path | None = None) -> Settings:
    """The settings of this process: what was said on the command line, else the environment, else the default store.

    Raises WrongUsage for a variable OUTCOMES_… that nothing reads: misspelled, it would silently mean another store.
    """
    environment = os.environ if environment is None else environment
    for name in environment:
        if name.startswith("OUTCOMES_") and name not in VARIABLES:
            raise WrongUsage(f"${name} is no setting. Known: {known_words(name, VARIABLES)}")
    named = store or (Path(environment[STORE]) if environment.get(STORE) else None)
    return Settings(
        store=(named or default_store(environment)).expanduser().absolute(),
        audit_head=environment.get(AUDIT_HEAD, ""),
        keeping=keeping_of(environment),
        switched_off=tuple(word for said in environment.get(SWITCHED_OFF, "").split(",") if (word := said.strip())),
    )


def keeping_of(environment: Mapping[str, str]) -> Keeping:
    """What the environment says. Raises WrongUsage for what is no number, or out of its bounds."""
    said: dict[str, int] = {}
    for variable, each in zip(keeping.VARIABLES, fields(Keeping), strict=True):
        written, (low, high) = environment.get(variable, "").strip(), keeping.BOUNDS[each.name]
        if not written:
            continue
        if not (written.isascii() and written.isdecimal() and low <= int(written[:9]) <= high):
            raise WrongUsage(f"${variable} is no whole number from {low} to {high:,}.")
        said[each.name] = int(written)
    return Keeping(**said)


def default_store(environment: Mapping[str, str]) -> Path:
    """`store/` beside app.py in a checkout; for an installed wheel, `outcomes` in the user's own data folder.

    That is $XDG_DATA_HOME or ~/.local/share, ~/Library/Application Support on a Mac, %LOCALAPPDATA% on Windows.
    """
    checkout = Path(__file__).resolve().parents[1]
    if (checkout / "app.py").is_file() and (checkout / "pyproject.toml").is_file():
        return checkout / "store"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "outcomes"
    if sys.platform == "win32":
        return Path(environment.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "outcomes"
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "outcomes"

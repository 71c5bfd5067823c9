"""The command `outcomes audit`, or `store audit`: who did what, and the chain's end, to be written down elsewhere."""

from __future__ import annotations

import argparse
from typing import Any

from dashboard import audit, settings
from dashboard.audit_head import head_said, named, sent
from dashboard.errors import WrongUsage
from dashboard.terminal import DONE, print_json, say, tell

SHOWN = 20
OTHERS = ("number", "at", "viewer", "role", "what", "code")
"""What stands at the beginning of a line on screen, or not at all."""


def run(held: settings.Settings, chosen: argparse.Namespace) -> int:
    """The last lines, or with ``--json`` every one, and the head."""
    lines, head = audit.lines_of(held.audit), audit.head_of(held.audit)
    if chosen.json:
        print_json({"head": str(head), "lines": lines})
        return DONE
    for line in lines[-SHOWN:]:
        tell(_told(line))
    if len(lines) > SHOWN:
        say(f"The last {SHOWN} of {len(lines):,} lines; all of them: --json.")
    tell(f"Head: {head}")
    say(
        "Write the head down where nobody who can change this store can. Later `outcomes store verify --head "
        "NUMBER:CODE` tells whether every line up to it is still there."
    )
    return DONE


def complaints(held: settings.Settings, said: str | None) -> list[str]:
    """What is wrong with the audit, held against the manifests, what was sent elsewhere, and the head that was said."""
    head = head_said(said) if said else None
    if said and head is None:
        raise WrongUsage(f'"{said}" is no head of an audit. Write NUMBER:CODE, as `outcomes store audit` shows it.')
    return audit.verify(held.audit, head, [*named(held.audit), *sent(held.audit_head)])


def _told(line: dict[str, Any]) -> str:
    """A line for a person: number, when, who, and then what."""
    rest = (f"{name}={value}" for name, value in line.items() if name not in OTHERS and value not in (None, {}, []))
    who = f"{line.get('viewer', '')} ({line.get('role', '')})" if line.get("viewer") else "-"
    return f"{line['number']}  {line.get('at', '')}  {who}  {line.get('what', '')}  {', '.join(rest)}"

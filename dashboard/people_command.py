"""The command `outcomes people`: who may sign in, listed, checked, added and taken out; and who was turned away.

It writes the same `people.toml` that a person may write by hand: an entry is added at the end or taken out whole, and
every other line stays as it is, comments too.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dashboard import accounts, settings
from dashboard.access import OPERATOR, ROLES
from dashboard.accounts import CLAIMS, ENTRA, Account, Accounts
from dashboard.errors import NoData, Refused, WrongUsage
from dashboard.private import kept_text
from dashboard.terminal import DONE, REFUSED, print_json, say, tell

ACTIONS = ("list", "check", "add", "remove", "refused")
SHOWN = 20
HOW_TO_ADD = (
    "Hear the number from the person, and nobody else; then `outcomes people add --number NUMBER --role ROLE --name "
    "NAME`."
)
BEGINNING = """\
# Who may sign in. See docs/roles.md; `outcomes people check` tells whether it is as it should be.

[practice]
managers = "exact"    # or "protected": what managers are told is rounded, and small groups are left out
surgeons = "named"    # or "masked": to managers, surgeons are numbers
"""


def words(parser: argparse.ArgumentParser) -> None:
    """What may be done, and with whom."""
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--name", help="add and remove: by which the audit calls the person")
    parser.add_argument("--role", choices=ROLES, help="add: what the person may see and do")
    parser.add_argument("--surgeon", metavar="KEY", help="add: for a surgeon, the key in the records")
    parser.add_argument("--site", action="append", metavar="NAME", help="add: this site alone; may be given again")
    parser.add_argument("--number", help="add: the number that the person was told when turned away")
    for claim in CLAIMS:
        parser.add_argument(f"--{claim}", help="add, without a number: who it is to the provider")
    parser.add_argument(
        "--same-person", action="store_true", help="add: whoever had this name here before is this person"
    )
    parser.add_argument("--json", action="store_true")


def run(chosen: argparse.Namespace) -> int:
    """Do what was chosen with the people of a store."""
    held = settings.read(store=chosen.store)
    if not held.store.is_dir():
        raise NoData(f"There is no store {held.store}. Import records, or serve the sample data.")
    act = {"list": _list, "check": _check, "add": _add, "remove": _remove, "refused": _refused}[chosen.action]
    return act(held, chosen)


def _list(held: settings.Settings, chosen: argparse.Namespace) -> int:
    read = accounts.read(held.store)
    rows = [
        {"name": each.name, "role": each.role, "surgeon": each.surgeon, "sites": each.sites, **each.identity}
        for each in read.people
    ]
    if chosen.json:
        print_json({"practice": vars(read.practice), "people": rows, "complaint": read.complaint})
    else:
        for each in read.people:
            tell(f"{each.name}: {_scope_words(each)}")
    if read.complaint:
        say(read.complaint)
    return REFUSED if read.complaint else DONE


def _check(held: settings.Settings, chosen: argparse.Namespace) -> int:
    read = accounts.read(held.store)
    notes = (
        []
        if read.complaint
        else [*accounts.known_in_two_ways(read.people), *_not_in_records(held, read), *_named_as_others(held, read)]
    )
    if chosen.json:
        print_json({"complaint": read.complaint, "notes": notes, "people": len(read.people)})
    elif not read.complaint:
        number = len(read.people)
        whether = "can be read, but look at this" if notes else "is as it should be"
        tell(f"{accounts.FILE} {whether}: {number} {'person' if number == 1 else 'people'} may sign in.")
    for said in [read.complaint] if read.complaint else notes:
        say(said)
    return REFUSED if read.complaint else DONE


def _add(held: settings.Settings, chosen: argparse.Namespace) -> int:
    if not (chosen.name and chosen.role):
        raise WrongUsage("Say who it is and what they may do: --name NAME --role ROLE.")
    claims = {claim: getattr(chosen, claim) for claim in CLAIMS if getattr(chosen, claim)}
    if bool(chosen.number) == bool(claims):
        raise WrongUsage(
            "Say who it is to the provider: --number NUMBER, as the person was told when turned away, or --iss and "
            "--sub, or for Entra ID --tid and --oid."
        )
    identity = _identity(_claims_of(held, chosen.number) if chosen.number else claims)
    entry = {
        "name": chosen.name, "role": chosen.role, "surgeon": chosen.surgeon, "sites": chosen.site, **identity,
    }  # fmt: skip
    before = _written(held.store)
    after = _appended(before if before is not None else BEGINNING, entry)
    read = _whole(after)
    if not chosen.same_person and _named_as_others(held, Accounts(read.people[-1:])):
        raise Refused(
            f'"{chosen.name}" is known here as somebody else: the notes and views under that name would be this '
            "person's. Choose another name, or say --same-person where it is the same person. Nothing was changed."
        )
    said = {"added": chosen.name, "as": chosen.role, **_scope(chosen.surgeon, chosen.site)}
    _write(held, before, after, said | ({accounts.SAME_PERSON: True} if chosen.same_person else {}))
    tell(f"{chosen.name} may sign in: {_scope_words(read.people[-1])}.")
    for note in _not_in_records(held, Accounts(read.people[-1:])):
        say(note)
    return DONE


def _remove(held: settings.Settings, chosen: argparse.Namespace) -> int:
    if not chosen.name:
        raise WrongUsage("Say who is to be taken out: --name NAME, as `outcomes people list` shows it.")
    before = _written(held.store) or ""
    read = _whole(before)
    places = [place for place, each in enumerate(read.people) if each.name == chosen.name]
    if not places:
        raise Refused(f'No "{chosen.name}" may sign in. `outcomes people list` shows who may. Nothing was changed.')
    after = _without(before, places[0])
    left = _whole(after)
    if left.people != (*read.people[: places[0]], *read.people[places[0] + 1 :]) or left.practice != read.practice:
        raise Refused(f"{accounts.FILE} is written so that no entry can be taken out by itself. Take it out by hand.")
    _write(held, before, after, {"removed": chosen.name, "was": read.people[places[0]].role})
    tell(f"{chosen.name} may no longer sign in; a session that is open ends.")
    return DONE


def _refused(held: settings.Settings, chosen: argparse.Namespace) -> int:
    read = accounts.read(held.store)
    lines = [line for line in accounts.lately_turned_away(held.audit) if read.viewer(line["claims"]) is None][:SHOWN]
    if chosen.json:
        print_json(
            [
                {"number": line["quoted"], "at": line["at"], "why": read.why_not(line["claims"]), **line["claims"]}
                for line in lines
            ]
        )
        return DONE
    for line in lines:
        claims = ", ".join(f"{claim} {value}" for claim, value in line["claims"].items())
        tell(f"{line['quoted']}  {line['at']}  {claims}")
        if read.known(line["claims"]):
            say(read.why_not(line["claims"]))
    if not all(read.known(line["claims"]) for line in lines):
        say(HOW_TO_ADD)
    elif not lines:
        say("Nobody was turned away.")
    return DONE


def _claims_of(held: settings.Settings, number: str) -> dict[str, str]:
    """What the provider said of whoever was told this number."""
    quoted = "".join(number.split())
    found = [line["claims"] for line in accounts.lately_turned_away(held.audit) if line["quoted"] == quoted]
    if len(found) != 1:
        raise Refused(
            f'"{number}" was told to {"nobody" if not found else "more than one person"} here. `outcomes people '
            "refused` lists who was turned away; say --iss and --sub. Nothing was changed."
        )
    return dict(found[0])


def _identity(claims: Mapping[str, str]) -> dict[str, str]:
    """What is written of the claims: for Entra ID tenant and object, else issuer and subject."""
    if not (claims.get("tid") and claims.get("oid")):
        return {claim: claims[claim] for claim in ("iss", "sub") if claims.get(claim)}
    usual = claims.get("iss", "") in ("", ENTRA.format(tid=claims["tid"]))
    return {claim: claims[claim] for claim in (("tid", "oid") if usual else ("iss", "tid", "oid"))}


def _scope(surgeon: str | None, sites: Iterable[str] | None) -> dict[str, Any]:
    said = {"surgeon": surgeon, "sites": list(sites) if sites else None}
    return {name: value for name, value in said.items() if value}


def _scope_words(each: Account) -> str:
    of = [f"of {each.surgeon}"] if each.surgeon else []
    at = [f"at {', '.join(each.sites)}"] if each.sites else []
    return " ".join([each.role, *of, *at])


def _written(store: Path) -> str | None:
    """The file as it stands. Raises Refused where it may not be believed: that is mended first."""
    text, complaint = kept_text(store / accounts.FILE)
    if complaint:
        raise Refused(f"{complaint} Nothing was changed.")
    return text


def _whole(text: str) -> Accounts:
    read = accounts.accounts_in(text)
    if read.complaint:
        raise Refused(f"{read.complaint.partition(': ')[2]} Nothing was changed.")
    return read


def _appended(text: str, entry: Mapping[str, Any]) -> str:
    # Text in JSON is text in TOML too, and a list of texts a list of them.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items() if value]
    return "\n".join([text.rstrip("\n"), "", "[[person]]", *lines, ""])


def _without(text: str, place: int) -> str:
    """The text without one entry, from its header to the next table; what stands just above that stays."""
    lines, begins = text.splitlines(keepends=True), accounts.headers(text)
    if place >= len(begins):
        return text
    start = begins[place]
    later = (n for n, line in enumerate(lines) if n > start and line.lstrip().startswith("["))
    end = next(later, len(lines))
    while end < len(lines) and end - 1 > start and (not (above := lines[end - 1].strip()) or above.startswith("#")):
        end -= 1
    return "".join([*lines[:start], *lines[end:]])


def _write(held: settings.Settings, before: str | None, after: str, said: Mapping[str, Any]) -> None:
    """Put the file in the place of what was read, whole or not at all, on record before and after."""
    from dashboard.engines.disk import in_words, replace
    from dashboard.recorded import Recorded

    recorded = Recorded(held.opened_audit(), OPERATOR, accounts.CHANGED).begun(**said)
    if _written(held.store) != before:
        recorded.refused()
        raise Refused(f"{accounts.FILE} was changed meanwhile. Look at it, and say it again. Nothing was changed.")
    with in_words(accounts.FILE):
        replace(held.store / accounts.FILE, after.encode())
    recorded.done(**said)


def _not_in_records(held: settings.Settings, read: Accounts) -> list[str]:
    """A sentence for each surgeon and site that the current generation does not know; none where nothing is there."""
    from dashboard.cohort import Cohort
    from dashboard.query_command import opened

    try:
        records = opened(held.store, Cohort(every_operation=True))
    except NoData:
        return []
    return accounts.unknown(read, records.choices("surgeon"), records.choices("site"))


def _named_as_others(held: settings.Settings, read: Accounts) -> list[str]:
    """A sentence for each person by whose name somebody else is known here, who would be taken for that one."""
    from dashboard.engines.notebook import Notebook

    wrote = Notebook(held.store).authors()
    return [
        f"{each.name}: somebody else had this name here, whose notes and views are now this person's. Give this person "
        "another name; where it is the same person, take the entry out and add it with --same-person."
        for each in accounts.borne_before(read.people, held.audit, wrote)
    ]

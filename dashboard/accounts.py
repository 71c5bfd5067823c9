"""Who may sign in, with which role and scope: `people.toml` in the store, read anew at each check.

::

    [practice]
    managers = "exact"          # or "protected": what managers count is told as `dashboard.disclosure` lets it
    surgeons = "named"          # or "masked": to managers, surgeons are numbers

    [[person]]
    name = "Anna Berg"
    role = "surgeon"
    surgeon = "S03"             # of a surgeon alone: the key in the records
    sites = ["North"]           # left out: every site
    iss = "https://login.clinic.example/realms/clinic"
    sub = "6f1f0c5e-1f7b-4f0e-9a55-2f6a4a1f2c11"

A file that is missing, broken or open to others lets nobody in, and says so to whoever keeps it. Nobody is known by a
mail address: it can be given to another person. Where the provider is Entra ID, ``tid`` and ``oid`` stand for ``sub``.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from dashboard.access import OPERATOR, ROLES, VISITOR, Viewer
from dashboard.audit import Audit, lines_of
from dashboard.errors import DefinitionsWrong
from dashboard.private import kept_text
from dashboard.repeated import often
from dashboard.strict import check_keys, check_words, made, toml_of

FILE = "people.toml"
CLAIMS = ("iss", "sub", "tid", "oid")
"""What a provider says of somebody that never changes; nothing else of a token is looked at or kept."""
MANAGERS, SURGEONS = ("exact", "protected"), ("named", "masked")
ENTRA = "https://login.microsoftonline.com/{tid}/v2.0"
LOOPBACK = ("127.0.0.1", "::1", "localhost")
SIGN_IN, NOT_KNOWN = "sign_in", "Nobody with an account here."
"""What the audit calls it when somebody wants to come in, and why nobody let them."""
TWICE = "The entries {names} are of one person, who comes in by neither: take one of them out."
CAME_IN, CHANGED, SAME_PERSON = "sign-in", "people", "same_person"
"""What the audit calls it: somebody came in; who may was changed; and a name stays that of the same person."""
UNKNOWN = "not known"
"""By which the audit calls whoever was turned away."""
HEADER = re.compile(r"\s*\[\[\s*person\s*\]\]\s*(#.*)?")
DIGITS = 6


@dataclass(frozen=True)
class Account:
    """One entry: who it is to the provider, and what they may see here. sites: None for every one."""

    name: str
    role: str
    iss: str = ""
    sub: str = ""
    tid: str = ""
    oid: str = ""
    surgeon: str | None = None
    sites: tuple[str, ...] | None = None

    @property
    def issuer(self) -> str:
        """The provider that speaks for this person; of Entra ID it follows from the tenant."""
        return self.iss or (ENTRA.format(tid=self.tid) if self.tid else "")

    @cached_property
    def identity(self) -> dict[str, str]:
        """The claims by which this person is known, all of which must be so; asked of everybody at each look."""
        said = {"iss": self.issuer, "sub": self.sub, "tid": self.tid, "oid": self.oid}
        return {claim: value for claim, value in said.items() if value}


@dataclass(frozen=True)
class Practice:
    """What the practice has decided of its managers: how exactly they are told counts, and surgeons' names."""

    managers: str = "exact"
    surgeons: str = "named"


@dataclass(frozen=True)
class Accounts:
    """Everybody who may sign in. complaint: why nobody may, and what to do; empty where nothing is wrong."""

    people: tuple[Account, ...] = ()
    practice: Practice = Practice()
    complaint: str = ""

    def known(self, claims: Mapping[str, str]) -> list[Account]:
        """The entries that fit the claims of a token: one, or none; more where somebody was entered twice."""
        said = dict(claims).items()
        return [each for each in self.people if each.identity.items() <= said]

    def why_not(self, claims: Mapping[str, str]) -> str:
        """Why nobody comes in with these claims, as the audit says it."""
        names = [each.name for each in self.known(claims)]
        return TWICE.format(names=" and ".join(names)) if len(names) > 1 else NOT_KNOWN

    def viewer(self, claims: Mapping[str, str]) -> Viewer | None:
        """Who comes in with these claims of a token that was checked; None for whoever is not known, or known twice."""
        known = self.known(claims)
        if len(known) != 1:
            return None
        person = known[0]
        manages = person.role == "manager"
        return Viewer(
            person.name, person.role, person.surgeon, person.sites,  # type: ignore[arg-type]  # checked when read
            protected=manages and self.practice.managers == "protected",
            masked=manages and self.practice.surgeons == "masked",
        )  # fmt: skip


def read(store: Path) -> Accounts:
    """Who may sign in now; nobody, and why, where the file does not say it as it should. Never raises."""
    path = store / FILE
    text, complaint = kept_text(path)
    if complaint:
        return Accounts(complaint=f"Nobody can sign in. {complaint}")
    if text is None:
        return Accounts(complaint=f"Nobody can sign in: there is no {path}. Make it with `outcomes people add`.")
    return accounts_in(text)


@lru_cache(maxsize=8)
def accounts_in(text: str) -> Accounts:
    """What the text of a file says; nobody, and why, where anything in it is wrong. Never raises."""
    try:
        written = toml_of(text, FILE)
        check_keys(FILE, written, ("practice", "person"))
        practice = _practice(written.get("practice", {}))
        people = tuple(_people(written.get("person", []), text))
        _check_once(people)
    except DefinitionsWrong as problem:
        return Accounts(complaint=f"Nobody can sign in until this is mended: {problem.message}")
    return Accounts(people, practice)


def unknown(accounts: Accounts, surgeons: Collection[str], sites: Collection[str]) -> list[str]:
    """A sentence for each person whose surgeon's key or site is not in the records; that closes nobody out.

    surgeons, sites: the names in the current generation.
    """
    said = []
    for person in accounts.people:
        gone = [("surgeon", person.surgeon, surgeons), *(("site", site, sites) for site in person.sites or ())]
        said += [
            f'{person.name}: no {kind} "{name}" is in the records now, so nothing of it is shown.'
            for kind, name, known in gone
            if name is not None and name not in known
        ]
    return said


def known_in_two_ways(people: Collection[Account]) -> list[str]:
    """A sentence for each issuer at which some are known by ``sub`` and others by ``tid`` and ``oid``.

    One person may stand there in both ways, which no file tells: only the token of that person has all three.
    """
    said = []
    for issuer in dict.fromkeys(each.issuer for each in people):
        there = [each for each in people if each.issuer == issuer]
        by_sub, by_oid = ([each.name for each in there if getattr(each, way)] for way in ("sub", "oid"))
        if by_sub and by_oid:
            said.append(
                f"At {issuer} some are known by sub ({', '.join(by_sub)}) and some by tid and oid "
                f"({', '.join(by_oid)}): whoever stands there in both ways comes in by neither. Write all in one way."
            )
    return said


def borne_before(people: Collection[Account], folder: Path, wrote: Collection[str]) -> list[Account]:
    """Those by whose name the audit in a folder, or what was written, knows somebody else.

    What was written under a name belongs to whoever bears it. wrote: the names of those who wrote.
    """
    came_in, writers = _came_in(folder), set(map(_plain, wrote))

    def is_anothers(name: str, identity: Mapping[str, str]) -> bool:
        known = came_in.get(name)
        if known is None:
            return name in writers
        return not all(identity.items() <= claims.items() for claims in known)

    return [each for each in people if is_anothers(_plain(each.name), each.identity)]


def headers(text: str) -> list[int]:
    """The lines, counted from 0, with which the entries of a file begin."""
    return [place for place, line in enumerate(text.splitlines()) if HEADER.fullmatch(line)]


def number_of(audit: Audit, claims: Mapping[str, str]) -> str:
    """The number to quote for somebody who is not let in. One person has one number."""
    words = "\n".join(f"{claim} {value}" for claim, value in sorted(_of_who(claims).items()))
    number = int.from_bytes(audit.keyed(f"turned away\n{words}")[:8], "big") % 10**DIGITS
    return f"{number:0{DIGITS}d}"


def turned_away(audit: Audit, claims: Mapping[str, str], why: str = NOT_KNOWN, times: int = 1) -> str:
    """The same, on record before it is told. times: how often, since it was last put on record."""
    quoted = number_of(audit, claims)
    said = {"viewer": UNKNOWN, "role": "", "question": SIGN_IN, "why": why, "quoted": quoted}
    audit.refused(said | {"claims": _of_who(claims)} | often(times))
    return quoted


def lately_turned_away(folder: Path) -> list[dict[str, Any]]:
    """Those lines of an audit's folder, the latest first: one for each person, as ``turned_away`` wrote it."""
    lines = [
        line for line in lines_of(folder)
        if line.get("question") == SIGN_IN and "quoted" in line and _names_claims(line)
    ]  # fmt: skip
    by_person = {tuple(sorted(line["claims"].items())): line for line in lines}
    return sorted(by_person.values(), key=lambda line: -int(line["number"]))


def guarded_address(said: str) -> SplitResult | None:
    """The parts of an address at which nobody on the way can change what is said; None for every other.

    By TLS, or on this machine itself.
    """
    try:
        parts = urlsplit(said)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    is_guarded = bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK))
    return parts if is_guarded else None


def _of_who(claims: Mapping[str, str]) -> dict[str, str]:
    return {claim: str(claims[claim]) for claim in CLAIMS if claims.get(claim)}


def _names_claims(line: Mapping[str, Any]) -> bool:
    claims = line.get("claims")
    return isinstance(claims, dict) and all(isinstance(one, str) for one in claims.values())


def _came_in(folder: Path) -> dict[str, list[dict[str, str]]]:
    """With which claims somebody signed in by each name, since it was last said that it is the same person."""
    found: dict[str, list[dict[str, str]]] = {}
    for line in lines_of(folder):
        if line.get("change") == CAME_IN and _names_claims(line):
            found.setdefault(_plain(line.get("viewer")), []).append(line["claims"])
        elif line.get("change") == CHANGED and line.get("step") == "done" and line.get(SAME_PERSON):
            found[_plain(line.get("added"))] = []
    return found


def _plain(name: object) -> str:
    """A name as it is held against others: whatever its capitals, its blanks, and how its accents are made."""
    return " ".join(unicodedata.normalize("NFC", unicodedata.normalize("NFC", str(name)).casefold()).split())


def _practice(entry: Any) -> Practice:
    practice = made(Practice, entry, f"{FILE}, [practice]")
    check_words(f'{FILE}, [practice], key "managers"', [practice.managers], MANAGERS, "word for what managers are told")
    check_words(f'{FILE}, [practice], key "surgeons"', [practice.surgeons], SURGEONS, "word for how surgeons stand")
    return practice


def _people(entries: Any, text: str) -> Iterator[Account]:
    if not isinstance(entries, list):
        raise DefinitionsWrong(f"{FILE}: each person begins with a line [[person]], in two brackets.")
    lines = headers(text)
    for place, entry in enumerate(entries):
        line = f", line {lines[place] + 1}" if len(lines) == len(entries) else ""
        name = entry.get("name") if isinstance(entry, Mapping) else None
        where = f"{FILE}{line}, {name or f'person {place + 1}'}"
        if isinstance(entry, Mapping) and (mail := {"email", "mail", "upn", "preferred_username"} & set(entry)):
            raise DefinitionsWrong(
                f'{where}, key "{min(mail)}": nobody is known by a mail address or user name, which can be given to '
                "another person. Write iss and sub, or for Entra ID tid and oid."
            )
        person = made(Account, entry, where)
        _check(person, where)
        yield person


def _check(person: Account, where: str) -> None:
    if not person.name.strip() or not person.name.isprintable():
        raise DefinitionsWrong(f'{where}, key "name": write the name by which the audit is to call this person.')
    if _plain(person.name) in (OPERATOR.name, VISITOR.name, UNKNOWN):
        raise DefinitionsWrong(f'{where}, key "name": the audit calls somebody else so. Write another name.')
    check_words(f'{where}, key "role"', [person.role], ROLES, "role")
    _check_scope(person, where)
    _check_identity(person, where)


def _check_scope(person: Account, where: str) -> None:
    if (person.role == "surgeon") != bool(person.surgeon):
        raise DefinitionsWrong(
            f'{where}, key "surgeon": '
            + ("write the surgeon's key in the records." if not person.surgeon else "only the role surgeon has one.")
        )
    if person.sites is not None and person.role in ("auditor", "operator"):
        raise DefinitionsWrong(f'{where}, key "sites": the role {person.role} is of the whole practice. Leave it out.')
    if person.sites == () or len(set(person.sites or ())) != len(person.sites or ()):
        raise DefinitionsWrong(f'{where}, key "sites": name each site once; for every site leave it out.')


def _check_identity(person: Account, where: str) -> None:
    if bool(person.sub) == bool(person.oid) or bool(person.tid) != bool(person.oid) or not person.issuer:
        raise DefinitionsWrong(
            f"{where}: who this is to the provider is not said. Write iss and sub, or for Entra ID tid and oid."
        )
    parts = guarded_address(person.issuer)
    if parts is None:
        raise DefinitionsWrong(
            f'{where}, key "iss": "{person.issuer}" is no https address. Copy the provider\'s issuer.'
        )
    if person.tid and person.tid not in parts.path.split("/"):
        raise DefinitionsWrong(
            f'{where}: the issuer "{person.issuer}" is not of the tenant "{person.tid}". Leave iss out, or mend tid.'
        )
    for claim in ("sub", "tid", "oid"):
        if "@" in getattr(person, claim):
            raise DefinitionsWrong(
                f'{where}, key "{claim}": this is a mail address, which can be given to another person. Have the '
                "provider send an identifier that never changes."
            )


def _check_once(people: Collection[Account]) -> None:
    for name, times in Counter(_plain(person.name) for person in people).items():
        if times > 1:
            raise DefinitionsWrong(f'{FILE}: "{name}" stands there twice: the audit could not tell them apart.')
    whose: dict[tuple[tuple[str, str], ...], str] = {}
    for person in people:
        identity = tuple(person.identity.items())
        if identity in whose:
            raise DefinitionsWrong(f"{FILE}: {whose[identity]} and {person.name} are one identity. Take one entry out.")
        whose[identity] = person.name

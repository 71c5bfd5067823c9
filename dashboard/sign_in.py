"""How people sign in: with an account of the clinic's own, at an OpenID Connect provider; `sign_in.toml` in the store.

::

    public_address = "https://outcomes.clinic.example"    # what people type; TLS ends before the app, on this machine

    [providers.clinic]
    label = "your clinic account"                         # after "Sign in with"
    issuer = "https://login.clinic.example/realms/clinic"
    client_id = "spine-outcomes"
    client_secret = "…"

Without that file nobody signs in, and the app is for whoever has opened it from this computer. Who may come in, and as
what, stands in another file (`dashboard.accounts`).
"""

from __future__ import annotations

import hmac
import re
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from dashboard import accounts
from dashboard import cookies as sent
from dashboard.access import Viewer
from dashboard.audit import Audit, latest
from dashboard.engines.sessions import Session, Sessions
from dashboard.errors import DefinitionsWrong, Refused, StoreDamaged
from dashboard.private import kept_text, secret
from dashboard.repeated import Repeated
from dashboard.strict import made, toml_of

FILE, KEY = "sign_in.toml", "sign_in.key"
NAME = re.compile(r"[a-z][a-z0-9]{0,19}")
DISCOVERY = "/.well-known/openid-configuration"
ANY_TENANT = ("/common/", "/organizations/", "/consumers/")
NEEDED = ("authlib", "httpx2")
SESSION_SECONDS, IDLE_SECONDS = 12 * 3_600, 30 * 60
NOTED_SECONDS = 30.0
"""That somebody was there is not written down again so soon."""
CLOCKS_APART = 120.0
"""Seconds by which a provider's clock may be wrong."""
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Provider:
    """One source of identities. issuer: as it names itself in its tokens; its metadata stand below that address."""

    label: str
    issuer: str
    client_id: str
    client_secret: str

    @property
    def metadata(self) -> str:
        """The address of what the provider says of itself."""
        return self.issuer.rstrip("/") + DISCOVERY


@dataclass(frozen=True)
class Arranged:
    """What the file says. public_address: the one origin under which people reach the app, such as https://a.example"""

    public_address: str
    providers: Mapping[str, Provider]


def arranged(store: Path) -> Arranged | None:
    """How people sign in; None where there is no such file.

    Raises Refused where it cannot be believed or what it needs is not installed, and DefinitionsWrong for what it says.
    """
    text, complaint = kept_text(store / FILE)
    if complaint:
        raise Refused(f"Nobody can sign in. {complaint}")
    if text is None:
        return None
    said = arranged_in(text)
    if any(find_spec(name) is None for name in NEEDED):
        raise Refused(
            f"{FILE} is there, but what signing in needs is not installed. Install it where the app runs: "
            "pip install --require-hashes -r requirements-auth.txt"
        )
    return said


def arranged_in(text: str) -> Arranged:
    """What the text of a file says. Raises DefinitionsWrong, in words, for whatever is wrong with it."""
    said = made(Arranged, toml_of(text, FILE), FILE)
    here = _address(FILE, "public_address", said.public_address)
    if here.path or said.public_address != f"{here.scheme}://{here.netloc}".lower():
        raise DefinitionsWrong(
            f'{FILE}, key "public_address": write "{here.scheme}://{here.netloc.lower()}", with nothing after the name.'
        )
    if (here.scheme, here.port) in (("https", 443), ("http", 80)):
        raise DefinitionsWrong(f'{FILE}, key "public_address": leave out :{here.port}, as browsers do.')
    if not said.providers:
        raise DefinitionsWrong(f"{FILE}: name at least one provider, in a part [providers.NAME].")
    for name, provider in said.providers.items():
        _check(name, provider)
    issuers = [provider.issuer for provider in said.providers.values()]
    if len(set(issuers)) < len(issuers):
        raise DefinitionsWrong(f"{FILE}: two providers have one issuer. Take one out.")
    return said


def _check(name: str, provider: Provider) -> None:
    where = f"{FILE}, [providers.{name}]"
    if not NAME.fullmatch(name):
        raise DefinitionsWrong(f"{where}: a name has a to z and 0 to 9 only, at most 20 of them, a letter first.")
    for key in ("label", "client_id", "client_secret"):
        if not getattr(provider, key).strip():
            raise DefinitionsWrong(f'{where}, key "{key}": nothing is written.')
    for key in ("client_id", "client_secret"):
        # The provider is told them in a header, which has no other signs.
        if not (getattr(provider, key).isascii() and getattr(provider, key).isprintable()):
            raise DefinitionsWrong(
                f'{where}, key "{key}": it has signs that no provider gives. Copy it from the provider once more.'
            )
    issuer = _address(where, "issuer", provider.issuer)
    if DISCOVERY in issuer.path:
        raise DefinitionsWrong(f'{where}, key "issuer": leave out {DISCOVERY}, which every provider has.')
    if any(word in f"{issuer.path}/" for word in ANY_TENANT):
        raise DefinitionsWrong(
            f'{where}, key "issuer": people of every organisation could sign in there. Write the tenant of your own: '
            f'"{accounts.ENTRA.format(tid="TENANT")}".'
        )


def _address(where: str, key: str, said: str) -> SplitResult:
    """An address that nobody on the way can change. Raises DefinitionsWrong for any other."""
    parts = accounts.guarded_address(said)
    if parts is None or parts.query or parts.fragment or parts.username or parts.password or set("?#\\ ") & set(said):
        raise DefinitionsWrong(f'{where}, key "{key}": "{said}" is no https address.')
    return parts


@dataclass(frozen=True)
class SignedIn:
    """What came of signing in. cookie: for the browser to keep; quoted: the number for somebody who is not known."""

    cookie: str = ""
    quoted: str = ""


@dataclass(frozen=True)
class SignIn:
    """Who is signed in at one store: the cookies, and the viewers that they stand for."""

    store: Path
    said: Arranged
    audit: Callable[[], Audit]
    clock: Callable[[], float] = time.time
    _noted: dict[str, float] = field(default_factory=dict)
    _strangers: dict[tuple[str, str], Repeated] = field(default_factory=dict)

    @property
    def origin(self) -> str:
        """Where the pages of whoever signs in come from; no header says it."""
        return self.said.public_address

    @property
    def host(self) -> str:
        """How the app is called by whoever signs in, to the letter."""
        return self.origin.partition("//")[2]

    @property
    def ways(self) -> Mapping[str, str]:
        """The label of each provider, by its name."""
        return {name: provider.label for name, provider in self.said.providers.items()}

    @property
    def cookie(self) -> str:
        """Its name. Behind TLS one that a browser takes from this very host alone, and over nothing but TLS."""
        return (
            "__Host-outcomes" if sent.is_by_tls(self.origin) else f"outcomes-session-{urlsplit(self.origin).port or 80}"
        )

    def there(self, cookies: str) -> tuple[Viewer | None, float]:
        """Who bears these cookies, and until when they may stay if nothing more is done, in seconds since 1970.

        With the role and scope that the file of people gives now; None, and 0 at once, for nobody, and for whoever is
        no longer named there.
        """
        found = self._found(cookies)
        if found is None:
            return None, 0.0
        until, viewer = self._end_of(found), self._viewer(found)
        if viewer is not None and until > self.clock():
            return viewer, until
        if why := self._why_over(found):
            with suppress(StoreDamaged):  # then it is ended, and on record, at the next look
                if self._sessions.end(self._key(cookies)):
                    self._over(found, why)
        return None, 0.0

    def used(self, cookies: str) -> None:
        """Somebody did something: the time after which they count as gone begins anew."""
        key, now = self._key(cookies), self.clock()
        if not now - NOTED_SECONDS <= self._noted.get(key, 0.0) <= now and self.there(cookies)[0]:
            self._noted[key] = now
            with suppress(StoreDamaged):  # then they count as gone the sooner
                self._sessions.used(key, now)
                self._let_go()

    def begin(self, provider: str, claims: Mapping[str, Any], cookies: str) -> SignedIn | None:
        """What comes of a token whose signature was checked; None where it is none for us, now.

        On record before it is told. Whoever was signed in with these cookies no longer is.
        """
        if not self._is_for_us(provider, claims):
            return None
        known = {name: claims[name] for name in accounts.CLAIMS if isinstance(claims.get(name), str)}
        self.end(cookies)
        self._let_go()
        read = accounts.read(self.store)
        viewer = read.viewer(known)
        if viewer is None:
            return SignedIn(quoted=self._turned_away(known, read.why_not(known)))
        self.audit().changed({"viewer": viewer.name, "role": viewer.role, "change": accounts.CAME_IN, "claims": known})
        token, now = secrets.token_urlsafe(TOKEN_BYTES), self.clock()
        self._sessions.begin(self._key_of(token), Session(provider, known, now, now))
        return SignedIn(sent.to_keep(self.cookie, token, SESSION_SECONDS, self.origin))

    def _turned_away(self, known: Mapping[str, str], why: str) -> str:
        """The number for somebody who is not let in: on record before it is told, and once for many times."""
        quoted = accounts.number_of(self.audit(), known)
        told = Repeated(lambda times: accounts.turned_away(self.audit(), known, why, times))
        self._strangers.setdefault((quoted, why), told).tried()
        return quoted

    def provider(self, cookies: str) -> str:
        """The name of the provider that spoke for whoever bears these cookies; empty for nobody."""
        found = self._found(cookies)
        return found.provider if found else ""

    def end(self, cookies: str) -> None:
        """Sign out whoever bears these cookies, in every window."""
        key = self._key(cookies)
        if key and (found := self._sessions.found(key)) and self._sessions.end(key):
            self._over(found, self._why_over(found))

    def gone(self) -> str:
        """What a browser is told so that it keeps our cookie no longer."""
        return sent.to_keep(self.cookie, "", 0, self.origin)

    def trouble(self) -> str:
        """Why nobody can be said to be signed in just now, in words; empty where nothing is wrong."""
        try:
            self._sessions.found("")
        except StoreDamaged as problem:
            return problem.message
        return ""

    def useless(self, cookies: str) -> list[str]:
        """The same for whoever is nobody, if there is one of ours among these."""
        return [self.gone()] if sent.named(cookies, self.cookie) else []

    @property
    def _sessions(self) -> Sessions:
        return Sessions(self.store)

    def _is_for_us(self, provider: str, claims: Mapping[str, Any]) -> bool:
        """Whether a token is of this provider, for this app and still good.

        The library that checks its signature takes one that names another app as its audience, if only the token was
        asked for by ours.
        """
        by = self.said.providers.get(provider)
        audience = claims.get("aud")
        ours = audience == [by.client_id] or audience == by.client_id if by else False
        ends = claims.get("exp")
        good = isinstance(ends, int | float) and ends > self.clock() - CLOCKS_APART
        return by is not None and claims.get("iss") == by.issuer and ours and good

    def _viewer(self, session: Session) -> Viewer | None:
        return accounts.read(self.store).viewer(session.claims) if session.provider in self.said.providers else None

    def _end_of(self, session: Session) -> float:
        # One of the future began, or was used, while the clock was ahead: how long ago that was nobody knows.
        ahead = max(session.began, session.used) > self.clock() + CLOCKS_APART
        return 0.0 if ahead else min(session.began + SESSION_SECONDS, session.used + IDLE_SECONDS)

    def _why_over(self, session: Session) -> str:
        """Why a session has ended by itself; empty for one that goes on.

        Nor has one ended where nobody can be told just now: people.toml is being mended, or the clock is wrong.
        """
        now = self.clock()
        if session.began <= now - SESSION_SECONDS:
            return "Twelve hours were over."
        if session.used <= now - IDLE_SECONDS:
            return "Nothing was done for half an hour."
        if session.provider not in self.said.providers:
            return f"The way by which they came was taken out of {FILE}."
        read = accounts.read(self.store)
        if read.complaint or read.viewer(session.claims):
            return ""
        return read.why_not(session.claims) if read.known(session.claims) else f"{accounts.FILE} has no such entry now."

    def _let_go(self) -> None:
        """End the sessions of browsers that come no more: each is on record, as those are that are looked at."""
        now = self.clock()
        for session in self._sessions.let_go(now - SESSION_SECONDS, now - IDLE_SECONDS):
            self._over(session, self._why_over(session))

    def _over(self, session: Session, why: str) -> None:
        """Put on record that somebody is signed in no more, by the name that they came in with. why: if by itself."""
        said = {"what": "change", "change": accounts.CAME_IN, "claims": dict(session.claims)}
        came_in = latest(self.audit().path.parent, **said) or {"viewer": accounts.UNKNOWN, "role": ""}
        who = {name: came_in[name] for name in ("viewer", "role")}
        self.audit().changed({**who, "change": "sign-out", **({"why": why} if why else {})})

    def _found(self, cookies: str) -> Session | None:
        key = self._key(cookies)
        with suppress(StoreDamaged):  # then nobody is signed in
            return self._sessions.found(key) if key else None
        return None

    def _key(self, cookies: str) -> str:
        """The key of the one session that these cookies name; empty for none, and for two: nobody is two people."""
        token = sent.only(cookies, self.cookie)
        return self._key_of(token) if token else ""

    def _key_of(self, token: str) -> str:
        # With the secret: whoever takes it away ends every session, and who reads the table alone has no cookie.
        return hmac.digest(secret(self.store / KEY), f"session {token}".encode("utf-8", "replace"), "sha256").hex()


def signing_secret(store: Path) -> str:
    """What Streamlit signs with while somebody is on the way to a provider and back."""
    return hmac.digest(secret(store / KEY), b"on the way", "sha256").hex()

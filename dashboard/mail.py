"""Mail by SMTP, where somebody has set it up: the one thing by which this machine speaks to another of its own accord.

Nothing is sent unless all that is needed is said by the environment. What is sent is a few lines of ours, and a file
only where whoever runs a command asks for it.
"""

from __future__ import annotations

import os
import re
import shlex
import smtplib
import ssl
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path

from dashboard.errors import MailFailed, WrongUsage
from dashboard.harmless import harmless

STARTTLS, TLS, PLAIN = "starttls", "tls", "none"
PORTS = {STARTTLS: 587, TLS: 465, PLAIN: 25}
"""By security, the port unless another is said."""
TO, FROM, SERVER, PORT, SECURITY, USER, PASSWORD_FILE = VARIABLES = tuple(
    f"OUTCOMES_MAIL_{word}" for word in ("TO", "FROM", "SERVER", "PORT", "SECURITY", "USER", "PASSWORD_FILE")
)
NEEDED = (TO, FROM, SERVER)
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
"""What stands before and after the @, without quotation marks or a name: nothing that could begin another header."""
HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}")
SECONDS = 30
"""So long one answer of the server is waited for."""

WHY: Mapping[type[Exception], str] = {
    ssl.SSLCertVerificationError: "its certificate is not to be trusted, so nothing was said to it",
    smtplib.SMTPAuthenticationError: "it does not take this user and password",
    smtplib.SMTPNotSupportedError: "it cannot do what was asked for: a safe connection, or signing in",
    smtplib.SMTPRecipientsRefused: "it takes no mail for these addresses",
    TimeoutError: "it did not answer in time",
    smtplib.SMTPServerDisconnected: "it ended the conversation, or speaks another language on this port",
    ssl.SSLError: "it ended the conversation, or speaks another language on this port",
}


@dataclass(frozen=True)
class Post:
    """Where mail goes and by which server. security: STARTTLS, TLS or PLAIN; user: empty where nobody signs in."""

    to: tuple[str, ...]
    sender: str
    server: str
    port: int
    security: str = STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True)
class Enclosed:
    """A file that goes with a mail: its name, its kind (``application/pdf``) and its bytes."""

    name: str
    kind: str
    content: bytes


def post(environment: Mapping[str, str] | None = None) -> Post:
    """How mail is sent from here. Raises WrongUsage where it is not set up, or not rightly, with what is missing."""
    environment = os.environ if environment is None else environment
    said = {name: environment.get(name, "").strip() for name in VARIABLES}
    if missing := [name for name in NEEDED if not said[name]]:
        raise WrongUsage(f"Mail is not set up: set {', '.join(f'${name}' for name in missing)}.")
    to = tuple(address.strip() for address in said[TO].split(","))
    for name, addresses in ((TO, to), (FROM, (said[FROM],))):
        if wrong := [address for address in addresses if not ADDRESS.fullmatch(address)]:
            raise WrongUsage(f'${name}: "{wrong[0]}" is no plain address, as in name@practice.example.')
    if not HOST.fullmatch(said[SERVER]):
        raise WrongUsage(f"${SERVER} is no name of a server.")
    security = said[SECURITY] or STARTTLS
    if security not in PORTS:
        raise WrongUsage(f"${SECURITY} is {', '.join(PORTS)}.")
    return Post(
        to, said[FROM], said[SERVER], _port(said[PORT], security), security, said[USER],
        _password(said[USER], said[PASSWORD_FILE], security),
    )  # fmt: skip


def send(by: Post, subject: str, text: str, enclosed: Sequence[Enclosed] = ()) -> None:
    """Send one mail. Raises MailFailed, in words, when the server did not take it for everybody."""
    mail = _written(by, subject, text, enclosed)
    try:
        with _connected(by) as server:
            if by.user:
                server.login(by.user, by.password)
            not_taken = server.send_message(mail)
    except (smtplib.SMTPException, OSError) as problem:
        raise MailFailed(
            f"The mail was not sent. {by.server}, port {by.port}: {_words(problem)}. What was done before stays done."
        ) from None
    if not_taken:
        raise MailFailed(f"The mail was sent, but the server takes none for {', '.join(not_taken)}.")


def _written(by: Post, subject: str, text: str, enclosed: Sequence[Enclosed]) -> EmailMessage:
    """The mail: a subject of one line, plain text, and what is enclosed."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(harmless(subject).split())
    mail["From"], mail["To"] = by.sender, ", ".join(by.to)
    mail["Date"] = format_datetime(datetime.now(UTC))
    mail["Message-ID"] = make_msgid(domain=by.sender.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(harmless(text))
    for each in enclosed:
        main, _, sub = each.kind.partition("/")
        name, read_as = " ".join(harmless(each.name).split()), {"charset": "utf-8"} if main == "text" else {}
        mail.add_attachment(each.content, maintype=main, subtype=sub, filename=name, params=read_as)
    return mail


def _connected(by: Post) -> smtplib.SMTP:
    """A conversation with the server, safe before anything of ours is said in it where that was asked for."""
    if by.security == TLS:
        return smtplib.SMTP_SSL(by.server, by.port, timeout=SECONDS, context=ssl.create_default_context())
    server = smtplib.SMTP(by.server, by.port, timeout=SECONDS)
    try:
        if by.security == STARTTLS:
            server.starttls(context=ssl.create_default_context())
    except BaseException:
        server.close()
        raise
    return server


def _words(problem: Exception) -> str:
    """Why a server did not take a mail, without its own words: they may be anything."""
    if isinstance(problem.__context__, TimeoutError):  # told as a conversation that was ended
        problem = problem.__context__
    known = next((words for kind, words in WHY.items() if isinstance(problem, kind)), "")
    if known:
        return known
    if isinstance(problem, smtplib.SMTPResponseException):
        return f"it refused (code {problem.smtp_code})"
    return f"it cannot be reached ({getattr(problem, 'strerror', '') or 'no such name'})"


def _port(said: str, security: str) -> int:
    if not said:
        return PORTS[security]
    if not (said.isascii() and said.isdecimal() and 1 <= int(said[:6]) <= 65_535):
        raise WrongUsage(f"${PORT} is no number of a port, from 1 to 65535.")
    return int(said)


def _password(user: str, file: str, security: str) -> str:
    """The password in this file. Raises WrongUsage where anybody else could read it, there or on its way."""
    if bool(user) != bool(file):
        raise WrongUsage(f"${USER} and ${PASSWORD_FILE} go together.")
    if not user:
        return ""
    if security == PLAIN:
        raise WrongUsage(f"No password is sent in clear: set ${SECURITY} to {STARTTLS} or {TLS}.")
    path = Path(file).expanduser()
    try:
        mode, password = path.stat().st_mode, path.read_text(encoding="utf-8").strip("\r\n")
    except (OSError, ValueError):
        raise WrongUsage(f"${PASSWORD_FILE}: {path} cannot be read.") from None
    if os.name != "nt" and mode & stat.S_IRWXO:
        raise WrongUsage(
            f"${PASSWORD_FILE}: {path} can be read by everybody. Mend that first: chmod o= {shlex.quote(str(path))}"
        )
    if not (password and password.isascii()):
        raise WrongUsage(f"${PASSWORD_FILE}: {path} holds no password of plain letters.")
    return password

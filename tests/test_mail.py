"""Mail: off until it is set up, sent to a real server on this computer, and never in clear where it should not be."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dashboard import mail, settings
from dashboard.errors import MailFailed, WrongUsage
from dashboard.mail import PLAIN, STARTTLS, TLS, Enclosed, Post, post, send
from tests.mailbox import HOST, Box, serving
from tests.patience import SECONDS

SET = {
    mail.TO: "a@practice.example, b@practice.example",
    mail.FROM: "app@practice.example",
    mail.SERVER: "mail.example",
}


def by(port: int, security: str = PLAIN, **more: str) -> Post:
    return Post(("a@practice.example",), "app@practice.example", HOST, port, security, **more)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of this computer's own that nobody has signed, with its key."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not installed")
    path = tmp_path_factory.mktemp("certificate") / "server.pem"
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         f"subjectAltName=IP:{HOST}", "-keyout", str(path), "-out", f"{path}.crt"], check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + Path(f"{path}.crt").read_bytes())
    return path


@pytest.fixture
def context(certificate: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(certificate)
    return made


def test_a_mail_arrives_as_it_was_written_with_what_is_enclosed() -> None:
    with serving(Box()) as box:
        text = "Two signals wait: »Größer« 脊柱.\nLook at Compare."
        send(by(box.port), "Spine outcomes: 2 wait", text, [Enclosed("a report.pdf", "application/pdf", b"%PDF-1.7")])
    (found,) = box.taken
    assert (found["Subject"], found["From"], found["To"]) == (
        "Spine outcomes: 2 wait", "app@practice.example", "a@practice.example",
    )  # fmt: skip
    assert found["Auto-Submitted"] == "auto-generated"
    body = found.get_body()
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()
    (one,) = found.iter_attachments()
    assert (one.get_filename(), one.get_content_type(), one.get_content()) == (
        "a report.pdf", "application/pdf", b"%PDF-1.7",
    )  # fmt: skip


def test_nothing_that_is_quoted_begins_another_header_or_steers_a_screen() -> None:
    with serving(Box()) as box:
        enclosed = Enclosed('x.pdf"\r\nX-Evil: 1', "application/pdf", b"x")
        send(
            by(box.port),
            "One\r\nBcc: evil@example.org\x1b[2J",
            "a\r\n.\r\nMAIL FROM:<evil@example.org>\x1b",
            [enclosed],
        )
    (found,) = box.taken
    assert "Bcc" not in found
    assert "X-Evil" not in found
    assert not any("X-Evil" in part for part in found.walk())
    assert "\x1b" not in found.as_string()
    body = found.get_body()
    assert body is not None
    assert "MAIL FROM:<evil@example.org>" in body.get_content(), "a point alone on a line ends no mail"


def test_over_starttls_it_signs_in_when_the_certificate_is_to_be_trusted(
    certificate: Path, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Box(), context) as box:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with pytest.raises(MailFailed, match=r"its certificate is not to be trusted, so nothing was said"):
            send(by(box.port, STARTTLS, user="app", password="right"), "x", "y")
        assert (box.taken, box.signed_in) == ([], [])
        monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
        send(by(box.port, STARTTLS, user="app", password="right"), "x", "y")
        assert (len(box.taken), box.signed_in) == (1, [("app", "right")])
        with pytest.raises(MailFailed, match="does not take this user and password") as raised:
            send(by(box.port, STARTTLS, user="app", password="wrong"), "x", "y")
        assert "wrong" not in raised.value.message
    assert len(box.taken) == 1


def test_over_tls_from_the_first_byte_on(
    certificate: Path, context: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", f"{certificate}.crt")
    with serving(Box(), context, at_once=True) as box:
        send(by(box.port, TLS), "x", "y")
    assert len(box.taken) == 1
    with serving(Box()) as box, pytest.raises(MailFailed, match="ended the conversation, or speaks another language"):
        send(by(box.port, TLS), "x", "y")
    assert box.taken == []


def test_a_server_that_offers_no_safe_connection_is_told_nothing() -> None:
    with serving(Box()) as box, pytest.raises(MailFailed, match="cannot do what was asked for: a safe connection"):
        send(by(box.port, STARTTLS), "x", "y")
    assert box.taken == []


def test_whom_the_server_takes_no_mail_for_is_named() -> None:
    two = Post(("a@practice.example", "b@practice.example"), "app@practice.example", HOST, 0, PLAIN)
    with serving(Box(refuses=("b@practice.example",))) as box:
        with pytest.raises(
            MailFailed, match=r"^The mail was sent, but the server takes none for b@practice.example\.$"
        ):
            send(Post(two.to, two.sender, HOST, box.port, PLAIN), "x", "y")
        assert len(box.taken) == 1
        box.refuses = two.to
        with pytest.raises(MailFailed, match="takes no mail for these addresses"):
            send(Post(two.to, two.sender, HOST, box.port, PLAIN), "x", "y")


@contextmanager
def rude(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port at which somebody answers once in this way."""
    with socket.create_server((HOST, 0)) as listening:

        def answer() -> None:
            with listening.accept()[0] as caller:
                does(caller)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        thread.join(SECONDS)


def test_a_server_that_hangs_up_or_is_none_is_told_in_a_plain_sentence() -> None:
    with rude(lambda caller: None) as port, pytest.raises(MailFailed, match="ended the conversation"):
        send(by(port), "x", "y")
    with rude(lambda caller: caller.sendall(b"554 go away\r\n")) as port, pytest.raises(MailFailed, match="code 554"):
        send(by(port), "x", "y")
    with socket.create_server((HOST, 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(MailFailed, match=rf"^The mail was not sent\. {HOST}, port {port}: it cannot be reached"):
        send(by(port), "x", "y")


def test_a_server_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "SECONDS", 0.05)
    with rude(lambda caller: print(caller.recv(1))) as port, pytest.raises(MailFailed, match="did not answer"):
        send(by(port), "x", "y")


def test_it_is_off_until_all_that_it_needs_is_said(tmp_path: Path) -> None:
    for name in mail.NEEDED:
        with pytest.raises(WrongUsage, match=f"Mail is not set up: set .{name}"):
            post({key: value for key, value in SET.items() if key != name})
    assert post(SET) == Post(
        ("a@practice.example", "b@practice.example"), "app@practice.example", "mail.example", 587, STARTTLS
    )
    assert post({**SET, mail.SECURITY: TLS}).port == 465
    secret = tmp_path / "password"
    secret.write_text("right\n")
    secret.chmod(0o600)
    signed = post({**SET, mail.USER: "app", mail.PASSWORD_FILE: str(secret)})
    assert (signed.user, signed.password) == ("app", "right")
    assert "right" not in repr(signed)
    assert settings.read({**SET, mail.PORT: "25"}).store, "every other command knows these words"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({mail.TO: "a@practice.example\nBcc: x@y.example"}, "no plain address"),
        ({mail.TO: "a@practice.example,"}, "no plain address"),
        ({mail.FROM: '"App" <app@practice.example>'}, "no plain address"),
        ({mail.FROM: "größe@practice.example"}, "no plain address"),
        ({mail.SERVER: "mail.example\r\nX"}, "no name of a server"),
        ({mail.PORT: "0"}, "no number of a port"),
        ({mail.PORT: "65536"}, "no number of a port"),
        ({mail.PORT: "+25"}, "no number of a port"),
        ({mail.SECURITY: "ssl"}, "starttls, tls, none"),
        ({mail.USER: "app"}, "go together"),
        ({mail.PASSWORD_FILE: "x"}, "go together"),
        ({mail.USER: "app", mail.PASSWORD_FILE: "/nowhere/password"}, "cannot be read"),
        ({mail.USER: "app", mail.PASSWORD_FILE: "x", mail.SECURITY: "none"}, "No password is sent in clear"),
    ],
)
def test_what_is_set_wrongly_is_told_before_anything_is_sent(more: dict[str, str], why: str) -> None:
    with pytest.raises(WrongUsage, match=why):
        post({**SET, **more})


def test_a_password_that_everybody_can_read_or_that_is_none_is_not_used(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    signing = {**SET, mail.USER: "app", mail.PASSWORD_FILE: str(secret)}
    secret.write_text("right")
    secret.chmod(0o644)
    with pytest.raises(WrongUsage, match=r"can be read by everybody\. Mend that first: chmod o= "):
        post(signing)
    secret.chmod(0o600)
    secret.write_text("\n")
    with pytest.raises(WrongUsage, match="holds no password"):
        post(signing)

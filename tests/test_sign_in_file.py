"""How people sign in: what the file may say, and what keeps it from being believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard import sign_in
from dashboard.errors import DefinitionsWrong, Refused
from dashboard.sign_in import arranged, arranged_in
from tests.provider import let_sign_in

PUBLIC = "https://outcomes.clinic.example"
ISSUER = "https://login.clinic.example/realms/clinic"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store at which people sign in."""
    let_sign_in(tmp_path, PUBLIC, clinic=ISSUER)
    return tmp_path


def file(public: str = PUBLIC, name: str = "clinic", **more: str) -> str:
    """A file with one provider, and these words in place of its usual ones; those that are empty are left out."""
    words = {"label": "x", "issuer": ISSUER, "client_id": "x", "client_secret": "x", **more}
    said = [f'{key} = "{value}"' for key, value in words.items() if value != "-"]
    return "\n".join([f'public_address = "{public}"', f"[providers.{name}]", *said])


def test_nobody_signs_in_where_no_file_says_how(tmp_path: Path) -> None:
    assert arranged(tmp_path) is None


def test_a_file_that_others_may_read_is_not_believed(store: Path) -> None:
    (store / sign_in.FILE).chmod(0o644)
    with pytest.raises(Refused, match="chmod 600"):
        arranged(store)


def test_what_is_to_be_installed_is_said(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sign_in, "NEEDED", ("no_such_library",))
    with pytest.raises(Refused, match="pip install --require-hashes"):
        arranged(store)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (file(public="http://outcomes.clinic.example"), "is no https address"),
        (file(public="outcomes.clinic.example"), "is no https address"),
        (file(public=f"{PUBLIC}/"), 'write "https://outcomes.clinic.example"'),
        (file(public=f"{PUBLIC}:443"), "leave out :443"),
        (file(public="https://Outcomes.clinic.example"), 'write "https://outcomes'),
        (file(public="https://me@outcomes.clinic.example"), "is no https address"),
        (file(public="https://a:b:c"), "is no https address"),
        (file(issuer="http://login.clinic.example"), "is no https address"),
        (file(issuer=f"{ISSUER}/.well-known/openid-configuration"), "leave out /.well-known"),
        (file(issuer="https://login.microsoftonline.com/common/v2.0"), "every organisation could sign in"),
        (file(issuer=f"{ISSUER}?x=1"), "is no https address"),
        (file(name="my_clinic"), "a to z and 0 to 9 only"),
        (file(client_secret=" "), "nothing is written"),
        (file(client_secret="-"), 'does not say "client_secret"'),
        (file(client_secret="…"), "it has signs that no provider gives"),
        (file(scopes="all"), "no such key"),
        (f'public_address = "{PUBLIC}"\nproviders = {{}}', "at least one provider"),
        (f"{file()}\n{file(name='again').partition(chr(10))[2]}", "have one issuer"),
    ],
)
def test_what_is_wrong_with_the_file_is_said(text: str, why: str) -> None:
    with pytest.raises(DefinitionsWrong, match=why):
        arranged_in(text)


def test_on_this_computer_itself_no_tls_is_needed() -> None:
    assert arranged_in(file(public="http://localhost:8501", issuer="http://127.0.0.1:9000")).providers

"""A real provider of identities on this computer, and what a practice writes to have its people sign in there."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.patience import SECONDS, wait_until
from tests.raw import free_port

CLIENT = "spine-outcomes"
ANNA, NOBODY = "anna-4711", "not-yet-known"
"""Who signs in: a surgeon, and somebody whom the provider knows and the practice does not."""
ELSEWHERE, OVER = "token-for-another-app", "token-of-long-ago"
"""Two whose tokens are signed as they should be, and say what they should not."""
CLAIMS: Mapping[str, Mapping[str, object]] = {
    ELSEWHERE: {"aud": "another-app", "azp": CLIENT},
    OVER: {"exp": 1_000_000_000},
}


@contextmanager
def provider(log: Path, port: int | None = None) -> Iterator[str]:
    """A provider under way; yields its issuer. Whoever asks signs in there as whom they like."""
    port = port or free_port()
    users = [word for sub, claims in CLAIMS.items() for word in ("--user-claims", json.dumps({"sub": sub, **claims}))]
    words = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *users]
    with log.open("w") as output:
        running = subprocess.Popen(words, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            wait_until(lambda: running.poll() is not None or _answers(port))
            assert running.poll() is None, log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGTERM)
            running.wait(timeout=SECONDS)


def let_sign_in(store: Path, public_address: str, **issuers: str) -> None:
    """Write how people sign in at a store: the issuer of each provider, by its name."""
    lines = [f'public_address = "{public_address}"']
    for name, issuer in issuers.items():
        lines += [f"[providers.{name}]", f'label = "the {name} account"', f'issuer = "{issuer}"',
                  f'client_id = "{CLIENT}"', 'client_secret = "a secret"']  # fmt: skip
    written(store / "sign_in.toml", "\n".join(lines))


def let_in(store: Path, *people: Mapping[str, str]) -> None:
    """Write who may come in; the words of each as in the file."""
    entries = ("\n".join(["[[person]]", *(f'{key} = "{value}"' for key, value in each.items())]) for each in people)
    written(store / "people.toml", "\n".join(entries))


def written(path: Path, text: str) -> None:
    """A file of its owner's alone, there whole or as before: it is read at any moment."""
    fresh = path.with_suffix(".fresh")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=SECONDS):
        return True
    return False

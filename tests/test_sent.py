"""What goes over the wire when a filter is changed, to a page that keeps what it was sent, as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import raw
from tests.protocol.client import Session, Told, opened, rerun

MOST = 60 << 10
"""Bytes that a change may send."""


@pytest.fixture(scope="module")
def let_in(sample_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    """The port of the app, and the cookie of somebody who was let in."""
    with raw.served(sample_store, tmp_path_factory.mktemp("server") / "log.txt") as started:
        yield started.port, raw.cookie_for(started)


def asked(window: Session, page: str, query: str, kept: set[str]) -> Told:
    told = window.ask(rerun(page, query, kept=kept))
    kept |= {message.hash for message in told.messages if message.metadata.cacheable}
    return told


@pytest.mark.parametrize("page", ["", "procedures", "risk", "compare"])
def test_a_change_of_a_filter_sends_little_and_what_is_the_same_is_only_named(
    let_in: tuple[int, str], page: str
) -> None:
    kept: set[str] = set()
    with opened(*let_in) as window:
        first = asked(window, page, "", kept)
        again = asked(window, page, "", kept)
        changed = asked(window, page, "surgeon=S02", kept)
    styles = [one.delta.new_element.html.body for one in changed.messages if one.HasField("delta")]
    assert not any(len(style) > 1000 for style in styles if style.startswith("<style>"))
    assert len(again.content) < len(first.content) / 2
    assert len(changed.content) < MOST

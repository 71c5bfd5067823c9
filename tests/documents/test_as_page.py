"""A document as a page for a browser: it stands alone, runs nothing and escapes every word."""

from __future__ import annotations

from base64 import b64decode

import pandas as pd

from dashboard.charts.dot_interval import dot_interval
from dashboard.documents.as_page import body, html
from dashboard.documents.document import Paragraph, Picture, Section, WordTable
from tests.documents.written import EVERYTHING, HOSTILE, MADE, ROWS, Read, of


def test_nothing_is_fetched_and_nothing_runs() -> None:
    page = html(EVERYTHING)
    read = Read(page)
    assert read.fetched == []
    assert "script" not in {tag for tag, _ in read.elements}
    assert not [name for _, named in read.elements for name in named if name.startswith("on")]
    policy = next(named["content"] for _, named in read.elements if "Policy" in named.get("http-equiv", ""))
    assert policy.startswith("default-src 'none'")


def test_every_word_is_a_word() -> None:
    words = "".join(Read(html(EVERYTHING)).words)
    assert words.count(HOSTILE) >= len(ROWS) + 2
    assert "The answer and what is doubtful." in words
    assert str(MADE.year) not in words  # it says of itself only what the document says


def test_it_is_made_of_named_parts() -> None:
    tags = [tag for tag, _ in Read(html(EVERYTHING)).elements]
    assert [tag for tag in tags if tag in ("h1", "h2", "h3")] == ["h1", "h2", "h3"]
    assert tags.count("tr") == len(ROWS) + 1
    assert {"main", "table", "caption", "thead", "dl", "footer"} <= set(tags)


def test_within_a_page_of_the_app_it_has_no_title_of_its_own() -> None:
    tags = [tag for tag, _ in Read(body(EVERYTHING)).elements]
    assert not {"h1", "main", "html", "body", "script"} & set(tags)
    assert "#171614" in body(EVERYTHING, dark=True)


def test_no_sign_of_a_record_turns_the_direction_of_what_is_read() -> None:
    turning, seen = "S\u202e01\u2066\u200f", "S\N{REPLACEMENT CHARACTER}01\N{REPLACEMENT CHARACTER}"
    chart = dot_interval(
        pd.DataFrame([{"label": turning, "share": 0.2, "lower": 0.1, "upper": 0.3, "operations": 9, "failed": 2}])
    )
    blocks = (Paragraph(turning), WordTable(turning, ["Name"], [[f"{turning}\nunder it"]]), Picture(chart, turning))
    page = html(of(Section(turning, blocks), subtitle=turning))
    drawn = b64decode(page.partition("svg+xml;base64,")[2].partition('"')[0]).decode()
    assert not [sign for sign in turning if not sign.isascii() and sign in page + drawn]
    assert page.count(seen) == 7
    assert "<br>under it" in page
    assert seen in drawn

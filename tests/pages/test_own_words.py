"""What stands on a screen as Markdown is our own words, or is escaped; and what is escaped comes to nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from dashboard.pages.said import WORD_JOINER, said, told
from tests.pages.own_words import read

PACKAGE = Path(__file__).resolve().parents[2] / "dashboard"
SHOWN = [*sorted((PACKAGE / "pages").glob("*.py")), PACKAGE / "shell.py"]

START = "from dashboard.pages import parts\nfrom dashboard.pages.said import said\nimport streamlit as st\n"


def test_every_word_on_a_screen_is_ours_or_escaped() -> None:
    assert [f"{one.file}, line {one.line}: {one.words}" for one in read(SHOWN).strangers()] == []


@pytest.mark.parametrize(
    "line",
    [
        "def f(row): st.markdown(row.label)",
        'def f(row): st.error(f"No {row.label}.")',
        'def f(row): parts.note(", ".join(row.labels))',
        'def f(row):\n    words = "a"\n    words = row.label\n    st.info(words)',
        "def g(row): return row.label\ndef f(row): st.warning(g(row))",
        "def f():\n    try: pass\n    except ValueError as problem: st.error(problem.message)",
        "def f(records): st.button(records.label('site', 'North'))",
        "def f(names): st.radio('Which', names)",
        "def f(names): st.radio('Which', ['a'], format_func=lambda one: names[one])",
        "def f(names): st.metric('Which', names[0])",
        "def f(name): st.text_input('Which', help=name)",
        "def f(name): parts.said(name) and st.expander(name)",
        "def f(name): st.container().markdown(name)",
        "def f(names):\n    for name in names: st.caption('- ' + name)",
    ],
)
def test_words_of_a_stranger_would_be_seen(tmp_path: Path, line: str) -> None:
    (tmp_path / "page.py").write_text(f"{START}{line}\n")
    assert len(list(read([tmp_path / "page.py"]).strangers())) == 1


@pytest.mark.parametrize(
    "line",
    [
        "def f(row): st.markdown(said(row.label))",
        'def f(row): st.error(f"No {parts.said(row.label)}, {row.failed:,} failed.")',
        'def f(row): parts.note(", ".join(map(said, row.labels)))',
        'def f(outcome: Outcome): st.header(f"{outcome.short}: share failed")',
        "def g(row): return said(row.label)\ndef f(row): st.warning(g(row))",
        "def f(rows): st.header(f'{len(rows)} in all')",
    ],
)
def test_our_own_words_and_escaped_ones_pass(tmp_path: Path, line: str) -> None:
    (tmp_path / "page.py").write_text(f"{START}{line}\n")
    assert list(read([tmp_path / "page.py"]).strangers()) == []


@pytest.mark.parametrize(
    "words",
    [
        "![x](http://example.org/x.png)", "[x](http://example.org)", "<img src=http://example.org/x.png>",
        "<http://example.org>", "http://example.org", "www.example.org", "x@example.org", "mailto:x@example.org",
        ":material/home:", ":red[x]", ":small[x]", ":streamlit:", ":+1:", "$x$", "**a**", "__a__", "~~a~~", "`a`",
        "# a", "> a", "- a", "h&#116;tp://example.org", "&#58;material/home:", "\\[x](http://example.org)",
        "[x]: http://example.org",
    ],
)  # fmt: skip
def test_no_word_comes_to_life(words: str) -> None:
    """What stays of it is what was written, with a sign before each that would have begun something."""
    shown = said(words)
    assert shown != words
    assert shown.replace("\\", "").replace(WORD_JOINER, "") == words.replace("\\", "")


@pytest.mark.parametrize(
    "words", ["p < 0.001", "-3.5", "7.4 % (12 of 162; 4.3 to 12.5)", "5 Jan 2024, 12:30", "C++ #3"]
)
def test_plain_words_stand_as_they_are(words: str) -> None:
    assert said(words).replace(WORD_JOINER, "") == words


def test_what_is_not_ours_stands_on_one_line_without_control_signs() -> None:
    assert said("a\n\n# b\x1b[31m\u202ec\u2028d") == "a # b \\[31m c d"


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Run `outcomes store verify` on *this*.", "Run `outcomes store verify` on \\*this\\*."),
        ('"`a``[x](y)`b`" is no date.', '"`a``[x](y)`b\\`" is no date.'),
        ("``a`", "\\``a`"),
        ("[x](y) `", "\\[x\\](y) \\`"),
        ("`` `[x](y)", "\\`` `\\[x\\](y)"),
    ],
)
def test_a_command_stays_one_and_nothing_gets_out_of_it(sentence: str, shown: str) -> None:
    assert told(sentence) == shown

"""What the documents tell whoever runs the app to type, set or look up, as a program finds it in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted({*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("[a-z]*/README.md"),
                    *(ROOT / "dashboard").rglob("README.md")})  # fmt: skip
CRON = re.compile(r"([\d*/,]+\s+){5}(?P<command>\S.*)")
BEGINS = re.compile(r"(?:\$ |ExecStart=/usr/local/bin/|sudo -u \w+ )")
OURS = ("outcomes ", "python3 -m dashboard ")
BLOCK = re.compile(r"^```\w*\n(.*?)^```", re.DOTALL | re.MULTILINE)
QUOTED = re.compile(r"(?<!`)`([^`]+)`(?!`)")
LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
SETTING = re.compile(r"OUTCOMES_[A-Z_]*[A-Z]\b(?!_)")
PATH = re.compile(r"(?:dashboard|tests|docs|queries|sample_data|benchmarks|\.streamlit)/[\w./-]+")
MODULE = re.compile(r"dashboard(?:\.\w+)+")


def commands(text: str) -> Iterator[list[str]]:
    """The words of every command of ours that stands in a line of its own: in a block, a line of cron, or a unit."""
    for line in text.splitlines():
        timed = CRON.fullmatch(line)
        words = BEGINS.sub("", (timed["command"] if timed else line).strip(), count=1)
        for name in OURS:
            if words.startswith(name):
                yield shlex.split(words.removeprefix(name), comments=True)


def named_commands(text: str) -> Iterator[list[str]]:
    """The words of every command of ours that a sentence names."""
    for quoted in without_blocks(text):
        for name in OURS:
            if quoted.startswith(name):
                yield shlex.split(quoted.removeprefix(name))


def without_blocks(text: str) -> list[str]:
    """What a document's sentences quote."""
    return [" ".join(found.split()) for found in QUOTED.findall(BLOCK.sub("", text))]


def links(text: str) -> list[str]:
    """Where a document leads to, pictures too."""
    return [one or other for one, other in LINK.findall(BLOCK.sub("", text))]


def headings(text: str) -> set[str]:
    """The names by which the headings of a document can be led to."""
    heads = re.findall(r"^#+ (.+)$", BLOCK.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def tables(text: str) -> Iterator[list[str]]:
    """The rows of each table of a document."""
    for found in re.findall(r"(?:^\|.*\|\n)+", BLOCK.sub("", text), re.MULTILINE):
        yield found.splitlines()

"""What the documents say is there: each command, setting, path, module and link in them is one that there is."""

from __future__ import annotations

import contextlib
import importlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard import settings
from dashboard.cli import _parser
from dashboard.definitions.canonical import TABLES
from dashboard.importing.backup import NAMES
from tests import manual
from tests.test_private import everything_written

DOCS = manual.ROOT / "docs"
GENERATED = ("tests/artefacts/",)
"""What the suite makes, and git ignores."""
FILES_OF_THE_STORE = re.compile(r"[\w./]+\.(?:key|toml|sqlite|jsonl|head)")


def wrong_commands(text: str) -> Iterator[str]:
    """The commands that the command line does not take; one that a sentence names may leave out what it needs."""
    for words, whole in [
        *((words, True) for words in manual.commands(text)),
        *((words, False) for words in manual.named_commands(text)),
    ]:
        if not words:  # the module alone, which is a command of its own
            continue
        said = io.StringIO()
        try:
            with contextlib.redirect_stderr(said):
                _parser().parse_args(words)
        except SystemExit:
            if whole or "are required" not in said.getvalue():
                yield f"{' '.join(words)}: {said.getvalue().strip().splitlines()[-1]}"


def wrong_settings(text: str) -> Iterator[str]:
    """The variables that nothing reads."""
    for name in set(manual.SETTING.findall(text)):
        if name not in settings.VARIABLES and not any(known.startswith(f"{name}_") for known in settings.VARIABLES):
            yield name


def wrong_paths(text: str) -> Iterator[str]:
    """The files and folders of the code that are not there."""
    for quoted in manual.without_blocks(text):
        for path in manual.PATH.findall(quoted):
            if not path.startswith(GENERATED) and not (manual.ROOT / path.rstrip(".")).exists():
                yield path


def wrong_modules(text: str) -> Iterator[str]:
    """The modules, and what is in them, that cannot be imported."""
    for quoted in manual.without_blocks(text):
        if manual.MODULE.fullmatch(quoted) and not _is_there(quoted):
            yield quoted


def wrong_links(text: str, folder: Path) -> Iterator[str]:
    """The links within the project that lead nowhere, or to no heading."""
    for link in manual.links(text):
        if "://" in link:
            continue
        path, _, heading = link.partition("#")
        target = folder / path if path else None
        if target is not None and not target.exists():
            yield link
        elif heading:
            there = text if target is None else target.read_text(encoding="utf-8")
            if heading not in manual.headings(there):
                yield link


def wrong_rows(text: str) -> Iterator[str]:
    """The rows that have more or fewer cells than the head of their table."""
    for rows in manual.tables(text):
        cells = [len(re.findall(r"(?<!\\)\|", row)) for row in rows]
        yield from (row for row, number in zip(rows, cells, strict=True) if number != cells[0])


def _is_there(name: str) -> bool:
    try:
        importlib.import_module(name)
    except ImportError:
        module, _, attribute = name.rpartition(".")
        return "." in module and hasattr(importlib.import_module(module), attribute)
    return True


def _wrong(text: str, folder: Path) -> list[str]:
    return [
        *wrong_commands(text), *wrong_settings(text), *wrong_paths(text), *wrong_modules(text),
        *wrong_links(text, folder), *wrong_rows(text),
    ]  # fmt: skip


@pytest.mark.parametrize("document", manual.DOCUMENTS, ids=lambda path: str(path.relative_to(manual.ROOT)))
def test_what_a_document_names_is_there(document: Path) -> None:
    assert _wrong(document.read_text(encoding="utf-8"), document.parent) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Type `outcomes stroe list`.",
        "Type `outcomes store forget 12 --quickly`.",
        "```\noutcomes report --from 2025-01-01\n```",
        "Set `OUTCOMES_STORAGE`.",
        "It stands in `dashboard/guards.py`.",
        "`dashboard.access.Viewers` says it.",
        "| a | b |\n|---|---|\n| c |\n",
        "As [written](nowhere.md).",
        "As [written](keeping.md#nowhere).",
    ],
)
def test_what_is_not_there_would_be_seen(sentence: str) -> None:
    assert len(_wrong(sentence, DOCS)) == 1


def test_the_readme_leads_to_every_document() -> None:
    readme = (manual.ROOT / "README.md").read_text(encoding="utf-8")
    led_to = {link.partition("#")[0] for link in manual.links(readme)}
    assert {f"docs/{path.name}" for path in DOCS.glob("*.md")} <= led_to


def test_the_glossary_explains_each_word_once() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", (manual.ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE)
    times = Counter(word.strip().lower() for row in rows for word in row.split(","))
    assert [word for word, number in times.items() if number > 1 and word not in ("word", "term")] == []


def test_what_lies_in_a_store_is_told_and_whether_a_backup_has_it(tmp_path: Path) -> None:
    (table,) = re.findall(r"^## What lies in the store\n(.*?)^## ", (DOCS / "keeping.md").read_text(encoding="utf-8"),
                          re.DOTALL | re.MULTILINE)  # fmt: skip
    rows = [[cell.strip() for cell in row.split("|")] for row in re.findall(r"^\| (`.*) \|$", table, re.MULTILINE)]
    told = {name: row[3] for row in rows for name in re.findall(r"`([^`]+)`", row[0])}
    store = everything_written(tmp_path)
    assert {f"{one.name}/" if one.is_dir() else one.name for one in store.iterdir()} <= set(told)
    for name, backed_up in told.items():
        files = (store / name).rglob("*") if name.endswith("/") else [store / name]
        kept = [path for path in files if path.is_file()]
        if kept:
            within = any(NAMES.fullmatch(str(path.relative_to(store))) for path in kept)
            assert (backed_up == "yes") == within, name


@pytest.mark.parametrize("name", ["security.md", "data-protection.md"])
def test_every_file_of_the_store_that_is_named_is_one_that_the_app_keeps(name: str) -> None:
    code = "\n".join(path.read_text(encoding="utf-8") for path in (manual.ROOT / "dashboard").rglob("*.py"))
    quoted = manual.without_blocks((DOCS / name).read_text(encoding="utf-8"))
    files = {one for one in quoted if FILES_OF_THE_STORE.fullmatch(one) and not manual.PATH.match(one)}
    assert files
    assert [file for file in sorted(files) if f'{Path(file).name}"' not in code] == []


def test_the_record_of_processing_names_every_kind_of_record_that_is_kept() -> None:
    assert set(TABLES) <= set(manual.without_blocks((DOCS / "data-protection.md").read_text(encoding="utf-8")))


def test_every_claim_of_what_is_protected_names_the_code_that_does_it_and_the_test_that_holds_it() -> None:
    text = (DOCS / "security.md").read_text(encoding="utf-8")
    (part,) = re.findall(r"^## What is protected\n(.*?)^## ", text, re.DOTALL | re.MULTILINE)
    claims = [row for row in re.findall(r"^\|(.*)\|$", part, re.MULTILINE) if "`" in row]
    assert len(claims) >= 15
    assert [row for row in claims if not ("`dashboard/" in row and "`tests/" in row)] == []

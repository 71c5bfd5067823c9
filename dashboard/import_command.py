"""The command `outcomes import`: read, check and publish records, or suggest a mapping for a stranger's table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import named_files, private, settings
from dashboard.errors import Refused, WrongUsage
from dashboard.harmless import one_line
from dashboard.importing.formats import AUTO, FORMAT_NAMES
from dashboard.terminal import DONE, REFUSED, print_json, say, tell, tell_lines

if TYPE_CHECKING:
    from dashboard.importing import Progress
    from dashboard.importing.result import ImportResult
    from dashboard.recorded import Recorded

SEVERITIES = {"stop": "Refused", "row": "Left out", "cell": "Cell left out", "note": "Note"}


def words(parser: argparse.ArgumentParser) -> None:
    """What may follow ``outcomes import``."""
    parser.add_argument("sources", nargs="*", type=Path, metavar="SOURCE")
    parser.add_argument("--format", choices=FORMAT_NAMES, default=AUTO)
    parser.add_argument("--mapping", type=Path, metavar="FILE.toml")
    parser.add_argument("--check", action="store_true", help="publish nothing")
    parser.add_argument(
        "--clock-is-right", action="store_true", help="where the clock of this machine was asked about, and is right"
    )
    parser.add_argument(
        "--suggest", action="store_true", help="look at one CSV or Excel file, and write a mapping for it"
    )
    parser.add_argument(
        "--template", type=Path, metavar="FOLDER", help="write empty tables to fill in, and what each column holds"
    )
    parser.add_argument("--sheet", metavar="NAME", help="of a workbook to suggest a mapping for")
    parser.add_argument("--json", action="store_true")


def run(chosen: argparse.Namespace) -> int:
    """Import, check or suggest, as was said; the exit status."""
    from dashboard.importing.result import ImportRefused

    if chosen.template:
        return _template(chosen.template)
    if not chosen.sources:
        raise WrongUsage("Name the folder or the files to import, or --template FOLDER for empty tables to fill in.")
    named_files.check([*chosen.sources, *([chosen.mapping] if chosen.mapping else [])])
    if chosen.suggest:
        return _suggest(chosen)
    try:
        result = publish(
            settings.read(store=chosen.store), chosen.sources, chosen.mapping, chosen.format, chosen.check,
            clock_is_right=chosen.clock_is_right,
        )  # fmt: skip
    except ImportRefused as refusal:
        if chosen.json:
            print_json(refusal.result.as_json())
        say(refusal.message)
        _tell_rules(refusal.result, "row")
        return REFUSED
    if chosen.json:
        print_json(result.as_json())
        if result.left_out:
            _tell_rules(result, "row")
    else:
        _tell(result)
    return DONE


def _template(folder: Path) -> int:
    """Empty tables, and the list that says what each column holds."""
    from dashboard.importing.templates import DESCRIBED, write_templates

    for path in write_templates(folder):
        tell(path)
    say(f"Fill in patients.csv and operations.csv, and the others as far as you record them; {DESCRIBED} says what "
        f"each column holds. Then: outcomes import {folder}")  # fmt: skip
    return DONE


def _suggest(chosen: argparse.Namespace) -> int:
    """A mapping as far as it can be told, on standard output; what must be decided, on standard error."""
    from dashboard.importing.assistant import asking, chosen_words, excerpts, suggest
    from dashboard.importing.assistant.written_mapping import toml

    if len(chosen.sources) != 1:
        raise WrongUsage("Name one file to suggest a mapping for.")
    excerpt = excerpts.excerpt_of(chosen.sources[0], chosen.sheet)
    found = suggest.suggest(excerpt)
    for guess in found.guesses:
        say(f"{guess.theirs}: {guess.ours or 'not used'} ({guess.sure})")
    for question in asking.questions(excerpt, found):
        say(f"Decide: {question}")
    words = chosen_words.as_suggested(excerpt, found, excerpts.where(chosen.sources[0], excerpt, chosen.sheet))
    if chosen.json:
        print_json(words)
    else:
        tell_lines(toml(words), end="")
    return DONE


def publish(
    held: settings.Settings,
    sources: Sequence[Path],
    mapping: Path | None = None,
    form: str = AUTO,
    check: bool = False,
    *,
    clock_is_right: bool = False,
) -> ImportResult:
    """Import into a store as the operator of this machine: with progress on the terminal, and in the audit."""
    from dashboard import importing
    from dashboard.analyses.signals import keep_current

    refuse_if_others_read(held.store)
    recorded = None if check else _recorded(held, "import").begun(files=len(sources))
    result = importing.run(
        sources, held.store, mapping=mapping, format=form, check=check, told=_progress, recorded=recorded,
        clock_is_right=clock_is_right,
    )  # fmt: skip
    if not check:
        keep_current(held.store)
    return result


def refuse_if_others_read(store: Path) -> None:
    """Raises Refused, with the command that mends it, where others on this machine could read the store."""
    if open_to_others := private.complaint(store):
        raise Refused(open_to_others)


def _recorded(held: settings.Settings, change: str) -> Recorded:
    """A change on record, with the operator of this machine as the one who makes it."""
    from dashboard.access import OPERATOR
    from dashboard.recorded import Recorded

    return Recorded(held.opened_audit(), OPERATOR, change)


def bring_up_to_date(held: settings.Settings) -> int:
    """Publish the current generation anew as the operator of this machine; the number of the new one."""
    from dashboard import importing
    from dashboard.analyses.signals import keep_current

    made = importing.bring_up_to_date(held.store, told=_progress, recorded=_recorded(held, "upgrade").begun())
    keep_current(held.store)
    return made


def _progress(progress: Progress) -> None:
    """One line that is written over on a terminal, a line a step elsewhere."""
    line = f"{progress.place}/{progress.of}  {progress.step}  ({progress.seconds:.0f} s)"
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{one_line(line)}" + ("\n" if progress.place == progress.of else ""))
        sys.stderr.flush()
    else:
        say(line)


def _tell(result: ImportResult) -> None:
    """What came of it: by rule how often and the first cases, then the rows of each table."""
    _tell_rules(result)
    say(f"Read as {result.read_as}")
    for name, count in result.tables.items():
        tell(f"{name}: {count.read} read, {count.accepted} accepted, {count.left_out} left out")
    published = result.generation
    tell("Nothing was published." if published is None else f"Published as generation {published}.")


def _tell_rules(result: ImportResult, *severities: str) -> None:
    """Each rule that was broken, the gravest first: how often, of how many rows, and the first cases.

    severities: of these alone, where any are named.
    """
    from dashboard.importing import report

    for rule in report.summary(result):
        if not rule.broken or rule.severity not in (severities or SEVERITIES):
            continue
        of = f" of {rule.judged:,}" if rule.judged else ""
        say(f"{SEVERITIES[rule.severity]}, {rule.title.lower()}: {rule.broken:,}{of}")
        for issue in rule.examples:
            say(f"    {issue.message}")

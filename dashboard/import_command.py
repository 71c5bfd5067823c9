"""The command `outcomes import`: read, check and publish records, or suggest a mapping for a stranger's table."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard import named_files, private, settings
from dashboard.errors import Refused, WrongUsage
from dashboard.harmless import one_line
from dashboard.importing.arrivals import QUIET_SECONDS
from dashboard.importing.formats import AUTO, FORMAT_NAMES
from dashboard.terminal import DONE, REFUSED, print_json, say, tell, tell_lines

if TYPE_CHECKING:
    from dashboard.importing import Progress
    from dashboard.importing.result import ImportResult
    from dashboard.importing.running import Told
    from dashboard.recorded import Recorded

A_WEEK = 7 * 86_400


def words(parser: argparse.ArgumentParser) -> None:
    """What may follow ``outcomes import``."""
    parser.add_argument("sources", nargs="*", type=Path, metavar="SOURCE")
    parser.add_argument("--format", choices=FORMAT_NAMES, default=AUTO)
    parser.add_argument("--mapping", type=Path, metavar="FILE.toml")
    parser.add_argument("--check", action="store_true", help="publish nothing")
    parser.add_argument(
        "--add", action="store_true",
        help="these records are additions to those of the store, and not all that there is",
    )  # fmt: skip
    parser.add_argument(
        "--clock-is-right", action="store_true", help="where the clock of this machine was asked about, and is right"
    )
    parser.add_argument(
        "--suggest", action="store_true", help="look at one CSV or Excel file, and write a mapping for it"
    )
    parser.add_argument(
        "--template", type=Path, metavar="FOLDER", help="write empty tables to fill in, and what each column holds"
    )
    parser.add_argument(
        "--watch", type=Path, metavar="FOLDER",
        help="look once at this folder: import each file or folder in it that is whole, and move it to done or refused",
    )  # fmt: skip
    parser.add_argument(
        "--quiet", type=_seconds, default=QUIET_SECONDS, metavar="SECONDS",
        help=f"watch: for how long nothing of a delivery has changed when it counts as whole ({QUIET_SECONDS})",
    )  # fmt: skip
    parser.add_argument(
        "--marker", default="", metavar=".END",
        help="watch: take a delivery only when a file of its name and this end lies beside it, and then at once",
    )  # fmt: skip
    parser.add_argument("--sheet", metavar="NAME", help="of a workbook to suggest a mapping for")
    parser.add_argument("--json", action="store_true")


def _seconds(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text[:7]) <= A_WEEK):
        raise argparse.ArgumentTypeError(f'"{text}" is no whole number of seconds, from 0 to a week.')
    return int(text)


def run(chosen: argparse.Namespace) -> int:
    """Import, check or suggest, as was said; the exit status."""
    from dashboard.importing.result import ImportRefused

    if chosen.template:
        return _template(chosen.template)
    if chosen.watch:
        return _watch(chosen)
    if not chosen.sources:
        raise WrongUsage("Name the folder or the files to import, or --template FOLDER for empty tables to fill in.")
    named_files.check([*chosen.sources, *([chosen.mapping] if chosen.mapping else [])])
    if chosen.suggest:
        return _suggest(chosen)
    try:
        result = publish(
            settings.read(store=chosen.store), chosen.sources, chosen.mapping, chosen.format, chosen.check,
            clock_is_right=chosen.clock_is_right, add=chosen.add,
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


def _watch(chosen: argparse.Namespace) -> int:
    """One look at a folder: what came of each delivery, as it comes; refused where one was, or could not be moved."""
    from dashboard.engines.generations import Store
    from dashboard.importing import watching
    from dashboard.importing.mapping import read

    if chosen.sources or chosen.check or chosen.suggest:
        raise WrongUsage("--watch goes with the name of one folder, and imports what it finds there.")
    if chosen.marker and not (chosen.marker.startswith(".") and Path(chosen.marker).name == chosen.marker):
        raise WrongUsage(f'"{chosen.marker}" is no end of a name. Write it with its point, as in --marker .ready')
    held = settings.read(store=chosen.store)
    refuse_if_others_read(held.store)
    if chosen.mapping:  # one that is wrong would refuse every delivery
        named_files.check([chosen.mapping])
        read(chosen.mapping)

    def take(path: Path) -> ImportResult:
        told = _progress if sys.stderr.isatty() else None
        return publish(
            held, [path], chosen.mapping, chosen.format,
            clock_is_right=chosen.clock_is_right, add=chosen.add, told=told,
        )  # fmt: skip

    store, taken = Store.of(held), []
    try:
        for one in watching.look(chosen.watch, store, take, quiet=chosen.quiet, marker=chosen.marker):
            taken.append(one)
            if not chosen.json:
                tell(f"{one.name}: {one.state}. {one.words}{f' ({one.moved_to})' if one.moved_to else ''}")
    finally:
        if chosen.json:
            print_json([asdict(one) for one in taken])
    return REFUSED if any(one.state in watching.TO_BE_SEEN_TO for one in taken) else DONE


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


def _progress(progress: Progress) -> None:
    """One line that is written over on a terminal, a line a step elsewhere."""
    line = f"{progress.place}/{progress.of}  {progress.step}  ({progress.seconds:.0f} s)"
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{one_line(line)}" + ("\n" if progress.place == progress.of else ""))
        sys.stderr.flush()
    else:
        say(line)


def publish(
    held: settings.Settings,
    sources: Sequence[Path],
    mapping: Path | None = None,
    form: str = AUTO,
    check: bool = False,
    *,
    clock_is_right: bool = False,
    add: bool = False,
    told: Told | None = _progress,
) -> ImportResult:
    """Import into a store as the operator of this machine: with progress on the terminal, and in the audit."""
    from dashboard import importing
    from dashboard.analyses.signals import keep_current

    refuse_if_others_read(held.store)
    recorded = None if check else _recorded(held, "import").begun(files=len(sources))
    result = importing.run(
        sources, held.store, mapping=mapping, format=form, check=check, told=told, recorded=recorded,
        clock_is_right=clock_is_right, add=add,
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


def _tell(result: ImportResult) -> None:
    """What came of it: by rule how often and the first cases, then the rows of each table."""
    from dashboard.importing import report

    _tell_rules(result)
    say(f"Read as {result.read_as}")
    for line in report.table_lines(result):
        tell(line)
    tell("Nothing was published." if result.generation is None else result.published_words)


def _tell_rules(result: ImportResult, *severities: str) -> None:
    """Each rule that was broken, as the report says it; severities: of these alone, where any are named."""
    from dashboard.importing import report

    for line in report.rule_lines(result, *severities):
        say(line)

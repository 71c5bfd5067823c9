"""The command `outcomes`: the same answers as the screens, for the practice's IT and for whoever checks a figure."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard import (
    digest_command,
    import_command,
    people_command,
    query_command,
    report_command,
    serve_command,
    settings,
)
from dashboard.errors import OurFault, OutcomesError, WrongUsage
from dashboard.terminal import DONE, REFUSED, WRONG, Parser, print_json, say, tell

if TYPE_CHECKING:
    pass


STORE_ACTIONS = ("list", "verify", "restore", "upgrade", "audit", "backup", "forget", "pseudonyms")


def main(argv: list[str] | None = None) -> int:
    """Run one command. Returns 0 done, 1 refused and nothing changed, 2 wrong usage."""
    try:
        chosen = _parser().parse_args(argv)
    except SystemExit as said:
        return said.code if isinstance(said.code, int) else WRONG
    try:
        return int(chosen.run(chosen))
    except OutcomesError as problem:
        say(problem.message)
        return WRONG if isinstance(problem, WrongUsage) else REFUSED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as problem:
        say(f"{problem.filename or 'This machine'}: {problem.strerror or 'could not be used'}. Nothing was changed.")
        return REFUSED
    except KeyboardInterrupt:
        return REFUSED
    except Exception:  # noqa: BLE001 (whatever it is, it is told in one way)
        say(OurFault(traceback.format_exc()).message)
        return REFUSED


def _parser() -> argparse.ArgumentParser:
    store = Parser(add_help=False)
    store.add_argument("--store", type=Path, metavar="DIR", help=f"the store; else ${settings.STORE}, else the default")
    parser = Parser(prog="outcomes", description="Outcomes after spine surgery.", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], words: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=[store], help=words, description=words, allow_abbrev=False)
        added.set_defaults(run=run)
        return added

    serve_command.words(
        command("serve", serve_command.run, "serve the app; with an empty store, publish the sample data first")
    )
    command("open", serve_command.open_it, "open the browser on the app that is being served, by a new link")
    import_command.words(
        command("import", import_command.run, "read, check and publish records, or refuse and change nothing")
    )
    query_command.words(command("query", query_command.run, "one analysis as a table"))
    report_command.words(command("report", report_command.run, "the quality report, or another document, as a file"))
    digest_command.words(command("digest", _digest, "what needs review, in a few lines; by mail where that is set up"))
    _sample_words(command("sample", _sample, "write made-up records as canonical tables"))
    _store_words(
        command(
            "store", _store, "list the generations, check them, go back to one, bring it up to date, match patients"
        )
    )
    command("audit", _audit_alone, "who did what, and the head of the log").add_argument("--json", action="store_true")
    people_command.words(command("people", people_command.run, "who may sign in, and who was not let in"))
    defined = command("definitions", _definitions, "every definition with its source and review date")
    defined.add_argument("--json", action="store_true")
    return parser


def _store_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=STORE_ACTIONS)
    parser.add_argument(
        "of",
        nargs="?",
        help="restore: the generation to go back to, or the file of a backup; backup: the file to write; "
        "pseudonyms: a CSV file of your patients' numbers; "
        "forget: the patient's number, or - to type it",
    )
    parser.add_argument(
        "--head", metavar="NUMBER:CODE", help="verify: the end of the audit that was written down elsewhere"
    )
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="backup and restore: the file that holds the key; else a passphrase"
    )
    parser.add_argument(
        "--opted-out", type=Path, metavar="FILE", help="restore: the list of those who opted out, where it was kept"
    )
    parser.add_argument("--finish", action="store_true", help="forget: go on with one that was interrupted")
    parser.add_argument("--column", metavar="NAME", help="pseudonyms: the column that has the numbers")
    parser.add_argument("--json", action="store_true")


def _sample_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--operations", type=int, required=True, metavar="N")
    parser.add_argument("--seed", type=int, required=True, metavar="S")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--dirty", type=float, default=0.0, metavar="SHARE", help="share of rows that get a fault, 0 to 1"
    )


def _settings(chosen: argparse.Namespace) -> settings.Settings:
    return settings.read(store=chosen.store)


def _sample(chosen: argparse.Namespace) -> int:
    from dashboard import sample
    from dashboard.shipped import shipped

    rules = shipped("sample_data", "rules.toml")
    rows = sample.write(chosen.out, chosen.operations, chosen.seed, dirty=chosen.dirty, rules=rules)
    for name, number in rows.items():
        tell(f"{name}: {number}")
    return DONE


def _store(chosen: argparse.Namespace) -> int:
    from dashboard.engines.generations import Store

    takes = {
        "restore": "N`, with a number that `outcomes store list` shows, or the file of a backup",
        "pseudonyms": "FILE`, a CSV file", "backup": "FILE`, the file to write",
    }  # fmt: skip
    if chosen.action != "forget" and (chosen.of is None) == (chosen.action in takes):
        action = chosen.action if chosen.action in takes else "restore"
        raise WrongUsage(f"Write `outcomes store {action} {takes[action]}.")
    held = _settings(chosen)
    act = {
        "list": _list_generations, "verify": _verify, "restore": _restore, "upgrade": _upgrade,
        "pseudonyms": _pseudonyms, "audit": _audit, "forget": _forget, "backup": _backup,
    }[chosen.action]  # fmt: skip
    return act(held, Store.of(held), chosen)


def _list_generations(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard.engines.generations import ADDED_TO

    current = store.current()
    rows = [
        {
            "generation": generation.number,
            "current": current is not None and generation.number == current.number,
            "added_to": generation.manifest.get(ADDED_TO),
        }
        for generation in store.generations()
    ]
    _tell(chosen, rows, [_listed(**row) for row in rows])
    if not rows:
        say(f"Nothing is published in {held.store}.")
    return DONE


def _listed(generation: int, current: bool, added_to: int | None) -> str:
    said = [*(["current"] if current else []), *([] if added_to is None else [f"added to generation {added_to}"])]
    more = ", ".join(said)
    return f"{generation}  ({more})" if more else str(generation)


def _verify(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard import audit_command
    from dashboard.engines import opted_out, pseudonym_key
    from dashboard.importing import backup
    from dashboard.importing.publishing import forgetting

    said_of = (pseudonym_key.complaint, opted_out.complaint, forgetting.pending, backup.pending)
    more = [said for said in (ask(store) for ask in said_of) if said]
    wrong = [*store.verify(), *more, *audit_command.complaints(held, chosen.head)]
    lines = [] if wrong else ["Every generation, the key and the audit are as they were written."]
    _tell(chosen, {"whole": not wrong, "complaints": wrong}, lines)
    for complaint in wrong:
        say(complaint)
    return REFUSED if wrong else DONE


def _upgrade(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard.engines.versions import read_otherwise

    number = import_command.bring_up_to_date(held)
    manifest = store.current().manifest
    told = [*manifest["why"], *(manifest["changes"] or ["No figure has changed."])]
    only_anew = [column for reading in read_otherwise(manifest) for column in reading.columns]
    published = f"Published as generation {number}, made from generation {manifest['upgraded_from']}."
    document = {"generation": number, "told": told, "right_after_a_new_import": only_anew}
    _tell(chosen, document, [published, *told])
    if only_anew and not chosen.json:
        say(f"Right only after the records are imported again: {', '.join(only_anew)}.")
    return DONE


def _restore(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard import backup_command
    from dashboard.access import OPERATOR
    from dashboard.recorded import Recorded

    if Path(chosen.of).is_file():
        return backup_command.restore(held, store, chosen)
    if not chosen.of.isdecimal():
        raise WrongUsage(f'"{chosen.of}" is no generation and no file. `outcomes store list` shows the generations.')
    if chosen.opted_out:
        raise WrongUsage("--opted-out goes with the file of a backup, not with the number of a generation.")
    number = int(chosen.of)
    recorded = Recorded(held.opened_audit(), OPERATOR, "restore")
    store.restore(number)
    recorded.published(number)
    _tell(chosen, {"generation": number}, [f"Readers now see generation {number}."])
    return DONE


def _audit(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard import audit_command

    return audit_command.run(held, chosen)


def _audit_alone(chosen: argparse.Namespace) -> int:
    return _audit(_settings(chosen), None, chosen)


def _backup(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard import backup_command

    return backup_command.back_up(held, store, chosen)


def _forget(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard import forget_command

    return forget_command.run(held, store, chosen)


def _pseudonyms(held: settings.Settings, store: Any, chosen: argparse.Namespace) -> int:
    from dashboard import pseudonyms_command
    from dashboard.cohort import Cohort

    everyone = query_command.opened(held.store, Cohort(every_operation=True))
    return pseudonyms_command.run(everyone, held.store, Path(chosen.of), chosen.column)


def _digest(chosen: argparse.Namespace) -> int:
    from dashboard.cohort import Cohort

    return digest_command.run(query_command.opened(chosen.store, Cohort()), chosen)


def _definitions(chosen: argparse.Namespace) -> int:
    from dashboard.definitions import load

    definitions = load()
    entries = {
        part: {
            name: {"label": e.label, "source": e.source, "reviewed": e.reviewed.isoformat()}
            for name, e in getattr(definitions, part).items()
        }
        for part in ("outcomes", "factors", "benchmarks", "programmes")
    }
    words = {
        name: {word: term.label for word, term in terms.items()} for name, terms in definitions.vocabularies.items()
    }
    complaints = definitions.complaints(date.today())  # noqa: DTZ011 (review dates are local days)
    document = {"version": definitions.version, **entries, "vocabularies": words, "complaints": complaints}
    _tell(chosen, document, _described(definitions.version, entries, words))
    for complaint in complaints:
        say(complaint)
    return DONE


def _described(version: str, entries: dict[str, dict[str, Any]], words: dict[str, dict[str, str]]) -> Iterator[str]:
    yield f"Definitions {version}"
    for part, held in entries.items():
        yield from ("", part)
        for name, entry in held.items():
            yield f"  {name}: {entry['label']}. {entry['source']}; reviewed {entry['reviewed']}"
    yield from ("", "vocabularies")
    for name, terms in words.items():
        yield f"  {name}: {', '.join(terms)}"


def _tell(chosen: argparse.Namespace, document: object, lines: Iterable[str]) -> None:
    """The answer for a program where that was asked for, else for a person."""
    if chosen.json:
        print_json(document)
    else:
        for line in lines:
            tell(line)


if __name__ == "__main__":
    raise SystemExit(main())

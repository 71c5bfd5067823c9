"""The command `outcomes query`: one analysis as a table."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard import settings
from dashboard.cohort import TITLES, Cohort
from dashboard.errors import NoData, WrongUsage
from dashboard.harmless import one_line
from dashboard.terminal import DONE, print_json, say, tell, tell_lines

if TYPE_CHECKING:
    from dashboard.records import Records

QUERIES = (
    "failure_curve", "failure_rate", "failure_test", "onset", "risk_factors", "symptoms", "causes", "diagnosis_delay",
    "treatments", "completeness", "follow_up", "definitions_compared", "red_flags", "proms", "compare", "trend",
    "difference", "published", "estimate", "programmes", "undated", "monitor", "verdicts",
)  # fmt: skip
"""The names in ``analyses.questions``, written again so that the other commands need not load the analyses."""


def words(parser: argparse.ArgumentParser) -> None:
    """What may be asked, and how."""
    parser.add_argument("name", choices=QUERIES, metavar="NAME", help=", ".join(QUERIES))
    parser.add_argument("--by", metavar="COLUMN")
    parser.add_argument("--outcome", metavar="NAME")
    parser.add_argument("--days", type=int, metavar="N")
    period_words(parser)
    parser.add_argument("--every-operation", action="store_true", help="reoperations and planned stages count too")
    parser.add_argument(
        "--since", type=_date, metavar="DATE", help="operations from this day on against those before it"
    )
    parser.add_argument("--against", action="append", default=[], metavar="COLUMN=VALUE", help="the cohort beside it")
    parser.add_argument("--after", type=int, metavar="N", help="only what shows itself later than so many days")
    parser.add_argument("--exposure", metavar="FACTOR", help="the factor of interest, which stays in the model")
    parser.add_argument("--profile", action="append", default=[], metavar="FACTOR=BAND", help="a patient's factors")
    parser.add_argument("--procedure", metavar="NAME", help="what is planned for that patient")
    parser.add_argument("--about", metavar="NAME", help="one verdict alone")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true")
    shape.add_argument("--csv", action="store_true")


def period_words(parser: argparse.ArgumentParser) -> None:
    """Which operations are counted, as every command that counts them is told."""
    parser.add_argument("--where", action="append", default=[], metavar="COLUMN=VALUE", help=", ".join(TITLES))
    parser.add_argument("--from", dest="operated_from", type=_date, metavar="DATE", help="the first day of surgery")
    parser.add_argument("--to", dest="operated_to", type=_date, metavar="DATE", help="the last day of surgery")


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f'"{text}" is not a date. Write dates as 2024-02-28.') from None


def run(chosen: argparse.Namespace) -> int:
    """Print the table that answers a question."""
    from dashboard.analyses.questions import answer, nothing
    from dashboard.definitions import load

    outcome, records = chosen.outcome or load().default_outcome.name, records_of(chosen, chosen.where)
    frame = answer(records, chosen.name, outcome, chosen.by, chosen.days, _more(records, chosen))
    if chosen.json:
        print_json([{name: _plain(value) for name, value in row.items()} for row in frame.to_dict("records")])
    elif chosen.csv:
        from dashboard.exports.as_csv import bare_csv

        tell_lines(bare_csv(_in_one_line(frame)), end="")
    elif len(frame):
        tell_lines(_in_one_line(frame).to_string(index=False, na_rep=""))
    else:
        tell(nothing(records, chosen.name))
    return DONE


def _more(records: Records, chosen: argparse.Namespace) -> dict[str, Any]:
    """What only some questions can be asked with."""
    from dashboard.analyses.narrowing import narrowed

    profile = dict(said.partition("=")[::2] for said in chosen.profile)
    if len(profile) < len(chosen.profile):
        raise WrongUsage("One factor is given twice with --profile: say each once.")
    against = narrowed(records.of(Cohort()), chosen.against) if chosen.against else None
    plain = {name: getattr(chosen, name) for name in ("since", "after", "exposure", "procedure", "about")}
    return plain | {"profile": profile, "against": against}


def records_of(chosen: argparse.Namespace, where: Sequence[str]) -> Records:
    """The records that a command is asked of; where: each COLUMN=VALUE by which they are narrowed."""
    from dashboard.analyses.narrowing import narrowed

    every = getattr(chosen, "every_operation", False)
    records = opened(chosen.store, Cohort(chosen.operated_from, chosen.operated_to, every_operation=every))
    return records.of(narrowed(records, where))


def opened(store: Path | None, cohort: Cohort) -> Records:
    """What is published in a store, for whoever sits at this machine. Raises NoData where nothing is."""
    from dashboard.access import OPERATOR, switched
    from dashboard.engines.duck import DuckEngine
    from dashboard.engines.generations import Store
    from dashboard.engines.notebook import Notebook
    from dashboard.engines.versions import lacks_tables, refuse_newer
    from dashboard.records import Records

    held = settings.read(store=store)
    shown = Store.of(held).last_whole()
    if shown is None:
        raise NoData(f"Nothing is published in {held.store}. Import records, or serve the sample data.")
    if shown.warning:
        say(shown.warning)
    current = shown.generation
    refuse_newer(current.manifest)
    if lacks_tables(current.manifest):
        raise NoData("These records were published by an earlier version of this app. Run `outcomes store upgrade`.")
    return Records(
        DuckEngine(current.path, current.number), switched(OPERATOR, held.switched_off), cohort, held.opened_audit(),
        Notebook(held.store), answers=current.answers_path,
    )  # fmt: skip


def _in_one_line(frame: Any) -> Any:
    """A table of which no cell begins a line of its own."""
    broken = [
        name for name, column in frame.items()
        if column.dtype.kind == "O" and any(isinstance(value, str) and "\n" in value for value in column)
    ]  # fmt: skip
    return frame.assign(**{
        name: frame[name].map(lambda value: one_line(value) if isinstance(value, str) else value) for name in broken
    })  # fmt: skip


def _plain(value: Any) -> Any:
    """A value as JSON has it: what is not defined is null."""
    undefined = value is None or (isinstance(value, float) and value != value)
    return None if undefined else value.item() if hasattr(value, "item") else value

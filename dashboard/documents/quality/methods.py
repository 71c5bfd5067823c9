"""What the words of a report mean, and how its figures were reckoned: from the definition files, with their sources."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

from dashboard.cohort import day_words
from dashboard.definitions import Factor, Outcome, load
from dashboard.documents.document import Block, Paragraph, WordTable
from dashboard.documents.quality.changes import outcomes_of
from dashboard.documents.tables import word_table
from dashboard.documents.wanted import Wanted
from dashboard.records import Records
from dashboard.strict import check_keys, made, toml

FILE = Path(__file__).with_name("methods.toml")


@dataclass(frozen=True)
class Method:
    """How one kind of figure is reckoned, in words, and where that comes from."""

    label: str
    words: str
    source: str


@cache
def methods() -> tuple[Method, ...]:
    """The methods in the order of the file."""
    file = toml(FILE)
    check_keys(FILE.name, file, ["methods"], ["methods"])
    return tuple(made(Method, entry, FILE.name) for entry in file["methods"])


def definitions(records: Records, wanted: Wanted) -> list[Block]:
    """What counts as each of the outcomes in the report."""
    known = load()
    outcomes = [known.outcomes[name] for name in outcomes_of(records, wanted)]
    blocks: list[Block] = [
        Paragraph(_told(outcome), strong=f"{outcome.label}, definition version {outcome.version}.")
        for outcome in outcomes
    ]
    onset = "; ".join(category.label for category in known.onset_categories)
    family = ", ".join(known.families.values())
    return [
        *blocks,
        Paragraph(f"{onset}.", strong="When a failure first shows itself."),
        Paragraph(f"{family}.", strong="Families of procedures."),
        Paragraph(f"Version {known.version} of all definition files.", quiet=True),
    ]


def _told(outcome: Outcome) -> str:
    where = f"Source: {outcome.source}; reviewed {day_words(outcome.reviewed)}."
    return " ".join([outcome.description, f"To bear in mind: {outcome.caution}", where])


def factors(records: Records, wanted: Wanted) -> list[Block]:
    """The risk factors, their bands and their sources."""
    rows = pd.DataFrame([{"factor": factor} for factor in load().factors.values()])
    return [
        word_table(
            "Risk factors and their bands", rows,
            {
                "Factor": lambda row: row.factor.label, "Bands": lambda row: _bands(row.factor),
                "Can be changed": lambda row: "yes" if row.factor.modifiable else "",
                "Source": lambda row: row.factor.source,
            },
            wide=3,
        )
    ]  # fmt: skip


def _bands(factor: Factor) -> str:
    told = [f"{band.label} (reference)" if band.name == factor.reference else band.label for band in factor.bands]
    return ", ".join([*told, "not recorded"])


def reckoned(records: Records, wanted: Wanted) -> list[Block]:
    """How the figures were reckoned."""
    rows = [[method.label, method.words, method.source] for method in methods()]
    return [WordTable("", ["Figure", "How", "Source"], rows, wide=1)]

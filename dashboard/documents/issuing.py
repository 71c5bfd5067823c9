"""A document as a file that leaves the app: made with its steps told, and on record before anybody has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from dashboard.analyses.groups import check_days
from dashboard.cohort import day_words
from dashboard.documents import as_page, last_report, on_paper
from dashboard.documents.document import Document
from dashboard.documents.kinds import DocumentKind
from dashboard.documents.quality.changes import outcomes_of
from dashboard.documents.wanted import Wanted
from dashboard.engines.generations import Store
from dashboard.errors import NoData, OutcomesError, WrongUsage
from dashboard.recorded import Recorded
from dashboard.records import Records


@dataclass(frozen=True)
class Form:
    """How a document is written: the end of its file's name, what a browser calls it, and the writer."""

    ending: str
    mime: str
    write: Callable[[Document], bytes]


FORMS: Mapping[str, Form] = MappingProxyType({
    "pdf": Form(".pdf", "application/pdf", on_paper.pdf),
    "html": Form(".html", "text/html", lambda document: as_page.html(document).encode()),
})  # fmt: skip


@dataclass(frozen=True)
class Issued:
    """A file, the document that it was written from, and what was not done besides, in words; mostly nothing."""

    content: bytes
    document: Document
    told: str = ""


def made(store: Store, records: Records, kind: DocumentKind, wanted: Wanted) -> Document:
    """The document, for a viewer for whom it is there. Raises NotAllowed for anybody else, on record.

    Raises WrongUsage for a day that is none, for a period after the data, and while something is still to be chosen;
    NoData for a period before them.
    """
    refusal = f"{kind.title}: your role does not include this document."
    records.asks(kind.right, kind.name, refusal, exact=kind.exact)
    if lacking := kind.lacking(records):
        raise WrongUsage(lacking)
    check_days(wanted.within_days)
    _check_period(records)
    if kind.compared and wanted.share == "none":
        wanted.on_step("What changed since the last report")
        last = last_report.last_report(store, records, kind.name, outcomes_of(records, wanted))
        wanted = replace(wanted, last=last)
    return kind.make(records, wanted)


def _check_period(records: Records) -> None:
    """Whether there can be operations between the days chosen: none of the practice's lies before or after its data."""
    cohort, facts = records.cohort, records.facts
    until = facts.data_date or facts.last_operation
    if cohort.operated_from and until and cohort.operated_from > until:
        raise WrongUsage(
            f"The period begins on {day_words(cohort.operated_from)}, after the last day of the data, "
            f"{day_words(until)}: there is nothing to show. Choose an earlier day."
        )
    if cohort.operated_to and facts.first_operation and cohort.operated_to < facts.first_operation:
        raise NoData(
            f"The period ends on {day_words(cohort.operated_to)}, before the first operation, "
            f"{day_words(facts.first_operation)}: there is nothing to show. Choose a later day."
        )


def issued(store: Store, records: Records, kind: DocumentKind, wanted: Wanted, form: Form) -> Issued:
    """The document as a file; on record first. What it was made from is kept for the next of its kind."""
    document = made(store, records, kind, wanted)
    wanted.on_step("The file")
    content = form.write(document)
    words: dict[str, Any] = {
        "kind": kind.name, "form": form.ending.removeprefix("."), "generation": records.engine.generation,
        "cohort": {name: list(names) for name, names in records.cohort.chosen.items()}, "share": wanted.share,
        "from": records.cohort.operated_from, "to": records.cohort.operated_to,
    }  # fmt: skip
    Recorded(records.audit, records.viewer, "document").done(**words)
    return Issued(content, document, _kept(store, records, kind, wanted))


def _kept(store: Store, records: Records, kind: DocumentKind, wanted: Wanted) -> str:
    if not kind.compared or wanted.share != "none":
        return ""
    try:
        last_report.keep(store, records, kind.name)
    except OutcomesError as problem:
        return f"The next report will not be held against this one: {problem.message}"
    return ""


def file_name(records: Records, kind: DocumentKind, wanted: Wanted, form: Form) -> str:
    """What the file is called: a digest of all that it is made of keeps one viewer's from another's."""
    asked = (kind.name, wanted.outcome, wanted.within_days, wanted.compare, wanted.share, wanted.month)
    about = repr((asked, records.engine.generation, records.viewer, records.described))
    digest = hashlib.sha256(about.encode()).hexdigest()[:12]
    return f"{kind.name}-{wanted.made:%Y-%m-%d}-{digest}{form.ending}"

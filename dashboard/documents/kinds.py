"""Which documents there are, by the name that the address and the command know them by, and how each is made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dashboard.access import CORRECTION, OWN_PAGE, PATIENTS, REPORTS, Right, Viewer
from dashboard.documents.appraisal import appraisal, surgeon_lacking
from dashboard.documents.document import Document
from dashboard.documents.letters import letters_document
from dashboard.documents.meeting import meeting
from dashboard.documents.programmes import programmes_document
from dashboard.documents.quality import quality
from dashboard.documents.wanted import Wanted
from dashboard.records import Records


@dataclass(frozen=True)
class DocumentKind:
    """One kind of document. name: in the address and the command; what: what it is for, in a sentence.

    make: the records of whoever asks, as chosen, and what is wanted, to the document. right: what whoever asks for it
    must be allowed. shared: whether it can leave the practice under a rule of ``disclosure``; compared: whether it has
    a comparator. monthly: whether it is of a month. exact: whether nothing of it has a protected form. lacking: what is
    still to be chosen before it can be made, in words; mostly nothing.
    """

    name: str
    title: str
    what: str
    make: Callable[[Records, Wanted], Document]
    right: Right
    shared: bool = False
    compared: bool = False
    monthly: bool = False
    exact: bool = False
    lacking: Callable[[Records], str] = lambda records: ""

    def is_for(self, viewer: Viewer) -> bool:
        """Whether it is there at all for this viewer."""
        return viewer.may(self.right, exact=self.exact)


KINDS = (
    DocumentKind(
        "quality", "Quality report", "What became of the operations of a period, for the board and for the practice.",
        quality, REPORTS, shared=True, compared=True,
    ),
    DocumentKind(
        "appraisal", "Appraisal pack", "One surgeon's own figures, failures and care, for an appraisal: choose whose.",
        appraisal, OWN_PAGE, lacking=surgeon_lacking,
    ),
    DocumentKind(
        "meeting", "Meeting pack", "The failures of a period, a page each, for a morbidity and mortality meeting.",
        meeting, PATIENTS,
    ),
    DocumentKind(
        "letters", "Follow-up letters", "Whose visit is overdue, falls due or opens in a month: a list to tick off.",
        letters_document, CORRECTION, monthly=True,
    ),
    DocumentKind(
        "programmes", "For registries and payers", "What registries and payers ask for, field by field.",
        programmes_document, REPORTS, shared=True, exact=True,
    ),
)  # fmt: skip
"""In the order in which they are offered. A further one is a line here."""


def kind_named(name: str) -> DocumentKind | None:
    """The kind of this name."""
    return next((each for each in KINDS if each.name == name), None)

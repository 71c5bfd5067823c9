"""The errors that a user may meet: each says what is wrong, where, and what to do, and never names a patient."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import TypeVar

from dashboard.harmless import harmless_record

LOG = logging.getLogger("dashboard")
LOG.addFilter(harmless_record)


class OutcomesError(Exception):
    """Something that a person can understand and act on; ``message`` is the sentence to show."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Refused(OutcomesError):
    """What was asked would have changed the data, and nothing was changed."""


class WrongUsage(OutcomesError):
    """The question itself is wrong: an unknown name, an impossible date, a value outside its list."""


class NotAllowed(OutcomesError):
    """The viewer's role does not include this."""


class NotTold(NotAllowed):
    """What was asked about are so few, or is told in such detail, that somebody could be made out."""


Answer = TypeVar("Answer")
Instead = TypeVar("Instead")


def told_or(ask: Callable[[], Answer], instead: Instead) -> Answer | Instead:
    """What is asked for; where it is not told to whoever asks, what stands in its place."""
    try:
        return ask()
    except NotTold:
        return instead


class NoData(OutcomesError):
    """Nothing has been published yet, or the store is not there."""


class StoreDamaged(OutcomesError):
    """A file of the store is not what its manifest says."""


class StoreBusy(OutcomesError):
    """Another import holds the store."""


class DefinitionsWrong(OutcomesError):
    """A definition file cannot be read, says what nothing knows, or contradicts another."""


class QueryFailed(OutcomesError):
    """A question could not be answered as it was asked, or from this generation."""


class MailFailed(OutcomesError):
    """A mail was not taken for everybody; what was done before it stands."""


class TooMuch(Exception):
    """A question that would take long, told before it is asked; whoever goes on all the same asks it anew.

    No OutcomesError: those may stand in the place of one figure for good, and this is no answer to anything.
    generation: of whose records it was asked.
    """

    def __init__(self, message: str, generation: int) -> None:
        super().__init__(message)
        self.message = message
        self.generation = generation


class OurFault(OutcomesError):
    """A fault of this program: its details are in the log of this machine, under the reference that is shown.

    details: for the log alone. What a database says of its own accord stays out of them: it may quote a record.
    """

    def __init__(self, details: str) -> None:
        reference = secrets.token_hex(3).upper()
        LOG.error("reference %s: %s", reference, details)
        super().__init__(
            f"Something went wrong (reference {reference}). It is a fault of this program, not of your records; the "
            "log of this machine has the details."
        )

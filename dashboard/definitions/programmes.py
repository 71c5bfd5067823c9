"""What registries and payers ask for: their measures and fields, as they define them, and what answers them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dashboard.definitions.canonical import ANSWERS
from dashboard.definitions.terms import Entry
from dashboard.errors import DefinitionsWrong
from dashboard.strict import check_words, made, toml

if TYPE_CHECKING:
    from dashboard.definitions.catalogue import Definitions

BEFORE_SURGERY = 0
"""Among the visits of a field: the last answer up to surgery."""
MOST_DAYS = 36_500


@dataclass(frozen=True)
class AnswerPair:
    """An answer before surgery and one after, told by their days, and what of them meets the target.

    before_days: so many days before surgery at most, the day of surgery included. low, high: days after it, both ends
    counted; of several answers the one nearest the middle. Met: the later answer is ``at_most`` so much, or lower than
    the earlier one by ``improved_by`` or more; the first does not need an answer before surgery.
    """

    score: str
    before_days: int
    low: int
    high: int
    at_most: float
    improved_by: float


@dataclass(frozen=True)
class EventsWithin:
    """The first of some events within some days of surgery: outcomes of ours, kinds of complication, death."""

    within_days: int
    outcomes: tuple[str, ...] = ()
    complications: tuple[str, ...] = ()
    death: bool = False


@dataclass(frozen=True)
class ProgrammeField:
    """One thing that is asked for.

    asks: what the programme wants, in a few words; part: under which heading. What answers it here is one of
    ``factor`` (a recorded trait), ``score`` (an answer at each of ``visits``; 0 is before surgery), ``pair`` and
    ``events``; with none of these nothing here does.
    differs: why no figure is given: nothing of it is recorded, or, where ``otherwise``, in another form. note: what to
    bear in mind with the figure. procedures, left_out_indications, from_age: of whom it is asked; else of everybody.
    """

    name: str
    label: str
    part: str
    asks: str
    differs: str = ""
    otherwise: bool = False
    note: str = ""
    factor: str | None = None
    score: str | None = None
    visits: tuple[int, ...] = ()
    pair: AnswerPair | None = None
    events: EventsWithin | None = None
    procedures: tuple[str, ...] = ()
    left_out_indications: tuple[str, ...] = ()
    from_age: int | None = None

    @property
    def answered_by(self) -> str:
        """By which of its keys it is answered here; empty where nothing answers it."""
        told = {"factor": self.factor, "score": self.score, "pair": self.pair, "events": self.events}
        return next((name for name, value in told.items() if value is not None), "")


@dataclass(frozen=True)
class Programme(Entry):
    """A registry or a payer, and what it asks for; the order is that of the screens.

    by_family: whether its figures are told of each family of procedures too.
    """

    short: str
    order: int
    version: int
    description: str
    caution: str
    fields: tuple[ProgrammeField, ...]
    by_family: bool = False


def read_programmes(folder: Path) -> dict[str, Programme]:
    """The programmes of a folder by name, in the order that each one states."""
    read = []
    for path in sorted(folder.glob("*.toml")):
        one = made(Programme, toml(path), path.name)
        if one.name != path.stem:
            raise DefinitionsWrong(f'{path.name}, key "name": "{one.name}" is not the name of its file.')
        read.append(one)
    return {one.name: one for one in sorted(read, key=lambda one: (one.order, one.name))}


def check_programmes(definitions: Definitions) -> None:
    """Raises DefinitionsWrong, naming the file and the field, for what would make a wrong number."""
    for programme in definitions.programmes.values():
        names = [field.name for field in programme.fields]
        check_words(f"{programme.name}.toml, [[fields]], name", names, names, "field")
        for field in programme.fields:
            _check_field(field, definitions, f"{programme.name}.toml, {field.name}")


def _check_field(field: ProgrammeField, definitions: Definitions, where: str) -> None:
    told = [one for one in (field.factor, field.score, field.pair, field.events) if one is not None]
    if len(told) > 1:
        raise DefinitionsWrong(f"{where}: one of factor, score, pair and events answers it, not several.")
    if not told and not field.differs:
        raise DefinitionsWrong(f'{where}: nothing answers it, and "differs" does not say why.')
    if bool(field.visits) != (field.score is not None):
        raise DefinitionsWrong(f"{where}: a score is asked at visits, and nothing else is.")
    check_words(f"{where}, procedures", field.procedures, definitions.vocabularies["procedure"], "procedure")
    indications = definitions.vocabularies["indication"]
    check_words(f"{where}, left_out_indications", field.left_out_indications, indications, "indication")
    if (field.procedures or field.left_out_indications or field.from_age is not None) and field.pair is None:
        raise DefinitionsWrong(f"{where}: only a pair is asked of some operations and not of others.")
    if field.factor is not None:
        check_words(f"{where}, factor", [field.factor], definitions.factors, "factor")
    if field.score is not None:
        scores = [measure.score for measure in definitions.patient_reported.measures]
        check_words(f"{where}, score", [field.score], scores, "score of a visit")
        months = [str(visit) for visit in (BEFORE_SURGERY, *definitions.visits)]
        check_words(f"{where}, visits", map(str, field.visits), months, "visit in months, or 0 before surgery")
    if field.pair is not None:
        _check_pair(field, field.pair, where)
    if field.events is not None:
        _check_events(field.events, definitions, where)


def _check_pair(field: ProgrammeField, pair: AnswerPair, where: str) -> None:
    check_words(f"{where}, pair, score", [pair.score], ANSWERS, "column of a visit")
    if not (0 <= pair.before_days <= MOST_DAYS and 0 < pair.low <= pair.high <= MOST_DAYS):
        raise DefinitionsWrong(f"{where}, pair: its days are not in order, or beyond {MOST_DAYS:,}.")
    if not field.procedures:
        raise DefinitionsWrong(f"{where}: a pair says of which procedures it is asked.")


def _check_events(events: EventsWithin, definitions: Definitions, where: str) -> None:
    over_time = [name for name, outcome in definitions.outcomes.items() if outcome.kind == "time"]
    check_words(f"{where}, events, outcomes", events.outcomes, over_time, "outcome that is followed over time")
    kinds: Mapping[str, object] = definitions.vocabularies["complication"]
    check_words(f"{where}, events, complications", events.complications, kinds, "complication")
    if not (events.outcomes or events.complications or events.death):
        raise DefinitionsWrong(f"{where}, events: none is named.")
    if not 0 <= events.within_days <= MOST_DAYS:
        raise DefinitionsWrong(f"{where}, events, within_days: {events.within_days} is not from 0 to {MOST_DAYS:,}.")
    for name in events.outcomes:
        for rule in definitions.outcomes[name].events:
            if rule.within_days is not None and rule.within_days < events.within_days:
                raise DefinitionsWrong(f"{where}, events: {name} itself ends on day {rule.within_days}, before.")

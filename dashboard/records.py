"""The one door to patients: what a viewer asks of a cohort, within the viewer's scope, and on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, NoReturn

import pandas as pd

from dashboard import disclosure, slots, sql
from dashboard.access import EXPORT, QUALITY, Right, Viewer
from dashboard.audit import Audit
from dashboard.codebook import Codebook, Facts, codebook_of, facts_of, in_order
from dashboard.cohort import PARAMETERS, Cohort
from dashboard.engines import noting
from dashboard.engines.duck import Engine, Value
from dashboard.engines.notebook import OF_A_PATIENT, READ_BY, Note, Notebook, renamed
from dashboard.errors import NoData, NotAllowed, NotTold, WrongUsage
from dashboard.others import Others
from dashboard.protecting import ProtectedForm, named_units
from dashboard.slots import LISTS, OF_NO_SCOPE, OF_THE_DOOR, OF_THE_PRACTICE, SINGLE_OPERATIONS, right_of

SURGEON = "surgeon"
UNIT = "unit"
"""A read's column for the group in its ``by`` slot; its codes are those of the column that was chosen."""

COUNTS_ONLY = "Your role shows counts, not single operations."
ONLY_COMPARED = "Of the whole practice only comparisons with what is wholly yours are shown."
NOT_OF_THE_ROLE = "This is not among what your role shows."


@dataclass(frozen=True)
class Records:
    """Engine, viewer and cohort together; every question goes through ``read``, every list through ``listing``."""

    engine: Engine
    viewer: Viewer
    cohort: Cohort
    audit: Audit = field(repr=False, compare=False)
    notebook: Notebook | None = field(default=None, repr=False, compare=False)
    whole_practice: bool = False
    import_report: Path | None = field(default=None, repr=False, compare=False)
    """Where the report of the generation's import lies, as long as it is kept: with cells of records in it."""
    answers: Path | None = field(default=None, repr=False, compare=False)
    """Where answers lie that were worked out when the generation was published."""

    def of(self, cohort: Cohort) -> Records:
        """The same viewer's records of another cohort; in protected form of whole quarters, which its words say."""
        cohort = cohort.in_quarters() if self.viewer.is_protected else cohort
        other = replace(self, cohort=cohort, whole_practice=False)
        return other.of_practice if self.whole_practice else other

    @property
    def of_practice(self) -> Records:
        """The whole practice: for the reads in OF_THE_PRACTICE, or, beyond a viewer's scope, for ``others`` alone.

        Which surgeons and sites such a viewer has chosen plays no part, and where the others are too few to hide one
        another, there is no practice but the viewer's own part of it.
        """
        wider = replace(self, cohort=self._of_every_unit(), whole_practice=True)
        return wider if wider._may_see_practice else replace(self, whole_practice=False)

    def beside_others(self, by: str) -> Records:
        """The counts of the practice, if a viewer may compare units of this kind with his or her own; else the own."""
        practice = self.of_practice
        return practice if self.viewer.sees_everything or by == self._own_kind else replace(self, whole_practice=False)

    def read(
        self, name: str, *, columns: Mapping[str, str | Sequence[str]] = sql.NO_COLUMNS, **values: Value
    ) -> pd.DataFrame:
        """The counts that a read gives, with names in place of codes.

        columns: what stands in the read's slots; ``values``: what it binds besides the cohort. A value that is the
        name of a dimension (``outcome="reoperation"``) is bound as its code.
        """
        return self._counts(name, columns, values, named=True)

    def read_codes(
        self, name: str, *, columns: Mapping[str, str | Sequence[str]] = sql.NO_COLUMNS, **values: Value
    ) -> pd.DataFrame:
        """The same with the codes as they are, for a model, which reckons with them."""
        return self._counts(name, columns, values, named=False)

    def _counts(
        self, name: str, columns: Mapping[str, str | Sequence[str]], values: Mapping[str, Value], *, named: bool
    ) -> pd.DataFrame:
        if refusal := self._refusal(name, columns):
            self._refuse(name, refusal, columns)
        try:
            frame, bound = self._answer(name, columns, values, named=named)
        except NotTold as problem:
            self._refuse(name, problem.message, columns, NotTold)
        self.audit.asked(self._entry(name, bound) | {"columns": dict(columns)})
        return frame

    def others(self, by: str = "", *, outcome: str, within_days: int, due_from: date, at_visit: bool) -> Others:
        """What may be told of everybody beyond the scope; by: of which units it is told how far they differ, or ""."""
        bound: dict[str, Value] = {"within_days": within_days, "due_from": due_from, "at_visit": at_visit}
        bound, columns = bound | {"outcome": self._coded("outcome", outcome)}, {"by": by or ()}
        if refusal := self._refusal_of_others(by):
            self._refuse("case_mix", refusal, columns)
        self.audit.asked(self._entry("case_mix", bound) | {"columns": columns})
        own, everybody = (partial(part._found, values=bound) for part in (replace(self, whole_practice=False), self))
        return Others.beyond(own, everybody, self.audit.keyed, by, at_visit=at_visit)

    def note(self, kind: str, subject: str, text: str) -> None:
        """Keep what the viewer writes: in the audit first, then in the notebook beside the generations.

        Raises WrongUsage when the text is empty or too long, or this store keeps no notebook; NotAllowed when what it
        is about lies beyond what the viewer may see.
        """
        notebook = self._notebook()
        notebook.check(kind, subject, text)
        surgeons, sites = self._about(kind, subject)
        subject, surgeons = renamed(subject, self._unmasked), tuple(self._unmasked.get(one, one) for one in surgeons)
        said = {"viewer": self.viewer.name, "role": self.viewer.role, "generation": self.engine.generation}
        self.audit.changed({**said, "change": "note", "kind": kind, "subject": notebook.people.hidden(subject)})
        notebook.write(kind, subject, text, who=self.viewer.name, surgeons=surgeons, sites=sites)

    def notes(self, kind: str) -> list[Note]:
        """What was written of this kind within the scope, the oldest first; empty where no notebook is kept.

        Of single patients, who is told exactly how complete the records are, and not whose, is told how many.
        """
        seen = noting.seen(kind, self, _codebook_of(self.engine))
        if not self.viewer.may(READ_BY[kind]):
            return [note.counted() for note in seen if kind in OF_A_PATIENT and self.viewer.may(QUALITY, exact=True)]
        told = {name: number for number, name in self._unmasked.items()}
        return [note.with_surgeons(told) for note in seen] if told else seen

    def listing(
        self, name: str, *, columns: Mapping[str, str | Sequence[str]] = sql.NO_COLUMNS, **values: Value
    ) -> pd.DataFrame:
        """Single operations within the scope, for whoever may see this list; on record before it is returned.

        Who is told no outcomes is told none here either. Raises NotAllowed for everybody else.
        """
        if self.whole_practice:
            return replace(self, whole_practice=False).listing(name, columns=columns, **values)
        self.asks(right_of(name), name, COUNTS_ONLY)
        if name not in LISTS:
            raise WrongUsage(f'"{name}" is not a list of operations.')
        if complaint := slots.complaint(name, columns):
            raise WrongUsage(complaint)
        frame, bound = self._answer(name, columns, values)
        self.audit.listed(self._entry(name, bound) | {"rows": len(frame)})
        return frame

    def may_have_kept(self, name: str) -> bool:
        """Whether an answer of everything that was worked out at publish is this viewer's too; on record if it is."""
        if not (self.viewer.sees_everything_exactly and self.viewer.sees_patients):
            return False
        self.audit.asked(self._entry(name, {}))
        return True

    def asks(self, right: Right, what: str, why: str, *, exact: bool = False) -> None:
        """Raises NotAllowed, on record before it is said, where the viewer may not. exact: as in ``Viewer.may``."""
        return None if self.viewer.may(right, exact=exact) else self._refuse(what, why)

    def leaves(self, title: str, rows: int, *, single: bool = True, **how: str) -> None:
        """Put on record that something leaves the app as a file; before it does. Raises NotAllowed for who may not.

        single: whether it tells of single operations. how: in which form, and under which rules for sharing.
        """
        self.asks(EXPORT, "export", NOT_OF_THE_ROLE)
        if single and not self.viewer.sees_rows:
            self._refuse("export", COUNTS_ONLY)
        self.audit.listed(self._entry("export", {}) | {"title": title, "rows": rows, "single": single, **how})

    def opens_report(self, rows: int) -> None:
        """Put on record, before it is shown, that the report of an import is opened, with so many cells of records."""
        if not self.viewer.may_import:
            self._refuse("import_report", "The report of an import is for whoever may import records.")
        self.audit.listed(self._entry("import_report", {}) | {"rows": rows})

    @cached_property
    def facts(self) -> Facts:
        """What the generation holds."""
        rows = self.engine.frame(sql.load("facts"), {})
        if rows.empty:
            raise NoData("This generation does not say what it holds. Run `outcomes store verify`.")
        row: Any = rows.iloc[0]
        return facts_of(row, row if self.viewer.sees_everything_exactly else self._own_facts())

    @cached_property
    def missing_kinds(self) -> frozenset[str]:
        """The kinds of record, kept tables and measures of visits, that nobody records in this generation."""
        return frozenset(map(str, self.engine.frame(sql.load("missing_kinds"), {})["kind"]))

    def choices(self, dimension: str) -> dict[str, str]:
        """The names that this viewer may choose from, with their labels, in order; "not recorded" is not one."""
        known = self._words
        return {name: known.labels[dimension][name] for code, name in known.names.get(dimension, {}).items() if code}

    def label(self, dimension: str, name: str) -> str:
        """The words for a name; the name itself where there are none."""
        return self._words.labels.get(dimension, {}).get(name, name)

    def order(self, dimension: str) -> dict[str, int]:
        """The names of a dimension with their place in it; "not recorded" has place 0."""
        codes = self._words.codes.get(dimension, {})
        # The code of one who came later is a later one; and where numbers stand for names it would tell their order.
        return {name: place for place, name in enumerate(codes)} if dimension in slots.UNITS else dict(codes)

    @cached_property
    def described(self) -> str:
        """The cohort in words, with the part of the practice that the viewer sees."""
        part = "" if self.whole_practice else self.viewer.part_words(self.label)
        return self.cohort.described(self._words.labels, part)

    @cached_property
    def _codebook(self) -> Codebook:
        known = _codebook_of(self.engine)
        return known.masked(SURGEON, self.audit.keyed) if self.viewer.masked else known

    @cached_property
    def _unmasked(self) -> dict[str, str]:
        """The name of each surgeon by the number that stands for it; empty for a viewer who is shown the names."""
        if not self.viewer.masked:
            return {}
        names = _codebook_of(self.engine).names.get(SURGEON, {})
        return {number: names[code] for code, number in self._codebook.names.get(SURGEON, {}).items() if code}

    def kept_cohort(self) -> Cohort:
        """The cohort by the names that are kept: another generation is asked by those, whatever the viewer reads."""
        return self.cohort.renamed(SURGEON, self._unmasked) if self.viewer.masked else self.cohort

    @cached_property
    def _words(self) -> Codebook:
        """The words that this viewer may know: of surgeons and sites, those with operations within the scope."""
        if self.viewer.sees_everything:
            return self._codebook
        everything = replace(self, cohort=Cohort(every_operation=True), whole_practice=False)
        found = named_units(everything._units(), self.audit.keyed) if self.viewer.is_protected else everything._units()
        return self._codebook.within({kind: frozenset(map(int, found[kind])) for kind in slots.UNITS})

    @property
    def _own_kind(self) -> str:
        """By what alone the viewer's scope is narrowed; nothing where it is by both, or by neither."""
        kinds = [kind for kind, own in self._scope().items() if own is not None]
        return kinds[0] if len(kinds) == 1 else ""

    @cached_property
    def _may_see_practice(self) -> bool:
        """Whether the others in this cohort are so many that a figure of the practice tells of none of them."""
        scope = self._scope()
        if self.viewer.sees_everything:
            return True
        others = replace(self, cohort=self._of_every_unit(), whole_practice=True)
        return [] not in scope.values() and disclosure.hidden(others._units(), scope)

    def _units(self) -> pd.DataFrame:
        """The codes of the surgeons and sites in this cohort, within the scope, with their operations."""
        return self._found(sql.load("units"), {})

    def _found(self, query: sql.Query, values: Mapping[str, Any]) -> pd.DataFrame:
        """Exact counts of this cohort within the scope, with these values in place of its own: for the door itself."""
        offered = {**self.cohort.values(self._codebook.known), **values, **self._scope_values()}
        return self.engine.frame(query, {key: offered[key] for key in query.parameters})

    def _own_facts(self) -> Mapping[str, Any]:
        """What is within the scope, of index operations and of every one."""
        found = []
        for every in (False, True):
            asked = replace(self, cohort=Cohort(every_operation=every), whole_practice=False)
            exact = asked._found(sql.load("operations"), {})
            found.append((asked._told("operations", {}, {}, exact) if self.viewer.is_protected else exact).iloc[0])
        index, every_one = found
        return {**every_one, "operations": index["operations"], "all_operations": every_one["operations"]}

    def _told(
        self, name: str, columns: Mapping[str, str | Sequence[str]], bound: Mapping[str, Value], exact: pd.DataFrame
    ) -> pd.DataFrame:
        """Counts in protected form. Raises NotTold where there is none."""
        form = ProtectedForm(lambda query, by, of: self._found(sql.load(query, {"by": by or ()}), of), self.audit.keyed)
        data_date = pd.Timestamp(self.engine.frame(sql.load("facts"), {})["data_date"].max()).date()
        of = {**self.cohort.values(self._codebook.known), **bound, "data_date": data_date}
        return form.told(name, columns, of, exact)

    def _of_every_unit(self) -> Cohort:
        """The cohort without the surgeons and sites chosen, by which one of others could be cut out."""
        if self.viewer.sees_everything:
            return self.cohort
        chosen = {kind: names for kind, names in self.cohort.chosen.items() if kind not in slots.UNITS}
        return replace(self.cohort, chosen=chosen)

    def _refusal(self, name: str, columns: Mapping[str, str | Sequence[str]]) -> str:
        """Why this viewer may not be answered; empty where nothing stands against it."""
        scoped = not self.viewer.sees_everything
        if name in LISTS:
            return "Single operations are shown as lists only, and every list is put on record."
        if name in OF_THE_DOOR or not self.viewer.may(right_of(name)):
            return COUNTS_ONLY if name in SINGLE_OPERATIONS else NOT_OF_THE_ROLE
        if name in OF_NO_SCOPE and scoped:
            return "This is of the whole practice, and your role shows a part of it."
        if self.whole_practice and (scoped or name not in OF_THE_PRACTICE):
            return ONLY_COMPARED
        return slots.complaint(name, columns)

    def _refusal_of_others(self, by: str) -> str:
        """Why this viewer may not be told of others; empty where nothing stands against it."""
        told = self.viewer.may(right_of("case_mix"), exact=True) and self.whole_practice and self._may_see_practice
        return self.cohort.complaint() if told and by in ("", self._own_kind) else ONLY_COMPARED

    def _refuse(
        self, name: str, why: str, columns: Mapping[str, str | Sequence[str]] = sql.NO_COLUMNS,
        error: type[NotAllowed] = NotAllowed,
    ) -> NoReturn:  # fmt: skip
        """On record before it is said."""
        self.audit.refused(self._entry(name, {}) | {"columns": dict(columns), "why": why})
        raise error(why)

    def _about(self, kind: str, subject: str) -> noting.Whom:
        """The surgeons and the sites that a note is about; what lies beyond the scope is on record as refused."""
        try:
            return noting.about(kind, subject, self, self._operated, COUNTS_ONLY)
        except NotAllowed as problem:
            self._refuse(kind, problem.message)

    def _operated(self, patient: int, day: date) -> pd.DataFrame:
        """By whom and where a patient was operated on a day, index operation or not, within the scope."""
        every = replace(self, cohort=Cohort(every_operation=True), whole_practice=False)
        return every._answer("noted_operation", sql.NO_COLUMNS, {"noted_patient": patient, "noted_day": day})[0]

    def _notebook(self) -> Notebook:
        if self.notebook is None:
            raise WrongUsage("This store keeps no notebook, so nothing can be written here.")
        return self.notebook

    def _answer(
        self, name: str, columns: Mapping[str, str | Sequence[str]], values: Mapping[str, Value], named: bool = True
    ) -> tuple[pd.DataFrame, dict[str, Value]]:
        query = sql.load(name, columns)
        said = {key: self._coded(key, value) for key, value in values.items()}
        # What the cohort binds is checked with it: a caller's value in its place would go unchecked.
        if surplus := set(said) - (query.parameters - PARAMETERS):
            raise WrongUsage(f'The query "{name}" does not ask for {", ".join(sorted(surplus))}.')
        # The scope comes last: neither the cohort nor a caller's value can take its place.
        offered = {**self.cohort.values(self._codebook.known), **said, **self._scope_values()}
        if missing := query.parameters - set(offered):
            raise WrongUsage(f'The query "{name}" also wants {", ".join(sorted(missing))}.')
        bound = {key: offered[key] for key in query.parameters}
        frame = slots.told(self.viewer, name, self.engine.frame(query, bound))
        if self.viewer.is_protected and name not in LISTS:
            if complaint := self.cohort.complaint(columns.values()):
                raise NotTold(complaint)
            frame = self._told(name, columns, bound, frame)
        return (self._named(frame, columns) if named else frame), bound

    def _coded(self, parameter: str, value: Value) -> Value:
        known = parameter in self._words.codes and isinstance(value, str)
        return self._words.code(parameter, str(value)) if known else value

    def _scope(self) -> dict[str, list[int] | None]:
        """The codes of the surgeons and of the sites that the viewer sees; None for every one."""
        own = self.viewer.scope
        return {kind: self._codebook.known(kind, own[kind]) if kind in own else None for kind in slots.UNITS}

    def _scope_values(self) -> dict[str, Value]:
        scope = dict.fromkeys(slots.UNITS) if self.whole_practice else self._scope()
        return {"scope_surgeons": scope["surgeon"], "scope_sites": scope["site"]}

    def _named(self, frame: pd.DataFrame, columns: Mapping[str, str | Sequence[str]]) -> pd.DataFrame:
        """Names in place of codes, in every column that is a dimension."""
        by = columns.get("by")
        for column in frame.columns:
            dimension = by if column == UNIT and isinstance(by, str) else slots.SAME_WORDS.get(str(column), column)
            names = (self._codebook if self.whole_practice else self._words).names.get(str(dimension))
            if names is not None and column not in slots.AS_COUNTED:
                frame[column] = frame[column].map(names)
                # A unit with so few that the viewer does not know its name has no row.
                if dimension in slots.UNITS and frame[column].hasnans:
                    frame = frame.dropna(subset=[column], ignore_index=True)
                # The order of the rows would tell what the words do not.
                if dimension in slots.UNITS and (column == UNIT or (self.viewer.masked and dimension == SURGEON)):
                    frame = in_order(frame, str(column), names)
        return frame

    def _entry(self, name: str, bound: Mapping[str, Value]) -> dict[str, Any]:
        own = {key: value for key, value in bound.items() if key not in PARAMETERS}
        return {
            "viewer": self.viewer.name,
            "role": self.viewer.role,
            "generation": self.engine.generation,
            "question": name,
            "cohort": self.cohort.narrowed_by,
            "every_operation": self.cohort.every_operation,
            **({"whole_practice": True} if self.whole_practice else {}),
            "values": own,
        }


@lru_cache(maxsize=4)
def _codebook_of(engine: Engine) -> Codebook:
    """Read once for each engine, which is once for each generation."""
    return codebook_of(engine.frame(sql.load("codes"), {}))

"""Which column of an export gives which of ours: as the mapping says, else by instruments and fields of our names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property

from dashboard.definitions import load
from dashboard.definitions.canonical import OPERATION, PATIENT, TABLES, Column
from dashboard.importing.formats.redcap.entries import Export, ExportEntry, event_name
from dashboard.importing.formats.redcap.project import OF_THE_SYSTEM, TICK, Field, Project
from dashboard.importing.formats.redcap.settings import ProjectSettings, Rows
from dashboard.importing.result import Issue, refused, wrong_mapping


@dataclass(frozen=True)
class Given:
    """One of our columns and where it comes from.

    column: of a raw export; values: their code (their text, where there are no choices) -> our word; asked: its field,
    where a dictionary tells it; choice: of a checkbox field, the code that the column stands for; witnesses: columns
    that show whether the instrument was answered at all.
    """

    ours: str
    holds: Column
    column: str
    values: Mapping[str, str]
    asked: Field | None = None
    choice: str | None = None
    witnesses: tuple[str, ...] = ()

    @cached_property
    def words(self) -> dict[str, str]:
        """Their code -> what is handed over: our word where the code is one, else the choice's label or number."""
        number = self.holds.kind in ("integer", "number")
        told = {
            code: code if number or (self.holds.words and _word(self.holds.words, code)) else label
            for code, label in (self.asked.choices.items() if self.asked else ())
        }
        return {**told, **self.values}


@dataclass(frozen=True)
class Plan:
    """Where the rows of one table stand; each: of a checkbox field, what every choice would give."""

    rows: Rows
    events: frozenset[str]
    given: tuple[Given, ...]
    each: tuple[Given, ...] = ()

    @property
    def table(self) -> str:
        """The table that they are of."""
        return self.rows.table

    @cached_property
    def columns(self) -> frozenset[str]:
        """The columns of an export that give something."""
        return frozenset(one.column for one in (*self.given, *self.each))

    @cached_property
    def witnesses(self) -> frozenset[str]:
        """The columns of an export of which it only looks whether they are empty."""
        return frozenset(column for one in self.given for column in one.witnesses)

    @cached_property
    def _instruments(self) -> Collection[str]:
        return self.rows.instruments or {one.asked.form for one in (*self.given, *self.each) if one.asked}

    def covers(self, entry: ExportEntry) -> bool:
        """Whether this row of an export may hold a row of the table."""
        if self.events and entry.event not in self.events:
            return False
        return not entry.instrument or not self._instruments or entry.instrument in self._instruments


def plans_of(settings: ProjectSettings, project: Project, exports: Sequence[Export]) -> list[Plan]:
    """What is read, and where from. Raises ImportRefused, naming the field, when it cannot be as the mapping says."""
    columns = {column for export in exports for column in export.columns}
    same = {column: label for export in exports for column, label in export.same.items()}
    rows = list(settings.rows) or _named_as_ours(project)
    if not any(one.table == "patients" for one in rows):
        rows.insert(0, Rows("patients", columns=_patient_columns(project, columns | set(same))))
    plans = [_plan(one, project, columns, same) for one in rows]
    # An instrument that bears a table's name and is not in this export is no error: nobody asked for it.
    plans = [plan for plan in plans if plan.rows.place or plan.columns]
    _check_needed(plans, settings)
    return plans


def check_record(settings: ProjectSettings, project: Project) -> None:
    """Raises ImportRefused when the field that names the record is not there, or is an identifier."""
    record = settings.record or project.record
    if record not in project.fields:
        raise wrong_mapping(f'redcap.record: the field "{record}" is not in {project.source}.')
    if record in project.identifiers:
        raise _stop(
            project,
            f"marks {record}, which names the records, as an identifier; it is not read. If it is a mere study number, "
            "take the mark away; else give the records study numbers.",
        )


def _named_as_ours(project: Project) -> list[Rows]:
    names = {name: table for table, one in TABLES.items() for name in (table, one.kept)}
    rows = [Rows(names[form], (form,)) for form in project.forms if form in names]
    if not any(one.table == "operations" for one in rows):
        raise _stop(
            project,
            f'has no instrument named "operations"; it has {", ".join(project.forms[:20])}. Say in a mapping which '
            "instrument holds which table: [[redcap.rows]] with table, instrument and columns.",
        )
    return rows


def _patient_columns(project: Project, columns: Collection[str]) -> dict[str, str]:
    return {
        ours: ours
        for ours in TABLES["patients"].columns
        if ours in project.fields and ours in columns and ours not in project.identifiers and ours != PATIENT
    }


def _plan(rows: Rows, project: Project, columns: Collection[str], same: Mapping[str, str]) -> Plan:
    if project.fields and (gone := [form for form in rows.instruments if form not in project.forms]):
        raise wrong_mapping(f'{rows.name}: "{gone[0]}" is no instrument. There are {", ".join(project.forms)}.')
    events = {one: {one, event_name(one)} for one in rows.events}
    if project.events and (gone := [one for one, names in events.items() if names.isdisjoint(project.events)]):
        raise wrong_mapping(f'{rows.name}: "{gone[0]}" is no event. There are {", ".join(project.events)}.')
    found, ticked = _by_name(rows, project, {*columns, *same})
    each = rows.each or ticked
    named = {**rows.columns, **found}
    if lost := sorted(set(rows.values) - {*named, *each}):
        raise wrong_mapping(f"{rows.name}: values.{lost[0]}: no field is {lost[0]}.")
    resolver = _Resolver(rows, project, columns, same)
    given = tuple(resolver.given(ours, theirs) for ours, theirs in named.items())
    boxes = tuple(one for ours, theirs in each.items() for one in resolver.boxes(ours, theirs))
    return Plan(rows, frozenset().union(*events.values()), given, boxes)


def _by_name(rows: Rows, project: Project, columns: Collection[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Fields of the instrument that bear our names: those that give a column, and checkbox fields of our words."""
    found: dict[str, str] = {}
    ticked: dict[str, str] = {}
    beginnings = ("", *(f"{one}_" for one in (*rows.instruments, rows.table, TABLES[rows.table].kept)))
    for ours, holds in TABLES[rows.table].columns.items():
        bearing = [
            one
            for one in project.fields.values()
            if one.form in rows.instruments and not one.identifier and set(one.columns) & set(columns)
            and one.name in {beginning + ours for beginning in beginnings} and one.name != project.record
        ]  # fmt: skip
        if ours == PATIENT or not bearing or ours in rows.columns or ours in rows.each:
            continue
        if len(bearing) > 1:
            raise _stop(
                project, f"has the fields {bearing[0].name} and {bearing[1].name}: say in a mapping which is {ours}."
            )
        if bearing[0].kind != "checkbox":
            found[ours] = bearing[0].name
        elif holds.kind == "word":
            ticked[ours] = bearing[0].name
        elif holds.kind == "boolean" and len(bearing[0].columns) == 1:
            found[ours] = bearing[0].columns[0]
    return found, ticked


def _check_needed(plans: Sequence[Plan], settings: ProjectSettings) -> None:
    """Each table must be given what it cannot do without: operations by all entries together, others by each."""
    for plan in plans:
        together = [one for one in plans if one.table == plan.table] if plan.table == "operations" else [plan]
        given = {one.ours for part in together for one in (*part.given, *part.each)}
        for ours, holds in TABLES[plan.table].columns.items():
            if holds.required and ours not in given and ours not in (PATIENT, OPERATION):
                raise wrong_mapping(
                    f'{plan.rows.name}: no field is {ours}, which {plan.table} need. Add {ours} = "field" to columns.'
                )
    if settings.rows and not any(plan.table == "operations" for plan in plans):
        raise wrong_mapping('no entry of [[redcap.rows]] has table = "operations".')


@dataclass(frozen=True)
class _Resolver:
    """Finds the column of an export behind a field that a mapping names, for one entry of it."""

    rows: Rows
    project: Project
    columns: Collection[str]
    same: Mapping[str, str]

    def given(self, ours: str, theirs: str) -> Given:
        """What one column of ours is."""
        holds = TABLES[self.rows.table].columns[ours]
        one = self._field(ours, theirs)
        if one is not None and one.kind == "checkbox" and theirs == one.name:
            raise self._wrong(
                f'{ours}: {theirs} is a checkbox field. For a row a choice write each = {{ {ours} = "{theirs}" }}; for '
                f"one choice name its column, such as {one.columns[0] if one.columns else theirs}."
            )
        self._check_there(ours, theirs)
        if one is not None and one.kind == "checkbox":
            return self._box(ours, holds, one, theirs)
        if one is None and TICK in theirs:
            return Given(ours, holds, theirs, {}, choice=_code(theirs.split(TICK, 1)[1]))
        values = self._values(ours, one)
        if not self.project.fields and holds.kind == "boolean" and not values:
            raise self._wrong(f"{ours}: without a data dictionary say what its codes mean, with values.{ours}.")
        given = Given(ours, holds, theirs, values, one)
        self._check_numbers(given)
        return given

    def boxes(self, ours: str, theirs: str) -> Iterator[Given]:
        """What each choice of a checkbox field gives."""
        holds = TABLES[self.rows.table].columns[ours]
        if holds.kind not in ("word", "text", "levels"):
            raise self._wrong(f"each: {ours} is no word that a choice could be.")
        one = self._field(ours, theirs)
        if one is not None and one.kind != "checkbox":
            raise self._wrong(f"each: {theirs} is no checkbox field.")
        values = self._values(ours, one)
        start = theirs + TICK
        columns = sorted(column for column in self.columns if column.startswith(start))
        shared = [column for column in one.columns if column in self.same] if one else []
        if shared:
            raise self._shared(shared[0], theirs)
        if not columns:
            raise self._wrong(f"each: the export has no column {start}… of a checkbox field {theirs}.")
        known = one.boxes if one else {column: _code(column.removeprefix(start)) for column in columns}
        for column in columns:
            yield Given(ours, holds, column, values, one, known.get(column, ""))

    def _field(self, ours: str, theirs: str) -> Field | None:
        if not self.project.fields or theirs in OF_THE_SYSTEM:
            return None
        one = self.project.fields.get(theirs) or self.project.columns.get(theirs)
        if one is None:
            close = get_close_matches(theirs, [*self.project.fields, *self.project.columns], n=1)
            meant = f' Is it "{close[0]}"?' if close else ""
            raise self._wrong(f'{ours}: the field "{theirs}" is not in {self.project.source}.{meant}')
        if one.identifier:
            raise self._wrong(
                f"{ours}: {self.project.source} marks the field {one.name} as an identifier; it is never read."
            )
        return one

    def _check_there(self, ours: str, theirs: str) -> None:
        if theirs in self.same:
            raise self._shared(theirs, theirs)
        if theirs not in self.columns:
            raise self._wrong(f'{ours}: the export has no column "{theirs}". Export that instrument too.')

    def _shared(self, column: str, theirs: str) -> Exception:
        label = self.same[column]
        fields = sorted({column.split(TICK)[0] for column, one in self.same.items() if one == label} | {theirs})
        return refused(
            [Issue("stop", "same_label", "labels", f'The label "{label[:60]}" stands over more than one column of the '
                   f'export, and cannot be told apart: {", ".join(fields)}. Export raw data instead.')]
        )  # fmt: skip

    def _box(self, ours: str, holds: Column, one: Field, theirs: str) -> Given:
        if holds.kind not in ("boolean", "word", "text", "levels"):
            raise self._wrong(f"{ours}: one choice of the checkbox field {one.name} is no number and no date.")
        witnesses = tuple(
            column
            for other in self.project.fields.values()
            if other.form == one.form and not other.identifier and other.kind not in ("calc", "descriptive")
            and other.name != self.project.record
            for column in other.columns
        )  # fmt: skip
        return Given(ours, holds, theirs, self._values(ours, one), one, one.boxes.get(theirs, ""), witnesses)

    def _values(self, ours: str, one: Field | None) -> dict[str, str]:
        """By code, whatever the mapping named: the code, or the one choice with that label."""
        found: dict[str, str] = {}
        for theirs, word in self.rows.values.get(ours, {}).items():
            codes = [theirs]
            if one is not None and one.choices and theirs not in one.choices:
                codes = [code for code, label in one.choices.items() if label == theirs]
                if len(codes) != 1:
                    known = ", ".join(f"{code} ({label})" for code, label in list(one.choices.items())[:20])
                    raise self._wrong(
                        f'values.{ours}: "{theirs}" is not one code or label of {one.name}. There are {known}.'
                    )
            found[codes[0]] = word
        return found

    def _check_numbers(self, given: Given) -> None:
        """Refuse choices as numbers whose labels do not say the same: a scale may run either way."""
        if given.asked is None or not given.asked.choices or given.holds.kind not in ("integer", "number"):
            return
        for code, label in given.asked.choices.items():
            if code not in given.values and _numbers(label) != [code]:
                raise self._wrong(
                    f'{given.ours}: the choice {code} of {given.asked.name} is "{label}", which is no number. Say the '
                    f'number of each choice: values.{given.ours} = {{ "{code}" = "…" }}, or "" where it is not known.'
                )

    def _wrong(self, what: str) -> Exception:
        return wrong_mapping(f"{self.rows.name}: {what}")


def _numbers(label: str) -> list[str]:
    return re.findall(r"-?\d+(?:\.\d+)?", label)


def _code(written: str) -> str:
    """The code in the name of a checkbox's column, where no dictionary tells it: an underscore before it is a minus."""
    return "-" + written[1:] if written.startswith("_") else written


def _word(words: str, code: str) -> bool:
    """Whether a code is itself one of our words."""
    return _plain(code) in map(_plain, load().vocabularies[words])


def _plain(word: str) -> str:
    return " ".join(word.lower().replace("_", " ").replace("-", " ").split())


def _stop(project: Project, what: str) -> Exception:
    return refused([Issue("stop", "dictionary", project.source, f"{project.source} {what}")])

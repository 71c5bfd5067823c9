"""The whole of an addition: land, convert, check, build those concerned, carry all others on, verify, publish."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dashboard.definitions import Definitions
from dashboard.definitions.canonical import TABLES
from dashboard.engines import opted_out
from dashboard.engines.generations import ADDED_TO, Generation, Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.opted_out import OptedOut
from dashboard.engines.pseudonym_key import FINGERPRINT, fingerprint
from dashboard.engines.versions import outdated
from dashboard.engines.writer import Writer, rows_of
from dashboard.errors import Refused
from dashboard.importing import kept_report
from dashboard.importing.adding import stored
from dashboard.importing.adding.carrying import carry_on
from dashboard.importing.checking import checks, identity
from dashboard.importing.checking.accepting import Import, Say, accept
from dashboard.importing.formats.sources import Delivery
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.publishing import building, following, late, provenance, since
from dashboard.importing.result import ImportResult, Issue, refused
from dashboard.strict import made, toml

NOT_ALIKE = (
    "The records in the store are {theirs}, these are {ours}: they are not added to each other. Import them by "
    "themselves. Nothing was changed."
)
UPGRADE = "{why} Run `outcomes store upgrade` first, then add these. Nothing was changed."
LEAST_MEMORY = 1 << 30
"""A month is a small file, and what it is added to a large one."""
READ_AS = ("made_up", "reading", "rebuilt")
"""What a manifest says of how records were read: it stays as the older ones were."""


@dataclass(frozen=True)
class Addition:
    """What is added to what: before, the generation that the store has; key, of its pseudonyms."""

    store: Store
    scratch: Path
    before: Generation
    key: bytes
    found: Delivery
    site: SiteMapping
    definitions: Definitions
    say: Say


def add(addition: Addition, *, check: bool) -> ImportResult:
    """Add what is delivered to the records of the store; with ``check`` everything but the publishing.

    Raises ImportRefused or Refused: nothing was changed.
    """
    about = _about(addition)
    small = addition.scratch / "added"
    small.mkdir()
    readable = [*addition.found.folders, addition.before.path.parent]
    memory = max(addition.found.memory, LEAST_MEMORY)
    with closing(Writer(small / "generation.duckdb", readable, memory)) as writer:
        job = _accepted(writer, addition)
        result = ImportResult(None, job.counts, job.issues, (), f"{addition.found.format}: {addition.found.how}")
        if not check:
            told = _made_anew(job, addition, about)
        result = replace(result, counts=job.issues.counts)
        if check:
            return result
        writer.finish()
    return _published(addition, small / "generation.duckdb", told, result)


def refuse_to_pass_over(store: Store) -> None:
    """Raises Refused where the last generation is damaged: what was in it would be passed over in silence."""
    shown = store.last_whole()
    if shown and shown.warning:
        raise Refused(
            f"{shown.warning} Import all records again, or go back to an earlier generation by `outcomes store "
            "restore`, before anything is added. Nothing was changed."
        )


def _about(addition: Addition) -> building.About:
    """What the records say of themselves, which must go with what the store has. Raises Refused where it does not."""
    told, found = addition.before.manifest, addition.found
    said = made(building.About, toml(found.about), found.about.name) if found.about else building.About()
    if bool(told.get("made_up")) != said.made_up:
        words = ("a practice's own", "made up")
        raise Refused(NOT_ALIKE.format(theirs=words[not said.made_up], ours=words[said.made_up]))
    if why := outdated(told, addition.definitions.version):
        raise Refused(UPGRADE.format(why=why))
    return said


def _accepted(writer: Writer, addition: Addition) -> Import:
    """The new rows and those brought back beside them, judged together."""
    job = Import(writer, addition.scratch, addition.site, addition.say, datetime.now(UTC).date(), addition.definitions)
    job.opted_out = OptedOut(addition.key, opted_out.read(addition.store.root / opted_out.FILE))
    stored.prepare(job, addition.before)
    checks.prepare(writer, addition.definitions, addition.before.manifest, replaces=False)
    accept(job, addition.found, addition.key, lambda job: stored.bring_back(job, addition.key))
    if not any(count.accepted for count in job.counts.values()) and job.issues.rows_left_out:
        job.issues.append(Issue("stop", "nothing_to_add", "all", "No row could be accepted, so nothing is added."))
    if not any(count.read for count in job.counts.values()):
        job.issues.append(Issue("stop", "nothing_to_add", "all", "There are no rows in it, so nothing is added."))
    if any(issue.severity == "stop" for issue in job.issues):
        raise refused(job.issues, job.counts)
    return job


def _made_anew(job: Import, addition: Addition, about: building.About) -> dict[str, Any]:
    """Build those concerned, as a generation of their own; what the manifest of the whole says."""
    writer, before, told = job.writer, addition.before, addition.before.manifest
    notes = Notebook(addition.store.root)
    beside = stored.beside(writer)
    practice = about.practice or str(writer.run(f"select practice from {stored.WHOLE}.facts")[0][0] or "")
    writer.begin()
    building.keep(writer, addition.key, addition.say, stored.known)
    named = replace(about, practice=practice)
    if notes.path.is_file():
        job.issues += following.follow(writer, notes, addition.key, identity.numbers_of(writer, addition.site))
    building.let_go_of_accepted(writer)
    building.derive(writer, addition.definitions, named, job.delivered, addition.say, beside)
    names = _names(job)
    sources = [(number, names[file], digest, rows) for number, file, digest, rows in job.sources]
    provenance.keep(writer, sources, job.issues, names)
    words = building.manifest(writer, addition.definitions)
    words["months"] = _months(told["months"], late.months_of(writer, f"{since.BEFORE}."), words["months"])
    late.keep(writer, words["months"], told)
    published = since.published_on(told)
    held_against = since.Earlier(since.BEFORE, since.BEFORE, published, datetime.now(UTC).date()) if published else None
    since.keep(writer, held_against)
    if held_against:
        stored.count_unchanged(writer)
    kept = {name: told[name] for name in READ_AS if name in told}
    return (
        words | kept | {"sources": [*told.get("sources", []), *provenance.in_words(sources)], ADDED_TO: before.number}
    )


def _names(job: Import) -> Mapping[str, str]:
    """What each file is called among all that were imported: as it is, or with a number where that is taken."""
    stored_as = {file: file.removesuffix(stored.IN_STORE) for number, file in job.files.items() if number < job.first}
    names, taken = dict(stored_as), set(stored_as.values())
    for number, file in job.files.items():
        if number >= job.first and file not in names:
            place = 1
            while (name := file if place == 1 else f"{file} ({place})") in taken:
                place += 1
            names[file] = name
            taken.add(name)
    return names


def _months(before: Mapping[str, Mapping[str, int]], replaced: late.Months, now: late.Months) -> late.Months:
    """By kind and month, the records of all: those before, less those made anew, and these as they are now."""
    counted: late.Months = {}
    for kind, dated in now.items():
        held, gone = before.get(kind, {}), replaced.get(kind, {})
        every = {month: held.get(month, 0) - gone.get(month, 0) + dated.get(month, 0) for month in {**held, **dated}}
        counted[kind] = {month: records for month, records in sorted(every.items()) if records}
    return counted


def _published(addition: Addition, small: Path, told: dict[str, Any], result: ImportResult) -> ImportResult:
    """Carry all others on, read what was written again, and make it the next generation."""
    built = addition.scratch / "generation.duckdb"
    addition.say("carry on")
    carry_on(built, addition.before, small, addition.definitions, max(addition.found.memory, LEAST_MEMORY))
    small.unlink()
    addition.say("verify")
    about = told | {"rows": rows_of(built, building.VERIFIED), FINGERPRINT: fingerprint(addition.key)}
    _verify(about, addition.definitions)
    addition.say("publish")
    published = addition.store.publish(built, about)
    result = replace(result, generation=published.number, added_to=addition.before.number)
    kept_report.keep(published, result)
    return result


def _verify(about: Mapping[str, Any], definitions: Definitions) -> None:
    """The file, read again from disk, holds as many operations as their months add up to, each with its outcomes."""
    operations = sum(about["months"][TABLES["operations"].kept].values())
    expected = {"operation": operations, "operation_outcome": operations * len(definitions.outcomes), "facts": 1}
    for table, count in expected.items():
        if about["rows"][table] != count:
            what = f"{table}: {about['rows'][table]} rows were written, {count} expected."
            raise refused([Issue("stop", "not_whole", table, what)])

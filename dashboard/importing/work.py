"""The whole of one import, inside its own process: land, convert, check, build, verify, publish."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from dashboard import made_up, named_files
from dashboard.definitions import Definitions, load
from dashboard.definitions.canonical import TABLES
from dashboard.engines import opted_out
from dashboard.engines.generations import Generation, Store
from dashboard.engines.notebook import Notebook
from dashboard.engines.opted_out import OptedOut
from dashboard.engines.pseudonym_key import FINGERPRINT, fingerprint, key_of
from dashboard.engines.versions import READING, refuse_newer
from dashboard.engines.writer import NO_MEMORY, Writer, rows_of
from dashboard.errors import Refused
from dashboard.importing import kept_report, leftovers
from dashboard.importing.adding import work as adding
from dashboard.importing.checking import checks, identity
from dashboard.importing.checking.accepting import Import, Say, accept
from dashboard.importing.clock import SAY_SO, clock_doubt
from dashboard.importing.formats.sources import Delivery, called_for, find
from dashboard.importing.mapping import SiteMapping
from dashboard.importing.mapping import read as read_mapping
from dashboard.importing.publishing import building, earlier, following, forgetting, late, provenance, since
from dashboard.importing.publishing.marts import marts
from dashboard.importing.result import ImportResult, Issue, TableCount, refused
from dashboard.importing.site_mapping import site_mapping
from dashboard.keeping import USUAL, Keeping
from dashboard.strict import made, toml


def work(
    sources: Sequence[Path],
    root: Path,
    mapping: Path | None,
    check: bool,
    say: Say,
    form: str = "auto",
    definitions: Definitions | None = None,
    *,
    clock_is_right: bool = False,
    kept: Keeping = USUAL,
    add: bool = False,
) -> ImportResult:
    """Import these sources into the store at ``root``; with ``check`` everything but the publishing.

    form: the name of a format, or ``auto``; definitions: others than the shipped ones.
    add: these are additions to the records of the store, and not all that there is.
    clock_is_right: whether somebody has said so of a clock that seems wrong; kept: for how long things are kept.
    Raises ImportRefused or Refused (nothing was changed), or StoreBusy.
    """
    named_files.check([*sources, *([mapping] if mapping else [])])
    store = Store(root, kept.generations)
    if not clock_is_right and (doubt := clock_doubt(store)):
        raise Refused(f"{doubt} {SAY_SO}")
    site = read_mapping(mapping or _of_the_site(root, sources))
    add = add and store.is_pointed()
    find_all = partial(find, sources, site, form, datetime.now(UTC).date(), whole=not add)
    found = find_all()
    with store.writing():
        if not check:
            leftovers.clear_uploads(root, but=[*sources, *([mapping] if mapping else [])])
        if not check:
            forgetting.finish(store, lambda step: None)
        if lost := opted_out.complaint(store):
            raise Refused(f"{lost} Nothing was changed.")
        if add:
            adding.refuse_to_pass_over(store)
        before = store.current_or_none()
        refuse_newer(before.manifest if before else {})
        key = key_of(store)

        def tried(found: Delivery) -> ImportResult:
            scratch = store.scratch()
            try:
                today = definitions or load()
                if add and before:
                    result = adding.add(
                        adding.Addition(store, scratch, before, key, found, site, today, say), check=check
                    )
                else:
                    result = _build(store, scratch, before, key, found, site, today, check, say)
                kept_report.clear(store, older_than_days=kept.report_days)
                return result
            finally:
                building.remove(scratch)

        try:
            return tried(found)
        except Refused as problem:
            if problem.message != NO_MEMORY:
                raise
        # What the files called for was too little: once more, with all that an import may have.
        return tried(replace(find_all(), freely=True))


def _of_the_site(root: Path, sources: Sequence[Path]) -> Path | None:
    """The site's saved mapping, where these files call for it."""
    saved = site_mapping(root)
    return saved if saved is not None and called_for(sources, read_mapping(saved)) else None


def steps() -> int:
    """How many steps an import says, give or take those of a format of its own."""
    return 2 * len(TABLES) + 1 + len(TABLES) + len(marts()) + 3


def _build(
    store: Store,
    scratch: Path,
    before: Generation | None,
    key: bytes,
    found: Delivery,
    site: SiteMapping,
    definitions: Definitions,
    check: bool,
    say: Say,
) -> ImportResult:
    """Everything between reading and publishing; before: the generation that this one follows."""
    built = scratch / "generation.duckdb"
    said = made(building.About, toml(found.about), found.about.name) if found.about else building.About()
    readable = [*found.folders, *([before.path.parent] if before else [])]
    with closing(Writer(built, readable, found.memory)) as writer:
        job = Import(writer, scratch, site, say, datetime.now(UTC).date(), definitions)
        job.opted_out = OptedOut(key, opted_out.read(store.root / opted_out.FILE))
        # A practice's own records are not held against made-up ones.
        told = before.manifest if before else None
        same_practice = told if told and bool(told.get("made_up")) == said.made_up else None
        checks.prepare(writer, definitions, same_practice)
        accept(job, found, key)
        counts = job.counts
        _refuse_if_empty(job, counts)
        held_against = before if same_practice and not check else None
        notes = Notebook(store.root) if held_against and Notebook(store.root).path.is_file() else None
        compared = None
        if held_against:
            writer.attach(held_against.path, since.BEFORE)
            compared = earlier.beside(writer, held_against, definitions, scratch, key)
        writer.begin()
        building.keep(writer, key, say)
        if notes:
            job.issues += following.follow(writer, notes, key, identity.numbers_of(writer, site))
        building.let_go_of_accepted(writer)
        building.derive(writer, definitions, said, job.delivered, say)
        about: dict[str, Any] = {"sources": provenance.in_words(job.sources), "made_up": said.made_up}
        if said.made_up and not made_up.is_shipped(about):
            job.issues.append(Issue("note", "made_up_but_guarded", "about.toml", made_up.GUARDED))
        provenance.keep(writer, job.sources, job.issues)
        about |= building.manifest(writer, definitions)
        late.keep(writer, about["months"], told)
        since.keep(writer, compared)
        writer.finish()
    result = ImportResult(None, counts, job.issues, job.issues.counts, f"{found.format}: {found.how}")
    if check:
        return result
    say("verify")
    about["rows"] = rows_of(built, building.VERIFIED)
    _verify(about["rows"], counts, definitions)
    say("publish")
    about |= {"reading": READING, FINGERPRINT: fingerprint(key)}
    published = store.publish(built, about)
    result = replace(result, generation=published.number)
    kept_report.keep(published, result)
    return result


def _refuse_if_empty(job: Import, counts: dict[str, TableCount]) -> None:
    if counts["operations"].accepted == 0:
        why = "No operation could be accepted." if counts["operations"].read else "There are no operations in it."
        job.issues.append(Issue("stop", "no_operation", "operations", why))
    if any(issue.severity == "stop" for issue in job.issues):
        raise refused(job.issues, counts)


def _verify(rows: dict[str, int], counts: dict[str, TableCount], definitions: Definitions) -> None:
    """The file, read again from disk, holds what was accepted: nothing lost between accepting and writing."""
    operations = counts["operations"].accepted
    expected = {
        "operation": operations,
        "patient": counts["patients"].accepted,
        "operation_outcome": operations * len(definitions.outcomes),
        "facts": 1,
    }
    for table, count in expected.items():
        if rows[table] != count:
            raise refused(
                [Issue("stop", "not_whole", table, f"{table}: {rows[table]} rows were written, {count} expected.")]
            )

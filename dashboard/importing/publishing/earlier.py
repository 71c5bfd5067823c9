"""The generation before, beside the one that an import makes: as it was published, and by the definitions of today."""

from __future__ import annotations

import traceback
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from dashboard.definitions import Definitions
from dashboard.engines.generations import Generation
from dashboard.engines.versions import outdated
from dashboard.engines.writer import Writer
from dashboard.errors import OurFault, Refused
from dashboard.importing.publishing import upgrading
from dashboard.importing.publishing.since import BEFORE, Earlier, published_on


def beside(writer: Writer, before: Generation, definitions: Definitions, scratch: Path, key: bytes) -> Earlier | None:
    """The generation before, which is attached as BEFORE, to be held against; None where it cannot be.

    Where its definitions are not those of today it is made anew in the scratch, and that is attached as well. Call
    before the import's transaction.
    """
    published = published_on(before.manifest)
    if published is None:
        return None
    by_today = BEFORE
    if outdated(before.manifest, definitions.version):
        by_today, folder = f"{BEFORE}_anew", scratch / "before"
        folder.mkdir()
        try:
            with closing(Writer(folder / "generation.duckdb", [before.path.parent])) as anew:
                upgrading.rebuilt(anew, before, definitions, key, lambda step: None)
        except Refused:
            return None
        except Exception:  # noqa: BLE001 (whatever is wrong with what was before, what is brought in now goes on)
            OurFault(traceback.format_exc())  # which puts it in the log
            return None
        writer.attach(folder / "generation.duckdb", by_today)
    return Earlier(BEFORE, by_today, published, datetime.now(UTC).date())

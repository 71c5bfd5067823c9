"""A figure with all that it takes to reckon and draw it again elsewhere, without this app and without a patient."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pandas as pd

from dashboard.charts.points import points_of
from dashboard.definitions.catalogue import FOLDER
from dashboard.disclosure import Sharing
from dashboard.exports.as_csv import bare_csv
from dashboard.exports.as_picture import picture_of
from dashboard.exports.heading import Heading
from dashboard.exports.offers import PictureOffer
from dashboard.exports.sharing import as_shared

SCRIPTS = ("redraw.py", "redraw.R")
HERE = Path(__file__).parent
TO_RECKON = """\
counts.csv       what was counted
figures.csv      what the app reckoned from it, to hold the new figures against
asked.csv        what is asked of the counts
redraw.py        reckons and draws them again: python3 redraw.py (Python 3.9 or newer, nothing else)
redraw.R         the same in R: Rscript redraw.R (R 3.6 or newer, no package)"""
NOT_RECKONED = "counts.csv       the points of the picture; there is no script that reckons them again"
PROTECTED = """\
counts.csv       what may be shared of what was counted: small counts are hidden, so that the figure cannot be reckoned
                 again exactly, and no script is given"""


def bundle_of(told: Heading, offer: PictureOffer, mode: Sharing) -> bytes:
    """The zip: picture, counts, definitions, versions, scripts, and the SHA-256 of each file in ``manifest.json``."""
    files = {"picture.svg": picture_of(told, offer.drawn(mode), offer.alt if mode.exact else told.title)}
    files |= _counts(offer, mode) | _definitions()
    files["versions.json"] = _json({**told.facts, "Python": platform.python_version(), "Filter": dict(told.filters)})
    files["README.txt"] = _readme(told, offer, mode)
    sums = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in sorted(files.items())}
    files["manifest.json"] = _json({"title": told.title, "sha256": sums})
    return _zipped(files, told.data_date)


def _counts(offer: PictureOffer, mode: Sharing) -> dict[str, str]:
    if not mode.exact:
        return {"counts.csv": bare_csv(as_shared(offer.again.rows, mode) if offer.again else pd.DataFrame())}
    if offer.made_from is None:
        return {"counts.csv": bare_csv(points_of(offer.figure))}
    counts, figures = offer.made_from.frames()
    asked = pd.DataFrame(
        [("recipe", offer.made_from.recipe), *offer.made_from.asked().items()], columns=["name", "value"]
    )
    tables = {"counts.csv": bare_csv(counts), "figures.csv": bare_csv(figures), "asked.csv": bare_csv(asked)}
    return tables | {name: (HERE / name).read_text(encoding="utf-8") for name in SCRIPTS}


def _definitions() -> dict[str, str]:
    """The files as they are: whoever has them can tell what was counted, and that nothing in them has changed."""
    return {
        f"definitions/{path.relative_to(FOLDER).as_posix()}": path.read_text(encoding="utf-8")
        for path in sorted(FOLDER.rglob("*.toml"))
    }


def _readme(told: Heading, offer: PictureOffer, mode: Sharing) -> str:
    what = PROTECTED if not mode.exact else TO_RECKON if offer.made_from else NOT_RECKONED
    return f"""{told.title}

{offer.alt if mode.exact else ""}

{told.described}; {told.operations} operations. {told.dated}.
Generation {told.generation}, definitions {told.definitions}, app {told.app}.
{told.shared}

picture.svg      the figure as the app drew it
{what}
definitions/     every definition, as the files that the app read
versions.json    generation, data date, filter and versions
manifest.json    the SHA-256 of each file

No row of a patient is in this bundle: counts alone.
"""


def _json(facts: Mapping[str, object]) -> str:
    return json.dumps(facts, indent=2, ensure_ascii=False, default=str) + "\n"


def _zipped(files: Mapping[str, str], made: date | None) -> bytes:
    """The same bytes for the same files: dated with the data, in order of name."""
    day, written = made or date(2000, 1, 1), io.BytesIO()
    with zipfile.ZipFile(written, "w") as book:
        for name, text in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (max(day.year, 1980), day.month, day.day, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            book.writestr(entry, text.encode())
    return written.getvalue()

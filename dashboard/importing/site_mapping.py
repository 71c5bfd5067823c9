"""The site's own mapping: ``mapping.toml`` in the store, used from then on where no other is named."""

from __future__ import annotations

from pathlib import Path

from dashboard.engines.disk import replace
from dashboard.private import make_folder

MAPPING = "mapping.toml"


def site_mapping(store: Path) -> Path | None:
    """The site's mapping file; None when there is none yet."""
    path = store / MAPPING
    return path if path.is_file() else None


def save_mapping(store: Path, text: str) -> Path:
    """Keep this as the site's mapping, in place of the one before it."""
    make_folder(store)
    path = store / MAPPING
    replace(path, text.encode())
    return path

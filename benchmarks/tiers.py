"""So many made-up operations, as files and as a store; made once for a folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from dashboard import importing, sample
from dashboard.definitions import load
from dashboard.engines.generations import Generation, Store
from dashboard.engines.versions import outdated
from dashboard.shipped import shipped


@dataclass(frozen=True)
class Tier:
    """One size. folder: where its files are kept; repeats: how often a thing is measured."""

    operations: int
    folder: Path
    repeats: int = 5

    @property
    def records(self) -> Path:
        """The canonical files, made when they are first asked for: half of them would look like all."""
        path = self.folder / f"records-{self.operations}"
        if not path.exists():
            passing = path.with_name(f"{path.name}.passing")
            shutil.rmtree(passing, ignore_errors=True)
            sample.write(passing, self.operations, 1, rules=shipped("sample_data", "rules.toml"))
            passing.rename(path)
        return path

    @property
    def store(self) -> Path:
        """The store with them, imported when it is first asked for, and anew where the tables have changed since."""
        path = self.folder / f"store-{self.operations}"
        current = Store(path).current()
        if current is None or outdated(current.manifest, load().version):
            shutil.rmtree(path, ignore_errors=True)
            importing.run([self.records], path)
        return path

    @property
    def generation(self) -> Generation:
        """What is published."""
        found = Store(self.store).current()
        assert found is not None
        return found

    def of(self, operations: int) -> Tier:
        """Another size in the same folder."""
        return Tier(operations, self.folder, self.repeats)

"""What the codes of other systems mean here: ICD-10, SNOMED, LOINC and RxNorm codes as our words, and a site's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from dashboard.definitions.canonical import TABLE_OF
from dashboard.definitions.catalogue import load as load_definitions
from dashboard.strict import check_keys, check_words, toml

FOLDER = Path(__file__).parent / "codes"
KINDS = ("procedure", *TABLE_OF, "indication", "measure", "trait")


@dataclass(frozen=True)
class Meaning:
    """What a code says.

    kind: one of KINDS; name: our word of that vocabulary, for a measure the column of a visit (``odi``), for a trait
    the column of an operation (``diabetes``) with its ``value`` ("true", "current"); empty where the record has it, and
    where a medicine says nothing of the trait. A complication's value is its severity, where the code says it.
    """

    kind: str
    name: str
    value: str = ""


@dataclass(frozen=True)
class Codes:
    """Code tables by system; a code that ends with ``*`` stands for all codes that begin so, the longest first."""

    aliases: Mapping[str, str]
    said: Mapping[tuple[str, str], tuple[Meaning, ...]]

    def meanings(self, system: str, code: str) -> tuple[Meaning, ...]:
        """All that a code says; nothing when it is not in the tables. Dots in ICD codes play no part."""
        name = self.aliases.get(system.lower(), system.lower())
        plain = _plain(code)
        beginnings = (f"{plain[:length]}*" for length in range(len(plain), 0, -1))
        return next((self.said[name, one] for one in (plain, *beginnings) if (name, one) in self.said), ())


def with_site(codes: Codes, extra: Mapping[str, Any]) -> Codes:
    """The tables with a site's own: by system, kind and code, our word. A site's word stands before the shipped one."""
    aliases, said = dict(codes.aliases), dict(codes.said)
    for system, kinds in extra.items():
        said |= _collected(aliases.setdefault(system.lower(), system.lower()), kinds)
    return Codes(aliases, said)


@cache
def load(folder: Path = FOLDER) -> Codes:
    """The shipped tables: one file a system in ``codes/``, each with its source and the date of its review.

    Raises DefinitionsWrong for a key that is unknown or missing, and for a word that is none of ours.
    """
    codes, vocabularies = Codes({}, {}), load_definitions().vocabularies
    for path in sorted(folder.glob("*.toml")):
        words = toml(path)
        check_keys(path.name, words, ("systems", "source", "reviewed", *KINDS), ("systems", "source", "reviewed"))
        for kind in set(KINDS) & vocabularies.keys() & words.keys():
            for code, held in words[kind].items():
                word = code if isinstance(held, Mapping) else held
                check_words(f'{path.name}, [{kind}], "{code}"', [word], vocabularies[kind], kind)
        aliases = {alias.lower(): path.stem for alias in (path.stem, *words["systems"])}
        codes = with_site(Codes({**codes.aliases, **aliases}, codes.said), {path.stem: words})
    return codes


def _collected(system: str, kinds: Mapping[str, Any]) -> dict[tuple[str, str], tuple[Meaning, ...]]:
    found: dict[tuple[str, str], tuple[Meaning, ...]] = {}
    for kind in KINDS:
        for code, meaning in _meanings(kind, kinds.get(kind, {})):
            key = (system, _plain(code))
            found[key] = (*found.get(key, ()), meaning)
    return found


def _meanings(kind: str, entries: Mapping[str, Any]) -> Iterator[tuple[str, Meaning]]:
    """``[trait.diabetes]`` holds codes and values, as a word with a value does; else codes and our words."""
    for name, held in entries.items():
        if isinstance(held, Mapping):
            yield from ((code, Meaning(kind, name, str(value))) for code, value in held.items())
        else:
            yield name, Meaning(kind, str(held))


def _plain(code: str) -> str:
    return code.strip().replace(".", "").lower()

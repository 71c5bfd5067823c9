"""What of a table may be shared outside the practice: counts, protected, and words that count nothing."""

from __future__ import annotations

import re

import pandas as pd

from dashboard.disclosure import CURVE, PARTS, TOLD, Sharing, protected, protected_curve, wholly_shown

WORDS = ("group", "label", "unit", "factor", "band", "category", "cause", "symptom", "treatment", "step", "visit",
         "period", "measure", "outcome", "procedure", "family", "word", "shown")  # fmt: skip
"""Columns of an analysis that say which row it is, as do those that end with "_label"; any other may quote a count."""
WHOLE = "factor"
COUNTED = re.compile(r"\d ?%|\d (of \d|operations|failures|failed|patients|without|visits|signals?\b)|overall? ?\d*$|…")
"""What tells of a count in a name; a clause that was cut may be about to."""


def can_be_shared(rows: pd.DataFrame | None) -> bool:
    """Whether there is a form of it for sharing: it is a curve, or has counts of which the rules are known."""
    return rows is not None and (_is_curve(rows) or any({*pair} <= set(rows.columns) for pair in PARTS.items()))


def as_shared(rows: pd.DataFrame, mode: Sharing) -> pd.DataFrame:
    """The rows of an analysis as they may be shared under these rules; as they are where counts stay exact."""
    if mode.exact:
        return rows
    if _is_curve(rows):
        return protected_curve(rows[[name for name in (*CURVE, TOLD) if name in rows]], mode)
    numbers = {name for name in rows.columns if pd.api.types.is_numeric_dtype(rows[name])}
    told = [name for name in rows.columns if name in numbers or name in WORDS or str(name).endswith("_label")]
    parted = [name for name in (WHOLE, *(["group"] if "category" in rows else [])) if name in rows]
    found = protected(rows[told], mode, within=parted)
    if "word" in found:
        # "Too few to say" is said below five failures: beside a hidden count it would narrow it.
        found["word"] = found["word"].where(wholly_shown(found), "")
    return found


def with_counts(shared: pd.DataFrame) -> pd.DataFrame:
    """Those rows of which every count is shown: of the others there is nothing to draw."""
    return shared.loc[wholly_shown(shared)].reset_index(drop=True)


def name_of(name: str, mode: Sharing) -> str:
    """What it is called, without a clause that tells a count or a share: a name may quote them."""
    if mode.exact:
        return name
    clauses = [clause for clause in re.split(r"(?<=[,:;]) ", name) if not COUNTED.search(clause)]
    return " ".join(clauses).rstrip(" ,:;.") or "Figures"


def count_of(number: int, mode: Sharing) -> int | str:
    """One count as it may be told: "fewer than 8"."""
    return mode.fewer_words if mode.rule.is_small(number) else mode.rule.rounded(number)


def _is_curve(rows: pd.DataFrame) -> bool:
    return set(CURVE) <= set(rows.columns)

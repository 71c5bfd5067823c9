"""How the few texts are written that are kept and are no words of a list: so that none can hold what names a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SEGMENT = "[CTLS][0-9]{1,2}-[CTLS][0-9]{1,2}"
FORMS: Mapping[str, str] = MappingProxyType(
    {
        "operation.levels": f"{SEGMENT}(;{SEGMENT})*",
        "operation.age_band": "[0-9]{1,3}-[0-9]{1,3}",
        "diagnosis.code": r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?",
    }
)
"""By kept table and column, the form in capitals. Only who operated and where may be written freely: both are shown."""
UNITS = frozenset({"operation.surgeon", "operation.site"})
"""Written as a practice writes them."""


def in_form(field: str, cell: str) -> str:
    """The expression of a cell where it has the form of its column, else null; the cell where the column has none."""
    form = FORMS.get(field)
    return f"case when regexp_full_match(upper({cell}), '{form}') then {cell} end" if form else cell

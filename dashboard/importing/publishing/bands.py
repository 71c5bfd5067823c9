"""The expressions that the definitions put into SQL: a factor's bands, from its definition, as one ``case``.

They are written in Python because a definition, not a query, says which factors there are, and where their bands end.
Every name in them is one that the declaration of the tables or a definition has; a word stands between quotation marks.
"""

from __future__ import annotations

import re
from math import prod

from dashboard.definitions import Band, Definitions, Factor
from dashboard.definitions.canonical import NUMBERS, RANGED, is_yes_or_no
from dashboard.errors import DefinitionsWrong

NAME = re.compile(r"[a-z][a-z0-9_]*")
MOST_PROCEDURES = 256
LARGEST = 2**63
YES = "yes"
"""The word of a definition for a recorded yes; every other is a no."""


def bands(definitions: Definitions) -> dict[str, str]:
    """What mart ``operation_band`` takes from the definitions, by its slot.

    bands: the code of the band in every factor, 0 where it is not recorded. modifiable: how many risks that can be
    changed are recorded of the patient; modifiable_unknown: of how many it is not recorded. combined_codes: the
    procedure and the adjusting factors as one number. as_double: what was recorded as a number. its_band: the band of
    the factor whose code is ``factor_field.factor``. at_visit: the state of a planned visit.
    """
    factors = definitions.factors.values()
    whens = " ".join(f"when {code} then band.{factor.name}" for code, factor in enumerate(factors, start=1))
    return {
        "its_band": f"case factor_field.factor {whens} end",
        "at_visit": at_visit(
            "follow_up_end.died_day <= planned.high",
            "follow_up_end.age_of_record",
            "answered.operation is not null",
            "planned",
        ),
        "bands": ", ".join(f"{_case(factor)} as {factor.name}" for factor in factors),
        "modifiable": " + ".join(_at_risk(factor) for factor in factors if factor.at_risk) or "0",
        "modifiable_unknown": " + ".join(f"cast({f.name} = 0 as integer)" for f in factors if f.at_risk) or "0",
        "combined_codes": _combination(definitions),
        "as_double": ", ".join(f"cast(trait.{name} as double) as {name}" for name in numbers(definitions)),
    }


def at_visit(died: str, age: str, answered: str, window: str) -> str:
    """The state of a planned visit, as mart ``visit_state`` says: of what is new, and of what only grows older.

    died: whether before the window ended, null where no death is recorded; age: days from surgery to the data date;
    answered: whether in the window.
    """
    return (
        f"case when {died} then 2 when {age} < {window}.low then 6"
        f" when {age} < {window}.high then case when {answered} then 7 else 5 end"
        f" when {answered} then 1 when {age} <= {window}.overdue_until then 3 else 4 end"
    )


def numbers(definitions: Definitions) -> list[str]:
    """The recorded numbers of an operation that stand in a mart beside its bands; none bears the name of a factor."""
    return [name for name in NUMBERS if name not in definitions.factors]


def _combination(definitions: Definitions) -> str:
    """The procedure and the bands of the adjusting factors as one whole number, in the order of their codes."""
    bands = [len(definitions.factors[name].bands) + 1 for name in definitions.adjusting]
    kind = "bigint" if MOST_PROCEDURES * prod(bands) < LARGEST else "hugeint"
    number = f"cast(procedure as {kind})"
    for name, many in zip(definitions.adjusting, bands, strict=True):
        number = f"({number} * {many} + {name})"
    return number


def _at_risk(factor: Factor) -> str:
    """1 where the operation is in a band of this factor that is a risk, else 0; not recorded is counted apart."""
    codes = [str(code) for code, band in enumerate(factor.bands, start=1) if band.name in factor.at_risk]
    return f"cast({factor.name} in ({', '.join(codes)}) as integer)"


def _case(factor: Factor) -> str:
    if not NAME.fullmatch(factor.name):
        raise DefinitionsWrong(f"{factor.name}.toml: a factor's name has small letters, digits and _ alone.")
    whens = " ".join(
        f"when {_condition(factor.trait, band)} then {code}" for code, band in enumerate(factor.bands, start=1)
    )
    # What is null fulfils no condition, and code 0 is not recorded.
    return f"cast(case {whens} else 0 end as utinyint)"


def _condition(trait: str, band: Band) -> str:
    if band.values and is_yes_or_no(trait):
        return " or ".join(f"trait.{trait}" if value == YES else f"not trait.{trait}" for value in band.values)
    if band.values:
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in band.values)
        return f"trait.{trait} in ({values})"
    limits = [f"trait.{trait} >= {band.low!r}"] if band.low is not None else []
    limits += [f"trait.{trait} < {band.high!r}"] if band.high is not None else []
    found = " and ".join(limits or [f"trait.{trait} is not null"])
    return f"{found} or {_range_within(trait, band)}" if trait in RANGED else found


def _range_within(trait: str, band: Band) -> str:
    """Whether a range lies within a band as a whole; one that spans two of them is in none."""
    ends = [f"trait.{trait}_low >= {band.low!r}"] if band.low is not None else []
    ends += [f"trait.{trait}_high < {band.high!r}"] if band.high is not None else []
    return " and ".join(ends or [f"trait.{trait}_low is not null"])

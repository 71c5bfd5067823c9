"""The one place where SQL is written by Python: a factor's bands, from its definition, as one ``case``."""

from __future__ import annotations

import re
from math import prod

from dashboard.definitions import Band, Definitions, Factor
from dashboard.errors import DefinitionsWrong
from dashboard.importing.canonical import TRAITS

NAME = re.compile(r"[a-z][a-z0-9_]*")
MOST_PROCEDURES = 256
LARGEST = 2**63
YES = "yes"
"""The word of a definition for a recorded yes; every other is a no."""


def operation_band(definitions: Definitions) -> str:
    """The select of mart ``operation_band``: per operation its codes, and the code of its band in every factor.

    modifiable: how many risks that can be changed the patient had. quarter: four times the year of surgery, and 0 to 3.
    profile: a number for each combination of procedure and adjusting factors that occurs, so that a model's read
    groups by one narrow column; table ``profile`` says what each number stands for. cause: of its failure, if any.
    """
    bands = ", ".join(f"{_case(factor)} as {factor.name}" for factor in definitions.factors.values())
    modifiable = " + ".join(_at_risk(factor) for factor in definitions.factors.values() if factor.at_risk) or "0"
    return f"""
        with banded as (
        select
            trait.operation,
            trait.patient,
            cast(procedure_code.code as utinyint) as procedure,
            cast(coalesce(surgeon_code.code, 0) as smallint) as surgeon,
            cast(coalesce(site_code.code, 0) as smallint) as site,
            trait.surgery_date as operated,
            index_operation.index_operation,
            cast(coalesce(cause_code.code, 0) as utinyint) as cause,
            {bands}
        from operation_trait as trait
        inner join index_operation on trait.operation = index_operation.operation
        inner join code as procedure_code
            on procedure_code.dimension = 'procedure' and trait.procedure = procedure_code.name
        left join code as surgeon_code on surgeon_code.dimension = 'surgeon' and trait.surgeon = surgeon_code.name
        left join code as site_code on site_code.dimension = 'site' and trait.site = site_code.name
        left join finding on trait.operation = finding.operation and finding.main
        left join code as cause_code on cause_code.dimension = 'cause' and finding.cause = cause_code.name
        ),
        combined as (
        select
            banded.*,
            cast(4 * extract(year from operated) + extract(quarter from operated) - 1 as smallint) as quarter,
            cast({modifiable} as utinyint) as modifiable,
            {_combination(definitions)} as combination
        from banded
        ),
        numbered as (
        select combination, cast(row_number() over (order by combination) as integer) as profile
        from (select distinct combination from combined)
        )
        select combined.*, numbered.profile
        from combined
        inner join numbered on combined.combination = numbered.combination
        order by combined.operation
    """


def _combination(definitions: Definitions) -> str:
    """The procedure and the bands of the adjusting factors as one whole number, in the order of their codes."""
    bands = [len(definitions.factors[name].bands) + 1 for name in definitions.adjusting]
    kind = "bigint" if MOST_PROCEDURES * prod(bands) < LARGEST else "hugeint"
    number = f"cast(procedure as {kind})"
    for name, many in zip(definitions.adjusting, bands, strict=True):
        number = f"({number} * {many} + {name})"
    return number


def _at_risk(factor: Factor) -> str:
    """1 where the operation is in a band of this factor that is a risk, else 0, also where it is not recorded."""
    codes = [str(code) for code, band in enumerate(factor.bands, start=1) if band.name in factor.at_risk]
    return f"cast({factor.name} in ({', '.join(codes)}) as integer)"


def _case(factor: Factor) -> str:
    for name in (factor.name, factor.trait):
        if not NAME.fullmatch(name):
            raise DefinitionsWrong(f'Factor {factor.name}: "{name}" cannot be the name of a column.')
    whens = " ".join(
        f"when {_condition(factor.trait, band)} then {code}" for code, band in enumerate(factor.bands, start=1)
    )
    return f"cast(case {whens} else 0 end as utinyint)"


def _condition(trait: str, band: Band) -> str:
    if band.values and any(column.kind == "boolean" for column in TRAITS.get(trait, {}).values()):
        return " or ".join(f"trait.{trait}" if value == YES else f"not trait.{trait}" for value in band.values)
    if band.values:
        values = ", ".join("'" + value.replace("'", "''") + "'" for value in band.values)
        return f"trait.{trait} in ({values})"
    limits = [f"trait.{trait} >= {band.low!r}"] if band.low is not None else []
    limits += [f"trait.{trait} < {band.high!r}"] if band.high is not None else []
    return " and ".join(limits or [f"trait.{trait} is not null"])

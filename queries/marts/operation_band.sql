-- One row per operation: its codes, the code of its band in every factor, the numbers recorded of it, and what became
-- of it by each outcome.
-- A model's read groups by the one narrow column profile; table profile says what each number stands for.
-- made: kept
-- operation: integer, the number of the operation
-- patient: ubigint, the pseudonym
-- procedure: utinyint, the code of the procedure
-- family: utinyint, the code of the procedure's family
-- surgeon: smallint, the code of the surgeon
-- site: smallint, the code of the site
-- operated: date, the day of surgery
-- index_operation: boolean, whether follow-up starts anew with it
-- only_operation: boolean, whether no other operation of its patient is kept, so that it counts one patient by itself
-- cause: utinyint, the code of the main cause behind its failure; 0 where none was found
-- ${factors}: utinyint, the code of its band in each factor
-- quarter: smallint, four times the year of surgery, and 0 to 3
-- modifiable: utinyint, how many risks that can be changed are recorded of the patient
-- modifiable_unknown: utinyint, of how many others it is not recorded whether the patient had them
-- profile: integer, a number for each combination of procedure and adjusting factors that occurs
-- ${states}, ${days}, ${onsets}: as in operation_state
-- ${numbers}: double, as recorded; null where it is not
with banded as (
    select
        trait.operation,
        trait.patient,
        cast(procedure_code.code as utinyint) as procedure,
        -- Code 0 is not recorded.
        cast(coalesce(family_code.code, 0) as utinyint) as family,
        cast(coalesce(surgeon_code.code, 0) as smallint) as surgeon,
        cast(coalesce(site_code.code, 0) as smallint) as site,
        trait.surgery_date as operated,
        index_operation.index_operation,
        index_operation.only_operation,
        -- Code 0 is not recorded.
        cast(coalesce(cause_code.code, 0) as utinyint) as cause,
        become.${states},
        become.${days},
        become.${onsets},
        ${as_double},  -- noqa: RF02
        ${bands}  -- noqa: RF02
    from operation_trait as trait
    inner join index_operation on trait.operation = index_operation.operation
    inner join operation_state as become on trait.operation = become.operation
    inner join code as procedure_code
        on procedure_code.dimension = 'procedure' and trait.procedure = procedure_code.name
    left join code as family_code on family_code.dimension = 'family' and procedure_code.family = family_code.name
    left join code as surgeon_code on surgeon_code.dimension = 'surgeon' and trait.surgeon = surgeon_code.name
    left join code as site_code on site_code.dimension = 'site' and trait.site = site_code.name
    left join finding on trait.operation = finding.operation and finding.main
    left join code as cause_code on cause_code.dimension = 'cause' and finding.cause = cause_code.name
),

combined as (
    select
        *,
        cast(4 * extract(year from operated) + extract(quarter from operated) - 1 as smallint) as quarter,
        cast(${modifiable} as utinyint) as modifiable,
        cast(${modifiable_unknown} as utinyint) as modifiable_unknown,
        ${combined_codes} as combination
    from banded
),

numbered as (
    select
        combination,
        cast(row_number() over (order by combination) as integer) as profile
    from combined
    group by combination
)

select
    combined.operation,
    combined.patient,
    combined.procedure,
    combined.family,
    combined.surgeon,
    combined.site,
    combined.operated,
    combined.index_operation,
    combined.only_operation,
    combined.cause,
    combined.${factors},
    combined.quarter,
    combined.modifiable,
    combined.modifiable_unknown,
    numbered.profile,
    combined.${states},
    combined.${days},
    combined.${onsets},
    combined.${numbers}
from combined
inner join numbered on combined.combination = numbered.combination
order by combined.operation

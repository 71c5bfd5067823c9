-- One row per record of an operation: a visit, a symptom, or whatever else the table of this name holds.
create table ${kept} as
with numbered as (
    select
        operation,
        operation_id as numbered_id
    from operation
)

select
    numbered.operation,
    ${columns},  -- noqa: RF02
    cast(staged.source as smallint) as source,
    staged.line
from ${staged} as staged
inner join numbered on staged.operation_id = numbered.numbered_id
order by numbered.operation, staged.${dated}, staged.line

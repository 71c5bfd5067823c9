-- One row per record of an operation: a visit, a symptom, or whatever else the table of this name holds.
create table ${kept} as
select
    operation_number.operation,
    staged.${columns},
    cast(staged.source as smallint) as source,
    staged.line
from ${staged} as staged
inner join operation_number on staged.operation_id = operation_number.operation_id
order by operation_number.operation, staged.${dated}, staged.line

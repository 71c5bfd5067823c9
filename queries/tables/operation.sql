-- One row per operation, as recorded, in order of its number; its key is a keyed pseudonym.
create table operation as
select
    operation_number.operation,
    operation_number.patient,
    operation_number.operation_key,
    staged.${columns},
    cast(staged.source as smallint) as source,
    staged.line
from staged_operations as staged
inner join operation_number on staged.rowid = operation_number.place
order by operation_number.operation

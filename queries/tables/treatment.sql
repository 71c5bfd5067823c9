-- One row per treatment after failure.
create table treatment as
select
    operation.operation,
    staged.start_date,
    staged.treatment,
    staged.outcome,
    staged.outcome_date,
    cast(staged.source as smallint) as source,
    staged.line
from staged_treatments as staged
inner join operation on staged.operation_id = operation.operation_id
order by operation.operation, staged.start_date, staged.line

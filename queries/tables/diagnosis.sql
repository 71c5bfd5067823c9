-- One row per cause found behind a failed operation.
create table diagnosis as
select
    operation.operation,
    staged.diagnosis_date,
    staged.cause,
    staged.is_primary,
    staged.code,
    cast(staged.source as smallint) as source,
    staged.line
from staged_diagnoses as staged
inner join operation on staged.operation_id = operation.operation_id
order by operation.operation, staged.diagnosis_date, staged.line

-- One row per symptom of an operation.
create table symptom as
select
    operation.operation,
    staged.onset_date,
    staged.symptom,
    staged.course,
    staged.severity,
    staged.resolved_date,
    staged.contacted_at,
    cast(staged.source as smallint) as source,
    staged.line
from staged_symptoms as staged
inner join operation on staged.operation_id = operation.operation_id
order by operation.operation, staged.onset_date, staged.line

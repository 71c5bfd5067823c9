-- One row per symptom that began before the operation: kept, but it tells nothing of a failure.
-- severity: note
-- table: symptoms
-- column: onset_date
-- message: the symptom began before the operation. It is kept, and counted for nothing.
select
    child.source,
    child.line,
    cast(child.onset_date as varchar) as value
from staged_symptoms as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.onset_date < operation.surgery_date
order by child.source, child.line

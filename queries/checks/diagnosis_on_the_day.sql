-- One row per finding dated on the day of surgery: the failure of an operation is rarely known that day.
-- severity: note
-- table: diagnoses
-- column: diagnosis_date
-- message: the finding is dated on the day of surgery. Is it the reason for the operation, not its failure?
select
    child.source,
    child.line,
    cast(child.diagnosis_date as varchar) as value
from staged_diagnoses as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.diagnosis_date = operation.surgery_date
order by child.source, child.line

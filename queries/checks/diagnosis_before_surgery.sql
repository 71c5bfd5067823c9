-- One row per finding dated before its operation: what follows an operation cannot precede it.
-- severity: row
-- table: diagnoses
-- column: diagnosis_date
-- message: the finding lies before the operation. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.diagnosis_date as varchar) as value
from staged_diagnoses as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.diagnosis_date < operation.surgery_date
order by child.source, child.line

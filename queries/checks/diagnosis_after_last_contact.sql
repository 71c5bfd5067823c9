-- One row per finding dated after the day on which its operation's patient was last heard of.
-- severity: note
-- table: diagnoses
-- column: diagnosis_date
-- message: the finding lies after the last contact, on {last_contact}. Is the last contact out of date?
select
    child.source,
    child.line,
    cast(child.diagnosis_date as varchar) as value,
    cast(operation.last_contact_date as varchar) as last_contact
from staged_diagnoses as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
where
    child.diagnosis_date > operation.last_contact_date
order by child.source, child.line

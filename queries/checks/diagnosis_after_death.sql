-- One row per finding dated after the patient's death.
-- severity: row
-- table: diagnoses
-- column: diagnosis_date
-- message: the finding lies after the patient's death. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.diagnosis_date as varchar) as value
from staged_diagnoses as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
inner join staged_patients as patient on operation.patient_id = patient.patient_id
where
    child.diagnosis_date > patient.death_date
order by child.source, child.line

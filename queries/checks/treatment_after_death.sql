-- One row per treatment dated after the patient's death.
-- severity: row
-- table: treatments
-- column: start_date
-- message: the treatment lies after the patient's death. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.start_date as varchar) as value
from staged_treatments as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
inner join staged_patients as patient on operation.patient_id = patient.patient_id
where
    child.start_date > patient.death_date
order by child.source, child.line

-- One row per visit dated after the patient's death.
-- visit_date goes along, because several visits may stand on one line of a flat file.
-- severity: row
-- table: follow_ups
-- column: visit_date
-- message: the visit lies after the patient's death. Correct one of the two.
select
    child.source,
    child.line,
    child.visit_date,
    cast(child.visit_date as varchar) as value
from staged_follow_ups as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
inner join staged_patients as patient on operation.patient_id = patient.patient_id
where
    child.visit_date > patient.death_date
order by child.source, child.line

-- One row per operation dated after its patient's death.
-- severity: row
-- table: operations
-- column: surgery_date
-- message: the operation lies after the patient's death. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.surgery_date as varchar) as value
from staged_operations as child
inner join staged_patients as patient on child.patient_id = patient.patient_id
where
    child.surgery_date > patient.death_date
order by child.source, child.line

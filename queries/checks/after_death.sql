-- One row per ${noun} dated after the patient's death.
-- The day goes along, because several visits may stand on one line of a flat file.
-- tables: operations, follow_ups, events
-- name: ${record}_after_death
-- severity: row
-- column: ${day}
-- message: the ${noun} lies after the patient's death. Correct one of the two.
select
    child.source,
    child.line,
    child.${day},
    cast(child.${day} as varchar) as value
from ${staged} as child
inner join staged_operations as operation on child.operation_id = operation.operation_id
inner join staged_patients as patient on operation.patient_id = patient.patient_id
where
    -- Said beside what it follows from: only the operations of the few who died are then held against the rest.
    patient.death_date is not null
    and child.${day} > patient.death_date
order by child.source, child.line

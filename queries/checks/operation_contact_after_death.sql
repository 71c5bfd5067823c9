-- One row per operation whose last contact lies after its patient's death; follow-up ends with the death.
-- severity: note
-- table: operations
-- column: last_contact_date
-- judged: last_contact_date is not null
-- message: the last contact lies after the patient's death. Follow-up ends with the death.
select
    child.source,
    child.line,
    cast(child.last_contact_date as varchar) as value
from staged_operations as child
inner join staged_patients as patient on child.patient_id = patient.patient_id
where
    child.last_contact_date > patient.death_date
order by child.source, child.line

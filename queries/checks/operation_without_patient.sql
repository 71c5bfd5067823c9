-- One row per operation whose patient is not in patients, or was left out.
-- severity: row
-- phase: belonging
-- table: operations
-- column: patient_id
-- message: there is no such patient among those accepted. Add the patient, or correct the identifier.
select
    child.source,
    child.line,
    null as value
from staged_operations as child
anti join staged_patients as patient on child.patient_id = patient.patient_id
order by child.source, child.line

-- One row per patient of whom no operation was accepted.
-- severity: note
-- phase: together
-- table: patients
-- column: patient_id
-- message: no operation of this patient was accepted. The patient is counted in no figure.
select
    patient.source,
    patient.line,
    null as value
from staged_patients as patient
anti join staged_operations as operation on patient.patient_id = operation.patient_id
order by patient.source, patient.line

-- One row per patient whose identifier differs from another one's only in zeros before a number, or in capitals.
-- They are two persons here. A table that lost its zeros in a spreadsheet would give the one's operations to the other.
-- severity: note
-- table: patients
-- column: patient_id
-- message: another identifier differs from this only in leading zeros, or in capital letters.
-- message: They are kept apart, as two persons.
with bare_patient as (
    select
        source,
        line,
        patient_id,
        lower(bare_number(patient_id)) as bare
    from staged_patients
)

select
    source,
    line,
    null as value
from bare_patient
qualify min(patient_id) over (partition by bare) != max(patient_id) over (partition by bare)
order by source, line

-- One row per operation to be kept: where it stands among the staged ones, its patient, its number and its pseudonym.
-- Numbered by procedure, day and identifier, whatever the order of the file.
-- made: first
select
    staged.rowid as place,
    staged.operation_id,
    pseudonym.patient,
    operation_pseudonym.operation_key,
    cast(
        row_number() over (order by staged.procedure, staged.surgery_date, staged.operation_id) as integer
    ) as operation
from staged_operations as staged
inner join pseudonym on staged.patient_id = pseudonym.patient_id
inner join operation_pseudonym on staged.operation_id = operation_pseudonym.operation_id

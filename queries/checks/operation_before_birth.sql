-- One row per operation dated before its patient was born.
-- severity: row
-- table: operations
-- column: surgery_date
-- message: the operation lies before the patient's birth. Correct one of the two.
select
    child.source,
    child.line,
    cast(child.surgery_date as varchar) as value
from staged_operations as child
inner join staged_patients as patient on child.patient_id = patient.patient_id
where
    child.surgery_date < coalesce(patient.birth_date, make_date(patient.birth_year, 1, 1))
order by child.source, child.line

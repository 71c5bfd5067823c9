-- One row per operation on a patient over 100: kept, but is the date right?
-- severity: note
-- table: operations
-- column: surgery_date
-- message: the patient was over 100 years old. Are both dates right?
select
    child.source,
    child.line,
    cast(child.surgery_date as varchar) as value
from staged_operations as child
inner join staged_patients as patient on child.patient_id = patient.patient_id
where
    extract(year from child.surgery_date) - coalesce(extract(year from patient.birth_date), patient.birth_year) > 100
order by child.source, child.line

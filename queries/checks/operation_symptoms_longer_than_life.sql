-- One row per operation before which the symptoms are said to have lasted longer than the patient's life.
-- severity: cell
-- table: operations
-- column: symptom_duration_months
-- clears: symptom_duration_months
-- judged: symptom_duration_months is not null
-- message: so many months are longer than the patient's life. Are they days? The duration is set aside.
select
    child.source,
    child.line,
    child.symptom_duration_months as value
from staged_operations as child
inner join staged_patients as patient on child.patient_id = patient.patient_id
where
    child.symptom_duration_months > 12 * (
        1 + extract(year from child.surgery_date) - coalesce(extract(year from patient.birth_date), patient.birth_year)
    )
order by child.source, child.line

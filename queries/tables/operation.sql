-- One row per operation, as recorded; numbered by procedure, day and identifier, whatever the order of the file.
create table operation as
select
    cast(
        row_number() over (order by staged.procedure, staged.surgery_date, staged.operation_id) as integer
    ) as operation,
    staged.operation_id,
    pseudonym.patient,
    staged.surgery_date,
    staged.procedure,
    staged.site,
    staged.surgeon,
    staged.levels,
    staged.level_count,
    staged.age,
    staged.indication,
    staged.minimally_invasive,
    staged.implant_used,
    staged.planned_stage,
    staged.prior_spine_operations,
    staged.last_contact_date,
    staged.asa,
    staged.height_cm,
    staged.weight_kg,
    staged.bmi,
    staged.smoking,
    staged.alcohol_audit_c,
    staged.phq9,
    staged.gad7,
    staged.depression,
    staged.anxiety,
    staged.excessive_alcohol,
    staged.diabetes,
    staged.osteoporosis,
    staged.opioid_use,
    staged.compensation_claim,
    staged.scar_tendency,
    staged.adjacent_degeneration,
    staged.recovery_adherence,
    staged.symptom_duration_months,
    cast(staged.source as smallint) as source,
    staged.line
from staged_operations as staged
inner join pseudonym on staged.patient_id = pseudonym.patient_id
order by operation

-- One row per patient of whom several days of death are told, whichever row tells which.
-- severity: note
-- table: patients
-- column: death_date
-- judged: death_date is not null
-- message: this patient's death is also given as {earlier} in {other}. The latest counts; correct one of the two.
with latest as (
    select
        patient_id,
        -- Only days of death that are recorded are told: never null.
        max(death_date) as death_date
    from death_told
    group by patient_id
),

earlier as (
    select
        told.patient_id,
        -- As above: never null.
        min(told.death_date) as death_date,
        -- A row has its place, and what is told its day: never null.
        arg_min(told.source, row(told.death_date, told.source, told.line)) as source,
        arg_min(told.line, row(told.death_date, told.source, told.line)) as line
    from death_told as told
    inner join latest on told.patient_id = latest.patient_id
    where told.death_date < latest.death_date
    group by told.patient_id
)

select
    patient.source,
    patient.line,
    cast(patient.death_date as varchar) as value,
    cast(earlier.death_date as varchar) as earlier,
    earlier.source as other_source,
    earlier.line as other_line
from staged_patients as patient
inner join earlier on patient.patient_id = earlier.patient_id
order by patient.source, patient.line

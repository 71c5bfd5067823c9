-- One row per patient with an operation, a visit or an event 60 days or more after the day of death.
-- So long after it those are no late entries: the death is wrong, or those records are another person's.
-- A visit of a flat file that has no date of its own, and stands where it was planned, tells nothing.
-- severity: cell
-- table: patients
-- column: death_date
-- clears: death_date
-- judged: death_date is not null
-- message: records of this patient lie {days} days after the death. The death is set aside until one is corrected.
with recorded as (
    select
        staged_day.operation_id,
        staged_day.day
    from staged_day
    anti join planned_day
        on
            staged_day.kept = 'follow_up'
            and staged_day.source = planned_day.source
            and staged_day.line = planned_day.line
            and staged_day.day = planned_day.visit_date
),

of_patient as (
    select
        patient_id,
        surgery_date as day
    from staged_operations
    union all
    select
        operation.patient_id,
        recorded.day
    from recorded
    inner join staged_operations as operation on recorded.operation_id = operation.operation_id
),

last_seen as (
    select
        patient_id,
        -- Only recorded days are in it: never null.
        max(day) as day
    from of_patient
    group by patient_id
)

select
    patient.source,
    patient.line,
    cast(patient.death_date as varchar) as value,
    date_diff('day', patient.death_date, last_seen.day) as days
from staged_patients as patient
inner join last_seen on patient.patient_id = last_seen.patient_id
where
    date_diff('day', patient.death_date, last_seen.day) >= 60
order by patient.source, patient.line

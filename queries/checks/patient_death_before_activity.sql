-- One row per patient with an operation, a visit or an event 60 days or more after the day of death.
-- So long after it those are no late entries: the death is wrong, or those records are another person's.
-- A visit of a flat file that has no date of its own, and stands where it was planned, tells nothing.
-- severity: cell
-- table: patients
-- column: death_date
-- clears: death_date
-- judged: death_date is not null
-- message: records of this patient lie {days} days after the death. The death is set aside until one is corrected.
with dead as (
    select
        source,
        line,
        patient_id,
        death_date
    from staged_patients
    where death_date is not null
),

operated as (
    select
        operation.operation_id,
        operation.patient_id,
        operation.surgery_date
    from staged_operations as operation
    inner join dead on operation.patient_id = dead.patient_id
),

recorded as (
    select
        operated.patient_id,
        staged_day.day
    from staged_day
    inner join operated on staged_day.operation_id = operated.operation_id
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
    from operated
    union all
    select
        patient_id,
        day
    from recorded
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
    dead.source,
    dead.line,
    cast(dead.death_date as varchar) as value,
    date_diff('day', dead.death_date, last_seen.day) as days
from dead
inner join last_seen on dead.patient_id = last_seen.patient_id
where
    date_diff('day', dead.death_date, last_seen.day) >= 60
order by dead.source, dead.line

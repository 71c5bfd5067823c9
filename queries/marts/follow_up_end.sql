-- One row per operation: days until its patient's death, and until the last day on which the state is known.
-- Where no last contact is recorded it is the latest date of the operation in any table, or a later operation's.
with recorded as (
    select
        operation,
        max(visit_date) as latest
    from follow_up
    group by operation
    union all
    select
        operation,
        max(greatest(onset_date, coalesce(resolved_date, onset_date))) as latest
    from symptom
    group by operation
    union all
    select
        operation,
        max(diagnosis_date) as latest
    from diagnosis
    group by operation
    union all
    select
        operation,
        max(complication_date) as latest
    from complication
    group by operation
    union all
    select
        operation,
        max(greatest(start_date, coalesce(outcome_date, start_date))) as latest
    from treatment
    group by operation
    union all
    select
        operation,
        max(surgery_date) over (partition by patient) as latest
    from operation
),

latest_of_operation as (
    select
        operation,
        max(latest) as latest
    from recorded
    group by operation
)

select
    operation.operation,
    date_diff('day', operation.surgery_date, patient.death_date) as died_day,
    greatest(0, date_diff(
        'day',
        operation.surgery_date,
        coalesce(operation.last_contact_date, latest_of_operation.latest, operation.surgery_date)
    )) as left_day
from operation
inner join patient on operation.patient = patient.patient
left join latest_of_operation on operation.operation = latest_of_operation.operation
order by operation.operation

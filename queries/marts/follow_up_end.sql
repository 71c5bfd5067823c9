-- One row per operation: days until its patient's death, until the last day on which the state is known, and until the
-- data date (age_of_record).
-- Where no last contact is recorded it is the latest date of the operation in any table, or a later operation's.
-- made: passing
-- operation: integer, the number of the operation
-- died_day: bigint, days from surgery to death; null for the living
-- left_day: bigint, days from surgery until the state is last known
-- age_of_record: bigint, days from surgery to the data date
with without_contact as (
    select
        operation,
        patient
    from operation
    where last_contact_date is null
),

recorded as (
    select
        operation,
        day as latest
    from recorded_day
    union all
    select
        without_contact.operation,
        operation.surgery_date as latest
    from without_contact
    inner join operation on without_contact.patient = operation.patient
),

latest_of_operation as (
    select
        recorded.operation,
        -- Only recorded days are in it: never null.
        max(recorded.latest) as latest
    from recorded
    inner join without_contact on recorded.operation = without_contact.operation
    group by recorded.operation
)

select
    operation.operation,
    date_diff('day', operation.surgery_date, patient.death_date) as died_day,
    -- The day of surgery is always there, and stands in for a last day that nobody recorded: never null.
    greatest(0, date_diff(
        'day',
        operation.surgery_date,
        coalesce(operation.last_contact_date, latest_of_operation.latest, operation.surgery_date)
    )) as left_day,
    date_diff('day', operation.surgery_date, facts.data_date) as age_of_record
from operation
inner join patient on operation.patient = patient.patient
left join latest_of_operation on operation.operation = latest_of_operation.operation
cross join facts

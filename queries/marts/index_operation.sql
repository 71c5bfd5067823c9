-- One row per operation: whether follow-up starts anew with it, and the day of its first reoperation.
-- An index operation is neither a planned stage nor within the window of an earlier index operation of its patient.
-- Of several operations on one day the first by procedure and number stands for the day; the others are no index, no
-- event. By procedure, whatever the numbers: those of records that were added are later ones.
-- Most patients have one operation: only those with several are walked through.
-- made: passing
-- operation: integer, the number of the operation
-- index_operation: boolean, whether follow-up starts anew with it
-- only_operation: boolean, whether its patient has no other operation, planned stages among them
-- reoperation_day: bigint, days to the first reoperation within the window; null without one
with recursive patient_again as (
    select patient
    from operation
    group by patient
    having count(*) > 1
),

again as (
    select
        operation.operation,
        operation.patient,
        operation.procedure,
        operation.surgery_date,
        -- An operation is a planned stage only where that is recorded: a file that does not know the word has none.
        coalesce(operation.planned_stage, false) as planned_stage
    from operation
    inner join patient_again on operation.patient = patient_again.patient
),

first_of_day as (
    select
        operation,
        patient,
        surgery_date,
        row_number() over (partition by patient order by surgery_date) as place
    from again
    where not planned_stage
    qualify row_number() over (partition by patient, surgery_date order by procedure, operation) = 1
),

walk as (
    select
        operation,
        patient,
        place,
        surgery_date as index_date,
        true as index_operation
    from first_of_day
    where place = 1
    union all
    select
        later.operation,
        later.patient,
        later.place,
        -- Both days are recorded: never null.
        case
            when date_diff('day', walk.index_date, later.surgery_date) <= rule.reoperation_window_days
                then walk.index_date
            else later.surgery_date
        end as index_date,
        date_diff('day', walk.index_date, later.surgery_date) > rule.reoperation_window_days as index_operation
    from walk
    inner join first_of_day as later on walk.patient = later.patient and walk.place + 1 = later.place
    cross join rule
),

next_unplanned as (
    select
        operation,
        date_diff('day', surgery_date, min(case when not planned_stage then surgery_date end) over (
            partition by patient
            order by surgery_date
            range between interval 1 day following and unbounded following
        )) as next_day
    from again
)

select
    operation.operation,
    case
        -- A planned stage only where that is recorded, as above.
        when next_unplanned.operation is null then not coalesce(operation.planned_stage, false)
        -- Null is one that the walk does not come by: a stage, or another of the same day.
        else coalesce(walk.index_operation, false)
    end as index_operation,
    next_unplanned.operation is null as only_operation,
    case when next_unplanned.next_day <= rule.reoperation_window_days then next_unplanned.next_day end
        as reoperation_day
from operation
left join next_unplanned on operation.operation = next_unplanned.operation
left join walk on operation.operation = walk.operation
cross join rule

-- One row per operation: whether follow-up starts anew with it, and the day of its first reoperation.
-- An index operation is neither a planned stage nor within the window of an earlier index operation of its patient.
-- Of several operations on one day the first in the numbering stands for the day; the others are no index, no event.
with recursive first_of_day as (
    select
        operation,
        patient,
        surgery_date,
        row_number() over (partition by patient order by surgery_date) as place
    from operation
    where not coalesce(planned_stage, false)
    qualify row_number() over (partition by patient, surgery_date order by operation) = 1
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
        min(case when not coalesce(planned_stage, false) then surgery_date end) over (
            partition by patient
            order by surgery_date
            range between interval 1 day following and unbounded following
        ) as next_date
    from operation
)

select
    operation.operation,
    coalesce(walk.index_operation, false) as index_operation,
    case
        when date_diff('day', operation.surgery_date, next_unplanned.next_date) <= rule.reoperation_window_days
            then date_diff('day', operation.surgery_date, next_unplanned.next_date)
    end as reoperation_day
from operation
inner join next_unplanned on operation.operation = next_unplanned.operation
left join walk on operation.operation = walk.operation
cross join rule
order by operation.operation

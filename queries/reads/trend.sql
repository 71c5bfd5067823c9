-- One row per day of surgery: operations, those whose state at the landmark is known, and how many had failed by then.
-- Known, $at_visit and $due_from as in case_mix.
with counted as (
    select
        operated,
        case
            when $at_visit then state in (0, 1)
            else operated <= $due_from and (state = 1 or day >= $within_days)
        end as known,
        state = 1 and ($at_visit or day <= $within_days) as failed
    from cohort_of_operation_outcome
    where outcome = $outcome
)

select
    operated,
    count(*) as operations,
    -- Neither is null: both are worked out of days and states, which every operation has.
    count(*) filter (where known) as known,
    count(*) filter (where known and failed) as failed
from counted
group by operated
order by operated
